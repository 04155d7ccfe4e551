//===- OpsNormalization.cpp - means and deviations taken away -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"

#include <cmath>

using namespace dlcc;
using namespace dlcc::onnx_reader;

/// A vector with one number a channel, against [n, c, …].
static Value alongChannels(Builder &b, Value vector, Value x) {
  return b.broadcastAlong(vector, {1}, b.shapeOf(x));
}

static Value inverseRoot(Builder &b, Value x, double epsilon) {
  return b.unary<dlc::RsqrtOp>(b.add(x, epsilon));
}

namespace {
struct Moments {
  Value centred, mean, variance;
};
} // namespace

static Moments momentsOf(Builder &b, Value x, ArrayRef<int64_t> axes) {
  Value mean = b.mean(x, axes, true);
  Value centred = b.sub(x, mean);
  return {centred, mean, b.mean(b.mul(centred, centred), axes, true)};
}

/// Of a training step, as PyTorch's: the moments are those of the rows given,
/// and the running variance takes the unbiased one.
static Values trainBatchNormalization(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Type element = b.elementOf(x);
  Ints axes = upTo(b.rankOf(x), 2);
  axes.insert(axes.begin(), 0);
  int64_t places = 1;
  for (int64_t size : b.shapeOf(x).drop_front(2))
    places *= size;
  Value count = b.mul(b.count(b.shapeOf(x)[0], element), double(places));
  auto mean = [&](Value value) {
    return b.div(b.sum(value, axes, false), count);
  };
  Value mu = mean(x);
  Value centred = b.sub(x, alongChannels(b, mu, x));
  Value variance = mean(b.mul(centred, centred));
  double momentum = node.number("momentum", 0.9);
  auto update = [&](size_t i, Value now, Value share) {
    Value old = b.stored(node.input(i));
    Value moved = b.mul(b.unary<dlc::StopGradientOp>(now), share);
    Value next = b.add(b.mul(old, momentum), b.cast(moved, b.elementOf(old)));
    b.store(node.input(i), next);
    return next;
  };
  Value one = b.number(1, element);
  Value unbiased = b.div(count, b.max(b.sub(count, one), one));
  Value factor = b.mul(inverseRoot(b, variance, node.number("epsilon", 1e-5)),
                       b.cast(node.input(1), element));
  Value y = b.add(b.mul(centred, alongChannels(b, factor, x)),
                  alongChannels(b, b.cast(node.input(2), element), x));
  return {y, update(3, mu, b.number(1 - momentum, element)),
          update(4, variance, b.mul(unbiased, 1 - momentum))};
}

static Values batchNormalization(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  if (b.rankOf(x) < 2)
    throw Refusal("it takes [n, c, …]");
  if (b.mode == Mode::Training)
    return trainBatchNormalization(node);
  Type element = b.elementOf(x);
  double epsilon = node.number("epsilon", 1e-5);
  auto vector = [&](size_t i) {
    return alongChannels(b, b.cast(node.input(i), element), x);
  };
  if (b.mode == Mode::Inference || !node.integer("training_mode", 0)) {
    Value factor =
        b.mul(inverseRoot(b, b.cast(node.input(4), element), epsilon),
              b.cast(node.input(1), element));
    Value centred = b.sub(x, vector(3));
    return {b.add(b.mul(centred, alongChannels(b, factor, x)), vector(2)),
            node.input(3), node.input(4)};
  }
  Ints axes = upTo(b.rankOf(x), 2);
  axes.insert(axes.begin(), 0);
  Moments moments = momentsOf(b, x, axes);
  Value y = b.mul(moments.centred, inverseRoot(b, moments.variance, epsilon));
  double momentum = node.number("momentum", 0.9);
  auto running = [&](size_t i, Value now) {
    Value old = node.input(i);
    Value flat = b.cast(b.reshape(now, b.shapeOf(old)), b.elementOf(old));
    return b.add(b.mul(old, momentum), b.mul(flat, 1 - momentum));
  };
  return {b.add(b.mul(y, vector(1)), vector(2)), running(3, moments.mean),
          running(4, moments.variance)};
}

static Values instanceNormalization(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Moments moments = momentsOf(b, x, upTo(b.rankOf(x), 2));
  Value y = b.mul(moments.centred, inverseRoot(b, moments.variance,
                                               node.number("epsilon", 1e-5)));
  return {b.add(b.mul(y, alongChannels(b, node.input(1), x)),
                alongChannels(b, node.input(2), x))};
}

/// The type that moments are computed in; `stash_type` may only widen it.
static Type stashType(Node &node) {
  Value x = node.input(0);
  bool isNarrow = node.b.elementOf(x).getIntOrFloatBitWidth() < 32;
  return isNarrow && node.integer("stash_type", 1) == 1 ? node.b.f32()
                                                        : node.b.elementOf(x);
}

