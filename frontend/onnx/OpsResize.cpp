//===- OpsResize.cpp - images of another size -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One axis after the other: an index of the result is a weighted sum of a few
// neighbours of a place in the operand. Which these are and what they weigh are
// constants, so that an axis is as many gathers as there are neighbours.
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"

#include <cmath>

using namespace dlcc;
using namespace dlcc::onnx_reader;

namespace {

/// How one axis is resized.
struct AxisPlan {
  int64_t from, to;
  double scale;
  double begin = 0, end = 1; ///< of the region of interest
};

/// The node's attributes.
struct Style {
  std::string mode, coordinates, nearest;
  double cubic = -0.75, outside = 0;
  bool excludes = false, antialias = false;
};

/// The neighbours of one index of the result, and their weights; none where it
/// lies outside of the operand and is a constant.
struct Neighbours {
  int64_t first = 0;
  llvm::SmallVector<double> weights;
};

} // namespace

/// The place in the operand of an index of the result.
static double placeOf(const Style &style, const AxisPlan &axis, int64_t index) {
  double width = axis.scale * axis.from, last = axis.from - 1;
  if (style.coordinates == "align_corners")
    return width == 1 ? 0 : index * last / (width - 1);
  if (style.coordinates == "asymmetric")
    return index / axis.scale;
  if (style.coordinates == "tf_crop_and_resize") {
    double part = (axis.end - axis.begin) * last;
    return (width == 1 ? part / 2 : index * part / (width - 1)) +
           axis.begin * last;
  }
  if (style.coordinates == "pytorch_half_pixel" && width == 1)
    return -0.5;
  double place = (index + 0.5) / axis.scale - 0.5;
  if (style.coordinates == "half_pixel_symmetric")
    return place + axis.from / 2.0 * (1 - axis.to / width);
  if (style.coordinates == "half_pixel" ||
      style.coordinates == "pytorch_half_pixel")
    return place;
  throw Refusal("'coordinate_transformation_mode' cannot be '" +
                style.coordinates + "'");
}

