//===- BuiltinsConvolution.cpp - convolutions -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The language's tensors have the channels second, [batch, channels, …];
// convolutions are built with the channels last, the form that kernels read
// best, between two transpositions that the compiler moves away.
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Slide.h"

using namespace dlcc;
using namespace dlcc::dlm;
using llvm::ArrayRef;

/// [n, c, …] -> [n, …, c], or back.
static Tensor moveChannels(Emitter &emitter, const Tensor &x, bool toLast) {
  Axes permutation = axesFrom(0, x.rank());
  if (toLast)
    std::rotate(permutation.begin() + 1, permutation.begin() + 2,
                permutation.end());
  else
    std::rotate(permutation.begin() + 1, permutation.end() - 1,
                permutation.end());
  return emitter.transpose(x, permutation);
}

/// Splits axis `axis` of `x` into `groups` and the rest.
static Tensor splitGroups(Emitter &emitter, const Tensor &x, int64_t axis,
                          int64_t groups) {
  Extents shape = x.shape;
  int64_t each = shape[axis].factor() / groups;
  shape[axis] = Extent(each);
  shape.insert(shape.begin() + axis, Extent(groups));
  return emitter.reshape(x, shape);
}

namespace {
/// The operands of a convolution and how its windows slide.
struct Convolution {
  Tensor x, weight;
  int64_t groups;
  Slide slide;

  int64_t rank() const { return x.rank() - 2; }
};
} // namespace

/// Reads and checks what both directions share; `inAxis` is the axis of the
/// weight that the input's channels of a group are.
static std::optional<Convolution>
readConvolution(Evaluator &evaluator, BuiltinCall &call, int64_t inAxis) {
  std::optional<Tensor> x = imageOf(evaluator, call);
  std::optional<Tensor> weight = evaluator.tensorOf(
      call.arguments.at("weight").first, call.range("weight"));
  if (!x || !weight)
    return std::nullopt;
  Convolution conv{*x, *weight, 1, {}};
  if (x->element != weight->element || x->rank() != weight->rank()) {
    evaluator.error(Diagnostic(call.expr.pointAt,
                               "a convolution of " + toString(*x) +
                                   " wants a weight of as many axes and its "
                                   "type, not " +
                                   toString(*weight))
                        .note(call.range("weight"), "this is the weight"));
    return std::nullopt;
  }
  conv.slide.axes = axesFrom(2, x->rank());
  Axes all = axesFrom(1, x->rank());
  if (!checkAxes(evaluator, call, *x, all))
    return std::nullopt;
  for (const Extent &extent : weight->shape)
    if (!extent.isNumber()) {
      evaluator.error(call.range("weight"),
                      "the weight of a convolution has numbers for "
                      "dimensions, not " +
                          toString(*weight));
      return std::nullopt;
    }
  if (const Value *groups = call.get("groups")) {
    auto number = evaluator.wholeOf(*groups, call.range("groups"), "'groups'");
    if (!number)
      return std::nullopt;
    conv.groups = *number;
  }
  int64_t channels = x->shape[1].factor();
  int64_t split = weight->shape[0].factor();
  if (conv.groups < 1 || channels % conv.groups || split % conv.groups) {
    evaluator.error(call.range("groups"), llvm::Twine(conv.groups) +
                                              " groups do not divide " +
                                              llvm::Twine(channels) + " and " +
                                              llvm::Twine(split) + " channels");
    return std::nullopt;
  }
  int64_t wanted = inAxis == 0 ? channels : channels / conv.groups;
  if (weight->shape[inAxis].factor() != wanted) {
    evaluator.error(
        Diagnostic(call.expr.pointAt,
                   "a weight of shape " + toString(weight->shape) + " reads " +
                       std::to_string(weight->shape[inAxis].factor()) +
                       " channels, and " + toString(*x) + " has " +
                       std::to_string(wanted) +
                       (conv.groups > 1 && inAxis ? " in each group" : ""))
            .note(call.range("weight"), "this is the weight"));
    return std::nullopt;
  }
  size_t count = conv.rank();
  for (int64_t axis : conv.slide.axes)
    conv.slide.sizes.push_back(weight->shape[axis].factor());
  auto strides = numbersOf(evaluator, call, "stride", count, 1, Axes(count, 1));
  auto dilations =
      numbersOf(evaluator, call, "dilation", count, 1, Axes(count, 1));
  if (!strides || !dilations)
    return std::nullopt;
  conv.slide.strides = *strides;
  conv.slide.dilations = *dilations;
  if (!readPadding(evaluator, call, *x, conv.slide))
    return std::nullopt;
  return conv;
}

