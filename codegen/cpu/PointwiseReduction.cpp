//===- PointwiseReduction.cpp - accumulators of a pointwise kernel --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Along a dimension without lanes, or with lanes along another one, a
// reduction is one chain in ascending order. Along the lanes it has sixteen
// accumulators, lane i taking the elements i, i+16, …; at the end they are
// combined by halves: 8 with 8, 4 with 4, 2 with 2, 1 with 1. The order of an
// extreme does not matter, and long rows have sixty-four for it.
//
//===----------------------------------------------------------------------===//

#include "codegen/BodyEmitter.h"
#include "codegen/Combiner.h"
#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/PointwiseEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::cpu;

/// An extreme is the same in whatever order its values come.
static bool isExtreme(const Stage &stage) {
  linalg::GenericOp op = stage.op;
  return stage.reduces() && !op->hasAttr(dlcc::attr::kArgReduce) &&
         llvm::all_of(llvm::seq(op.getNumResults()), [&](unsigned result) {
           return isa_and_nonnull<arith::MaximumFOp, arith::MinimumFOp>(
               findCombiner(op, result));
         });
}

/// The lanes of a pass that has them along its inner space: more where they
/// only search long rows for extremes, so that several chains run at a time.
int64_t PointwiseEmitter::lanesAlong(const Pass &pass) const {
  constexpr int64_t chains = 4;
  bool isSearch = llvm::all_of(pass.roots, [&](int64_t root) {
    const Stage &stage = plan.stages[root];
    return isExtreme(stage) && pass.vectorPosition >= stage.firstReduction &&
           stage.extents[pass.vectorPosition] >= 4 * chains * kVirtualLanes;
  });
  return isSearch ? chains * kVirtualLanes : kVirtualLanes;
}

bool PointwiseEmitter::acrossLanes(const Stage &stage) const {
  return lanes > 0 && vectorPosition >= stage.firstReduction;
}

static bool isArgReduce(const Stage &stage) {
  return linalg::GenericOp(stage.op)->hasAttr(dlcc::attr::kArgReduce);
}

PointwiseEmitter::Values PointwiseEmitter::startReduction(const Stage &stage) {
  linalg::GenericOp op = stage.op;
  Values result;
  for (OpOperand &init : op.getDpsInitsMutable()) {
    unsigned number = init.getOperandNumber() - op.getNumDpsInputs();
    Value first;
    if (acrossLanes(stage) && !isArgReduce(stage)) {
      Operation *combiner = findCombiner(op, number);
      TypedAttr neutral = combiner ? neutralElement(b, combiner) : TypedAttr();
      if (!neutral) {
        op.emitOpError("is not a reduction that kernels know");
        return fail();
      }
      first = arith::ConstantOp::create(b, loc, neutral);
    } else {
      first = operandValue(stage, init, stage.coordinates());
      if (!first) {
        op.emitOpError("reduces without an initial value");
        return fail();
      }
    }
    result.push_back(splat(b, loc, first, lanes));
  }
  return result;
}

PointwiseEmitter::Values PointwiseEmitter::reduceStep(const Stage &stage,
                                                      ArrayRef<Value> carried) {
  Values next = evaluateHere(stage, stage.coordinates(), carried);
  for (auto [value, before] : llvm::zip(next, carried)) {
    value = splat(b, loc, value, lanes);
    if (mask && acrossLanes(stage))
      value = arith::SelectOp::create(b, loc, mask, value, before);
  }
  return next;
}

/// The lower and the upper half of a vector.
static std::pair<Value, Value> halves(OpBuilder &b, Location loc, Value value) {
  int64_t half = cast<VectorType>(value.getType()).getNumElements() / 2;
  auto slice = [&](int64_t from) -> Value {
    return vector::ExtractStridedSliceOp::create(
        b, loc, value, ArrayRef<int64_t>{from}, ArrayRef<int64_t>{half},
        ArrayRef<int64_t>{1});
  };
  return {slice(0), slice(half)};
}

Value PointwiseEmitter::reduceLanes(Operation *combiner, Value value) {
  while (cast<VectorType>(value.getType()).getNumElements() > 1) {
    auto [low, high] = halves(b, loc, value);
    value = combine(b, combiner, low, high);
  }
  return vector::ExtractOp::create(b, loc, value, 0);
}

/// Values and indices by halves. The body prefers its accumulator where both
/// are equally good, so it is asked twice, each half once as accumulator; where
/// the answers differ, the smaller index is the first.
PointwiseEmitter::Values
PointwiseEmitter::argReduceLanes(const Stage &stage, ArrayRef<Value> lanesOf) {
  linalg::GenericOp op = stage.op;
  Value values = lanesOf[0], indices = lanesOf[1];
  while (cast<VectorType>(values.getType()).getNumElements() > 1) {
    auto [lowValue, highValue] = halves(b, loc, values);
    auto [lowIndex, highIndex] = halves(b, loc, indices);
    auto index64 = [&](Value index) -> Value {
      auto type = cast<VectorType>(index.getType()).clone(b.getI64Type());
      return index.getType() == type
                 ? index
                 : arith::ExtSIOp::create(b, loc, type, index).getResult();
    };
    auto ask = [&](Value value, Value index, Value best, Value at) {
      // The first input is searched; another only gives loops their extents.
      Values arguments(op.getNumDpsInputs());
      if (!arguments.empty())
        arguments.front() = value;
      arguments.append({best, at});
      return BodyEmitter(b).emit(
          op, arguments, [&](int64_t) { return index64(index); },
          [](tensor::ExtractOp, ArrayRef<Value>) { return Value(); });
    };
    auto first = ask(highValue, highIndex, lowValue, lowIndex);
    auto second = ask(lowValue, lowIndex, highValue, highIndex);
    if (mlir::failed(first) || mlir::failed(second))
      return fail();
    Value earlier = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sle,
                                          (*first)[1], (*second)[1]);
    values =
        arith::SelectOp::create(b, loc, earlier, (*first)[0], (*second)[0]);
    indices =
        arith::SelectOp::create(b, loc, earlier, (*first)[1], (*second)[1]);
  }
  return {vector::ExtractOp::create(b, loc, values, 0),
          vector::ExtractOp::create(b, loc, indices, 0)};
}

/// What the loops left in the accumulators becomes the stage's results.
void PointwiseEmitter::finishReduction(int64_t number, Values carried) {
  const Stage &stage = plan.stages[number];
  linalg::GenericOp op = stage.op;
  if (acrossLanes(stage) && isArgReduce(stage)) {
    carried = argReduceLanes(stage, carried);
  } else if (acrossLanes(stage)) {
    for (OpOperand &init : op.getDpsInitsMutable()) {
      unsigned result = init.getOperandNumber() - op.getNumDpsInputs();
      Operation *combiner = findCombiner(op, result);
      Value value = reduceLanes(combiner, carried[result]);
      Source source = plan.source(init.get());
      bool neutral = source.kind == Source::Scalar &&
                     source.scalar == neutralElement(b, combiner);
      if (!neutral)
        value = combine(b, combiner,
                        operandValue(stage, init, stage.coordinates()), value);
      carried[result] = value;
    }
  }
  if (failed)
    return;
  if (stage.firstReduction > plan.parallelDims)
    storeStage(number, carried);
  else
    reduced[number] = carried;
}
