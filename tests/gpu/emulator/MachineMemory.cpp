//===- MachineMemory.cpp - accesses to memory -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include <cstring>

using namespace dlcc::emulator;

static std::string verb(const Access &access) {
  if (access.isAtomic)
    return "atomically updates ";
  return access.isWrite ? "writes " : "reads ";
}

static Access accessOf(unsigned thread, uint32_t flags) {
  Access access{uint16_t(thread)};
  access.isWrite = flags & AccessFlags::kWrite;
  access.isAtomic = flags & AccessFlags::kAtomic;
  access.isReadOnly = flags & AccessFlags::kReadOnly;
  access.isBulk = flags & AccessFlags::kBulk;
  return access;
}

void Machine::access(const void *address, uint32_t bytes, uint32_t flags) {
  if (bytes == 0)
    return;
  uintptr_t place = reinterpret_cast<uintptr_t>(address);
  uintptr_t alignment = uintptr_t(1) << (flags & AccessFlags::kAlignment);
  if (place & (alignment - 1))
    stop(Fault::Kind::Misaligned,
         verb(accessOf(current, flags)) + std::to_string(bytes) +
             " bytes at an address that is no multiple of " +
             std::to_string(alignment) + ": " + describe(address));
  if (window.holds(address))
    return accessShared(address, bytes, flags);
  // A thread's own variables; threads that never wait share a stack.
  uintptr_t stack =
      reinterpret_cast<uintptr_t>(stacks->stack(kernel->waits ? current : 0));
  if (place - stack < Stacks::kBytes)
    return;
  accessGlobal(address, bytes, flags);
}

/// Shared memory that the kernel has: its variables and the dynamic part.
bool Machine::isShared(uint32_t offset, uint32_t bytes) const {
  auto holds = [&](uint32_t begin, uint32_t size) {
    return offset >= begin &&
           uint64_t(offset) + bytes <= uint64_t(begin) + size;
  };
  if (holds(kernel->dynamicOffset, launch->sharedBytes))
    return true;
  for (const SharedVariable &variable : kernel->shared)
    if (holds(variable.offset, variable.bytes))
      return true;
  return false;
}

void Machine::accessShared(const void *address, uint32_t bytes,
                           uint32_t flags) {
  uint32_t offset = window.offsetOf(address);
  if (!isShared(offset, bytes))
    stop(Fault::Kind::OutOfBounds, verb(accessOf(current, flags)) +
                                       std::to_string(bytes) + " bytes at " +
                                       describe(address));
  Access access = accessOf(current, flags);
  access.isShared = true;
  checkCells(sharedShadow, offset, bytes, access, address);
}

const Machine::Region *Machine::regionOf(uintptr_t address, uint32_t bytes) {
  auto holds = [&](const Region &region) {
    return address - region.begin < region.bytes &&
           bytes <= region.bytes - (address - region.begin);
  };
  if (lastRegion < regions.size() && holds(regions[lastRegion]))
    return &regions[lastRegion];
  for (lastRegion = 0; lastRegion < regions.size(); ++lastRegion)
    if (holds(regions[lastRegion]))
      return &regions[lastRegion];
  return nullptr;
}

void Machine::accessGlobal(const void *address, uint32_t bytes,
                           uint32_t flags) {
  uintptr_t place = reinterpret_cast<uintptr_t>(address);
  Access access = accessOf(current, flags);
  const Region *region = regionOf(place, bytes);
  if (!region)
    stop(Fault::Kind::OutOfBounds, verb(access) + std::to_string(bytes) +
                                       " bytes at " + describe(address));
  if (access.isWrite && !region->isWritable)
    stop(Fault::Kind::ReadOnly, verb(access) + std::to_string(bytes) +
                                    " bytes at " + describe(address) +
                                    ", which is read only");
  if (!region->shadow)
    return;
  uint64_t offset = region->shadowOffset + (place - region->begin);
  checkCells(*region->shadow, offset, bytes, access, address);
}

