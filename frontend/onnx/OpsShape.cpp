//===- OpsShape.cpp - movement of elements --------------------------------===//
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
using dlc::Comparison;

static Values reshape(Node &node) {
  Value x = node.input(0);
  Ints wanted = node.knownIntegers(1, "the shape");
  ArrayRef<int64_t> from = Builder::shapeOf(x);
  bool zeroIsZero = node.integer("allowzero", 0);
  int64_t rest = Builder::sizeOf(x), open = -1;
  for (auto [i, dim] : llvm::enumerate(wanted)) {
    if (dim == 0 && !zeroIsZero) {
      if (i >= from.size())
        throw Refusal("the shape copies dimension " + llvm::Twine(i) +
                      ", which the input lacks");
      dim = from[i];
    }
    if (dim == -1) {
      if (open >= 0)
        throw Refusal("the shape has two open dimensions");
      open = i;
    } else if (dim > 0) {
      rest /= dim;
    } else if (dim < 0) {
      throw Refusal("the shape has a negative dimension");
    }
  }
  if (open >= 0)
    wanted[open] = rest;
  return {node.b.reshape(x, wanted)};
}

static Values flatten(Node &node) {
  Value x = node.input(0);
  int64_t rank = Builder::rankOf(x), axis = node.integer("axis", 1);
  if (axis != rank)
    axis = Node::axis(axis, rank);
  Ints shape = {1, 1};
  for (int64_t i = 0; i < rank; ++i)
    shape[i >= axis] *= Builder::shapeOf(x)[i];
  return {node.b.reshape(x, shape)};
}

static Values transpose(Node &node) {
  Value x = node.input(0);
  Ints order = upTo(Builder::rankOf(x));
  std::reverse(order.begin(), order.end());
  return {node.b.transpose(x, node.integers("perm", order))};
}

/// Axes from the attribute, or since 13 from an input.
static std::optional<Ints> axesOf(Node &node) {
  if (node.version < 13) {
    if (!node.hasAttribute("axes"))
      return std::nullopt;
    return node.integers("axes");
  }
  if (!node.has(1))
    return std::nullopt;
  return node.knownIntegers(1, "the axes");
}

static Values squeeze(Node &node) {
  Value x = node.input(0);
  ArrayRef<int64_t> from = Builder::shapeOf(x);
  std::optional<Ints> axes = axesOf(node);
  if (axes)
    axes = Node::axes(*axes, from.size());
  Ints shape;
  for (auto [i, dim] : llvm::enumerate(from)) {
    bool goes = axes ? llvm::is_contained(*axes, int64_t(i)) : dim == 1;
    if (goes && dim != 1)
      throw Refusal("axis " + llvm::Twine(i) + " has " + llvm::Twine(dim) +
                    " elements, not 1");
    if (!goes)
      shape.push_back(dim);
  }
  return {node.b.reshape(x, shape)};
}

static Values unsqueeze(Node &node) {
  Value x = node.input(0);
  std::optional<Ints> axes = axesOf(node);
  if (!axes)
    throw Refusal("it has no axes");
  Ints shape(Builder::shapeOf(x));
  Ints places = Node::axes(*axes, shape.size() + axes->size());
  llvm::sort(places);
  for (int64_t place : places)
    shape.insert(shape.begin() + place, 1);
  return {node.b.reshape(x, shape)};
}

static Values concat(Node &node) {
  int64_t rank = Builder::rankOf(node.input(0));
  for (size_t i = 0; i < node.inputs.size(); ++i)
    if (Builder::rankOf(node.input(i)) != rank)
      throw Refusal("the inputs differ in their count of dimensions");
  int64_t axis = Node::axis(node.integer("axis", {}), rank);
  Values parts;
  for (Value value : node.inputs)
    if (Builder::shapeOf(value)[axis] != 0 || node.inputs.size() == 1)
      parts.push_back(value);
  return {node.b.concat(axis, parts.empty() ? ArrayRef(node.inputs[0])
                                            : ArrayRef(parts))};
}

