//===- LinkedFiles.h - objects and libraries of the user --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The files of --link, which have the C functions that a model calls.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_LINKEDFILES_H
#define DLCC_TOOLS_LINKEDFILES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace dlcc {

struct LinkedFile {
  enum Kind { Object, Archive, Shared };
  std::string path; ///< absolute
  Kind kind;
};

class LinkedFiles {
public:
  /// Fails on a file that is not there or is nothing to link.
  static llvm::Expected<LinkedFiles> read(llvm::ArrayRef<std::string> paths);

  llvm::ArrayRef<LinkedFile> files() const { return list; }
  bool define(llvm::StringRef symbol) const { return symbols.contains(symbol); }
  /// What a linker needs: the files, and where shared libraries are found when
  /// the program starts.
  std::vector<std::string> linkFlags() const;

private:
  llvm::Error add(const std::string &path);

  std::vector<LinkedFile> list;
  llvm::StringSet<> symbols;
};

} // namespace dlcc

#endif // DLCC_TOOLS_LINKEDFILES_H
