//===- BuiltinsIndexed.cpp - functions of indices along an axis -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Builtins.h"

#include "llvm/ADT/STLExtras.h"

using namespace dlcc;
using namespace dlcc::dlm;

/// A tensor and the axis along which it is asked.
namespace {
struct Line {
  Tensor x;
  int64_t axis;
  const Extent &extent() const { return x.shape[axis]; }
};
} // namespace

static std::optional<Line> lineArgument(Evaluator &evaluator, BuiltinCall &call,
                                        int64_t otherwise) {
  std::optional<Tensor> x =
      evaluator.tensorOf(call.arguments.at("x").first, call.range("x"));
  if (!x)
    return std::nullopt;
  const Value *given = call.get("axis");
  Range range = given ? call.range("axis") : call.range("x");
  std::optional<int64_t> axis =
      given ? evaluator.wholeOf(*given, range, "an axis") : otherwise;
  if (axis)
    axis = evaluator.axisOf(*axis, range, x->rank());
  if (!axis)
    return std::nullopt;
  if (x->shape[*axis].hasBatch()) {
    evaluator.error(range,
                    "'" + call.name() + "' cannot go along the dimension " +
                        x->shape[*axis].str() + ", which holds the rows given",
                    "another axis can be named: axis = 1");
    return std::nullopt;
  }
  return Line{*x, *axis};
}

/// The indices, within the dimension: an input's are bounded, those written
/// down are looked at.
static std::optional<Tensor>
indexArgument(Evaluator &evaluator, BuiltinCall &call, const Extent &along) {
  const Value &given = call.arguments.at("index").first;
  Range range = call.range("index");
  Emitter &emitter = *evaluator.emitter;
  mlir::Type i32 = emitter.getBuilder().getI32Type();
  int64_t size = emitter.sizeOf(along);
  auto check = [&](const Value &value) {
    if (!value.is(ValueKind::Int) ||
        (value.integer >= 0 && value.integer < size))
      return true;
    evaluator.error(range, "index " + llvm::Twine(value.integer) +
                               " is outside the dimension " + along.str());
    return false;
  };
  if (given.is(ValueKind::List) ? !llvm::all_of(*given.elements, check)
                                : !check(given))
    return std::nullopt;
  std::optional<Tensor> index = evaluator.tensorOf(given, range, i32);
  if (!index)
    return std::nullopt;
  if (!isInteger(index->element)) {
    evaluator.error(range, "indices are whole numbers, not " + toString(*index),
                    "declare the input as i32[…], or convert: i32(x)");
    return std::nullopt;
  }
  if (along.isNumber())
    emitter.boundArgument(*index, size);
  if (!index->element.isInteger(32) && !index->element.isInteger(64))
    return emitter.cast(*index, i32);
  return index;
}

/// The shape of what indices of `index` find, `batch` of its dimensions being
/// paired.
static Extents gatheredShape(const Line &line, const Tensor &index,
                             unsigned batch) {
  llvm::ArrayRef<Extent> shape = line.x.shape;
  Extents result(shape.take_front(line.axis));
  llvm::append_range(result, llvm::ArrayRef(index.shape).drop_front(batch));
  llvm::append_range(result, shape.drop_front(line.axis + 1));
  return result;
}

static Value gather(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Line> line = lineArgument(evaluator, call, 0);
  if (!line)
    return Value::poison();
  std::optional<Tensor> index = indexArgument(evaluator, call, line->extent());
  if (!index)
    return Value::poison();
  Extents shape = gatheredShape(*line, *index, 0);
  if (!evaluator.checkSize(shape, line->x.element, call.expr.pointAt))
    return Value::poison();
  return Value::ofTensor(
      evaluator.emitter->gather(line->x, *index, line->axis, 0, shape));
}

/// Exchanges the axis with the last one.
static Tensor swapWithLast(Emitter &emitter, const Tensor &x, int64_t axis) {
  llvm::SmallVector<int64_t> order =
      llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  std::swap(order[axis], order.back());
  return axis + 1 == x.rank() ? x : emitter.transpose(x, order);
}

/// One index for each element of the result: all dimensions but the axis go in
/// step.
static Tensor takeAlong(Emitter &emitter, const Line &line,
                        const Tensor &index) {
  Tensor x = swapWithLast(emitter, line.x, line.axis);
  Tensor asked = swapWithLast(emitter, index, line.axis);
  unsigned last = x.rank() - 1;
  Tensor taken = emitter.gather(x, asked, last, last, asked.shape);
  return swapWithLast(emitter, taken, line.axis);
}

