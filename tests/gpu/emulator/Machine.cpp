//===- Machine.cpp - runs the blocks of a launch --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "llvm/ADT/Twine.h"

#include <algorithm>
#include <cstring>
#include <numeric>

using namespace dlcc::emulator;

/// What kernels may use on every processor from sm_80 on that dlcc knows.
static constexpr uint32_t kStaticSharedBytes = 48 << 10;
static constexpr uint32_t kSharedBytes = 227 << 10;

static std::string text(const Dim3 &dim) {
  return "(" + std::to_string(dim.x) + ", " + std::to_string(dim.y) + ", " +
         std::to_string(dim.z) + ")";
}

static Dim3 coordinates(uint64_t index, const Dim3 &extents) {
  return {uint32_t(index % extents.x), uint32_t(index / extents.x % extents.y),
          uint32_t(index / extents.x / extents.y)};
}

std::string Machine::describeThread(unsigned thread) const {
  return "thread " + text(coordinates(thread, launch->block));
}

std::string Machine::describeBlock(uint64_t index) const {
  return "block " + text(coordinates(index, launch->grid));
}

std::string Machine::describeBlockAt(Clocks::Time time) const {
  auto after = std::upper_bound(
      blockStarts.begin(), blockStarts.end(), time,
      [](Clocks::Time time, const auto &start) { return time < start.first; });
  return describeBlock(std::prev(after)->second);
}

/// What the machine and the kernel ask of a launch; nothing if that is met.
std::optional<Fault> Machine::checkLaunch(const Launch &launch) const {
  auto bad = [&](const llvm::Twine &text) {
    return Fault{Fault::Kind::BadLaunch,
                 ("bad launch: kernel " + kernel->name + " " + text).str()};
  };
  auto holds = [](const Dim3 &most, const Dim3 &dim) {
    return dim.count() > 0 && dim.x <= most.x && dim.y <= most.y &&
           dim.z <= most.z;
  };
  const Dim3 &block = launch.block;
  if (!holds({1024, 1024, 64}, block) || block.count() > 1024)
    return bad("has no block of " + text(block) + " threads");
  if (!holds({0x7fffffff, 65535, 65535}, launch.grid))
    return bad("has no grid of " + text(launch.grid) + " blocks");
  if (auto &required = kernel->requiredThreads;
      required && (required->x != block.x || required->y != block.y ||
                   required->z != block.z))
    return bad("was compiled for blocks of " + text(*required) +
               " threads, not " + text(block));
  if (kernel->maximumThreads && block.count() > *kernel->maximumThreads)
    return bad("was compiled for at most " +
               std::to_string(*kernel->maximumThreads) +
               " threads a block, not " + text(block));
  if (kernel->staticSharedBytes > kStaticSharedBytes)
    return bad("has " + llvm::Twine(kernel->staticSharedBytes) +
               " bytes of static shared memory; 48 KiB at most");
  if (kernel->staticSharedBytes + uint64_t(launch.sharedBytes) > kSharedBytes ||
      kernel->dynamicOffset + uint64_t(launch.sharedBytes) >
          SharedWindow::kBytes)
    return bad("asks for " + llvm::Twine(launch.sharedBytes) +
               " bytes of dynamic shared memory beside " +
               llvm::Twine(kernel->staticSharedBytes) +
               " static ones; 227 KiB at most");
  if (launch.arguments.size() != kernel->parameters.size())
    return bad("takes " + llvm::Twine(kernel->parameters.size()) +
               " arguments, not " + llvm::Twine(launch.arguments.size()));
  for (size_t i = 0; i < launch.arguments.size(); ++i) {
    const Argument &argument = launch.arguments[i];
    const Parameter &parameter = kernel->parameters[i];
    if (argument.kind != parameter.kind)
      return bad("takes another type as argument " + llvm::Twine(i));
    if (argument.kind == Argument::Kind::Bytes &&
        argument.structure.size() != parameter.bytes)
      return bad("takes " + llvm::Twine(parameter.bytes) +
                 " bytes as argument " + llvm::Twine(i));
    if (argument.map)
      if (std::string mistake = argument.map->mistake(); !mistake.empty())
        return bad("gets a bad argument " + llvm::Twine(i) + ": " + mistake);
    if (argument.kind != Argument::Kind::Pointer && !argument.map)
      continue;
    if (argument.offset > memory.size() ||
        argument.bytes > memory.size() - argument.offset)
      return bad("gets argument " + llvm::Twine(i) +
                 " outside of memory: " + llvm::Twine(argument.bytes) +
                 " bytes at " + llvm::Twine(argument.offset) + " of " +
                 llvm::Twine(memory.size()));
    if (argument.offset % parameter.alignment)
      return bad("was promised argument " + llvm::Twine(i) + " at a multiple " +
                 "of " + llvm::Twine(parameter.alignment) + ", not at " +
                 llvm::Twine(argument.offset));
  }
  return std::nullopt;
}

