//===- Diagnostics.cpp - errors, warnings and notes with their places -----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Diagnostics.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace dlcc::dlm;

namespace {

/// Past this many errors the text is something else than a model.
constexpr unsigned kMaxErrors = 100;
/// A longer line is shown around the caret only.
constexpr size_t kMaxLine = 160;

llvm::StringRef name(Severity severity) {
  switch (severity) {
  case Severity::Note:
    return "note";
  case Severity::Warning:
    return "warning";
  case Severity::Error:
    return "error";
  }
  return "";
}

/// The source line, bytes that a terminal should not see as dots, and below it
/// a caret with an underline.
void printLine(llvm::raw_ostream &os, Range range, const Place &at) {
  llvm::StringRef line = at.text;
  size_t column = at.column - 1, skipped = 0;
  if (line.size() > kMaxLine) {
    skipped = column > kMaxLine / 2 ? column - kMaxLine / 2 : 0;
    line = line.substr(skipped, kMaxLine);
  }
  column -= skipped;
  os << "  ";
  for (char c : line)
    os << (c == '\t' || static_cast<unsigned char>(c) >= 0x20 ? c : '.');
  os << "\n  ";
  for (size_t i = 0; i < column; ++i) {
    char c = i < line.size() ? line[i] : ' ';
    // One column for a whole UTF-8 sequence.
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80)
      os << (c == '\t' ? '\t' : ' ');
  }
  os << '^';
  bool isOwn = at.subject.empty();
  size_t width = isOwn && range.end > range.begin ? range.end - range.begin : 1;
  for (size_t i = column + 1; i < column + width && i < line.size(); ++i)
    if ((static_cast<unsigned char>(line[i]) & 0xC0) != 0x80)
      os << '~';
  os << '\n';
}

void print(llvm::raw_ostream &os, const Sources &sources, Severity severity,
           Range range, llvm::StringRef text) {
  Place at = sources.place(range);
  os << at.path << ':' << at.line << ':' << at.column << ": " << name(severity)
     << ": " << at.subject << (at.subject.empty() ? "" : ": ") << text << '\n';
  printLine(os, range, at);
}

} // namespace

bool Diagnostics::isNew(const Diagnostic &diagnostic) {
  return said
      .insert(
          {{diagnostic.range.file, diagnostic.range.begin}, diagnostic.text})
      .second;
}

void Diagnostics::report(const Diagnostic &diagnostic) {
  if (!isNew(diagnostic))
    return;
  bool isError = diagnostic.severity == Severity::Error;
  errorCount += isError;
  warningCount += diagnostic.severity == Severity::Warning;
  if (isError && errorCount > kMaxErrors) {
    if (errorCount == kMaxErrors + 1)
      sink(Severity::Error, "error: too many errors; the rest is not shown\n");
    return;
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  print(os, sources, diagnostic.severity, diagnostic.range, diagnostic.text);
  for (const auto &[place, note] : diagnostic.notes)
    print(os, sources, Severity::Note, place, note);
  // A hint speaks of the text, which a user of another format never wrote.
  if (!diagnostic.hint.empty() &&
      sources.place(diagnostic.range).subject.empty())
    os << "  hint: " << diagnostic.hint << '\n';
  sink(diagnostic.severity, text);
}

void Diagnostics::reportWithoutPlace(const llvm::Twine &text) {
  ++errorCount;
  sink(Severity::Error, ("error: " + text + "\n").str());
}
