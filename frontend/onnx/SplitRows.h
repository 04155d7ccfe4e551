//===- SplitRows.h - rows that were merged behind others --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_SPLITROWS_H
#define DLCC_FRONTEND_ONNX_SPLITROWS_H

#include "mlir/IR/BuiltinOps.h"

namespace dlcc::onnx_reader {

/// Computes with all dimensions apart what a `Reshape` has joined to one behind
/// which rows lie: `[steps, batch, 16]` as `[steps * batch, 16]`, which
/// exporters write before a linear layer (PyTorch's multi-head attention has
/// one). Given fewer rows these do not stay together there. Products,
/// elementwise ops and reductions that leave the joined dimension alone are the
/// same without the join, up to the `Reshape` that ends it. What else reads the
/// joined value stays as it is, for the verifier to refuse. The module's rows
/// are named.
void splitRows(mlir::ModuleOp module);

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_SPLITROWS_H
