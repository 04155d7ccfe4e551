//===- IndexedView.h - a tensor as lines along one axis ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums at indices, ranks and running sums are noted on a linalg op that says
// what they mean in the square of the work. Where the tensors are of the form
// below a kernel of their own takes the short way; any other form (a batch
// that is no first dimension of its group) stays with the pointwise kernels.
//
//   [outer][axis][inner]           the result, row-major
//   [outer][steps][asked][inner]   the values of a sum at indices
//   [paired][steps][asked]         its indices; outer is paired times unpaired
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_INDEXEDVIEW_H
#define DLCC_CODEGEN_CPU_INDEXEDVIEW_H

#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/PointerBuilder.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>

namespace dlcc::cpu {

/// Neighbouring dimensions as one: `rows` indices of it for each row given, 0
/// where all are there.
struct Group {
  int64_t size = 1;
  int64_t rows = 0;
};

struct IndexedView {
  enum Kind { Scatter, Rank, Cumulative } kind;
  /// Reads the note of the kernel's op; nothing for kernels without one, or of
  /// another form.
  static std::optional<IndexedView> create(mlir::func::FuncOp kernel);

  Group outer, inner, asked;
  int64_t axis = 1;     ///< its extent
  int64_t steps = 1;    ///< indices before the rows that are given
  int64_t unpaired = 1; ///< outer indices that share their indices
  bool descending = false, reverse = false, exclusive = false;
  int64_t limit = 0;
  mlir::Type element; ///< of the operand, with its sign gone
  bool isUnsigned = false;

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
  IndexedTask(KernelContext &context, const IndexedView &view);

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
void emitScatter(KernelContext &context, const IndexedView &view);
void emitRank(KernelContext &context, const IndexedView &view);
void emitCumulative(KernelContext &context, const IndexedView &view);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_INDEXEDVIEW_H
