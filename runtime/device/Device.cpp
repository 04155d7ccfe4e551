//===- Device.cpp - a GPU and its memory ----------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/device/Device.h"

#include <algorithm>

using namespace dlcc::rt::device;

Device::Device() : functions(Driver::load()) {
  driver().check(driver().cuDeviceGet(&number, 0), "to find the first GPU");
  driver().check(driver().cuDevicePrimaryCtxRetain(&context, number),
                 "to begin work on the GPU");
  Result made = driver().cuCtxPushCurrent(context);
  if (made == kSuccess) {
    made = driver().cuStreamCreate(&copies, kNonBlockingStream);
    ContextHandle left;
    driver().cuCtxPopCurrent(&left);
  }
  if (made == kSuccess)
    return;
  driver().cuDevicePrimaryCtxRelease(number);
  driver().check(made, "to make a stream");
}

Device::~Device() {
  release([&] { driver().cuStreamDestroy(copies); });
  driver().cuDevicePrimaryCtxRelease(number);
}

std::string Device::name() const {
  char text[256] = "";
  driver().check(driver().cuDeviceGetName(text, sizeof text, number),
                 "to name the GPU");
  return text;
}

int Device::attribute(int attribute) const {
  int value = 0;
  driver().check(driver().cuDeviceGetAttribute(&value, attribute, number),
                 "to describe the GPU");
  return value;
}

int Device::capability() const {
  return 10 * attribute(kCapabilityMajor) + attribute(kCapabilityMinor);
}

int Device::multiprocessors() const { return attribute(kMultiprocessors); }

double Device::clockRate() const { return 1e3 * attribute(kClockRate); }

int64_t Device::cacheBytes() const { return attribute(kCacheBytes); }

void Device::finishCopy(Result queued, const std::string &what) const {
  driver().check(queued, what);
  driver().check(driver().cuStreamSynchronize(copies), what);
}

void Device::copyTo(Address to, const void *from, int64_t bytes,
                    const std::string &what) const {
  Current current(*this);
  finishCopy(driver().cuMemcpyHtoDAsync(to, from, bytes, copies), what);
}

void Device::copyFrom(void *to, Address from, int64_t bytes,
                      const std::string &what) const {
  Current current(*this);
  finishCopy(driver().cuMemcpyDtoHAsync(to, from, bytes, copies), what);
}

Current::Current(const Device &device) : device(device) {
  device.driver().check(device.driver().cuCtxPushCurrent(device.context),
                        "to enter the GPU's context");
}

Current::~Current() {
  ContextHandle left;
  device.driver().cuCtxPopCurrent(&left);
}

DeviceMemory::DeviceMemory(const Device &device, int64_t bytes)
    : device(device) {
  Current current(device);
  device.driver().check(
      device.driver().cuMemAlloc(&begin, std::max<int64_t>(bytes, 1)),
      "to give " + std::to_string(bytes) + " bytes of the GPU's memory");
}

DeviceMemory::~DeviceMemory() {
  device.release([&] { device.driver().cuMemFree(begin); });
}

PinnedMemory::PinnedMemory(const Device &device, int64_t bytes)
    : device(device) {
  Current current(device);
  device.driver().check(
      device.driver().cuMemAllocHost(&memory, std::max<int64_t>(bytes, 1)),
      "to give " + std::to_string(bytes) +
          " bytes of memory that the GPU reads");
}

PinnedMemory::~PinnedMemory() {
  device.release([&] { device.driver().cuMemFreeHost(memory); });
}
