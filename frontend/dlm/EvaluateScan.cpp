//===- EvaluateScan.cpp - recurrences -------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ys, h = scan (x_t in x, axis = 1; h = h0) { …; return y_t, h2 }: the block is
// evaluated once, into the body of a `dlc.scan`. It sees the names around it;
// what it binds is its own.
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Evaluator.h"

#include "llvm/ADT/ScopeExit.h"

using namespace dlcc;
using namespace dlcc::dlm;

bool Evaluator::isInScan() const {
  for (const Frame *at = frame; at; at = at->parent)
    if (at->isScan)
      return true;
  return false;
}

/// Moves dimension `from` to `to`.
static llvm::SmallVector<int64_t> moved(unsigned rank, int64_t from,
                                        int64_t to) {
  llvm::SmallVector<int64_t> permutation;
  for (int64_t i = 0; i < rank; ++i)
    if (i != from)
      permutation.push_back(i);
  permutation.insert(permutation.begin() + to, from);
  return permutation;
}

std::optional<ScanSetup> Evaluator::setUpScan(const Expr &expr, Scope &scope) {
  const ScanExpr &scan = *expr.scan;
  ScanSetup setup;
  auto refuse = [&](Range range, const llvm::Twine &text,
                    llvm::StringRef hint = "") {
    error(range, text, hint);
    return std::nullopt;
  };
  if (scan.inputs.empty())
    return refuse(expr.pointAt, "this 'scan' goes over nothing",
                  "scan (t in 0..n; h = h0) { … } counts steps");
  if (scan.axis) {
    auto axis =
        wholeOf(evaluate(*scan.axis, scope), scan.axis->range, "'axis'");
    if (!axis)
      return std::nullopt;
    setup.axis = *axis;
  }
  if (scan.reverse) {
    auto reverse = truthOf(evaluate(*scan.reverse, scope), scan.reverse->range,
                           "'reverse'");
    if (!reverse)
      return std::nullopt;
    setup.reverse = *reverse;
  }
  std::map<std::string, Range> taken;
  for (const auto *names : {&scan.inputs, &scan.carries})
    for (const Argument &argument : *names) {
      auto [first, isNew] =
          taken.insert({argument.name.text, argument.name.range});
      if (!isNew)
        return refuse(argument.name.range,
                      "'" + argument.name.text +
                          "' is bound twice by this 'scan'");
    }

  bool isWhole = true;
  for (auto [i, input] : llvm::enumerate(scan.inputs)) {
    Value value = evaluate(*input.value, scope);
    Range range = input.value->range;
    locate(*input.value);
    Tensor stack;
    int64_t axis = setup.axis;
    if (value.is(ValueKind::Range)) {
      int64_t begin = (*value.elements)[0].integer;
      int64_t count = (*value.elements)[1].integer - begin;
      if (count < 1)
        return refuse(range, "this 'scan' has no step");
      mlir::Type i32 = emitter->getBuilder().getI32Type();
      stack = emitter->iota(0, i32, {Extent(count)});
      if (begin)
        stack = emitter->binary<dlc::AddOp>(
            stack,
            emitter->broadcast(emitter->integer(begin, i32), stack.shape));
      axis = 0;
    } else if (auto tensor = tensorOf(value, range)) {
      stack = *tensor;
      if (stack.rank() == 0)
        return refuse(range, "'scan' goes over a dimension, and " +
                                 toString(stack) + " has none");
      auto valid =
          axisOf(axis, scan.axis ? scan.axis->range : range, stack.rank());
      if (!valid)
        return std::nullopt;
      axis = *valid;
    } else {
      isWhole = false;
      continue;
    }
    Extent steps = stack.shape[axis];
    if (steps.hasBatch())
      return refuse(range,
                    "'scan' cannot go over the rows of " + toString(stack),
                    "axis = 1 goes over the dimension behind the batch");
    if (i == 0)
      setup.steps = steps;
    else if (isWhole && steps != setup.steps)
      return refuse(range, "'scan' takes " + setup.steps.str() +
                               " steps over the first input and " +
                               steps.str() + " over this one");
    if (axis)
      stack = emitter->transpose(stack, moved(stack.rank(), axis, 0));
    setup.inputs.push_back(std::move(stack));
  }
  for (const Argument &carry : scan.carries) {
    Value value = evaluate(*carry.value, scope);
    locate(*carry.value);
    auto tensor =
        tensorOf(value, carry.value->range, emitter->getBuilder().getF32Type());
    if (tensor)
      setup.inits.push_back(std::move(*tensor));
    isWhole &= tensor.has_value();
  }
  if (!isWhole)
    return std::nullopt;
  return setup;
}

