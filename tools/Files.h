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

#include <string>

namespace dlcc {

/// Writes beside the file, then renames, so that nobody ever sees half of it.
llvm::Error writeFile(llvm::StringRef path, llvm::StringRef bytes,
                      bool executable = false);

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
