//===- OpsActivation.cpp - activations and softmaxes ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"

#include <cmath>
#include <numbers>

using namespace dlcc;
using namespace dlcc::onnx_reader;
using dlc::Comparison;

static Value isBelow(Builder &b, Value x, double number) {
  return b.compare(Comparison::LT, x, b.like(number, x));
}

static Values relu(Node &node) {
  Value x = node.input(0);
  return {node.b.max(x, node.b.like(0, x))};
}

static Values leakyRelu(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  return {b.select(isBelow(b, x, 0), b.mul(x, node.number("alpha", 0.01)), x)};
}

static Values pRelu(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Value slope = b.broadcast(node.input(1), b.shapeOf(x));
  return {b.select(isBelow(b, x, 0), b.mul(x, slope), x)};
}

/// alpha (e^(x / scale) - 1) for x below 0.
static Value exponentialUnit(Builder &b, Value x, double alpha,
                             double scale = 1) {
  Value low =
      b.mul(b.unary<dlc::Expm1Op>(scale == 1 ? x : b.div(x, scale)), alpha);
  return b.select(isBelow(b, x, 0), low, x);
}

static Values elu(Node &node) {
  return {exponentialUnit(node.b, node.input(0), node.number("alpha", 1))};
}

static Values celu(Node &node) {
  double alpha = node.number("alpha", 1);
  return {exponentialUnit(node.b, node.input(0), alpha, alpha)};
}

static Values selu(Node &node) {
  Value unit = exponentialUnit(node.b, node.input(0),
                               node.number("alpha", 1.67326319217681884765625));
  return {node.b.mul(unit, node.number("gamma", 1.05070102214813232421875))};
}

static Values sigmoid(Node &node) {
  return {node.b.unary<dlc::SigmoidOp>(node.input(0))};
}

static Value hardSigmoid(Builder &b, Value x, double alpha, double beta) {
  Value line = b.add(b.mul(x, alpha), beta);
  return b.min(b.max(line, b.like(0, x)), b.like(1, x));
}

static Values hardSigmoids(Node &node) {
  return {hardSigmoid(node.b, node.input(0), node.number("alpha", 0.2),
                      node.number("beta", 0.5))};
}

static Values hardSwish(Node &node) {
  Value x = node.input(0);
  return {node.b.mul(x, hardSigmoid(node.b, x, 1.0 / 6, 0.5))};
}

static Values swish(Node &node) {
  Value x = node.input(0);
  double alpha = node.number("alpha", 1);
  return {node.b.mul(x, node.b.unary<dlc::SigmoidOp>(node.b.mul(x, alpha)))};
}

/// log(1 + e^x), without overflow.
static Value softplus(Builder &b, Value x) {
  Value tail = b.unary<dlc::Log1pOp>(b.exp(b.neg(b.unary<dlc::AbsOp>(x))));
  return b.add(b.max(x, b.like(0, x)), tail);
}

static Values softplusOf(Node &node) {
  return {softplus(node.b, node.input(0))};
}

static Values mish(Node &node) {
  Value x = node.input(0);
  return {node.b.mul(x, node.b.unary<dlc::TanhOp>(softplus(node.b, x)))};
}

static Values softsign(Node &node) {
  Value x = node.input(0);
  return {node.b.div(x, node.b.add(node.b.unary<dlc::AbsOp>(x), 1))};
}

static Values thresholdedRelu(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Value isAbove =
      b.compare(Comparison::GT, x, b.like(node.number("alpha", 1), x));
  return {b.select(isAbove, x, b.like(0, x))};
}

static Values gelu(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0), inner;
  std::string kind = node.text("approximate", "none");
  if (kind == "none") {
    inner = b.unary<dlc::ErfOp>(b.mul(x, std::numbers::sqrt2 / 2));
  } else if (kind == "tanh") {
    Value cube = b.mul(b.mul(x, x), x);
    Value sum = b.add(x, b.mul(cube, 0.044715));
    inner =
        b.unary<dlc::TanhOp>(b.mul(sum, std::sqrt(2 * std::numbers::inv_pi)));
  } else {
    throw Refusal("'approximate' is none or tanh");
  }
  return {b.mul(b.mul(x, 0.5), b.add(inner, 1))};
}

static Values shrink(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  double bias = node.number("bias", 0), lambda = node.number("lambd", 0.5);
  Value zero = b.like(0, x);
  Value low = b.select(isBelow(b, x, -lambda), b.add(x, bias), zero);
  Value isHigh = b.compare(Comparison::GT, x, b.like(lambda, x));
  return {b.select(isHigh, b.add(x, -bias), low)};
}

//===----------------------------------------------------------------------===//
// Along an axis
//===----------------------------------------------------------------------===//

/// The axes that are normalised together: before version 13 the one named and
/// all behind it.
static Ints normalisedAxes(Node &node) {
  int64_t rank = Builder::rankOf(node.input(0));
  if (node.version >= 13)
    return {Node::axis(node.integer("axis", -1), rank)};
  return upTo(rank, Node::axis(node.integer("axis", 1), rank));
}

static Values softmax(Node &node) {
  return {node.b.softmax(node.input(0), normalisedAxes(node))};
}

static Values logSoftmax(Node &node) {
  return {node.b.logSoftmax(node.input(0), normalisedAxes(node))};
}

static Values hardmax(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Ints shape(b.shapeOf(x)), axes = normalisedAxes(node), flat = shape;
  // Several axes are one of their product.
  flat.resize(axes[0] + 1);
  for (size_t i = 1; i < axes.size(); ++i)
    flat.back() *= shape[axes[i]];
  bool isFlat = axes.size() > 1;
  Value line = isFlat ? b.reshape(x, flat) : x;
  Value place =
      b.insertAxis(b.argReduce(dlc::ReduceKind::Max, line, axes[0]), axes[0]);
  Value index = b.iota(axes[0], b.shapeOf(line), b.i32());
  Value hit = b.cast(b.compare(Comparison::EQ, index, place), b.elementOf(x));
  return {b.reshape(hit, shape)};
}

ArrayRef<OpEntry> dlcc::onnx_reader::activationOps() {
  static const OpEntry table[] = {
      {"Celu", 12, celu},
      {"Elu", 6, elu},
      {"Gelu", 20, gelu},
      {"HardSigmoid", 6, hardSigmoids},
      {"HardSwish", 14, hardSwish},
      {"Hardmax", 1, hardmax},
      {"LeakyRelu", 6, leakyRelu},
      {"LogSoftmax", 1, logSoftmax},
      {"Mish", 18, mish},
      {"PRelu", 7, pRelu},
      {"Relu", 6, relu},
      {"Selu", 6, selu},
      {"Shrink", 9, shrink},
      {"Sigmoid", 6, sigmoid},
      {"Softmax", 1, softmax},
      {"Softplus", 1, softplusOf},
      {"Softsign", 1, softsign},
      {"Swish", 24, swish},
      {"ThresholdedRelu", 10, thresholdedRelu},
  };
  return table;
}
