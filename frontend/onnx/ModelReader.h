//===- ModelReader.h - a model's graph as entry points ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_MODELREADER_H
#define DLCC_FRONTEND_ONNX_MODELREADER_H

#include "frontend/onnx/Frontend.h"
#include "frontend/onnx/GraphReader.h"
#include "frontend/onnx/Training.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

namespace dlcc::onnx_reader {

/// Builds the module of one file, for one number of rows at a time. Whatever
/// does not fit is thrown as a Refusal.
class ModelReader {
public:
  ModelReader(mlir::MLIRContext &context, const Options &options,
              const onnx::ModelProto &model, std::string name);

  /// The functions `init`, `forward` and, of a model that is trained,
  /// `evaluate` and `train_step`; open first dimensions are `rows`.
  mlir::OwningOpRef<mlir::ModuleOp> read(int64_t rows);

  /// Whether an input's first dimension has no number of its own.
  bool hasOpenRows() const { return !openNames.empty(); }
  /// Why these are not one number of rows; empty where they are.
  std::string whyNotRows() const;
  /// The first dimension of all inputs, where it is the same; else 1.
  int64_t firstDimension() const;

private:
  /// A float initialiser that the module has a variable for.
  struct Weight {
    const onnx::TensorProto *tensor;
    mlir::DenseElementsAttr elements;
    bool isVariable;
  };
  /// One entry point on its way.
  struct Entry {
    mlir::func::FuncOp function;
    std::unique_ptr<Builder> builder;
    std::unique_ptr<GraphReader> reader;
    Scope scope;
    Values outputs;
  };

  void readInitialisers();
  void checkDims() const;
  int64_t sizeOf(const onnx::TensorShapeProto::Dimension &dim, bool isFirst,
                 const std::string &input);
  mlir::func::FuncOp makeFunction(llvm::StringRef name, llvm::StringRef entry);
  void makeVariables(mlir::func::FuncOp init);
  Entry begin(llvm::StringRef name, llvm::StringRef kind, Mode mode);
  void bindInitialisers(Entry &entry);
  void bindInputs(Entry &entry);
  void makeForward();
  void makeStep(bool isTraining);
  void end(Entry &entry, const Values &results,
           ArrayRef<std::string> names) const;
  void removeUnread(mlir::func::FuncOp init);

  mlir::MLIRContext &context;
  const Options &options;
  const onnx::ModelProto &model;
  std::string name;
  std::vector<Weight> weights;
  llvm::StringSet<> buffers; ///< initialisers that training averages
  std::optional<Training> training;

  mlir::ModuleOp module;
  int64_t rows = 1;
  llvm::StringSet<> usedDims, openNames;
  std::vector<int64_t> firstDims; ///< of the inputs
};

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_MODELREADER_H
