//===- DeviceTimes.cpp - how long a GPU takes for an entry ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/DeviceTimes.h"

#include "codegen/gpu/ChipTable.h"
#include "runtime/Instance.h"
#include "runtime/Status.h"

#include <chrono>

namespace dlcc {

DeviceFacts describeDevice(const dlcc_instance &instance, Precision precision) {
  const rt::device::Device &device =
      instance.weights->onDevice->module.device();
  const gpu::Chip *chip =
      gpu::findChip("sm_" + std::to_string(device.capability()));
  if (!chip)
    return {device.name(), 0};
  int64_t flops = precision == Precision::BF16   ? chip->narrowFlops
                  : precision == Precision::TF32 ? chip->tf32Flops
                                                 : chip->f32Flops;
  return {device.name(),
          double(flops) * device.multiprocessors() * device.clockRate() / 1e9};
}

DeviceTimes timeOnDevice(dlcc_instance &instance, int32_t entry, int64_t rows,
                         void *const *args, int64_t runs,
                         KernelTimes *kernels) {
  using Clock = std::chrono::steady_clock;
  auto call = [&] {
    Clock::time_point start = Clock::now();
    dlcc_status status = dlcc_run(&instance, entry, rows, args);
    if (status != DLCC_OK)
      throw rt::Failure(status, dlcc_last_error());
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  // The first one makes the graph, and leaves its inputs on the device.
  call();
  DeviceTimes times;
  for (int64_t i = 0; i != runs; ++i)
    times.calls.push_back(call());
  rt::device::Executor &executor = *instance.executor;
  for (int64_t i = 0; i != runs; ++i)
    times.graphs.push_back(executor.timeGraph(instance, entry, rows));
  for (int64_t i = 0; kernels && i != runs; ++i) {
    for (auto [kernel, seconds] : executor.timeKernels(instance, entry, rows))
      kernels->add(uintptr_t(kernel), seconds);
    kernels->endCall();
  }
  return times;
}

} // namespace dlcc
