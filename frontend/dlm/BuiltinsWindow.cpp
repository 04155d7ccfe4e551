//===- BuiltinsWindow.cpp - padding, windows and convolutions -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "frontend/dlm/Slide.h"

#include "llvm/ADT/STLExtras.h"

using namespace dlcc;
using namespace dlcc::dlm;
using llvm::ArrayRef;

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

/// What windows are described by is at most this, so that products of two such
/// numbers and sums of them are numbers, too. No axis is longer by far.
static constexpr int64_t kMost = int64_t(1) << 30;

/// A whole number from `least` to kMost.
static std::optional<int64_t> countOf(Evaluator &evaluator, const Value &value,
                                      Range range, const llvm::Twine &what,
                                      int64_t least) {
  std::optional<int64_t> number = evaluator.wholeOf(value, range, what.str());
  if (!number || (*number >= least && *number <= kMost))
    return number;
  bool isSmall = *number < least;
  evaluator.error(range, what + (isSmall ? " is at least " : " is at most ") +
                             llvm::Twine(isSmall ? least : kMost) + ", not " +
                             llvm::Twine(*number));
  return std::nullopt;
}

/// One number for every axis, or a list with one for each.
std::optional<Axes> dlcc::dlm::numbersOf(Evaluator &evaluator,
                                         BuiltinCall &call, const char *name,
                                         size_t count, int64_t least,
                                         Axes otherwise) {
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
    evaluator.error(range, what + " has " +
                               llvm::Twine(value->elements->size()) +
                               " numbers for " + llvm::Twine(count) + " axes");
    return std::nullopt;
  }
  for (size_t i = 0; i < count; ++i) {
    std::optional<int64_t> number = countOf(
        evaluator, isList ? (*value->elements)[i] : *value, range, what, least);
    if (!number)
      return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

/// The padding of a slide whose sizes and strides are known: a number, one for
/// each axis, [before, after] for each axis, "same" or "valid".
bool dlcc::dlm::readPadding(Evaluator &evaluator, BuiltinCall &call,
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
      std::optional<int64_t> number =
          countOf(evaluator, (*(*value->elements)[i].elements)[side], range,
                  "'padding'", 0);
      if (!number)
        return false;
      (side ? slide.high : slide.low)[i] = *number;
    }
  return true;
}

