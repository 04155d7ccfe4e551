//===- KernelTiming.h - kernels against the peak of the machine -*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Threads are timed by what they computed, and the best of the repetitions
// counts: other programs only ever slow a machine down. Not in these numbers:
// waiting for the slowest thread. The peak is what a loop of multiply-adds
// reaches on the same threads just before and after.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_BENCH_KERNELTIMING_H
#define DLCC_TOOLS_BENCH_KERNELTIMING_H

#include <cstdint>
#include <string>
#include <vector>

namespace dlcc::bench {

/// A kernel of two operands and one result, all f32.
struct TimedKernel {
  std::string name, text; ///< of function @k
  int64_t elementsA, elementsB, elementsC;
  int64_t multiplyAdds;
  int64_t rows = 1;
};

/// Times the kernels on each processor that this machine can run and prints
/// GFLOP/s and shares of the peak. Arguments: [threads [repetitions [part of
/// the name]]].
int timeKernels(const std::vector<TimedKernel> &kernels, int argc, char **argv);

} // namespace dlcc::bench

#endif // DLCC_TOOLS_BENCH_KERNELTIMING_H