/// Keys' cubic kernel with a factor of `a`.
static double cubicAt(double x, double a) {
  x = std::abs(x);
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/// The neighbour that 'nearest' takes, `ratio` beyond the place's floor.
static bool takesUpper(const Style &style, double ratio) {
  if (style.nearest == "round_prefer_floor")
    return ratio > 0.5;
  if (style.nearest == "round_prefer_ceil")
    return ratio >= 0.5;
  if (style.nearest != "floor" && style.nearest != "ceil")
    throw Refusal("'nearest_mode' cannot be '" + style.nearest + "'");
  return style.nearest == "ceil" && ratio > 0;
}

static Neighbours neighboursOf(const Style &style, const AxisPlan &axis,
                               double place) {
  double low = std::floor(place);
  if (style.mode == "nearest")
    return {int64_t(low) + takesUpper(style, place - low), {1}};
  // Fewer results than operands see all that lie between two.
  double shrink = style.antialias ? std::min(axis.scale, 1.0) : 1;
  bool isCubic = style.mode == "cubic";
  double reach = (isCubic ? 2 : 1) / shrink;
  Neighbours result;
  result.first = int64_t(std::floor(place - reach)) + 1;
  double sum = 0;
  for (int64_t i = result.first; i < place + reach; ++i) {
    double distance = (i - place) * shrink;
    double weight = isCubic ? cubicAt(distance, style.cubic)
                            : std::max(0.0, 1 - std::abs(distance));
    if (style.excludes && (i < 0 || i >= axis.from))
      weight = 0;
    result.weights.push_back(weight);
    sum += weight;
  }
  if (style.excludes || style.antialias)
    for (double &weight : result.weights)
      weight /= sum == 0 ? 1 : sum;
  return result;
}

/// Each element `times` times, one after the other.
static Value repeat(Builder &b, Value x, int64_t axis, int64_t times) {
  Ints axes = upTo(b.rankOf(x) + 1), wide(b.shapeOf(x)), shape = wide;
  axes.erase(axes.begin() + axis + 1);
  wide.insert(wide.begin() + axis + 1, times);
  shape[axis] *= times;
  return b.reshape(b.broadcastAlong(x, axes, wide), shape);
}

static Value resizeAxis(Builder &b, Value x, int64_t axis, const AxisPlan &plan,
                        const Style &style) {
  std::vector<Neighbours> list;
  size_t most = 0;
  // How often each element stands in the result, where that is all.
  int64_t times = style.mode == "nearest" && plan.to % plan.from == 0
                      ? plan.to / plan.from
                      : 0;
  std::vector<bool> isOutside;
  for (int64_t i = 0; i < plan.to; ++i) {
    double place = placeOf(style, plan, i);
    isOutside.push_back(style.coordinates == "tf_crop_and_resize" &&
                        (place < 0 || place > plan.from - 1));
    list.push_back(neighboursOf(style, plan, place));
    most = std::max(most, list.back().weights.size());
    int64_t first = std::clamp<int64_t>(list.back().first, 0, plan.from - 1);
    if (times && (isOutside.back() || first != i / times))
      times = 0;
  }
  if (times)
    return repeat(b, x, axis, times);
  Type element = b.elementOf(x);
  auto indexType = mlir::RankedTensorType::get({plan.to}, b.i64());
  auto weightType = mlir::RankedTensorType::get({plan.to}, element);
  auto along = [&](Value vector) {
    Ints shape(b.shapeOf(x));
    shape[axis] = plan.to;
    return b.broadcastAlong(vector, {axis}, shape);
  };
  Value sum;
  for (size_t k = 0; k < most; ++k) {
    std::vector<int64_t> indices;
    std::vector<double> weights;
    for (const Neighbours &near : list) {
      // Beyond the edges all elements are the edge's.
      indices.push_back(std::clamp<int64_t>(near.first + k, 0, plan.from - 1));
      weights.push_back(k < near.weights.size() ? near.weights[k] : 0);
    }
    Value part = b.gather(
        x, b.constant(eval::Tensor(indexType, std::move(indices))), axis, 0);
    if (style.mode != "nearest")
      part = b.mul(part, along(b.constant(
                             eval::Tensor(weightType, std::move(weights)))));
    sum = sum ? b.add(sum, part) : part;
  }
  if (!llvm::is_contained(isOutside, true))
    return sum;
  std::vector<int64_t> bits(isOutside.begin(), isOutside.end());
  auto boolType = mlir::RankedTensorType::get({plan.to}, b.boolean());
  return b.select(along(b.constant(eval::Tensor(boolType, std::move(bits)))),
                  b.like(style.outside, sum), sum);
}

/// Numbers of an optional input, which may be empty instead.
static llvm::SmallVector<double> numbersOf(Node &node, size_t i,
                                           llvm::StringRef what) {
  return node.has(i) ? node.knownNumbers(i, what) : llvm::SmallVector<double>();
}

/// A plan for each of `axes`.
static std::vector<AxisPlan> planAxes(Node &node, ArrayRef<int64_t> axes,
                                      ArrayRef<double> scales,
                                      ArrayRef<double> sizes) {
  ArrayRef<int64_t> shape = Builder::shapeOf(node.input(0));
  if (scales.empty() == sizes.empty() ||
      (scales.empty() ? sizes : scales).size() != axes.size())
    throw Refusal("it takes a scale or a size for each axis");
  std::vector<AxisPlan> plans;
  double least = INFINITY, largest = 0;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    int64_t from = shape[axis];
    double scale = scales.empty() ? sizes[i] / double(from) : scales[i];
    if (from < 1 || !(scale > 0) || scale * double(from) > 1e9)
      throw Refusal("an axis of " + llvm::Twine(from) +
                    " cannot be resized by " + llvm::Twine(int64_t(scale)));
    least = std::min(least, scale);
    largest = std::max(largest, scale);
    int64_t to = scales.empty() ? int64_t(sizes[i])
                                : int64_t(std::floor(scale * double(from)));
    plans.push_back({from, to, scale});
  }
  std::string policy = node.text("keep_aspect_ratio_policy", "stretch");
  if (scales.empty() && policy != "stretch")
    for (AxisPlan &plan : plans) {
      plan.scale = policy == "not_larger" ? least : largest;
      plan.to = int64_t(std::floor(plan.scale * double(plan.from) + 0.5));
    }
  for (const AxisPlan &plan : plans)
    if (plan.to < 1)
      throw Refusal("nothing is left of an axis of " + llvm::Twine(plan.from));
  return plans;
}

