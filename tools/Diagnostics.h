//===- Diagnostics.h - MLIR's diagnostics as text ---------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_DIAGNOSTICS_H
#define DLCC_TOOLS_DIAGNOSTICS_H

#include "dlcc/compiler.h"
#include "mlir/IR/Diagnostics.h"

namespace dlcc {

/// While it lives, every diagnostic of the context goes to the sink as
/// `PATH:LINE:COL: error: text` with the source line, a caret and the notes.
class DiagnosticPrinter {
public:
  DiagnosticPrinter(mlir::MLIRContext *context, const DiagnosticSink &sink);

private:
  mlir::ScopedDiagnosticHandler handler;
};

/// The text of one diagnostic, ending in a line feed.
std::string spellDiagnostic(const mlir::Diagnostic &diagnostic);

} // namespace dlcc

#endif // DLCC_TOOLS_DIAGNOSTICS_H
