//===- Diagnostics.cpp - MLIR's diagnostics as text -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace dlcc {

/// The line of a file, without its end; empty where there is none.
static std::string sourceLine(StringRef path, unsigned number) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer || number == 0)
    return "";
  StringRef rest = (*buffer)->getBuffer();
  for (unsigned i = 1; i != number; ++i)
    rest = rest.split('\n').second;
  return rest.split('\n').first.rtrim('\r').str();
}

static StringRef spellSeverity(mlir::DiagnosticSeverity severity) {
  switch (severity) {
  case mlir::DiagnosticSeverity::Note:
    return "note";
  case mlir::DiagnosticSeverity::Warning:
    return "warning";
  case mlir::DiagnosticSeverity::Error:
    return "error";
  case mlir::DiagnosticSeverity::Remark:
    return "remark";
  }
  llvm_unreachable("not a severity");
}

std::string spellDiagnostic(const Diagnostic &diagnostic) {
  std::string text;
  llvm::raw_string_ostream out(text);
  auto place = diagnostic.getLocation()->findInstanceOf<FileLineColLoc>();
  if (place)
    out << place.getFilename().getValue() << ':' << place.getLine() << ':'
        << place.getColumn() << ": ";
  out << spellSeverity(diagnostic.getSeverity()) << ": " << diagnostic.str()
      << '\n';
  if (place) {
    std::string line =
        sourceLine(place.getFilename().getValue(), place.getLine());
    if (!line.empty() && place.getColumn() != 0) {
      // Tabs stay tabs, so that the caret stands below its column.
      std::string caret(line.substr(0, place.getColumn() - 1));
      for (char &c : caret)
        c = c == '\t' ? '\t' : ' ';
      out << "  " << line << "\n  " << caret << "^\n";
    }
  }
  for (const Diagnostic &note : diagnostic.getNotes())
    out << spellDiagnostic(note);
  return text;
}

static Severity severityOf(const Diagnostic &diagnostic) {
  switch (diagnostic.getSeverity()) {
  case mlir::DiagnosticSeverity::Error:
    return Severity::Error;
  case mlir::DiagnosticSeverity::Warning:
    return Severity::Warning;
  default:
    return Severity::Note;
  }
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext *context,
                                     const DiagnosticSink &sink)
    : handler(context, [sink](Diagnostic &diagnostic) {
        sink(severityOf(diagnostic), spellDiagnostic(diagnostic));
        return success();
      }) {}

} // namespace dlcc
