//===- OpsIndexed.cpp - elements taken and put by indices, orders ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"
#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace dlcc;
using namespace dlcc::onnx_reader;
using dlc::Comparison;
using dlc::ReduceKind;

/// Indices below 0 count from the end of an axis of `size`.
static Value wrapIndex(Builder &b, Value index, int64_t size) {
  index = b.cast(index, b.i64());
  return b.select(b.compare(Comparison::LT, index, b.like(0, index)),
                  b.add(index, double(size)), index);
}

/// `axis` to the end, or from there.
static Value moveAxis(Builder &b, Value x, int64_t axis, bool toLast) {
  int64_t rank = b.rankOf(x);
  Ints order = upTo(rank);
  order.erase(order.begin() + (toLast ? axis : rank - 1));
  order.insert(order.begin() + (toLast ? rank - 1 : axis),
               toLast ? axis : rank - 1);
  return b.transpose(x, order);
}

static Values gather(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  int64_t axis = Node::axis(node.integer("axis", 0), b.rankOf(x));
  return {
      b.gather(x, wrapIndex(b, node.input(1), b.shapeOf(x)[axis]), axis, 0)};
}

/// The part of `x` that an index of this shape pairs with, `axis` apart.
static Value cropLike(Builder &b, Value x, Value index, int64_t axis) {
  if (b.rankOf(index) != b.rankOf(x))
    throw Refusal("data and indices differ in their count of dimensions");
  for (int64_t i = 0; i < b.rankOf(x); ++i)
    if (i != axis)
      x = b.sliceAxis(x, i, 0, b.shapeOf(index)[i]);
  return x;
}

static Values gatherElements(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0), index = node.input(1);
  int64_t rank = b.rankOf(x), axis = Node::axis(node.integer("axis", 0), rank);
  index = wrapIndex(b, index, b.shapeOf(x)[axis]);
  x = moveAxis(b, cropLike(b, x, index, axis), axis, true);
  Value taken = b.gather(x, moveAxis(b, index, axis, true), rank - 1, rank - 1);
  return {moveAxis(b, taken, axis, false)};
}

/// Tuples of indices as places in the row-major order of dimensions `dims`.
static Value flatIndex(Builder &b, Value index, ArrayRef<int64_t> dims) {
  int64_t last = b.rankOf(index) - 1;
  Value flat;
  for (auto [i, size] : llvm::enumerate(dims)) {
    Value part = wrapIndex(b, b.sliceAxis(index, last, i, 1), size);
    flat = flat ? b.add(b.mul(flat, double(size)), part) : part;
  }
  return b.reshape(flat, b.shapeOf(index).drop_back());
}

static int64_t product(ArrayRef<int64_t> dims) {
  int64_t result = 1;
  for (int64_t dim : dims)
    result *= dim;
  return result;
}

static Values gatherND(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0), index = node.input(1);
  int64_t batch = node.integer("batch_dims", 0);
  ArrayRef<int64_t> shape = b.shapeOf(x), at = b.shapeOf(index);
  if (at.empty() || batch < 0 || batch >= int64_t(at.size()) || at.back() < 1 ||
      batch + at.back() > int64_t(shape.size()))
    throw Refusal("indices of shape " + toString(at) +
                  " do not fit data of shape " + toString(shape));
  ArrayRef<int64_t> tuple = shape.slice(batch, at.back());
  Ints flat(shape.take_front(batch));
  flat.push_back(product(tuple));
  llvm::append_range(flat, shape.drop_front(batch + at.back()));
  Value place = flatIndex(b, index, tuple);
  return {b.gather(b.reshape(x, flat), place, batch, batch)};
}

//===----------------------------------------------------------------------===//
// Scattering
//===----------------------------------------------------------------------===//

