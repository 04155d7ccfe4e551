//===- Source.h - the texts of a model and places in them -------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_SOURCE_H
#define DLCC_FRONTEND_DLM_SOURCE_H

#include "frontend/Frontend.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dlcc::dlm {

/// Bytes [begin, end) of file number `file`.
struct Range {
  uint32_t file = 0, begin = 0, end = 0;
  bool operator==(const Range &) const = default;
};

/// From the beginning of `a` to the end of `b`, which stands in the same file.
inline Range join(Range a, Range b) {
  return {a.file, a.begin, b.end > a.end ? b.end : a.end};
}

/// Where users find something: line and column count from 1, the column in
/// bytes.
struct Place {
  llvm::StringRef path;
  unsigned line = 1, column = 1;
  llvm::StringRef text;    ///< the line, without its line feed
  llvm::StringRef subject; ///< of a translated file; else empty
};

struct SourceFile {
  std::string path;
  std::string text;
  bool isPrelude = false;
  std::vector<uint32_t> lineStarts;
  const frontend::Translation *translation = nullptr;
};

/// Owns the texts for as long as anything refers to them.
class Sources {
public:
  /// Returns the number of the new file.
  uint32_t add(std::string path, std::string text, bool isPrelude = false);
  /// The text of another format's file; the translation has to live as long.
  uint32_t add(const frontend::Translation &translation);

  const SourceFile &get(uint32_t file) const { return *files[file]; }
  uint32_t size() const { return files.size(); }
  bool isPrelude(Range range) const { return files[range.file]->isPrelude; }

  llvm::StringRef text(Range range) const;
  /// Where a range begins; in a translated file, where its line comes from.
  Place place(Range range) const;

private:
  std::vector<std::unique_ptr<SourceFile>> files;
};

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_SOURCE_H
