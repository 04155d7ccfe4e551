//===- PrepareGradients.h - gradients on their way to updates ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the settings of a training step that every optimizer takes do to the
// gradients g of its updates, in this order:
//
//   accumulate k  a = (first of k calls ? 0 : a) + g       slot gradient
//                 g = a / k; updates write at the k-th call only
//   clip_value c  g = min(max(g, -c), c), each element
//   clip_norm c   g *= min(1, c / (n + 1e-6)), n the Euclidean norm of all
//                 gradients of the step together
//
// In the other calls an update selects what its variables hold already;
// FuseOps and GuardUpdates see to it that its kernels do not run then.
// The clipping is that of PyTorch's clip_grad_value_ and clip_grad_norm_.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_PREPAREGRADIENTS_H
#define DLCC_PASSES_PREPAREGRADIENTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlcc {

/// Gives the updates of a function the gradients that their settings ask for.
void prepareGradients(mlir::func::FuncOp function, mlir::SymbolTable &symbols);

} // namespace dlcc

#endif // DLCC_PASSES_PREPAREGRADIENTS_H
