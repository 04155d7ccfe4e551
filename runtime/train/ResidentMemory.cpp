//===- ResidentMemory.cpp - memory that the process really uses -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ResidentMemory.h"

#include <algorithm>
#include <fstream>
#include <link.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

using namespace dlcc::train;

/// A line of /proc/self/status, which counts in kB.
static int64_t statusBytes(const std::string &key) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (int64_t kilobytes; word == key && status >> kilobytes)
      return kilobytes * 1024;
  return 0;
}

/// Brings the program's and its libraries' code and constants into memory, so
/// that running into them later does not count as the model's memory.
static void populateCode() {
#ifdef MADV_POPULATE_READ
  auto populate = [](dl_phdr_info *info, size_t, void *) {
    auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    for (int i = 0; i < info->dlpi_phnum; ++i) {
      const ElfW(Phdr) &segment = info->dlpi_phdr[i];
      if (segment.p_type != PT_LOAD)
        continue;
      uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
      uintptr_t end = begin + segment.p_memsz;
      begin = begin / page * page;
      madvise(reinterpret_cast<void *>(begin), end - begin, MADV_POPULATE_READ);
    }
    return 0;
  };
  dl_iterate_phdr(populate, nullptr);
#endif
}

ResidentMemory::ResidentMemory() {
  populateCode();
  std::ofstream("/proc/self/clear_refs") << "5"; // resets the peak
  before = statusBytes("VmRSS:");
}

int64_t ResidentMemory::growth() const {
  return std::max<int64_t>(statusBytes("VmHWM:") - before, 0);
}
