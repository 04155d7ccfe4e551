//===- Shadow.cpp - who wrote and read each byte last ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Shadow.h"

#include <new>

using namespace dlcc::emulator;

/// The conflict of an access with the last write to its bytes.
static Conflict checkWrite(const Cell &cell, const Access &access,
                           const Clocks &clocks) {
  if (cell.written == Cell::kPending)
    return Conflict::Pending;
  if (cell.written == Cell::kUndefined)
    return access.isWrite ? Conflict::None : Conflict::Unwritten;
  if (access.isShared && !clocks.isOfThisBlock(cell.written))
    return access.isWrite && !access.isAtomic ? Conflict::None
                                              : Conflict::Unwritten;
  if (!clocks.isOfThisLaunch(cell.written))
    return Conflict::None;
  if (access.isAtomic && cell.wasAtomicWrite)
    return Conflict::None;
  if (!clocks.isOfThisBlock(cell.written))
    return Conflict::WriteOfOtherBlock;
  if (!clocks.isOrdered(cell.writer, cell.written, access.thread))
    return Conflict::Write;
  if (access.isBulk && access.isShared && !cell.wasBulkWrite &&
      !clocks.isFenced(cell.writer, cell.written))
    return Conflict::Unfenced;
  return access.isReadOnly ? Conflict::WrittenInLaunch : Conflict::None;
}

/// Whether the reads of this block happened before the access.
static bool areReadsOrdered(const Cell &cell, const Access &access,
                            const Clocks &clocks) {
  return cell.hasSeveralReaders
             ? clocks.areOrdered(cell.readerWarps, cell.read, access.thread)
             : clocks.isOrdered(cell.reader, cell.read, access.thread);
}

/// The conflict of a write with the reads since the last one.
static Conflict checkReads(const Cell &cell, const Access &access,
                           const Clocks &clocks) {
  if (!clocks.isOfThisLaunch(cell.read))
    return Conflict::None;
  if (!clocks.isOfThisBlock(cell.read) || cell.hasSeveralBlocks)
    return access.isShared ? Conflict::None : Conflict::ReadOfOtherBlock;
  return areReadsOrdered(cell, access, clocks) ? Conflict::None
                                               : Conflict::Read;
}

static void noteRead(Cell &cell, const Access &access, const Clocks &clocks) {
  Cell::Time now = clocks.now(access.thread);
  uint32_t warp = uint32_t(1) << (access.thread / 32);
  if (!clocks.isOfThisBlock(cell.read)) {
    cell.hasSeveralBlocks =
        !access.isShared && clocks.isOfThisLaunch(cell.read);
    cell.hasSeveralReaders = false;
    cell.readerWarps = warp;
  } else if (areReadsOrdered(cell, access, clocks)) {
    // Whoever hears of this read has heard of those before.
    cell.hasSeveralReaders = false;
    cell.readerWarps = warp;
  } else {
    cell.hasSeveralReaders |= cell.reader != access.thread;
    cell.readerWarps |= warp;
    now = std::max(now, cell.read);
  }
  cell.reader = access.thread;
  cell.read = now;
}

Conflict dlcc::emulator::check(Cell &cell, const Access &access,
                               const Clocks &clocks) {
  if (Conflict found = checkWrite(cell, access, clocks);
      found != Conflict::None)
    return found;
  if (!access.isWrite) {
    noteRead(cell, access, clocks);
    return Conflict::None;
  }
  if (Conflict found = checkReads(cell, access, clocks);
      found != Conflict::None)
    return found;
  cell.written = clocks.now(access.thread);
  cell.writer = access.thread;
  cell.wasAtomicWrite = access.isAtomic;
  cell.wasBulkWrite = access.isBulk;
  cell.read = 0;
  return Conflict::None;
}

template <typename T> static T *zeros(uint64_t count) {
  void *memory = std::calloc(count, sizeof(T));
  if (!memory)
    throw std::bad_alloc();
  return static_cast<T *>(memory);
}

Shadow::Shadow(uint64_t size)
    : words(zeros<Cell>(size / 4 + 1)), parts(zeros<uint32_t>(size / 4 + 1)) {}

void Shadow::split(uint64_t word) {
  splitCells.insert(splitCells.end(), 4, words[word]);
  parts[word] = uint32_t(splitCells.size() / 4);
}

void Shadow::markUndefined(uint64_t offset, uint64_t bytes) {
  forEachCell(offset, bytes, [](Cell &cell, uint64_t) {
    cell.written = Cell::kUndefined;
    return true;
  });
}
