//===- ProductTask.h - which part of a product a task has -------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_PRODUCTTASK_H
#define DLCC_CODEGEN_CPU_PRODUCTTASK_H

#include "codegen/ContractionView.h"
#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/PointerBuilder.h"

namespace dlcc::cpu {

/// Takes the number of a product's task apart, block by block, and addresses
/// the operands there. `p` stands where it is asked.
class ProductTask {
public:
  ProductTask(KernelContext &context, const ContractionView &view,
              PointerBuilder &p)
      : context(context), view(view), p(p), rest(context.task) {}

  /// Indices of an axis for the rows given.
  mlir::Value extentOf(const Axis &axis);
  /// The first index of the task's block of `axis`, of `size` indices. The axes
  /// that are asked for first go through their blocks the fastest.
  mlir::Value takeBlock(const Axis &axis, int64_t size);
  /// The task's indices of the outer axes, which come last.
  llvm::ArrayRef<mlir::Value> takeOuter();
  /// Whether all that was taken is there for the rows given.
  mlir::Value isInside() { return inside; }

  /// The operand at the indices of the outer axes.
  mlir::Value addressOf(const Operand &operand);

private:
  mlir::Value takeIndex(int64_t extent);

  KernelContext &context;
  const ContractionView &view;
  PointerBuilder &p;
  mlir::Value rest, inside;
  llvm::SmallVector<mlir::Value> outer;
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_PRODUCTTASK_H
