//===- Fold.cpp - folding rules of the dlc ops ----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Identities whose result is an operand that is already there. Sound for NaN
// and infinities (x * 0 stays), up to the sign of a zero in x + 0. A number
// counts as known where all elements have it: a splat, or its broadcast.
// Arithmetic on constants belongs to `ir/eval/ConstantFolding.h`.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlcc::dlc;

Attribute dlcc::dlc::getUniformValue(Value value) {
  if (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getOperand();
  DenseElementsAttr constant;
  if (!matchPattern(value, m_Constant(&constant)) || !constant.isSplat())
    return {};
  return constant.getSplatValue<Attribute>();
}

/// Whether all elements are known to be `number`.
static bool isUniform(Value value, double number) {
  Attribute scalar = getUniformValue(value);
  if (auto real = dyn_cast_if_present<FloatAttr>(scalar))
    return real.getValue().isExactlyValue(number);
  if (auto integer = dyn_cast_if_present<IntegerAttr>(scalar))
    return integer.getValue() ==
           APInt(integer.getValue().getBitWidth(), int64_t(number),
                 /*isSigned=*/true, /*implicitTrunc=*/true);
  return false;
}

static bool isInteger(Value value) {
  return !isa<FloatType>(
      cast<RankedTensorType>(value.getType()).getElementType());
}

/// The operand of `value` if an op of this class made it.
template <typename Op> static Value lookThrough(Value value) {
  auto op = value.getDefiningOp<Op>();
  return op ? op.getOperand() : Value();
}

static Value foldMul(MulOp op) {
  for (auto [x, other] : {std::pair(op.getLhs(), op.getRhs()),
                          std::pair(op.getRhs(), op.getLhs())}) {
    if (isUniform(other, 1))
      return x;
    if (isInteger(x) && isUniform(other, 0))
      return other;
  }
  return {};
}

static Value foldAdd(AddOp op) {
  if (isUniform(op.getRhs(), 0))
    return op.getLhs();
  return isUniform(op.getLhs(), 0) ? op.getRhs() : Value();
}

static Value foldSelect(SelectOp op) {
  if (op.getOnTrue() == op.getOnFalse())
    return op.getOnTrue();
  auto condition =
      dyn_cast_if_present<IntegerAttr>(getUniformValue(op.getCondition()));
  if (!condition)
    return {};
  return condition.getValue().isZero() ? op.getOnFalse() : op.getOnTrue();
}

/// The operand where the op keeps every element in its place: for these ops an
/// equal type says so.
template <typename Op> static Value foldSameType(Op op) {
  return op.getOperand().getType() == op.getType() ? op.getOperand() : Value();
}

static Value foldTranspose(TransposeOp op) {
  return llvm::is_sorted(op.getPermutation()) ? op.getOperand() : Value();
}

OpFoldResult dlcc::dlc::foldOp(Operation *op) {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case(foldAdd)
      .Case(foldMul)
      .Case(foldSelect)
      .Case(foldTranspose)
      .Case([](SubOp op) {
        return isUniform(op.getRhs(), 0) ? op.getLhs() : Value();
      })
      .Case([](DivOp op) {
        return isUniform(op.getRhs(), 1) ? op.getLhs() : Value();
      })
      .Case([](PowOp op) {
        return isUniform(op.getRhs(), 1) ? op.getLhs() : Value();
      })
      .Case<MaxOp, MinOp, AndOp, OrOp>([](auto op) {
        return op.getLhs() == op.getRhs() ? op.getLhs() : Value();
      })
      .Case<NegOp, NotOp>(
          [](auto op) { return lookThrough<decltype(op)>(op.getOperand()); })
      .Case<AbsOp, SignOp, FloorOp, CeilOp, RoundOp, StopGradientOp>(
          [](auto op) { // twice is once
            return op.getOperand().template getDefiningOp<decltype(op)>()
                       ? op.getOperand()
                       : Value();
          })
      .Case<CastOp, ReshapeOp, BroadcastOp, SliceOp, PadOp>(
          [](auto op) { return foldSameType(op); })
      .Case([](WindowOp op) {
        return op.getAxes().empty() ? op.getOperand() : Value();
      })
      .Case([](ConcatOp op) {
        return op.getOperands().size() == 1 ? op.getOperands()[0] : Value();
      })
      .Case([](ReduceOp op) {
        return op.getAxes().empty() ? op.getOperand() : Value();
      })
      .Default([](Operation *) { return Value(); });
}
