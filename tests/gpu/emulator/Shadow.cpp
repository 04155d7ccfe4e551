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

/// The conflict of a write with the reads since the last one.
static Conflict checkReads(const Cell &cell, const Access &access,
                           const Clocks &clocks) {
  if (!clocks.isOfThisLaunch(cell.read))
    return Conflict::None;
  if (!clocks.isOfThisBlock(cell.read) || cell.hasSeveralBlocks)
    return access.isShared ? Conflict::None : Conflict::ReadOfOtherBlock;
  bool isOrdered =
      cell.hasSeveralReaders
          ? clocks.areOrdered(cell.readerWarps, cell.read, access.thread)
          : clocks.isOrdered(cell.reader, cell.read, access.thread);
  return isOrdered ? Conflict::None : Conflict::Read;
}

Conflict dlcc::emulator::check(Cell &cell, const Access &access,
                               const Clocks &clocks) {
  if (Conflict found = checkWrite(cell, access, clocks);
      found != Conflict::None)
    return found;
  if (!access.isWrite) {
    noteRead(cell, access, clocks.moment(access.thread));
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

Shadow::Shadow(uint64_t size)
    : words(static_cast<Cell *>(std::calloc(size / 4 + 1, sizeof(Cell)))) {
  if (!words)
    throw std::bad_alloc();
}

void Shadow::split(Cell &word) {
  auto place = Cell::Time(splitCells.size());
  splitCells.insert(splitCells.end(), 4, word);
  word.written = Cell::kSplit;
  word.read = place;
}

void Shadow::markUndefined(uint64_t offset, uint64_t bytes) {
  forEachCell(offset, bytes, [](Cell &cell, uint64_t) {
    cell.written = Cell::kUndefined;
    return true;
  });
}
