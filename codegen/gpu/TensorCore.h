//===- TensorCore.h - products by tensor cores ------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a block does with a stage of k where tensor cores multiply: each warp
// has a part of the tile, made of blocks of 16 rows and 8 columns, whose sums
// its threads hold. A thread, lane l with g = l / 4 and t = l % 4, has of each
// block rows g and g + 8, columns 2t and 2t + 1.
//
// Operands lie in shared memory as SwizzledTiles.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_TENSORCORE_H
#define DLCC_CODEGEN_GPU_TENSORCORE_H

#include "codegen/gpu/ContractionPlan.h"
#include "codegen/gpu/DeviceBuilder.h"

#include <memory>

namespace dlcc::gpu {

class TensorCore {
public:
  using Value = mlir::Value;
  using Values = DeviceBuilder::Values;

  virtual ~TensorCore() = default;

  Values zeroSums();
  /// Adds the products of a stage, whose operands lie at `a` and `b`. The sums
  /// are not to be looked at, nor the operands to be written, before they are
  /// waited for.
  virtual Values multiplyStage(Value a, Value b, mlir::ValueRange sums) = 0;
  virtual void waitForSums() {}
  /// Lets the unit see what the thread has stored, from the next barrier on.
  virtual void publishStores() {}
  /// Calls `body` for each pair of neighbouring columns that the thread has:
  /// row and first column in the tile, and their sums.
  void forResults(mlir::ValueRange sums,
                  llvm::function_ref<void(Value m, Value n, Value pair)> body);

protected:
  /// Rows and columns of a block.
  static constexpr int64_t kRows = 16, kColumns = 8;

  /// `thread`: of the block.
  TensorCore(DeviceBuilder &p, const ContractionPlan &plan, Value thread);

  DeviceBuilder &p;
  const ContractionPlan &plan;
  Value warp, lane;                        ///< of the block, of the warp
  int64_t rowBlocks = 1, columnBlocks = 1; ///< of a warp
  Value warpRow, warpColumn;               ///< of the tile
};

/// Warps that multiply each for itself, by `mma.sync`.
std::unique_ptr<TensorCore> createWarpProducts(DeviceBuilder &p,
                                               const ContractionPlan &plan,
                                               mlir::Value thread);
/// Warps that multiply four by four, by `wgmma`.
std::unique_ptr<TensorCore> createWarpGroupProducts(DeviceBuilder &p,
                                                    const ContractionPlan &plan,
                                                    mlir::Value thread);

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_TENSORCORE_H
