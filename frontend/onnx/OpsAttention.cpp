//===- OpsAttention.cpp - scaled dot-product attention --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ReadFile.h"

#include <cmath>

using namespace dlcc;
using namespace dlcc::onnx_reader;
using dlc::Comparison;

/// [n, steps, heads * size] -> [n, heads, steps, size]
static Value splitHeads(Builder &b, Value x, int64_t heads) {
  if (b.rankOf(x) == 4)
    return x;
  if (b.rankOf(x) != 3 || heads < 1 || b.shapeOf(x)[2] % heads)
    throw Refusal("an input of shape " + toString(b.shapeOf(x)) + " has no " +
                  llvm::Twine(heads) + " heads");
  ArrayRef<int64_t> shape = b.shapeOf(x);
  Value apart = b.reshape(x, {shape[0], shape[1], heads, shape[2] / heads});
  return b.transpose(apart, {0, 2, 1, 3});
}

/// Each head `times` times, one after the other.
static Value repeatHeads(Builder &b, Value x, int64_t times) {
  if (times == 1)
    return x;
  ArrayRef<int64_t> shape = b.shapeOf(x);
  Value wide = b.broadcastAlong(
      x, {0, 1, 3, 4}, {shape[0], shape[1], times, shape[2], shape[3]});
  return b.reshape(wide, {shape[0], shape[1] * times, shape[2], shape[3]});
}

/// 0 where `allowed`, else -inf, which a softmax makes 0.
static Value biasOf(Builder &b, Value allowed, Type element) {
  return b.select(allowed, b.number(0, element), b.number(-INFINITY, element));
}

/// What is added to the scores [n, heads, q, k]; null where nothing is.
/// `past` keys stand before those of this call.
static Value attentionBias(Node &node, Value scores, int64_t past) {
  Builder &b = node.b;
  Type element = b.elementOf(scores);
  ArrayRef<int64_t> shape = b.shapeOf(scores);
  int64_t queries = shape[2], keys = shape[3];
  Value bias;
  auto add = [&](Value more) { bias = bias ? b.add(bias, more) : more; };
  if (node.has(3)) {
    Value mask = node.input(3);
    if (b.isBool(mask))
      mask = biasOf(b, mask, element);
    int64_t rank = b.rankOf(mask), missing = keys - b.shapeOf(mask)[rank - 1];
    if (missing > 0) {
      Ints low(rank, 0), high(rank, 0);
      high[rank - 1] = missing;
      mask = b.pad(mask, b.number(-INFINITY, element), low, high);
    }
    add(mask);
  }
  // The place of a query is that of its key.
  Value offset = b.number(double(past), b.i64()), lengths;
  if (node.has(6)) {
    lengths = b.reshape(b.cast(node.input(6), b.i64()), {shape[0], 1, 1, 1});
    offset = b.add(lengths, double(-queries));
  }
  Ints grid = {1, 1, queries, keys};
  Value key = b.iota(3, grid, b.i64());
  Value query = b.add(b.iota(2, grid, b.i64()), offset);
  if (node.integer("is_causal", 0))
    add(biasOf(b, b.compare(Comparison::LE, key, query), element));
  int64_t left = node.integer("left_window_size", -1);
  int64_t right = node.integer("right_window_size", -1);
  if (left >= 0)
    add(biasOf(b, b.compare(Comparison::GE, b.add(key, double(left)), query),
               element));
  if (right >= 0)
    add(biasOf(b, b.compare(Comparison::LE, b.add(key, double(-right)), query),
               element));
  if (lengths)
    add(biasOf(b, b.compare(Comparison::LT, key, lengths), element));
  return bias;
}

static Values attention(Node &node) {
  Builder &b = node.b;
  bool isFlat = b.rankOf(node.input(0)) == 3;
  Value q = splitHeads(b, node.input(0), node.integer("q_num_heads", 0));
  Value k = splitHeads(b, node.input(1), node.integer("kv_num_heads", 0));
  Value v = splitHeads(b, node.input(2), node.integer("kv_num_heads", 0));
  Type element = b.elementOf(q);
  int64_t past = 0;
  if (node.has(4) != node.has(5))
    throw Refusal("past keys and values belong together");
  if (node.has(4)) {
    past = b.shapeOf(node.input(4))[2];
    k = past ? b.concat(2, {node.input(4), k}) : k;
    v = past ? b.concat(2, {node.input(5), v}) : v;
  }
  Value presentKey = k, presentValue = v;
  int64_t heads = b.shapeOf(q)[1], groups = b.shapeOf(k)[1];
  if (groups < 1 || heads % groups)
    throw Refusal(llvm::Twine(heads) + " heads of queries share no " +
                  llvm::Twine(groups) + " heads of keys");
  k = repeatHeads(b, k, heads / groups);
  v = repeatHeads(b, v, heads / groups);
  double scale = node.number(
      "scale", 1 / std::sqrt(double(std::max<int64_t>(b.shapeOf(q)[3], 1))));
  // Each factor takes half of the scale, so that narrow types do not overflow.
  double root = std::sqrt(scale);
  Value scores =
      b.contract(b.mul(q, root), b.mul(k, root), {0, 1}, {0, 1}, {3}, {3});
  int64_t mode = node.integer("qk_matmul_output_mode", 0);
  Value shown = scores;
  double cap = node.number("softcap", 0);
  if (cap > 0)
    scores = b.mul(b.unary<dlc::TanhOp>(b.div(scores, cap)), cap);
  if (mode == 1)
    shown = scores;
  Value bias = attentionBias(node, scores, past);
  if (bias)
    scores = b.add(scores, bias);
  if (mode == 2)
    shown = scores;
  Type precise = element;
  if (node.hasAttribute("softmax_precision"))
    precise = elementType(b.builder.getContext(),
                          node.integer("softmax_precision", 1));
  Value wide = b.cast(scores, precise);
  Value weights;
  if (!bias) {
    weights = b.softmax(wide, {3});
  } else {
    // A query that sees no key gets zeros.
    Value best =
        b.reduce(dlc::ReduceKind::Max, bias, {b.rankOf(bias) - 1}, true);
    Value isBlind =
        b.compare(Comparison::EQ, best, b.number(-INFINITY, element));
    weights = b.select(isBlind, b.like(0, wide), b.softmax(wide, {3}));
  }
  weights = b.cast(weights, element);
  if (mode == 3)
    shown = weights;
  Value y = b.contract(weights, v, {0, 1}, {0, 1}, {3}, {2});
  if (isFlat) {
    y = b.transpose(y, {0, 2, 1, 3});
    ArrayRef<int64_t> shape = b.shapeOf(y);
    y = b.reshape(y, {shape[0], shape[1], shape[2] * shape[3]});
  }
  return {y, presentKey, presentValue, shown};
}

ArrayRef<OpEntry> dlcc::onnx_reader::attentionOps() {
  static const OpEntry table[] = {
      {"Attention", 23, attention},
  };
  return table;
}
