//===- Module.h - a model's code on a GPU -----------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_DEVICE_MODULE_H
#define DLCC_RUNTIME_DEVICE_MODULE_H

#include "dlcc/abi.h"
#include "runtime/device/Device.h"

#include <vector>

namespace dlcc::rt::device {

/// A model's kernels, loaded. Instances that share weights share it.
class Module {
public:
  /// Takes the code of the first of the model's chips that the GPU runs: the
  /// machine code where it can, else the PTX. Fails on a GPU that runs none.
  explicit Module(const dlcc_model &model);
  ~Module();
  Module(const Module &) = delete;
  Module &operator=(const Module &) = delete;

  const Device &device() const { return gpu; }
  /// Whose code it is, among the model's levels.
  int64_t level() const { return &code - model.devices; }

  const dlcc_device_kernel &kernel(int32_t number) const {
    return code.kernels[number];
  }
  /// Puts a kernel's launches into a stream: the first that fails says why.
  /// `parameters` are the addresses of its arguments, with room behind them for
  /// those of DLCC_MOST_MAPS maps.
  Result launch(int32_t kernel, void **parameters, int64_t rows,
                StreamHandle stream) const;

private:
  const dlcc_device &chooseCode() const;
  void load();
  void findFunctions();
  Result encode(const dlcc_tensor_map &map, Address buffer, int64_t rows,
                void *to) const;

  const dlcc_model &model;
  Device gpu;
  const dlcc_device &code;
  ModuleHandle module = nullptr;
  /// By kernel, of each of its launches.
  std::vector<std::vector<FunctionHandle>> functions;
};

} // namespace dlcc::rt::device

#endif // DLCC_RUNTIME_DEVICE_MODULE_H
