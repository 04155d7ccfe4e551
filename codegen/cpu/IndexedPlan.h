//===- IndexedPlan.h - how lines along an axis are cut ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The words are those of codegen/IndexedView.h. How its work is cut into tasks,
// and what a task works on.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_INDEXEDPLAN_H
#define DLCC_CODEGEN_CPU_INDEXEDPLAN_H

#include "codegen/IndexedView.h"
#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/PointerBuilder.h"

namespace dlcc::cpu {

struct IndexedPlan : IndexedView {
  static std::optional<IndexedPlan> create(mlir::func::FuncOp kernel);

  /// How many tasks divide each group: `outerTasks` chunks of the outer group,
  /// times `columnTasks` chunks of the inner one, times, for sums at indices,
  /// `classes` (a power of two) of the axis by its index modulo `classes`.
  int64_t outerTasks = 1, columnTasks = 1, classes = 1;
  int64_t outerChunk = 1, columnChunk = 1;
  int64_t scratchBytes = 0;
  int64_t tasks() const { return outerTasks * columnTasks * classes; }

private:
  void chooseTasks();
};

/// What a task of such a kernel works on.
struct IndexedTask {
  IndexedTask(KernelContext &context, const IndexedPlan &view);

  PointerBuilder p;
  mlir::Value outerFrom, outerTo, columnFrom, columnTo, row;
  mlir::Value result; ///< the base of the only output
  /// How many indices of a group the rows given fill.
  mlir::Value given(const Group &group);
  /// Calls `body` with the offset from the first column and the mask of each
  /// vector of this task's columns; null for a whole one.
  void forColumns(
      int64_t lanes,
      llvm::function_ref<void(mlir::Value column, mlir::Value mask)> body);

private:
  KernelContext &context;
};

// Loop forms.
void emitScatter(KernelContext &context, const IndexedPlan &view);
void emitRank(KernelContext &context, const IndexedPlan &view);
void emitCumulative(KernelContext &context, const IndexedPlan &view);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_INDEXEDPLAN_H