static Values layerNormalization(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Type element = b.elementOf(x);
  int64_t rank = b.rankOf(x);
  Ints axes = upTo(rank, Node::axis(node.integer("axis", -1), rank));
  Moments moments = momentsOf(b, b.cast(x, stashType(node)), axes);
  Value factor = inverseRoot(b, moments.variance, node.number("epsilon", 1e-5));
  Value y = b.cast(b.mul(moments.centred, factor), element);
  y = b.mul(y, node.input(1));
  if (node.has(2))
    y = b.add(y, node.input(2));
  return {y, moments.mean, factor};
}

static Values rmsNormalization(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Type element = b.elementOf(x);
  int64_t rank = b.rankOf(x);
  Ints axes = upTo(rank, Node::axis(node.integer("axis", -1), rank));
  Value wide = b.cast(x, stashType(node));
  Value factor = inverseRoot(b, b.mean(b.mul(wide, wide), axes, true),
                             node.number("epsilon", 1e-5));
  return {b.mul(b.cast(b.mul(wide, factor), element), node.input(1))};
}

static Values groupNormalization(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Ints shape(b.shapeOf(x));
  int64_t groups = node.integer("num_groups", {});
  if (shape.size() < 2 || groups < 1 || shape[1] % groups)
    throw Refusal("the channels are no multiple of the groups");
  Ints apart = {shape[0], groups, shape[1] / groups};
  apart.append(shape.begin() + 2, shape.end());
  Type element = b.elementOf(x);
  Value split = b.cast(b.reshape(x, apart), stashType(node));
  Moments moments = momentsOf(b, split, upTo(apart.size(), 2));
  Value y =
      b.cast(b.mul(moments.centred, inverseRoot(b, moments.variance,
                                                node.number("epsilon", 1e-5))),
             element);
  // Before version 21 there is a factor a group, then one a channel.
  if (node.version < 21) {
    y = b.add(b.mul(y, b.broadcastAlong(node.input(1), {1}, apart)),
              b.broadcastAlong(node.input(2), {1}, apart));
    return {b.reshape(y, shape)};
  }
  y = b.reshape(y, shape);
  return {b.add(b.mul(y, alongChannels(b, node.input(1), x)),
                alongChannels(b, node.input(2), x))};
}

static Values meanVarianceNormalization(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Ints axes = Node::axes(node.integers("axes", {0, 2, 3}), b.rankOf(x));
  Moments moments = momentsOf(b, x, axes);
  return {b.div(moments.centred, b.add(b.sqrt(moments.variance), 1e-9))};
}

static Values lpNormalization(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  int64_t axis = Node::axis(node.integer("axis", -1), b.rankOf(x));
  int64_t p = node.integer("p", 2);
  Value norm;
  if (p == 1)
    norm = b.sum(b.unary<dlc::AbsOp>(x), {axis}, true);
  else if (p == 2)
    norm = b.sqrt(b.sum(b.mul(x, x), {axis}, true));
  else
    throw Refusal("'p' is 1 or 2");
  Value zero = b.like(0, x);
  Value isZero = b.compare(dlc::Comparison::EQ, norm, zero);
  return {b.select(isZero, zero, b.div(x, norm))};
}

/// Each channel over a power of the mean square of its neighbours.
static Values lrn(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  int64_t rank = b.rankOf(x), size = node.integer("size", {});
  if (rank < 2 || size < 1 || size > 1 << 20)
    throw Refusal("'size' is no count of channels");
  Ints low(rank, 0), high(rank, 0);
  low[1] = (size - 1) / 2;
  high[1] = size - 1 - low[1];
  Value seen = b.window(b.pad(b.mul(x, x), b.like(0, x), low, high), {1},
                        {size}, {1}, {1});
  Value sum = b.sum(seen, {rank}, false);
  Value base = b.add(b.mul(sum, node.number("alpha", 1e-4) / double(size)),
                     node.number("bias", 1));
  return {b.div(
      x, b.binary<dlc::PowOp>(base, b.like(node.number("beta", 0.75), x)))};
}

ArrayRef<OpEntry> dlcc::onnx_reader::normalizationOps() {
  static const OpEntry table[] = {
      {"BatchNormalization", 7, batchNormalization},
      {"GroupNormalization", 18, groupNormalization},
      {"InstanceNormalization", 6, instanceNormalization},
      {"LRN", 1, lrn},
      {"LayerNormalization", 17, layerNormalization},
      {"LpNormalization", 1, lpNormalization},
      {"MeanVarianceNormalization", 9, meanVarianceNormalization},
      {"RMSNormalization", 23, rmsNormalization},
  };
  return table;
}