static Value takeAlong(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Line> line = lineArgument(evaluator, call, -1);
  if (!line)
    return Value::poison();
  std::optional<Tensor> index = indexArgument(evaluator, call, line->extent());
  if (!index)
    return Value::poison();
  bool fits = index->rank() == line->x.rank();
  for (unsigned i = 0; fits && i < index->rank(); ++i)
    fits = i == line->axis || index->shape[i] == line->x.shape[i];
  if (!fits)
    return evaluator.error(
        Diagnostic(call.range("index"),
                   "indices of shape " + toString(index->shape) +
                       " do not go along axis " + llvm::Twine(line->axis) +
                       " of " + toString(line->x) +
                       ": the other dimensions differ")
            .note(call.range("x"), "this is " + toString(line->x))
            .withHint("gather(x, index) looks indices of any shape up"));
  return Value::ofTensor(takeAlong(*evaluator.emitter, *line, *index));
}

static Value scatterAdd(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Line> line = lineArgument(evaluator, call, 0);
  if (!line)
    return Value::poison();
  std::optional<Tensor> index = indexArgument(evaluator, call, line->extent());
  std::optional<Tensor> values = evaluator.tensorOf(
      call.arguments.at("values").first, call.range("values"), line->x.element);
  if (!index || !values)
    return Value::poison();
  Emitter &emitter = *evaluator.emitter;
  if (isBool(line->x.element))
    return evaluator.error(call.range("x"),
                           "'scatter_add' wants numbers, not " +
                               toString(line->x));
  Extents shape = gatheredShape(*line, *index, 0);
  if (!evaluator.checkSize(shape, values->element, call.expr.pointAt))
    return Value::poison();
  if (values->rank() == 0)
    *values = emitter.broadcast(*values, shape);
  if (values->element != line->x.element || values->shape != shape)
    return evaluator.error(
        Diagnostic(call.range("values"),
                   "'scatter_add' wants values of " +
                       toString(Tensor{{}, line->x.element, shape}) + ", not " +
                       toString(*values))
            .note(call.range("x"), "this is " + toString(line->x))
            .note(call.range("index"), "this is " + toString(*index)));
  Tensor sums =
      emitter.scatterAdd(*values, *index, line->axis, 0, line->x.shape);
  return Value::ofTensor(emitter.binary<dlc::AddOp>(line->x, sums));
}

static Value cumsum(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Line> line = lineArgument(evaluator, call, -1);
  if (!line)
    return Value::poison();
  Emitter &emitter = *evaluator.emitter;
  // true counts as 1.
  if (isBool(line->x.element))
    line->x = emitter.cast(line->x, emitter.getBuilder().getI32Type());
  return Value::ofTensor(emitter.cumulative(line->x, line->axis,
                                            call.flag(evaluator, "reverse"),
                                            call.flag(evaluator, "exclusive")));
}

/// The indices of the elements in their order, or of the first `count`.
static Value argsort(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Line> line = lineArgument(evaluator, call, -1);
  if (!line)
    return Value::poison();
  if (isBool(line->x.element))
    return evaluator.error(
        call.range("x"), "only numbers have an order, not " + toString(line->x),
        "i32(x) makes 0 and 1 of it");
  Emitter &emitter = *evaluator.emitter;
  int64_t size = emitter.sizeOf(line->extent()), count = size;
  if (const Value *given = call.get("count")) {
    std::optional<int64_t> whole =
        evaluator.wholeOf(*given, call.range("count"), "a count");
    if (!whole)
      return Value::poison();
    count = *whole;
    if (count < 1 || count > size)
      return evaluator.error(call.range("count"),
                             "of the dimension " + line->extent().str() +
                                 " there are no first " + llvm::Twine(count));
  }
  Tensor x = swapWithLast(emitter, line->x, line->axis);
  Tensor place =
      emitter.rank(x, x.rank() - 1, call.flag(evaluator, "descending"), count);
  // Each index goes to its place; all from `count` on to one behind.
  Extents shape = x.shape;
  if (count < size)
    shape.back() = Extent(count + 1);
  Tensor indices = emitter.iota(x.rank() - 1, place.element, x.shape);
  Tensor order =
      emitter.scatterAdd(indices, place, x.rank() - 1, x.rank() - 1, shape);
  if (count < size) {
    llvm::SmallVector<int64_t> offsets(x.rank(), 0), strides(x.rank(), 1),
        sizes;
    shape.back() = Extent(count);
    for (const Extent &extent : shape)
      sizes.push_back(emitter.sizeOf(extent));
    order = emitter.slice(order, offsets, sizes, strides, shape);
  }
  return Value::ofTensor(swapWithLast(emitter, order, line->axis));
}

llvm::ArrayRef<Builtin> dlcc::dlm::indexedBuiltins() {
  static const Builtin table[] = {
      {"argsort", "x axis? descending? count?", argsort},
      {"cumsum", "x axis? reverse? exclusive?", cumsum},
      {"gather", "x index axis?", gather},
      {"scatter_add", "x index values axis?", scatterAdd},
      {"take_along", "x index axis?", takeAlong},
  };
  return table;
}