/// Puts values (p, j, q) where index (p, j) says along the dimension behind the
/// `batch` first of data (p, n, q). ONNX wants the places to differ where there
/// is no reduction; values that share one nevertheless are added up here.
static Value scatter(Builder &b, Value data, Value index, Value values,
                     int64_t batch, const std::string &reduction) {
  ArrayRef<int64_t> shape = b.shapeOf(data);
  if (reduction == "add")
    return b.add(data, b.scatterAdd(values, index, batch, batch, shape));
  if (reduction == "none") {
    Value ones = b.filled(1, b.shapeOf(values), b.i32());
    Value count = b.scatterAdd(ones, index, batch, batch, shape);
    Type element = b.elementOf(values);
    // Bools have no sums.
    Value sum =
        b.scatterAdd(b.isBool(values) ? b.cast(values, b.i32()) : values, index,
                     batch, batch, shape);
    return b.select(b.compare(Comparison::GT, count, b.like(0, count)),
                    b.cast(sum, element), data);
  }
  ReduceKind kind;
  double neutral = 1;
  Type element = b.elementOf(values);
  bool isFloat = b.isFloat(values);
  if (reduction == "mul")
    kind = ReduceKind::Prod;
  else if (reduction == "max" || reduction == "min")
    kind = reduction == "max" ? ReduceKind::Max : ReduceKind::Min;
  else
    throw Refusal("'reduction' is unknown: " + reduction);
  if (kind != ReduceKind::Prod) {
    if (!isFloat)
      throw Refusal("the reduction " + reduction + " needs floats");
    neutral = kind == ReduceKind::Max ? -INFINITY : INFINITY;
  }
  // (p, n, j, q): each value where its index is n, combined over j.
  ArrayRef<int64_t> from = b.shapeOf(values);
  Ints wide(from);
  wide.insert(wide.begin() + batch, shape[batch]);
  Ints axes = upTo(wide.size());
  axes.erase(axes.begin() + batch);
  Value spread = b.broadcastAlong(values, axes, wide);
  Ints indexAxes(ArrayRef<int64_t>(axes).take_front(batch + 1));
  Value at = b.broadcastAlong(index, indexAxes, wide);
  Value hit =
      b.compare(Comparison::EQ, at, b.iota(batch, wide, b.elementOf(at)));
  Value kept = b.select(hit, spread, b.number(neutral, element));
  Value combined = b.reduce(kind, kept, {batch + 1}, false);
  if (kind == ReduceKind::Prod)
    return b.mul(data, combined);
  return kind == ReduceKind::Max ? b.max(data, combined)
                                 : b.min(data, combined);
}

static Values scatterElements(Node &node) {
  Builder &b = node.b;
  Value data = node.input(0), index = node.input(1), values = node.input(2);
  int64_t rank = b.rankOf(data);
  int64_t axis = Node::axis(node.integer("axis", 0), rank);
  if (b.shapeOf(index) != b.shapeOf(values))
    throw Refusal("indices and updates differ in shape");
  index = wrapIndex(b, index, b.shapeOf(data)[axis]);
  Value part = moveAxis(b, cropLike(b, data, index, axis), axis, true);
  Value result = scatter(b, part, moveAxis(b, index, axis, true),
                         moveAxis(b, values, axis, true), rank - 1,
                         node.text("reduction", "none"));
  result = moveAxis(b, result, axis, false);
  // What lies beside the indices stays.
  for (int64_t i = rank - 1; i >= 0; --i) {
    int64_t had = b.shapeOf(result)[i], size = b.shapeOf(data)[i];
    if (had == size)
      continue;
    Value rest = b.sliceAxis(data, i, had, size - had);
    for (int64_t j = 0; j < i; ++j)
      rest = b.sliceAxis(rest, j, 0, b.shapeOf(result)[j]);
    result = b.concat(i, {result, rest});
  }
  return {result};
}

static Values scatterND(Node &node) {
  Builder &b = node.b;
  Value data = node.input(0), index = node.input(1), values = node.input(2);
  ArrayRef<int64_t> shape = b.shapeOf(data), at = b.shapeOf(index);
  if (at.empty() || at.back() < 1 || at.back() > int64_t(shape.size()))
    throw Refusal("indices of shape " + toString(at) +
                  " do not fit data of shape " + toString(shape));
  ArrayRef<int64_t> tuple = shape.take_front(at.back());
  ArrayRef<int64_t> rest = shape.drop_front(at.back());
  int64_t count = product(at.drop_back());
  Ints flat = {product(tuple)}, flatValues = {count};
  llvm::append_range(flat, rest);
  llvm::append_range(flatValues, rest);
  Value place = b.reshape(flatIndex(b, index, tuple), {count});
  Value result =
      scatter(b, b.reshape(data, flat), place, b.reshape(values, flatValues), 0,
              node.text("reduction", "none"));
  return {b.reshape(result, shape)};
}

