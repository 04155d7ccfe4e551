//===- Device.h - a GPU and its memory --------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_DEVICE_DEVICE_H
#define DLCC_RUNTIME_DEVICE_DEVICE_H

#include "runtime/device/Driver.h"

#include <memory>
#include <string>

namespace dlcc::rt::device {

/// The addresses that kernels get are multiples of this.
inline constexpr int64_t kDeviceAlignment = 256;

constexpr int64_t alignForDevice(int64_t bytes) {
  return (bytes + kDeviceAlignment - 1) / kDeviceAlignment * kDeviceAlignment;
}

/// The first GPU that the driver shows, and its primary context, which a
/// program's other users of CUDA have too.
class Device {
public:
  Device();
  ~Device();
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  const Driver &driver() const { return *functions; }
  std::string name() const;
  /// 90 for a chip of sm_90.
  int capability() const;
  int multiprocessors() const;
  /// The highest clock of its multiprocessors, in Hz.
  double clockRate() const;
  /// Of the cache that all multiprocessors share.
  int64_t cacheBytes() const;

  /// Copies bytes of any memory of the host, and waits for that. No other
  /// stream waits for it, nor it for them.
  void copyTo(Address to, const void *from, int64_t bytes,
              const std::string &what) const;
  void copyFrom(void *to, Address from, int64_t bytes,
                const std::string &what) const;

  /// Calls `function` for the device; where that fails, all is gone already.
  template <typename Function> void release(Function function) const {
    ContextHandle left;
    if (driver().cuCtxPushCurrent(context) != kSuccess)
      return;
    function();
    driver().cuCtxPopCurrent(&left);
  }

private:
  friend class Current;
  int attribute(int attribute) const;
  void finishCopy(Result queued, const std::string &what) const;

  std::shared_ptr<const Driver> functions;
  Number number = 0;
  ContextHandle context = nullptr;
  StreamHandle copies = nullptr;
};

/// While it lives calls of the driver from this thread are for the device.
class Current {
public:
  explicit Current(const Device &device);
  ~Current();
  Current(const Current &) = delete;
  Current &operator=(const Current &) = delete;

private:
  const Device &device;
};

/// Memory of the device, not initialised. The device outlives it.
class DeviceMemory {
public:
  DeviceMemory(const Device &device, int64_t bytes);
  ~DeviceMemory();
  DeviceMemory(const DeviceMemory &) = delete;
  DeviceMemory &operator=(const DeviceMemory &) = delete;

  Address address() const { return begin; }

private:
  const Device &device;
  Address begin = 0;
};

/// Memory of the host that the device copies from and to by itself.
class PinnedMemory {
public:
  PinnedMemory(const Device &device, int64_t bytes);
  ~PinnedMemory();
  PinnedMemory(const PinnedMemory &) = delete;
  PinnedMemory &operator=(const PinnedMemory &) = delete;

  char *data() const { return static_cast<char *>(memory); }

private:
  const Device &device;
  void *memory = nullptr;
};

} // namespace dlcc::rt::device

#endif // DLCC_RUNTIME_DEVICE_DEVICE_H
