//===- Combiner.h - how partial results are combined ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A reduction that several lanes or threads share ends with combining what each
// of them has; the op's body says how.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_COMBINER_H
#define DLCC_CODEGEN_COMBINER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace dlcc {

/// The operation by which a reduction's body combines its accumulator with an
/// element; null if the body is of another form.
mlir::Operation *findCombiner(mlir::linalg::GenericOp op, unsigned result);
/// What changes nothing when it is combined; null where there is none.
mlir::TypedAttr neutralElement(mlir::OpBuilder &b, mlir::Operation *combiner);
/// Two partial results into one.
mlir::Value combine(mlir::OpBuilder &b, mlir::Operation *combiner,
                    mlir::Value lhs, mlir::Value rhs);

} // namespace dlcc

#endif // DLCC_CODEGEN_COMBINER_H
