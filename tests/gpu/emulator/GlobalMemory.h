//===- GlobalMemory.h - the device's memory ---------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_GLOBALMEMORY_H
#define DLCC_TESTS_GPU_EMULATOR_GLOBALMEMORY_H

#include "Shadow.h"

#include "llvm/Support/Error.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dlcc::emulator {

/// One arena that kernels share. Each argument of a kernel sees its part of it
/// at an address of its own, gigabytes from all others (the same pages mapped
/// again), so that a step too far never lands in another argument's bytes.
class GlobalMemory {
public:
  /// An arena of zeros.
  static llvm::Expected<std::unique_ptr<GlobalMemory>> create(uint64_t bytes);
  ~GlobalMemory();
  GlobalMemory(const GlobalMemory &) = delete;
  GlobalMemory &operator=(const GlobalMemory &) = delete;

  uint64_t size() const { return bytes; }
  /// The whole arena, for the host.
  char *data() { return memory; }
  /// Which writes and reads its bytes saw.
  Shadow &shadow() { return accesses; }

  /// Names a part of the arena for reports. `isDefined` is false where its
  /// bytes mean nothing until a kernel writes them: to read them is a fault.
  void name(std::string name, uint64_t offset, uint64_t bytes,
            bool isDefined = true);
  /// "NAME + OFFSET" of a byte of the arena: the smallest named part that
  /// holds it, else the arena.
  std::string describe(uint64_t offset) const;

  /// An address at which `bytes` bytes of the arena from `offset` lie, apart
  /// from every other window. The same question has the same answer.
  llvm::Expected<char *> window(uint64_t offset, uint64_t bytes);

private:
  struct Name {
    std::string name;
    uint64_t offset, bytes;
  };
  struct Mapping {
    void *address;
    uint64_t bytes;
  };

  GlobalMemory(int file, char *memory, uint64_t bytes)
      : file(file), memory(memory), bytes(bytes), accesses(bytes) {}

  int file;
  char *memory;
  uint64_t bytes;
  Shadow accesses;
  std::vector<Name> names;
  std::map<std::pair<uint64_t, uint64_t>, char *> windows;
  std::vector<Mapping> mappings;
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_GLOBALMEMORY_H
