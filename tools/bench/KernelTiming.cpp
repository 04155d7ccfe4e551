//===- KernelTiming.cpp - kernels against the machine and its libraries ---===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelTiming.h"

#include "JitKernel.h"
#include "runtime/Instance.h"
#include "runtime/Team.h"
#include "tools/MeasurePeak.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>

using namespace dlcc::bench;
using dlcc::test::JitKernel;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kOthersWait{30};

double secondsOf(const std::function<void()> &body) {
  Clock::time_point start = Clock::now();
  body();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Something that is timed, for a millisecond or more at once.
class Timed {
public:
  /// `run` does the work so many times.
  explicit Timed(std::function<void(int64_t)> run) : run(std::move(run)) {
    this->run(1);
    double once = secondsOf([&] { this->run(1); });
    turns = std::clamp<int64_t>(int64_t(1e-3 / once), 1, 10000);
  }

  /// Another time, once the threads of what ran before no longer wait for work
  /// on processors: a library's do so for up to 20 ms.
  void again() {
    std::this_thread::sleep_for(kOthersWait);
    run(1);
    best = std::min(best, secondsOf([&] { run(turns); }) / double(turns));
  }
  double seconds() const { return best; }

private:
  std::function<void(int64_t)> run;
  int64_t turns;
  double best = 1e9;
};

/// A kernel on the runtime's team, again and again.
struct Repeated {
  dlcc::rt::Team &team;
  dlcc::rt::Job job;
  int64_t turns;

  static void body(const void *context) {
    const auto &self = *static_cast<const Repeated *>(context);
    for (int64_t i = 0; i != self.turns; ++i)
      self.team.run(self.job);
  }
};

} // namespace

double Measured::ratio() const {
  if (gflops.size() < 2)
    return 0;
  return gflops.front() / *std::max_element(gflops.begin() + 1, gflops.end());
}

Measured dlcc::bench::measureKernel(const TimedKernel &given,
                                    const std::string &processor, int threads,
                                    int repetitions) {
  auto kernel = JitKernel::compile(given.text, "k", processor);
  if (!kernel)
    std::exit(1);
  // As an instance has it: one block, in large pages.
  int64_t bytes = 0;
  auto place = [&](int64_t size) {
    int64_t at = bytes;
    bytes += (size + 63) / 64 * 64;
    return at;
  };
  int64_t aAt = place(given.elementsA * 4), bAt = place(given.elementsB * 4),
          cAt = place(given.elementsC * 4), scratchAt = bytes,
          stride = (kernel->scratchBytes() + 63) / 64 * 64;
  place(threads * stride);
  dlcc::rt::Block block(dlcc_options{}, bytes);
  auto *a = reinterpret_cast<float *>(block.data() + aAt),
       *b = reinterpret_cast<float *>(block.data() + bAt),
       *c = reinterpret_cast<float *>(block.data() + cAt);
  std::fill_n(a, given.elementsA, 0.5f);
  std::fill_n(b, given.elementsB, 0.25f);
  std::vector<void *> buffers = {a, b, c};
  dlcc::rt::Team team(threads, nullptr, nullptr);
  dlcc::rt::Job job = {kernel->kernel(), buffers.data(),           given.rows,
                       kernel->tasks(),  block.data() + scratchAt, stride};

  std::vector<Timed> timed;
  timed.emplace_back([&](int64_t turns) {
    Repeated repeated = {team, job, turns};
    team.call(Repeated::body, &repeated, /*alone=*/threads == 1);
  });
  for (const PeerKernel &peer : given.peers)
    timed.emplace_back([&](int64_t turns) {
      for (int64_t i = 0; i != turns; ++i)
        peer.run(a, b, c);
    });
  Measured result = {dlcc::measurePeak(threads), {}};
  for (int i = 0; i < repetitions; ++i)
    for (Timed &one : timed)
      one.again();
  result.peak = std::max(result.peak, dlcc::measurePeak(threads));
  for (const Timed &one : timed)
    result.gflops.push_back(2e-9 * double(given.multiplyAdds) / one.seconds());
  return result;
}

void dlcc::bench::printMeasured(const TimedKernel &kernel,
                                const Measured &measured) {
  std::printf("  %-36s %7.1f GFLOP/s  %5.1f%%", kernel.name.c_str(),
              measured.gflops.front(), 100 * measured.share());
  for (size_t i = 0; i != kernel.peers.size(); ++i)
    std::printf("  %s %7.1f", kernel.peers[i].name.c_str(),
                measured.gflops[i + 1]);
  if (!kernel.peers.empty())
    std::printf("  ratio %.2f", measured.ratio());
  std::printf("\n");
  std::fflush(stdout);
}

TimedKernel dlcc::bench::productKernel(const std::string &name,
                                       const ProductShape &shape) {
  auto [m, n, k, transposeA, transposeB] = shape;
  auto tensor = [](int64_t rows, int64_t columns) {
    return "tensor<" + std::to_string(rows) + "x" + std::to_string(columns) +
           "xf32>";
  };
  std::string a = transposeA ? tensor(k, m) : tensor(m, k);
  std::string b = transposeB ? tensor(n, k) : tensor(k, n);
  std::string c = tensor(m, n);
  std::string text =
      "func.func private @k(%a: " + a + ", %b: " + b + ") -> " + c +
      " attributes {dlc.kernel = \"k\"} {\n"
      "  %zero = arith.constant 0.0 : f32\n  %empty = tensor.empty() : " +
      c + "\n  %init = linalg.fill ins(%zero : f32) outs(%empty : " + c +
      ") -> " + c +
      "\n  %p = linalg.generic {indexing_maps = ["
      "affine_map<(m, n, k) -> (" +
      (transposeA ? "k, m" : "m, k") + ")>, affine_map<(m, n, k) -> (" +
      (transposeB ? "n, k" : "k, n") +
      ")>, affine_map<(m, n, k) -> (m, n)>], iterator_types = "
      "[\"parallel\", \"parallel\", \"reduction\"]} ins(%a, %b : " +
      a + ", " + b + ") outs(%init : " + c +
      ") {\n  ^bb0(%l: f32, %r: f32, %acc: f32):\n"
      "    %x = arith.mulf %l, %r : f32\n"
      "    %y = arith.addf %acc, %x : f32\n"
      "    linalg.yield %y : f32\n  } -> " +
      c + "\n  return %p : " + c + "\n}\n";
  return {name, text, m * k, k * n, m * n, m * n * k, 1, peersOf(shape)};
}

int dlcc::bench::timeKernels(const std::vector<TimedKernel> &kernels, int argc,
                             char **argv) {
  int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  int repetitions = argc > 2 ? std::atoi(argv[2]) : 10;
  std::printf("%s\n", preparePeers(threads).c_str());
  for (const std::string &processor : dlcc::test::runnableProcessors()) {
    double peak = dlcc::measurePeak(threads), work = 0, time = 0;
    std::printf("%s, %d threads, peak %.1f GFLOP/s\n", processor.c_str(),
                threads, peak);
    for (const TimedKernel &kernel : kernels) {
      if (argc > 3 && kernel.name.find(argv[3]) == std::string::npos)
        continue;
      Measured measured =
          measureKernel(kernel, processor, threads, repetitions);
      printMeasured(kernel, measured);
      peak = std::max(peak, measured.peak);
      work += 2e-9 * double(kernel.multiplyAdds);
      time += 2e-9 * double(kernel.multiplyAdds) / measured.gflops.front();
    }
    std::printf("  %-36s %7.1f GFLOP/s  %5.1f%%\n", "all", work / time,
                100 * work / time / peak);
  }
  return 0;
}
