//===- KernelClock.cpp - what the device takes for work -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/device/KernelClock.h"

using namespace dlcc::rt::device;

Event::Event(const Driver &driver) : driver(driver) {
  driver.cuEventCreate(&handle, /*flags=*/0);
}

Event::~Event() {
  if (handle)
    driver.cuEventDestroy(handle);
}

void Event::record(StreamHandle stream) {
  driver.cuEventRecord(handle, stream);
}

double Event::secondsSince(const Event &earlier) const {
  float milliseconds = 0;
  driver.check(driver.cuEventElapsedTime(&milliseconds, earlier.handle, handle),
               "to read its clock");
  return 1e-3 * double(milliseconds);
}

void KernelClock::start(int32_t kernel) {
  spans.emplace_back(driver, kernel).begin.record(stream);
}

void KernelClock::stop() { spans.back().end.record(stream); }

std::vector<KernelTime> KernelClock::times() const {
  std::vector<KernelTime> result;
  for (const Span &span : spans)
    result.push_back({span.kernel, span.end.secondsSince(span.begin)});
  return result;
}
