//===- DriverState.h - what the tests' driver knows -------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For the parts of the driver: devices and modules (FakeDriver.cpp), memory
// (Memory.cpp), streams, events and graphs (Streams.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_DRIVER_DRIVERSTATE_H
#define DLCC_TESTS_GPU_DRIVER_DRIVERSTATE_H

#include "FakeDriver.h"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <set>

namespace fake {

using Result = int;
using Address = uint64_t;
using Work = std::function<Result()>;

enum : Result {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  NotInitialized = 3,
  NoDevice = 100,
  InvalidContext = 201,
  NotFound = 500,
  LaunchFailed = 719,
  CaptureUnsupported = 900,
};

/// Of a tensor's map, which kernels get by value.
constexpr int kMapBytes = 128;
static_assert(sizeof(Map) <= kMapBytes);

/// No address of the host begins like this.
constexpr Address kBase = Address(1) << 60;

struct Function {
  std::string name;
  std::vector<int> parameterBytes;
  unsigned sharedBytes = 48 << 10;
};

/// Loaded code; its functions live as long.
struct Module {
  std::map<std::string, Function> functions;
};

/// A moment in a stream.
struct Event {
  std::chrono::steady_clock::time_point when;
  bool hasCome = false;
};

struct Graph {
  std::vector<Work> nodes;
};

struct Stream {
  std::vector<Work> work;
  bool isCapturing = false;
  Graph captured;
};

/// The process's driver. Never ended: other things end after main, too.
struct State {
  std::mutex mutex;
  std::unique_ptr<Kernels> kernels;
  uint64_t bytes = 0;
  int retained = 0;
  std::map<uint64_t, uint64_t> allocations; ///< offset -> bytes
  std::map<char *, size_t> pinned;
  std::set<Module *> modules;
  std::set<Stream *> streams;
  std::set<Event *> events;
  std::set<Graph *> graphs; ///< as captured, and as made executable
};

State &state();
/// How many contexts are current in this thread.
extern thread_local int depth;

/// Says why on stderr, and gives the result back.
Result refuse(Result result, const char *why);
void log(const std::string &line);
/// What a variable of the environment says.
uint64_t number(const char *variable, uint64_t otherwise);
/// The error that the environment wants of a function.
Result wanted(const char *function);

/// Runs the body of a function of the driver.
template <typename Body>
Result call(const char *function, bool needsContext, Body body) {
  if (Result result = wanted(function))
    return result;
  std::lock_guard lock(state().mutex);
  if (needsContext && depth == 0)
    return refuse(InvalidContext, function);
  return body(state());
}

/// Bytes from the address to the end of its allocation; 0 where it is in none.
uint64_t room(State &s, Address address);
/// Does the work of a stream, as far as it goes well.
Result finish(Stream &stream);

} // namespace fake

#endif // DLCC_TESTS_GPU_DRIVER_DRIVERSTATE_H
