//===- MemoryBarriers.cpp - barriers that lie in shared memory ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemoryBarriers.h"

#include "Machine.h"

#include "llvm/ADT/STLExtras.h"

using namespace dlcc::emulator;

static constexpr uint32_t kBytes = 8;
static constexpr uint32_t kMostArrivals = (1 << 20) - 1;

static std::string place(uint32_t offset) {
  return "the mbarrier at shared + " + std::to_string(offset);
}

void MemoryBarriers::initialize(const char *address, uint32_t count) {
  machine.access(address, kBytes, 3 | AccessFlags::kWrite);
  if (count < 1 || count > kMostArrivals)
    machine.stop(Fault::Kind::BadOperand,
                 "an mbarrier expects 1 to 2^20 - 1 arrivals, not " +
                     std::to_string(count));
  Barrier barrier;
  barrier.expected = count;
  barrier.pending = count;
  barrier.maker = machine.thread();
  barriers[machine.sharedWindow().offsetOf(address)] = std::move(barrier);
}

void MemoryBarriers::invalidate(const char *address) {
  at(address);
  machine.access(address, kBytes, 3 | AccessFlags::kWrite);
  barriers.erase(machine.sharedWindow().offsetOf(address));
}

/// The barrier at an address, which whoever made it must have made known.
MemoryBarriers::Barrier &MemoryBarriers::at(const char *address) {
  machine.access(address, kBytes, 3);
  uint32_t offset = machine.sharedWindow().offsetOf(address);
  auto found = barriers.find(offset);
  if (found == barriers.end())
    machine.stop(Fault::Kind::BadOperand,
                 place(offset) + " was not initialised");
  return found->second;
}

uint64_t MemoryBarriers::arrive(const char *address, uint32_t count) {
  Barrier &barrier = at(address);
  if (count > barrier.pending)
    machine.stop(Fault::Kind::BadOperand,
                 "arrives " + std::to_string(count) + " times where " +
                     std::to_string(barrier.pending) + " arrivals of " +
                     std::to_string(barrier.expected) + " are left");
  uint64_t phase = barrier.phase;
  barrier.arrived = machine.time().release(machine.thread(), barrier.arrived);
  barrier.pending -= count;
  progress(barrier);
  return phase;
}

void MemoryBarriers::expectBytes(const char *address, uint32_t bytes) {
  at(address).bytes += bytes;
}

void MemoryBarriers::addCopies(const char *address,
                               std::vector<AsyncCopy> copies, uint32_t bytes) {
  Barrier &barrier = at(address);
  if (!barrier.isFenced)
    machine.stop(Fault::Kind::Race,
                 "bulk copies may not see the mbarrier yet: there is no "
                 "fence.mbarrier_init or fence.proxy.async behind its "
                 "initialisation");
  barrier.flights.push_back({machine.thread(), bytes, std::move(copies)});
  progress(barrier);
}

void MemoryBarriers::fence() {
  for (auto &[offset, barrier] : barriers)
    barrier.isFenced |= barrier.maker == machine.thread();
}

/// Ends the phase if nothing is missing; lets copies land where threads wait
/// for nothing else.
void MemoryBarriers::progress(Barrier &barrier) {
  if (barrier.pending > 0)
    return;
  if (!barrier.waiting.empty()) {
    for (Flight &flight : barrier.flights) {
      Clocks::Known landed = machine.finishBulk(flight.thread, flight.copies);
      barrier.arrived = Clocks::joined(landed, barrier.arrived);
      barrier.bytes -= flight.bytes;
    }
    barrier.flights.clear();
  }
  if (barrier.bytes != 0 || !barrier.flights.empty())
    return;
  ++barrier.phase;
  barrier.pending = barrier.expected;
  barrier.completed = Clocks::joined(barrier.arrived, barrier.completed);
  barrier.arrived = nullptr;
  for (unsigned thread : barrier.waiting)
    machine.wake(thread);
  barrier.waiting.clear();
}

void MemoryBarriers::waitFor(const char *address, uint64_t phase) {
  Barrier &barrier = at(address);
  // Where phases follow each other while this thread sleeps, it has waited.
  if (barrier.phase == phase) {
    barrier.waiting.push_back(machine.thread());
    progress(barrier);
    if (barrier.phase == phase)
      machine.wait();
  }
  machine.time().acquire(machine.thread(), barrier.completed);
}

void MemoryBarriers::waitForParity(const char *address, uint32_t parity) {
  uint64_t phase = at(address).phase;
  // The phase before the current one has the other parity, and has ended.
  waitFor(address, phase % 2 == parity % 2 ? phase : phase - 1);
}

std::string MemoryBarriers::missing(unsigned thread) const {
  for (auto &[offset, barrier] : barriers)
    if (llvm::is_contained(barrier.waiting, thread))
      return "wait for phase " + std::to_string(barrier.phase) + " of " +
             place(offset) + ", which lacks " +
             std::to_string(barrier.pending) + " arrivals of " +
             std::to_string(barrier.expected) + " and " +
             std::to_string(barrier.bytes) + " bytes";
  return "";
}

std::string MemoryBarriers::unfinished() const {
  for (auto &[offset, barrier] : barriers)
    if (!barrier.flights.empty())
      return "the block ends while bulk copies for " + place(offset) +
             " are in flight";
  return "";
}
