//===- Pipelines.cpp - the graph passes in their order --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Pipelines.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace dlcc;

void dlcc::buildGraphPipeline(OpPassManager &manager) {
  manager.addPass(createFoldConstantsPass());
  manager.addNestedPass<func::FuncOp>(createSimplifyGraphPass());
  manager.addNestedPass<func::FuncOp>(createHoistFromScansPass());
  // Before gradients are built, so that they have the layout, too.
  manager.addNestedPass<func::FuncOp>(createChannelsLastPass());
  manager.addNestedPass<func::FuncOp>(createSimplifyGraphPass());
}

void dlcc::buildExportPipeline(OpPassManager &manager) {
  manager.addPass(createFoldConstantsPass());
  manager.addNestedPass<func::FuncOp>(createSimplifyGraphPass());
}

void dlcc::buildDifferentiatePipeline(OpPassManager &manager) {
  manager.addPass(createDifferentiatePass());
  manager.addPass(createBuildTrainStepPass());
  // Gradients come with transposes, broadcasts of constants and work that
  // nobody needs.
  manager.addPass(createFoldConstantsPass());
  manager.addNestedPass<func::FuncOp>(createSimplifyGraphPass());
}

void dlcc::buildFusePipeline(OpPassManager &manager, bool usesWinograd) {
  manager.addPass(createSplitBatchPass());
  if (usesWinograd)
    manager.addNestedPass<func::FuncOp>(createChooseWinogradPass());
  manager.addNestedPass<func::FuncOp>(createSplitSumsPass());
  manager.addNestedPass<func::FuncOp>(createStoreFiltersPass());
  manager.addNestedPass<func::FuncOp>(createRecomputeForwardPass());
  manager.addPass(createFuseOpsPass());
}

void dlcc::buildPlanPipeline(
    OpPassManager &manager,
    llvm::function_ref<void(OpPassManager &)> selectKernels,
    MemoryLimit limit) {
  manager.addPass(createOutlineKernelsPass());
  manager.addPass(createLowerToLinalgPass());
  // Each op made its own empty tensors and constants.
  manager.addPass(createCSEPass());
  // Copies that the order of updates needs are kernels like any other.
  manager.addPass(createOrderUpdatesPass());
  manager.addPass(createGuardUpdatesPass());
  // The plan needs the buffers and scratch that the chosen algorithms need.
  if (selectKernels)
    selectKernels(manager);
  if (limit.bytes > 0)
    manager.addPass(createRematerializeCallsPass(
        {.maxMemory = limit.bytes, .threads = limit.threads}));
  manager.addPass(createPlanMemoryPass());
}
