//===- Barriers.cpp - the sixteen barriers of a block ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Barriers.h"

#include "Machine.h"

#include "llvm/ADT/STLExtras.h"

using namespace dlcc::emulator;

void Barriers::reset() { barriers.fill({}); }

void Barriers::arrive(uint32_t id, uint32_t count, bool isAligned,
                      bool passes) {
  unsigned all = machine.numThreads(), me = machine.thread();
  if (id >= barriers.size())
    machine.stop(Fault::Kind::BadOperand,
                 "barrier " + std::to_string(id) + " of 16");
  if (count % 32)
    machine.stop(Fault::Kind::BadOperand,
                 "a barrier of " + std::to_string(count) +
                     " threads, which is no multiple of 32");
  Barrier &barrier = barriers[id];
  uint32_t expected = count ? count : all;
  if (barrier.numArrived == 0)
    barrier.expected = expected;
  else if (barrier.expected != expected)
    machine.stop(Fault::Kind::DivergentBarrier,
                 "waits at barrier " + std::to_string(id) + " for " +
                     std::to_string(expected) + " threads, others for " +
                     std::to_string(barrier.expected));
  Barrier::First &first = barrier.firsts[me / 32];
  if (!first.exists)
    first = {true, me, machine.siteOf(me)};
  else if (isAligned && first.site != machine.siteOf(me))
    machine.stop(Fault::Kind::DivergentBarrier,
                 machine.describeThread(first.thread) +
                     " of its warp came to the barrier from another "
                     "instruction");
  ++barrier.numArrived;
  if (passes)
    barrier.passed = machine.time().release(me, barrier.passed);
  else
    barrier.waiting.push_back(me);
  if (barrier.numArrived < barrier.expected) {
    if (!passes)
      machine.wait();
    return;
  }
  open(barrier);
}

void Barriers::open(Barrier &barrier) {
  Clocks &time = machine.time();
  if (barrier.passed) {
    Clocks::Known all = barrier.passed;
    for (unsigned thread : barrier.waiting)
      all = time.release(thread, all);
    for (unsigned thread : barrier.waiting)
      time.acquire(thread, all);
  } else if (barrier.waiting.size() == machine.numThreads()) {
    time.synchronizeAll();
  } else {
    time.synchronize(barrier.waiting);
  }
  for (unsigned thread : barrier.waiting)
    machine.wake(thread);
  barrier = {};
}

int Barriers::waitedFor(unsigned thread) const {
  for (size_t id = 0; id < barriers.size(); ++id)
    if (llvm::is_contained(barriers[id].waiting, thread))
      return int(id);
  return -1;
}
