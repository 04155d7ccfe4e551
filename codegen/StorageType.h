//===- StorageType.h - elements as they lie in memory -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_STORAGETYPE_H
#define DLCC_CODEGEN_STORAGETYPE_H

#include "mlir/IR/BuiltinTypes.h"

namespace dlcc {

/// The type that an element has in memory: i8 for i1, i64 for index, i16 for
/// f16 and bf16.
mlir::Type storageType(mlir::Type elementType);
/// Bytes of an element in memory.
int64_t storageBytes(mlir::Type elementType);

} // namespace dlcc

#endif // DLCC_CODEGEN_STORAGETYPE_H
