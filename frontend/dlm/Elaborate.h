//===- Elaborate.h - models and training blocks to modules ------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_ELABORATE_H
#define DLCC_FRONTEND_DLM_ELABORATE_H

#include "frontend/dlm/DataBlocks.h"

namespace dlcc::dlm {

/// One model of a file: binds its dimensions, runs its text once for each
/// entry point, and leaves a module.
class ModelBuilder {
public:
  ModelBuilder(Program &program, const Options &options, const ModelDecl &model,
               std::vector<const TrainingDecl *> trainings,
               const DiagnosticSink &sink);

  /// Null after an error.
  mlir::OwningOpRef<mlir::ModuleOp> build();

private:
  // Dimensions and inputs.
  bool bindDimensions();
  void collectDimensions(const std::vector<ParameterDecl> &inputs,
                         std::vector<Name> &into) const;
  /// `name = 64` at the top level of a training block: of `only`, or of the
  /// first that has it, which `block` then is.
  std::optional<int64_t> defaultOf(const std::string &name,
                                   const TrainingDecl *only,
                                   const TrainingDecl *&block);
  std::optional<int64_t> numberFor(const Name &name);
  std::optional<int64_t> numberInData(const Name &name);
  std::vector<std::string> fieldsFor(const ParameterDecl &input,
                                     const TrainingDecl &block) const;
  mlir::Location placeOf(Range range) const;
  bool bindInputs(const std::vector<ParameterDecl> &inputs,
                  Evaluator &evaluator, Scope &scope);
  void report(Diagnostic &&diagnostic) {
    program.diagnostics.report(diagnostic);
  }

  // Entry points.
  void buildForward();
  void buildStep(const TrainingDecl &block, bool training);
  void buildReport(const TrainingDecl &block);
  void bindData(const TrainingDecl &block, Emitter &emitter);
  void runModel(Evaluator &evaluator, Scope &file, Scope &top);
  /// Whether a body has errors of its own, so that what it lacks is no error.
  static bool missesStatements(const std::vector<Stmt *> &body,
                               const Evaluator &evaluator);
  /// The settings of a training step that are no names of the text.
  struct StepSettings {
    static bool isSetting(llvm::StringRef name);
    const Stmt *find(const std::string &name) const;
    Value optimizer;
    /// Those that every optimizer takes.
    std::vector<std::pair<std::string, Value>> common;
    std::map<std::string, const Stmt *> statements;
  };
  void runBlock(const TrainingDecl &block, Evaluator &evaluator, Scope &scope,
                StepSettings &settings);
  void readSetting(const Stmt &stmt, Evaluator &evaluator, Scope &scope,
                   StepSettings &settings);
  std::optional<Tensor> lossOf(const TrainingDecl &block, Evaluator &evaluator,
                               Scope &scope);
  void minimize(const TrainingDecl &block, Evaluator &evaluator, Scope &scope,
                const Tensor &loss, const StepSettings &settings, Range place);
  bool checkSpecialNames(const TrainingDecl &block, const Stmt &stmt);
  void removeTraining();
  void finishModule();

  /// How one parameter is trained.
  struct Treatment {
    Value weightDecay, l1Decay, rate, scale; ///< poison: not given
    bool frozen = false, selected = true;
    std::string key() const;
  };
  std::map<std::string, Treatment>
  treatments(const TrainingDecl &block, Evaluator &evaluator, Scope &scope);
  void freezeOthers(std::map<std::string, Treatment> &treated);
  /// Names of the first parameters, for hints.
  std::string someParameters() const;

  Program &program;
  const Options &options;
  const ModelDecl &model;
  std::vector<const TrainingDecl *> trainings;
  const DiagnosticSink &sink;

  mlir::OwningOpRef<mlir::ModuleOp> module;
  DimensionTable dims;
  Variables variables;
  std::unique_ptr<Emitter> init;
  std::set<std::string> inferenceVariables, trained;
  /// Patterns of --trainable that were reported.
  std::set<std::string> unmatched;
  /// Inputs by name, once an entry point has bound them.
  std::map<std::string, DeclaredInput> declaredInputs;
  /// Loss and metrics of the block that was evaluated last, for its reports.
  std::vector<std::string> metrics;
};

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_ELABORATE_H
