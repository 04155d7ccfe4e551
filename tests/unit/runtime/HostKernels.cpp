//===- HostKernels.cpp - kernels of DeviceTest's model as C++ -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The kernels of the model in DeviceTest.cpp, for the driver that has no GPU.
//
//===----------------------------------------------------------------------===//

#include "tests/gpu/driver/FakeDriver.h"

#include <cstring>

namespace {

class HostKernels : public fake::Kernels {
public:
  explicit HostKernels(uint64_t bytes) : bytes(bytes) {}

  char *memory() override { return bytes.data(); }

  /// Buffers, workspace, rows.
  std::vector<int> parametersOf(const std::string &kernel) override {
    if (kernel == "init")
      return {8, 8, 8, 4};
    if (kernel == "multiply" || kernel == "add")
      return {8, 8, 8, 8, 4};
    return {};
  }

  std::string run(const fake::Launch &launch) override {
    auto rows = static_cast<int32_t>(launch.parameters.back().value);
    if (launch.kernel == "init") {
      int64_t seed;
      std::memcpy(&seed, at(launch, 0), sizeof seed);
      for (int i = 0; i < 4; ++i)
        floats(launch, 1)[i] = float(seed + i);
    } else if (launch.kernel == "multiply") { // x, weight, y
      for (int i = 0; i < 4 * rows; ++i)
        floats(launch, 2)[i] = floats(launch, 0)[i] * floats(launch, 1)[i % 4];
    } else { // x, weight, sum: the column sums of x are added to the weight
      *floats(launch, 2) = 0;
      for (int i = 0; i < 4 * rows; ++i) {
        floats(launch, 1)[i % 4] += floats(launch, 0)[i];
        *floats(launch, 2) += floats(launch, 0)[i];
      }
    }
    return "";
  }

private:
  char *at(const fake::Launch &launch, int parameter) {
    return bytes.data() + launch.parameters[parameter].value;
  }
  float *floats(const fake::Launch &launch, int parameter) {
    return reinterpret_cast<float *>(at(launch, parameter));
  }

  std::vector<char> bytes;
};

} // namespace

std::unique_ptr<fake::Kernels> fake::makeKernels(uint64_t bytes,
                                                 std::string &) {
  return std::make_unique<HostKernels>(bytes);
}
