//===- KernelClock.h - what the device takes for work -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_DEVICE_KERNELCLOCK_H
#define DLCC_RUNTIME_DEVICE_KERNELCLOCK_H

#include "runtime/device/Driver.h"

#include <list>
#include <vector>

namespace dlcc::rt::device {

/// A moment in a stream, which the device notes when it comes there. The
/// context is current while it lives. What the driver refuses is said when the
/// event is read: kernels are started within compiled code, which no exception
/// can pass through.
class Event {
public:
  explicit Event(const Driver &driver);
  ~Event();
  Event(const Event &) = delete;
  Event &operator=(const Event &) = delete;

  void record(StreamHandle stream);
  /// After the stream was waited for.
  double secondsSince(const Event &earlier) const;

private:
  const Driver &driver;
  EventHandle handle = nullptr;
};

/// What all launches of a kernel took, by its number.
struct KernelTime {
  int32_t kernel;
  double seconds;
};

/// Times kernels that are put into a stream one by one.
class KernelClock {
public:
  KernelClock(const Driver &driver, StreamHandle stream)
      : driver(driver), stream(stream) {}

  /// Before and after the launches of a kernel of that number.
  void start(int32_t kernel);
  void stop();

  /// In the order of their starts, after the stream was waited for.
  std::vector<KernelTime> times() const;

private:
  struct Span {
    explicit Span(const Driver &driver, int32_t kernel)
        : kernel(kernel), begin(driver), end(driver) {}
    int32_t kernel;
    Event begin, end;
  };

  const Driver &driver;
  StreamHandle stream;
  std::list<Span> spans;
};

} // namespace dlcc::rt::device

#endif // DLCC_RUNTIME_DEVICE_KERNELCLOCK_H
