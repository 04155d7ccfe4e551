//===- EvaluateStatement.cpp - bindings, loops and decisions --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Evaluator.h"

#include "llvm/ADT/STLExtras.h"

using namespace dlcc::dlm;

void Evaluator::runBody(const std::vector<Stmt *> &body, Scope &scope) {
  for (const Stmt *stmt : body) {
    if (exhausted || (frame && frame->hasReturned))
      return;
    run(*stmt, scope);
  }
}

/// After an error every name that the statement would have bound is poison, in
/// the bodies too, so that nothing is reported that merely follows.
void Evaluator::poisonTargets(const Stmt &stmt, Scope &scope) {
  for (const Name &target : stmt.targets)
    if (stmt.kind != StmtKind::Store)
      scope.bind(target, Value::poison());
  for (const Stmt *inner : stmt.body)
    poisonTargets(*inner, scope);
  for (const Stmt *inner : stmt.otherwise)
    poisonTargets(*inner, scope);
  if (frame && (frame->function || frame->isScan) &&
      stmt.kind == StmtKind::Return) {
    frame->hasReturned = true;
    frame->returned = Value::poison();
  }
}

void Evaluator::run(const Stmt &stmt, Scope &scope) {
  bindingName.clear();
  switch (stmt.kind) {
  case StmtKind::Error:
    return poisonTargets(stmt, scope);
  case StmtKind::Assign:
    return assign(stmt, scope);
  case StmtKind::Store:
    return runStore(stmt, scope);
  case StmtKind::Call:
    evaluate(*stmt.value, scope);
    return;
  case StmtKind::If: {
    std::optional<bool> condition =
        truthOf(evaluate(*stmt.value, scope), stmt.value->range, "'if'");
    if (!condition)
      return poisonTargets(stmt, scope);
    return runBody(*condition ? stmt.body : stmt.otherwise, scope);
  }
  case StmtKind::For:
  case StmtKind::Repeat:
    return runFor(stmt, scope);
  case StmtKind::Return: {
    if (!frame || (!frame->function && !frame->isScan)) {
      error(stmt.range, "'return' stands in a function",
            "a model's outputs are named behind '->'");
      return;
    }
    std::vector<Value> values;
    for (const Expr *value : stmt.values)
      values.push_back(evaluate(*value, scope));
    frame->hasReturned = true;
    frame->returnStmt = &stmt;
    frame->returned =
        values.size() == 1 ? values[0] : Value::ofList(std::move(values));
    return;
  }
  case StmtKind::Layer:
    return bindLayer(stmt, scope);
  case StmtKind::Report:
  case StmtKind::Group:
  case StmtKind::Only:
  case StmtKind::Data: {
    const char *word = stmt.kind == StmtKind::Report  ? "report"
                       : stmt.kind == StmtKind::Group ? "parameters"
                       : stmt.kind == StmtKind::Only  ? "only"
                                                      : "data";
    error(stmt.range, "'" + llvm::Twine(word) +
                          "' stands at the top level of a training block");
    return poisonTargets(stmt, scope);
  }
  }
}

void Evaluator::assign(const Stmt &stmt, Scope &scope) {
  // `w = param(…)` is called w.
  if (stmt.targets.size() == 1 && stmt.value->kind == ExprKind::Call)
    bindingName = stmt.targets[0].text;
  Value value = stmt.targets.size() == 1 ? evaluateRaw(*stmt.value, scope)
                                         : evaluate(*stmt.value, scope);
  bindingName.clear();
  for (const Name &target : stmt.targets)
    if (target.text == "batch" || target.text == "step" ||
        target.text == "epoch") {
      error(target.range, "'" + target.text + "' cannot be bound here",
            "it stands for the rows, or the time, of the run");
      return poisonTargets(stmt, scope);
    }
  if (stmt.targets.size() == 1) {
    // Another name for a buffer's value is that value, now.
    bool makesVariable = stmt.value->kind == ExprKind::Call;
    if (value.is(ValueKind::Variable) && !makesVariable) {
      locate(*stmt.value);
      value = Value::ofTensor(emitter->read(*findVariable(value.text)));
    }
    return scope.bind(stmt.targets[0], std::move(value));
  }
  if (value.isPoison())
    return poisonTargets(stmt, scope);
  if (!value.is(ValueKind::List) ||
      value.elements->size() != stmt.targets.size()) {
    size_t given = value.is(ValueKind::List) ? value.elements->size() : 1;
    error(stmt.value->range, llvm::Twine(stmt.targets.size()) + " names for " +
                                 llvm::Twine(given) +
                                 (given == 1 ? " value" : " values"));
    return poisonTargets(stmt, scope);
  }
  for (auto [target, element] : llvm::zip(stmt.targets, *value.elements))
    scope.bind(target, element);
}

