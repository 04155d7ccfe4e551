//===- BuiltinsWindow.cpp - padding, windows and convolutions -------------===//
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

#include "frontend/dlm/Builtins.h"

#include "llvm/ADT/STLExtras.h"

using namespace dlcc;
using namespace dlcc::dlm;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;
using Axes = SmallVector<int64_t>;

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

/// One number for every axis, or a list with one for each.
static std::optional<Axes> numbersOf(Evaluator &evaluator, BuiltinCall &call,
                                     const char *name, size_t count,
                                     int64_t least, Axes otherwise) {
  const Value *value = call.get(name);
  if (!value)
    return otherwise;
  if (value->isPoison())
    return std::nullopt;
  Range range = call.range(name);
  std::string what = "'" + std::string(name) + "'";
  Axes numbers;
  bool isList = value->is(ValueKind::List);
  if (isList && value->elements->size() != count) {
    evaluator.error(range, what + " of " + llvm::Twine(count) + " axes has " +
                               llvm::Twine(value->elements->size()) +
                               " numbers");
    return std::nullopt;
  }
  for (size_t i = 0; i < count; ++i) {
    std::optional<int64_t> number =
        evaluator.wholeOf(isList ? (*value->elements)[i] : *value, range, what);
    if (number && *number < least) {
      evaluator.error(range, what + " is at least " + llvm::Twine(least) +
                                 ", not " + llvm::Twine(*number));
      number.reset();
    }
    if (!number)
      return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

namespace {
/// How windows slide along some axes of a tensor.
struct Slide {
  Axes axes, sizes, strides, dilations, low, high;

  int64_t reach(size_t i) const { return (sizes[i] - 1) * dilations[i] + 1; }
};
} // namespace

/// The padding of a slide whose sizes and strides are known: a number, one for
/// each axis, [before, after] for each axis, "same" or "valid".
static bool readPadding(Evaluator &evaluator, BuiltinCall &call,
                        const Tensor &x, Slide &slide) {
  size_t count = slide.axes.size();
  slide.low.assign(count, 0);
  slide.high.assign(count, 0);
  const Value *value = call.get("padding");
  if (!value)
    return true;
  Range range = call.range("padding");
  if (value->is(ValueKind::String)) {
    if (value->text == "valid")
      return true;
    if (value->text != "same") {
      evaluator.error(range, "there is no padding \"" + value->text + "\"",
                      "numbers, \"same\" or \"valid\"");
      return false;
    }
    // As many places as the stride makes of the elements; an odd element goes
    // behind.
    for (size_t i = 0; i < count; ++i) {
      int64_t size = x.shape[slide.axes[i]].factor();
      int64_t places = llvm::divideCeil(size, slide.strides[i]);
      int64_t all = std::max<int64_t>(
          (places - 1) * slide.strides[i] + slide.reach(i) - size, 0);
      slide.low[i] = all / 2;
      slide.high[i] = all - all / 2;
    }
    return true;
  }
  bool isPairs =
      value->is(ValueKind::List) && value->elements->size() == count &&
      llvm::all_of(*value->elements, [](const Value &element) {
        return element.is(ValueKind::List) && element.elements->size() == 2;
      });
  if (!isPairs) {
    auto both = numbersOf(evaluator, call, "padding", count, 0, {});
    if (both)
      slide.low = slide.high = *both;
    return both.has_value();
  }
  for (size_t i = 0; i < count; ++i)
    for (int side : {0, 1}) {
      std::optional<int64_t> number = evaluator.wholeOf(
          (*(*value->elements)[i].elements)[side], range, "'padding'");
      if (number && *number < 0) {
        evaluator.error(range,
                        "'padding' is at least 0, not " + llvm::Twine(*number));
        number.reset();
      }
      if (!number)
        return false;
      (side ? slide.high : slide.low)[i] = *number;
    }
  return true;
}

/// Checks that windows can slide along these axes of `x`.
static bool checkAxes(Evaluator &evaluator, BuiltinCall &call, const Tensor &x,
                      ArrayRef<int64_t> axes) {
  for (int64_t axis : axes)
    if (!x.shape[axis].isNumber()) {
      evaluator.error(
          call.range("x"),
          "a window slides along numbers, not along the dimension " +
              x.shape[axis].str() + " of " + toString(x));
      return false;
    }
  return true;
}

static bool checkFits(Evaluator &evaluator, BuiltinCall &call, const Tensor &x,
                      const Slide &slide) {
  for (auto [i, axis] : llvm::enumerate(slide.axes)) {
    int64_t size = x.shape[axis].factor() + slide.low[i] + slide.high[i];
    if (slide.reach(i) <= size)
      continue;
    evaluator.error(
        Diagnostic(call.expr.pointAt,
                   "a window over " + llvm::Twine(slide.reach(i)) +
                       " elements does not fit into axis " + llvm::Twine(axis) +
                       " of " + toString(x) +
                       (slide.low[i] + slide.high[i]
                            ? " with a padding of " +
                                  std::to_string(slide.low[i] + slide.high[i])
                            : "")));
    return false;
  }
  return true;
}

/// The tensor of the argument, with spatial axes behind batch and channels.
static std::optional<Tensor> imageOf(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x =
      evaluator.tensorOf(call.arguments.at("x").first, call.range("x"));
  if (x && (x->rank() < 3 || isBool(x->element))) {
    evaluator.error(call.range("x"),
                    "'" + call.name() +
                        "' wants numbers of shape [batch, channels, …], not " +
                        toString(*x));
    return std::nullopt;
  }
  return x;
}

static Axes axesFrom(int64_t begin, int64_t end) {
  return llvm::to_vector(llvm::seq<int64_t>(begin, end));
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

static Tensor emitPad(Emitter &emitter, const Tensor &x, const Tensor &value,
                      const Slide &slide) {
  Axes low(x.rank(), 0), high(x.rank(), 0), interior(x.rank(), 0);
  Extents shape = x.shape;
  for (auto [i, axis] : llvm::enumerate(slide.axes)) {
    low[axis] = slide.low[i];
    high[axis] = slide.high[i];
    if (low[axis] + high[axis])
      shape[axis] = Extent(shape[axis].factor() + low[axis] + high[axis]);
  }
  if (shape == x.shape)
    return x;
  return emitter.pad(x, value, low, high, interior, shape);
}

static Tensor emitWindow(Emitter &emitter, const Tensor &x,
                         const Slide &slide) {
  Extents shape = x.shape;
  for (auto [i, axis] : llvm::enumerate(slide.axes)) {
    int64_t size = x.shape[axis].factor();
    shape[axis] = Extent((size - slide.reach(i)) / slide.strides[i] + 1);
    shape.push_back(Extent(slide.sizes[i]));
  }
  return emitter.window(x, slide.axes, slide.sizes, slide.strides,
                        slide.dilations, shape);
}

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

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// pad(x, widths, value = 0): widths is [before, after] for each axis.
static Value pad(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x =
      evaluator.tensorOf(call.arguments.at("x").first, call.range("x"));
  const Value &widths = call.arguments.at("widths").first;
  if (!x || widths.isPoison())
    return Value::poison();
  Range range = call.range("widths");
  auto wrong = [&] {
    return evaluator.error(range,
                           "'pad' wants [before, after] for each of the " +
                               llvm::Twine(x->rank()) + " axes of " +
                               toString(*x),
                           "[[0, 0], [1, 1]] puts a column on each side");
  };
  if (!widths.is(ValueKind::List) || widths.elements->size() != x->rank())
    return wrong();
  Axes sides[2], interior(x->rank(), 0);
  Extents shape = x->shape;
  for (auto [axis, pair] : llvm::enumerate(*widths.elements)) {
    if (!pair.is(ValueKind::List) || pair.elements->size() != 2)
      return wrong();
    for (int side : {0, 1}) {
      std::optional<int64_t> width =
          evaluator.wholeOf((*pair.elements)[side], range, "a width");
      if (!width)
        return Value::poison();
      if (*width < 0)
        return evaluator.error(
            range, "a width is at least 0, not " + llvm::Twine(*width),
            "x[:, 1:-1] takes columns away");
      sides[side].push_back(*width);
    }
    int64_t more = sides[0].back() + sides[1].back();
    if (more && !shape[axis].isNumber())
      return evaluator.error(range, "the dimension " + shape[axis].str() +
                                        " of " + toString(*x) +
                                        " cannot be padded");
    if (more)
      shape[axis] = Extent(shape[axis].factor() + more);
  }
  std::optional<Tensor> value =
      call.get("value") ? evaluator.tensorOf(*call.get("value"),
                                             call.range("value"), x->element)
                        : evaluator.emitter->integer(0, x->element);
  if (!value || !evaluator.checkSize(shape, x->element, range))
    return Value::poison();
  if (value->rank() || value->element != x->element)
    return evaluator.error(call.range("value"),
                           "'pad' fills with a scalar of " +
                               nameOf(x->element) + ", not " +
                               toString(*value));
  return Value::ofTensor(
      evaluator.emitter->pad(*x, *value, sides[0], sides[1], interior, shape));
}

/// How much further the last window reaches that begins inside, if the strides
/// do not come out even.
static Axes reachBeyond(const Tensor &x, const Slide &slide) {
  Axes more;
  for (auto [i, axis] : llvm::enumerate(slide.axes)) {
    int64_t begin = x.shape[axis].factor() + slide.low[i];
    int64_t all = begin + slide.high[i], stride = slide.strides[i];
    int64_t places = llvm::divideCeil(all - slide.reach(i), stride) + 1;
    if ((places - 1) * stride >= begin)
      --places;
    more.push_back(
        std::max<int64_t>((places - 1) * stride + slide.reach(i) - all, 0));
  }
  return more;
}

/// windows(x, size, stride = size, padding = 0, dilation = 1, value = 0,
/// ceil = false, ceil_value = value, axes = all behind the second): what
/// windows see, their own axes last. `value` fills the padding; with `ceil`
/// the last window may stick out if it begins inside.
static Value windows(Evaluator &evaluator, BuiltinCall &call) {
  const Value *axes = call.get("axes");
  std::optional<Tensor> x =
      axes ? evaluator.tensorOf(call.arguments.at("x").first, call.range("x"))
           : imageOf(evaluator, call);
  if (!x)
    return Value::poison();
  Slide slide;
  if (axes) {
    auto given = evaluator.axesOf(axes, call.range("axes"), *x);
    if (!given)
      return Value::poison();
    slide.axes.assign(given->begin(), given->end());
  } else {
    slide.axes = axesFrom(2, x->rank());
  }
  size_t count = slide.axes.size();
  if (!checkAxes(evaluator, call, *x, slide.axes))
    return Value::poison();
  auto sizes = numbersOf(evaluator, call, "size", count, 1, {});
  if (!sizes)
    return Value::poison();
  slide.sizes = *sizes;
  auto strides = numbersOf(evaluator, call, "stride", count, 1, *sizes);
  auto dilations =
      numbersOf(evaluator, call, "dilation", count, 1, Axes(count, 1));
  if (!strides || !dilations)
    return Value::poison();
  slide.strides = *strides;
  slide.dilations = *dilations;
  if (!readPadding(evaluator, call, *x, slide) ||
      !checkFits(evaluator, call, *x, slide))
    return Value::poison();

  Emitter &emitter = *evaluator.emitter;
  auto filling = [&](const char *name, const char *otherwise) {
    const char *given = call.get(name) ? name : otherwise;
    return call.get(given) ? evaluator.tensorOf(*call.get(given),
                                                call.range(given), x->element)
                           : emitter.integer(0, x->element);
  };
  std::optional<Tensor> value = filling("value", "value");
  std::optional<Tensor> beyond = filling("ceil_value", "value");
  if (!value || !beyond)
    return Value::poison();
  bool isScalar = !value->rank() && value->element == x->element &&
                  !beyond->rank() && beyond->element == x->element;
  if (!isScalar)
    return evaluator.error(call.range("value"),
                           "windows are filled with a scalar of " +
                               nameOf(x->element));
  Axes more(count, 0);
  if (call.flag(evaluator, "ceil"))
    more = reachBeyond(*x, slide);
  Tensor padded = emitPad(emitter, *x, *value, slide);
  slide.low.assign(count, 0);
  slide.high = more;
  padded = emitPad(emitter, padded, *beyond, slide);
  Tensor seen = emitWindow(emitter, padded, slide);
  if (!evaluator.checkSize(seen.shape, seen.element, call.expr.pointAt))
    return Value::poison();
  return Value::ofTensor(seen);
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

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

ArrayRef<Builtin> dlcc::dlm::windowBuiltins() {
  static const Builtin table[] = {
      {"conv", "x weight stride? padding? dilation? groups?", conv},
      {"conv_transpose",
       "x weight stride? padding? output_padding? dilation? groups?",
       convTranspose},
      {"pad", "x widths value?", pad},
      {"windows",
       "x size stride? padding? dilation? value? ceil? ceil_value? axes?",
       windows},
  };
  return table;
}
