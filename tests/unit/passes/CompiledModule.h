//===- CompiledModule.h - a module of dlc ops, run two ways -----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles a module in memory, loads the object and calls its entry points
// with the oracle's tensors, so that a test can put both answers side by side.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_PASSES_COMPILEDMODULE_H
#define DLCC_TESTS_UNIT_PASSES_COMPILEDMODULE_H

#include "ir/eval/Interpreter.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "tools/LoadedModel.h"

#include <memory>
#include <optional>
#include <random>

namespace dlcc {

class CompiledModule {
public:
  /// `text` is a module of dlc ops named @t; a failure is a test failure.
  explicit CompiledModule(const std::string &text);
  /// `path` is a file in the model language with a model t and its training.
  /// The oracle's module is the differentiated one, without simplifications.
  static std::unique_ptr<CompiledModule> fromModel(const std::string &path);
  bool isReady() const { return instance != nullptr; }

  mlir::ModuleOp module() { return *original; }
  /// Of the instance's random numbers.
  static constexpr uint64_t kSeed = 42;
  /// Runs the initialisers.
  void init();
  /// Every parameter, buffer and slot, after a call.
  llvm::StringMap<eval::Tensor> variables();
  /// Runs an entry as compiled; its outputs have the entry's result types.
  std::vector<eval::Tensor> run(const std::string &entry, int64_t rows,
                                llvm::ArrayRef<eval::Tensor> inputs);

private:
  CompiledModule();
  void compile(bool training);
  int findEntry(llvm::StringRef name) const;

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> original; ///< as the oracle sees it
  std::optional<LoadedModel> loaded;
  /// The model as loaded, with bodies that note the memory they are given.
  dlcc_model watched;
  std::vector<dlcc_entry> entries;
  InstancePointer instance;
};

/// Numbers that ops meet: floats around 0, small integers with 0, any bool.
eval::Tensor makeInput(mlir::RankedTensorType type, std::mt19937 &random);

/// Expects equal integers, and floats that agree as well as their type and
/// `slack` allow, among the elements of the first `rows` of `batch` rows.
void expectClose(const eval::Tensor &got, const eval::Tensor &wanted,
                 int64_t rows, int64_t batch, double slack = 1.0);

} // namespace dlcc

#endif // DLCC_TESTS_UNIT_PASSES_COMPILEDMODULE_H
