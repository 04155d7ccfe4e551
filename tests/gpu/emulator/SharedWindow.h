//===- SharedWindow.h - where shared memory lies ----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_SHAREDWINDOW_H
#define DLCC_TESTS_GPU_EMULATOR_SHAREDWINDOW_H

#include <cstdint>

namespace dlcc::emulator {

/// The bytes of shared memory of the block that runs. They begin at a multiple
/// of 4 GiB, so that the lower half of an address is the shared address.
class SharedWindow {
public:
  /// Addresses have 18 bits in descriptors of matrices.
  static constexpr uint32_t kBytes = 256 << 10;

  SharedWindow();
  ~SharedWindow();
  SharedWindow(const SharedWindow &) = delete;
  SharedWindow &operator=(const SharedWindow &) = delete;

  char *begin() const { return base; }
  uint64_t upperHalf() const { return reinterpret_cast<uintptr_t>(base); }
  /// Also true of addresses far beyond the window: 4 GiB are reserved.
  bool holds(const void *address) const {
    return reinterpret_cast<uintptr_t>(address) >> 32 ==
           reinterpret_cast<uintptr_t>(base) >> 32;
  }
  uint32_t offsetOf(const void *address) const {
    return uint32_t(reinterpret_cast<uintptr_t>(address));
  }

private:
  void *reserved;
  char *base;
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_SHAREDWINDOW_H
