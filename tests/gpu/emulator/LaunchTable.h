//===- LaunchTable.h - launches as JSON -------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_LAUNCHTABLE_H
#define DLCC_TESTS_GPU_EMULATOR_LAUNCHTABLE_H

#include "Launch.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace dlcc::emulator {

/// A part of the arena that has a name.
struct NamedBuffer {
  std::string name;
  uint64_t offset = 0, bytes = 0;
  /// Whether it means something before a kernel writes it.
  bool isDefined = true;
};

/// One entry of what README.md describes.
struct LaunchTable {
  uint64_t arenaBytes = 0;
  std::vector<NamedBuffer> buffers;
  std::vector<Launch> launches;

  /// The buffer of a name, null if there is none.
  const NamedBuffer *find(llvm::StringRef name) const;
};

/// Reads the launches of an entry; its name may be empty where the text has
/// one only. An error names the first thing that is wrong.
llvm::Expected<LaunchTable> parseLaunchTable(llvm::StringRef text,
                                             llvm::StringRef entry = "");

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_LAUNCHTABLE_H
