//===- FakeDriver.h - a CUDA driver without a GPU ---------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A libcuda.so.1 for tests, with the functions that the runtime calls. What
// runs kernels is linked to it. Work in a stream is done when somebody waits
// for it; addresses of the device are none of the host's; and whoever breaks a
// rule of the driver gets its error and a line on stderr. It has 2
// multiprocessors, of 1 MHz; PTX that such a chip would not run is refused.
// Environment variables:
//
//   FAKE_CUDA_DEVICES=0        there is no GPU
//   FAKE_CUDA_CHIP=80          its compute capability; 90 without
//   FAKE_CUDA_MEMORY=BYTES     of the device; 64 MiB without
//   FAKE_CUDA_FAIL=FUNCTION=N  calls of that function end with that error; of
//                              `cubin`, the loading of machine code does
//   FAKE_CUDA_LOG=FILE         a line for each image that is loaded, each
//   kernel
//                              that runs and each graph
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_DRIVER_FAKEDRIVER_H
#define DLCC_TESTS_GPU_DRIVER_FAKEDRIVER_H

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fake {

/// One parameter of a launch.
struct Parameter {
  uint64_t value = 0; ///< of a pointer: an offset in the device's memory
  uint64_t bytes = 0; ///< of a pointer: to the end of its allocation; else 0
  /// Of a matrix's map, with the pointer that it was made of.
  std::shared_ptr<const struct Map> map = nullptr;
};

/// What cuTensorMapEncodeTiled is told of a matrix, columns first.
struct Map {
  uint64_t address = 0; ///< of the device
  uint32_t extents[2] = {}, box[2] = {};
  uint64_t rowBytes = 0;
  uint32_t elementBytes = 0;
  uint32_t roundsToTf32 = 0;
};

struct Launch {
  std::string kernel;
  unsigned grid[3] = {1, 1, 1}, block = 1, sharedBytes = 0;
  std::vector<Parameter> parameters;
};

/// What runs kernels.
class Kernels {
public:
  virtual ~Kernels() = default;
  /// The device's memory as the host sees it.
  virtual char *memory() = 0;
  /// How many bytes each parameter of a kernel has; empty: there is no such
  /// kernel.
  virtual std::vector<int> parametersOf(const std::string &kernel) = 0;
  /// Runs a launch; "" or what it did wrong.
  virtual std::string run(const Launch &launch) = 0;
};

/// For a device with so much memory; null with a sentence where that fails.
std::unique_ptr<Kernels> makeKernels(uint64_t bytes, std::string &error);

} // namespace fake

#endif // DLCC_TESTS_GPU_DRIVER_FAKEDRIVER_H
