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
}

Device::~Device() { driver().cuDevicePrimaryCtxRelease(number); }

std::string Device::name() const {
  char text[256] = "";
  driver().check(driver().cuDeviceGetName(text, sizeof text, number),
                 "to name the GPU");
  return text;
}

int Device::capability() const {
  int major = 0, minor = 0;
  for (auto [value, attribute] : {std::pair(&major, kCapabilityMajor),
                                  std::pair(&minor, kCapabilityMinor)})
    driver().check(driver().cuDeviceGetAttribute(value, attribute, number),
                   "to describe the GPU");
  return 10 * major + minor;
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
