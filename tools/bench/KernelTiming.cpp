//===- KernelTiming.cpp - kernels against the peak of the machine ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelTiming.h"

#include "JitKernel.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <numeric>
#include <thread>

using namespace dlcc::bench;
using dlcc::test::JitKernel;

namespace {

/// Seconds that the calling thread has computed.
double busySeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

/// Runs `body` on each of `threads` threads; returns the mean of the seconds
/// that they computed. Time that other programs take does not count.
double timed(int threads, const std::function<void(int)> &body) {
  std::vector<double> busy(threads);
  std::atomic<int> ready{0};
  auto run = [&](int thread) {
    for (++ready; ready < threads;)
      std::this_thread::yield();
    double start = busySeconds();
    body(thread);
    busy[thread] = busySeconds() - start;
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i)
    others.emplace_back(run, i);
  run(0);
  for (std::thread &other : others)
    other.join();
  return std::accumulate(busy.begin(), busy.end(), 0.0) / threads;
}

#ifdef __AVX512F__
constexpr int kLanes = 16, kChains = 24;
#else
constexpr int kLanes = 8, kChains = 12;
#endif

/// GFLOP/s of independent multiply-adds in registers, for about 2 ms.
double peak(int threads) {
  using Vector = float __attribute__((vector_size(kLanes * 4)));
  constexpr long turns = 300000;
  double time = timed(threads, [](int) {
    Vector chains[kChains] = {}, x = {}, y = {};
    x += 0.999f;
    y += 0.001f;
    for (long i = 0; i < turns; ++i)
#pragma clang loop unroll(full)
      for (Vector &chain : chains)
        chain = chain * x + y;
    Vector sum = {};
    for (const Vector &chain : chains)
      sum += chain;
    volatile float sink = sum[0];
    (void)sink;
  });
  return 2.0 * turns * kChains * kLanes * threads / time / 1e9;
}

struct Measured {
  double gflops, share;
};

Measured measure(const TimedKernel &given, const std::string &processor,
                 int threads, int repetitions) {
  auto kernel = JitKernel::compile(given.text, "k", processor);
  if (!kernel)
    std::exit(1);
  std::vector<float> a(given.elementsA, 0.5f), b(given.elementsB, 0.25f),
      c(given.elementsC);
  std::vector<std::vector<char>> scratch(
      threads, std::vector<char>(kernel->scratchBytes() + 64));
  std::vector<void *> buffers = {a.data(), b.data(), c.data()};
  double flops = 2.0 * given.multiplyAdds;
  Measured best{0, 0};
  for (int i = 0; i < repetitions; ++i) {
    double before = peak(threads);
    std::atomic<int64_t> next{0};
    double time = timed(threads, [&](int thread) {
      for (int64_t task; (task = next++) < kernel->tasks();)
        kernel->runTask(buffers, given.rows, task, scratch[thread].data());
    });
    double after = peak(threads);
    double gflops = flops / time / 1e9;
    best.gflops = std::max(best.gflops, gflops);
    best.share = std::max(best.share, gflops / std::max(before, after));
  }
  return best;
}

/// Times the kernels for one processor and prints a line for each.
void timeFor(const std::string &processor,
             const std::vector<TimedKernel> &kernels, int threads,
             int repetitions, double peakSeen) {
  std::printf("%s, %d threads, peak %.1f GFLOP/s\n", processor.c_str(), threads,
              peakSeen);
  double total = 0, time = 0;
  for (const TimedKernel &kernel : kernels) {
    Measured best = measure(kernel, processor, threads, repetitions);
    double work = 2.0 * kernel.multiplyAdds / 1e9;
    total += work;
    time += work / best.gflops;
    std::printf("  %-36s %7.1f GFLOP/s  %5.1f%%\n", kernel.name.c_str(),
                best.gflops, 100 * best.share);
    std::fflush(stdout);
  }
  std::printf("  %-36s %7.1f GFLOP/s  %5.1f%%\n", "all", total / time,
              100 * total / time / peakSeen);
}

} // namespace

int dlcc::bench::timeKernels(const std::vector<TimedKernel> &kernels, int argc,
                             char **argv) {
  int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  int repetitions = argc > 2 ? std::atoi(argv[2]) : 10;
  std::vector<TimedKernel> chosen;
  for (const TimedKernel &kernel : kernels)
    if (argc <= 3 || kernel.name.find(argv[3]) != std::string::npos)
      chosen.push_back(kernel);
  double peakSeen = 0;
  for (int i = 0; i < 20; ++i)
    peakSeen = std::max(peakSeen, peak(threads));
  for (const std::string &processor : dlcc::test::runnableProcessors())
    timeFor(processor, chosen, threads, repetitions, peakSeen);
  return 0;
}
