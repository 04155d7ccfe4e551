//===- BodyEmitter.cpp - the scalar body of a linalg op on vectors --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operation whose operands are all scalar is cloned as it is; as soon as
// one is a vector the others are splatted and the result types become vectors.
// The index type does not exist in kernels, indices are integers of
// so many bits: casts of `index` become extensions and truncations.
//
//===----------------------------------------------------------------------===//

#include "codegen/BodyEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace dlcc;

Type BodyEmitter::withoutIndex(Type type) const {
  return type.isIndex() ? IntegerType::get(type.getContext(), indexBits) : type;
}

/// `type` in as many lanes as `like` has.
Type BodyEmitter::shapedLike(Type type, Type like) const {
  type = withoutIndex(type);
  auto vector = dyn_cast<VectorType>(like);
  return vector ? vector.clone(type) : type;
}

Value BodyEmitter::emitConstant(Operation *op) {
  auto constant = cast<arith::ConstantOp>(op);
  if (!constant.getType().isIndex())
    return b.clone(*op)->getResult(0);
  int64_t value = cast<IntegerAttr>(constant.getValue()).getInt();
  return arith::ConstantOp::create(
      b, op->getLoc(),
      b.getIntegerAttr(withoutIndex(constant.getType()), value));
}

/// index_cast and index_castui: one of both types is index, here an integer.
Value BodyEmitter::convertIndex(Operation *op, Value operand) {
  Type wanted = withoutIndex(op->getResult(0).getType());
  unsigned from =
      getElementTypeOrSelf(operand.getType()).getIntOrFloatBitWidth();
  unsigned to = wanted.getIntOrFloatBitWidth();
  Type type = shapedLike(wanted, operand.getType());
  Location loc = op->getLoc();
  if (from == to)
    return operand;
  if (from > to)
    return arith::TruncIOp::create(b, loc, type, operand);
  if (isa<arith::IndexCastUIOp>(op))
    return arith::ExtUIOp::create(b, loc, type, operand);
  return arith::ExtSIOp::create(b, loc, type, operand);
}

/// Clones an elementwise operation with vector types where an operand is one.
Operation *BodyEmitter::cloneElementwise(Operation *op,
                                         SmallVector<Value> operands) {
  Type like = operands.front().getType();
  for (Value operand : operands)
    if (isa<VectorType>(operand.getType()))
      like = operand.getType();
  if (auto vector = dyn_cast<VectorType>(like))
    for (Value &operand : operands)
      if (!isa<VectorType>(operand.getType()))
        operand = vector::BroadcastOp::create(
            b, op->getLoc(), vector.clone(operand.getType()), operand);
  OperationState state(op->getLoc(), op->getName());
  state.addOperands(operands);
  for (Type type : op->getResultTypes())
    state.addTypes(shapedLike(type, like));
  state.propertiesAttr = op->getPropertiesAsAttribute();
  return b.create(state);
}

FailureOr<SmallVector<Value>> BodyEmitter::emit(linalg::GenericOp op,
                                                ArrayRef<Value> arguments,
                                                IndexFn index,
                                                ExtractFn extract) {
  IRMapping values;
  for (auto [argument, value] :
       llvm::zip_equal(op.getBody()->getArguments(), arguments))
    if (value)
      values.map(argument, value);

  // Constants may stand in the function around the op.
  auto lookup = [&](Value value) -> Value {
    if (Value known = values.lookupOrNull(value))
      return known;
    auto constant = value.getDefiningOp<arith::ConstantOp>();
    if (!constant || isa<ShapedType>(constant.getType()))
      return Value();
    Value clone = emitConstant(constant);
    values.map(value, clone);
    return clone;
  };

  for (Operation &inner : op.getBody()->without_terminator()) {
    if (auto constant = dyn_cast<arith::ConstantOp>(inner)) {
      values.map(constant.getResult(), emitConstant(constant));
      continue;
    }
    if (auto indexOp = dyn_cast<linalg::IndexOp>(inner)) {
      values.map(indexOp.getResult(), index(indexOp.getDim()));
      continue;
    }
    auto extractOp = dyn_cast<tensor::ExtractOp>(inner);
    SmallVector<Value> operands;
    for (Value operand : extractOp ? ValueRange(extractOp.getIndices())
                                   : ValueRange(inner.getOperands())) {
      operands.push_back(lookup(operand));
      if (!operands.back())
        return inner.emitOpError("in a kernel uses a value from outside of it");
    }
    if (extractOp) {
      Value element = extract(extractOp, operands);
      if (!element)
        return inner.emitOpError("reads a tensor that is not in memory");
      values.map(extractOp.getResult(), element);
    } else if (isa<arith::IndexCastOp, arith::IndexCastUIOp>(inner)) {
      values.map(inner.getResult(0), convertIndex(&inner, operands.front()));
    } else if (inner.getNumResults() > 0 && inner.getNumOperands() > 0 &&
               OpTrait::hasElementwiseMappableTraits(&inner)) {
      values.map(inner.getResults(),
                 cloneElementwise(&inner, std::move(operands))->getResults());
    } else {
      return inner.emitOpError("has no vector form");
    }
  }

  SmallVector<Value> yielded;
  for (Value value : op.getBody()->getTerminator()->getOperands()) {
    yielded.push_back(lookup(value));
    if (!yielded.back())
      return op.emitOpError("yields a value from outside of the kernel");
  }
  return yielded;
}

std::optional<SmallVector<Value>>
BodyEmitter::argumentsOf(linalg::GenericOp op, ArrayRef<Value> accumulators,
                         function_ref<Value(OpOperand &)> value) {
  SmallVector<Value> arguments;
  for (OpOperand &operand : op->getOpOperands()) {
    unsigned number = operand.getOperandNumber();
    if (number >= op.getNumDpsInputs() && !accumulators.empty()) {
      arguments.push_back(accumulators[number - op.getNumDpsInputs()]);
    } else if (op.getMatchingBlockArgument(&operand).use_empty()) {
      arguments.push_back(Value());
    } else {
      arguments.push_back(value(operand));
      if (!arguments.back())
        return std::nullopt;
    }
  }
  return arguments;
}

Value dlcc::uniformElement(OpBuilder &b, Location loc, Value tensor) {
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>())
    return uniformElement(b, loc, fill.getInputs().front());
  auto constant = tensor.getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return Value();
  if (!isa<ShapedType>(constant.getType()))
    return b.clone(*constant)->getResult(0);
  auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
  if (!splat)
    return Value();
  return arith::ConstantOp::create(
      b, loc, cast<TypedAttr>(splat.getSplatValue<Attribute>()));
}
