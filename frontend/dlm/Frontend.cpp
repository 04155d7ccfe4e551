//===- Frontend.cpp - from a .dlm file to modules of dlc ops --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Frontend.h"

#include "frontend/dlm/DataBlocks.h"
#include "frontend/dlm/Elaborate.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"

using namespace dlcc::dlm;

namespace {

/// Training blocks by the model they train; blocks of no model are reported.
std::map<std::string, std::vector<const TrainingDecl *>>
groupTrainings(const Files &files, Diagnostics &diagnostics) {
  std::map<std::string, std::vector<const TrainingDecl *>> groups;
  for (const ModelDecl &model : files.main().models)
    groups[model.name.text];
  for (const TrainingDecl &training : files.main().trainings) {
    auto group = groups.find(training.model.text);
    if (group == groups.end()) {
      diagnostics.report(
          Diagnostic(training.model.range,
                     "no model is called '" + training.model.text + "'")
              .withHint("a training block trains a model of "
                        "its own file"));
      continue;
    }
    for (const TrainingDecl *other : group->second)
      if (other->block.text == training.block.text)
        diagnostics.report(
            Diagnostic(training.model.range,
                       "a second training block for '" + training.model.text +
                           "'" +
                           (training.block.text.empty()
                                ? ""
                                : " called '" + training.block.text + "'"))
                .note(other->model.range, "the first one")
                .withHint(
                    "several players have names: training gan.critic(…)"));
    group->second.push_back(&training);
  }
  return groups;
}

void checkModels(const Files &files, Diagnostics &diagnostics,
                 const Sources &sources) {
  std::map<std::string, Range> known;
  for (const ModelDecl &model : files.main().models) {
    auto [it, isNew] = known.try_emplace(model.name.text, model.name.range);
    if (!isNew)
      diagnostics.report(
          Diagnostic(model.name.range,
                     "a second model called '" + model.name.text + "'")
              .note(it->second, "the first one"));
  }
  if (!files.main().models.empty())
    return;
  // At the end of the last line that says something.
  uint32_t file = files.main().file;
  llvm::StringRef text = sources.get(file).text;
  uint32_t end = text.rtrim().size();
  diagnostics.report(Diagnostic({file, end, end}, "the file holds no model")
                         .withHint("model NAME(x: f32[batch, 10]) -> y { … }"));
}

} // namespace

Result dlcc::dlm::readModel(mlir::MLIRContext &context, const Options &options,
                            const DiagnosticSink &sink) {
  context.loadDialect<dlcc::dlc::DLCDialect, mlir::func::FuncDialect>();
  Result result;
  Sources sources;
  Diagnostics diagnostics(sources, sink);
  auto finish = [&]() {
    result.errors = diagnostics.errors();
    result.warnings = diagnostics.warnings();
    if (result.errors)
      result.models.clear();
    return std::move(result);
  };
  std::optional<Files> files = readFiles(sources, diagnostics, options);
  if (!files)
    return finish();
  for (const ModelDecl &model : files->main().models)
    result.names.push_back(model.name.text);
  // Without its brackets a text means nothing; the rest would be guesses.
  if (files->structureBroken)
    return finish();
  checkModels(*files, diagnostics, sources);
  checkDataBlocks(files->main(), diagnostics);
  auto trainings = groupTrainings(*files, diagnostics);
  Program program{sources, diagnostics, context, {},
                  {},      {},          {},      files->main().data};
  declare(program, sources, *files, options);
  bool found = options.model.empty();
  for (const ModelDecl &model : files->main().models) {
    if (!options.model.empty() && options.model != model.name.text)
      continue;
    found = true;
    const auto &blocks = trainings[model.name.text];
    ModelBuilder builder(program, options, model, blocks, sink);
    mlir::OwningOpRef<mlir::ModuleOp> module = builder.build();
    if (!module)
      continue;
    if (mlir::failed(mlir::verify(*module))) {
      diagnostics.reportWithoutPlace(
          "the compiler made invalid code of model '" + model.name.text +
          "'; this is a bug of dlcc");
      continue;
    }
    if (options.checkOnly)
      module = nullptr;
    result.models.push_back(
        {options.name.empty() ? model.name.text : options.name, !blocks.empty(),
         std::move(module)});
  }
  if (!found && !files->main().models.empty())
    diagnostics.reportWithoutPlace("--model " + options.model +
                                   ": the file holds no such model");
  return finish();
}
