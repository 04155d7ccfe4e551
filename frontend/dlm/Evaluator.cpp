//===- Evaluator.cpp - errors, places and what builtins ask for -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Evaluator.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace dlcc::dlm;

void Scope::bind(const Name &name, Value value) {
  auto [it, isNew] = names.try_emplace(name.text);
  if (isNew)
    order.push_back(name.text);
  it->second = {std::move(value), name.range};
}

Scope::Binding *Scope::find(const std::string &name) {
  for (Scope *scope = this; scope; scope = scope->parent)
    if (auto it = scope->names.find(name); it != scope->names.end())
      return &it->second;
  return nullptr;
}

Evaluator::Evaluator(Program &program, const DimensionTable &dims,
                     Variables *variables, Emitter *emitter)
    : program(program), dims(dims), variables(variables), emitter(emitter) {}

//===----------------------------------------------------------------------===//
// Errors and places
//===----------------------------------------------------------------------===//

/// A place in the prelude means nothing to a user: where it is a parameter,
/// the argument's text stands for it, else the call.
Range Evaluator::userPlace(Range range) const {
  for (const Frame *at = frame; at && program.sources.isPrelude(range);
       at = at->parent) {
    if (at->isScan)
      continue;
    auto argument = at->arguments.find(program.sources.text(range).str());
    range = argument != at->arguments.end() ? argument->second : at->call;
  }
  return range;
}

Value Evaluator::error(Diagnostic &&diagnostic) {
  Range inner = diagnostic.range;
  // What the rest of a layer would say follows from this.
  Frame *function = frame;
  while (function && function->isScan)
    function = function->parent;
  if (function && function->function &&
      program.sources.isPrelude(function->function->name.range))
    for (Frame *at = frame;; at = at->parent) {
      at->hasReturned = true;
      at->returned = Value::poison();
      if (at == function)
        break;
    }
  diagnostic.range = userPlace(inner);
  for (auto &[place, text] : diagnostic.notes)
    place = userPlace(place);
  // Notes that fell on the place of the error say nothing more.
  llvm::erase_if(diagnostic.notes, [&](const auto &note) {
    return note.first == diagnostic.range && program.sources.isPrelude(inner);
  });
  // The functions of the user that stand between.
  for (const Frame *at = frame; at; at = at->parent)
    if (at->function && !program.sources.isPrelude(at->function->name.range) &&
        !program.sources.isPrelude(at->call))
      diagnostic.notes.emplace_back(
          at->call, "in this call of '" + at->function->name.text + "'");
  program.diagnostics.report(diagnostic);
  return Value::poison();
}

Value Evaluator::error(Range range, const llvm::Twine &text,
                       llvm::StringRef hint) {
  return error(Diagnostic(range, text).withHint(hint));
}

/// Bounds the work of a text that computes for ever.
bool Evaluator::takeSteps(Range range, uint64_t count) {
  constexpr uint64_t kMaxSteps = 300000;
  if (exhausted)
    return false;
  steps += count;
  if (steps <= kMaxSteps)
    return true;
  exhausted = true;
  error(range, "the model takes more than 300,000 steps to evaluate",
        "a loop here is unrolled at compile time");
  return false;
}

/// Ops carry the user's line, and the path of the call as their name: up to
/// the first function of the prelude, whose insides are not the user's.
void Evaluator::locate(const Expr &expr) {
  if (!emitter)
    return;
  Place at = program.sources.place(userPlace(expr.pointAt));
  mlir::Location loc =
      mlir::FileLineColLoc::get(&program.context, at.path, at.line, at.column);
  const Frame *outer = frame;
  while (outer && outer->parent && (outer->function || outer->isScan) &&
         program.sources.isPrelude(outer->call))
    outer = outer->parent;
  std::string path;
  if (outer && outer->path)
    path = outer->path->describe();
  if (path.empty() && !bindingName.empty())
    path = bindingName;
  if (!path.empty())
    loc =
        mlir::NameLoc::get(mlir::StringAttr::get(&program.context, path), loc);
  emitter->setLocation(loc);
}

//===----------------------------------------------------------------------===//
// What builtins ask for
//===----------------------------------------------------------------------===//

std::optional<int64_t> Evaluator::wholeOf(const Value &value, Range range,
                                          llvm::StringRef what) {
  if (value.isPoison())
    return std::nullopt;
  if (value.is(ValueKind::Int))
    return value.integer;
  // Constants mix freely: sqrt(64) is 8.
  if (value.is(ValueKind::Float) && value.number == std::floor(value.number) &&
      std::abs(value.number) < 9e15)
    return static_cast<int64_t>(value.number);
  if (value.is(ValueKind::Dim) && !value.extent.hasBatch())
    return dims.size(value.extent);
  error(range, what + " is a whole number known at compile time, not " +
                   describe(value));
  return std::nullopt;
}

