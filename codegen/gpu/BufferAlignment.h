//===- BufferAlignment.h - how buffers of kernels are aligned ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_BUFFERALIGNMENT_H
#define DLCC_CODEGEN_GPU_BUFFERALIGNMENT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"

namespace dlcc::gpu {

/// How each argument of each kernel is aligned in all of its calls, in bytes.
/// Regions and what a user hands over begin at multiples of 256.
class BufferAlignment {
public:
  explicit BufferAlignment(mlir::ModuleOp module);
  /// By argument of the kernel.
  llvm::SmallVector<int64_t> of(mlir::func::FuncOp kernel) const;

private:
  llvm::StringMap<llvm::SmallVector<int64_t>> alignments;
};

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_BUFFERALIGNMENT_H
