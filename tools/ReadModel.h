//===- ReadModel.h - from a file to modules of dlc ops ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_READMODEL_H
#define DLCC_TOOLS_READMODEL_H

#include "dlcc/compiler.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <optional>

namespace dlcc {

/// A model as a frontend gives it.
struct InputModel {
  std::string name; ///< prefix of its symbols
  bool hasTraining; ///< the file has a training block for it
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// Reads options.input with the frontend its ending names (.onnx; .prototxt;
/// .mlir: a module of any phase up to `planned`, for tests; anything else is
/// the model language). The models asked for; nothing where the file was
/// refused.
std::optional<std::vector<InputModel>> readModels(mlir::MLIRContext &context,
                                                  const CompileOptions &options,
                                                  const DiagnosticSink &sink);

/// Only diagnostics; whether there was no error.
bool checkModels(mlir::MLIRContext &context, const CompileOptions &options,
                 const DiagnosticSink &sink);

} // namespace dlcc

#endif // DLCC_TOOLS_READMODEL_H
