//===- Clocks.h - what happened before what in a block ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Each thread counts its own time, which passes at what synchronises. An
// access at time c of thread t happened before what thread u does now if u has
// heard of t's time c: through a barrier of the whole block, which is one
// number for all (the floor), or through smaller ones, which fill a vector of
// times for each thread that took part. Times grow over blocks and launches
// and never begin again, so that a time also says which block it belongs to.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_CLOCKS_H
#define DLCC_TESTS_GPU_EMULATOR_CLOCKS_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace dlcc::emulator {

class Clocks {
public:
  using Time = uint32_t;
  /// The latest time of each thread that somebody has heard of.
  using Known = std::shared_ptr<const std::vector<Time>>;

  /// All that was done before happened before all that comes.
  void startLaunch() { launchStart = blockStart = latest() + 1; }
  /// A block that nothing orders with the launch's earlier ones.
  void startBlock(unsigned threads);

  /// Whether there are times for some thousand million barriers more.
  bool hasTime() const { return latest() < Time(1) << 31; }

  bool isOfThisLaunch(Time time) const { return time >= launchStart; }
  bool isOfThisBlock(Time time) const { return time >= blockStart; }
  Time startOfBlock() const { return blockStart; }
  /// What decides on most accesses, in one piece.
  struct Moment {
    Time launchStart, blockStart, floor, now;

    /// In this block, and before the last barrier of all its threads: ordered
    /// with all that any of them does now.
    bool isBehindBarrier(Time time) const {
      return time >= blockStart && time <= floor;
    }
  };
  Moment moment(unsigned thread) const {
    return {launchStart, blockStart, floor, times[thread]};
  }

  Time now(unsigned thread) const { return times[thread]; }
  bool isOrdered(unsigned earlier, Time time, unsigned thread) const {
    return earlier == thread || time <= floor ||
           (known[thread] && (*known[thread])[earlier] >= time);
  }
  /// The same for all lanes of each warp of a set.
  bool areOrdered(uint32_t warps, Time time, unsigned thread) const;

  /// A barrier of all threads of the block.
  void synchronizeAll();
  /// A barrier of some.
  void synchronize(llvm::ArrayRef<unsigned> threads);
  /// What the thread knows and did becomes known to `with`, too; its own time
  /// passes.
  Known release(unsigned thread, const Known &with = nullptr);
  /// What is in either.
  static Known joined(const Known &one, const Known &other);
  /// The thread hears of what others released.
  void acquire(unsigned thread, const Known &from);

  /// What the thread did so far may be seen by bulk copies and products of
  /// warpgroups (fence.proxy.async).
  void fence(unsigned thread) { fenced[thread] = times[thread]++; }
  bool isFenced(unsigned thread, Time time) const {
    return time <= fenced[thread];
  }

private:
  Time latest() const;

  Time launchStart = 1, blockStart = 1, floor = 0;
  std::vector<Time> times, fenced;
  std::vector<Known> known;
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_CLOCKS_H