static Values split(Node &node) {
  Value x = node.input(0);
  int64_t axis = Node::axis(node.integer("axis", 0), Builder::rankOf(x));
  int64_t size = Builder::shapeOf(x)[axis], count = node.numOutputs();
  Ints sizes = node.version < 13 ? node.integers("split") : Ints();
  if (node.version >= 13 && node.has(1))
    sizes = node.knownIntegers(1, "the sizes");
  if (sizes.empty()) {
    count = node.integer("num_outputs", count);
    int64_t part = (size + count - 1) / std::max<int64_t>(count, 1);
    for (int64_t i = 0; i < count; ++i)
      sizes.push_back(std::min(part, size - std::min(size, part * i)));
  }
  Values parts;
  int64_t at = 0;
  for (int64_t part : sizes) {
    if (part < 0 || at + part > size)
      break;
    parts.push_back(node.b.sliceAxis(x, axis, at, part));
    at += part;
  }
  if (parts.size() != sizes.size() || at != size)
    throw Refusal("the sizes of the parts do not sum up to " +
                  llvm::Twine(size));
  return parts;
}

static Values slice(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  int64_t rank = Builder::rankOf(x);
  bool isOld = node.version < 10;
  Ints starts =
      isOld ? node.integers("starts") : node.knownIntegers(1, "the starts");
  Ints ends = isOld ? node.integers("ends") : node.knownIntegers(2, "the ends");
  Ints axes = upTo(starts.size()), steps(starts.size(), 1);
  if (isOld)
    axes = node.integers("axes", axes);
  else if (node.has(3))
    axes = node.knownIntegers(3, "the axes");
  if (!isOld && node.has(4))
    steps = node.knownIntegers(4, "the steps");
  if (starts.size() != ends.size() || starts.size() != axes.size() ||
      starts.size() != steps.size())
    throw Refusal("starts, ends, axes and steps differ in their count");
  axes = Node::axes(axes, rank);
  for (auto [axis, start, end, step] :
       llvm::zip_equal(axes, starts, ends, steps)) {
    int64_t size = Builder::shapeOf(x)[axis];
    if (step == 0)
      throw Refusal("a step is 0");
    auto clamp = [&](int64_t at, int64_t low, int64_t high) {
      return std::clamp(at < 0 ? at + size : at, low, high);
    };
    bool isBack = step < 0;
    int64_t from = clamp(start, isBack ? -1 : 0, isBack ? size - 1 : size);
    int64_t to = clamp(std::max(end, -size - 1), isBack ? -1 : 0,
                       isBack ? size - 1 : size);
    if (isBack && end < -size)
      to = -1;
    int64_t distance = isBack ? from - to : to - from;
    int64_t stride = std::min(std::abs(std::max(step, -INT64_MAX)), size + 1);
    int64_t count = distance <= 0 ? 0 : (distance + stride - 1) / stride;
    if (count == 1)
      stride = 1;
    if (!isBack) {
      x = b.sliceAxis(x, axis, count ? from : 0, count, stride);
      continue;
    }
    // The same elements in ascending order, turned round.
    int64_t first = count ? from - (count - 1) * stride : 0;
    x = b.reverse(b.sliceAxis(x, axis, first, count, stride), axis);
  }
  return {x};
}

//===----------------------------------------------------------------------===//
// Padding
//===----------------------------------------------------------------------===//

/// One axis continued by copies of its own elements; `indices` say which.
static Value takeAlong(Builder &b, Value x, int64_t axis,
                       ArrayRef<int64_t> indices) {
  return b.gather(x, b.integers(indices), axis, 0);
}

