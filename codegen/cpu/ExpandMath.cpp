//===- ExpandMath.cpp - math functions become arithmetic ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Replaces the functions of the math dialect by the polynomials of VectorMath.
// f16 and bf16 were widened to f32 before. What has no polynomial here (most
// functions of f64) is left; it becomes a call of libm for each lane. So would
// roundings to integers and fused multiply-adds on processors without them,
// which is why these become exact arithmetic too.
//
//===----------------------------------------------------------------------===//

#include "codegen/VectorMath.h"
#include "codegen/cpu/Passes.h"
#include "codegen/cpu/TargetTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dlcc::cpu {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "codegen/cpu/Passes.h.inc"
} // namespace dlcc::cpu

using namespace dlcc;
using namespace dlcc::cpu;

/// What a processor without the instruction does in its place, exactly; null
/// for other ops.
static Value expandExact(Operation *op, VectorMath math, ValueRange x,
                         const TargetTable &target) {
  if (isa<math::FmaOp>(op) && !target.hasFusedMultiplyAdd() &&
      getElementTypeOrSelf(op->getResult(0).getType()).isF32())
    return math.exactFma(x[0], x[1], x[2]);
  if (target.roundsToIntegers())
    return Value();
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](math::RoundEvenOp) { return math.exactRound(x[0]); })
      .Case([&](math::FloorOp) { return math.exactFloor(x[0]); })
      .Case([&](math::CeilOp) { return math.exactCeil(x[0]); })
      .Default([](Operation *) { return Value(); });
}

namespace {
struct ExpandMathPass
    : public dlcc::cpu::impl::ExpandMathPassBase<ExpandMathPass> {
  void runOnOperation() override {
    replace([](Operation *op, VectorMath math, const TargetTable &) {
      return math.expand(op, op->getOperands());
    });
    // The polynomials round and fuse too.
    replace([](Operation *op, VectorMath math, const TargetTable &target) {
      return expandExact(op, math, op->getOperands(), target);
    });
  }

  using Expansion = function_ref<Value(Operation *op, VectorMath math,
                                       const TargetTable &target)>;
  /// Replaces the ops of the math dialect for which there is an expansion.
  void replace(Expansion expansion) {
    std::vector<TargetTable> levels = TargetTable::levels(getOperation());
    SmallVector<Operation *> candidates;
    getOperation().walk([&](Operation *op) {
      if (isa<math::MathDialect>(op->getDialect()))
        candidates.push_back(op);
    });
    for (Operation *op : candidates) {
      Type type = op->getResult(0).getType();
      Type element = getElementTypeOrSelf(type);
      if (!element.isF32() && !element.isF64())
        continue;
      OpBuilder b(op);
      const TargetTable &target = levels[levelOf(op)];
      VectorMath math(b, op->getLoc(), type, target.hasFusedMultiplyAdd());
      Value result = expansion(op, math, target);
      if (!result)
        continue;
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
    }
  }
};
} // namespace