std::optional<llvm::SmallVector<Tensor>>
Evaluator::runStep(const Expr &expr, const ScanSetup &setup,
                   llvm::ArrayRef<Tensor> arguments, Scope &scope) {
  const ScanExpr &scan = *expr.scan;
  Frame step;
  step.parent = frame;
  step.isScan = true;
  step.call = expr.pointAt;
  if (frame)
    step.path = frame->path;
  Frame *outer = frame;
  frame = &step;
  llvm::scope_exit leave([&] { frame = outer; });
  Scope own;
  own.parent = &scope;
  size_t next = 0;
  for (const auto *names : {&scan.inputs, &scan.carries})
    for (const Argument &argument : *names)
      own.bind(argument.name, Value::ofTensor(arguments[next++]));
  runBody(scan.body, own);
  if (exhausted || (step.hasReturned && step.returned.isPoison()))
    return std::nullopt;
  if (!step.hasReturned) {
    error(expr.pointAt, "this 'scan' returns nothing",
          "return what is stacked, then the next value of each carried name");
    return std::nullopt;
  }

  std::vector<Value> given = step.returned.is(ValueKind::List)
                                 ? *step.returned.elements
                                 : std::vector{step.returned};
  const Stmt &stmt = *step.returnStmt;
  if (given.size() < scan.carries.size()) {
    error(stmt.range,
          "the step returns " + llvm::Twine(given.size()) + " of " +
              llvm::Twine(scan.carries.size()) + " carried values",
          "return what is stacked, then the next value of each carried name");
    return std::nullopt;
  }
  size_t outputs = given.size() - scan.carries.size();
  llvm::SmallVector<Tensor> results;
  for (auto [i, value] : llvm::enumerate(given)) {
    Range range =
        stmt.values.size() == given.size() ? stmt.values[i]->range : stmt.range;
    const Tensor *init = i < outputs ? nullptr : &setup.inits[i - outputs];
    std::optional<Tensor> tensor =
        tensorOf(value, range,
                 init ? init->element : emitter->getBuilder().getF32Type());
    if (!tensor)
      return std::nullopt;
    if (init &&
        (tensor->element != init->element || tensor->shape != init->shape)) {
      const Name &name = scan.carries[i - outputs].name;
      error(Diagnostic(range, "'" + name.text + "' becomes " +
                                  toString(*tensor) + " and was " +
                                  toString(*init))
                .note(name.range, "its first value"));
      return std::nullopt;
    }
    results.push_back(std::move(*tensor));
  }
  return results;
}

Value Evaluator::evaluateScan(const Expr &expr, Scope &scope) {
  if (!emitter)
    return error(expr.pointAt, "a constant cannot be made by 'scan'");
  std::optional<ScanSetup> setup = setUpScan(expr, scope);
  if (!setup)
    return Value::poison();
  locate(expr);
  llvm::SmallVector<Tensor> arguments = emitter->beginScan(
      setup->steps, setup->reverse, setup->inputs, setup->inits);
  auto results = runStep(expr, *setup, arguments, scope);
  locate(expr);
  if (!results) {
    emitter->dropScan();
    return Value::poison();
  }
  llvm::ArrayRef<Tensor> all = *results;
  size_t outputs = all.size() - setup->inits.size();
  for (const Tensor &output : all.take_front(outputs)) {
    Extents stacked = output.shape;
    stacked.insert(stacked.begin(), setup->steps);
    if (!checkSize(stacked, output.element, expr.pointAt)) {
      emitter->dropScan();
      return Value::poison();
    }
  }
  std::vector<Value> values;
  for (Tensor &tensor :
       emitter->endScan(all.take_front(outputs), all.drop_front(outputs))) {
    // Stacked where the inputs were taken apart.
    if (values.size() < outputs && setup->axis) {
      int64_t rank = tensor.rank();
      int64_t axis = setup->axis < 0 ? setup->axis + rank : setup->axis;
      axis = std::clamp<int64_t>(axis, 0, rank - 1);
      tensor = emitter->transpose(tensor, moved(rank, 0, axis));
    }
    values.push_back(Value::ofTensor(std::move(tensor)));
  }
  if (values.size() == 1)
    return std::move(values.front());
  return Value::ofList(std::move(values));
}
