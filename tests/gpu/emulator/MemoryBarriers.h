//===- MemoryBarriers.h - barriers that lie in shared memory ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A phase of an mbarrier ends when all arrivals that it expects have come and
// all bytes of bulk copies that it expects have landed. Copies land as late as
// the program allows: when a thread waits and nothing else is missing.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_MEMORYBARRIERS_H
#define DLCC_TESTS_GPU_EMULATOR_MEMORYBARRIERS_H

#include "Clocks.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dlcc::emulator {

class Machine;
struct AsyncCopy;

class MemoryBarriers {
public:
  explicit MemoryBarriers(Machine &machine) : machine(machine) {}

  /// Forgets all of them; what copies are still in flight then is a fault.
  void reset() { barriers.clear(); }
  /// "in flight" of the first barrier whose copies nobody waited for, else "".
  std::string unfinished() const;

  void initialize(const char *address, uint32_t count);
  void invalidate(const char *address);
  /// Arrives `count` times; the phase's number, which `waitFor` takes.
  uint64_t arrive(const char *address, uint32_t count);
  void expectBytes(const char *address, uint32_t bytes);
  /// Waits until the phase of this number has ended.
  void waitFor(const char *address, uint64_t phase);
  /// Waits until the last phase that ended, or the one that this thread waits
  /// for, is of this parity.
  void waitForParity(const char *address, uint32_t parity);
  /// Copies that land before the phase may end, `bytes` in all.
  void addCopies(const char *address, std::vector<AsyncCopy> copies,
                 uint32_t bytes);
  /// What initialised barriers so far may be seen by bulk copies.
  void fence();

  /// What a thread that waits here lacks, empty if it waits for no mbarrier.
  std::string missing(unsigned thread) const;

private:
  struct Flight {
    unsigned thread;
    uint32_t bytes;
    std::vector<AsyncCopy> copies;
  };
  struct Barrier {
    uint32_t expected = 0;
    int64_t pending = 0, bytes = 0;
    uint64_t phase = 0;
    unsigned maker = 0;
    bool isFenced = false;
    /// What those know who arrived in this phase, and in all before.
    Clocks::Known arrived, completed;
    std::vector<Flight> flights;
    std::vector<unsigned> waiting;
  };

  Barrier &at(const char *address);
  void progress(Barrier &barrier);

  Machine &machine;
  /// By shared address.
  std::map<uint32_t, Barrier> barriers;
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_MEMORYBARRIERS_H
