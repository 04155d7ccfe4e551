//===- OpsWindow.cpp - convolutions and pooling ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/Slide.h"
#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace dlcc;
using namespace dlcc::onnx_reader;
using dlc::ReduceKind;

/// No window is larger, so that sums and products of two such numbers are
/// numbers.
static constexpr int64_t kMost = int64_t(1) << 30;

static Ints numbersOf(const Node &node, const char *name, size_t count,
                      int64_t otherwise, int64_t least) {
  Ints list = node.integers(name, Ints(count, otherwise));
  if (list.empty())
    list.assign(count, otherwise);
  if (list.size() != count)
    throw Refusal("'" + llvm::Twine(name) + "' has " +
                  llvm::Twine(list.size()) + " numbers, not " +
                  llvm::Twine(count));
  for (int64_t number : list)
    if (number < least || number > kMost)
      throw Refusal("'" + llvm::Twine(name) + "' has the number " +
                    llvm::Twine(number));
  return list;
}

Slide dlcc::onnx_reader::readSlide(const Node &node, ArrayRef<int64_t> image,
                                   Ints sizes, bool ceil) {
  size_t rank = image.size() < 2 ? 0 : image.size() - 2;
  if (rank == 0 || sizes.size() != rank)
    throw Refusal("a window of " + llvm::Twine(sizes.size()) +
                  " dimensions does not fit a tensor of " +
                  llvm::Twine(image.size()));
  for (int64_t size : sizes)
    if (size < 1 || size > kMost)
      throw Refusal("a window has the size " + llvm::Twine(size));
  Slide slide = {sizes,
                 numbersOf(node, "strides", rank, 1, 1),
                 numbersOf(node, "dilations", rank, 1, 1),
                 {},
                 {}};
  std::string automatic = node.text("auto_pad", "NOTSET");
  Ints pads = numbersOf(node, "pads", 2 * rank, 0, 0);
  if (automatic != "NOTSET")
    pads.assign(2 * rank, 0);
  if (automatic != "NOTSET" && automatic != "VALID" &&
      automatic != "SAME_UPPER" && automatic != "SAME_LOWER")
    throw Refusal("'auto_pad' is unknown: " + automatic);
  slide.low.assign(pads.begin(), pads.begin() + rank);
  slide.high.assign(pads.begin() + rank, pads.end());
  for (size_t i = 0; i < rank; ++i) {
    int64_t size = image[i + 2];
    if (automatic.starts_with("SAME")) {
      int64_t places = (size + slide.strides[i] - 1) / slide.strides[i];
      int64_t more = std::max<int64_t>(
          (places - 1) * slide.strides[i] + slide.reach(i) - size, 0);
      slide.low[i] = automatic == "SAME_UPPER" ? more / 2 : more - more / 2;
      slide.high[i] = more - slide.low[i];
      continue;
    }
    int64_t rest = size + slide.low[i] + slide.high[i] - slide.reach(i);
    if (rest < 0)
      throw Refusal("the window is larger than the image");
    // A window that begins in the padding behind the image does not count.
    int64_t places = (rest + slide.strides[i] - 1) / slide.strides[i] + 1;
    if (ceil && (places - 1) * slide.strides[i] >= size + slide.low[i])
      --places;
    if (ceil)
      slide.high[i] +=
          std::max<int64_t>((places - 1) * slide.strides[i] - rest, 0);
  }
  return slide;
}

