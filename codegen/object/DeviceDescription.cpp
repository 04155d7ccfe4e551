//===- DeviceDescription.cpp - a model's code for a GPU -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/object/DeviceDescription.h"

#include "codegen/object/Passes.h"
#include "dlcc/abi.h"
#include "ir/Target.h"

using namespace mlir;

namespace dlcc {

static TensorMapDescription describeMap(DictionaryAttr facts) {
  auto number = [&](StringRef name) {
    return facts.getAs<IntegerAttr>(name).getInt();
  };
  auto extents = facts.getAs<DenseI64ArrayAttr>("extents").asArrayRef();
  auto box = facts.getAs<DenseI64ArrayAttr>("box").asArrayRef();
  Type element = facts.getAs<TypeAttr>("element").getValue();
  TensorMapDescription map;
  map.buffer = number("buffer");
  map.elements = isa<FloatTF32Type>(element) ? DLCC_MAP_TF32
                 : element.isBF16()          ? DLCC_MAP_BF16
                                             : DLCC_MAP_F16;
  map.boxColumns = box[0];
  map.boxRows = box[1];
  map.offset = number("offset");
  map.columns = extents[0];
  map.rows = extents[1];
  map.rowBytes = number("row_bytes");
  map.rowsOfRow = number("rows_of_row");
  return map;
}

static LaunchDescription describeLaunch(DictionaryAttr facts) {
  LaunchDescription launch;
  launch.function = facts.getAs<StringAttr>("entry").str();
  llvm::copy(facts.getAs<DenseI64ArrayAttr>("grid").asArrayRef(),
             launch.grid.begin());
  launch.block = facts.getAs<IntegerAttr>("block").getInt();
  launch.sharedBytes = facts.getAs<IntegerAttr>("shared").getInt();
  if (auto maps = facts.getAs<ArrayAttr>("maps"))
    for (auto map : maps.getAsRange<DictionaryAttr>())
      launch.maps.push_back(describeMap(map));
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
