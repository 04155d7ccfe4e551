//===- ExpandMath.cpp - math functions become arithmetic ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/VectorMath.h"
#include "codegen/gpu/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dlcc::gpu {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "codegen/gpu/Passes.h.inc"
} // namespace dlcc::gpu

namespace {
struct ExpandMathPass
    : public dlcc::gpu::impl::ExpandMathPassBase<ExpandMathPass> {
  void runOnOperation() override {
    SmallVector<Operation *> candidates;
    getOperation().walk([&](Operation *op) {
      if (isa<math::MathDialect>(op->getDialect()))
        candidates.push_back(op);
    });
    for (Operation *op : candidates) {
      Type type = op->getResult(0).getType();
      if (!isa<FloatType>(getElementTypeOrSelf(type)))
        continue;
      OpBuilder b(op);
      dlcc::VectorMath math(b, op->getLoc(), type, /*fusedMultiplyAdd=*/true);
      Value result = math.expand(op, op->getOperands());
      if (!result)
        continue;
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
    }
  }
};
} // namespace