static Value resizeAll(Node &node, ArrayRef<int64_t> axes,
                       ArrayRef<AxisPlan> plans, const Style &style) {
  Builder &b = node.b;
  Value x = node.input(0);
  if (style.mode != "nearest" && style.mode != "linear" &&
      style.mode != "cubic")
    throw Refusal("'mode' cannot be '" + style.mode + "'");
  if (style.mode != "nearest" && !b.isFloat(x))
    throw Refusal("whole numbers are resized with 'mode' nearest only");
  Type element = b.elementOf(x);
  if (b.isFloat(x) && element.getIntOrFloatBitWidth() < 32 &&
      style.mode != "nearest")
    x = b.cast(x, b.f32());
  for (auto [axis, plan] : llvm::zip_equal(axes, plans)) {
    bool isWhole = plan.from == plan.to && plan.scale == 1 &&
                   (style.coordinates != "tf_crop_and_resize" ||
                    (plan.begin == 0 && plan.end == 1));
    if (!isWhole)
      x = resizeAxis(b, x, axis, plan, style);
  }
  return b.cast(x, element);
}

static Values resize(Node &node) {
  int64_t rank = Builder::rankOf(node.input(0));
  Ints axes = node.hasAttribute("axes")
                  ? Node::axes(node.integers("axes"), rank)
                  : upTo(rank);
  Style style;
  style.mode = node.text("mode", "nearest");
  style.coordinates = node.text("coordinate_transformation_mode", "half_pixel");
  style.nearest = node.text("nearest_mode", "round_prefer_floor");
  style.cubic = node.number("cubic_coeff_a", -0.75);
  style.outside = node.number("extrapolation_value", 0);
  style.excludes = node.integer("exclude_outside", 0);
  style.antialias = node.integer("antialias", 0);
  std::vector<AxisPlan> plans =
      planAxes(node, axes, numbersOf(node, 2, "the scales"),
               numbersOf(node, 3, "the sizes"));
  if (style.coordinates == "tf_crop_and_resize") {
    llvm::SmallVector<double> region = numbersOf(node, 1, "the region");
    if (region.size() != 2 * axes.size())
      throw Refusal("the region has a begin and an end for each axis");
    for (auto [i, plan] : llvm::enumerate(plans)) {
      plan.begin = region[i];
      plan.end = region[axes.size() + i];
    }
  }
  return {resizeAll(node, axes, plans, style)};
}

/// The older form: scales only, from the left edge, the lower neighbour.
template <bool isInput> static Values upsample(Node &node) {
  Ints axes = upTo(Builder::rankOf(node.input(0)));
  Style style;
  style.mode = node.text("mode", "nearest");
  style.coordinates = "asymmetric";
  style.nearest = "floor";
  llvm::SmallVector<double> scales =
      isInput ? node.knownNumbers(1, "the scales") : node.numbers("scales");
  return {resizeAll(node, axes, planAxes(node, axes, scales, {}), style)};
}

ArrayRef<OpEntry> dlcc::onnx_reader::resizeOps() {
  static const OpEntry table[] = {
      {"Resize", 10, upsample<true>},
      {"Resize", 11, resize},
      {"Upsample", 7, upsample<false>},
      {"Upsample", 9, upsample<true>},
  };
  return table;
}
