//===- OpsReduction.cpp - sums, extremes and their places -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"
#include "llvm/ADT/STLExtras.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;
using dlc::ReduceKind;

namespace {
struct Axes {
  Ints list;
  bool keep;
};
} // namespace

/// The axes of a reduction, from the attribute or, since `inputSince`, from an
/// input; all where none are named.
static Axes axesOf(Node &node, int64_t inputSince) {
  int64_t rank = Builder::rankOf(node.input(0));
  Axes axes = {{}, node.integer("keepdims", 1) != 0};
  if (node.version < inputSince)
    axes.list = node.integers("axes");
  else if (node.has(1))
    axes.list = node.knownIntegers(1, "the axes");
  bool isNone = axes.list.empty();
  axes.list = Node::axes(axes.list, rank);
  if (isNone && !node.integer("noop_with_empty_axes", 0))
    axes.list = upTo(rank);
  return axes;
}

/// A formula around a reduction of `kind`.
using Formula = Value (*)(Builder &, Value);
static Value same(Builder &, Value x) { return x; }
static Value magnitude(Builder &b, Value x) {
  return b.isUnsigned(x) ? x : b.unary<dlc::AbsOp>(x);
}
static Value square(Builder &b, Value x) { return b.mul(x, x); }
static Value logarithm(Builder &b, Value x) { return b.log(x); }

/// Whole numbers have no roots and logarithms: they are taken of doubles.
static Value root(Builder &b, Value x) {
  Type element = b.elementOf(x);
  bool isWhole = !b.isFloat(x);
  Value wide = isWhole ? b.cast(x, b.builder.getF64Type()) : x;
  return b.cast(b.sqrt(wide), element);
}

template <ReduceKind kind, Formula before, Formula after, int64_t inputSince>
static Values reduce(Node &node) {
  Builder &b = node.b;
  Axes axes = axesOf(node, inputSince);
  Value x = node.input(0);
  Type element = b.elementOf(x);
  // false < true
  bool isBool = b.isBool(x);
  if (isBool)
    x = b.cast(x, b.i32());
  Value result = after(b, b.reduce(kind, before(b, x), axes.list, axes.keep));
  // The maximum of nothing is the lowest number.
  if (isBool)
    return {b.compare(dlc::Comparison::GT, result, b.like(0, result))};
  return {b.cast(result, element)};
}

static Values mean(Node &node) {
  Axes axes = axesOf(node, 18);
  return {node.b.mean(node.input(0), axes.list, axes.keep)};
}

static Values logSumExp(Node &node) {
  Builder &b = node.b;
  Axes axes = axesOf(node, 18);
  Value x = node.input(0);
  Value largest = b.reduce(ReduceKind::Max, x, axes.list, true);
  // Where all are -inf nothing is taken away.
  Value isFinite =
      b.compare(dlc::Comparison::LT, b.unary<dlc::AbsOp>(largest),
                b.like(std::numeric_limits<double>::infinity(), x));
  largest = b.select(isFinite, largest, b.like(0, x));
  Value result =
      b.add(b.log(b.sum(b.exp(b.sub(x, largest)), axes.list, true)), largest);
  if (axes.keep)
    return {result};
  Ints shape;
  for (auto [i, dim] : llvm::enumerate(b.shapeOf(x)))
    if (!llvm::is_contained(axes.list, int64_t(i)))
      shape.push_back(dim);
  return {b.reshape(result, shape)};
}

template <ReduceKind kind> static Values argReduce(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  int64_t axis = Node::axis(node.integer("axis", 0), b.rankOf(x));
  bool last = node.integer("select_last_index", 0);
  int64_t size = b.shapeOf(x)[axis];
  Value index = b.argReduce(kind, last ? b.reverse(x, axis) : x, axis);
  index = b.cast(index, b.i64());
  if (last)
    index = b.sub(b.like(double(size - 1), index), index);
  return {node.integer("keepdims", 1) ? b.insertAxis(index, axis) : index};
}

ArrayRef<OpEntry> dlcc::onnx_reader::reductionOps() {
  constexpr auto sum = ReduceKind::Sum;
  static const OpEntry table[] = {
      {"ArgMax", 1, argReduce<ReduceKind::Max>},
      {"ArgMin", 1, argReduce<ReduceKind::Min>},
      {"ReduceL1", 1, reduce<sum, magnitude, same, 18>},
      {"ReduceL2", 1, reduce<sum, square, root, 18>},
      {"ReduceLogSum", 1, reduce<sum, same, logarithm, 18>},
      {"ReduceLogSumExp", 1, logSumExp},
      {"ReduceMax", 1, reduce<ReduceKind::Max, same, same, 18>},
      {"ReduceMean", 1, mean},
      {"ReduceMin", 1, reduce<ReduceKind::Min, same, same, 18>},
      {"ReduceProd", 1, reduce<ReduceKind::Prod, same, same, 18>},
      {"ReduceSum", 1, reduce<sum, same, same, 13>},
      {"ReduceSumSquare", 1, reduce<sum, square, same, 18>},
  };
  return table;
}
