//===- DeviceTimes.h - how long a GPU takes for an entry --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_DEVICETIMES_H
#define DLCC_TOOLS_DEVICETIMES_H

#include "dlcc/compiler.h"
#include "tools/KernelTimes.h"

#include <string>
#include <vector>

namespace dlcc {

/// A GPU as `dlcc bench` tells of it.
struct DeviceFacts {
  std::string name;
  /// What its multiprocessors do at their highest clock, in units of 1e9
  /// operations a second: with tensor cores where the precision uses them.
  /// 0 where the compiler does not know the chip.
  double peak;
};

/// The GPU of an instance whose model runs on one. Throws rt::Failure.
DeviceFacts describeDevice(const dlcc_instance &instance, Precision precision);

struct DeviceTimes {
  std::vector<double> graphs; ///< seconds on the device, without copies
  std::vector<double> calls;  ///< as the caller sees them, with copies
};

/// Runs an entry `runs` times in each way, and, for `kernels`, once more with
/// the kernels one by one. An error ends it: throws rt::Failure.
DeviceTimes timeOnDevice(dlcc_instance &instance, int32_t entry, int64_t rows,
                         void *const *args, int64_t runs, KernelTimes *kernels);

} // namespace dlcc

#endif // DLCC_TOOLS_DEVICETIMES_H
