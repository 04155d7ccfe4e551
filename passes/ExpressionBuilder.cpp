//===- ExpressionBuilder.cpp - dlc arithmetic in one word each ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/ExpressionBuilder.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace dlcc {

Value ExpressionBuilder::constant(Type type, double value) {
  auto tensor = llvm::cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  Attribute attribute =
      isa<FloatType>(element)
          ? Attribute(FloatAttr::get(element, value))
          : Attribute(IntegerAttr::get(element, int64_t(value)));
  return create<dlc::ConstantOp>(DenseElementsAttr::get(tensor, attribute));
}

Value ExpressionBuilder::add(Value a, Value b) {
  return create<dlc::AddOp>(a, b);
}

Value ExpressionBuilder::sub(Value a, Value b) {
  return create<dlc::SubOp>(a, b);
}

Value ExpressionBuilder::mul(Value a, Value b) {
  return create<dlc::MulOp>(a, b);
}

Value ExpressionBuilder::div(Value a, Value b) {
  return create<dlc::DivOp>(a, b);
}

Value ExpressionBuilder::neg(Value a) { return create<dlc::NegOp>(a); }

Value ExpressionBuilder::add(Value a, double b) {
  return add(a, constant(a.getType(), b));
}

Value ExpressionBuilder::mul(Value a, double b) {
  return mul(a, constant(a.getType(), b));
}

Value ExpressionBuilder::subFrom(double b, Value a) {
  return sub(constant(a.getType(), b), a);
}

Value ExpressionBuilder::compare(dlc::Comparison comparison, Value a, Value b) {
  return create<dlc::CompareOp>(comparison, a, b);
}

Value ExpressionBuilder::compare(dlc::Comparison comparison, Value a,
                                 double b) {
  return compare(comparison, a, constant(a.getType(), b));
}

Value ExpressionBuilder::select(Value condition, Value a, Value b) {
  return create<dlc::SelectOp>(a.getType(), condition, a, b);
}

Value ExpressionBuilder::selectOrZero(Value condition, Value a) {
  return select(condition, a, constant(a.getType(), 0));
}

Value ExpressionBuilder::cast(Value operand, Type element) {
  auto type = llvm::cast<RankedTensorType>(operand.getType());
  if (type.getElementType() == element)
    return operand;
  return create<dlc::CastOp>(type.clone(element), operand);
}

Value ExpressionBuilder::reduce(dlc::ReduceKind kind, Value operand,
                                ArrayRef<int64_t> axes) {
  return axes.empty() ? operand : create<dlc::ReduceOp>(kind, operand, axes);
}

Value ExpressionBuilder::broadcast(Value operand, ArrayRef<int64_t> axes,
                                   Type type) {
  return operand.getType() == type
             ? operand
             : create<dlc::BroadcastOp>(type, operand, axes);
}

Value ExpressionBuilder::splat(Value scalar, Type type) {
  return broadcast(scalar, {}, type);
}

Value ExpressionBuilder::reshape(Value operand, Type type) {
  return operand.getType() == type ? operand
                                   : create<dlc::ReshapeOp>(type, operand);
}

Value ExpressionBuilder::transpose(Value operand,
                                   ArrayRef<int64_t> permutation) {
  if (llvm::equal(permutation, llvm::seq<int64_t>(permutation.size())))
    return operand;
  return create<dlc::TransposeOp>(operand, permutation);
}

} // namespace dlcc
