//===- OpsGridSample.cpp - images read at places of a grid ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A place has one, two or four neighbours along each axis. For each combination
// of them the image, flattened to one axis, is read at an index for each place.
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;
using dlc::Comparison;

namespace {

enum class Padding { Zeros, Border, Reflection };

/// What all places share.
struct Sampling {
  int64_t neighbours = 2; ///< 1 nearest, 2 linear, 4 cubic
  Padding padding = Padding::Zeros;
  bool alignsCorners = false;
};

/// One neighbour along one axis, for each place [n, places].
struct Neighbour {
  Value index;    ///< i64, within the axis
  Value weight;   ///< null: 1
  Value isInside; ///< bool; null: it always is
};

} // namespace

/// Where a mirror at `low` and at `high` leads to, back and forth.
static Value reflect(Builder &b, Value x, double low, double high) {
  if (high <= low)
    return b.mul(x, 0);
  double range = high - low;
  Value isBelow = b.compare(Comparison::LT, x, b.like(low, x));
  Value isAbove = b.compare(Comparison::GT, x, b.like(high, x));
  Value beyond = b.select(isBelow, b.sub(b.like(low, x), x), b.add(x, -high));
  Value turns = b.unary<dlc::FloorOp>(b.div(beyond, range));
  Value rest = b.sub(beyond, b.mul(turns, range));
  Value isOdd = b.compare(
      Comparison::GT,
      b.sub(turns, b.mul(b.unary<dlc::FloorOp>(b.mul(turns, 0.5)), 2)),
      b.like(0.5, x));
  Value fromLow = b.binary<dlc::XorOp>(isBelow, isOdd);
  Value inside =
      b.select(fromLow, b.add(rest, low), b.sub(b.like(high, x), rest));
  return b.select(b.binary<dlc::OrOp>(isBelow, isAbove), inside, x);
}

static Value clamp(Builder &b, Value x, double low, double high) {
  return b.min(b.max(x, b.like(low, x)), b.like(high, x));
}

/// Weights of the four neighbours of a place `x` beyond the second (Keys 1981,
/// with a factor of -0.75).
static Value cubicWeight(Builder &b, Value x, int64_t k) {
  constexpr double a = -0.75;
  Value d = k == 0   ? b.add(x, 1)
            : k == 1 ? x
            : k == 2 ? b.sub(b.like(1, x), x)
                     : b.sub(b.like(2, x), x);
  auto times = [&](Value value, double plus) {
    return b.mul(b.add(value, plus), d);
  };
  if (k == 1 || k == 2)
    return b.add(b.mul(times(b.mul(d, a + 2), -(a + 3)), d), 1);
  return b.add(times(times(b.mul(d, a), -5 * a), 8 * a), -4 * a);
}

/// The neighbours along an axis of `size` of places that are -1 at its begin
/// and 1 at its end.
static llvm::SmallVector<Neighbour>
neighboursOf(Builder &b, Value place, int64_t size, const Sampling &sampling) {
  double last = double(size - 1);
  bool aligns = sampling.alignsCorners;
  double low = aligns ? 0 : -0.5, high = aligns ? last : last + 0.5;
  Value x = aligns ? b.mul(b.div(b.add(place, 1), 2), last)
                   : b.div(b.add(b.mul(b.add(place, 1), double(size)), -1), 2);
  if (sampling.neighbours == 1)
    x = b.unary<dlc::RoundOp>(x);
  if (sampling.padding == Padding::Border) {
    Value isBelow = b.compare(Comparison::LT, x, b.like(low, x));
    Value isAbove = b.compare(Comparison::GT, x, b.like(high, x));
    x = b.select(b.binary<dlc::OrOp>(isBelow, isAbove), clamp(b, x, 0, last),
                 x);
  } else if (sampling.padding == Padding::Reflection) {
    x = reflect(b, x, low, high);
  }
  Value floor = sampling.neighbours == 1 ? x : b.unary<dlc::FloorOp>(x);
  Value ratio = b.sub(x, floor);
  llvm::SmallVector<Neighbour> list;
  for (int64_t k = 0; k < sampling.neighbours; ++k) {
    Neighbour near;
    Value index = b.add(floor, double(sampling.neighbours == 4 ? k - 1 : k));
    if (sampling.padding == Padding::Zeros)
      near.isInside = b.binary<dlc::AndOp>(
          b.compare(Comparison::GE, index, b.like(0, index)),
          b.compare(Comparison::LE, index, b.like(last, index)));
    if (sampling.padding == Padding::Reflection)
      index = reflect(b, index, low, high);
    near.index = b.cast(clamp(b, index, 0, last), b.i64());
    if (sampling.neighbours == 2)
      near.weight = k == 0 ? b.sub(b.like(1, ratio), ratio) : ratio;
    if (sampling.neighbours == 4)
      near.weight = cubicWeight(b, ratio, k);
    list.push_back(near);
  }
  return list;
}

