//===- Shadow.h - who wrote and read each byte last -------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_SHADOW_H
#define DLCC_TESTS_GPU_EMULATOR_SHADOW_H

#include "Clocks.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace dlcc::emulator {

/// What one byte, or four that were only ever touched together, has seen.
struct Cell {
  using Time = Clocks::Time;
  /// `written` of bytes that an asynchronous copy owns; `writer` began it.
  static constexpr Time kPending = ~Time(0);
  /// `written` of bytes that mean nothing.
  static constexpr Time kUndefined = kPending - 1;

  /// The last write, 0 for none.
  Time written = 0;
  /// The last read since, 0 for none.
  Time read = 0;
  /// The warps of this block that read since.
  uint32_t readerWarps = 0;
  uint16_t writer : 10 = 0;
  uint16_t wasAtomicWrite : 1 = 0;
  /// The last write was a bulk copy's.
  uint16_t wasBulkWrite : 1 = 0;
  /// Of the readers, where there is only one.
  uint16_t reader : 10 = 0;
  uint16_t hasSeveralReaders : 1 = 0;
  /// Blocks of this launch, one of them not the reader's.
  uint16_t hasSeveralBlocks : 1 = 0;
};
static_assert(sizeof(Cell) == 16);

/// How a thread touches memory.
struct Access {
  uint16_t thread;
  bool isWrite = false;
  bool isAtomic = false;
  /// Promised to be of bytes that nothing writes during the launch.
  bool isReadOnly = false;
  /// Shared memory begins anew with each block.
  bool isShared = false;
  /// By the proxy of bulk copies and of products of warpgroups.
  bool isBulk = false;
};

/// Why an access must not be.
enum class Conflict {
  None,
  /// With the last write.
  Write,
  /// With a read since.
  Read,
  /// The same with another block of the launch.
  WriteOfOtherBlock,
  ReadOfOtherBlock,
  /// Of bytes that nobody wrote.
  Unwritten,
  /// Of bytes of an unfinished asynchronous copy.
  Pending,
  /// Of bytes whose last write was by a thread, with no fence between the
  /// proxies behind it.
  Unfenced,
  /// Of bytes that this launch wrote, where none may be.
  WrittenInLaunch,
};

/// Checks an access to the bytes of a cell and, if nothing forbids it, notes
/// it there.
Conflict check(Cell &cell, const Access &access, const Clocks &clocks);

/// A cell for every four bytes, and one for each of them once they were
/// touched apart.
class Shadow {
public:
  explicit Shadow(uint64_t size);

  /// Calls function(cell, offset) -> bool for the cells of some bytes until it
  /// returns false; whether it never did.
  template <typename Function>
  bool forEachCell(uint64_t offset, uint64_t bytes, Function function) {
    uint64_t end = offset + bytes;
    while (offset < end) {
      uint32_t &part = parts[offset / 4];
      if (part == 0 && offset % 4 == 0 && end - offset >= 4) {
        if (!function(words[offset / 4], offset))
          return false;
        offset += 4;
        continue;
      }
      if (part == 0)
        split(offset / 4);
      if (!function(splitCells[4 * (part - 1) + offset % 4], offset))
        return false;
      ++offset;
    }
    return true;
  }

  void markUndefined(uint64_t offset, uint64_t bytes);

private:
  struct Free {
    void operator()(void *memory) const { std::free(memory); }
  };

  void split(uint64_t word);

  /// From calloc: large arrays cost nothing until they are touched.
  std::unique_ptr<Cell[], Free> words;
  /// One more than the place of a word's four cells; 0 while it has one.
  std::unique_ptr<uint32_t[], Free> parts;
  std::vector<Cell> splitCells;
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_SHADOW_H