static Values pad(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  int64_t rank = Builder::rankOf(x);
  std::string mode = node.text("mode", "constant");
  Ints pads = node.version < 11 ? node.integers("pads")
                                : node.knownIntegers(1, "the padding");
  Ints axes = upTo(rank);
  if (node.has(3))
    axes = Node::axes(node.knownIntegers(3, "the axes"), rank);
  if (pads.size() != 2 * axes.size())
    throw Refusal("the padding has " + llvm::Twine(pads.size()) +
                  " numbers for " + llvm::Twine(axes.size()) + " axes");
  Ints low(rank, 0), high(rank, 0);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    low[axis] = pads[i];
    high[axis] = pads[i + axes.size()];
  }
  // A negative number takes elements away.
  for (int64_t i = 0; i < rank; ++i) {
    int64_t size = Builder::shapeOf(x)[i];
    if (mode != "constant" || (low[i] >= 0 && high[i] >= 0))
      continue;
    int64_t from = std::max<int64_t>(0, -low[i]);
    int64_t count = size - from - std::max<int64_t>(0, -high[i]);
    if (count < 0)
      throw Refusal("the padding takes more away than there is");
    x = b.sliceAxis(x, i, from, count);
    low[i] = std::max<int64_t>(0, low[i]);
    high[i] = std::max<int64_t>(0, high[i]);
  }
  if (mode == "constant") {
    Value with = node.version < 11 ? b.like(node.number("value", 0), x)
                 : node.has(2)     ? b.reshape(node.input(2), {})
                                   : b.like(0, x);
    return {b.pad(x, with, low, high)};
  }
  for (int64_t i = 0; i < rank; ++i) {
    int64_t size = Builder::shapeOf(x)[i];
    if (low[i] == 0 && high[i] == 0)
      continue;
    if (low[i] > 1 << 20 || high[i] > 1 << 20 || low[i] + high[i] + size < 0)
      throw Refusal("the padding is too large");
    Ints indices;
    for (int64_t at = -low[i]; at < size + high[i]; ++at) {
      if (mode == "edge") {
        indices.push_back(std::clamp<int64_t>(at, 0, size - 1));
      } else if (mode == "wrap") {
        indices.push_back(((at % size) + size) % size);
      } else if (mode == "reflect") {
        int64_t period = std::max<int64_t>(2 * (size - 1), 1);
        int64_t place = ((at % period) + period) % period;
        indices.push_back(std::min(place, period - place));
        if (size == 1)
          indices.back() = 0;
      } else {
        throw Refusal("'mode' is constant, reflect, edge or wrap, not " + mode);
      }
    }
    x = takeAlong(b, x, i, indices);
  }
  return {x};
}

static Values centerCropPad(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  int64_t rank = Builder::rankOf(x);
  Ints sizes = node.knownIntegers(1, "the shape");
  Ints axes = Node::axes(node.integers("axes", upTo(rank)), rank);
  if (sizes.size() != axes.size())
    throw Refusal("the shape has " + llvm::Twine(sizes.size()) +
                  " numbers for " + llvm::Twine(axes.size()) + " axes");
  for (auto [axis, size] : llvm::zip_equal(axes, sizes)) {
    int64_t had = Builder::shapeOf(x)[axis];
    if (size <= had) {
      x = b.sliceAxis(x, axis, (had - size) / 2, size);
      continue;
    }
    Ints low(rank, 0), high(rank, 0);
    low[axis] = (size - had) / 2;
    high[axis] = size - had - low[axis];
    x = b.pad(x, b.like(0, x), low, high);
  }
  return {x};
}

//===----------------------------------------------------------------------===//
// Repetition, blocks, triangles
//===----------------------------------------------------------------------===//

static Values expand(Node &node) {
  Value x = node.input(0);
  Ints shape = node.knownIntegers(1, "the shape");
  return {
      node.b.broadcast(x, Builder::broadcastShape(Builder::shapeOf(x), shape))};
}

static Values tile(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Ints repeats = node.knownIntegers(1, "the repeats");
  ArrayRef<int64_t> from = Builder::shapeOf(x);
  if (repeats.size() != from.size())
    throw Refusal("there are " + llvm::Twine(repeats.size()) + " repeats for " +
                  llvm::Twine(from.size()) + " axes");
  // [n] -> [repeats, n], then both are one.
  Ints apart, axes, shape;
  for (auto [dim, repeat] : llvm::zip_equal(from, repeats)) {
    apart.push_back(repeat);
    axes.push_back(apart.size());
    apart.push_back(dim);
    shape.push_back(dim * repeat);
  }
  return {b.reshape(b.broadcastAlong(x, axes, apart), shape)};
}

static Ints imageShape(Value x) {
  if (Builder::rankOf(x) != 4)
    throw Refusal("it takes a tensor of 4 dimensions");
  return Ints(Builder::shapeOf(x));
}

