//===- Mirror.h - memory that host and device have a copy of ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Variables live on the device while steps run and on the host while files are
// read and written. What is newer is copied when the other side asks for it.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_DEVICE_MIRROR_H
#define DLCC_RUNTIME_DEVICE_MIRROR_H

#include "runtime/device/Device.h"

#include <mutex>

namespace dlcc::rt::device {

/// Two copies of a region. Calls from several threads are one after the other:
/// instances that share weights may send them at the same time.
class Mirror {
public:
  /// Of `bytes` bytes at `host`, which are newer than those at `address`.
  Mirror(const Device &device, char *host, Address address, int64_t bytes)
      : device(device), host(host), begin(address), bytes(bytes) {}

  Address address() const { return begin; }

  /// Before the host reads: its copy becomes current.
  void fetch();
  /// Calls `read`, which reads the host's copy, while nothing is copied.
  template <typename Read> void read(Read read) {
    std::lock_guard lock(mutex);
    fetchLocked();
    read();
  }
  /// Calls `write`, which changes some of the host's copy, while nothing is
  /// copied. Where it throws, what it has written counts.
  template <typename Write> void change(Write write) {
    std::lock_guard lock(mutex);
    fetchLocked();
    newer = Newer::Host;
    write();
  }
  /// The same for a `write` of all of it.
  template <typename Write> void overwrite(Write write) {
    std::lock_guard lock(mutex);
    newer = Newer::Host;
    write();
  }
  /// Before the device reads: its copy becomes current.
  void send();
  /// After the device has changed it. What is fetched before may be of either
  /// time, and is fetched again.
  void changeOnDevice();

private:
  enum class Newer { Neither, Host, Device };

  void fetchLocked();

  const Device &device;
  char *host;
  Address begin;
  int64_t bytes;
  std::mutex mutex;
  Newer newer = Newer::Host;
};

} // namespace dlcc::rt::device

#endif // DLCC_RUNTIME_DEVICE_MIRROR_H