static Sampling readSampling(Node &node) {
  Sampling sampling;
  std::string mode =
      node.text("mode", node.version < 20 ? "bilinear" : "linear");
  llvm::StringRef kind = mode;
  if (node.version < 20)
    kind.consume_front("bi");
  if (kind != "nearest" && kind != "linear" && kind != "cubic")
    throw Refusal("'mode' cannot be '" + mode + "'");
  sampling.neighbours = kind == "nearest" ? 1 : kind == "linear" ? 2 : 4;
  std::string padding = node.text("padding_mode", "zeros");
  if (padding != "zeros" && padding != "border" && padding != "reflection")
    throw Refusal("'padding_mode' cannot be '" + padding + "'");
  sampling.padding = padding == "zeros"    ? Padding::Zeros
                     : padding == "border" ? Padding::Border
                                           : Padding::Reflection;
  sampling.alignsCorners = node.integer("align_corners", 0);
  return sampling;
}

/// x is [n, c, d1, …, dk], the grid [n, o1, …, ok, k], whose last axis has the
/// last axis of the image first.
static Values gridSample(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0), grid = node.input(1);
  Sampling sampling = readSampling(node);
  ArrayRef<int64_t> image = b.shapeOf(x), places = b.shapeOf(grid);
  int64_t rank = int64_t(image.size()) - 2;
  if (rank < 1 || int64_t(places.size()) != rank + 2 || places.back() != rank ||
      places[0] != image[0])
    throw Refusal("a grid of shape " + toString(places) +
                  " does not fit an image of shape " + toString(image));
  if (!b.isFloat(x) || !b.isFloat(grid))
    throw Refusal("it takes floats");
  auto widen = [&](Value value) {
    return b.elementOf(value).getIntOrFloatBitWidth() < 32
               ? b.cast(value, b.f32())
               : value;
  };
  Type element = b.elementOf(x);
  x = widen(x);
  grid = widen(grid);
  int64_t count = 1, pixels = 1;
  for (int64_t i = 0; i < rank; ++i) {
    count *= places[i + 1];
    pixels *= image[i + 2];
  }
  // [n, pixels, c] and, for each axis, [n, count]
  Value flat =
      b.transpose(b.reshape(x, {image[0], image[1], pixels}), {0, 2, 1});
  std::vector<llvm::SmallVector<Neighbour>> axes;
  for (int64_t i = 0; i < rank; ++i)
    axes.push_back(
        neighboursOf(b,
                     b.reshape(b.sliceAxis(grid, rank + 1, rank - 1 - i, 1),
                               {image[0], count}),
                     image[i + 2], sampling));
  int64_t combinations = 1;
  for (int64_t i = 0; i < rank; ++i)
    combinations *= sampling.neighbours;
  Value sum;
  for (int64_t number = 0; number < combinations; ++number) {
    Value index, weight, isInside;
    int64_t rest = number;
    for (int64_t i = 0; i < rank; ++i) {
      const Neighbour &near = axes[i][rest % sampling.neighbours];
      rest /= sampling.neighbours;
      index = index ? b.add(b.mul(index, double(image[i + 2])), near.index)
                    : near.index;
      if (near.weight)
        weight = weight ? b.mul(weight, near.weight) : near.weight;
      if (near.isInside)
        isInside = isInside ? b.binary<dlc::AndOp>(isInside, near.isInside)
                            : near.isInside;
    }
    Value part = b.gather(flat, index, 1, 1);
    if (weight)
      part = b.mul(part, b.insertAxis(b.cast(weight, b.elementOf(x)), 2));
    if (isInside)
      part = b.select(b.insertAxis(isInside, 2), part, b.like(0, part));
    sum = sum ? b.add(sum, part) : part;
  }
  Ints shape(places.drop_back());
  shape.insert(shape.begin() + 1, image[1]);
  return {b.cast(b.reshape(b.transpose(sum, {0, 2, 1}), shape), element)};
}

ArrayRef<OpEntry> dlcc::onnx_reader::gridSampleOps() {
  static const OpEntry table[] = {
      {"GridSample", 16, gridSample},
  };
  return table;
}
