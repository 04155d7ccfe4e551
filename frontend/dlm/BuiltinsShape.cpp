//===- BuiltinsShape.cpp - functions about shapes and types ---------------===//
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

static std::optional<Tensor> tensorArgument(Evaluator &evaluator,
                                            BuiltinCall &call,
                                            const std::string &name = "x") {
  return evaluator.tensorOf(call.arguments.at(name).first, call.range(name));
}

//===----------------------------------------------------------------------===//
// Questions, answered at compile time
//===----------------------------------------------------------------------===//

static Value size(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x = tensorArgument(evaluator, call);
  if (!x)
    return Value::poison();
  std::optional<int64_t> axis = evaluator.wholeOf(
      call.arguments.at("axis").first, call.range("axis"), "an axis");
  if (axis)
    axis = evaluator.axisOf(*axis, call.range("axis"), x->rank());
  return axis ? Value::ofExtent(x->shape[*axis]) : Value::poison();
}

static Value shape(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x = tensorArgument(evaluator, call);
  if (!x)
    return Value::poison();
  std::vector<Value> extents;
  for (const Extent &extent : x->shape)
    extents.push_back(Value::ofExtent(extent));
  return Value::ofList(std::move(extents));
}

static Value rank(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x = tensorArgument(evaluator, call);
  return x ? Value::ofInt(x->rank()) : Value::poison();
}

/// How many elements are combined by a reduction over these axes.
static Value count(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x = tensorArgument(evaluator, call);
  if (!x)
    return Value::poison();
  auto axes = evaluator.axesOf(call.get("axis"), call.range("axis"), *x);
  if (!axes)
    return Value::poison();
  Extents extents;
  for (int64_t axis : *axes)
    extents.push_back(x->shape[axis]);
  return Value::ofExtent(product(extents).value_or(Extent(1)));
}

static Value typeOf(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x = tensorArgument(evaluator, call);
  return x ? Value::ofType(x->element) : Value::poison();
}

/// Whether the elements are floats; numbers and dimensions count as such.
static Value isFloatTensor(Evaluator &evaluator, BuiltinCall &call) {
  const Value &x = call.arguments.at("x").first;
  return Value::ofBool(!x.isTensor() || isFloat(x.tensor.element));
}

static Value isList(Evaluator &, BuiltinCall &call) {
  return Value::ofBool(call.arguments.at("x").first.is(ValueKind::List));
}

static Value len(Evaluator &evaluator, BuiltinCall &call) {
  const Value &x = call.arguments.at("x").first;
  if (x.is(ValueKind::List))
    return Value::ofInt(x.elements->size());
  return evaluator.error(call.range("x"),
                         "'len' wants a list, not " + describe(x),
                         x.isTensor() ? "size(x, axis) is a tensor's" : "");
}

