//===- ContractionBench.cpp - products against the peak of the machine ----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ContractionBench [threads [repetitions]]
//
// Times the products of the training step 784-2048-4096-1024-10 at batch 1024
// in their three forms, and prints GFLOP/s and the share of what a loop of
// multiply-adds reaches on the same threads just before and after. Threads are
// timed by what they computed, and the best of the repetitions counts: other
// programs only ever slow a machine down. Not in these numbers: waiting for
// the slowest thread.
//
//===----------------------------------------------------------------------===//

#include "JitKernel.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <numeric>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

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

/// C[m][n] = sum over k, with the operands in one of the three forms of a
/// dense layer: forward, gradient of the input, gradient of the weight.
struct Case {
  const char *name;
  int64_t m, n, k;
  bool transposeA, transposeB;

  std::string kernel() const {
    auto tensor = [](int64_t rows, int64_t columns) {
      return "tensor<" + std::to_string(rows) + "x" + std::to_string(columns) +
             "xf32>";
    };
    std::string a = transposeA ? tensor(k, m) : tensor(m, k);
    std::string b = transposeB ? tensor(n, k) : tensor(k, n);
    std::string c = tensor(m, n);
    std::ostringstream text;
    text << "func.func private @k(%a: " << a << ", %b: " << b << ") -> " << c
         << " attributes {dlc.kernel = \"k\"} {\n"
            "  %zero = arith.constant 0.0 : f32\n  %empty = tensor.empty() : "
         << c << "\n  %init = linalg.fill ins(%zero : f32) outs(%empty : " << c
         << ") -> " << c
         << "\n  %p = linalg.generic {indexing_maps = ["
            "affine_map<(m, n, k) -> ("
         << (transposeA ? "k, m" : "m, k") << ")>, affine_map<(m, n, k) -> ("
         << (transposeB ? "n, k" : "k, n")
         << ")>, affine_map<(m, n, k) -> (m, n)>], iterator_types = "
            "[\"parallel\", \"parallel\", \"reduction\"]} ins(%a, %b : "
         << a << ", " << b << ") outs(%init : " << c
         << ") {\n  ^bb0(%l: f32, %r: f32, %acc: f32):\n"
            "    %x = arith.mulf %l, %r : f32\n"
            "    %y = arith.addf %acc, %x : f32\n"
            "    linalg.yield %y : f32\n  } -> "
         << c << "\n  return %p : " << c << "\n}\n";
    return text.str();
  }
};

struct Measured {
  double gflops, share;
};

Measured measure(const Case &shape, const std::string &processor, int threads,
                 int repetitions) {
  auto kernel = JitKernel::compile(shape.kernel(), "k", processor);
  if (!kernel)
    std::exit(1);
  std::vector<float> a(shape.m * shape.k, 0.5f), b(shape.k * shape.n, 0.25f),
      c(shape.m * shape.n);
  std::vector<std::vector<char>> scratch(
      threads, std::vector<char>(kernel->scratchBytes() + 64));
  std::vector<void *> buffers = {a.data(), b.data(), c.data()};
  double flops = 2.0 * shape.m * shape.n * shape.k;
  Measured best{0, 0};
  for (int i = 0; i < repetitions; ++i) {
    double before = peak(threads);
    std::atomic<int64_t> next{0};
    double time = timed(threads, [&](int thread) {
      for (int64_t task; (task = next++) < kernel->tasks();)
        kernel->runTask(buffers, 1, task, scratch[thread].data());
    });
    double after = peak(threads);
    double gflops = flops / time / 1e9;
    best.gflops = std::max(best.gflops, gflops);
    best.share = std::max(best.share, gflops / std::max(before, after));
  }
  return best;
}

} // namespace

int main(int argc, char **argv) {
  int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  int repetitions = argc > 2 ? std::atoi(argv[2]) : 10;
  const Case cases[] = {
      {"forward 784-2048", 1024, 2048, 784, false, true},
      {"forward 2048-4096", 1024, 4096, 2048, false, true},
      {"forward 4096-1024", 1024, 1024, 4096, false, true},
      {"forward 1024-10", 1024, 10, 1024, false, true},
      {"input gradient 4096-2048", 1024, 2048, 4096, false, false},
      {"input gradient 1024-4096", 1024, 4096, 1024, false, false},
      {"input gradient 10-1024", 1024, 1024, 10, false, false},
      {"weight gradient 2048-784", 2048, 784, 1024, true, false},
      {"weight gradient 4096-2048", 4096, 2048, 1024, true, false},
      {"weight gradient 1024-4096", 1024, 4096, 1024, true, false},
      {"weight gradient 10-1024", 10, 1024, 1024, true, false},
  };
  double peakSeen = 0, total = 0, time = 0;
  for (int i = 0; i < 20; ++i)
    peakSeen = std::max(peakSeen, peak(threads));
  for (const std::string &processor : dlcc::test::runnableProcessors()) {
    std::printf("%s, %d threads, peak %.1f GFLOP/s\n", processor.c_str(),
                threads, peakSeen);
    total = time = 0;
    for (const Case &shape : cases) {
      Measured best = measure(shape, processor, threads, repetitions);
      double work = 2.0 * shape.m * shape.n * shape.k / 1e9;
      total += work;
      time += work / best.gflops;
      std::printf("  %-28s %7.1f GFLOP/s  %5.1f%%\n", shape.name, best.gflops,
                  100 * best.share);
      std::fflush(stdout);
    }
    std::printf("  %-28s %7.1f GFLOP/s  %5.1f%%\n", "all", total / time,
                100 * total / time / peakSeen);
  }
  return 0;
}
