//===- Autodiff.h - reverse-mode differentiation of dlc ops --- -*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef DLCC_PASSES_AUTODIFF_AUTODIFF_H
#define DLCC_PASSES_AUTODIFF_AUTODIFF_H

#include "mlir/IR/Builders.h"

namespace dlcc {

/// Builds the gradients of the scalar `loss` with respect to the `wanted`
/// values at the builder's insertion point, which `loss` must dominate; all
/// values lie in one block. A gradient has the type of its value and is null
/// where the loss does not depend on the value. Only ops between a wanted
/// value and the loss are differentiated; contributions are added in the
/// reverse order of the forward ops. The gradients are ordinary dlc ops and
/// can be differentiated again.
///
/// Fails with a diagnostic at the forward op that has no gradient, naming
/// the value that needs it.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
buildGradients(mlir::OpBuilder &builder, mlir::Value loss,
               llvm::ArrayRef<mlir::Value> wanted);

/// The same within a block that is no function's: `seeds` are values of the
/// block, each with what is known of its gradient already, and all of the
/// block's ops are looked at.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
buildBlockGradients(mlir::OpBuilder &builder, mlir::Block &block,
                    llvm::ArrayRef<std::pair<mlir::Value, mlir::Value>> seeds,
                    llvm::ArrayRef<mlir::Value> wanted);

} // namespace dlcc

#endif // DLCC_PASSES_AUTODIFF_AUTODIFF_H
