//===- DeviceDescription.h - a model's code for a GPU -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an object holds beside bodies where the kernels are a GPU's: images of
// their code, and how each of them is launched.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_OBJECT_DEVICEDESCRIPTION_H
#define DLCC_CODEGEN_OBJECT_DEVICEDESCRIPTION_H

#include "mlir/IR/BuiltinOps.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace dlcc {

/// A matrix that is copied in bulk, as in `dlcc_tensor_map`.
struct TensorMapDescription {
  int64_t buffer = 0, elements = 0, boxColumns = 0, boxRows = 0;
  int64_t offset = 0, columns = 0, rows = 0, rowBytes = 0, rowsOfRow = 0;
};

/// A launch, as in `dlcc_launch`.
struct LaunchDescription {
  std::string function;
  std::array<int64_t, 3> grid = {1, 1, 1};
  int64_t block = 1;
  int64_t sharedBytes = 0; ///< dynamic
  std::vector<TensorMapDescription> maps;
};

/// A kernel, as in `dlcc_device_kernel`.
struct DeviceKernelDescription {
  int64_t numBuffers = 0;
  std::vector<LaunchDescription> launches;
};

/// The code for one chip, as in `dlcc_device`.
struct DeviceDescription {
  std::string chip;
  int64_t capability = 0; ///< 90 for sm_90
  bool exact = false;     ///< no other chip runs the code
  std::string ptx;
  std::string cubin; ///< empty: none
  std::vector<DeviceKernelDescription> kernels;
};

/// Chip and kernels, for each level of a module whose entries have become
/// bodies; the images are left empty.
std::vector<DeviceDescription> describeDevices(mlir::ModuleOp module);

} // namespace dlcc

#endif // DLCC_CODEGEN_OBJECT_DEVICEDESCRIPTION_H
