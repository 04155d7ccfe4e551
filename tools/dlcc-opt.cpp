//===- dlcc-opt.cpp - the pass driver for tests, as mlir-opt --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/Passes.h"
#include "codegen/gpu/Passes.h"
#include "codegen/object/Passes.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/Passes.h"
#include "tools/Compiler.h"

/// One pipeline for each phase; it takes a module of the phase before.
static void registerPhases() {
  using dlcc::Phase;
  static const struct {
    Phase phase;
    llvm::StringLiteral argument, description;
  } pipelines[] = {
      {Phase::Graph, "dlc-graph-pipeline", "Fold and simplify the graph"},
      {Phase::Differentiated, "dlc-differentiate-pipeline",
       "Backward pass and update"},
      {Phase::Fused, "dlc-fuse-pipeline", "Every op in a kernel"},
      {Phase::Planned, "dlc-plan-pipeline",
       "Kernels on linalg, buffers at fixed offsets"},
      {Phase::Loops, "dlc-loops-pipeline", "Kernels as loops over vectors"},
      {Phase::LLVM, "dlc-llvm-pipeline", "Everything in the LLVM dialect"},
  };
  for (const auto &pipeline : pipelines)
    mlir::registerPassPipeline(
        pipeline.argument, pipeline.description,
        [phase = pipeline.phase](
            mlir::OpPassManager &passes, llvm::StringRef,
            llvm::function_ref<mlir::LogicalResult(const llvm::Twine &)>) {
          dlcc::addPhasePasses(passes, phase);
          return mlir::success();
        },
        [](llvm::function_ref<void(const mlir::detail::PassOptions &)>) {});
}

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  dlcc::registerGraphPasses();
  dlcc::cpu::registerCpuPasses();
  dlcc::gpu::registerGpuPasses();
  dlcc::object::registerObjectPasses();
  registerPhases();

  mlir::DialectRegistry registry;
  dlcc::registerDialects(registry);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "dlcc pass driver\n", registry));
}
