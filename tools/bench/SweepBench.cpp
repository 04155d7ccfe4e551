//===- SweepBench.cpp - products of shapes that nobody tuned for ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// SweepBench [threads [repetitions [number of shapes]]]
// SweepBench threads repetitions ROWSxCOLUMNSxDEPTH:FORM...
//
// Times 200 products, or those that are named (528x67x173:weights), always the
// same ones: extents from 1 to 4096 drawn evenly over their logarithms, odd
// ones as they come, in the three forms of a dense layer; in every fourth one
// extent is 16 at most. Prints each one's share of the peak and its ratio to
// the fastest library, and at the end those more than 5% behind it.
//
//===----------------------------------------------------------------------===//

#include "JitKernel.h"
#include "KernelTiming.h"

#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <random>

using namespace dlcc::bench;

namespace {

/// Draws shapes; the same sequence with every standard library.
class Shapes {
public:
  ProductShape next() {
    for (;;) {
      int64_t extents[] = {drawn(4096), drawn(4096), drawn(4096)};
      if (count % 4 == 3)
        extents[generator() % 3] = drawn(16);
      uint64_t form = generator() % 3;
      double work =
          double(extents[0]) * double(extents[1]) * double(extents[2]);
      // Less is over before it can be timed, more takes the others' time.
      if (work < 1e5 || work > 4e9)
        continue;
      ++count;
      return {extents[0], extents[1], extents[2], form == 2, form == 0};
    }
  }

private:
  int64_t drawn(int64_t most) {
    double even = double(generator() >> 11) * 0x1p-53;
    return int64_t(std::exp2(even * std::log2(double(most) + 1)));
  }

  std::mt19937_64 generator{7};
  int64_t count = 0;
};

/// The shape that a word like 528x67x173:weights names.
std::optional<ProductShape> shapeOf(const char *word) {
  ProductShape shape = {};
  char form[8];
  if (std::sscanf(word, "%" SCNd64 "x%" SCNd64 "x%" SCNd64 ":%7s", &shape.m,
                  &shape.n, &shape.k, form) != 4)
    return std::nullopt;
  shape.transposeB = form == std::string("forward");
  shape.transposeA = form == std::string("weights");
  bool isKnown =
      shape.transposeA || shape.transposeB || form == std::string("input");
  if (!isKnown || shape.m < 1 || shape.n < 1 || shape.k < 1)
    return std::nullopt;
  return shape;
}

std::string nameOf(const ProductShape &shape) {
  const char *form = shape.transposeB   ? "forward"
                     : shape.transposeA ? "weights"
                                        : "input";
  return std::to_string(shape.m) + " x " + std::to_string(shape.n) + " x " +
         std::to_string(shape.k) + " " + form;
}

} // namespace

int main(int argc, char **argv) {
  int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  int repetitions = argc > 2 ? std::atoi(argv[2]) : 10;
  std::vector<ProductShape> list;
  for (int i = 3; i < argc; ++i)
    if (std::optional<ProductShape> named = shapeOf(argv[i]))
      list.push_back(*named);
  int count = argc > 3 ? std::atoi(argv[3]) : 200;
  if (argc > 3 && list.size() != size_t(argc - 3) &&
      (argc > 4 || count < 1 || std::strchr(argv[3], 'x'))) {
    std::fprintf(stderr, "error: neither a number of shapes nor shapes like "
                         "528x67x173:weights (forward, input)\n");
    return 1;
  }
  if (list.empty()) {
    Shapes shapes;
    for (int i = 0; i < count; ++i)
      list.push_back(shapes.next());
  }
  std::string processor = dlcc::test::runnableProcessors().back();
  std::printf("%s\n%s, %d threads; rows x columns x depth\n",
              preparePeers(threads).c_str(), processor.c_str(), threads);
  std::vector<std::string> behind;
  std::vector<double> speeds, ratios;
  double peak = 0;
  for (const ProductShape &shape : list) {
    TimedKernel kernel = productKernel(nameOf(shape), shape);
    Measured measured = measureKernel(kernel, processor, threads, repetitions);
    printMeasured(kernel, measured);
    peak = std::max(peak, measured.peak);
    speeds.push_back(measured.gflops.front());
    if (kernel.peers.empty())
      continue;
    ratios.push_back(measured.ratio());
    if (measured.ratio() < 0.95)
      behind.push_back(kernel.name + ": " + std::to_string(measured.ratio()));
  }
  auto median = [](std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  };
  if (speeds.empty())
    return 0;
  std::printf("\nmedian share of the peak %.1f%%\n",
              100 * median(speeds) / peak);
  if (ratios.empty())
    return 0;
  std::printf("median ratio to the fastest library %.2f\n"
              "%zu of %zu more than 5%% behind it\n",
              median(ratios), behind.size(), ratios.size());
  for (const std::string &text : behind)
    std::printf("  %s\n", text.c_str());
  return 0;
}