static Values spaceToDepth(Node &node) {
  Value x = node.input(0);
  Ints shape = imageShape(x);
  int64_t block = node.integer("blocksize", {}), n = shape[0], c = shape[1];
  if (block < 1 || shape[2] % block || shape[3] % block)
    throw Refusal("the image is no multiple of the block");
  int64_t h = shape[2] / block, w = shape[3] / block;
  x = node.b.reshape(x, {n, c, h, block, w, block});
  bool isCRD = node.text("mode", "DCR") == "CRD";
  x = node.b.transpose(x,
                       isCRD ? Ints{0, 1, 3, 5, 2, 4} : Ints{0, 3, 5, 1, 2, 4});
  return {node.b.reshape(x, {n, c * block * block, h, w})};
}

static Values depthToSpace(Node &node) {
  Value x = node.input(0);
  Ints shape = imageShape(x);
  int64_t block = node.integer("blocksize", {}), n = shape[0];
  if (block < 1 || block > 1 << 15 || shape[1] % (block * block))
    throw Refusal("the channels are no multiple of the block");
  int64_t c = shape[1] / (block * block), h = shape[2], w = shape[3];
  bool isCRD = node.text("mode", "DCR") == "CRD";
  x = isCRD ? node.b.reshape(x, {n, c, block, block, h, w})
            : node.b.reshape(x, {n, block, block, c, h, w});
  x = node.b.transpose(x,
                       isCRD ? Ints{0, 1, 4, 2, 5, 3} : Ints{0, 3, 4, 1, 5, 2});
  return {node.b.reshape(x, {n, c, h * block, w * block})};
}

static Values trilu(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  int64_t rank = Builder::rankOf(x);
  if (rank < 2)
    throw Refusal("it takes matrices");
  int64_t k = node.has(1) ? node.knownInteger(1, "the diagonal") : 0;
  Value row = b.iota(rank - 2, Builder::shapeOf(x), b.i64());
  Value column = b.iota(rank - 1, Builder::shapeOf(x), b.i64());
  // Numbers beyond any matrix stay what they are.
  k = std::clamp<int64_t>(k, -(int64_t(1) << 40), int64_t(1) << 40);
  Value diagonal = b.add(
      row,
      b.constant(eval::Tensor(b.type({}, b.i64()), std::vector<int64_t>{k})));
  bool isUpper = node.integer("upper", 1);
  Value keeps =
      b.compare(isUpper ? Comparison::GE : Comparison::LE, column, diagonal);
  return {b.select(keeps, x, b.like(0, x))};
}

//===----------------------------------------------------------------------===//
// Questions about shapes
//===----------------------------------------------------------------------===//

static Values shape(Node &node) {
  ArrayRef<int64_t> all = Builder::shapeOf(node.input(0));
  int64_t rank = all.size();
  auto clamp = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  int64_t start = clamp(node.integer("start", 0));
  int64_t end = clamp(node.integer("end", rank));
  return {node.b.integers(end > start ? all.slice(start, end - start)
                                      : ArrayRef<int64_t>())};
}

static Values size(Node &node) {
  int64_t size = Builder::sizeOf(node.input(0));
  return {node.b.constant(
      eval::Tensor(node.b.type({}, node.b.i64()), std::vector<int64_t>{size}))};
}

ArrayRef<OpEntry> dlcc::onnx_reader::shapeOps() {
  static const OpEntry table[] = {
      {"CenterCropPad", 18, centerCropPad},
      {"Concat", 4, concat},
      {"DepthToSpace", 1, depthToSpace},
      {"Expand", 8, expand},
      {"Flatten", 1, flatten},
      {"Pad", 2, pad},
      {"Reshape", 5, reshape},
      {"Shape", 1, shape},
      {"Size", 1, size},
      {"Slice", 1, slice},
      {"SpaceToDepth", 1, spaceToDepth},
      {"Split", 2, split},
      {"Squeeze", 1, squeeze},
      {"Tile", 6, tile},
      {"Transpose", 1, transpose},
      {"Trilu", 14, trilu},
      {"Unsqueeze", 1, unsqueeze},
  };
  return table;
}
