//===- Module.cpp - a model's code on a GPU -------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/device/Module.h"

#include "runtime/Status.h"

#include <cstring>

using namespace dlcc::rt;
using namespace dlcc::rt::device;

Module::Module(const dlcc_model &model) : model(model), code(chooseCode()) {
  Current current(gpu);
  load();
  try {
    findFunctions();
  } catch (...) {
    gpu.driver().cuModuleUnload(module);
    throw;
  }
}

Module::~Module() {
  gpu.release([&] { gpu.driver().cuModuleUnload(module); });
}

const dlcc_device &Module::chooseCode() const {
  int has = gpu.capability();
  for (int64_t i = 0; i < model.num_levels; ++i) {
    const dlcc_device &each = model.devices[i];
    if (each.exact ? has == each.capability : has >= each.capability)
      return each;
  }
  const dlcc_device &last = model.devices[model.num_levels - 1];
  throw Failure(
      DLCC_UNSUPPORTED,
      "model '" + std::string(model.name) + "' was compiled for " + last.chip +
          (last.exact ? " and no other chip" : " and later chips") +
          ", and the GPU '" + gpu.name() + "' is sm_" + std::to_string(has) +
          "; --target=cuda:CHIP chooses another, --target=cuda the "
          "oldest");
}

/// Whether the driver says that it does not know this machine code, as one that
/// is older than the ptxas that made it does.
static bool isForeign(Result result) {
  return result == kInvalidImage || result == kNoBinaryForGpu ||
         result == kUnsupportedPtxVersion;
}

void Module::load() {
  const Driver &driver = gpu.driver();
  std::string doing =
      "to load the kernels of model '" + std::string(model.name) + "'";
  // Machine code runs on chips of the same major version.
  if (code.cubin && gpu.capability() / 10 == code.capability / 10) {
    Result result =
        driver.cuModuleLoadDataEx(&module, code.cubin, 0, nullptr, nullptr);
    if (!isForeign(result))
      return driver.check(result, doing);
  }
  char log[1024] = "";
  int options[] = {kErrorLog, kErrorLogBytes};
  void *values[] = {log, reinterpret_cast<void *>(sizeof log)};
  Result result =
      driver.cuModuleLoadDataEx(&module, code.ptx, 2, options, values);
  if (log[0])
    log[std::strcspn(log, "\n")] = 0;
  driver.check(result, log[0] ? doing + ", saying '" + log + "'" : doing);
}

void Module::findFunctions() {
  // More dynamic shared memory than this has to be asked for.
  constexpr int32_t kSharedBytesForAll = 48 << 10;
  const Driver &driver = gpu.driver();
  for (int64_t i = 0; i < code.num_kernels; ++i) {
    const dlcc_device_kernel &kernel = code.kernels[i];
    std::vector<FunctionHandle> &found = functions.emplace_back();
    for (int32_t j = 0; j < kernel.num_launches; ++j) {
      const dlcc_launch &launch = kernel.launches[j];
      if (launch.num_maps > 0 && !driver.cuTensorMapEncodeTiled)
        throw Failure(DLCC_UNSUPPORTED,
                      "the CUDA driver is too old, it has no "
                      "'cuTensorMapEncodeTiled': install one of CUDA 12 or "
                      "later, or compile the model for sm_90");
      FunctionHandle function = nullptr;
      driver.check(
          driver.cuModuleGetFunction(&function, module, launch.function),
          "to find the kernel '" + std::string(launch.function) + "'");
      // A driver loads a function when it is first asked about; a launch that
      // is captured may be too late for that.
      int registers;
      driver.check(driver.cuFuncGetAttribute(&registers, kRegisters, function),
                   "to load the kernel '" + std::string(launch.function) + "'");
      if (launch.shared_bytes > kSharedBytesForAll)
        driver.check(driver.cuFuncSetAttribute(function, kMaxDynamicSharedBytes,
                                               launch.shared_bytes),
                     "to give the kernel '" + std::string(launch.function) +
                         "' its shared memory");
      found.push_back(function);
    }
  }
}

/// Rows that are not given are none of the matrix.
Result Module::encode(const dlcc_tensor_map &map, Address buffer, int64_t rows,
                      void *to) const {
  static constexpr int kinds[] = {kMapF16, kMapBF16, kMapTF32};
  const uint64_t extents[] = {
      uint64_t(map.columns),
      uint64_t(map.rows_of_row ? map.rows_of_row * rows : map.rows)};
  const uint64_t strides[] = {uint64_t(map.row_bytes)};
  const uint32_t box[] = {uint32_t(map.box_columns), uint32_t(map.box_rows)};
  const uint32_t steps[] = {1, 1};
  return gpu.driver().cuTensorMapEncodeTiled(
      to, kinds[map.elements], /*rank=*/2,
      reinterpret_cast<void *>(buffer + map.offset), extents, strides, box,
      steps, /*interleave=*/0, kSwizzle128, kPromote256, /*fill=*/0);
}

Result Module::launch(int32_t kernel, void **parameters, int64_t rows,
                      StreamHandle stream) const {
  const dlcc_device_kernel &launches = code.kernels[kernel];
  for (int32_t i = 0; i < launches.num_launches; ++i) {
    const dlcc_launch &launch = launches.launches[i];
    alignas(64) char maps[DLCC_MOST_MAPS][128];
    for (int32_t j = 0; j < launch.num_maps; ++j) {
      const dlcc_tensor_map &map = launch.maps[j];
      Address buffer = 0;
      std::memcpy(&buffer, parameters[map.buffer], sizeof buffer);
      if (Result result = encode(map, buffer, rows, maps[j]))
        return result;
      // Behind the buffers stand workspace and rows.
      parameters[launches.num_buffers + 2 + j] = maps[j];
    }
    Result result = gpu.driver().cuLaunchKernel(
        functions[kernel][i], launch.grid[0], launch.grid[1], launch.grid[2],
        launch.block, 1, 1, launch.shared_bytes, stream, parameters, nullptr);
    if (result != kSuccess)
      return result;
  }
  return kSuccess;
}
