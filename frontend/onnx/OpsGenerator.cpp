//===- OpsGenerator.cpp - tensors made of nothing -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ReadFile.h"

#include <cmath>
#include <numbers>

using namespace dlcc;
using namespace dlcc::onnx_reader;
using dlc::Comparison;

static Values constant(Node &node) {
  Builder &b = node.b;
  if (node.hasAttribute("value"))
    return {b.constant(node.tensor("value"))};
  if (node.hasAttribute("value_int")) {
    int64_t value = node.integer("value_int", {});
    return {b.reshape(b.integers({value}), {})};
  }
  if (node.hasAttribute("value_float"))
    return {b.number(node.number("value_float", {}), b.f32())};
  if (node.hasAttribute("value_ints"))
    return {b.integers(node.integers("value_ints"))};
  if (node.hasAttribute("value_floats")) {
    auto list = node.numbers("value_floats");
    return {b.constant(
        eval::Tensor(b.type({int64_t(list.size())}, b.f32()),
                     std::vector<double>(list.begin(), list.end())))};
  }
  throw Refusal("its value is neither a tensor nor numbers");
}

static Values constantOfShape(Node &node) {
  Builder &b = node.b;
  Ints shape = node.knownIntegers(0, "the shape");
  Value value = b.number(0, b.f32());
  if (node.hasAttribute("value"))
    value = b.reshape(b.constant(node.tensor("value")), {});
  return {b.broadcast(value, shape)};
}

static Values range(Node &node) {
  Builder &b = node.b;
  Type element = b.elementOf(node.input(0));
  double start = node.knownNumbers(0, "the start")[0];
  double limit = node.knownNumbers(1, "the limit")[0];
  double delta = node.knownNumbers(2, "the step")[0];
  double count = std::max(std::ceil((limit - start) / delta), 0.0);
  if (!(count <= double(1 << 30)))
    throw Refusal("the step never reaches the limit");
  Value index = b.iota(0, {int64_t(count)}, element);
  return {b.add(b.mul(index, node.input(2)), node.input(0))};
}

static Values eyeLike(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  if (b.rankOf(x) != 2)
    throw Refusal("it takes a matrix");
  Type element =
      node.hasAttribute("dtype")
          ? elementType(b.builder.getContext(), node.integer("dtype", {}))
          : b.elementOf(x);
  Value row = b.iota(0, b.shapeOf(x), b.i64());
  Value column = b.iota(1, b.shapeOf(x), b.i64());
  Value diagonal = b.add(row, double(node.integer("k", 0)));
  return {b.cast(b.compare(Comparison::EQ, column, diagonal), element)};
}

/// a0 - a1 cos(2 pi i / n) + a2 cos(4 pi i / n), i < size; n is the size where
/// the window is periodic, else one less.
static Values cosineWindow(Node &node, double a0, double a1, double a2) {
  Builder &b = node.b;
  int64_t size = node.knownInteger(0, "the size");
  if (size < 0 || size > 1 << 24)
    throw Refusal("the size is no size of a window");
  double period = double(node.integer("periodic", 1) ? size : size - 1);
  std::vector<double> values;
  for (int64_t i = 0; i < size; ++i) {
    double angle = 2 * std::numbers::pi * double(i) / period;
    values.push_back(a0 - a1 * std::cos(angle) + a2 * std::cos(2 * angle));
  }
  Type element =
      elementType(b.builder.getContext(), node.integer("output_datatype", 1));
  Value window =
      b.constant(eval::Tensor(b.type({size}, b.f32()), std::move(values)));
  return {b.cast(window, element)};
}

static Values hannWindow(Node &node) { return cosineWindow(node, 0.5, 0.5, 0); }
static Values hammingWindow(Node &node) {
  return cosineWindow(node, 25.0 / 46, 21.0 / 46, 0);
}
static Values blackmanWindow(Node &node) {
  return cosineWindow(node, 0.42, 0.5, 0.08);
}

/// In inference the input; the mask keeps everything.
/// The share of elements that a Dropout leaves out in training.
static double ratioOf(const Node &node) {
  double ratio = node.version < 12 ? node.number("ratio", 0.5)
                 : node.has(1)     ? node.knownNumbers(1, "the ratio")[0]
                                   : 0.5;
  if (!(ratio >= 0 && ratio < 1))
    throw Refusal("its ratio is at least 0 and below 1");
  return ratio;
}

static Values dropout(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  if (b.mode == Mode::Training) {
    double ratio = ratioOf(node);
    Value draw = b.uniform(node.proto.name(), b.shapeOf(x));
    Value keeps = b.compare(dlc::Comparison::GE, draw, b.like(ratio, draw));
    Value y = b.select(keeps, b.div(x, 1 - ratio), b.like(0, x));
    return {y, node.version < 10 ? b.cast(keeps, b.elementOf(x)) : keeps};
  }
  if (b.mode == Mode::AsWritten && node.version >= 12 && node.has(2)) {
    bool isTraining = node.known(2, "the training mode").ints[0];
    if (isTraining && ratioOf(node) != 0)
      throw Refusal("it is in training mode, which a model has that --loss "
                    "trains");
  }
  Value mask = b.filled(1, b.shapeOf(x),
                        node.version < 10 ? b.elementOf(x) : b.boolean());
  return {x, mask};
}

ArrayRef<OpEntry> dlcc::onnx_reader::generatorOps() {
  static const OpEntry table[] = {
      {"BlackmanWindow", 17, blackmanWindow},
      {"Constant", 1, constant},
      {"ConstantOfShape", 9, constantOfShape},
      {"Dropout", 7, dropout},
      {"EyeLike", 9, eyeLike},
      {"HammingWindow", 17, hammingWindow},
      {"HannWindow", 17, hannWindow},
      {"Range", 11, range},
  };
  return table;
}
