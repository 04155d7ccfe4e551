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
#include "passes/PrepareGradients.h"
#include "passes/StepVariables.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_BUILDTRAINSTEPPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace dlcc;

static void expandUpdates(func::FuncOp function, SymbolTable &symbols) {
  Block &body = function.getBody().front();
  // Gathered first: a write that moves to the end would be met there again.
  for (WriteOp write : llvm::to_vector(body.getOps<WriteOp>()))
    write->moveBefore(body.getTerminator());
  prepareGradients(function, symbols);
  for (auto update : llvm::make_early_inc_range(body.getOps<UpdateOp>()))
    expandUpdate(update, symbols);
}

static LogicalResult verify(UpdateOp update) {
  auto emitError = [&] {
    return mlir::emitError(withoutPhase(update.getLoc()));
  };
  return verifyHyperParameters(update.getOptimizer(), update.getNames(),
                               update.getValues(), emitError);
}

namespace {
class BuildTrainStepPass
    : public dlcc::impl::BuildTrainStepPassBase<BuildTrainStepPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<UpdateOp> updates;
    getOperation().walk([&](UpdateOp update) { updates.push_back(update); });
    for (UpdateOp update : updates) {
      if (failed(verify(update)))
        return signalPassFailure();
      if (getHyperParameter(update, kAverage))
        averageParameter(update.getVariable(), symbols);
    }
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal())
        expandUpdates(function, symbols);
  }
};
} // namespace
