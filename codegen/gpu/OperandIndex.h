//===- OperandIndex.h - where an element of an operand lies -----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operand is linear in the loops of the product, so the address of an
// element is the sum of what its row (or column) and its index of k add.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_OPERANDINDEX_H
#define DLCC_CODEGEN_GPU_OPERANDINDEX_H

#include "codegen/ContractionView.h"
#include "codegen/gpu/DeviceBuilder.h"

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

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_OPERANDINDEX_H
