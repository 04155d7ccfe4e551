//===- Files.h - files that are whole or not there --------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_FILES_H
#define DLCC_TOOLS_FILES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"

#include <string>
#include <utility>
#include <vector>

namespace dlcc {

/// Files that appear together, each whole, or not at all: they are written
/// beside their targets, and `keep` renames them.
class OutputFiles {
public:
  OutputFiles() = default;
  OutputFiles(const OutputFiles &) = delete;
  OutputFiles &operator=(const OutputFiles &) = delete;
  ~OutputFiles();

  llvm::Error add(llvm::StringRef path, llvm::StringRef bytes,
                  bool executable = false);
  llvm::Error keep();

private:
  std::vector<std::pair<std::string, llvm::sys::fs::TempFile>> files;
  /// Devices and pipes, which a rename would replace, and their bytes.
  std::vector<std::pair<std::string, std::string>> streams;
};

/// A single one.
llvm::Error writeFile(llvm::StringRef path, llvm::StringRef bytes);

/// A folder of its own under the system's temporary folder, removed with all
/// that is in it at the end.
class TemporaryFolder {
public:
  static llvm::Expected<TemporaryFolder> create();
  TemporaryFolder(TemporaryFolder &&other) noexcept;
  TemporaryFolder &operator=(TemporaryFolder &&) = delete;
  ~TemporaryFolder();
  std::string file(llvm::StringRef name) const;

private:
  explicit TemporaryFolder(std::string path) : path(std::move(path)) {}
  std::string path;
};

} // namespace dlcc

#endif // DLCC_TOOLS_FILES_H