std::optional<double> Evaluator::numberOf(const Value &value, Range range,
                                          llvm::StringRef what) {
  if (value.isPoison())
    return std::nullopt;
  if (value.isNumber())
    return value.number;
  error(range,
        what + " is a number known at compile time, not " + describe(value));
  return std::nullopt;
}

std::optional<bool> Evaluator::truthOf(const Value &value, Range range,
                                       llvm::StringRef what) {
  if (value.isPoison())
    return std::nullopt;
  if (value.is(ValueKind::Bool))
    return value.truth;
  error(range,
        what + " is decided at compile time by true or false, not by " +
            describe(value),
        value.isTensor() ? "for tensors there is where(condition, a, b)" : "");
  return std::nullopt;
}

std::optional<Extent> Evaluator::extentOf(const Value &value, Range range) {
  if (value.is(ValueKind::Dim)) {
    if (!value.extent.hasBatchTwice())
      return value.extent;
    error(range, "a dimension holds 'batch' once, not " + value.extent.str(),
          "fewer rows may be given, which would leave gaps in it");
    return std::nullopt;
  }
  std::optional<int64_t> size = wholeOf(value, range, "a dimension");
  if (!size)
    return std::nullopt;
  if (*size >= 1)
    return Extent(*size);
  error(range, "a dimension is at least 1, not " + llvm::Twine(*size));
  return std::nullopt;
}

std::optional<Extents> Evaluator::shapeOf(const Value &value, Range range) {
  if (value.isPoison())
    return std::nullopt;
  if (!value.is(ValueKind::List)) {
    error(range, "a shape is a list of dimensions, not " + describe(value),
          "[10] is the shape of a vector of ten");
    return std::nullopt;
  }
  Extents shape;
  for (const Value &element : *value.elements) {
    std::optional<Extent> extent =
        extentOf(element, element.place.end ? element.place : range);
    if (!extent)
      return std::nullopt;
    shape.push_back(*extent);
  }
  return shape;
}

std::optional<int64_t> Evaluator::axisOf(int64_t axis, Range range,
                                         unsigned rank) {
  if (axis >= -int64_t(rank) && axis < int64_t(rank))
    return axis < 0 ? axis + rank : axis;
  error(range, "there is no axis " + llvm::Twine(axis) + " in a tensor of " +
                   llvm::Twine(rank) + (rank == 1 ? " axis" : " axes"));
  return std::nullopt;
}

std::optional<llvm::SmallVector<int64_t>>
Evaluator::axesOf(const Value *value, Range range, const Tensor &tensor) {
  llvm::SmallVector<int64_t> axes;
  if (!value) {
    for (unsigned i = 0; i < tensor.rank(); ++i)
      axes.push_back(i);
    return axes;
  }
  std::vector<Value> given = {*value};
  if (value->is(ValueKind::List))
    given = *value->elements;
  for (const Value &element : given) {
    std::optional<int64_t> axis = wholeOf(element, range, "an axis");
    if (axis)
      axis = axisOf(*axis, range, tensor.rank());
    if (!axis)
      return std::nullopt;
    if (llvm::is_contained(axes, *axis)) {
      error(range, "axis " + llvm::Twine(*axis) + " is named twice");
      return std::nullopt;
    }
    axes.push_back(*axis);
  }
  llvm::sort(axes);
  return axes;
}

std::optional<Tensor> Evaluator::tensorOf(const Value &value, Range range,
                                          mlir::Type element) {
  if (value.isPoison())
    return std::nullopt;
  if (!emitter) {
    error(range, "a constant is computed from constants, not from tensors");
    return std::nullopt;
  }
  mlir::Builder &builder = emitter->getBuilder();
  if (value.isTensor()) {
    if (emitter->owns(value.tensor.value))
      return value.tensor;
    error(range, "this value of the model cannot be used here",
          "initialisers and reports are computed apart from the model");
    return std::nullopt;
  }
  if (value.is(ValueKind::Dim))
    return emitter->extent(value.extent,
                           element ? element : builder.getF32Type());
  if (value.is(ValueKind::List) && !value.elements->empty() &&
      llvm::all_of(*value.elements,
                   [](const Value &v) { return v.isNumber(); })) {
    // A list of numbers is a vector: [0.49, 0.48, 0.45].
    mlir::Type type = element ? element : builder.getF32Type();
    llvm::SmallVector<Tensor> parts;
    for (const Value &number : *value.elements) {
      std::optional<Tensor> part = tensorOf(number, range, type);
      if (!part)
        return std::nullopt;
      parts.push_back(emitter->reshape(*part, {Extent(1)}));
    }
    if (parts.size() == 1)
      return parts[0];
    return emitter->concat(0, parts, {Extent(parts.size())});
  }
  if (value.isNumber()) {
    mlir::Type type = element ? element : builder.getF32Type();
    if (isFloat(type))
      return emitter->number(value.number, type);
    if (isBool(type)) {
      error(range, describe(value) + " cannot become bool",
            "f32(x) makes a number of a bool");
      return std::nullopt;
    }
    if (value.is(ValueKind::Float)) {
      error(range, describe(value) + " cannot become " + nameOf(type),
            "f32(x) converts the other side");
      return std::nullopt;
    }
    unsigned width = type.getIntOrFloatBitWidth();
    bool fits = type.isUnsignedInteger()
                    ? value.integer >= 0 && llvm::isUIntN(width, value.integer)
                    : llvm::isIntN(width, value.integer);
    if (fits)
      return emitter->integer(value.integer, type);
    error(range, describe(value) + " does not fit into " + nameOf(type));
    return std::nullopt;
  }
  if (value.is(ValueKind::Bool)) {
    mlir::Type type = element ? element : builder.getI1Type();
    if (isBool(type))
      return emitter->integer(value.truth, type);
  }
  error(range, "expected a tensor, found " + describe(value));
  return std::nullopt;
}

