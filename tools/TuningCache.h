//===- TuningCache.h - the file that keeps measured tiles -------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_TUNINGCACHE_H
#define DLCC_TOOLS_TUNINGCACHE_H

#include "codegen/TuningDatabase.h"
#include "llvm/Support/Error.h"

#include <string>

namespace dlcc {

/// A tuning database in a file that several processes may read and write.
class TuningCache {
public:
  explicit TuningCache(std::string path) : file(std::move(path)) {}

  /// $XDG_CACHE_HOME/dlcc/tiles.txt, or ~/.cache/dlcc/tiles.txt; fails where
  /// neither folder is known.
  static llvm::Expected<std::string> defaultPath();

  const std::string &path() const { return file; }
  bool exists() const;

  /// Makes the folder, and fails where the file could not be written: better
  /// before something is measured than afterwards.
  llvm::Error prepare() const;

  /// Adds entries to those that are there by now. Readers see the file as it
  /// was or as it is.
  llvm::Error add(const std::vector<TunedTiles> &entries) const;

private:
  std::string folder() const;

  std::string file;
};

} // namespace dlcc

#endif // DLCC_TOOLS_TUNINGCACHE_H
