//===- FakeDriver.cpp - a CUDA driver without a GPU -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeDriver.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <set>

using namespace fake;

namespace {

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
  std::set<Graph *> graphs; ///< as captured, and as made executable
  Stream legacy;            ///< the null stream
};

State &state() {
  static State *only = new State;
  return *only;
}

/// How many contexts are current in this thread.
thread_local int depth = 0;

Result refuse(Result result, const char *why) {
  std::fprintf(stderr, "fake CUDA driver: %s\n", why);
  return result;
}

void log(const std::string &line) {
  const char *path = std::getenv("FAKE_CUDA_LOG");
  if (!path)
    return;
  if (FILE *file = std::fopen(path, "a")) {
    std::fprintf(file, "%s\n", line.c_str());
    std::fclose(file);
  }
}

uint64_t number(const char *variable, uint64_t otherwise) {
  const char *text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// The error that the environment wants of a function.
Result wanted(const char *function) {
  const char *text = std::getenv("FAKE_CUDA_FAIL");
  size_t length = std::strlen(function);
  if (text && std::strncmp(text, function, length) == 0 && text[length] == '=')
    return std::atoi(text + length + 1);
  return Success;
}

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
uint64_t room(State &s, Address address) {
  auto next = s.allocations.upper_bound(address - kBase);
  if (address < kBase || next == s.allocations.begin())
    return 0;
  auto [begin, bytes] = *std::prev(next);
  uint64_t into = address - kBase - begin;
  return into < bytes ? bytes - into : 0;
}

bool isPinned(State &s, const void *memory, size_t bytes) {
  const char *begin = static_cast<const char *>(memory);
  for (auto [block, size] : s.pinned)
    if (begin >= block && begin + bytes <= block + size)
      return true;
  return false;
}

Result copy(State &s, Address device, void *host, size_t bytes, bool toDevice) {
  if (room(s, device) < bytes)
    return refuse(InvalidValue, "a copy leaves its allocation");
  char *memory = s.kernels->memory() + (device - kBase);
  if (toDevice)
    std::memcpy(memory, host, bytes);
  else
    std::memcpy(host, memory, bytes);
  return Success;
}

Result copyLater(State &s, Address device, void *host, size_t bytes,
                 Stream *stream, bool toDevice) {
  if (!s.streams.count(stream))
    return refuse(InvalidValue, "a copy in no stream");
  if (stream->isCapturing)
    return refuse(CaptureUnsupported, "a copy in a stream that is captured");
  if (!isPinned(s, host, bytes))
    return refuse(InvalidValue, "a copy of memory that is not pinned");
  stream->work.push_back([&s, device, host, bytes, toDevice] {
    return copy(s, device, host, bytes, toDevice);
  });
  return Success;
}

Result launch(State &s, const Launch &launch) {
  log("kernel " + launch.kernel);
  std::string fault = s.kernels->run(launch);
  return fault.empty() ? Success : refuse(LaunchFailed, fault.c_str());
}

/// What a released context must not leave behind.
void checkEmpty(State &s) {
  if (s.allocations.empty() && s.pinned.empty() && s.modules.empty() &&
      s.streams.empty() && s.graphs.empty())
    return;
  refuse(InvalidValue, "the context is released before what was made in it");
  std::abort();
}

struct ErrorText {
  Result result;
  const char *name, *text;
};
constexpr ErrorText errors[] = {
    {InvalidValue, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {OutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {NoDevice, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {209, "CUDA_ERROR_NO_BINARY_FOR_GPU",
     "no kernel image is available for execution on the device"},
    {218, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {LaunchFailed, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
};

Result describe(Result result, const char **out, const char *ErrorText::*what) {
  for (const ErrorText &error : errors)
    if (error.result == result) {
      *out = error.*what;
      return Success;
    }
  *out = nullptr;
  return InvalidValue;
}

} // namespace

extern "C" {

Result cuInit(unsigned) {
  return call("cuInit", false, [](State &s) -> Result {
    if (s.kernels)
      return Success;
    if (number("FAKE_CUDA_DEVICES", 1) == 0)
      return NoDevice;
    s.bytes = number("FAKE_CUDA_MEMORY", 64 << 20);
    std::string error;
    s.kernels = makeKernels(s.bytes, error);
    return s.kernels ? Success : refuse(NotInitialized, error.c_str());
  });
}

Result cuGetErrorName(Result result, const char **name) {
  return describe(result, name, &ErrorText::name);
}

Result cuGetErrorString(Result result, const char **text) {
  return describe(result, text, &ErrorText::text);
}

Result cuDeviceGetCount(int *count) {
  return call("cuDeviceGetCount", false, [&](State &) {
    *count = int(number("FAKE_CUDA_DEVICES", 1));
    return Success;
  });
}

Result cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return call("cuDeviceGet", false, [](State &) { return Success; });
}

Result cuDeviceGetName(char *name, int bytes, int) {
  std::snprintf(name, bytes, "Fake GPU");
  return call("cuDeviceGetName", false, [](State &) { return Success; });
}

Result cuDeviceGetAttribute(int *value, int attribute, int) {
  return call("cuDeviceGetAttribute", false, [&](State &) {
    int chip = int(number("FAKE_CUDA_CHIP", 90));
    *value = attribute == 75 ? chip / 10 : chip % 10;
    return Success;
  });
}

Result cuDevicePrimaryCtxRetain(void **context, int) {
  return call("cuDevicePrimaryCtxRetain", false, [&](State &s) {
    *context = &s;
    ++s.retained;
    return Success;
  });
}

Result cuDevicePrimaryCtxRelease_v2(int) {
  return call("cuDevicePrimaryCtxRelease", false, [](State &s) {
    if (--s.retained == 0)
      checkEmpty(s);
    return Success;
  });
}

Result cuCtxPushCurrent_v2(void *) {
  return call("cuCtxPushCurrent", false, [](State &) {
    ++depth;
    return Success;
  });
}

Result cuCtxPopCurrent_v2(void **) {
  return call("cuCtxPopCurrent", true, [](State &) {
    --depth;
    return Success;
  });
}

Result cuModuleLoadDataEx(Module **module, const void *image, unsigned, int *,
                          void **) {
  return call("cuModuleLoadDataEx", true, [&](State &s) -> Result {
    // A cubin is an ELF file; its failure is asked for under its own name.
    bool isCubin = std::memcmp(image, "\x7f", 1) == 0;
    if (Result result = isCubin ? wanted("cubin") : Success)
      return result;
    *module = *s.modules.insert(new Module).first;
    return Success;
  });
}

Result cuModuleUnload(Module *module) {
  return call("cuModuleUnload", true, [&](State &s) -> Result {
    if (!s.modules.erase(module))
      return refuse(InvalidValue, "no module is unloaded");
    delete module;
    return Success;
  });
}

Result cuModuleGetFunction(Function **function, Module *module,
                           const char *name) {
  return call("cuModuleGetFunction", true, [&](State &s) -> Result {
    std::vector<int> parameters = s.kernels->parametersOf(name);
    if (parameters.empty())
      return refuse(NotFound, name);
    Function &found = module->functions[name];
    found.name = name;
    found.parameterBytes = parameters;
    *function = &found;
    return Success;
  });
}

Result cuFuncGetAttribute(int *value, int, Function *) {
  *value = 32;
  return call("cuFuncGetAttribute", true, [](State &) { return Success; });
}

Result cuFuncSetAttribute(Function *function, int, int value) {
  return call("cuFuncSetAttribute", true, [&](State &) {
    function->sharedBytes = value;
    return Success;
  });
}

Result cuMemAlloc_v2(Address *address, size_t bytes) {
  return call("cuMemAlloc", true, [&](State &s) -> Result {
    uint64_t end = 0;
    for (auto [begin, size] : s.allocations)
      end = begin + size;
    end = (end + 511) / 256 * 256; // a gap, so that no two touch
    if (end + bytes > s.bytes)
      return OutOfMemory;
    s.allocations[end] = bytes;
    *address = kBase + end;
    return Success;
  });
}

Result cuMemFree_v2(Address address) {
  return call("cuMemFree", true, [&](State &s) -> Result {
    return s.allocations.erase(address - kBase)
               ? Success
               : refuse(InvalidValue, "no memory is freed");
  });
}

Result cuMemAllocHost_v2(void **memory, size_t bytes) {
  return call("cuMemAllocHost", true, [&](State &s) {
    *memory = std::malloc(bytes);
    s.pinned[static_cast<char *>(*memory)] = bytes;
    return Success;
  });
}

Result cuMemFreeHost(void *memory) {
  return call("cuMemFreeHost", true, [&](State &s) -> Result {
    if (!s.pinned.erase(static_cast<char *>(memory)))
      return refuse(InvalidValue, "no pinned memory is freed");
    std::free(memory);
    return Success;
  });
}

Result cuMemcpyHtoD_v2(Address device, const void *host, size_t bytes) {
  return call("cuMemcpyHtoD", true, [&](State &s) {
    const char *begin = static_cast<const char *>(host);
    std::vector<char> read(begin, begin + bytes);
    s.legacy.work.push_back([&s, device, read = std::move(read)]() mutable {
      return copy(s, device, read.data(), read.size(), true);
    });
    return Success;
  });
}

Result cuMemcpyDtoH_v2(void *host, Address device, size_t bytes) {
  return call("cuMemcpyDtoH", true,
              [&](State &s) { return copy(s, device, host, bytes, false); });
}

Result cuMemcpyHtoDAsync_v2(Address device, const void *host, size_t bytes,
                            Stream *stream) {
  return call("cuMemcpyHtoDAsync", true, [&](State &s) {
    return copyLater(s, device, const_cast<void *>(host), bytes, stream, true);
  });
}

Result cuMemcpyDtoHAsync_v2(void *host, Address device, size_t bytes,
                            Stream *stream) {
  return call("cuMemcpyDtoHAsync", true, [&](State &s) {
    return copyLater(s, device, host, bytes, stream, false);
  });
}

Result cuStreamCreate(Stream **stream, unsigned) {
  return call("cuStreamCreate", true, [&](State &s) {
    *stream = *s.streams.insert(new Stream).first;
    return Success;
  });
}

Result cuStreamDestroy_v2(Stream *stream) {
  return call("cuStreamDestroy", true, [&](State &s) -> Result {
    if (!s.streams.erase(stream))
      return refuse(InvalidValue, "no stream is destroyed");
    delete stream;
    return Success;
  });
}

Result cuStreamSynchronize(Stream *stream) {
  return call("cuStreamSynchronize", true, [&](State &s) {
    if (!stream)
      stream = &s.legacy;
    Result result = Success;
    for (const Work &work : stream->work)
      if (result == Success)
        result = work();
    stream->work.clear();
    return result;
  });
}

Result cuStreamBeginCapture_v2(Stream *stream, int) {
  return call("cuStreamBeginCapture", true, [&](State &) -> Result {
    if (stream->isCapturing)
      return refuse(InvalidValue, "a capture in a capture");
    stream->isCapturing = true;
    return Success;
  });
}

Result cuStreamEndCapture(Stream *stream, Graph **graph) {
  return call("cuStreamEndCapture", true, [&](State &s) -> Result {
    if (!stream->isCapturing)
      return refuse(InvalidValue, "the end of no capture");
    stream->isCapturing = false;
    *graph = *s.graphs.insert(new Graph(std::move(stream->captured))).first;
    stream->captured = {};
    return Success;
  });
}

Result cuGraphInstantiateWithFlags(Graph **executable, Graph *graph, uint64_t) {
  return call("cuGraphInstantiate", true, [&](State &s) {
    *executable = *s.graphs.insert(new Graph(*graph)).first;
    log("graph of " + std::to_string(graph->nodes.size()));
    return Success;
  });
}

Result cuGraphLaunch(Graph *graph, Stream *stream) {
  return call("cuGraphLaunch", true, [&](State &s) -> Result {
    if (!s.graphs.count(graph) || stream->isCapturing)
      return refuse(InvalidValue, "no graph is launched");
    stream->work.insert(stream->work.end(), graph->nodes.begin(),
                        graph->nodes.end());
    return Success;
  });
}

static Result destroyGraph(const char *function, Graph *graph) {
  return call(function, true, [&](State &s) -> Result {
    if (!s.graphs.erase(graph))
      return refuse(InvalidValue, "no graph is destroyed");
    delete graph;
    return Success;
  });
}

Result cuGraphDestroy(Graph *graph) {
  return destroyGraph("cuGraphDestroy", graph);
}

Result cuGraphExecDestroy(Graph *graph) {
  return destroyGraph("cuGraphExecDestroy", graph);
}

Result cuLaunchKernel(Function *function, unsigned gridX, unsigned gridY,
                      unsigned gridZ, unsigned blockX, unsigned blockY,
                      unsigned blockZ, unsigned sharedBytes, Stream *stream,
                      void **parameters, void **) {
  return call("cuLaunchKernel", true, [&](State &s) -> Result {
    if (sharedBytes > function->sharedBytes || blockY != 1 || blockZ != 1)
      return refuse(InvalidValue, "a launch asks for too much");
    Launch asked;
    asked.kernel = function->name;
    asked.grid[0] = gridX, asked.grid[1] = gridY, asked.grid[2] = gridZ;
    asked.block = blockX;
    asked.sharedBytes = sharedBytes;
    for (size_t i = 0; i < function->parameterBytes.size(); ++i) {
      Parameter &parameter = asked.parameters.emplace_back();
      std::memcpy(&parameter.value, parameters[i], function->parameterBytes[i]);
      if (function->parameterBytes[i] != sizeof(Address))
        continue;
      parameter.bytes = room(s, parameter.value);
      if (parameter.bytes == 0)
        return refuse(InvalidValue, "a kernel gets no address of the device");
      parameter.value -= kBase;
    }
    Work work = [&s, asked] { return launch(s, asked); };
    (stream->isCapturing ? stream->captured.nodes : stream->work)
        .push_back(std::move(work));
    return Success;
  });
}

} // extern "C"
