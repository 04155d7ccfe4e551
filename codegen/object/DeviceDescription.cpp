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

DeviceDescription describeDevice(ModuleOp module) {
  DeviceDescription device;
  device.chip = levelsOf(module).front().getCpu().str();
  StringRef number = device.chip;
  number.consume_front("sm_");
  device.exact = number.consume_back("a");
  [[maybe_unused]] bool isWrong =
      number.getAsInteger(/*Radix=*/10, device.capability);
  assert(!isWrong && "the target was made from the table of chips");
  auto kernels = module->getAttrOfType<ArrayAttr>(object::deviceKernelsAttr);
  for (auto facts : kernels.getAsRange<DictionaryAttr>()) {
    DeviceKernelDescription &kernel = device.kernels.emplace_back();
    kernel.numBuffers = facts.getAs<IntegerAttr>("buffers").getInt();
    for (auto launch :
         facts.getAs<ArrayAttr>("launches").getAsRange<DictionaryAttr>())
      kernel.launches.push_back(describeLaunch(launch));
  }
  return device;
}

} // namespace dlcc
