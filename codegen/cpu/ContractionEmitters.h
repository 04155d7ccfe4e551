//===- ContractionEmitters.h - the two loops of a contraction ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_CONTRACTIONEMITTERS_H
#define DLCC_CODEGEN_CPU_CONTRACTIONEMITTERS_H

#include "codegen/cpu/KernelEmitter.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace dlcc::cpu {

/// Writes a kernel that packs one operand (PackOperand.cpp).
mlir::LogicalResult emitPack(KernelContext &context, mlir::linalg::PackOp pack);

/// Writes a kernel that multiplies packed operands (ContractionKernel.cpp).
mlir::LogicalResult emitProduct(KernelContext &context);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_CONTRACTIONEMITTERS_H
