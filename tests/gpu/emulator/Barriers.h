//===- Barriers.h - the sixteen barriers of a block -------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_BARRIERS_H
#define DLCC_TESTS_GPU_EMULATOR_BARRIERS_H

#include "Clocks.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace dlcc::emulator {

class Machine;

class Barriers {
public:
  explicit Barriers(Machine &machine) : machine(machine) {}

  /// Forgets all that came and all that waits.
  void reset();

  /// The thread arrives at barrier `id`, which opens when `count` threads did
  /// (0: all of the block), and waits for that unless it `passes`. All lanes
  /// of a warp must come from one instruction where that `isAligned`.
  void arrive(uint32_t id, uint32_t count, bool isAligned, bool passes);

  /// The barrier that a thread waits at, -1 for none.
  int waitedFor(unsigned thread) const;

private:
  struct Barrier {
    uint32_t expected = 0;
    unsigned numArrived = 0;
    std::vector<unsigned> waiting;
    /// What those did who went on.
    Clocks::Known passed;
    /// Who of each warp came first, and from which instruction.
    struct First {
      bool exists = false;
      unsigned thread = 0;
      uint32_t site = 0;
    };
    std::array<First, 32> firsts;
  };

  void open(Barrier &barrier);

  Machine &machine;
  std::array<Barrier, 16> barriers;
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_BARRIERS_H