/// Each channel by itself: a sum over the window, since a product of matrices
/// would have one row and one column.
static Tensor emitDepthwise(Emitter &emitter, const Convolution &conv,
                            const Tensor &seen) {
  int64_t rank = conv.rank();
  Extents shape = conv.weight.shape;
  shape.erase(shape.begin() + 1);
  Tensor weight = emitter.reshape(conv.weight, shape);
  Axes places = axesFrom(rank + 1, seen.rank());
  weight.value = dlc::BroadcastOp::create(
      emitter.getBuilder(), emitter.getLocation(),
      emitter.typeOf(seen.element, seen.shape), weight.value, places);
  weight.shape = seen.shape;
  Tensor product = emitter.binary<dlc::MulOp>(seen, weight);
  return emitter.reduce(dlc::ReduceKind::Sum, product,
                        axesFrom(rank + 2, seen.rank()), /*keepDims=*/false);
}

/// conv(x, weight, stride = 1, padding = 0, dilation = 1, groups = 1): x is
/// [n, c, …], the weight [out, c / groups, …].
static Value conv(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Convolution> conv =
      readConvolution(evaluator, call, /*inAxis=*/1);
  if (!conv || !checkFits(evaluator, call, conv->x, conv->slide))
    return Value::poison();
  Emitter &emitter = *evaluator.emitter;
  int64_t rank = conv->rank(), groups = conv->groups;
  Slide slide = conv->slide;
  for (int64_t &axis : slide.axes)
    --axis;
  Tensor x = moveChannels(emitter, conv->x, /*toLast=*/true);
  x = emitPad(emitter, x, emitter.integer(0, x.element), slide);

  Extents shape = {x.shape[0]};
  for (auto [i, axis] : llvm::enumerate(slide.axes))
    shape.push_back(Extent(
        (x.shape[axis].factor() - slide.reach(i)) / slide.strides[i] + 1));
  shape.push_back(conv->weight.shape[0]);
  if (!evaluator.checkSize(shape, x.element, call.expr.pointAt))
    return Value::poison();

  bool isDepthwise = groups > 1 && conv->weight.shape[1].isOne() &&
                     conv->weight.shape[0].factor() == groups;
  Tensor result;
  if (isDepthwise) {
    result = emitDepthwise(emitter, *conv, emitWindow(emitter, x, slide));
  } else if (groups == 1) {
    // Window by window, and in it channel by channel, which lie together.
    Tensor seen = emitWindow(emitter, x, slide);
    Axes left = axesFrom(rank + 2, 2 * rank + 2);
    left.push_back(rank + 1);
    Axes right = axesFrom(2, rank + 2);
    right.push_back(1);
    result = emitter.contract(seen, conv->weight, {}, {}, left, right, shape);
  } else {
    x = splitGroups(emitter, x, rank + 1, groups);
    Tensor seen = emitWindow(emitter, x, slide);
    Tensor weight = splitGroups(emitter, conv->weight, 0, groups);
    Axes left = axesFrom(rank + 3, 2 * rank + 3);
    left.push_back(rank + 2);
    Axes right = axesFrom(3, rank + 3);
    right.push_back(2);
    Extents apart = shape;
    apart.back() = weight.shape[1];
    apart.insert(apart.begin(), Extent(groups));
    result =
        emitter.contract(seen, weight, {rank + 1}, {0}, left, right, apart);
    // [g, n, …, o] -> [n, …, g, o]
    Axes order = axesFrom(1, rank + 2);
    order.push_back(0);
    order.push_back(rank + 2);
    result = emitter.reshape(emitter.transpose(result, order), shape);
  }
  return Value::ofTensor(moveChannels(emitter, result, /*toLast=*/false));
}

