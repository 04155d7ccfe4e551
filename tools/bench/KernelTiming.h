//===- KernelTiming.h - kernels against the machine and its libraries -----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel runs as it does in a step, on the runtime's team of threads; packing
// and waiting for the slowest thread are in its time. Libraries do the same in
// turn with it, and the best of the repetitions counts: other programs only
// ever slow a machine down. The peak is what multiply-adds in registers reach
// on as many threads just before and after.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_BENCH_KERNELTIMING_H
#define DLCC_TOOLS_BENCH_KERNELTIMING_H

#include "PeerKernels.h"

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
  std::vector<PeerKernel> peers = {};
};

/// The kernel @k of a product.
TimedKernel productKernel(const std::string &name, const ProductShape &shape);

/// GFLOP/s at best: dlcc's, then the peers' in their order.
struct Measured {
  double peak;
  std::vector<double> gflops;

  double share() const { return gflops.front() / peak; }
  /// dlcc's speed by that of the fastest peer; 0 without one.
  double ratio() const;
};

Measured measureKernel(const TimedKernel &kernel, const std::string &processor,
                       int threads, int repetitions);

/// The columns of a kernel, behind its name.
void printMeasured(const TimedKernel &kernel, const Measured &measured);

/// Times the kernels on each processor that this machine can run and prints
/// GFLOP/s and shares of the peak. Arguments: [threads [repetitions [part of
/// the name]]].
int timeKernels(const std::vector<TimedKernel> &kernels, int argc, char **argv);

} // namespace dlcc::bench

#endif // DLCC_TOOLS_BENCH_KERNELTIMING_H
