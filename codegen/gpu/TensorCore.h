//===- TensorCore.h - products by tensor cores ------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a block of eight warps does with a stage of k: each warp has a part of
// the tile, made of blocks of 16 rows and 8 columns, which its threads hold in
// fragments. A thread, lane l with g = l / 4 and t = l % 4, has
//
//   of A     rows g, g + 8;  of B   column g;   indices t, t + 4, … of k
//   of sums  rows g, g + 8, columns 2t, 2t + 1
//
// Operands lie in shared memory as numbers of f32, [k][row], and are rounded on
// their way into registers: to tf32, or to pairs of bf16. Which index of k is
// which does not matter as long as both operands agree, so that a pair is of
// indices that no bank of shared memory is asked twice for.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_TENSORCORE_H
#define DLCC_CODEGEN_GPU_TENSORCORE_H

#include "codegen/gpu/ContractionPlan.h"
#include "codegen/gpu/DeviceBuilder.h"

namespace dlcc::gpu {

class TensorCore {
public:
  using Value = mlir::Value;
  using Values = DeviceBuilder::Values;

  /// `thread`: of the block.
  TensorCore(DeviceBuilder &p, const ContractionPlan &plan, Value thread);

  Values zeroSums();
  /// Adds the products of a stage, whose operands lie at `a` and `b`.
  Values multiplyStage(Value a, Value b, mlir::ValueRange sums);
  /// Calls `body` for each pair of neighbouring columns that the thread has:
  /// row and first column in the tile, and their sums.
  void forResults(mlir::ValueRange sums,
                  llvm::function_ref<void(Value m, Value n, Value pair)> body);

private:
  /// The registers with indices of k from `k` on, of `count` blocks of rows or
  /// columns: for each block, all of its registers.
  llvm::SmallVector<Values> loadFragments(Value shared, int64_t step,
                                          Value first, int64_t k,
                                          int64_t blocks, int64_t blockSize);
  Value loadRegister(Value shared, int64_t step, Value row, int64_t k);
  Values multiply(mlir::ValueRange a, mlir::ValueRange b,
                  mlir::ValueRange sums);

  DeviceBuilder &p;
  const ContractionPlan &plan;
  int64_t rowBlocks, columnBlocks; ///< of a warp
  Value group, inGroup;            ///< g and t
  Value warpRow, warpColumn;       ///< of the tile
};

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_TENSORCORE_H
