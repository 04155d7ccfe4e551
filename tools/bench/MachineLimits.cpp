//===- MachineLimits.cpp - what bounds every program on this machine ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MachineLimits [threads]
//
// Prints a line of JSON: multiply-adds in registers (GFLOP/s), bytes that are
// summed from memory (GB/s) and bytes of a stream that is updated in place,
// x = 0.999 x + 0.001, those read and those written both counted (GB/s). The
// best of some attempts: other programs only ever slow a machine down.
//
//===----------------------------------------------------------------------===//

#include "tools/MeasurePeak.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

namespace {

/// A thread's part: beyond every cache.
constexpr size_t kFloats = size_t(64) << 20;
constexpr int kAttempts = 8;

/// Seconds in which each of `threads` threads does `body`, at best.
double fastest(int threads, const std::function<void(int)> &body) {
  using Clock = std::chrono::steady_clock;
  std::barrier barrier(threads);
  double best = 1e9;
  auto run = [&](int thread) {
    for (int attempt = 0; attempt != kAttempts; ++attempt) {
      barrier.arrive_and_wait();
      Clock::time_point start = Clock::now();
      body(thread);
      barrier.arrive_and_wait();
      std::chrono::duration<double> seconds = Clock::now() - start;
      if (thread == 0)
        best = std::min(best, seconds.count());
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i)
    others.emplace_back(run, i);
  run(0);
  for (std::thread &other : others)
    other.join();
  return best;
}

/// Independent sums, so that none waits for another.
float sum(const std::vector<float> &stream) {
  constexpr size_t kSums = 128;
  float sums[kSums] = {};
  for (size_t i = 0; i != stream.size(); i += kSums)
    for (size_t j = 0; j != kSums; ++j)
      sums[j] += stream[i + j];
  float total = 0;
  for (float part : sums)
    total += part;
  return total;
}

void update(std::vector<float> &stream) {
  for (float &value : stream)
    value = 0.999f * value + 1e-3f;
}

} // namespace

int main(int argc, char **argv) {
  int threads =
      argc > 1 ? std::atoi(argv[1]) : int(std::thread::hardware_concurrency());
  if (argc > 2 || threads < 1) {
    std::fprintf(stderr, "usage: MachineLimits [threads]\n");
    return 2;
  }
  std::vector<std::vector<float>> streams(threads);
  std::vector<float> sums(threads);
  // Each thread's memory is first touched by one of the team.
  fastest(threads, [&](int thread) { streams[thread].resize(kFloats, 1.0f); });
  double gigabytes = double(threads) * kFloats * sizeof(float) / 1e9;
  double reading = fastest(
      threads, [&](int thread) { sums[thread] = sum(streams[thread]); });
  double updating =
      fastest(threads, [&](int thread) { update(streams[thread]); });
  volatile float sink = sums[0];
  (void)sink;
  double peak = 0;
  for (int attempt = 0; attempt != kAttempts; ++attempt)
    peak = std::max(peak, dlcc::measurePeak(threads));
  std::printf("{\"threads\": %d, \"gflops\": %.1f, \"read_gbs\": %.1f, "
              "\"update_gbs\": %.1f}\n",
              threads, peak, gigabytes / reading, 2 * gigabytes / updating);
  return 0;
}
