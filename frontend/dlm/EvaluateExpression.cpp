//===- EvaluateExpression.cpp - names, members, lists and indices ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Evaluator.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"

#include <cmath>
#include <limits>

using namespace dlcc;
using namespace dlcc::dlm;
using llvm::StringRef;

Value Evaluator::evaluate(const Expr &expr, Scope &scope) {
  Value value = evaluateRaw(expr, scope);
  if (!value.is(ValueKind::Variable))
    return value;
  locate(expr);
  return Value::ofTensor(emitter->read(*findVariable(value.text)));
}

Value Evaluator::evaluateRaw(const Expr &expr, Scope &scope) {
  constexpr unsigned kMaxDepth = 600;
  if (!takeSteps(expr.pointAt))
    return Value::poison();
  if (depth >= kMaxDepth)
    return error(expr.pointAt, "calls and expressions are nested too deeply");
  ++depth;
  llvm::scope_exit leave([&] { --depth; });
  switch (expr.kind) {
  case ExprKind::Error:
    return Value::poison();
  case ExprKind::Integer:
    return Value::ofInt(expr.integer);
  case ExprKind::Float:
    return Value::ofFloat(expr.number);
  case ExprKind::String:
    return Value::ofString(expr.text);
  case ExprKind::Bool:
    return Value::ofBool(expr.truth);
  case ExprKind::None:
    return Value::none();
  case ExprKind::Scan:
    return evaluateScan(expr, scope);
  case ExprKind::Name:
    return evaluateName(expr, scope);
  case ExprKind::Member:
    return evaluateMember(expr, scope);
  case ExprKind::Index:
    return evaluateIndex(expr, scope);
  case ExprKind::Call: {
    const Expr &callee = *expr.operands[0];
    if (callee.kind == ExprKind::Member)
      return callMember(expr, scope);
    return callFunction(evaluateRaw(callee, scope), expr, scope);
  }
  case ExprKind::Unary: {
    Value operand = evaluate(*expr.operands[0], scope);
    locate(expr);
    return unary(expr.text, operand, expr);
  }
  case ExprKind::Binary: {
    Value lhs = evaluate(*expr.operands[0], scope);
    // `a and b` is decided by a alone where it can be.
    if (lhs.is(ValueKind::Bool) && (expr.text == "and" || expr.text == "or") &&
        lhs.truth == (expr.text == "or"))
      return lhs;
    Value rhs = evaluate(*expr.operands[1], scope);
    locate(expr);
    return binary(expr.text, lhs, rhs, expr);
  }
  case ExprKind::Ternary: {
    std::optional<bool> condition = truthOf(evaluate(*expr.operands[0], scope),
                                            expr.operands[0]->range, "'? :'");
    if (!condition)
      return Value::poison();
    return evaluate(*expr.operands[*condition ? 1 : 2], scope);
  }
  case ExprKind::Range: {
    Value begin = evaluate(*expr.operands[0], scope);
    Value end = evaluate(*expr.operands[1], scope);
    std::optional<int64_t> from =
        wholeOf(begin, expr.operands[0]->range, "the beginning of a range");
    std::optional<int64_t> to =
        wholeOf(end, expr.operands[1]->range, "the end of a range");
    if (!from || !to)
      return Value::poison();
    Value range = Value::ofList({Value::ofInt(*from), Value::ofInt(*to)});
    range.kind = ValueKind::Range;
    return range;
  }
  case ExprKind::List: {
    std::vector<Value> elements;
    for (const Expr *element : expr.operands) {
      elements.push_back(evaluate(*element, scope));
      elements.back().place = element->range;
      if (elements.back().isPoison())
        return Value::poison();
    }
    return Value::ofList(std::move(elements));
  }
  case ExprKind::Duration: {
    Value amount = evaluate(*expr.operands[0], scope);
    amount.kind = ValueKind::Duration;
    amount.text = expr.text;
    if (amount.number <= 0)
      return error(expr.range, "a duration is longer than nothing");
    return amount;
  }
  }
  return Value::poison();
}

/// Step and epoch as floats, for schedules. Where gradients are accumulated, a
/// step is an update, and the epoch that of its first call.
Value Evaluator::readControl(StringRef name, const Expr &expr) {
  if (!inTraining || !emitter)
    return error(expr.range,
                 "'" + name + "' can be read in a training block only");
  mlir::Type f32 = emitter->getBuilder().getF32Type();
  mlir::Type i64 = emitter->getBuilder().getI64Type();
  Tensor step = emitter->control("$step", i64);
  auto calls = [&] { return emitter->integer(callsPerStep, i64); };
  if (callsPerStep > 1)
    step = emitter->binary<dlc::DivOp>(step, calls());
  if (name == "step")
    return Value::ofTensor(emitter->cast(step, f32));
  readsEpoch = true;
  if (callsPerStep > 1)
    step = emitter->binary<dlc::MulOp>(step, calls());
  Tensor length = emitter->cast(emitter->control("$steps_per_epoch", i64), f32);
  return Value::ofTensor(
      emitter->binary<dlc::DivOp>(emitter->cast(step, f32), length));
}

