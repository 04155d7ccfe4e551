//===- WeightsArchive.cpp - weights in formats of others ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/WeightsArchive.h"

#include "llvm/ADT/StringRef.h"

using namespace dlcc;

static bool isNpz(llvm::StringRef path) { return path.ends_with(".npz"); }

bool dlcc::isWeightsArchive(const std::string &path) {
  return isNpz(path) || llvm::StringRef(path).ends_with(".safetensors");
}

std::unique_ptr<WeightsArchive>
dlcc::openWeightsArchive(const std::string &path) {
  return isNpz(path) ? openNpz(path) : openSafeTensors(path);
}

void dlcc::writeWeightsArchive(const std::string &path,
                               const std::vector<ArrayToWrite> &arrays) {
  if (isNpz(path))
    writeNpz(path, arrays);
  else
    writeSafeTensors(path, arrays);
}
