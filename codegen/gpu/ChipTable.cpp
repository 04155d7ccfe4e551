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

const Chip &dlcc::gpu::chipOf(ModuleOp module) {
  const Chip *chip = findChip(levelsOf(module).front().getCpu());
  assert(chip && "the target was made from the table");
  return *chip;
}

llvm::Expected<dlc::TargetAttr>
dlcc::gpu::describeGpuTarget(MLIRContext *context, StringRef name) {
  const Chip *chip = name.empty() ? &chips[0] : findChip(name);
  if (!chip) {
    std::string known;
    for (const Chip &other : chips)
      known += (known.empty() ? "" : ", ") + other.name.str();
    return llvm::createStringError("--target=cuda knows no chip '" + name +
                                   "'; chips are " + known);
  }
  return dlc::TargetAttr::get(context, "cuda", "nvptx64-nvidia-cuda",
                              chip->name, /*features=*/"", /*vectorBytes=*/16,
                              /*registers=*/255, /*alignment=*/256,
                              chip->sharedBytes, chip->l2Bytes,
                              /*l3Bytes=*/0);
}

bool dlcc::gpu::isGpu(dlc::TargetAttr target) {
  return target && target.getKind() == "cuda";
}
