//===- DeviceDescription.cpp - a model's code for a GPU -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/object/DeviceDescription.h"

#include "codegen/object/Passes.h"
#include "ir/Target.h"

using namespace mlir;

namespace dlcc {

static LaunchDescription describeLaunch(DictionaryAttr facts) {
  LaunchDescription launch;
  launch.function = facts.getAs<StringAttr>("entry").str();
  llvm::copy(facts.getAs<DenseI64ArrayAttr>("grid").asArrayRef(),
             launch.grid.begin());
  launch.block = facts.getAs<IntegerAttr>("block").getInt();
  launch.sharedBytes = facts.getAs<IntegerAttr>("shared").getInt();
  return launch;
}

static DeviceDescription describeChip(StringRef chip) {
  DeviceDescription device;
  device.chip = chip.str();
  chip.consume_front("sm_");
  device.exact = chip.consume_back("a");
  [[maybe_unused]] bool isWrong =
      chip.getAsInteger(/*Radix=*/10, device.capability);
  assert(!isWrong && "the target was made from the table of chips");
  return device;
}

std::vector<DeviceDescription> describeDevices(ModuleOp module) {
  std::vector<DeviceDescription> devices;
  auto kernels = module->getAttrOfType<ArrayAttr>(object::deviceKernelsAttr);
  for (auto [level, target] : llvm::enumerate(levelsOf(module))) {
    DeviceDescription &device =
        devices.emplace_back(describeChip(target.getCpu()));
    for (auto facts : kernels.getAsRange<DictionaryAttr>()) {
      DeviceKernelDescription &kernel = device.kernels.emplace_back();
      kernel.numBuffers = facts.getAs<IntegerAttr>("buffers").getInt();
      auto launches =
          cast<ArrayAttr>(facts.getAs<ArrayAttr>("launches")[level]);
      for (auto launch : launches.getAsRange<DictionaryAttr>())
        kernel.launches.push_back(describeLaunch(launch));
    }
  }
  return devices;
}

} // namespace dlcc
