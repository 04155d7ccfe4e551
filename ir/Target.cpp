//===- Target.cpp - the targets of a module -------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Target.h"

using namespace mlir;

SmallVector<dlcc::dlc::TargetAttr> dlcc::levelsOf(ModuleOp module) {
  if (auto levels = module->getAttrOfType<ArrayAttr>(attr::kLevels))
    return llvm::to_vector(levels.getAsRange<dlc::TargetAttr>());
  return {module->getAttrOfType<dlc::TargetAttr>(attr::kTarget)};
}
