//===- HeadersCxx17.cpp - the public headers as C++17 ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dlcc/runtime.h"

#include "dlcc/abi.h"

dlcc_options dlccTestOptionsCxx17();

dlcc_options dlccTestOptionsCxx17() {
  dlcc_options options = DLCC_OPTIONS_INIT;
  return options;
}