//===----------------------------------------------------------------------===//
// Orders and running sums
//===----------------------------------------------------------------------===//

static Values topK(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  int64_t rank = b.rankOf(x), axis = Node::axis(node.integer("axis", -1), rank);
  int64_t count = node.version < 10 ? node.integer("k", {})
                                    : node.knownInteger(1, "the count");
  int64_t size = b.shapeOf(x)[axis];
  if (count < 1 || count > size)
    throw Refusal("the count " + llvm::Twine(count) + " is none of 1 to " +
                  llvm::Twine(size));
  x = moveAxis(b, x, axis, true);
  Value place = b.rank(x, rank - 1, node.integer("largest", 1) != 0, count);
  // The first `count` places get an index each; the others meet behind them.
  Ints shape(b.shapeOf(x));
  shape.back() = count + 1;
  Value index = b.scatterAdd(b.iota(rank - 1, b.shapeOf(x), b.i32()), place,
                             rank - 1, rank - 1, shape);
  index = b.sliceAxis(index, rank - 1, 0, count);
  Value values = b.gather(x, index, rank - 1, rank - 1);
  return {moveAxis(b, values, axis, false),
          moveAxis(b, b.cast(index, b.i64()), axis, false)};
}

static Values cumSum(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  int64_t axis = Node::axis(node.knownInteger(1, "the axis"), b.rankOf(x));
  return {b.cumulative(x, axis, node.integer("reverse", 0) != 0,
                       node.integer("exclusive", 0) != 0)};
}

static Values reverseSequence(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  int64_t time = node.integer("time_axis", 0);
  if (b.rankOf(x) < 2 || time < 0 || time > 1 ||
      node.integer("batch_axis", 1) != 1 - time)
    throw Refusal("batch and time are the first two axes");
  Ints order = upTo(b.rankOf(x));
  if (time == 0)
    std::swap(order[0], order[1]);
  x = b.transpose(x, order);
  Ints shape(b.shapeOf(x).take_front(2));
  Value step = b.iota(1, shape, b.i64());
  Value length = b.broadcastAlong(b.cast(node.input(1), b.i64()), {0}, shape);
  Value back = b.sub(b.sub(length, step), b.like(1, step));
  Value isInside = b.compare(Comparison::LT, step, length);
  Value result = b.gather(x, b.select(isInside, back, step), 1, 1);
  return {b.transpose(result, order)};
}

static Values oneHot(Node &node) {
  Builder &b = node.b;
  auto depths = node.knownNumbers(1, "the depth");
  if (depths.size() != 1 || !(depths[0] >= 1 && depths[0] <= 1 << 30))
    throw Refusal("the depth is one number from 1 on");
  int64_t depth = int64_t(depths[0]);
  Value index = wrapIndex(b, node.input(0), depth);
  int64_t rank = b.rankOf(index) + 1;
  int64_t axis = Node::axis(node.integer("axis", -1), rank);
  Ints shape(b.shapeOf(index)), axes = upTo(rank);
  shape.insert(shape.begin() + axis, depth);
  axes.erase(axes.begin() + axis);
  Value hit = b.compare(Comparison::EQ, b.broadcastAlong(index, axes, shape),
                        b.iota(axis, shape, b.i64()));
  auto value = [&](int64_t i) {
    return b.reshape(b.sliceAxis(node.input(2), 0, i, 1), {});
  };
  return {b.select(hit, value(1), value(0))};
}

ArrayRef<OpEntry> dlcc::onnx_reader::indexedOps() {
  static const OpEntry table[] = {
      {"CumSum", 11, cumSum},
      {"Gather", 1, gather},
      {"GatherElements", 11, gatherElements},
      {"GatherND", 11, gatherND},
      {"OneHot", 9, oneHot},
      {"ReverseSequence", 10, reverseSequence},
      {"Scatter", 9, scatterElements},
      {"ScatterElements", 11, scatterElements},
      {"ScatterND", 11, scatterND},
      {"TopK", 1, topK},
  };
  return table;
}
