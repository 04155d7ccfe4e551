//===- Machine.h - runs the blocks of a launch ------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Blocks run one after another in a random order, and in each the threads, as
// fibers, one after another in a random order, each until it must wait for
// others. Every access to memory comes by here first; at the first that must
// not be, the launch stops with a report.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_MACHINE_H
#define DLCC_TESTS_GPU_EMULATOR_MACHINE_H

#include "Barriers.h"
#include "Clocks.h"
#include "Fiber.h"
#include "GlobalMemory.h"
#include "Kernel.h"
#include "Launch.h"
#include "MemoryBarriers.h"
#include "SharedWindow.h"
#include "WarpgroupReads.h"

#include <array>
#include <deque>
#include <functional>
#include <random>

namespace dlcc::emulator {

class Machine;

/// What kernels read as special registers; the rewritten code loads from here.
struct SpecialRegisters {
  uint32_t tid[3], ctaid[3], ntid[3], nctaid[3];
  uint32_t laneid, warpid, dynamicSharedBytes;
};

/// How the rewritten code announces an access.
struct AccessFlags {
  static constexpr uint32_t kAlignment = 0xff; // log2
  static constexpr uint32_t kWrite = 1 << 8;
  static constexpr uint32_t kAtomic = 1 << 9;
  static constexpr uint32_t kReadOnly = 1 << 10;
  static constexpr uint32_t kBulk = 1 << 11;
};

/// One asynchronous copy of a thread, in flight.
struct AsyncCopy {
  char *to;
  const char *from;
  /// Bytes of `to`; those that `from` has not are zeros.
  uint32_t bytes, fromBytes;
  bool roundsToTf32 = false;
};

/// What the lanes of a warp hand to an instruction that works on all of them.
struct WarpCall {
  /// Lanes that take part; of the others nothing is known.
  uint32_t lanes = 0;
  std::array<const uint64_t *, 32> arguments;
  std::array<uint64_t *, 32> results;
};
using WarpFunction = void (*)(Machine &, const WarpCall &);

class Machine {
public:
  explicit Machine(GlobalMemory &memory) : memory(memory) {}

  /// Runs a launch; `seed` decides on the order of blocks and threads.
  std::optional<Fault> run(const Kernel &kernel, const Launch &launch,
                           std::vector<ModuleVariable> &variables,
                           const DescribeSite &describe, uint64_t seed);

  SharedWindow &sharedWindow() { return window; }
  SpecialRegisters *specialRegisters() { return &registers; }

  // For the functions that rewritten code calls, on the fiber of a thread.

  unsigned thread() const { return current; }
  unsigned lane() const { return current % 32; }
  /// The thread executes the instruction with this number.
  void setSite(uint32_t site) { threads[current].site = site; }
  /// Checks an access and notes it; stops the launch where it must not be.
  void access(const void *address, uint32_t bytes, uint32_t flags);
  /// Lets go of the processor until `wake`.
  void wait();
  void wake(unsigned thread);
  /// Stops the launch.
  [[noreturn]] void stop(Fault::Kind kind, const std::string &conflict);

  Barriers &namedBarriers() { return barriers; }
  Clocks &time() { return clocks; }
  unsigned numThreads() const { return unsigned(threads.size()); }
  bool hasExited(unsigned thread) const {
    return threads[thread].state == Thread::Exited;
  }
  uint32_t siteOf(unsigned thread) const { return threads[thread].site; }
  std::string describeThread(unsigned thread) const;

  /// Waits until all lanes of `mask` that have not exited are here; the last
  /// calls `function` for all.
  void warpCall(uint32_t mask, WarpFunction function, const uint64_t *arguments,
                uint64_t *results);

  void beginCopy(const AsyncCopy &copy);
  void commitCopies();
  /// Finishes the oldest groups of the thread until `pending` are left.
  void finishCopies(unsigned pending);
  /// Finishes also what belongs to no group yet.
  void finishAllCopies();

