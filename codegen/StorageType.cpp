//===- StorageType.cpp - elements as they lie in memory -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/StorageType.h"

using namespace mlir;

Type dlcc::storageType(Type elementType) {
  MLIRContext *context = elementType.getContext();
  if (elementType.isInteger(1))
    return IntegerType::get(context, 8);
  if (elementType.isIndex())
    return IntegerType::get(context, 64);
  // LLVM takes vectors of narrow floats apart on targets without them.
  if (elementType.isF16() || elementType.isBF16())
    return IntegerType::get(context, 16);
  return elementType;
}

int64_t dlcc::storageBytes(Type elementType) {
  return storageType(elementType).getIntOrFloatBitWidth() / 8;
}
