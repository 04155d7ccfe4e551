//===- KernelTimes.h - how long each kernel of a call takes -----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_KERNELTIMES_H
#define DLCC_TOOLS_KERNELTIMES_H

#include "dlcc/abi.h"
#include "dlcc/compiler.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dlcc {

/// One kernel function in a call of an entry, all its runs together.
struct KernelTime {
  std::string names; ///< of the kernels that it computes, the model's words
  std::string phase;
  int64_t line, flops, bytes, runs;
  double seconds; ///< median over the measured calls
};

/// Collects the times of kernels. On this processor it stands before the
/// runtime's dlcc_run_kernel in a model that is loaded into this process, and
/// takes the time of each kernel from its first task to its last; then one
/// model at a time is measured.
class KernelTimes {
public:
  KernelTimes();
  ~KernelTimes();
  KernelTimes(const KernelTimes &) = delete;
  KernelTimes &operator=(const KernelTimes &) = delete;

  /// What the model calls instead of dlcc_run_kernel.
  static void run(const dlcc_call *call, dlcc_kernel kernel,
                  void *const *buffers, int64_t tasks);

  /// Notes the time of a kernel, by whatever number stands for it: its address
  /// here, or its place in a GPU's table.
  void add(uintptr_t kernel, double seconds);
  /// Forgets what was measured before.
  void clear();
  /// Says that a measured call of the entry has ended.
  void endCall();

  /// The kernels of an entry in the order of their first runs; empty where the
  /// calls do not match what the model says of itself.
  std::vector<KernelTime> summarize(const CompiledModel &model,
                                    const std::string &entry) const;

private:
  std::map<uintptr_t, size_t> places; ///< in the order of first runs
  std::vector<double> seconds;        ///< of this call, by place
  std::vector<std::vector<double>> calls;
};

} // namespace dlcc

#endif // DLCC_TOOLS_KERNELTIMES_H
