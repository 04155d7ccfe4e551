//===- OpsQuantized.cpp - numbers as whole numbers with a scale -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// x = (q - zero) * scale. Sums of products are sums of i32, as ONNX has them;
// nothing here is fast.
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ReadFile.h"
#include "frontend/onnx/Slide.h"

#include <cmath>

using namespace dlcc;
using namespace dlcc::onnx_reader;

/// A scale or zero point for each element of x: one for all, one for each index
/// of an axis, or, with blocks, one for each of so many elements along it.
static Value spread(Node &node, Value parameter, Value x) {
  Builder &b = node.b;
  if (b.sizeOf(parameter) == 1)
    return b.reshape(parameter, {});
  ArrayRef<int64_t> shape = b.shapeOf(x);
  int64_t axis = Node::axis(node.integer("axis", 1), shape.size());
  int64_t block = node.integer("block_size", 0);
  if (block == 0) {
    if (b.rankOf(parameter) != 1 || b.shapeOf(parameter)[0] != shape[axis])
      throw Refusal("a scale of shape " + toString(b.shapeOf(parameter)) +
                    " does not fit axis " + llvm::Twine(axis) + " of " +
                    toString(shape));
    return b.broadcastAlong(parameter, {axis}, shape);
  }
  Ints blocks(shape);
  blocks[axis] = block < 0 ? 0 : (shape[axis] + block - 1) / block;
  if (b.shapeOf(parameter) != ArrayRef(blocks))
    throw Refusal("a scale of shape " + toString(b.shapeOf(parameter)) +
                  " does not fit blocks of " + llvm::Twine(block) + " in " +
                  toString(shape));
  Ints wide = blocks, whole = blocks, axes = upTo(shape.size() + 1);
  axes.erase(axes.begin() + axis + 1);
  wide.insert(wide.begin() + axis + 1, block);
  whole[axis] *= block;
  Value each = b.reshape(b.broadcastAlong(parameter, axes, wide), whole);
  return b.sliceAxis(each, axis, 0, shape[axis]);
}

/// Rounds to even, and keeps to what the type holds. `x` is a float; the zero
/// point, of the same type, is added behind the rounding.
static Value saturate(Builder &b, Value x, Value zero, Type element) {
  unsigned width = element.getIntOrFloatBitWidth();
  if (!mlir::isa<mlir::IntegerType>(element) || width > 16)
    throw Refusal("to quantise to " + nameOf(element) + " is not supported");
  bool isUnsigned = element.isUnsignedInteger();
  double low = isUnsigned ? 0 : -std::ldexp(1.0, width - 1);
  double high = std::ldexp(1.0, isUnsigned ? width : width - 1) - 1;
  Value whole = b.unary<dlc::RoundOp>(x);
  if (zero)
    whole = b.add(whole, zero);
  return b.cast(b.min(b.max(whole, b.like(low, x)), b.like(high, x)), element);
}

static Values quantizeLinear(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Type element = b.builder.getIntegerType(8, /*isSigned=*/false);
  if (node.integer("output_dtype", 0))
    element =
        elementType(b.builder.getContext(), node.integer("output_dtype", {}));
  if (node.has(2))
    element = b.elementOf(node.input(2));
  Type precise = b.f32();
  if (b.elementOf(x).isF64())
    precise = b.elementOf(x);
  Value scale = spread(node, node.input(1), x);
  // The division is one of the types that both have.
  bool sameType = b.elementOf(scale) == b.elementOf(x);
  Value quotient = sameType ? b.div(x, scale)
                            : b.div(b.cast(x, precise), b.cast(scale, precise));
  quotient = b.cast(quotient, precise);
  Value zero;
  if (node.has(2))
    zero = b.cast(spread(node, node.input(2), x), precise);
  return {saturate(b, quotient, zero, element)};
}

static Values dequantizeLinear(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0), scale = node.input(1);
  Type element = b.elementOf(scale);
  if (node.integer("output_dtype", 0))
    element =
        elementType(b.builder.getContext(), node.integer("output_dtype", {}));
  // Whole numbers of 32 bits have more digits than an f32.
  Value whole = b.cast(x, b.i64());
  if (node.has(2))
    whole = b.sub(whole, b.cast(spread(node, node.input(2), x), b.i64()));
  Value y =
      b.mul(b.cast(whole, b.f32()), b.cast(spread(node, scale, x), b.f32()));
  return {b.cast(y, element)};
}