/// The image with its padding.
static Value padImage(Builder &b, Value x, const Slide &slide, Value with) {
  Ints low = {0, 0}, high = {0, 0};
  llvm::append_range(low, slide.low);
  llvm::append_range(high, slide.high);
  return b.pad(x, with, low, high);
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// [n, c, …] -> [n, …, c], and back.
static Value moveChannels(Builder &b, Value x, bool toLast) {
  int64_t rank = b.rankOf(x);
  Ints order = {0};
  if (!toLast)
    order.push_back(rank - 1);
  llvm::append_range(order, toLast ? upTo(rank, 2) : upTo(rank - 1, 1));
  if (toLast)
    order.push_back(1);
  return b.transpose(x, order);
}

/// Dimension `axis` as [groups, rest].
static Value splitGroups(Builder &b, Value x, int64_t axis, int64_t groups) {
  Ints shape(b.shapeOf(x));
  shape[axis] /= groups;
  shape.insert(shape.begin() + axis, groups);
  return b.reshape(x, shape);
}

/// [g, n, …, c] -> [n, …, g c]
static Value joinGroups(Builder &b, Value x) {
  int64_t rank = b.rankOf(x);
  Ints order = upTo(rank - 1, 1), shape;
  order.push_back(0);
  order.push_back(rank - 1);
  Value moved = b.transpose(x, order);
  shape.assign(b.shapeOf(moved).begin(), b.shapeOf(moved).end() - 1);
  shape.back() *= b.shapeOf(moved).back();
  return b.reshape(moved, shape);
}

/// x is [n, c, …], the weight [out, c / groups, …]; the result [n, out, …].
static Value convolve(Builder &b, Value x, Value weight, const Slide &slide,
                      int64_t groups) {
  int64_t rank = slide.rank();
  x = padImage(b, x, slide, b.like(0, x));
  x = moveChannels(b, x, /*toLast=*/true);
  Ints axes = upTo(rank + 1, 1);
  Value result;
  if (groups == 1) {
    Value seen = b.window(x, axes, slide.sizes, slide.strides, slide.dilations);
    Ints left = upTo(2 * rank + 2, rank + 2), right = upTo(rank + 2, 2);
    left.push_back(rank + 1);
    right.push_back(1);
    result = b.contract(seen, weight, {}, {}, left, right);
  } else if (b.shapeOf(weight)[1] == 1 && b.shapeOf(weight)[0] == groups) {
    // Each channel by itself: a sum over the window, of products that narrow
    // floats do not round.
    Type element = b.elementOf(x);
    if (b.isFloat(x) && element.getIntOrFloatBitWidth() < 32) {
      x = b.cast(x, b.f32());
      weight = b.cast(weight, b.f32());
    }
    Value seen = b.window(x, axes, slide.sizes, slide.strides, slide.dilations);
    Ints shape(b.shapeOf(weight));
    shape.erase(shape.begin() + 1);
    Value spread =
        b.broadcastAlong(b.reshape(weight, shape), upTo(2 * rank + 2, rank + 1),
                         b.shapeOf(seen));
    result =
        b.cast(b.sum(b.mul(seen, spread), upTo(2 * rank + 2, rank + 2), false),
               element);
  } else {
    x = splitGroups(b, x, rank + 1, groups);
    Value seen = b.window(x, axes, slide.sizes, slide.strides, slide.dilations);
    Value apart = splitGroups(b, weight, 0, groups);
    Ints left = upTo(2 * rank + 3, rank + 3), right = upTo(rank + 3, 3);
    left.push_back(rank + 2);
    right.push_back(2);
    result =
        joinGroups(b, b.contract(seen, apart, {rank + 1}, {0}, left, right));
  }
  return moveChannels(b, result, /*toLast=*/false);
}

/// Checks and completes what both kinds of convolution take; `inAxis` is the
/// weight's dimension of the image's channels.
static Slide readConvolution(const Node &node, Value x, Value weight,
                             int64_t inAxis, int64_t &groups) {
  ArrayRef<int64_t> image = Builder::shapeOf(x),
                    shape = Builder::shapeOf(weight);
  groups = node.integer("group", 1);
  if (image.size() < 3 || shape.size() != image.size())
    throw Refusal("an image of shape " + toString(image) +
                  " and a weight of shape " + toString(shape) +
                  " do not fit each other");
  if (groups < 1 || shape[0] % groups ||
      image[1] != (inAxis == 0 ? shape[0] : shape[1] * groups))
    throw Refusal("a weight of shape " + toString(shape) + " in " +
                  llvm::Twine(groups) + " groups does not fit " +
                  llvm::Twine(image[1]) + " channels");
  Ints sizes(shape.drop_front(2));
  if (node.hasAttribute("kernel_shape") &&
      node.integers("kernel_shape") != sizes)
    throw Refusal("'kernel_shape' is not the weight's");
  return readSlide(node, image, sizes);
}

static Value addBias(Node &node, Value result, size_t i) {
  if (!node.has(i))
    return result;
  Builder &b = node.b;
  return b.add(result, b.broadcastAlong(node.input(i), {1}, b.shapeOf(result)));
}

Value dlcc::onnx_reader::convolve(Node &node, Value x, Value weight) {
  int64_t groups;
  Slide slide = readConvolution(node, x, weight, 1, groups);
  return ::convolve(node.b, x, weight, slide, groups);
}

static Values conv(Node &node) {
  return {addBias(node, convolve(node, node.input(0), node.input(1)), 2)};
}

/// The gradient of a convolution by its image: x is [n, c, …], the weight
/// [c, out / groups, …].
static Values convTranspose(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0), weight = node.input(1);
  ArrayRef<int64_t> image = b.shapeOf(x);
  int64_t groups, rank = std::max<int64_t>(image.size(), 2) - 2;
  std::string automatic = node.text("auto_pad", "NOTSET");
  // Not checked against the image, which windows do not slide over here.
  groups = node.integer("group", 1);
  ArrayRef<int64_t> shape = b.shapeOf(weight);
  if (rank < 1 || shape.size() != image.size() || groups < 1 ||
      image[1] != shape[0] || shape[0] % groups)
    throw Refusal("a weight of shape " + toString(shape) +
                  " does not fit an image of shape " + toString(image));
  Ints pads = numbersOf(node, "pads", 2 * rank, 0, 0);
  Slide slide = {Ints(shape.drop_front(2)),
                 numbersOf(node, "strides", rank, 1, 1),
                 numbersOf(node, "dilations", rank, 1, 1),
                 Ints(pads.begin(), pads.begin() + rank),
                 Ints(pads.begin() + rank, pads.end())};
  Ints more = numbersOf(node, "output_padding", rank, 0, 0);
  Ints wanted = node.integers("output_shape");
  if (!wanted.empty() && int64_t(wanted.size()) == rank + 2)
    wanted.erase(wanted.begin(), wanted.begin() + 2);
  if (!wanted.empty() && int64_t(wanted.size()) != rank)
    throw Refusal("'output_shape' has " + llvm::Twine(wanted.size()) +
                  " numbers");
  Ints whole = {image[0]}, offsets = {0}, sizes = {image[0]};
  Ints behind = {0};
  for (int64_t i = 0; i < rank; ++i) {
    int64_t sum = (image[i + 2] - 1) * slide.strides[i] + slide.reach(i);
    int64_t result = sum + more[i] - slide.low[i] - slide.high[i];
    if (automatic.starts_with("SAME"))
      result = image[i + 2] * slide.strides[i];
    if (!wanted.empty())
      result = wanted[i];
    if (automatic.starts_with("SAME") || !wanted.empty()) {
      int64_t padding = std::max<int64_t>(sum + more[i] - result, 0);
      slide.low[i] =
          automatic == "SAME_UPPER" ? padding / 2 : padding - padding / 2;
    }
    if (result < 1)
      throw Refusal("nothing is left with this padding");
    whole.push_back(std::max(sum, slide.low[i] + result));
    behind.push_back(0);
    offsets.push_back(slide.low[i]);
    sizes.push_back(result);
  }
  int64_t out = shape[1];
  whole.push_back(out * groups);
  sizes.push_back(out * groups);
  offsets.push_back(0);

  x = moveChannels(b, x, /*toLast=*/true);
  Ints axes = upTo(rank + 1, 1);
  Value result;
  if (groups == 1) {
    Value product = b.contract(x, weight, {}, {}, {rank + 1}, {0});
    result = b.unwindow(product, axes, slide.strides, slide.dilations, whole);
  } else {
    Value apart = splitGroups(b, x, rank + 1, groups);
    Value weights = splitGroups(b, weight, 0, groups);
    Value product =
        b.contract(apart, weights, {rank + 1}, {0}, {rank + 2}, {1});
    for (int64_t &axis : axes)
      ++axis;
    Ints summed = whole;
    summed.back() = out;
    summed.insert(summed.begin(), groups);
    result = joinGroups(
        b, b.unwindow(product, axes, slide.strides, slide.dilations, summed));
  }
  result = b.slice(result, offsets, sizes, Ints(rank + 2, 1));
  return {addBias(node, moveChannels(b, result, /*toLast=*/false), 2)};
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

static double lowestOf(Type element) {
  if (mlir::isa<mlir::FloatType>(element))
    return -std::numeric_limits<double>::infinity();
  return element.isUnsignedInteger()
             ? 0
             : -std::ldexp(1.0, element.getIntOrFloatBitWidth() - 1);
}

/// The windows of an image, their dimensions behind those of the image.
static Value windowsOf(Builder &b, Value x, const Slide &slide, Value with) {
  x = padImage(b, x, slide, with);
  return b.window(x, upTo(slide.rank() + 2, 2), slide.sizes, slide.strides,
                  slide.dilations);
}

static Slide readPool(Node &node) {
  return readSlide(node, Builder::shapeOf(node.input(0)),
                   node.integers("kernel_shape"), node.integer("ceil_mode", 0));
}

static Values maxPool(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Slide slide = readPool(node);
  int64_t rank = slide.rank();
  Value lowest = b.number(lowestOf(b.elementOf(x)), b.elementOf(x));
  Value seen = windowsOf(b, x, slide, lowest);
  Ints axes = upTo(2 * rank + 2, rank + 2);
  Value largest = b.reduce(ReduceKind::Max, seen, axes, false);
  if (!node.wantsOutput(1))
    return {largest};
  // The index of an element is its place in the whole tensor.
  ArrayRef<int64_t> shape = b.shapeOf(x);
  bool isColumns = node.integer("storage_order", 0);
  Value index;
  int64_t stride = 1;
  Ints order = {0, 1};
  Ints spatial = upTo(rank + 2, 2);
  if (!isColumns)
    std::reverse(spatial.begin(), spatial.end());
  auto addIndex = [&](int64_t axis) {
    Value part = b.mul(b.iota(axis, shape, b.i64()), double(stride));
    index = index ? b.add(index, part) : part;
    stride *= shape[axis];
  };
  for (int64_t axis : spatial)
    addIndex(axis);
  addIndex(1);
  addIndex(0);
  Value places = windowsOf(b, index, slide, b.number(0, b.i64()));
  Ints flat(b.shapeOf(seen).take_front(rank + 2));
  Ints shapeOfPlaces = flat;
  int64_t count = 1;
  for (int64_t size : slide.sizes)
    count *= size;
  flat.push_back(count);
  // The first of the largest: what the window saw there.
  Value best = b.argReduce(ReduceKind::Max, b.reshape(seen, flat), rank + 2);
  Value taken = b.gather(b.reshape(places, flat), b.insertAxis(best, rank + 2),
                         rank + 2, rank + 2);
  return {largest, b.reshape(taken, shapeOfPlaces)};
}

static Values averagePool(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Slide slide = readPool(node);
  int64_t rank = slide.rank();
  Ints axes = upTo(2 * rank + 2, rank + 2);
  Value sum = b.sum(windowsOf(b, x, slide, b.like(0, x)), axes, false);
  // How many elements each window sees: of the image, or of its padding too,
  // but never of what only ceil_mode adds.
  Slide counted = slide;
  Ints shape = {1, 1};
  llvm::append_range(shape, b.shapeOf(x).drop_front(2));
  bool countsPadding = node.integer("count_include_pad", 0);
  Value ones;
  if (countsPadding) {
    Ints pads = node.integers("pads", Ints(2 * rank, 0));
    if (node.text("auto_pad", "NOTSET") != "NOTSET") {
      pads = slide.low;
      llvm::append_range(pads, slide.high);
    }
    for (int64_t i = 0; i < rank; ++i) {
      shape[i + 2] += pads[i] + pads[i + rank];
      counted.low[i] = 0;
      counted.high[i] = slide.low[i] + slide.high[i] - pads[i] - pads[i + rank];
    }
  }
  ones = b.filled(1, shape, b.elementOf(x));
  Value count = b.sum(windowsOf(b, ones, counted, b.like(0, x)), axes, false);
  return {b.div(sum, count)};
}

static Values lpPool(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Slide slide = readPool(node);
  int64_t rank = slide.rank();
  double p = double(node.integer("p", 2));
  Value powers = b.binary<dlc::PowOp>(b.unary<dlc::AbsOp>(x), b.like(p, x));
  Value sum = b.sum(windowsOf(b, powers, slide, b.like(0, x)),
                    upTo(2 * rank + 2, rank + 2), false);
  return {b.binary<dlc::PowOp>(sum, b.like(1 / p, x))};
}

template <bool isMax> static Values globalPool(Node &node) {
  Value x = node.input(0);
  Ints axes = upTo(Builder::rankOf(x), 2);
  return {isMax ? node.b.reduce(ReduceKind::Max, x, axes, true)
                : node.b.mean(x, axes, true)};
}

static Values globalLpPool(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  double p = double(node.integer("p", 2));
  Value powers = b.binary<dlc::PowOp>(b.unary<dlc::AbsOp>(x), b.like(p, x));
  Value sum = b.sum(powers, upTo(b.rankOf(x), 2), true);
  return {b.binary<dlc::PowOp>(sum, b.like(1 / p, x))};
}

/// Blocks summed where they lie in the image: the adjoint of windows.
static Values col2Im(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Ints image = node.knownIntegers(1, "the shape of the image");
  Ints block = node.knownIntegers(2, "the shape of the block");
  if (b.rankOf(x) != 3 || image.size() != block.size())
    throw Refusal("image and block do not fit each other");
  int64_t rank = image.size(), blockSize = 1, n = b.shapeOf(x)[0];
  for (int64_t size : block)
    blockSize *= size;
  if (blockSize < 1 || b.shapeOf(x)[1] % blockSize)
    throw Refusal("the columns are no multiple of the block");
  int64_t channels = b.shapeOf(x)[1] / blockSize;
  Ints whole = {n, channels};
  llvm::append_range(whole, image);
  Slide slide = readSlide(node, whole, block);
  Ints shape = {n, channels}, offsets(rank + 2, 0), sizes = whole;
  llvm::append_range(shape, block);
  for (int64_t i = 0; i < rank; ++i) {
    shape.push_back(slide.places(i, image[i]));
    whole[i + 2] += slide.low[i] + slide.high[i];
    offsets[i + 2] = slide.low[i];
  }
  Value blocks = b.reshape(x, shape);
  Ints order = {0, 1};
  llvm::append_range(order, upTo(2 * rank + 2, rank + 2));
  llvm::append_range(order, upTo(rank + 2, 2));
  Value sum = b.unwindow(b.transpose(blocks, order), upTo(rank + 2, 2),
                         slide.strides, slide.dilations, whole);
  return {b.slice(sum, offsets, sizes, Ints(rank + 2, 1))};
}

ArrayRef<OpEntry> dlcc::onnx_reader::windowOps() {
  static const OpEntry table[] = {
      {"AveragePool", 7, averagePool},
      {"Col2Im", 18, col2Im},
      {"Conv", 1, conv},
      {"ConvTranspose", 1, convTranspose},
      {"GlobalAveragePool", 1, globalPool<false>},
      {"GlobalLpPool", 2, globalLpPool},
      {"GlobalMaxPool", 1, globalPool<true>},
      {"LpPool", 2, lpPool},
      {"MaxPool", 1, maxPool},
  };
  return table;
}