void Machine::checkCells(Shadow &shadow, uint64_t offset, uint32_t bytes,
                         const Access &access, const void *address) {
  Clocks::Moment moment = clocks.moment(access.thread);
  bool isPlainRead = access.isPlainRead();
  shadow.forEachCell(offset, bytes, [&](Cell &cell, uint64_t at) {
    if (isPlainRead && checkPlainRead(cell, access, moment))
      return true;
    Conflict conflict = check(cell, access, clocks);
    if (conflict != Conflict::None)
      stopConflict(
          conflict, cell, access, bytes,
          describe(static_cast<const char *>(address) + (at - offset)));
    return true;
  });
}

void Machine::stopConflict(Conflict conflict, const Cell &cell,
                           const Access &access, uint32_t bytes,
                           const std::string &place) {
  std::string text = verb(access) + std::to_string(bytes) + " bytes; " + place;
  std::string reader =
      cell.hasSeveralReaders ? "several threads" : describeThread(cell.reader);
  switch (conflict) {
  case Conflict::None:
    break;
  case Conflict::Write:
    stop(Fault::Kind::Race, text + " was written by " +
                                describeThread(cell.writer) +
                                " with no synchronisation since");
  case Conflict::Read:
    stop(Fault::Kind::Race,
         text + " was read by " + reader + " with no synchronisation since");
  case Conflict::WriteOfOtherBlock:
    stop(Fault::Kind::Race,
         text + " was written by " + describeThread(cell.writer) + " of " +
             describeBlockAt(cell.written) + " in the same launch");
  case Conflict::ReadOfOtherBlock:
    stop(Fault::Kind::Race,
         text + " was read by another block in the same launch" +
             (cell.hasSeveralBlocks || cell.hasSeveralReaders
                  ? std::string()
                  : ": by " + reader + " of " + describeBlockAt(cell.read)));
  case Conflict::Unwritten:
    stop(Fault::Kind::Unwritten,
         text + " was not written before: by nobody, or by a "
                "thread that nothing lets run first");
  case Conflict::Pending:
    stop(Fault::Kind::UnfinishedCopy,
         text + " belongs to an asynchronous copy of " +
             describeThread(cell.writer) + " that nobody waited for");
  case Conflict::Unfenced:
    stop(Fault::Kind::Race,
         text + " was written by " + describeThread(cell.writer) +
             ", which let bulk copies and products of warpgroups not see it: "
             "there is no fence.proxy.async behind it");
  case Conflict::WrittenInLaunch:
    stop(Fault::Kind::ReadOnly,
         text + " was written in this launch, but is read as memory that the "
                "launch never writes (ld.global.nc)");
  }
  std::abort();
}

std::string Machine::describeShared(uint32_t offset) const {
  std::string text = "shared + " + std::to_string(offset);
  for (const SharedVariable &variable : kernel->shared)
    if (offset >= variable.offset && offset - variable.offset < variable.bytes)
      return "shared @" + variable.name + " + " +
             std::to_string(offset - variable.offset);
  if (offset >= kernel->dynamicOffset) {
    uint32_t dynamic = offset - kernel->dynamicOffset;
    if (dynamic < launch->sharedBytes)
      return "dynamic shared memory + " + std::to_string(dynamic);
    return text + ", dynamic shared memory + " + std::to_string(dynamic) +
           " of " + std::to_string(launch->sharedBytes) + " bytes";
  }
  return text + ", where no variable of this kernel is";
}

std::string Machine::describe(const void *address) const {
  if (window.holds(address))
    return describeShared(window.offsetOf(address));
  auto place = reinterpret_cast<uintptr_t>(address);
  // The region that is nearest; all lie far apart.
  const Region *nearest = nullptr;
  uintptr_t distance = 0;
  for (const Region &region : regions) {
    uintptr_t away = place < region.begin ? region.begin - place
                     : place - region.begin < region.bytes
                         ? 0
                         : place - region.begin - region.bytes;
    if (!nearest || away < distance) {
      nearest = &region;
      distance = away;
    }
  }
  char number[32];
  std::snprintf(number, sizeof number, "address 0x%llx",
                static_cast<unsigned long long>(place));
  if (!nearest || distance > uint64_t(2) << 30)
    return number;
  auto offset = int64_t(place - nearest->begin);
  std::string text = nearest->name + " + " + std::to_string(offset) + " of " +
                     std::to_string(nearest->bytes) + " bytes";
  if (nearest->shadow == &memory.shadow() && offset >= 0 &&
      uint64_t(offset) < nearest->bytes)
    text += ", " + memory.describe(nearest->shadowOffset + uint64_t(offset));
  return text;
}

