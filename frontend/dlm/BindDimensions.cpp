//===- BindDimensions.cpp - numbers for named dimensions ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The names in a model's and its training blocks' signatures stand for numbers.
// They come from the command line, else from a training block, else, where a
// name bounds an input, from the data that feed it.
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Elaborate.h"

using namespace dlcc;
using namespace dlcc::dlm;

static void collectNames(const Expr &expr, std::vector<Name> &into) {
  if (expr.kind == ExprKind::Name)
    into.push_back({expr.text, expr.range});
  for (const Expr *operand : expr.operands)
    collectNames(*operand, into);
}

static bool isName(const Expr *expr) {
  return expr && expr->kind == ExprKind::Name;
}

void ModelBuilder::collectDimensions(const std::vector<ParameterDecl> &inputs,
                                     std::vector<Name> &into) const {
  std::vector<Name> names;
  for (const ParameterDecl &input : inputs) {
    for (const Expr *dim : input.type->dims)
      collectNames(*dim, names);
    if (isName(input.type->bound))
      collectNames(*input.type->bound, names);
  }
  for (const Name &name : names) {
    auto isSame = [&](const Name &other) { return other.text == name.text; };
    if (!program.constants.count(name.text) && llvm::none_of(into, isSame))
      into.push_back(name);
  }
}

std::optional<int64_t> ModelBuilder::defaultOf(const std::string &name,
                                               const TrainingDecl *only,
                                               const TrainingDecl *&block) {
  for (const TrainingDecl *training : trainings) {
    if (only && training != only)
      continue;
    for (const Stmt *stmt : training->body) {
      if (stmt->kind != StmtKind::Assign || stmt->targets.size() != 1 ||
          stmt->targets[0].text != name)
        continue;
      DimensionTable noDims;
      Evaluator evaluator(program, noDims, nullptr, nullptr);
      Frame frame;
      frame.path = std::make_shared<PathNode>();
      evaluator.frame = &frame;
      Scope scope;
      std::optional<int64_t> number =
          evaluator.wholeOf(evaluator.evaluate(*stmt->value, scope),
                            stmt->value->range, "'" + name + "'");
      if (number && *number < 1)
        report(Diagnostic(stmt->value->range, "'" + name +
                                                  "' is at least 1, not " +
                                                  llvm::Twine(*number)));
      block = training;
      return number && *number >= 1 ? number : 1;
    }
  }
  return std::nullopt;
}

static Diagnostic noNumber(const Name &name) {
  return Diagnostic(name.range, "dimension '" + name.text + "' has no number")
      .withHint("compile with --dim " + name.text + "=N, or write " +
                name.text + " = N in the training block");
}

std::optional<int64_t> ModelBuilder::numberFor(const Name &name) {
  for (const auto &[given, number] : options.dims)
    if (given == name.text)
      return number;
  if (name.text == "batch" && options.batch)
    return options.batch;
  const TrainingDecl *block = nullptr;
  if (std::optional<int64_t> number = defaultOf(name.text, nullptr, block))
    return number;
  return numberInData(name);
}

/// The fields of the data that can feed an input, best first.
std::vector<std::string>
ModelBuilder::fieldsFor(const ParameterDecl &input,
                        const TrainingDecl &block) const {
  for (const Stmt *stmt :
       dataBindings(program.data, block, /*trainSplit=*/true))
    if (stmt->targets[0].text == input.name.text)
      return {stmt->value->text};
  std::vector<std::string> fields = {input.name.text};
  auto isWhole = [&](const ParameterDecl &other) {
    mlir::Type element = typeNamed(&program.context, other.type->element.text);
    return element && !isFloat(element);
  };
  if (llvm::count_if(model.inputs, isWhole) +
          llvm::count_if(block.inputs, isWhole) ==
      1)
    fields.push_back("label");
  return fields;
}

/// How many values the data have for the inputs that the name bounds.
std::optional<int64_t> ModelBuilder::numberInData(const Name &name) {
  std::optional<int64_t> most;
  if (!options.countValues)
    return most;
  for (const TrainingDecl *block : trainings)
    for (const auto *inputs : {&model.inputs, &block->inputs})
      for (const ParameterDecl &input : *inputs) {
        const Expr *bound = input.type->bound;
        if (!isName(bound) || bound->text != name.text)
          continue;
        std::string whyNot;
        int64_t count = options.countValues(fieldsFor(input, *block), whyNot);
        if (!whyNot.empty()) {
          report(noNumber(name).note(bound->range, whyNot));
          return 1;
        }
        most = std::max(most.value_or(0), count);
      }
  if (most)
    sink(Severity::Note, "note: '" + name.text + "' is " +
                             std::to_string(*most) + ", as the data say\n");
  return most;
}

bool ModelBuilder::bindDimensions() {
  std::vector<Name> names;
  collectDimensions(model.inputs, names);
  for (const TrainingDecl *training : trainings)
    collectDimensions(training->inputs, names);
  for (const Name &name : names) {
    std::optional<int64_t> number = numberFor(name);
    if (number && (*number < 1 || *number > (int64_t(1) << 40))) {
      report(Diagnostic(name.range, "'" + name.text + "' cannot be " +
                                        llvm::Twine(*number)));
      number = 1;
    }
    if (name.text == "batch") {
      if (!number && !options.checkOnly)
        sink(Severity::Note,
             "note: '" + model.name.text +
                 "' is compiled for a batch of 1; --batch N gives another\n");
      dims.bind("batch", number ? *number : 1);
      continue;
    }
    if (!number && !options.checkOnly)
      report(noNumber(name));
    dims.bind(name.text, number);
  }
  bool ok = true;
  for (const auto &[given, number] : options.dims)
    if (!dims.contains(given)) {
      program.diagnostics.reportWithoutPlace("--dim " + given + ": model '" +
                                             model.name.text +
                                             "' has no dimension of this name");
      ok = false;
    }
  return ok;
}
