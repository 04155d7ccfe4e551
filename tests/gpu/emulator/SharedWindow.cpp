//===- SharedWindow.cpp - where shared memory lies ------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedWindow.h"

#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>

using namespace dlcc::emulator;

static constexpr uint64_t kReach = uint64_t(1) << 32;

SharedWindow::SharedWindow() {
  reserved = mmap(nullptr, 2 * kReach, PROT_NONE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved != MAP_FAILED) {
    uint64_t address = reinterpret_cast<uintptr_t>(reserved);
    base = reinterpret_cast<char *>((address + kReach - 1) / kReach * kReach);
    if (mprotect(base, kBytes, PROT_READ | PROT_WRITE) == 0)
      return;
  }
  std::perror("shared memory of the emulator");
  std::abort();
}

SharedWindow::~SharedWindow() { munmap(reserved, 2 * kReach); }