/// Checks that windows can slide along these axes of `x`.
bool dlcc::dlm::checkAxes(Evaluator &evaluator, BuiltinCall &call,
                          const Tensor &x, ArrayRef<int64_t> axes) {
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

bool dlcc::dlm::checkFits(Evaluator &evaluator, BuiltinCall &call,
                          const Tensor &x, const Slide &slide) {
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
std::optional<Tensor> dlcc::dlm::imageOf(Evaluator &evaluator,
                                         BuiltinCall &call) {
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

Axes dlcc::dlm::axesFrom(int64_t begin, int64_t end) {
  return llvm::to_vector(llvm::seq<int64_t>(begin, end));
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

Tensor dlcc::dlm::emitPad(Emitter &emitter, const Tensor &x,
                          const Tensor &value, const Slide &slide) {
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

Tensor dlcc::dlm::emitWindow(Emitter &emitter, const Tensor &x,
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

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// pad(x, widths, value = 0): widths is [before, after] for each axis.
/// Elements of the tensor around it: mirrored at its ends, which are not
/// repeated, or its ends.
static Value padWithOwn(Evaluator &evaluator, BuiltinCall &call, Tensor x,
                        bool mirrors, llvm::ArrayRef<int64_t> low,
                        llvm::ArrayRef<int64_t> high) {
  Emitter &emitter = *evaluator.emitter;
  mlir::Type i32 = emitter.getBuilder().getI32Type();
  for (unsigned axis = 0; axis < x.rank(); ++axis) {
    if (low[axis] + high[axis] == 0)
      continue;
    int64_t last = x.shape[axis].factor() - 1;
    if (mirrors && std::max(low[axis], high[axis]) > last)
      return evaluator.error(call.range("widths"),
                             "a dimension of " + x.shape[axis].str() +
                                 " mirrors at most " + llvm::Twine(last) +
                                 " of its elements on each side");
    // Element i is x[j] with j = |i - low|, beyond the end x[last - (j -
    // last)]: x[last - |j - last|] is both. Indices outside are clamped to the
    // edges.
    Extents line = {Extent(low[axis] + last + 1 + high[axis])};
    auto number = [&](int64_t value) {
      return emitter.broadcast(emitter.integer(value, i32), line);
    };
    Tensor index = emitter.binary<dlc::SubOp>(emitter.iota(0, i32, line),
                                              number(low[axis]));
    if (mirrors) {
      index = emitter.unary<dlc::AbsOp>(index);
      Tensor beyond = emitter.unary<dlc::AbsOp>(
          emitter.binary<dlc::SubOp>(index, number(last)));
      index = emitter.binary<dlc::SubOp>(number(last), beyond);
    }
    Extents shape = x.shape;
    shape[axis] = line[0];
    x = emitter.gather(x, index, axis, 0, shape);
  }
  return Value::ofTensor(x);
}

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
      const Value &given = (*pair.elements)[side];
      std::optional<int64_t> width = evaluator.wholeOf(given, range, "a width");
      if (width && *width < 0)
        return evaluator.error(
            range, "a width is at least 0, not " + llvm::Twine(*width),
            "x[:, 1:-1] takes columns away");
      if (width)
        width = countOf(evaluator, given, range, "a width", 0);
      if (!width)
        return Value::poison();
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
  if (!evaluator.checkSize(shape, x->element, range))
    return Value::poison();
  if (const Value *mode = call.get("mode"); mode && mode->text != "constant") {
    if (!mode->is(ValueKind::String) ||
        (mode->text != "reflect" && mode->text != "edge"))
      return evaluator.error(
          call.range("mode"),
          "'pad' has the modes \"constant\", \"reflect\" and \"edge\"");
    if (call.get("value"))
      return evaluator.error(call.range("value"),
                             "a value is for the mode \"constant\"");
    return padWithOwn(evaluator, call, *x, mode->text == "reflect", sides[0],
                      sides[1]);
  }
  std::optional<Tensor> value =
      call.get("value") ? evaluator.tensorOf(*call.get("value"),
                                             call.range("value"), x->element)
                        : evaluator.emitter->integer(0, x->element);
  if (!value)
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

/// Each window sees some of `x`: the largest of nothing is -inf, and the mean
/// of nothing NaN.
static bool checkSeen(Evaluator &evaluator, BuiltinCall &call, const Tensor &x,
                      const Slide &slide) {
  for (auto [i, axis] : llvm::enumerate(slide.axes)) {
    int64_t end = x.shape[axis].factor() + slide.low[i];
    int64_t places =
        (end + slide.high[i] - slide.reach(i)) / slide.strides[i] + 1;
    bool isBefore = slide.reach(i) <= slide.low[i];
    if (!isBefore && (places - 1) * slide.strides[i] < end)
      continue;
    evaluator.error(call.range("padding"),
                    "a window over " + llvm::Twine(slide.reach(i)) +
                        " elements lies wholly in the padding " +
                        (isBefore ? "before" : "behind") + " axis " +
                        llvm::Twine(axis) + " of " + toString(x),
                    "a padding is smaller than the window");
    return false;
  }
  return true;
}

/// windows(x, window, stride = window, padding = 0, dilation = 1, value = 0,
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
  auto sizes = numbersOf(evaluator, call, "window", count, 1, {});
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
      !checkFits(evaluator, call, *x, slide) ||
      !checkSeen(evaluator, call, *x, slide))
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

ArrayRef<Builtin> dlcc::dlm::windowBuiltins() {
  static const Builtin table[] = {
      {"pad", "x widths value? mode?", pad},
      {"windows",
       "x window stride? padding? dilation? value? ceil? ceil_value? axes?",
       windows},
  };
  return table;
}
