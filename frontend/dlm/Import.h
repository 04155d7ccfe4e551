//===- Import.h - a model file with all it imports --------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_IMPORT_H
#define DLCC_FRONTEND_DLM_IMPORT_H

#include "frontend/dlm/Evaluator.h"

namespace dlcc::dlm {

/// The parsed files: imported ones first, the model file last, each once; and
/// those of the prelude.
struct Files {
  std::vector<std::unique_ptr<FileAst>> asts, prelude;
  bool structureBroken = false;

  const FileAst &main() const { return *asts.back(); }
};

/// Reads and parses `options.path` and what it imports, and the prelude. None
/// where the file itself cannot be read; errors have been reported.
std::optional<Files> readFiles(Sources &sources, Diagnostics &diagnostics,
                               const Options &options);

/// Puts declarations under their names and computes the constants, those of
/// `options.sets` with the values given there. False after an error.
bool declare(Program &program, Sources &sources, Files &files,
             const Options &options);

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_IMPORT_H
