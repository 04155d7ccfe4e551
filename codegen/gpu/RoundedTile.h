//===- RoundedTile.h - an operand on its way to a matrix unit ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operand of a matrix unit passes through registers on its way from global
// to shared memory, as it is rounded there, once for all warps that multiply
// it. (Copies behind the threads' backs could only bring f32 into shared
// memory, twice the bytes, which each warp would then round again.) A thread
// loads its part of the next stage before the products of the present one, so
// that these hide the way from global memory, and stores it behind them.
//
// A thread moves a group of indices of k of one row. Where k lies along memory,
// a group is one access; where rows do, neighbouring threads have neighbouring
// rows and the group is gathered, which transposes it. In shared memory a group
// is one store, of 16 bytes where k does not lie along memory, so that no bank
// is asked twice.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_ROUNDEDTILE_H
#define DLCC_CODEGEN_GPU_ROUNDEDTILE_H

#include "codegen/gpu/ContractionPlan.h"
#include "codegen/gpu/KernelEmitter.h"
#include "codegen/gpu/OperandIndex.h"

namespace dlcc::gpu {

class RoundedTile {
public:
  using Value = mlir::Value;
  using Values = DeviceBuilder::Values;

  /// `extent`: of the tile along `axis`; `first`: its first index there;
  /// `base`: the operand's address at the outer indices.
  RoundedTile(KernelContext &context, const ContractionPlan &plan,
              const Operand &operand, const Axis &axis, int64_t extent,
              Value base, Value first);

  /// Loads what the thread has of the indices of k from `k` on, zeros where
  /// there are none or where they reach `end`.
  Values load(Value k, Value end);
  /// Stores it, rounded, to the tile at `shared`.
  void store(Value shared, mlir::ValueRange loaded);

private:
  /// A group of the tile: its row, and its first index of k.
  struct Group {
    Value row, depth;
  };
  void chooseGroups();
  bool groupsLie(int64_t width) const;
  bool areAligned(int64_t width) const;
  Group group(int64_t number);
  /// What one group is loaded as, and the values where that is zero.
  Values loadGroup(Value rowOffset, Value k);
  Values loadElements(Value rowOffset, Value k, Value end, Value isRow);
  Values zeros();
  Value round(mlir::ValueRange elements);

  KernelContext &context;
  const ContractionPlan &plan;
  DeviceBuilder &p;
  const Operand &operand;
  const Axis &axis;
  SwizzledTile tile;
  Value base, first;
  const Buffer *buffer;
  llvm::SmallVector<Axis> summed;

  int64_t width = 1;       ///< indices of k in a group
  int64_t count;           ///< groups of a thread
  bool alongDepth = false; ///< neighbouring threads have neighbouring groups
  bool isVector = false;   ///< a group is one access
  bool isLinear = false;   ///< all of a group is there or nothing, in steps
};

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_ROUNDEDTILE_H