bool Evaluator::checkSize(const Extents &shape, mlir::Type element,
                          Range range) {
  constexpr int64_t kMaxBytes = int64_t(1) << 40;
  std::optional<Extent> elements = product(shape);
  int64_t bytes = (element.getIntOrFloatBitWidth() + 7) / 8;
  if (elements && dims.size(*elements) <= kMaxBytes / bytes)
    return true;
  error(range,
        nameOf(element) + toString(shape) + " takes more than 2^40 bytes",
        "no machine holds it; is a dimension wrong?");
  return false;
}

std::optional<Extents>
Evaluator::broadcastShapes(llvm::ArrayRef<Tensor> tensors,
                           llvm::ArrayRef<Range> ranges, Range where,
                           llvm::StringRef what) {
  Extents result;
  for (auto [number, tensor] : llvm::enumerate(tensors)) {
    if (tensor.rank() > result.size())
      result.insert(result.begin(), tensor.rank() - result.size(), Extent(1));
    for (unsigned i = 0; i < tensor.rank(); ++i) {
      Extent &into = result[result.size() - tensor.rank() + i];
      if (into.isOne())
        into = tensor.shape[i];
      if (into == tensor.shape[i] || tensor.shape[i].isOne())
        continue;
      Diagnostic diagnostic(where, "shapes " + toString(tensors[0].shape) +
                                       " and " + toString(tensor.shape) +
                                       " of " + what +
                                       " do not fit: " + into.str() + " and " +
                                       tensor.shape[i].str() + " differ");
      diagnostic.notes.emplace_back(ranges[0],
                                    "this is " + toString(tensors[0]));
      diagnostic.notes.emplace_back(ranges[number],
                                    "this is " + toString(tensor));
      diagnostic.hint = "dimensions are compared from the last one; each pair "
                        "is equal, or one of it is 1";
      error(std::move(diagnostic));
      return std::nullopt;
    }
  }
  return result;
}

bool Evaluator::unify(llvm::MutableArrayRef<Value> operands,
                      llvm::ArrayRef<Range> ranges, Range where,
                      llvm::StringRef what) {
  mlir::Type element;
  Range first = where;
  for (auto [value, range] : llvm::zip(operands, ranges)) {
    if (value.isPoison())
      return false;
    if (!value.isTensor())
      continue;
    if (element && element != value.tensor.element) {
      Diagnostic diagnostic(
          where, "operands of " + what + " have different types, " +
                     nameOf(element) + " and " + nameOf(value.tensor.element));
      diagnostic.notes.emplace_back(first, "this is " + nameOf(element));
      diagnostic.notes.emplace_back(range, "this is " + toString(value.tensor));
      diagnostic.hint =
          "convert one of them: " +
          nameOf(isFloat(element) ? element : value.tensor.element) + "(x)";
      error(std::move(diagnostic));
      return false;
    }
    if (!element)
      first = range;
    element = value.tensor.element;
  }
  llvm::SmallVector<Tensor> tensors;
  for (auto [value, range] : llvm::zip(operands, ranges)) {
    std::optional<Tensor> tensor = tensorOf(value, range, element);
    if (!tensor)
      return false;
    if (!element)
      element = tensor->element;
    tensors.push_back(*tensor);
  }
  std::optional<Extents> shape = broadcastShapes(tensors, ranges, where, what);
  if (!shape || !checkSize(*shape, element, where))
    return false;
  for (auto [value, tensor] : llvm::zip(operands, tensors))
    value = Value::ofTensor(emitter->broadcast(tensor, *shape));
  return true;
}

VariableInfo *Evaluator::findVariable(const std::string &name) {
  auto it = variables->table.find(name);
  return it == variables->table.end() ? nullptr : &it->second;
}