Value Evaluator::evaluateName(const Expr &expr, Scope &scope) {
  const std::string &name = expr.text;
  if (Scope::Binding *binding = scope.find(name))
    return binding->value;
  bool inPrelude = program.sources.isPrelude(expr.range);
  auto functionNamed = [&](const auto &table) -> std::optional<Value> {
    auto it = table.find(name);
    if (it == table.end())
      return std::nullopt;
    Value value;
    value.kind = ValueKind::Function;
    value.function = it->second;
    return value;
  };
  if (!inPrelude) {
    if (auto it = program.constants.find(name); it != program.constants.end())
      return it->second.value;
    if (std::optional<Value> value = functionNamed(program.functions))
      return *value;
    if (dims.contains(name))
      return Value::ofExtent(dims.lookup(name));
  }
  if (name == "training") {
    if (emitter)
      return Value::ofBool(emitter->isTraining());
    return error(expr.range, "'training' is known inside a model only");
  }
  if (name == "step" || name == "epoch") {
    locate(expr);
    return readControl(name, expr);
  }
  if (name == "pi")
    return Value::ofFloat(M_PI);
  if (name == "inf")
    return Value::ofFloat(std::numeric_limits<double>::infinity());
  if (name == "nan")
    return Value::ofFloat(std::numeric_limits<double>::quiet_NaN());
  if (std::optional<Value> value = functionNamed(program.preludeFunctions))
    return *value;
  if (const Builtin *builtin = findBuiltin(name)) {
    Value value;
    value.kind = ValueKind::Function;
    value.builtin = builtin;
    return value;
  }
  if (mlir::Type type = typeNamed(&program.context, name))
    return Value::ofType(type);
  // Said once: later uses of the name follow from this one.
  scope.bind({name, expr.range}, Value::poison());
  std::string near = suggestion(name, scope);
  if (name == "batch")
    return error(expr.range, "no input has a dimension 'batch'",
                 "write it in the model's signature: x: f32[batch, 10]");
  if (name == "vocabulary" || name == "classes")
    return error(expr.range, "no input has a dimension '" + name + "'",
                 "where it bounds an input, dlcc train knows it from the data: "
                 "x: i32[batch] < " +
                     name);
  return error(expr.range, "nothing here is called '" + name + "'",
               near.empty() ? "" : "did you mean '" + near + "'?");
}

Value Evaluator::evaluateMember(const Expr &expr, Scope &scope) {
  Value base = evaluateRaw(*expr.operands[0], scope);
  if (base.isPoison())
    return base;
  std::string path;
  if (base.is(ValueKind::Function) && base.layer)
    path = base.layer->path->path();
  else if (base.is(ValueKind::Member))
    path = base.text;
  else
    return error(expr.pointAt,
                 describe(base) + " has no part '" + expr.text + "'",
                 partHint(base, expr.text, scope));
  path += "." + expr.text;
  if (variables && made.count(path)) {
    Value value = Value::ofString(path);
    value.kind = ValueKind::Variable;
    return value;
  }
  bool isPrefix = llvm::any_of(made, [&](const auto &entry) {
    return StringRef(entry.first).starts_with(path + ".");
  });
  if (!isPrefix)
    return error(expr.pointAt, "there is no parameter '" + path + "' yet",
                 "a layer has parameters once it was called");
  Value value = Value::ofString(path);
  value.kind = ValueKind::Member;
  return value;
}

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

Value Evaluator::evaluateIndex(const Expr &expr, Scope &scope) {
  Value base = evaluate(*expr.operands[0], scope);
  if (base.isPoison())
    return base;
  if (base.isTensor()) {
    std::optional<Tensor> tensor = tensorOf(base, expr.operands[0]->range);
    return tensor ? indexTensor(*tensor, expr, scope) : Value::poison();
  }
  if (!base.is(ValueKind::List))
    return error(expr.operands[0]->range,
                 describe(base) + " cannot be indexed");
  if (expr.items.size() != 1 || expr.items[0].isSlice ||
      expr.items[0].isEllipsis)
    return error(expr.pointAt, "a list is indexed by one whole number");
  const Expr &item = *expr.items[0].begin;
  std::optional<int64_t> index =
      wholeOf(evaluate(item, scope), item.range, "an index");
  if (!index)
    return Value::poison();
  int64_t size = base.elements->size();
  if (*index < -size || *index >= size)
    return error(item.range, "index " + llvm::Twine(*index) +
                                 " is outside a list of " + llvm::Twine(size));
  return (*base.elements)[*index < 0 ? *index + size : *index];
}

