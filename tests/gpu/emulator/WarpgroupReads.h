//===- WarpgroupReads.h - what asynchronous products read -------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_WARPGROUPREADS_H
#define DLCC_TESTS_GPU_EMULATOR_WARPGROUPREADS_H

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace dlcc::emulator {

class Machine;

/// Reads of wgmma.mma_async, which may happen at any time until a warp waits
/// for their group: they are checked where they begin and where they end.
class WarpgroupReads {
public:
  explicit WarpgroupReads(Machine &machine) : machine(machine) {}

  void reset() { warps.fill({}); }

  // All for the warp of the thread that runs.

  /// A read of 16 bytes of shared memory.
  void begin(const char *address);
  void commit();
  /// Ends the reads of all groups but the last `pending`; the warp's lanes
  /// know of them then.
  void wait(unsigned pending, uint32_t lanes);
  /// Says of which warp of the block that has ended products were not waited
  /// for, else "".
  std::string unfinished() const;

private:
  struct OfWarp {
    std::vector<const char *> open;
    std::deque<std::vector<const char *>> groups;
  };

  OfWarp &own();

  Machine &machine;
  std::array<OfWarp, 32> warps;
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_WARPGROUPREADS_H
