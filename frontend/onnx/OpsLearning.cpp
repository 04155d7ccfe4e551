//===- OpsLearning.cpp - scalers and linear models of ai.onnx.ml ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What skl2onnx makes of scikit-learn's scalers, linear models and networks.
// Trees, vector machines, text and tables of strings are refused.
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;

/// Features `[rows, n]` as f32, which these operators compute in.
static Value features(Node &node) {
  Value x = node.input(0);
  if (node.b.rankOf(x) != 2)
    throw Refusal("it takes rows of features, [rows, n]");
  return node.b.cast(x, node.b.f32());
}

/// An attribute's numbers as a tensor; as many as `shape` has elements.
static Value tensorOf(Node &node, llvm::StringRef name,
                      ArrayRef<int64_t> shape) {
  llvm::SmallVector<double> numbers = node.numbers(name);
  mlir::RankedTensorType type = node.b.type(shape, node.b.f32());
  if (int64_t(numbers.size()) != type.getNumElements())
    throw Refusal("'" + name + "' has " + llvm::Twine(numbers.size()) +
                  " numbers, not " + llvm::Twine(type.getNumElements()));
  llvm::SmallVector<float> floats(numbers.begin(), numbers.end());
  return node.b.constant(
      mlir::DenseElementsAttr::get(type, ArrayRef<float>(floats)));
}

/// (x - offset) scale, each one number or one a feature.
static Values scaler(Node &node) {
  Value x = features(node);
  auto of = [&](llvm::StringRef name) {
    return tensorOf(node, name, {int64_t(node.numbers(name).size())});
  };
  if (node.hasAttribute("offset"))
    x = node.b.sub(x, of("offset"));
  return {node.hasAttribute("scale") ? node.b.mul(x, of("scale")) : x};
}

/// 1 above the threshold, else 0.
static Values binarizer(Node &node) {
  Value x = node.input(0);
  Value isAbove = node.b.compare(dlc::Comparison::GT, x,
                                 node.b.like(node.number("threshold", 0), x));
  return {node.b.cast(isAbove, node.b.elementOf(x))};
}

/// x coefficients^T + intercepts, `[rows, outputs]`.
static Value linear(Node &node, int64_t outputs) {
  Value x = features(node);
  Value weight =
      tensorOf(node, "coefficients", {outputs, node.b.shapeOf(x)[1]});
  Value y = node.b.contract(x, weight, {}, {}, {1}, {1});
  return node.hasAttribute("intercepts")
             ? node.b.add(y, tensorOf(node, "intercepts", {outputs}))
             : y;
}

static Value transform(Node &node, Value scores) {
  std::string kind = node.text("post_transform", "NONE");
  if (kind == "SOFTMAX")
    return node.b.softmax(scores, {1});
  if (kind == "LOGISTIC")
    return node.b.unary<dlc::SigmoidOp>(scores);
  if (kind != "NONE")
    throw Refusal("'post_transform' is NONE, SOFTMAX or LOGISTIC, not " + kind);
  return scores;
}

static Values linearRegressor(Node &node) {
  int64_t targets = node.integer("targets", 1);
  if (targets < 1)
    throw Refusal("'targets' is a number from 1 on");
  return {transform(node, linear(node, targets))};
}

/// The class with the largest score, by its number, and the scores.
static Values linearClassifier(Node &node) {
  Builder &b = node.b;
  Ints labels = node.integers("classlabels_ints");
  if (labels.empty())
    throw Refusal("classes that are called by strings are not supported");
  Value scores = linear(node, labels.size());
  Value best = b.argReduce(dlc::ReduceKind::Max, scores, 1);
  return {b.gather(b.integers(labels), best, 0, 0), transform(node, scores)};
}

/// Rows over their largest element, sum or length; a row of zeros stays.
static Values normalizer(Node &node) {
  Builder &b = node.b;
  Value x = features(node);
  std::string norm = node.text("norm", "MAX");
  Value size;
  if (norm == "MAX")
    size = b.reduce(dlc::ReduceKind::Max, x, {1}, true);
  else if (norm == "L1")
    size = b.sum(b.unary<dlc::AbsOp>(x), {1}, true);
  else if (norm == "L2")
    size = b.sqrt(b.sum(b.mul(x, x), {1}, true));
  else
    throw Refusal("'norm' is MAX, L1 or L2, not " + norm);
  Value isZero = b.compare(dlc::Comparison::EQ, size, b.like(0, size));
  return {b.div(x, b.select(isZero, b.like(1, size), size))};
}

/// Elements along the last axis by their indices.
static Values arrayFeatureExtractor(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0), index = node.input(1);
  if (b.rankOf(x) == 0)
    throw Refusal("it takes an array");
  if (b.rankOf(x) == 1)
    x = b.insertAxis(x, 0);
  index = b.reshape(b.cast(index, b.i64()), {b.sizeOf(index)});
  return {b.gather(x, index, b.rankOf(x) - 1, 0)};
}

ArrayRef<OpEntry> dlcc::onnx_reader::learningOps() {
  static const OpEntry table[] = {
      {"ai.onnx.ml.ArrayFeatureExtractor", 1, arrayFeatureExtractor},
      {"ai.onnx.ml.Binarizer", 1, binarizer},
      {"ai.onnx.ml.LinearClassifier", 1, linearClassifier},
      {"ai.onnx.ml.LinearRegressor", 1, linearRegressor},
      {"ai.onnx.ml.Normalizer", 1, normalizer},
      {"ai.onnx.ml.Scaler", 1, scaler},
  };
  return table;
}