/// One axis' begin, size and step; false after an error.
bool Evaluator::sliceAxis(const IndexItem &item, Scope &scope,
                          const Extent &extent, int64_t &offset, int64_t &size,
                          int64_t &stride) {
  int64_t whole = dims.size(extent);
  int64_t begin = 0, end = whole;
  stride = 1;
  bool isWhole = item.isSlice && !item.begin && !item.end && !item.step;
  if (!isWhole && !extent.isNumber() && extent.hasBatch()) {
    error(item.range,
          "the dimension " + extent.str() +
              " holds the rows given, which are known at run time "
              "only; it is taken whole",
          "write ':' for it");
    return false;
  }
  auto part = [&](Expr *expr, int64_t &into, StringRef what) {
    if (!expr)
      return true;
    Value value = evaluate(*expr, scope);
    if (value.isTensor()) {
      error(expr->range,
            what + " is a whole number known at compile time, not " +
                toString(value.tensor),
            item.isSlice ? ""
                         : "gather(x, index, axis) takes elements by a tensor "
                           "of indices");
      return false;
    }
    std::optional<int64_t> number = wholeOf(value, expr->range, what);
    if (number)
      into = *number;
    return number.has_value();
  };
  if (!item.isSlice) {
    if (!part(item.begin, begin, "an index"))
      return false;
    if (begin < -whole || begin >= whole) {
      error(item.range, "index " + llvm::Twine(begin) +
                            " is outside the dimension " + extent.str());
      return false;
    }
    offset = begin < 0 ? begin + whole : begin;
    size = 1;
    return true;
  }
  if (!part(item.begin, begin, "an index") ||
      !part(item.end, end, "an index") || !part(item.step, stride, "a step"))
    return false;
  if (stride < 1) {
    error(item.step->range, "a step is at least 1");
    return false;
  }
  // As NumPy: counted from the end, then cut to the dimension.
  begin = std::clamp<int64_t>(begin < 0 ? begin + whole : begin, 0, whole);
  end = std::clamp<int64_t>(end < 0 ? end + whole : end, 0, whole);
  if (begin >= end) {
    error(item.range, "this takes nothing of the dimension " + extent.str());
    return false;
  }
  offset = begin;
  size = (end - begin + stride - 1) / stride;
  return true;
}

Value Evaluator::indexTensor(const Tensor &tensor, const Expr &expr,
                             Scope &scope) {
  std::vector<IndexItem> items;
  auto isNewAxis = [](const IndexItem &item) {
    return item.begin && !item.isSlice && item.begin->kind == ExprKind::None;
  };
  size_t used = llvm::count_if(expr.items, [&](const IndexItem &item) {
    return !item.isEllipsis && !isNewAxis(item);
  });
  if (used > tensor.rank())
    return error(expr.pointAt, llvm::Twine(used) + " indices for " +
                                   toString(tensor) + " with " +
                                   llvm::Twine(tensor.rank()) + " axes");
  IndexItem whole;
  whole.isSlice = true;
  whole.range = expr.pointAt;
  bool filled = false;
  for (const IndexItem &item : expr.items) {
    if (!item.isEllipsis) {
      items.push_back(item);
      continue;
    }
    if (filled)
      return error(item.range, "'...' stands once in an index");
    filled = true;
    items.insert(items.end(), tensor.rank() - used, whole);
  }
  if (!filled)
    items.insert(items.end(), tensor.rank() - used, whole);

  llvm::SmallVector<int64_t> offsets, sizes, strides;
  Extents sliced, result;
  bool changes = false;
  for (const IndexItem &item : items) {
    if (isNewAxis(item)) {
      result.push_back(Extent(1));
      continue;
    }
    const Extent &extent = tensor.shape[offsets.size()];
    int64_t offset = 0, size = dims.size(extent), stride = 1;
    if (!sliceAxis(item, scope, extent, offset, size, stride))
      return Value::poison();
    bool isWhole = item.isSlice && size == dims.size(extent);
    changes |= !isWhole;
    offsets.push_back(offset);
    sizes.push_back(size);
    strides.push_back(stride);
    sliced.push_back(isWhole ? extent : Extent(size));
    if (item.isSlice)
      result.push_back(sliced.back());
  }
  locate(expr);
  Tensor taken = changes
                     ? emitter->slice(tensor, offsets, sizes, strides, sliced)
                     : tensor;
  return Value::ofTensor(emitter->reshape(taken, result));
}
