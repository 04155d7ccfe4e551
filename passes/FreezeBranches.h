//===- FreezeBranches.h - a function on one of its branches -----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_FREEZEBRANCHES_H
#define DLCC_PASSES_FREEZEBRANCHES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlcc {

/// `record` and `frozen` are copies of one function, which has no effects.
/// Afterwards `record` also stores every decision it takes (comparisons,
/// maxima, signs, roundings, what gradients stop at) in states of the module,
/// called `prefix` and a number, and `frozen` takes them as they were stored.
/// So around the point of the record it is the smooth function whose derivative
/// autodiff builds.
void freezeBranches(mlir::func::FuncOp record, mlir::func::FuncOp frozen,
                    llvm::StringRef prefix);

} // namespace dlcc

#endif // DLCC_PASSES_FREEZEBRANCHES_H