void Machine::beginCopy(const AsyncCopy &copy) {
  uint32_t flags = 0;
  while ((1u << flags) < copy.bytes)
    ++flags;
  if (copy.fromBytes)
    access(copy.from, copy.fromBytes, 0);
  if (reinterpret_cast<uintptr_t>(copy.from) % copy.bytes)
    stop(Fault::Kind::Misaligned,
         "copies from an address that is no multiple of " +
             std::to_string(copy.bytes) + ": " + describe(copy.from));
  access(copy.to, copy.bytes, flags | AccessFlags::kWrite);
  own(copy);
  threads[current].ungrouped.push_back(copy);
}

void Machine::commitCopies() {
  Thread &thread = threads[current];
  thread.groups.push_back(std::move(thread.ungrouped));
  thread.ungrouped.clear();
}

/// From now on nobody may touch the bytes that the copy will write.
void Machine::own(const AsyncCopy &copy) {
  sharedShadow.forEachCell(window.offsetOf(copy.to), copy.bytes,
                           [&](Cell &cell, uint64_t) {
                             cell.written = Cell::kPending;
                             cell.writer = current;
                             return true;
                           });
}

/// The nearest numbers with ten bits behind the point; NaN and infinity stay.
static void roundToTf32(char *numbers, uint32_t bytes) {
  for (uint32_t at = 0; at < bytes; at += 4) {
    uint32_t bits;
    std::memcpy(&bits, numbers + at, 4);
    if ((bits & 0x7f800000) != 0x7f800000)
      bits = (bits + 0x1000) & ~uint32_t(0x1fff);
    std::memcpy(numbers + at, &bits, 4);
  }
}

void Machine::finish(const AsyncCopy &copy, unsigned thread, bool isBulk) {
  if (copy.fromBytes)
    std::memcpy(copy.to, copy.from, copy.fromBytes);
  std::memset(copy.to + copy.fromBytes, 0, copy.bytes - copy.fromBytes);
  if (copy.roundsToTf32)
    roundToTf32(copy.to, copy.bytes);
  sharedShadow.forEachCell(window.offsetOf(copy.to), copy.bytes,
                           [&](Cell &cell, uint64_t) {
                             cell.written = clocks.now(thread);
                             cell.wasBulkWrite = isBulk;
                             return true;
                           });
}

void Machine::beginBulk(const std::vector<AsyncCopy> &copies) {
  for (const AsyncCopy &copy : copies) {
    access(copy.from, copy.fromBytes, 0);
    access(copy.to, copy.bytes, AccessFlags::kWrite | AccessFlags::kBulk);
    own(copy);
  }
}

Clocks::Known Machine::finishBulk(unsigned thread,
                                  const std::vector<AsyncCopy> &copies) {
  for (const AsyncCopy &copy : copies)
    finish(copy, thread, /*isBulk=*/true);
  return clocks.release(thread);
}

void Machine::finishCopies(unsigned pending) {
  Thread &thread = threads[current];
  for (; thread.groups.size() > pending; thread.groups.pop_front())
    for (const AsyncCopy &copy : thread.groups.front())
      finish(copy, current, /*isBulk=*/false);
}

void Machine::finishAllCopies() {
  Thread &thread = threads[current];
  finishCopies(0);
  for (const AsyncCopy &copy : thread.ungrouped)
    finish(copy, current, /*isBulk=*/false);
  thread.ungrouped.clear();
}
