//===- PointwisePlan.h - how a pointwise kernel is scheduled ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The words are those of PointwiseView.h. A pass holds the reductions and
// stores ("roots") of one level and one inner iteration space; what it needs of
// cheap stages it computes on the way.
//
// Lanes lie along the last parallel dimension, or, where memory is contiguous
// along inner dimensions (rows of a softmax), along one of these. The choice
// and everything else that decides the order of a sum depends on shapes only.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_POINTWISEPLAN_H
#define DLCC_CODEGEN_CPU_POINTWISEPLAN_H

#include "codegen/PointwiseView.h"
#include "codegen/cpu/TargetTable.h"

namespace dlcc::cpu {

/// Lanes of an accumulator that is summed across lanes at its end, on every
/// target and for every type.
inline constexpr int64_t kVirtualLanes = 16;

struct Pass {
  int64_t level;
  llvm::SmallVector<int64_t> roots; ///< stages
  int64_t vectorPosition = -1;      ///< nest position of the lanes
};

class PointwisePlan : public PointwiseView {
public:
  /// Analyses a kernel in tensor or planned form. Diagnoses what no pointwise
  /// kernel can be.
  static mlir::FailureOr<PointwisePlan> create(mlir::func::FuncOp kernel,
                                               const TargetTable &target);

  llvm::SmallVector<Pass> passes; ///< in order
  /// Extents and rows of the parallel dimensions, after merging.
  llvm::SmallVector<int64_t> extents, rows;
  /// Lanes along the last parallel dimension; 0: lanes are inside the passes.
  int64_t parallelLanes = 0;
  int64_t taskPosition = -1; ///< the parallel dimension that tasks divide
  int64_t chunk = 0;         ///< indices of it that a task takes
  int64_t tasks = 1;
  int64_t scratchBytes = 0;

  /// Strides of a stage's own copy of its inner points, by its op dimensions.
  llvm::SmallVector<int64_t> scratchStrides(const Stage &stage) const;

private:
  void chooseLanes(const TargetTable &target);
  double cost(const Stage &stage, int64_t vectorPosition) const;
  void keepExpensive();
  void makePasses();
  /// What the kernel takes on one core, roughly.
  double nanoseconds() const;
  void chooseTasks();
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_POINTWISEPLAN_H
