//===- SelectKernels.cpp - algorithm, tiles and tasks of each kernel ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs on kernel functions in tensor form, before the memory is planned: what
// is decided here shows up as attributes (dlc.tasks, dlc.scratch) and, where a
// contraction packs its operands, as more functions and calls, so that the
// planner gives the packed copies their place.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace dlcc::cpu {
#define GEN_PASS_DEF_SELECTKERNELSPASS
#include "codegen/cpu/Passes.h.inc"
} // namespace dlcc::cpu

using namespace dlcc::cpu;

namespace {
struct SelectKernelsPass
    : public dlcc::cpu::impl::SelectKernelsPassBase<SelectKernelsPass> {
  void runOnOperation() override {
    TargetTable target = TargetTable::get(getOperation());
    // Selection adds functions; only those that are here now want it.
    SmallVector<func::FuncOp> kernels;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(dlcc::attr::kKernel))
        kernels.push_back(function);
    for (func::FuncOp kernel : kernels) {
      LogicalResult selected = isExtern(kernel)    ? selectExtern(kernel)
                               : isIndexed(kernel) ? selectIndexed(kernel)
                               : isPointwise(kernel)
                                   ? selectPointwise(kernel, target)
                                   : selectContraction(kernel, target);
      if (failed(selected))
        return signalPassFailure();
    }
  }
};
} // namespace