static Values dynamicQuantizeLinear(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0), zero = b.like(0, x);
  Ints all = upTo(b.rankOf(x));
  Value highest = b.max(b.reduce(dlc::ReduceKind::Max, x, all, false), zero);
  Value lowest = b.min(b.reduce(dlc::ReduceKind::Min, x, all, false), zero);
  Value range = b.sub(highest, lowest);
  range = b.select(b.compare(dlc::Comparison::EQ, range, zero), b.like(1, x),
                   range);
  Value scale = b.div(range, 255);
  Value origin = b.neg(b.div(lowest, scale));
  Type u8 = b.builder.getIntegerType(8, /*isSigned=*/false);
  Value point = saturate(b, origin, {}, u8);
  Value y = saturate(b, b.div(x, scale), b.cast(point, b.elementOf(x)), u8);
  return {y, scale, point};
}

/// i32 of whole numbers less their zero point, which may be one for each index
/// of an axis.
static Value lessZero(Builder &b, Value x, Value zero, int64_t axis) {
  x = b.cast(x, b.i32());
  if (!zero)
    return x;
  zero = b.cast(zero, b.i32());
  if (b.sizeOf(zero) == 1)
    return b.sub(x, b.reshape(zero, {}));
  if (b.rankOf(zero) != 1)
    return b.sub(x, zero);
  return b.sub(x, b.broadcastAlong(zero, {axis}, b.shapeOf(x)));
}

/// The quantised result of a sum of products: `sum` by both scales, over that
/// of the result.
static Value rescale(Node &node, Value sum, Value factor, size_t scale,
                     size_t zero) {
  Builder &b = node.b;
  Value ratio = b.div(factor, b.cast(node.input(scale), b.f32()));
  Value y = b.mul(b.cast(sum, b.f32()), ratio);
  Value point = b.reshape(b.cast(node.input(zero), b.f32()), {});
  return saturate(b, y, point, b.elementOf(node.input(zero)));
}

static Values qLinearMatMul(Node &node) {
  Builder &b = node.b;
  int64_t last = b.rankOf(node.input(0)) - 2;
  Value lhs =
      lessZero(b, node.input(0), node.input(2), std::max<int64_t>(last, 0));
  Value rhs =
      lessZero(b, node.input(3), node.input(5), b.rankOf(node.input(3)) - 1);
  Value left = b.cast(node.input(1), b.f32());
  Value right = b.cast(node.input(4), b.f32());
  if (b.sizeOf(left) > 1 && b.rankOf(left) == 1)
    left = b.insertAxis(left, 1);
  return {rescale(node, b.matmul(lhs, rhs), b.mul(left, right), 6, 7)};
}

static Values convInteger(Node &node) {
  Builder &b = node.b;
  auto zero = [&](size_t i) { return node.has(i) ? node.input(i) : Value(); };
  return {convolve(node, lessZero(b, node.input(0), zero(2), 1),
                   lessZero(b, node.input(1), zero(3), 0))};
}

static Values qLinearConv(Node &node) {
  Builder &b = node.b;
  Value x = lessZero(b, node.input(0), node.input(2), 1);
  Value weight = lessZero(b, node.input(3), node.input(5), 0);
  Value sum = convolve(node, x, weight);
  auto channels = [&](Value vector) {
    return b.broadcastAlong(vector, {1}, b.shapeOf(sum));
  };
  if (node.has(8))
    sum = b.add(sum, channels(b.cast(node.input(8), b.i32())));
  Value scale = b.cast(node.input(4), b.f32());
  scale = b.sizeOf(scale) == 1 ? b.reshape(scale, {}) : channels(scale);
  Value factor = b.mul(b.reshape(b.cast(node.input(1), b.f32()), {}), scale);
  return {rescale(node, sum, factor, 6, 7)};
}

ArrayRef<OpEntry> dlcc::onnx_reader::quantizedOps() {
  static const OpEntry table[] = {
      {"ConvInteger", 10, convInteger},
      {"DequantizeLinear", 10, dequantizeLinear},
      {"DynamicQuantizeLinear", 11, dynamicQuantizeLinear},
      {"QLinearConv", 10, qLinearConv},
      {"QLinearMatMul", 10, qLinearMatMul},
      {"QuantizeLinear", 10, quantizeLinear},
  };
  return table;
}
