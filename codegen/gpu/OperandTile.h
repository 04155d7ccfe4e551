//===- OperandTile.h - a tile of an operand in shared memory ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operand is linear in the loops of the product, so the address of an
// element is the sum of what its row (or column) and its index of k add. A
// thread works out once what its rows add, and for each tile what its indices
// of k do.
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

namespace dlcc::gpu {

/// An axis with what an index of it, of all its parts, adds to an offset.
class AxisIndex {
public:
  /// `flat`: the index in the order of the axis' parts.
  AxisIndex(DeviceBuilder &p, const Axis &axis, mlir::Value flat);
  mlir::Value offset(DeviceBuilder &p, const DimAccess &access) const;
  /// The index in the order of the results.
  mlir::Value position(DeviceBuilder &p) const;

private:
  const Axis &axis;
  mlir::Value flat;
  llvm::SmallVector<mlir::Value> parts;
};

/// Where k stands: an index of all summed axes together.
struct DepthIndex {
  DepthIndex(DeviceBuilder &p, llvm::ArrayRef<Axis> axes, mlir::Value flat,
             mlir::Value rows);
  mlir::Value offset(DeviceBuilder &p, const DimAccess &access) const;

  llvm::SmallVector<AxisIndex> axes;
  /// Whether rows that are not given are left out; null: nothing is.
  mlir::Value isGiven;
};

/// Indices of an axis that there are: fewer where rows are not given.
mlir::Value boundOf(DeviceBuilder &p, const Axis &axis, mlir::Value rows);

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
  /// An element of the tile, or several neighbours, that this thread moves.
  struct Place {
    mlir::Value row, depth; ///< in the tile
  };
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
