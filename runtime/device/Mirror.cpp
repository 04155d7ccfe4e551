//===- Mirror.cpp - memory that host and device have a copy of ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/device/Mirror.h"

using namespace dlcc::rt::device;

void Mirror::fetchLocked() {
  if (newer != Newer::Device)
    return;
  if (bytes > 0)
    device.copyFrom(host, begin, bytes, "to copy variables from the GPU");
  newer = Newer::Neither;
}

void Mirror::fetch() {
  std::lock_guard lock(mutex);
  fetchLocked();
}

void Mirror::send() {
  std::lock_guard lock(mutex);
  if (newer != Newer::Host)
    return;
  if (bytes > 0)
    device.copyTo(begin, host, bytes, "to copy variables to the GPU");
  newer = Newer::Neither;
}

void Mirror::changeOnDevice() {
  std::lock_guard lock(mutex);
  newer = Newer::Device;
}
