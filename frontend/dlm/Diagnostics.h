//===- Diagnostics.h - errors, warnings and notes ---------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_DIAGNOSTICS_H
#define DLCC_FRONTEND_DLM_DIAGNOSTICS_H

#include "frontend/dlm/Frontend.h"
#include "frontend/dlm/Source.h"
#include "llvm/ADT/Twine.h"

#include <set>
#include <string>
#include <vector>

namespace dlcc::dlm {

/// One diagnostic: a place, a sentence, further places, and what to do.
struct Diagnostic {
  Severity severity = Severity::Error;
  Range range;
  std::string text;
  std::vector<std::pair<Range, std::string>> notes;
  std::string hint;

  Diagnostic(Range range, const llvm::Twine &text)
      : range(range), text(text.str()) {}
  Diagnostic &&note(Range place, const llvm::Twine &text) && {
    notes.emplace_back(place, text.str());
    return std::move(*this);
  }
  Diagnostic &&withHint(const llvm::Twine &text) && {
    hint = text.str();
    return std::move(*this);
  }
};

/// Prints diagnostics to a sink as they come. The same text at the same place
/// is said once, since a function's body is evaluated at each of its calls.
class Diagnostics {
public:
  Diagnostics(const Sources &sources, DiagnosticSink sink)
      : sources(sources), sink(std::move(sink)) {}

  void report(const Diagnostic &diagnostic);
  /// A sentence about the run as a whole, such as a file that is not there.
  void reportWithoutPlace(const llvm::Twine &text);

  unsigned errors() const { return errorCount; }
  unsigned warnings() const { return warningCount; }

private:
  bool isNew(const Diagnostic &diagnostic);

  const Sources &sources;
  DiagnosticSink sink;
  std::set<std::pair<std::pair<uint32_t, uint32_t>, std::string>> said;
  unsigned errorCount = 0, warningCount = 0;
};

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_DIAGNOSTICS_H
