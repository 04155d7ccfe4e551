//===- BuildTrainStep.cpp - updates become arithmetic, slots and writes ---===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expands every `dlc.update` by the formula of its optimizer and moves all
// writes to the end of the function, so that reads see the values from before
// the step. Runs after Differentiate; from here on a training step is made of
// the same ops as everything else.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/Optimizers.h"
#include "passes/Passes.h"
#include "passes/Phase.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_BUILDTRAINSTEPPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace dlcc;

static LogicalResult expandUpdates(func::FuncOp function,
                                   SymbolTable &symbols) {
  Block &body = function.getBody().front();
  // Gathered first: a write that moves to the end would be met there again.
  for (WriteOp write : llvm::to_vector(body.getOps<WriteOp>()))
    write->moveBefore(body.getTerminator());
  for (auto update : llvm::make_early_inc_range(body.getOps<UpdateOp>())) {
    auto emitError = [&] {
      return mlir::emitError(withoutPhase(update.getLoc()));
    };
    if (failed(verifyHyperParameters(update.getOptimizer(), update.getNames(),
                                     update.getValues(), emitError)))
      return failure();
    expandUpdate(update, symbols);
  }
  return success();
}

namespace {
class BuildTrainStepPass
    : public dlcc::impl::BuildTrainStepPassBase<BuildTrainStepPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && failed(expandUpdates(function, symbols)))
        return signalPassFailure();
  }
};
} // namespace
