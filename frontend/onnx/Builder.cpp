//===- Builder.cpp - dlc ops with ONNX's broadcasting ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/Builder.h"

#include "ir/ShapeFunctions.h"
#include "ir/eval/Evaluate.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;
using mlir::RankedTensorType;

/// What is larger stays an op: nobody asks it for a number.
static constexpr int64_t kMostKnown = 1 << 16;

Ints dlcc::onnx_reader::upTo(int64_t count, int64_t from) {
  return llvm::to_vector(llvm::seq<int64_t>(from, std::max(from, count)));
}

std::string dlcc::onnx_reader::toString(ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (int64_t dim : shape)
    text += (text.size() > 1 ? ", " : "") + std::to_string(dim);
  return text + "]";
}

std::string dlcc::onnx_reader::nameOf(Type element) {
  if (element.isInteger(1))
    return "bool";
  std::string text;
  llvm::raw_string_ostream out(text);
  out << element;
  return llvm::StringRef(text).starts_with("ui") ? "u" + text.substr(2) : text;
}

static Dims dimsOf(Value value) {
  return getDims(mlir::cast<RankedTensorType>(value.getType()));
}

/// A shape function's answer; its error is the refusal.
static Dims take(llvm::Expected<Dims> dims) {
  if (!dims)
    throw Refusal(llvm::toString(dims.takeError()));
  return *dims;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

RankedTensorType Builder::typeOf(Value value) {
  return mlir::cast<RankedTensorType>(value.getType());
}
ArrayRef<int64_t> Builder::shapeOf(Value value) {
  return typeOf(value).getShape();
}
int64_t Builder::sizeOf(Value value) { return typeOf(value).getNumElements(); }
Type Builder::elementOf(Value value) { return typeOf(value).getElementType(); }
bool Builder::isFloat(Value value) {
  return mlir::isa<mlir::FloatType>(elementOf(value));
}
bool Builder::isBool(Value value) { return elementOf(value).isInteger(1); }
bool Builder::isUnsigned(Value value) {
  return elementOf(value).isUnsignedInteger();
}

RankedTensorType Builder::type(ArrayRef<int64_t> shape, Type element) {
  constexpr int64_t kMostBytes = int64_t(1) << 40;
  int64_t bytes = (element.getIntOrFloatBitWidth() + 7) / 8;
  for (int64_t dim : shape)
    if (dim < 0 || llvm::MulOverflow(bytes, std::max<int64_t>(dim, 1), bytes) ||
        bytes > kMostBytes)
      throw Refusal("a tensor of shape " + toString(shape) +
                    (dim < 0 ? " has a negative dimension"
                             : " takes more than 2^40 bytes"));
  return RankedTensorType::get(shape, element);
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

Value Builder::made(mlir::Operation *op) {
  Value result = op->getResult(0);
  RankedTensorType made = typeOf(result);
  (void)type(made.getShape(), made.getElementType());
  if (made.getNumElements() > kMostKnown)
    return result;
  llvm::SmallVector<eval::Tensor> operands;
  for (Value operand : op->getOperands()) {
    const eval::Tensor *tensor = known(operand);
    if (!tensor)
      return result;
    operands.push_back(*tensor);
  }
  if (auto value = eval::evaluate(op, operands, {})) {
    value->round();
    learn(result, std::move(*value));
  }
  return result;
}

const eval::Tensor *Builder::known(Value value) const {
  auto found = knowns.find(value);
  return found == knowns.end() ? nullptr : found->second.get();
}

void Builder::learn(Value value, eval::Tensor tensor) {
  knowns[value] = std::make_shared<eval::Tensor>(std::move(tensor));
}

void Builder::replaceNumbers(mlir::Block &block) {
  llvm::DenseSet<Value> constants;
  for (mlir::Operation &op : llvm::make_early_inc_range(block)) {
    if (op.getNumResults() != 1 || op.getNumRegions())
      continue;
    Value result = op.getResult(0);
    bool isConstant = mlir::isa<dlc::ConstantOp>(op);
    // What fills a shape may follow the rows, and a sum of it is their count.
    bool follows = op.getNumOperands() && !mlir::isa<dlc::BroadcastOp>(op) &&
                   llvm::all_of(op.getOperands(), [&](Value operand) {
                     return constants.contains(operand);
                   });
    if (isConstant || follows)
      constants.insert(result);
    // Weights may be known, too, but are no constants.
    if (!follows || !known(result) || sizeOf(result) != 1)
      continue;
    mlir::OpBuilder before(&op);
    Value number = dlc::ConstantOp::create(before, op.getLoc(),
                                           known(result)->toAttribute());
    constants.insert(number);
    result.replaceAllUsesWith(number);
  }
}

void Builder::replaceWhatIsMadeOfNothing(mlir::Block &block) {
  for (mlir::Operation &op : llvm::make_early_inc_range(block)) {
    auto isEmpty = [](Value value) { return sizeOf(value) == 0; };
    if (op.getNumResults() != 1 || mlir::isa<dlc::ConstantOp>(op) ||
        !(isEmpty(op.getResult(0)) || llvm::any_of(op.getOperands(), isEmpty)))
      continue;
    Value result = op.getResult(0);
    const eval::Tensor *tensor = known(result);
    if (!tensor)
      continue;
    mlir::OpBuilder before(&op);
    result.replaceAllUsesWith(
        dlc::ConstantOp::create(before, op.getLoc(), tensor->toAttribute()));
  }
}

Value Builder::constant(mlir::DenseElementsAttr elements) {
  auto op = dlc::ConstantOp::create(builder, loc, elements);
  if (elements.getNumElements() <= kMostKnown)
    learn(op, eval::Tensor(elements));
  return op;
}

Value Builder::constant(eval::Tensor tensor) {
  tensor.round();
  return constant(tensor.toAttribute());
}

Value Builder::number(double value, Type element) {
  auto type = RankedTensorType::get({}, element);
  return constant(mlir::isa<mlir::FloatType>(element)
                      ? eval::Tensor(type, std::vector<double>{value})
                      : eval::Tensor(type, std::vector<int64_t>{
                                               static_cast<int64_t>(value)}));
}

Value Builder::integers(ArrayRef<int64_t> values) {
  return constant(mlir::DenseElementsAttr::get(
      RankedTensorType::get({int64_t(values.size())}, i64()), values));
}

Value Builder::filled(double value, ArrayRef<int64_t> shape, Type element) {
  return broadcast(number(value, element), shape);
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

Value Builder::reshape(Value value, ArrayRef<int64_t> shape) {
  RankedTensorType to = type(shape, elementOf(value));
  if (to == value.getType())
    return value;
  if (to.getNumElements() != sizeOf(value))
    throw Refusal("shape " + toString(shapeOf(value)) + " cannot become " +
                  toString(shape));
  return made(dlc::ReshapeOp::create(builder, loc, to, value));
}

Value Builder::transpose(Value value, ArrayRef<int64_t> permutation) {
  take(inferTranspose(dimsOf(value), permutation));
  if (llvm::equal(permutation, upTo(permutation.size())))
    return value;
  return made(dlc::TransposeOp::create(builder, loc, value, permutation));
}

Value Builder::broadcastAlong(Value value, ArrayRef<int64_t> axes,
                              ArrayRef<int64_t> shape) {
  RankedTensorType to = type(shape, elementOf(value));
  if (to == value.getType())
    return value;
  if (llvm::Error error = checkBroadcast(dimsOf(value), axes, getDims(to)))
    throw Refusal(llvm::toString(std::move(error)));
  return made(dlc::BroadcastOp::create(builder, loc, to, value, axes));
}

Value Builder::broadcast(Value value, ArrayRef<int64_t> shape) {
  int64_t more = int64_t(shape.size()) - rankOf(value);
  if (more < 0)
    throw Refusal("shape " + toString(shapeOf(value)) +
                  " does not broadcast to " + toString(shape));
  return broadcastAlong(value, upTo(shape.size(), more), shape);
}

Value Builder::slice(Value value, ArrayRef<int64_t> offsets,
                     ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  if (llvm::equal(sizes, shapeOf(value)))
    return value;
  take(inferSlice(dimsOf(value), offsets, sizes, strides));
  return made(
      dlc::SliceOp::create(builder, loc, value, offsets, sizes, strides));
}

Value Builder::sliceAxis(Value value, int64_t axis, int64_t offset,
                         int64_t size, int64_t stride) {
  Ints offsets(rankOf(value), 0), sizes(shapeOf(value)),
      strides(rankOf(value), 1);
  offsets[axis] = offset;
  sizes[axis] = size;
  strides[axis] = stride;
  return slice(value, offsets, sizes, strides);
}

Value Builder::reverse(Value value, int64_t axis) {
  int64_t size = shapeOf(value)[axis];
  if (size < 2)
    return value;
  // One window that reaches over the whole axis, read from its far end; it
  // stands last.
  Value seen = window(value, {axis}, {size}, {1}, {-1});
  Ints order;
  for (int64_t i = 0; i < rankOf(value); ++i)
    order.push_back(i == axis ? rankOf(value) : i);
  Ints all = order;
  all.push_back(axis);
  return reshape(transpose(seen, all), shapeOf(value));
}

Value Builder::concat(int64_t axis, ArrayRef<Value> values) {
  llvm::SmallVector<Dims> dims;
  for (Value value : values) {
    if (elementOf(value) != elementOf(values[0]))
      throw Refusal(
          "the inputs differ in type: " + nameOf(elementOf(values[0])) +
          " and " + nameOf(elementOf(value)));
    dims.push_back(dimsOf(value));
  }
  take(inferConcat(dims, axis));
  // What has no elements adds nothing.
  Values parts;
  for (Value value : values)
    if (shapeOf(value)[axis] != 0)
      parts.push_back(value);
  if (parts.empty())
    return values[0];
  if (parts.size() == 1)
    return parts[0];
  return made(dlc::ConcatOp::create(builder, loc, axis, parts));
}

Value Builder::pad(Value value, Value with, ArrayRef<int64_t> low,
                   ArrayRef<int64_t> high, ArrayRef<int64_t> interior) {
  Ints between(interior);
  between.resize(rankOf(value), 0);
  auto isZero = [](int64_t count) { return count == 0; };
  if (llvm::all_of(low, isZero) && llvm::all_of(high, isZero) &&
      llvm::all_of(between, isZero))
    return value;
  take(inferPad(dimsOf(value), low, high, between));
  return made(
      dlc::PadOp::create(builder, loc, value, with, low, high, between));
}

Value Builder::window(Value value, ArrayRef<int64_t> axes,
                      ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides,
                      ArrayRef<int64_t> dilations) {
  take(inferWindow(dimsOf(value), axes, sizes, strides, dilations));
  return made(dlc::WindowOp::create(builder, loc, value, axes, sizes, strides,
                                    dilations));
}

Value Builder::unwindow(Value value, ArrayRef<int64_t> axes,
                        ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations,
                        ArrayRef<int64_t> shape) {
  return made(dlc::UnwindowOp::create(builder, loc,
                                      type(shape, elementOf(value)), value,
                                      axes, strides, dilations));
}

Value Builder::insertAxis(Value value, int64_t axis) {
  Ints shape(shapeOf(value));
  shape.insert(shape.begin() + axis, 1);
  return reshape(value, shape);
}

Value Builder::iota(int64_t axis, ArrayRef<int64_t> shape, Type element) {
  return made(dlc::IotaOp::create(builder, loc, type(shape, element), axis));
}

Value Builder::gather(Value value, Value index, int64_t axis, int64_t batch) {
  if (!elementOf(index).isInteger(32) && !elementOf(index).isInteger(64))
    index = cast(index, i64());
  take(inferGather(dimsOf(value), dimsOf(index), axis, batch));
  return made(dlc::GatherOp::create(builder, loc, value, index, axis, batch));
}

Value Builder::scatterAdd(Value values, Value index, int64_t axis,
                          int64_t batch, ArrayRef<int64_t> shape) {
  if (!elementOf(index).isInteger(32) && !elementOf(index).isInteger(64))
    index = cast(index, i64());
  return made(dlc::ScatterAddOp::create(builder, loc,
                                        type(shape, elementOf(values)), values,
                                        index, axis, batch));
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Value Builder::cast(Value value, Type element) {
  if (elementOf(value) == element)
    return value;
  return made(
      dlc::CastOp::create(builder, loc, type(shapeOf(value), element), value));
}

Ints Builder::broadcastShape(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs) {
  Ints shape(std::max(lhs.size(), rhs.size()), 1);
  for (ArrayRef<int64_t> from : {lhs, rhs})
    for (size_t i = 0; i < from.size(); ++i) {
      int64_t &dim = shape[shape.size() - from.size() + i];
      if (dim != 1 && from[i] != 1 && dim != from[i])
        throw Refusal("shapes " + toString(lhs) + " and " + toString(rhs) +
                      " do not broadcast");
      if (dim == 1)
        dim = from[i];
    }
  return shape;
}

void Builder::align(Value &lhs, Value &rhs) {
  if (elementOf(lhs) != elementOf(rhs))
    throw Refusal("the inputs differ in type: " + nameOf(elementOf(lhs)) +
                  " and " + nameOf(elementOf(rhs)));
  Ints shape = broadcastShape(shapeOf(lhs), shapeOf(rhs));
  lhs = broadcast(lhs, shape);
  rhs = broadcast(rhs, shape);
}

Value Builder::compare(dlc::Comparison comparison, Value lhs, Value rhs) {
  align(lhs, rhs);
  // Bools have no order: false < true as numbers.
  if (isBool(lhs) && comparison != dlc::Comparison::EQ &&
      comparison != dlc::Comparison::NE) {
    lhs = cast(lhs, i32());
    rhs = cast(rhs, i32());
  }
  return made(dlc::CompareOp::create(builder, loc, comparison, lhs, rhs));
}

Value Builder::select(Value condition, Value onTrue, Value onFalse) {
  align(onTrue, onFalse);
  Ints shape = broadcastShape(shapeOf(condition), shapeOf(onTrue));
  return made(dlc::SelectOp::create(builder, loc, broadcast(condition, shape),
                                    broadcast(onTrue, shape),
                                    broadcast(onFalse, shape)));
}

//===----------------------------------------------------------------------===//
// Sums and extremes
//===----------------------------------------------------------------------===//

Value Builder::reduce(dlc::ReduceKind kind, Value value, ArrayRef<int64_t> axes,
                      bool keepDims) {
  Ints sorted(axes), kept(shapeOf(value));
  llvm::sort(sorted);
  for (int64_t axis : sorted)
    kept[axis] = 1;
  if (!sorted.empty()) {
    take(inferReduce(dimsOf(value), sorted));
    value = made(dlc::ReduceOp::create(builder, loc, kind, value, sorted));
  }
  return keepDims ? reshape(value, kept) : value;
}

Value Builder::mean(Value value, ArrayRef<int64_t> axes, bool keepDims) {
  int64_t count = 1;
  for (int64_t axis : axes)
    count *= shapeOf(value)[axis];
  return div(sum(value, axes, keepDims), double(count));
}

Value Builder::argReduce(dlc::ReduceKind kind, Value value, int64_t axis) {
  return made(dlc::ArgReduceOp::create(builder, loc, kind, value, axis));
}

Value Builder::contract(Value lhs, Value rhs, ArrayRef<int64_t> lhsBatch,
                        ArrayRef<int64_t> rhsBatch, ArrayRef<int64_t> lhsAxes,
                        ArrayRef<int64_t> rhsAxes) {
  if (elementOf(lhs) != elementOf(rhs))
    throw Refusal("the inputs differ in type: " + nameOf(elementOf(lhs)) +
                  " and " + nameOf(elementOf(rhs)));
  take(inferContract(dimsOf(lhs), dimsOf(rhs), lhsBatch, rhsBatch, lhsAxes,
                     rhsAxes));
  return made(dlc::ContractOp::create(builder, loc, lhs, rhs, lhsBatch,
                                      rhsBatch, lhsAxes, rhsAxes));
}

Value Builder::matmul(Value lhs, Value rhs) {
  bool isRow = rankOf(lhs) == 1, isColumn = rankOf(rhs) == 1;
  if (rankOf(lhs) == 0 || rankOf(rhs) == 0)
    throw Refusal("a product of matrices takes no scalar");
  if (isRow)
    lhs = insertAxis(lhs, 0);
  if (isColumn)
    rhs = insertAxis(rhs, 1);
  ArrayRef<int64_t> left = shapeOf(lhs), right = shapeOf(rhs);
  Ints shape = broadcastShape(left.drop_back(2), right.drop_back(2));
  int64_t batch = shape.size();
  Value result;
  if (rankOf(rhs) == 2) {
    result = contract(lhs, rhs, {}, {}, {rankOf(lhs) - 1}, {0});
  } else {
    Ints leftShape = shape, rightShape = shape;
    llvm::append_range(leftShape, left.take_back(2));
    llvm::append_range(rightShape, right.take_back(2));
    result = contract(broadcast(lhs, leftShape), broadcast(rhs, rightShape),
                      upTo(batch), upTo(batch), {batch + 1}, {batch});
  }
  Ints last(shapeOf(result));
  if (isColumn)
    last.pop_back();
  if (isRow)
    last.erase(last.end() - (isColumn ? 1 : 2));
  return reshape(result, last);
}

Value Builder::softmax(Value value, ArrayRef<int64_t> axes) {
  Value shifted = sub(value, reduce(dlc::ReduceKind::Max, value, axes, true));
  Value powers = exp(shifted);
  // One division a row: the sum is 1 or more.
  Value total = sum(powers, axes, true);
  return mul(powers, div(like(1, total), total));
}

Value Builder::logSoftmax(Value value, ArrayRef<int64_t> axes) {
  Value shifted = sub(value, reduce(dlc::ReduceKind::Max, value, axes, true));
  return sub(shifted, log(sum(exp(shifted), axes, true)));
}

Value Builder::rank(Value value, int64_t axis, bool descending, int64_t limit) {
  return made(
      dlc::RankOp::create(builder, loc, value, axis, descending, limit));
}

Value Builder::cumulative(Value value, int64_t axis, bool reverse,
                          bool exclusive) {
  return made(
      dlc::CumulativeOp::create(builder, loc, value, axis, reverse, exclusive));
}
