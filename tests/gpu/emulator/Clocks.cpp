//===- Clocks.cpp - what happened before what in a block ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Clocks.h"

#include <algorithm>

using namespace dlcc::emulator;

static constexpr unsigned kWarp = 32;

Clocks::Time Clocks::latest() const {
  Time result = floor;
  for (Time time : times)
    result = std::max(result, time);
  return result;
}

void Clocks::startBlock(unsigned threads) {
  floor = latest();
  blockStart = floor + 1;
  times.assign(threads, blockStart);
  fenced.assign(threads, 0);
  known.assign(threads, nullptr);
}

bool Clocks::areOrdered(uint32_t warps, Time time, unsigned thread) const {
  if (time <= floor)
    return true;
  for (unsigned other = 0; other < times.size(); ++other)
    if (warps >> (other / kWarp) & 1 && !isOrdered(other, time, thread))
      return false;
  return true;
}

void Clocks::synchronizeAll() {
  floor = latest();
  std::fill(times.begin(), times.end(), floor + 1);
  std::fill(known.begin(), known.end(), nullptr);
}

/// Takes into `into` what `from` knows.
static void join(std::vector<Clocks::Time> &into, const Clocks::Known &from) {
  if (!from)
    return;
  for (size_t i = 0; i < into.size(); ++i)
    into[i] = std::max(into[i], (*from)[i]);
}

void Clocks::synchronize(llvm::ArrayRef<unsigned> threads) {
  auto joint = std::make_shared<std::vector<Time>>(times.size(), 0);
  Known last;
  Time next = 0;
  for (unsigned thread : threads) {
    // After their first barrier a warp's lanes share what they know.
    if (known[thread] != last)
      join(*joint, last = known[thread]);
    next = std::max(next, times[thread] + 1);
  }
  for (unsigned thread : threads)
    (*joint)[thread] = times[thread];
  for (unsigned thread : threads) {
    known[thread] = joint;
    times[thread] = next;
  }
}

Clocks::Known Clocks::release(unsigned thread, const Known &with) {
  auto joint = std::make_shared<std::vector<Time>>(times.size(), 0);
  join(*joint, with);
  join(*joint, known[thread]);
  (*joint)[thread] = times[thread]++;
  return joint;
}

Clocks::Known Clocks::joined(const Known &one, const Known &other) {
  if (!one || one == other)
    return other;
  auto joint = std::make_shared<std::vector<Time>>(*one);
  join(*joint, other);
  return joint;
}

void Clocks::acquire(unsigned thread, const Known &from) {
  known[thread] = joined(from, known[thread]);
}
