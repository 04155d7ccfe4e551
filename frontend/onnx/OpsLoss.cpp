//===- OpsLoss.cpp - losses of classes ------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;
using dlc::Comparison;

/// The loss for log-probabilities [n, c, …] and classes [n, …]: the one of each
/// class taken, weighted, without those of `ignore_index`.
static Value negativeLogLikelihood(Node &node, Value logs, Value target,
                                   Value weight) {
  Builder &b = node.b;
  ArrayRef<int64_t> shape = b.shapeOf(logs);
  if (shape.size() < 2 || b.rankOf(target) + 1 != int64_t(shape.size()))
    throw Refusal("scores are [n, c, …] and classes [n, …]");
  target = b.cast(target, b.i64());
  Value hit = b.compare(Comparison::EQ, b.insertAxis(target, 1),
                        b.iota(1, shape, b.i64()));
  Value zero = b.like(0, logs);
  Value loss = b.neg(b.sum(b.select(hit, logs, zero), {1}, false));
  Value factor = b.filled(1, b.shapeOf(target), b.elementOf(logs));
  if (weight)
    factor = b.sum(b.select(hit, b.broadcastAlong(weight, {1}, shape), zero),
                   {1}, false);
  if (node.hasAttribute("ignore_index")) {
    Value ignored =
        b.reshape(b.integers({node.integer("ignore_index", {})}), {});
    factor = b.select(b.compare(Comparison::EQ, target, ignored), zero, factor);
  }
  loss = b.mul(loss, factor);
  std::string reduction = node.text("reduction", "mean");
  Ints all = upTo(b.rankOf(loss));
  if (reduction == "none")
    return loss;
  if (reduction == "sum")
    return b.sum(loss, all, false);
  if (reduction != "mean")
    throw Refusal("'reduction' is none, sum or mean");
  return b.div(b.sum(loss, all, false), b.sum(factor, all, false));
}

static Values nllLoss(Node &node) {
  return {negativeLogLikelihood(node, node.input(0), node.input(1),
                                node.has(2) ? node.input(2) : Value())};
}

static Values softmaxCrossEntropyLoss(Node &node) {
  Value logs = node.b.logSoftmax(node.input(0), {1});
  return {negativeLogLikelihood(node, logs, node.input(1),
                                node.has(2) ? node.input(2) : Value()),
          logs};
}

ArrayRef<OpEntry> dlcc::onnx_reader::lossOps() {
  static const OpEntry table[] = {
      {"NegativeLogLikelihoodLoss", 12, nllLoss},
      {"SoftmaxCrossEntropyLoss", 12, softmaxCrossEntropyLoss},
  };
  return table;
}
