//===- GlobalMemory.cpp - the device's memory -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"

#include <cerrno>
#include <sys/mman.h>
#include <unistd.h>

using namespace dlcc::emulator;

/// What lies between two windows: more than an index of 32 bits can jump over
/// with elements of one byte.
static constexpr uint64_t kGap = uint64_t(4) << 30;

static llvm::Error systemError(const char *what) {
  return llvm::createStringError(
      std::error_code(errno, std::generic_category()), "%s: %s", what,
      std::generic_category().message(errno).c_str());
}

static uint64_t wholePages(uint64_t bytes) {
  uint64_t page = uint64_t(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

llvm::Expected<std::unique_ptr<GlobalMemory>>
GlobalMemory::create(uint64_t bytes) {
  int file = memfd_create("dlcc-emulated-memory", MFD_CLOEXEC);
  if (file < 0)
    return systemError("memory of the emulated device");
  uint64_t mapped = wholePages(std::max<uint64_t>(bytes, 1));
  void *memory = MAP_FAILED;
  if (ftruncate(file, off_t(mapped)) == 0)
    memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) {
    llvm::Error error = systemError("memory of the emulated device");
    close(file);
    return error;
  }
  return std::unique_ptr<GlobalMemory>(
      new GlobalMemory(file, static_cast<char *>(memory), bytes));
}

GlobalMemory::~GlobalMemory() {
  for (Mapping &mapping : mappings)
    munmap(mapping.address, mapping.bytes);
  munmap(memory, wholePages(std::max<uint64_t>(bytes, 1)));
  close(file);
}

void GlobalMemory::name(std::string name, uint64_t offset, uint64_t bytes,
                        bool isDefined) {
  names.push_back({std::move(name), offset, bytes});
  if (!isDefined)
    accesses.markUndefined(offset, bytes);
}

std::string GlobalMemory::describe(uint64_t offset) const {
  const Name *best = nullptr;
  for (const Name &name : names)
    if (offset >= name.offset && offset - name.offset < name.bytes &&
        (!best || name.bytes < best->bytes))
      best = &name;
  if (!best)
    return "arena + " + std::to_string(offset);
  return best->name + " + " + std::to_string(offset - best->offset);
}

llvm::Expected<char *> GlobalMemory::window(uint64_t offset, uint64_t bytes) {
  auto [place, isNew] = windows.try_emplace({offset, bytes}, nullptr);
  if (!isNew)
    return place->second;
  uint64_t page = uint64_t(sysconf(_SC_PAGESIZE));
  uint64_t first = offset / page * page;
  uint64_t visible = wholePages(std::max<uint64_t>(offset + bytes - first, 1));
  visible =
      std::min(visible, wholePages(std::max<uint64_t>(this->bytes, 1)) - first);
  // Reserved first, so that the gap stays empty.
  uint64_t reserved = visible + kGap;
  void *gap = mmap(nullptr, reserved, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (gap == MAP_FAILED) {
    windows.erase(place);
    return systemError("window of a kernel's argument");
  }
  mappings.push_back({gap, reserved});
  char *address = static_cast<char *>(gap) + kGap;
  if (visible &&
      mmap(address, visible, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
           file, off_t(first)) == MAP_FAILED) {
    windows.erase(place);
    return systemError("window of a kernel's argument");
  }
  return place->second = address + (offset - first);
}
