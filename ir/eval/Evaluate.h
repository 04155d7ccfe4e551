//===- Evaluate.h - what each pure op computes ------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Naive semantics of the dlc ops, one case for each op, in f64 and 64-bit
// integers. The oracle of constant folding and of tests; never optimised.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_EVAL_EVALUATE_H
#define DLCC_IR_EVAL_EVALUATE_H

#include "ir/eval/Tensor.h"
#include "mlir/IR/Operation.h"

#include <optional>

namespace dlcc::eval {

/// How many of the compiled batch's rows a call gives.
struct Rows {
  int64_t given = 1;
  int64_t batch = 1;
};

/// The result of a pure op for these operands, not yet rounded to its type;
/// none for an op that is not pure dlc. Reductions over dimensions of the batch
/// stop at the rows given; results that belong to rows beyond are unspecified.
std::optional<Tensor> evaluate(mlir::Operation *op,
                               llvm::ArrayRef<Tensor> operands, Rows rows);

/// How far each dimension reaches: a dimension of the batch, to the rows given.
llvm::SmallVector<int64_t> getGivenExtents(mlir::RankedTensorType type,
                                           Rows rows);

// The families behind `evaluate`; each knows its own ops only.
std::optional<Tensor> evaluateElementwise(mlir::Operation *op,
                                          llvm::ArrayRef<Tensor> operands);
std::optional<Tensor> evaluateMovement(mlir::Operation *op,
                                       llvm::ArrayRef<Tensor> operands);
std::optional<Tensor> evaluateIndexed(mlir::Operation *op,
                                      llvm::ArrayRef<Tensor> operands,
                                      Rows rows);
std::optional<Tensor> evaluateReduction(mlir::Operation *op,
                                        llvm::ArrayRef<Tensor> operands,
                                        Rows rows);

} // namespace dlcc::eval

#endif // DLCC_IR_EVAL_EVALUATE_H
