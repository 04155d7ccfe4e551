//===- EvaluateGradient.cpp - functions with a gradient of their own ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// fn f(x) { … } gradient (dy) { … }: the second block is evaluated after the
// first, at each call, into the body of a `dlc.custom_gradient`. It sees the
// names of the first as they are at its end.
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Evaluator.h"

using namespace dlcc;
using namespace dlcc::dlm;

static bool isFloatTensor(const Value &value) {
  return value.isTensor() && isFloat(value.tensor.element);
}

static std::vector<Value> listOf(const Value &value) {
  return value.is(ValueKind::List) ? *value.elements : std::vector{value};
}

static std::string count(size_t number, llvm::StringRef what) {
  return std::to_string(number) + " " + what.str() + (number == 1 ? "" : "s");
}

std::optional<llvm::SmallVector<Tensor>>
Evaluator::runGradient(const FunctionDecl &function,
                       llvm::ArrayRef<Value> arguments,
                       llvm::ArrayRef<Tensor> gradients, Scope &scope) {
  const GradientDecl &decl = *function.gradient;
  Scope own;
  own.parent = &scope;
  for (auto [parameter, gradient] : llvm::zip_equal(decl.parameters, gradients))
    own.bind(parameter.name, Value::ofTensor(gradient));
  frame->hasReturned = false;
  frame->returnStmt = nullptr;
  runBody(decl.body, own);
  if (exhausted || (frame->hasReturned && frame->returned.isPoison()))
    return std::nullopt;
  if (!frame->hasReturned) {
    error(decl.keyword, "the gradient returns nothing",
          "return a result for each argument of '" + function.name.text + "'");
    return std::nullopt;
  }
  std::vector<Value> given = listOf(frame->returned);
  const Stmt *stmt = frame->returnStmt;
  Range whole = stmt ? stmt->range : decl.keyword;
  if (given.size() != arguments.size()) {
    error(whole,
          "the gradient returns " + count(given.size(), "result") + ", but '" +
              function.name.text + "' has " +
              count(arguments.size(), "argument"),
          "a result for each argument; none where there is no gradient");
    return std::nullopt;
  }
  llvm::SmallVector<Tensor> results;
  for (auto [i, argument] : llvm::enumerate(arguments)) {
    if (!isFloatTensor(argument))
      continue;
    const Tensor &like = argument.tensor;
    Range range = stmt && stmt->values.size() == given.size()
                      ? stmt->values[i]->range
                      : whole;
    std::optional<Tensor> tensor =
        given[i].isNone() ? emitter->number(0, like.element)
                          : tensorOf(given[i], range, like.element);
    if (!tensor)
      return std::nullopt;
    // A scalar is meant for every element; any other shape that differs would
    // be a sum that was forgotten, or one too many.
    if (tensor->element != like.element ||
        (tensor->rank() && tensor->shape != like.shape)) {
      error(range, "the gradient of '" + function.parameters[i].name.text +
                       "' is " + toString(*tensor) + ", but the argument is " +
                       toString(like));
      return std::nullopt;
    }
    results.push_back(emitter->broadcast(*tensor, like.shape));
  }
  return results;
}

Value Evaluator::giveGradient(const FunctionDecl &function,
                              llvm::ArrayRef<Value> arguments, Scope &scope,
                              const Expr &call) {
  const GradientDecl &decl = *function.gradient;
  Value returned = frame->returned;
  std::vector<Value> results = listOf(returned);
  auto isPoison = [](const Value &value) { return value.isPoison(); };
  if (llvm::any_of(results, isPoison) || llvm::any_of(arguments, isPoison))
    return Value::poison();
  llvm::SmallVector<Tensor> floats, values;
  for (const Value &argument : arguments)
    if (isFloatTensor(argument))
      floats.push_back(argument.tensor);
  // A function of numbers alone has no gradient to give.
  if (floats.empty())
    return returned;
  if (decl.parameters.size() != results.size())
    return error(decl.keyword,
                 "the gradient takes " +
                     count(decl.parameters.size(), "argument") + ", but '" +
                     function.name.text + "' gives " +
                     count(results.size(), "result"),
                 "an argument for the gradient of each result");
  for (const Value &result : results) {
    if (!isFloatTensor(result))
      return error(decl.keyword,
                   "'" + function.name.text + "' gives " + describe(result) +
                       ", and only a float tensor has a gradient");
    values.push_back(result.tensor);
  }
  locate(call);
  auto [op, gradients] = emitter->beginGradient(values, floats);
  auto given = runGradient(function, arguments, gradients, scope);
  // After an error nobody looks at the body, but it has to end.
  emitter->endGradient(op, given ? *given : floats);
  if (!given)
    return Value::poison();
  for (auto [value, result] : llvm::zip_equal(results, op.getResults()))
    value.tensor.value = result;
  return returned.is(ValueKind::List) ? Value::ofList(std::move(results))
                                      : results[0];
}
