//===- LookThrough.h - ops whose readers compute them -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Some ops never have a tensor of their own in memory: whoever reads them
// repeats them. Fusion and the lowering of kernels ask the same questions.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_LOOKTHROUGH_H
#define DLCC_PASSES_LOOKTHROUGH_H

#include "mlir/IR/Operation.h"

namespace dlcc {

/// Ops that cost nothing where they are used: constants, iota, and those that
/// become the indexing map of their readers.
bool isRepeated(mlir::Operation *op);

/// Whether `user` reads the operand of a repeated `producer` instead of its
/// result.
bool canRepeat(mlir::Operation *user, mlir::Operation *producer);

/// Whether the op is elementwise and all its readers are `unwindow` ops, at
/// once or through others like it. These compute its elements where they need
/// them, since the tensor would be as many times larger than theirs as a
/// window has elements.
bool isComputedByUnwindow(mlir::Operation *op);

} // namespace dlcc

#endif // DLCC_PASSES_LOOKTHROUGH_H
