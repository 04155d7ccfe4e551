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
#include <string>

using namespace dlcc::train;

/// A line of /proc/self/status, which counts in kB.
static int64_t statusBytes(const std::string &key) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (int64_t kilobytes; word == key && status >> kilobytes)
      return kilobytes * 1024;
  return 0;
}

ResidentMemory::ResidentMemory() {
  std::ofstream("/proc/self/clear_refs") << "5"; // resets the peak
  before = statusBytes("VmRSS:");
}

int64_t ResidentMemory::growth() const {
  return std::max<int64_t>(statusBytes("VmHWM:") - before, 0);
}
