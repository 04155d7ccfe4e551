//===- KernelBuffers.h - the buffers behind tensors -------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_KERNELBUFFERS_H
#define DLCC_CODEGEN_KERNELBUFFERS_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace dlcc {

/// The number of the planned kernel's argument, a memref, that `tensor` is read
/// from; nothing for tensors that the kernel computes.
std::optional<unsigned> inputNumber(mlir::Value tensor);
/// The numbers of the arguments that `tensor` is materialised in.
llvm::SmallVector<unsigned> outputNumbers(mlir::Value tensor);

} // namespace dlcc

#endif // DLCC_CODEGEN_KERNELBUFFERS_H
