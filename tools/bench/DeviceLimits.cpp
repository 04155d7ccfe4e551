//===- DeviceLimits.cpp - what bounds every program on this GPU -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// DeviceLimits              a line of JSON, of the first GPU that the driver
//                           shows: multiply-adds that stay on the chip, two
//                           operations each (GFLOP/s), for factors of f32, tf32
//                           and bf16; bytes that are read (GB/s), and those of
//                           a stream that is updated in place, read and written
//                           (GB/s). The best of some attempts.
// DeviceLimits --ptx 90     the kernels for a compute capability
//
//===----------------------------------------------------------------------===//

#include "runtime/Status.h"
#include "runtime/device/Device.h"
#include "runtime/device/KernelClock.h"
#include "tools/bench/LimitKernels.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <optional>

using namespace dlcc::rt;
using namespace dlcc::rt::device;
using namespace dlcc::bench;

namespace {

constexpr int kAttempts = 8;
/// Of a stream, at most and at least: beyond every cache where there is room.
constexpr int64_t kMostBytes = int64_t(2) << 30, kLeastBytes = 1 << 22;

/// The kernels, loaded, and a stream in which they are timed.
class Limits {
public:
  Limits();
  ~Limits();
  Limits(const Limits &) = delete;
  Limits &operator=(const Limits &) = delete;

  double flopsOf(const ProductLimit &product);
  /// Bytes a second that are read, or read and written.
  double reading();
  double updating();
  const LimitKernels &kernels() const { return code; }
  const Device &device() const { return gpu; }

private:
  const Driver &driver() const { return gpu.driver(); }
  FunctionHandle find(const std::string &name) const;
  double fastest(const std::string &name, int blocks,
                 std::vector<void *> parameters);
  void takeMemory();

  Device gpu;
  LimitKernels code;
  Current current;
  ModuleHandle module = nullptr;
  StreamHandle stream = nullptr;
  std::optional<DeviceMemory> data, sink;
  int64_t dataBytes = 0;
  int blocks; ///< as many as run at one time, or more
};

} // namespace

Limits::Limits()
    : code(limitKernels(gpu.capability())), current(gpu),
      blocks(8 * gpu.multiprocessors()) {
  sink.emplace(gpu, int64_t(4) * kLimitThreads * blocks);
  takeMemory();
  driver().check(driver().cuModuleLoadDataEx(&module, code.ptx.c_str(), 0,
                                             nullptr, nullptr),
                 "to load the kernels");
  Result made = driver().cuStreamCreate(&stream, kNonBlockingStream);
  if (made != kSuccess)
    driver().cuModuleUnload(module);
  driver().check(made, "to make a stream");
}

Limits::~Limits() {
  driver().cuStreamDestroy(stream);
  driver().cuModuleUnload(module);
}

void Limits::takeMemory() {
  for (dataBytes = kMostBytes; !data; dataBytes /= 2)
    try {
      data.emplace(gpu, dataBytes);
      return;
    } catch (const Failure &failure) {
      if (failure.status != DLCC_OUT_OF_MEMORY || dataBytes <= kLeastBytes)
        throw;
    }
}

FunctionHandle Limits::find(const std::string &name) const {
  FunctionHandle function = nullptr;
  driver().check(driver().cuModuleGetFunction(&function, module, name.c_str()),
                 "to find the kernel '" + name + "'");
  return function;
}

/// Seconds of a launch, at best.
double Limits::fastest(const std::string &name, int grid,
                       std::vector<void *> parameters) {
  FunctionHandle function = find(name);
  double best = 1e9;
  for (int attempt = 0; attempt != kAttempts; ++attempt) {
    Event begin(driver()), end(driver());
    begin.record(stream);
    Result launched =
        driver().cuLaunchKernel(function, grid, 1, 1, kLimitThreads, 1, 1, 0,
                                stream, parameters.data(), nullptr);
    end.record(stream);
    Result done = driver().cuStreamSynchronize(stream);
    driver().check(launched, "to launch '" + name + "'");
    driver().check(done, "in '" + name + "'");
    best = std::min(best, end.secondsSince(begin));
  }
  return best;
}

double Limits::flopsOf(const ProductLimit &product) {
  Address out = sink->address();
  uint32_t rounds = 1;
  double seconds = 0;
  auto run = [&] {
    seconds = fastest("products_" + product.kind, blocks, {&out, &rounds});
  };
  // Long enough for clocks that are read to half a microsecond.
  for (run(); seconds < 5e-3 && rounds < 1 << 20; run())
    rounds *= 4;
  return double(product.flops) * blocks * rounds / seconds;
}

/// A block reads four vectors a thread at a time, none beyond the stream.
double Limits::reading() {
  Address from = data->address(), out = sink->address();
  auto vectors = uint32_t(dataBytes / 16);
  return double(dataBytes) / fastest("read", blocks, {&from, &out, &vectors});
}

double Limits::updating() {
  Address at = data->address();
  auto vectors = uint32_t(dataBytes / 16);
  return 2 * double(dataBytes) / fastest("update", blocks, {&at, &vectors});
}

static void print() {
  Limits limits;
  const Device &gpu = limits.device();
  std::printf("{\"gpu\": \"%s\", \"capability\": %d, \"multiprocessors\": %d, "
              "\"l2_bytes\": %lld, \"unit\": \"%s\", \"gflops\": {",
              gpu.name().c_str(), gpu.capability(), gpu.multiprocessors(),
              (long long)gpu.cacheBytes(), limits.kernels().unit.c_str());
  const char *separator = "";
  for (const ProductLimit &product : limits.kernels().products) {
    std::printf("%s\"%s\": %.1f", separator, product.kind.c_str(),
                limits.flopsOf(product) / 1e9);
    separator = ", ";
  }
  double updating = limits.updating();
  std::printf("}, \"read_gbs\": %.1f, \"update_gbs\": %.1f}\n",
              limits.reading() / 1e9, updating / 1e9);
}

int main(int argc, char **argv) {
  if (argc == 3 && std::strcmp(argv[1], "--ptx") == 0) {
    std::fputs(limitKernels(std::atoi(argv[2])).ptx.c_str(), stdout);
    return 0;
  }
  if (argc != 1) {
    std::fprintf(stderr, "usage: DeviceLimits [--ptx CAPABILITY]\n");
    return 2;
  }
  try {
    print();
    return 0;
  } catch (const std::exception &failure) {
    std::fprintf(stderr, "error: %s\n", failure.what());
    return 1;
  }
}
