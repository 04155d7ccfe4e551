//===- DataBlocks.cpp - which statement feeds an input --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/DataBlocks.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlcc::dlm;

static bool isBinding(const Stmt &stmt) {
  return stmt.kind == StmtKind::Assign && stmt.targets.size() == 1;
}

std::vector<const Stmt *>
dlcc::dlm::dataBindings(const std::vector<Stmt *> &ofFile,
                        const TrainingDecl &block, bool trainSplit) {
  std::map<std::string, const Stmt *> bindings;
  auto add = [&](const std::vector<Stmt *> &from, bool ofSplit) {
    for (const Stmt *data : from) {
      if (data->kind != StmtKind::Data || data->split.text.empty() == ofSplit ||
          (ofSplit && (data->split.text == "train") != trainSplit))
        continue;
      for (const Stmt *stmt : data->body)
        if (isBinding(*stmt))
          bindings[stmt->targets[0].text] = stmt;
    }
  };
  add(ofFile, /*ofSplit=*/false);
  add(ofFile, /*ofSplit=*/true);
  add(block.body, /*ofSplit=*/false);
  add(block.body, /*ofSplit=*/true);
  std::vector<const Stmt *> result;
  for (const auto &[input, stmt] : bindings)
    result.push_back(stmt);
  llvm::sort(result, [](const Stmt *a, const Stmt *b) {
    return a->range.begin < b->range.begin;
  });
  return result;
}

namespace {

/// Data blocks that stand at one place: of the file, or of a training block.
class DataBlockChecker {
public:
  DataBlockChecker(const std::vector<std::string> &inputs,
                   Diagnostics &diagnostics)
      : inputs(inputs), diagnostics(diagnostics) {}

  void check(const std::vector<Stmt *> &body) {
    for (const Stmt *stmt : body)
      if (stmt->kind == StmtKind::Data)
        checkBlock(*stmt);
  }

private:
  void checkBlock(const Stmt &data) {
    const std::string &split = data.split.text;
    if (!split.empty() && split != "train" && split != "test")
      return diagnostics.report(
          Diagnostic(data.split.range, "the data has no split '" + split + "'")
              .withHint("'data train', 'data test', or 'data' for both"));
    for (const Stmt *stmt : data.body)
      checkStatement(*stmt, split);
  }

  void checkStatement(const Stmt &stmt, const std::string &split) {
    if (stmt.kind == StmtKind::Error)
      return;
    if (!isBinding(stmt))
      return diagnostics.report(
          Diagnostic(stmt.range, "a data block binds inputs to fields, and "
                                 "nothing else")
              .withHint("image = random_flip(image)"));
    const Name &input = stmt.targets[0];
    if (!llvm::is_contained(inputs, input.text))
      return diagnostics.report(
          Diagnostic(input.range, "no input is called '" + input.text + "'")
              .withHint("inputs are " + llvm::join(inputs, ", ")));
    auto [first, isNew] =
        bound.try_emplace({split, input.text}, stmt.targets[0].range);
    if (!isNew)
      diagnostics.report(
          Diagnostic(input.range, "input '" + input.text + "' is bound twice")
              .note(first->second, "here before"));
  }

  const std::vector<std::string> &inputs;
  Diagnostics &diagnostics;
  std::map<std::pair<std::string, std::string>, Range> bound;
};

void addInputs(const std::vector<ParameterDecl> &from,
               std::vector<std::string> &into) {
  for (const ParameterDecl &input : from)
    if (!llvm::is_contained(into, input.name.text))
      into.push_back(input.name.text);
}

} // namespace

void dlcc::dlm::checkDataBlocks(const FileAst &file, Diagnostics &diagnostics) {
  std::vector<std::string> all;
  for (const ModelDecl &model : file.models)
    addInputs(model.inputs, all);
  for (const TrainingDecl &training : file.trainings) {
    addInputs(training.inputs, all);
    std::vector<std::string> inputs;
    for (const ModelDecl &model : file.models)
      if (model.name.text == training.model.text)
        addInputs(model.inputs, inputs);
    addInputs(training.inputs, inputs);
    DataBlockChecker(inputs, diagnostics).check(training.body);
  }
  for (const Stmt *data : file.data)
    if (data->kind == StmtKind::Data && file.trainings.empty())
      diagnostics.report(Diagnostic(
          data->range, "a data block feeds training, and the file has no "
                       "training block"));
  DataBlockChecker(all, diagnostics).check(file.data);
}
