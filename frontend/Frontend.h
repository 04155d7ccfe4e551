//===- Frontend.h - what every frontend takes and gives ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_FRONTEND_H
#define DLCC_FRONTEND_FRONTEND_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>
#include <string>

namespace dlcc::frontend {

enum class Severity { Note, Warning, Error };

/// Gets each diagnostic as one text with its notes, source lines and carets:
/// `PATH:LINE:COL: error: …`, ending in a line feed. A note on its own
/// (Severity::Note) says what was assumed, such as a batch of 1.
using DiagnosticSink =
    std::function<void(Severity severity, const std::string &text)>;

struct ModelModule {
  std::string name; ///< prefix of symbols
  bool hasTraining; ///< the file has a training block for this model
  mlir::OwningOpRef<mlir::ModuleOp> module; ///< null where only checked
};

} // namespace dlcc::frontend

#endif // DLCC_FRONTEND_FRONTEND_H