  /// Checks the parts of a bulk copy and marks what they will write.
  void beginBulk(const std::vector<AsyncCopy> &copies);
  /// Lets them land; what a thread that hears of that knows then.
  Clocks::Known finishBulk(unsigned thread,
                           const std::vector<AsyncCopy> &copies);

  MemoryBarriers &memoryBarriers() { return mbarriers; }
  WarpgroupReads &warpgroupReads() { return groupReads; }

private:
  struct Thread {
    enum State { Ready, Waiting, Exited };
    State state = Ready;
    uint32_t site = 0;
    Fiber fiber;
    /// The instruction for the whole warp that it waits at, if any.
    WarpFunction warpFunction = nullptr;
    uint32_t warpMask = 0;
    const uint64_t *arguments = nullptr;
    uint64_t *results = nullptr;
    std::vector<AsyncCopy> ungrouped;
    std::deque<std::vector<AsyncCopy>> groups;
  };

  /// Bytes that a kernel may touch.
  struct Region {
    uintptr_t begin;
    uint64_t bytes;
    bool isWritable;
    Shadow *shadow;
    uint64_t shadowOffset;
    std::string name;
  };

  llvm::Error prepare(const Launch &launch,
                      std::vector<ModuleVariable> &variables);
  llvm::Expected<char *> addRegion(const Argument &argument,
                                   const std::string &name);
  std::optional<Fault> checkLaunch(const Launch &launch) const;
  void runBlock(uint64_t index);
  void runInTurns();
  void makeCurrent(unsigned thread);
  void reportWaiting();
  void exitThread();
  bool completeWarpCall(unsigned waiting);
  void completeWarpCallWithout(unsigned exited);
  static void threadMain(void *machine);
  static void allThreadsMain(void *machine);

  void accessShared(const void *address, uint32_t bytes, uint32_t flags);
  void accessGlobal(const void *address, uint32_t bytes, uint32_t flags);
  bool isShared(uint32_t offset, uint32_t bytes) const;
  void checkCells(Shadow &shadow, uint64_t offset, uint32_t bytes,
                  const Access &access, const void *address);
  [[noreturn]] void stopConflict(Conflict conflict, const Cell &cell,
                                 const Access &access, uint32_t bytes,
                                 const std::string &place);
  const Region *regionOf(uintptr_t address, uint32_t bytes);
  std::string describe(const void *address) const;
  std::string describeShared(uint32_t offset) const;
  std::string describeBlock(uint64_t index) const;
  /// The block of the launch that ran at a time.
  std::string describeBlockAt(Clocks::Time time) const;
  void own(const AsyncCopy &copy);
  void finish(const AsyncCopy &copy, unsigned thread, bool isBulk);

  GlobalMemory &memory;
  SharedWindow window;
  Shadow sharedShadow{SharedWindow::kBytes};
  SpecialRegisters registers{};
  Clocks clocks;
  Barriers barriers{*this};
  MemoryBarriers mbarriers{*this};
  WarpgroupReads groupReads{*this};
  std::unique_ptr<Stacks> stacks;

  // Of the launch.
  const Kernel *kernel = nullptr;
  const Launch *launch = nullptr;
  const DescribeSite *describeSite = nullptr;
  std::mt19937_64 random;
  std::vector<Region> regions;
  unsigned lastRegion = 0;
  std::vector<uint64_t> argumentSlots;
  std::deque<std::vector<std::byte>> structures;
  /// When each block began, in the order in which they ran.
  std::vector<std::pair<Clocks::Time, uint64_t>> blockStarts;
  std::optional<Fault> fault;

  // Of the block.
  uint64_t blockIndex = 0;
  std::vector<Thread> threads;
  std::vector<unsigned> order;
  /// Threads of each warp that wait at an instruction for the whole warp.
  std::array<unsigned, 32> waitingInWarp{};
  unsigned current = 0;
  Fiber scheduler;
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_MACHINE_H