/// Stops with the message where a condition of a layer does not hold.
static Value require(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<bool> holds =
      evaluator.truthOf(call.arguments.at("condition").first,
                        call.range("condition"), "'require'");
  if (!holds || *holds)
    return holds ? Value::none() : Value::poison();
  const Value &message = call.arguments.at("message").first;
  const Value *place = call.get("x");
  Range range = place ? call.range("x") : call.expr.pointAt;
  std::string text = message.text;
  if (place && place->isTensor())
    text += ", not " + toString(place->tensor);
  evaluator.error(range, text);
  // What follows would only say it again.
  if (evaluator.frame && evaluator.frame->function) {
    evaluator.frame->hasReturned = true;
    evaluator.frame->returned = Value::poison();
  }
  return Value::poison();
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

/// For each dimension with `batch`, the dimensions before it.
static llvm::SmallVector<Extent> outsideBatch(llvm::ArrayRef<Extent> shape) {
  llvm::SmallVector<Extent> result;
  Extent before;
  for (const Extent &extent : shape) {
    if (extent.hasBatch())
      result.push_back(before);
    before = before.times(extent).value_or(before);
  }
  return result;
}

static Value reshape(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x = tensorArgument(evaluator, call);
  const Value &list = call.arguments.at("shape").first;
  if (!x || list.isPoison())
    return Value::poison();
  if (!list.is(ValueKind::List))
    return evaluator.error(call.range("shape"),
                           "a shape is a list of dimensions, not " +
                               describe(list),
                           "reshape(x, [batch, 784])");
  Extent all = product(x->shape).value_or(Extent(1)), known;
  Extents shape;
  int open = -1;
  for (const Value &element : *list.elements) {
    if (element.is(ValueKind::Int) && element.integer == -1) {
      if (open >= 0)
        return evaluator.error(call.range("shape"),
                               "one dimension at most is left open by -1");
      open = shape.size();
      shape.push_back(Extent(1));
      continue;
    }
    std::optional<Extent> extent =
        evaluator.extentOf(element, call.range("shape"));
    if (!extent)
      return Value::poison();
    shape.push_back(*extent);
    known = known.times(*extent).value_or(known);
  }
  std::optional<Extent> rest = all.dividedBy(known);
  bool bothHaveBatch =
      rest && open >= 0 && rest->hasBatch() && known.hasBatch();
  if (!rest || bothHaveBatch ||
      (open < 0 && !(product(shape) == all || rest->isOne())))
    return evaluator.error(
        Diagnostic(
            call.range("shape"),
            "shape " + toString(x->shape) + " of " + all.str() +
                " elements cannot become " +
                (open >= 0 ? "a shape with " : toString(shape) + " of ") +
                known.str() +
                (open >= 0 ? " times a whole number" : " elements"))
            .note(call.range("x"), "this is " + toString(*x)));
  if (open >= 0)
    shape[open] = *rest;
  // Fewer rows than `batch` may be given: they fill the front of their
  // dimension, and a reshape that took them apart would mix in what lies
  // behind.
  if (outsideBatch(x->shape) != outsideBatch(shape))
    return evaluator.error(
        Diagnostic(call.range("shape"), "the rows of " + toString(x->shape) +
                                            " would not stay together in " +
                                            toString(shape))
            .note(call.range("x"), "this is " + toString(*x))
            .withHint("a reshape keeps what stands before 'batch'; 'transpose' "
                      "moves dimensions"));
  return Value::ofTensor(evaluator.emitter->reshape(*x, shape));
}

static Value transpose(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x = tensorArgument(evaluator, call);
  if (!x)
    return Value::poison();
  llvm::SmallVector<int64_t> permutation;
  const Value *axes = call.get("axes");
  if (!axes) {
    for (unsigned i = x->rank(); i-- > 0;)
      permutation.push_back(i);
  } else {
    if (!axes->is(ValueKind::List) || axes->elements->size() != x->rank())
      return evaluator.error(call.range("axes"),
                             "'transpose' wants a list of all " +
                                 llvm::Twine(x->rank()) + " axes");
    for (const Value &element : *axes->elements) {
      std::optional<int64_t> axis =
          evaluator.wholeOf(element, call.range("axes"), "an axis");
      if (axis)
        axis = evaluator.axisOf(*axis, call.range("axes"), x->rank());
      if (!axis)
        return Value::poison();
      if (llvm::is_contained(permutation, *axis))
        return evaluator.error(call.range("axes"), "axis " +
                                                       llvm::Twine(*axis) +
                                                       " is named twice");
      permutation.push_back(*axis);
    }
  }
  return Value::ofTensor(evaluator.emitter->transpose(*x, permutation));
}

static Value concat(Evaluator &evaluator, BuiltinCall &call) {
  const Value &list = call.arguments.at("xs").first;
  Range range = call.range("xs");
  if (!list.is(ValueKind::List) || list.elements->empty())
    return evaluator.error(
        range, "'concat' wants a list of tensors, not " + describe(list),
        "concat([a, b], axis = 1)");
  llvm::SmallVector<Tensor> tensors;
  for (const Value &element : *list.elements) {
    std::optional<Tensor> tensor = evaluator.tensorOf(element, range);
    if (!tensor)
      return Value::poison();
    tensors.push_back(*tensor);
  }
  const Value *given = call.get("axis");
  std::optional<int64_t> axis =
      given ? evaluator.wholeOf(*given, call.range("axis"), "an axis") : 0;
  if (axis)
    axis = evaluator.axisOf(*axis, call.range("axis"), tensors[0].rank());
  if (!axis)
    return Value::poison();
  Extents shape = tensors[0].shape;
  int64_t total = 0;
  for (const Tensor &tensor : tensors) {
    bool fits =
        tensor.rank() == shape.size() && tensor.element == tensors[0].element;
    for (unsigned i = 0; fits && i < shape.size(); ++i)
      fits = i == *axis || tensor.shape[i] == shape[i];
    if (!fits)
      return evaluator.error(
          range, toString(tensors[0]) + " and " + toString(tensor) +
                     " cannot be joined along axis " + llvm::Twine(*axis));
    if (!tensor.shape[*axis].isNumber())
      return evaluator.error(call.range("axis"),
                             "tensors cannot be joined along the dimension " +
                                 tensor.shape[*axis].str());
    total += tensor.shape[*axis].factor();
  }
  shape[*axis] = Extent(total);
  if (!evaluator.checkSize(shape, tensors[0].element, range))
    return Value::poison();
  return Value::ofTensor(evaluator.emitter->concat(*axis, tensors, shape));
}

static Value broadcastTo(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Extents> wanted =
      evaluator.shapeOf(call.arguments.at("shape").first, call.range("shape"));
  std::optional<Tensor> x = tensorArgument(evaluator, call);
  if (!x || !wanted ||
      !evaluator.checkSize(*wanted, x->element, call.range("shape")))
    return Value::poison();
  Tensor target{{}, x->element, *wanted};
  std::optional<Extents> shape = evaluator.broadcastShapes(
      {target, *x}, {call.range("shape"), call.range("x")}, call.expr.pointAt,
      "'broadcast_to'");
  if (!shape)
    return Value::poison();
  if (*shape != *wanted)
    return evaluator.error(call.range("x"), toString(x->shape) +
                                                " does not broadcast to " +
                                                toString(*wanted));
  return Value::ofTensor(evaluator.emitter->broadcast(*x, *wanted));
}

/// Without the dimensions of size 1, or without those of them that are named.
static Value squeeze(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x = tensorArgument(evaluator, call);
  if (!x)
    return Value::poison();
  const Value *given = call.get("axis");
  auto axes = evaluator.axesOf(given, call.range("axis"), *x);
  if (!axes)
    return Value::poison();
  Extents shape;
  for (auto [axis, extent] : llvm::enumerate(x->shape)) {
    bool isNamed = llvm::is_contained(*axes, int64_t(axis));
    if (isNamed && given && !extent.isOne())
      return evaluator.error(call.range("axis"), "axis " + llvm::Twine(axis) +
                                                     " of " + toString(*x) +
                                                     " is not of size 1");
    if (!isNamed || !extent.isOne())
      shape.push_back(extent);
  }
  return Value::ofTensor(evaluator.emitter->reshape(*x, shape));
}

/// With a new dimension of size 1, which stands at `axis` then.
static Value expand(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x = tensorArgument(evaluator, call);
  if (!x)
    return Value::poison();
  std::optional<int64_t> axis = evaluator.wholeOf(
      call.arguments.at("axis").first, call.range("axis"), "an axis");
  if (axis)
    axis = evaluator.axisOf(*axis, call.range("axis"), x->rank() + 1);
  if (!axis)
    return Value::poison();
  Extents shape = x->shape;
  shape.insert(shape.begin() + *axis, Extent(1));
  return Value::ofTensor(evaluator.emitter->reshape(*x, shape));
}

/// The list of parts: so many equal ones, or of these sizes.
static Value split(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x = tensorArgument(evaluator, call);
  const Value &parts = call.arguments.at("parts").first;
  if (!x || parts.isPoison())
    return Value::poison();
  const Value *given = call.get("axis");
  Range range = call.range("parts");
  std::optional<int64_t> axis =
      given ? evaluator.wholeOf(*given, call.range("axis"), "an axis") : 0;
  if (axis)
    axis = evaluator.axisOf(*axis, given ? call.range("axis") : call.range("x"),
                            x->rank());
  if (!axis)
    return Value::poison();
  const Extent &extent = x->shape[*axis];
  if (!extent.isNumber())
    return evaluator.error(given ? call.range("axis") : call.range("x"),
                           "the dimension " + extent.str() + " of " +
                               toString(*x) + " cannot be split");
  std::vector<int64_t> sizes;
  int64_t all = extent.factor(), total = 0;
  if (parts.is(ValueKind::List)) {
    for (const Value &element : *parts.elements) {
      auto size = evaluator.wholeOf(element, range, "the size of a part");
      if (!size)
        return Value::poison();
      if (*size < 1)
        return evaluator.error(range, "a part is of size 1 at least, not " +
                                          llvm::Twine(*size));
      sizes.push_back(*size);
      total += std::min(*size, all + 1 - std::min(total, all));
    }
  } else {
    auto count = evaluator.wholeOf(parts, range, "a number of parts");
    if (!count)
      return Value::poison();
    if (*count >= 1 && all % *count == 0) {
      sizes.assign(*count, all / *count);
      total = all;
    }
  }
  if (total != all)
    return evaluator.error(
        Diagnostic(range, "a dimension of " + extent.str() +
                              " cannot be split into these parts")
            .note(call.range("x"), "this is " + toString(*x))
            .withHint("a list gives the sizes: split(x, [1, 2], axis = 1)"));
  llvm::SmallVector<int64_t> offsets(x->rank(), 0), strides(x->rank(), 1);
  std::vector<Value> results;
  for (int64_t size : sizes) {
    Extents shape = x->shape;
    shape[*axis] = Extent(size);
    llvm::SmallVector<int64_t> extents;
    for (const Extent &each : shape)
      extents.push_back(evaluator.emitter->sizeOf(each));
    results.push_back(Value::ofTensor(
        evaluator.emitter->slice(*x, offsets, extents, strides, shape)));
    offsets[*axis] += size;
  }
  return Value::ofList(std::move(results));
}

static mlir::Type typeArgument(Evaluator &evaluator, BuiltinCall &call,
                               mlir::Type otherwise) {
  const Value *type = call.get("type");
  if (!type)
    return otherwise;
  if (type->is(ValueKind::Type))
    return type->type;
  evaluator.error(call.range("type"),
                  "a type is a name such as f32, not " + describe(*type));
  return {};
}

/// Every element is its index along the axis.
static Value iota(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Extents> shape =
      evaluator.shapeOf(call.arguments.at("shape").first, call.range("shape"));
  if (!shape)
    return Value::poison();
  if (!evaluator.emitter)
    return evaluator.error(call.expr.pointAt, "a constant is no tensor",
                           "lists of numbers are constants");
  const Value *given = call.get("axis");
  std::optional<int64_t> axis =
      given ? evaluator.wholeOf(*given, call.range("axis"), "an axis") : 0;
  if (axis)
    axis = evaluator.axisOf(*axis, call.range("axis"), shape->size());
  mlir::Type element = typeArgument(
      evaluator, call, evaluator.emitter->getBuilder().getI32Type());
  if (!axis || !element ||
      !evaluator.checkSize(*shape, element, call.range("shape")))
    return Value::poison();
  return Value::ofTensor(evaluator.emitter->iota(*axis, element, *shape));
}

static Value full(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Extents> shape =
      evaluator.shapeOf(call.arguments.at("shape").first, call.range("shape"));
  if (!shape)
    return Value::poison();
  if (!evaluator.emitter)
    return evaluator.error(call.expr.pointAt, "a constant is no tensor",
                           "lists of numbers are constants");
  mlir::Type element = typeArgument(
      evaluator, call, evaluator.emitter->getBuilder().getF32Type());
  if (!element || !evaluator.checkSize(*shape, element, call.range("shape")))
    return Value::poison();
  std::optional<Tensor> value = evaluator.tensorOf(
      call.arguments.at("value").first, call.range("value"), element);
  if (!value)
    return Value::poison();
  if (value->rank())
    return evaluator.error(call.range("value"),
                           "'full' repeats a scalar, not " + toString(*value));
  return Value::ofTensor(evaluator.emitter->broadcast(
      evaluator.emitter->cast(*value, element), *shape));
}

llvm::ArrayRef<Builtin> dlcc::dlm::shapeBuiltins() {
  static const Builtin table[] = {
      {"broadcast_to", "x shape", broadcastTo},
      {"concat", "xs axis?", concat},
      {"count", "x axis?", count},
      {"expand", "x axis", expand},
      {"full", "shape value type?", full},
      {"iota", "shape axis? type?", iota},
      {"is_float", "x", isFloatTensor},
      {"is_list", "x", isList},
      {"len", "x", len},
      {"rank", "x", rank},
      {"require", "condition message x?", require},
      {"reshape", "x shape", reshape},
      {"shape", "x", shape},
      {"size", "x axis", size},
      {"split", "x parts axis?", split},
      {"squeeze", "x axis?", squeeze},
      {"transpose", "x axes?", transpose},
      {"type_of", "x", typeOf},
  };
  return table;
}
