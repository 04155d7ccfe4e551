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

#include "llvm/Support/Compiler.h"

#include <algorithm>
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
  /// `written` of a word whose bytes have cells of their own; `read` is the
  /// place of the first.
  static constexpr Time kSplit = kUndefined - 1;

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

  bool isPlainRead() const {
    return !isWrite && !isAtomic && !isReadOnly && !isBulk;
  }
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

/// Notes a read that nothing forbids.
LLVM_ATTRIBUTE_ALWAYS_INLINE void noteRead(Cell &cell, const Access &access,
                                           const Clocks::Moment &moment) {
  uint32_t warp = uint32_t(1) << (access.thread / 32);
  if (cell.read > moment.floor) {
    // Most readers change nothing: cells stay clean in the host's caches.
    if (cell.reader != access.thread && !cell.hasSeveralReaders)
      cell.hasSeveralReaders = true;
    if (!(cell.readerWarps & warp))
      cell.readerWarps |= warp;
    if (cell.read < moment.now)
      cell.read = moment.now;
    return;
  }
  if (cell.read < moment.blockStart)
    cell.hasSeveralBlocks = !access.isShared && cell.read >= moment.launchStart;
  cell.hasSeveralReaders = false;
  cell.readerWarps = warp;
  cell.read = moment.now;
  cell.reader = access.thread;
}

/// The same for plain reads of what was written before a barrier or, in global
/// memory, before the launch, which most accesses are; false for all others.
LLVM_ATTRIBUTE_ALWAYS_INLINE bool
checkPlainRead(Cell &cell, const Access &access, const Clocks::Moment &moment) {
  if (!moment.isBehindBarrier(cell.written) &&
      (access.isShared || cell.written >= moment.launchStart))
    return false;
  noteRead(cell, access, moment);
  return true;
}

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
      Cell &word = words[offset / 4];
      if (word.written != Cell::kSplit) {
        if (offset % 4 == 0 && end - offset >= 4) {
          if (!function(word, offset))
            return false;
          offset += 4;
          continue;
        }
        split(word);
      }
      if (!function(splitCells[word.read + offset % 4], offset))
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

  void split(Cell &word);

  /// From calloc: large arrays cost nothing until they are touched.
  std::unique_ptr<Cell[], Free> words;
  std::vector<Cell> splitCells;
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_SHADOW_H