/// Lets the kernel touch the bytes of an argument; where they begin.
llvm::Expected<char *> Machine::addRegion(const Argument &argument,
                                          const std::string &name) {
  llvm::Expected<char *> address =
      memory.window(argument.offset, argument.bytes);
  if (!address)
    return address;
  auto begin = reinterpret_cast<uintptr_t>(*address);
  // One argument twice is one region, writable if either is.
  for (Region &other : regions)
    if (other.begin == begin && other.bytes == argument.bytes) {
      other.isWritable |= argument.isWritable;
      return address;
    }
  regions.push_back({begin, argument.bytes, argument.isWritable,
                     &memory.shadow(), argument.offset, name});
  return address;
}

/// The regions and slots of the arguments.
llvm::Error Machine::prepare(const Launch &launch,
                             std::vector<ModuleVariable> &variables) {
  regions.clear();
  lastRegion = 0;
  argumentSlots.clear();
  structures.clear();
  for (size_t i = 0; i < launch.arguments.size(); ++i) {
    const Argument &argument = launch.arguments[i];
    std::string name = "argument " + std::to_string(i);
    if (!argument.name.empty())
      name += " (" + argument.name + ")";
    char *address = nullptr;
    if (argument.kind == Argument::Kind::Pointer || argument.map) {
      llvm::Expected<char *> begin = addRegion(argument, name);
      if (!begin)
        return begin.takeError();
      address = *begin;
    }
    switch (argument.kind) {
    case Argument::Kind::Pointer:
      argumentSlots.push_back(reinterpret_cast<uintptr_t>(address));
      break;
    case Argument::Kind::Bytes: {
      structures.push_back(argument.structure);
      if (argument.map) {
        TensorMap map = *argument.map;
        map.base = reinterpret_cast<uintptr_t>(address);
        structures.back() = map.encoded();
      }
      auto begin = reinterpret_cast<uintptr_t>(structures.back().data());
      argumentSlots.push_back(begin);
      regions.push_back(
          {begin, structures.back().size(), false, nullptr, 0, name});
      break;
    }
    default:
      argumentSlots.push_back(argument.scalar);
    }
  }
  for (ModuleVariable &variable : variables)
    regions.push_back({reinterpret_cast<uintptr_t>(variable.address),
                       variable.bytes, variable.isWritable,
                       variable.shadow.get(), 0, variable.name});
  return llvm::Error::success();
}

std::optional<Fault> Machine::run(const Kernel &kernel, const Launch &launch,
                                  std::vector<ModuleVariable> &variables,
                                  const DescribeSite &describe, uint64_t seed) {
  this->kernel = &kernel;
  this->launch = &launch;
  describeSite = &describe;
  fault.reset();
  if (auto bad = checkLaunch(launch))
    return bad;
  if (llvm::Error error = prepare(launch, variables))
    return Fault{Fault::Kind::BadLaunch,
                 "bad launch: " + llvm::toString(std::move(error))};
  if (!clocks.hasTime())
    return Fault{Fault::Kind::BadLaunch,
                 "bad launch: this emulator has run too many launches to tell "
                 "their times apart; begin with a new one"};
  random.seed(seed);
  clocks.startLaunch();
  blockStarts.clear();

  const Dim3 &block = launch.block, &grid = launch.grid;
  unsigned numThreads = unsigned(block.count());
  // Threads that never wait run on one stack, one after another.
  unsigned numStacks = kernel.waits ? numThreads : 1;
  if (!stacks || stacks->size() < numStacks)
    stacks = std::make_unique<Stacks>(numStacks);
  threads.resize(numThreads);
  order.resize(numThreads);
  std::iota(order.begin(), order.end(), 0u);
  registers = {{0, 0, 0},
               {0, 0, 0},
               {block.x, block.y, block.z},
               {grid.x, grid.y, grid.z},
               0,
               0,
               launch.sharedBytes};

  std::vector<uint32_t> blocks(grid.count());
  std::iota(blocks.begin(), blocks.end(), 0u);
  std::shuffle(blocks.begin(), blocks.end(), random);
  for (uint32_t index : blocks) {
    runBlock(index);
    if (fault)
      return fault;
  }
  return std::nullopt;
}

void Machine::makeCurrent(unsigned thread) {
  current = thread;
  Dim3 tid = coordinates(thread, launch->block);
  registers.tid[0] = tid.x;
  registers.tid[1] = tid.y;
  registers.tid[2] = tid.z;
  registers.laneid = thread % 32;
  registers.warpid = thread / 32;
}

void Machine::threadMain(void *self) {
  Machine &machine = *static_cast<Machine *>(self);
  machine.kernel->entry(machine.argumentSlots.data());
  machine.exitThread();
  Fiber::change(machine.threads[machine.current].fiber, machine.scheduler);
}

