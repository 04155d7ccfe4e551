//===- ChipTable.cpp - the chips that there is code for -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/ChipTable.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::gpu;

/// Each runs the code of those before it, where that is not for one chip only.
static constexpr Chip chips[] = {
    {"sm_80", 163 << 10, 108, 40 << 20, false, 128, 1024, 2048},
    {"sm_86", 99 << 10, 84, 6 << 20, false, 256, 512, 1024},
    {"sm_89", 99 << 10, 142, 72 << 20, false, 256, 512, 1024},
    {"sm_90", 227 << 10, 132, 50 << 20, false, 256, 2048, 4096},
    {"sm_90a", 227 << 10, 132, 50 << 20, true, 256, 2048, 4096},
};

const Chip *dlcc::gpu::findChip(StringRef name) {
  const auto *found =
      llvm::find_if(chips, [&](const Chip &chip) { return chip.name == name; });
  return found == std::end(chips) ? nullptr : found;
}

SmallVector<const Chip *> dlcc::gpu::chipsOf(ModuleOp module) {
  SmallVector<const Chip *> found;
  for (dlc::TargetAttr level : levelsOf(module)) {
    found.push_back(findChip(level.getCpu()));
    assert(found.back() && "the target was made from the table");
  }
  return found;
}

static dlc::TargetAttr describe(MLIRContext *context, const Chip &chip) {
  return dlc::TargetAttr::get(context, "cuda", "nvptx64-nvidia-cuda", chip.name,
                              /*features=*/"", /*vectorBytes=*/16,
                              /*registers=*/255, /*alignment=*/256,
                              chip.sharedBytes, chip.l2Bytes, /*l3Bytes=*/0);
}

static llvm::Error refuse(StringRef name) {
  std::string known;
  for (const Chip &chip : chips)
    known += (known.empty() ? "" : ", ") + chip.name.str();
  return llvm::createStringError("--target=cuda knows no chip '" + name +
                                 "'; chips are " + known);
}

llvm::Expected<SmallVector<dlc::TargetAttr>>
dlcc::gpu::describeGpuTargets(MLIRContext *context, StringRef names,
                              bool runsOnLater) {
  SmallVector<StringRef> list;
  names.split(list, ',');
  SmallVector<const Chip *> wanted;
  for (StringRef name : list) {
    const Chip *chip = findChip(name);
    if (!chip)
      return refuse(name);
    if (llvm::is_contained(wanted, chip))
      return llvm::createStringError("--target=cuda names '" + name +
                                     "' twice");
    wanted.push_back(chip);
  }
  auto isExact = [](const Chip *chip) { return chip->isExact(); };
  if (runsOnLater && llvm::all_of(wanted, isExact))
    wanted.push_back(findChip(wanted.front()->name.drop_back()));
  // The table's order is that of what chips ask for.
  llvm::sort(wanted, std::greater<>());
  return llvm::map_to_vector(
      wanted, [&](const Chip *chip) { return describe(context, *chip); });
}

bool dlcc::gpu::isGpu(dlc::TargetAttr target) {
  return target && target.getKind() == "cuda";
}
