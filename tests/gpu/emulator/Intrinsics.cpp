//===- Intrinsics.cpp - what NVVM's intrinsics do, by name ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Intrinsics.h"

#include "llvm/ADT/StringMap.h"

using namespace dlcc::emulator;

static llvm::StringMap<const Intrinsic *> byName() {
  llvm::StringMap<const Intrinsic *> result;
  for (auto family : {barrierIntrinsics(), bulkIntrinsics(), copyIntrinsics(),
                      mathIntrinsics(), matrixIntrinsics(), warpIntrinsics(),
                      warpgroupIntrinsics()})
    for (const Intrinsic &intrinsic : family)
      result[intrinsic.name] = &intrinsic;
  return result;
}

const Intrinsic *dlcc::emulator::findIntrinsic(llvm::StringRef name) {
  static const llvm::StringMap<const Intrinsic *> intrinsics = byName();
  return intrinsics.lookup(name);
}