/// conv_transpose(x, weight, stride = 1, padding = 0, output_padding = 0,
/// dilation = 1, groups = 1): the gradient of `conv` by its input. x is
/// [n, c, …], the weight [c, out / groups, …].
static Value convTranspose(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Convolution> conv =
      readConvolution(evaluator, call, /*inAxis=*/0);
  if (!conv)
    return Value::poison();
  int64_t rank = conv->rank(), groups = conv->groups;
  const Slide &slide = conv->slide;
  auto more =
      numbersOf(evaluator, call, "output_padding", rank, 0, Axes(rank, 0));
  if (!more)
    return Value::poison();
  // The sum of all windows, then what the padding takes away.
  Extents whole = {conv->x.shape[0]}, shape = whole;
  Axes offsets(rank + 2, 0), sizes, strides(rank + 2, 1);
  for (int64_t i = 0; i < rank; ++i) {
    int64_t size = (conv->x.shape[i + 2].factor() - 1) * slide.strides[i] +
                   slide.reach(i) + (*more)[i];
    int64_t rest = size - slide.low[i] - slide.high[i];
    if ((*more)[i] >= slide.strides[i])
      return evaluator.error(call.range("output_padding"),
                             "'output_padding' is below the stride of " +
                                 llvm::Twine(slide.strides[i]));
    if (rest < 1)
      return evaluator.error(call.range("padding"), "nothing is left of axis " +
                                                        llvm::Twine(i + 2) +
                                                        " with this padding");
    whole.push_back(Extent(size));
    shape.push_back(Extent(rest));
    offsets[i + 1] = slide.low[i];
  }
  int64_t out = conv->weight.shape[1].factor();
  whole.push_back(Extent(out * groups));
  shape.push_back(Extent(out * groups));
  if (!evaluator.checkSize(whole, conv->x.element, call.expr.pointAt))
    return Value::poison();

  Emitter &emitter = *evaluator.emitter;
  Tensor x = moveChannels(emitter, conv->x, /*toLast=*/true);
  Tensor weight = conv->weight;
  Axes axes = axesFrom(1, rank + 1);
  Extents held = {x.shape[0]}, summed = whole;
  for (int64_t axis : axes)
    held.push_back(x.shape[axis]);
  if (groups > 1) {
    x = splitGroups(emitter, x, rank + 1, groups);
    weight = splitGroups(emitter, weight, 0, groups);
    held.insert(held.begin(), Extent(groups));
    summed.back() = Extent(out);
    summed.insert(summed.begin(), Extent(groups));
    for (int64_t &axis : axes)
      ++axis;
  }
  held.push_back(Extent(out));
  for (int64_t size : slide.sizes)
    held.push_back(Extent(size));
  Tensor product =
      groups > 1
          ? emitter.contract(x, weight, {rank + 1}, {0}, {rank + 2}, {1}, held)
          : emitter.contract(x, weight, {}, {}, {rank + 1}, {0}, held);
  Tensor result =
      emitter.unwindow(product, axes, slide.strides, slide.dilations, summed);
  if (groups > 1) {
    Axes order = axesFrom(1, rank + 2);
    order.push_back(0);
    order.push_back(rank + 2);
    result = emitter.reshape(emitter.transpose(result, order), whole);
  }
  if (whole != shape) {
    for (const Extent &extent : shape)
      sizes.push_back(emitter.sizeOf(extent));
    result = emitter.slice(result, offsets, sizes, strides, shape);
  }
  return Value::ofTensor(moveChannels(emitter, result, /*toLast=*/false));
}

ArrayRef<Builtin> dlcc::dlm::convolutionBuiltins() {
  static const Builtin table[] = {
      {"conv", "x weight stride? padding? dilation? groups?", conv},
      {"conv_transpose",
       "x weight stride? padding? output_padding? dilation? groups?",
       convTranspose},
  };
  return table;
}
