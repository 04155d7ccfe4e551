//===- Compiler.h - joins the rooms -----------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Takes one model from module to artefacts, phase by phase. `dlcc::compile`
// (dlcc/compiler.h) is a loop over the models of a file around this.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_COMPILER_H
#define DLCC_TOOLS_COMPILER_H

#include "codegen/object/EmitAbi.h"
#include "codegen/object/EmitObject.h"
#include "dlcc/compiler.h"
#include "ir/Target.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "tools/LinkedFiles.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace dlcc {

/// parsed, graph, … as --stop-after spells them.
llvm::StringRef phaseName(Phase phase);
std::optional<Phase> phaseOf(llvm::StringRef name);

/// f32, strict, … as --precision spells them.
llvm::StringRef precisionName(Precision precision);
std::optional<Precision> precisionOf(llvm::StringRef name);

/// The threads that memory is counted for: the program's default, else one for
/// each processor of this machine.
int64_t countThreads(const CompileOptions &options);

/// Every dialect a model meets on its way.
void registerDialects(mlir::DialectRegistry &registry);

/// Adds the passes that lead from the phase before to this one; nothing for
/// Parsed and Object, which no passes make.
void addPhasePasses(mlir::OpPassManager &passes, Phase phase,
                    const CompileOptions &options = {});

/// Whether a pass of that flag (without dashes) runs in any phase.
bool isPassOfAnyPhase(llvm::StringRef pass);

/// One model on its way.
class Compilation {
public:
  Compilation(mlir::OwningOpRef<mlir::ModuleOp> module,
              const CompileOptions &options);

  /// Goes all the way to the artefacts asked for, or to stopAfter.
  mlir::LogicalResult run(CompiledModel &result);

private:
  mlir::LogicalResult setTargets();
  mlir::LogicalResult runPhase(Phase phase, CompiledModel &result);
  mlir::LogicalResult printLaunches(CompiledModel &result);
  mlir::LogicalResult emit(CompiledModel &result);
  mlir::LogicalResult emitForGpu(CompiledModel &result);
  mlir::LogicalResult emitChip(mlir::gpu::GPUModuleOp kernels,
                               DeviceDescription &device,
                               CompiledModel &result);
  mlir::LogicalResult emitImages(llvm::Module &code,
                                 llvm::TargetMachine &machine,
                                 DeviceDescription &device,
                                 CompiledModel &result);
  bool wantsCubin(const DeviceDescription &device) const;
  std::string fileFor(llvm::StringRef chip, llvm::StringRef ending) const;
  bool wantsObject() const;
  mlir::FailureOr<std::unique_ptr<llvm::TargetMachine>> createHost();
  FunctionTargets functionTargets();
  mlir::FailureOr<std::unique_ptr<llvm::Module>>
  translate(llvm::LLVMContext &llvmContext, const llvm::TargetMachine &machine);
  mlir::FailureOr<std::string> emitMain(llvm::LLVMContext &llvmContext,
                                        llvm::TargetMachine &machine);
  mlir::LogicalResult emitLinked(llvm::StringRef object,
                                 llvm::LLVMContext &llvmContext,
                                 llvm::TargetMachine &machine,
                                 CompiledModel &result);
  void describe(CompiledModel &result) const;
  void describeExterns(CompiledModel &result);
  mlir::LogicalResult checkLinks();
  void describeGradients(CompiledModel &result);
  bool wants(Artefact artefact) const;
  std::string printModule();

  mlir::OwningOpRef<mlir::ModuleOp> module;
  const CompileOptions &options;
  LinkedFiles links;
  ModelDescription description;
  std::vector<KernelTable> kernelTables;
  std::vector<DeviceDescription> devices; ///< where GPUs run the kernels
};

} // namespace dlcc

#endif // DLCC_TOOLS_COMPILER_H
