//===- SharedFunction.h - what loop forms call -------------------*- C++
//-*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_SHAREDFUNCTION_H
#define DLCC_CODEGEN_CPU_SHAREDFUNCTION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace dlcc::cpu {

/// The module's function `name`, which kernels share: private, without results,
/// never inlined. It is made when it is first asked for: `write` fills its body
/// in, at the builder, from its arguments. What the first `apart` of these, all
/// pointers, lead to does not overlap.
mlir::func::FuncOp getOrCreateShared(
    mlir::ModuleOp module, llvm::StringRef name, mlir::TypeRange arguments,
    unsigned apart,
    llvm::function_ref<void(mlir::OpBuilder &, mlir::ValueRange)> write);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_SHAREDFUNCTION_H
