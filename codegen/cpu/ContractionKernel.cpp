//===- ContractionKernel.cpp - kernels of contractions --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Selection and loops of sums of products.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/KernelEmitter.h"

using namespace mlir;

LogicalResult dlcc::cpu::selectContraction(func::FuncOp kernel,
                                           const TargetTable &) {
  return kernel.emitOpError("no contraction kernels in this build");
}

LogicalResult dlcc::cpu::emitContraction(KernelContext &context) {
  return context.planned.emitOpError("no contraction kernels in this build");
}