void Machine::allThreadsMain(void *self) {
  Machine &machine = *static_cast<Machine *>(self);
  for (unsigned thread : machine.order) {
    machine.makeCurrent(thread);
    machine.kernel->entry(machine.argumentSlots.data());
    machine.exitThread();
  }
  Fiber::change(machine.threads[machine.current].fiber, machine.scheduler);
}

void Machine::runBlock(uint64_t index) {
  blockIndex = index;
  Dim3 block = coordinates(index, launch->grid);
  registers.ctaid[0] = block.x;
  registers.ctaid[1] = block.y;
  registers.ctaid[2] = block.z;
  clocks.startBlock(unsigned(threads.size()));
  blockStarts.push_back({clocks.startOfBlock(), index});
  barriers.reset();
  mbarriers.reset();
  groupReads.reset();
  waitingInWarp.fill(0);
  for (Thread &thread : threads) {
    thread.state = Thread::Ready;
    thread.warpFunction = nullptr;
  }
  std::shuffle(order.begin(), order.end(), random);
  if (kernel->waits) {
    for (unsigned thread = 0; thread < threads.size(); ++thread)
      threads[thread].fiber.start(stacks->stack(thread), threadMain, this);
    runInTurns();
    std::string flights = mbarriers.unfinished();
    if (flights.empty())
      flights = groupReads.unfinished();
    if (!fault && !flights.empty())
      fault = Fault{Fault::Kind::UnfinishedCopy,
                    std::string(nameOf(Fault::Kind::UnfinishedCopy)) +
                        ": kernel " + kernel->name + ", " +
                        describeBlock(blockIndex) + ": " + flights};
    return;
  }
  Fiber &all = threads[order[0]].fiber;
  all.start(stacks->stack(0), allThreadsMain, this);
  Fiber::change(scheduler, all);
}

/// Runs the threads until all have exited or one has failed.
void Machine::runInTurns() {
  size_t exited = 0;
  while (exited < order.size()) {
    bool hasRun = false;
    size_t first = random() % order.size();
    for (size_t i = 0; i < order.size(); ++i) {
      unsigned thread = order[(first + i) % order.size()];
      if (threads[thread].state != Thread::Ready)
        continue;
      hasRun = true;
      makeCurrent(thread);
      Fiber::change(scheduler, threads[thread].fiber);
      if (fault)
        return;
      exited += threads[thread].state == Thread::Exited;
    }
    if (!hasRun)
      return reportWaiting();
  }
}

void Machine::exitThread() {
  // The hardware finishes what it began.
  finishAllCopies();
  threads[current].state = Thread::Exited;
  completeWarpCallWithout(current);
}

void Machine::wait() {
  unsigned me = current;
  threads[me].state = Thread::Waiting;
  Fiber::change(threads[me].fiber, scheduler);
}

void Machine::wake(unsigned thread) { threads[thread].state = Thread::Ready; }

void Machine::stop(Fault::Kind kind, const std::string &conflict) {
  fault = Fault{kind, std::string(nameOf(kind)) + ": kernel " + kernel->name +
                          ", " + describeBlock(blockIndex) + ", " +
                          describeThread(current) + "\n  at " +
                          (*describeSite)(threads[current].site) + "\n  " +
                          conflict};
  // Threads that never wait share the first one's fiber.
  Fiber abandoned;
  Fiber::change(abandoned, scheduler);
  std::abort();
}

/// No thread can go on: says who waits where.
void Machine::reportWaiting() {
  std::string text;
  unsigned atBarriers = 0, inWarps = 0, exited = 0;
  // Those who wait alike are told of once.
  std::vector<std::pair<std::string, unsigned>> groups;
  for (unsigned thread = 0; thread < threads.size(); ++thread) {
    const Thread &state = threads[thread];
    if (state.state == Thread::Exited) {
      ++exited;
      continue;
    }
    std::string place;
    if (int id = barriers.waitedFor(thread); id >= 0) {
      ++atBarriers;
      place = "wait at barrier " + std::to_string(id);
    } else if (state.warpFunction) {
      ++inWarps;
      place = "wait for other lanes of warp " + std::to_string(thread / 32);
    } else {
      place = mbarriers.missing(thread);
    }
    place += " in " + (*describeSite)(state.site);
    auto same = std::find_if(groups.begin(), groups.end(),
                             [&](auto &group) { return group.first == place; });
    if (same != groups.end())
      ++same->second;
    else
      groups.push_back({place, 1});
  }
  for (auto &[place, count] : groups)
    text += "\n  " + std::to_string(count) + " threads " + place;
  if (exited)
    text += "\n  " + std::to_string(exited) + " threads have exited";
  Fault::Kind kind = inWarps      ? Fault::Kind::DivergentWarp
                     : atBarriers ? Fault::Kind::DivergentBarrier
                                  : Fault::Kind::Deadlock;
  fault = Fault{kind, std::string(nameOf(kind)) + ": kernel " + kernel->name +
                          ", " + describeBlock(blockIndex) +
                          ": no thread can go on" + text};
}
