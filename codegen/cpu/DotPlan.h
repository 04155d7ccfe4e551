//===- DotPlan.h - products of few rows as inner products -------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_DOTPLAN_H
#define DLCC_CODEGEN_CPU_DOTPLAN_H

#include "codegen/ContractionView.h"
#include "codegen/cpu/TargetTable.h"

namespace dlcc::cpu {

/// How a product is computed one of whose operands has few rows (or columns)
/// and the other one its neighbours along k side by side: as inner products,
/// which need no packing of the many.
struct DotPlan {
  /// Whether a product is computed so. By its shapes alone and their order in
  /// memory, as it decides the order of its sums.
  static bool applies(const ContractionView &view);

  DotPlan(ContractionView view, const TargetTable &target);

  ContractionView view;
  /// Whether the many are rows of the results, else they are columns.
  bool manyRows;
  const Operand &many() const { return manyRows ? view.lhs : view.rhs; }
  const Operand &few() const { return manyRows ? view.rhs : view.lhs; }
  const Axis &manyAxis() const { return manyRows ? view.m : view.n; }
  const Axis &fewAxis() const { return manyRows ? view.n : view.m; }

  /// Rows of each operand in a tile of inner products.
  int64_t tileMany, tileFew;
  /// Of the many in a task.
  int64_t taskMany;
  int64_t tasks;
  /// Whether the few are copied first, to lie along k.
  bool copiesFew;
  /// Bytes of scratch; where the copy and the sums are in it; elements from one
  /// row of the copy, one line of sums to the next.
  int64_t scratchBytes, copyAt, sumsAt, copyStep, sumsStep;

private:
  void chooseTile(const TargetTable &target);
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_DOTPLAN_H