void Evaluator::runStore(const Stmt &stmt, Scope &scope) {
  const Name &target = stmt.targets[0];
  Value value = evaluate(*stmt.value, scope);
  Scope::Binding *binding = scope.find(target.text);
  if (binding && binding->value.isPoison())
    return;
  if (!binding || !binding->value.is(ValueKind::Variable)) {
    error(target.range, "'" + target.text + "' is no buffer to store into",
          target.text + " = buffer([…], init = zeros()) makes one");
    return;
  }
  if (isInScan()) {
    error(target.range,
          "a step of 'scan' cannot store into '" + target.text + "'",
          "carry the value, and store it behind the 'scan'");
    return;
  }
  VariableInfo &variable = *findVariable(binding->value.text);
  if (variable.op.getKind() == dlcc::dlc::VariableKind::Parameter) {
    error(target.range,
          "'" + target.text + "' is a parameter: the optimizer stores into it");
    return;
  }
  locate(*stmt.value);
  std::optional<Tensor> tensor =
      tensorOf(value, stmt.value->range, variable.element);
  if (!tensor)
    return;
  if (tensor->element != variable.element) {
    error(stmt.value->range,
          "a buffer of " + nameOf(variable.element) + " cannot hold " +
              nameOf(tensor->element),
          nameOf(variable.element) + "(x) converts");
    return;
  }
  Tensor whole{{}, variable.element, variable.shape};
  std::optional<Extents> shape =
      broadcastShapes({whole, *tensor}, {target.range, stmt.value->range},
                      stmt.value->range, "'<-'");
  if (!shape)
    return;
  if (*shape != variable.shape) {
    error(stmt.value->range, "a buffer of shape " + toString(variable.shape) +
                                 " cannot hold " + toString(*shape));
    return;
  }
  emitter->write(variable, emitter->broadcast(*tensor, variable.shape));
}

void Evaluator::runFor(const Stmt &stmt, Scope &scope) {
  Value over = evaluate(*stmt.value, scope);
  if (over.isPoison())
    return poisonTargets(stmt, scope);
  int64_t begin = 0, end = 0;
  if (stmt.kind == StmtKind::Repeat) {
    std::optional<int64_t> count =
        wholeOf(over, stmt.value->range, "the count of 'repeat'");
    if (!count)
      return poisonTargets(stmt, scope);
    end = *count;
  } else if (over.is(ValueKind::Range)) {
    begin = (*over.elements)[0].integer;
    end = (*over.elements)[1].integer;
  } else if (over.is(ValueKind::List)) {
    end = over.elements->size();
  } else {
    error(stmt.value->range,
          "'for' goes over a list or a range, not over " + describe(over),
          "for i in 0..n");
    return poisonTargets(stmt, scope);
  }
  for (int64_t i = begin; i < end; ++i) {
    if (!takeSteps(stmt.range) || (frame && frame->hasReturned))
      return;
    if (stmt.kind == StmtKind::For) {
      Value element =
          over.is(ValueKind::List) ? (*over.elements)[i] : Value::ofInt(i);
      if (stmt.targets.size() == 1) {
        scope.bind(stmt.targets[0], element);
      } else if (element.is(ValueKind::List) &&
                 element.elements->size() == stmt.targets.size()) {
        for (auto [target, part] : llvm::zip(stmt.targets, *element.elements))
          scope.bind(target, part);
      } else {
        error(stmt.value->range, llvm::Twine(stmt.targets.size()) +
                                     " names for " + describe(element));
        return poisonTargets(stmt, scope);
      }
    }
    runBody(stmt.body, scope);
  }
}
