//===- OperandTile.h - a tile of an operand in shared memory ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For threads that multiply one by one. A thread works out once what its rows
// add to an address, and for each tile what its indices of k do.
//
// Neighbouring threads read what lies next to one another in memory: along the
// row's axis, several elements at a time where these are aligned, or along k,
// and then the tile is transposed on its way.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_OPERANDTILE_H
#define DLCC_CODEGEN_GPU_OPERANDTILE_H

#include "codegen/gpu/ContractionPlan.h"
#include "codegen/gpu/KernelEmitter.h"
#include "codegen/gpu/OperandIndex.h"

namespace dlcc::gpu {

class OperandTile {
public:
  /// `first`: the tile's first index of `axis`; `base`: the operand's address
  /// at the outer indices; `step`: elements between indices of k in shared
  /// memory.
  OperandTile(KernelContext &context, const ContractionPlan &plan,
              const Operand &operand, const Axis &axis, int64_t extent,
              int64_t step, mlir::Value base, mlir::Value first);

  /// Copies the indices of k from `k` on to `shared`, zeros where there are
  /// none or where they reach `end`.
  void copy(mlir::Value shared, mlir::Value k, mlir::Value end);

private:
  void chooseWay();
  bool mayTakeLanes() const;
  mlir::Value convert(mlir::Value element);

  KernelContext &context;
  const ContractionPlan &plan;
  DeviceBuilder &p;
  const Operand &operand;
  const Axis &axis;
  int64_t extent, step;
  mlir::Value base, first;
  const Buffer *buffer;
  bool alongDepth = false;
  int64_t lanes = 1;
  int64_t count; ///< of accesses a thread makes for a tile
  llvm::SmallVector<mlir::Value> rowOffsets, rowValid, rowPlaces;
};

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_OPERANDTILE_H
