//===- MemoryAccess.h - loads and stores of scalars and vectors -*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one way in which kernels touch memory: an !llvm.ptr, an i64 offset in
// elements, a scalar or a vector, and a mask where lanes may be absent. Types
// given here are those of values: i1 lies in memory as a byte, index as i64,
// f16 and bf16 as the integers of their bits.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_MEMORYACCESS_H
#define DLCC_CODEGEN_CPU_MEMORYACCESS_H

#include "codegen/StorageType.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace dlcc::cpu {

/// Bytes of a cache line, on all processors that there is code for.
inline constexpr int64_t kCacheLine = 64;

using dlcc::storageBytes;
using dlcc::storageType;

/// An i64 constant.
mlir::Value constantI64(mlir::OpBuilder &b, mlir::Location loc, int64_t value);
/// A zero of a scalar or vector type.
mlir::Value zeroOf(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type);
/// `value` in all lanes of a vector; a vector is returned as it is, as is
/// everything when `lanes` is 0.
mlir::Value splat(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value,
                  int64_t lanes);
/// The vector<lanes x i64> 0, 1, 2, …
mlir::Value laneNumbers(mlir::OpBuilder &b, mlir::Location loc, int64_t lanes);
/// The mask of the first `count` (i64) lanes; all for counts beyond `lanes`.
mlir::Value firstLanes(mlir::OpBuilder &b, mlir::Location loc,
                       mlir::Value count, int64_t lanes);

/// The address of element `offset` (i64) of an array at `base`.
mlir::Value elementPointer(mlir::OpBuilder &b, mlir::Location loc,
                           mlir::Value base, mlir::Type elementType,
                           mlir::Value offset);

/// The scalar or vector of type `type` that begins at `pointer`. Lanes that
/// the mask switches off are not read and come back as zero.
mlir::Value load(mlir::OpBuilder &b, mlir::Location loc, mlir::Value pointer,
                 mlir::Type type, mlir::Value mask = {});
/// The elements of the array at `base` whose offsets (vector of i64) are given.
mlir::Value gather(mlir::OpBuilder &b, mlir::Location loc, mlir::Value base,
                   mlir::Value offsets, mlir::Type elementType,
                   mlir::Value mask = {});
void store(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value,
           mlir::Value pointer, mlir::Value mask = {});
void scatter(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value,
             mlir::Value base, mlir::Value offsets, mlir::Value mask = {});

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_MEMORYACCESS_H
