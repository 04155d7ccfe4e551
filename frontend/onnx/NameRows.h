//===- NameRows.h - which dimensions are the rows of a call -----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_NAMEROWS_H
#define DLCC_FRONTEND_ONNX_NAMEROWS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>

namespace dlcc::onnx_reader {

/// The module `first`, read for `rows` rows, with the dimensions called `batch`
/// that follow the rows, so that a call may bring fewer. `second` is the same
/// model read for one row more. Null where the model cannot do that; `whyNot`
/// then says why.
mlir::OwningOpRef<mlir::ModuleOp> nameRows(mlir::ModuleOp first,
                                           mlir::ModuleOp second, int64_t rows,
                                           std::string &whyNot);

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_NAMEROWS_H
