//===- EmitObject.cpp - from LLVM IR to an object file --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/object/EmitObject.h"

#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetOptions.h"

#include <iterator>
#include <mutex>

using namespace llvm;

namespace dlcc {

/// Entry points and the dispatch around kernels must run anywhere the ABI
/// runs, so that create can refuse a machine with a sentence.
static StringRef baselineCpu(const Triple &triple) {
  return triple.isX86() ? "x86-64" : "generic";
}

/// The extensions that every Linux for RISC-V needs; LLVM's generic processor
/// has none, not even floats.
static StringRef baselineFeatures(const Triple &triple) {
  return triple.isRISCV64() ? "+m,+a,+f,+d,+c" : "";
}

/// Kernels come in the order that their registers want. LLVM's scheduler moves
/// loads together and then has too few registers for them: a micro-kernel that
/// reads its rows where they lie had 82 vectors on the stack. It can be turned
/// off by a flag of the process only.
static void keepOrderOfInstructions() {
  static std::once_flag once;
  std::call_once(once, [] {
    const char *arguments[] = {"dlcc", "-enable-misched=false"};
    cl::ParseCommandLineOptions(std::size(arguments), arguments);
  });
}

Expected<std::unique_ptr<TargetMachine>>
createTargetMachine(ArrayRef<dlc::TargetAttr> levels, int optimization) {
  keepOrderOfInstructions();
  InitializeAllAsmPrinters();
  InitializeAllAsmParsers();
  Triple triple(levels.front().getTriple());
  std::string message;
  const Target *generator = TargetRegistry::lookupTarget(triple, message);
  if (!generator)
    return createStringError(message);
  TargetOptions options;
  // No -ffast-math of any kind: the kernels say where they fuse.
  options.AllowFPOpFusion = FPOpFusion::Strict;
  if (triple.isRISCV64())
    options.MCOptions.ABIName = "lp64d";
  // Without optimization LLVM 22 aborts on tiles that come from one of two
  // blocks.
  if (any_of(levels, [](dlc::TargetAttr level) {
        return level.getFeatures().contains("+amx-tile");
      }))
    optimization = std::max(optimization, 1);
  auto level = CodeGenOpt::getLevel(optimization);
  std::unique_ptr<TargetMachine> machine(generator->createTargetMachine(
      triple, baselineCpu(triple), baselineFeatures(triple), options,
      Reloc::PIC_, std::nullopt, level.value_or(CodeGenOptLevel::Aggressive)));
  if (!machine)
    return createStringError("no code generator for '" + triple.str() + "'");
  return machine;
}

Error nameExterns(Module &module) {
  for (Function &function : make_early_inc_range(module)) {
    StringRef symbol = function.getName();
    if (!symbol.consume_front(attr::kExternPrefix))
      continue;
    std::string name = symbol.str();
    GlobalValue *known = module.getNamedValue(name);
    if (!known) {
      function.setName(name);
      continue;
    }
    if (!known->isDeclaration())
      return createStringError("'" + name +
                               "' is a symbol of the model itself; the C "
                               "function needs another name");
    function.replaceAllUsesWith(known);
    function.eraseFromParent();
  }
  return Error::success();
}

void attachTarget(Module &module, const FunctionTargets &targets,
                  const TargetMachine &machine, StringRef model) {
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
  module.setPICLevel(PICLevel::BigPIC);
  module.setModuleIdentifier(model);
  module.setSourceFileName(model);
  bool isX86 = machine.getTargetTriple().isX86();
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.setDSOLocal(true);
    function.addFnAttr(Attribute::NoUnwind);
    // These run only after create has checked the processor.
    auto found = targets.find(function.getName());
    if (found == targets.end())
      continue;
    dlc::TargetAttr target = found->second;
    if (!isX86) {
      function.addFnAttr("target-cpu", target.getCpu());
      continue;
    }
    // Only features that the runtime checks, tuned for the processor named.
    function.addFnAttr("target-cpu", baselineCpu(machine.getTargetTriple()));
    function.addFnAttr("target-features", target.getFeatures());
    function.addFnAttr("tune-cpu", target.getCpu());
    function.addFnAttr("prefer-vector-width",
                       std::to_string(8 * target.getVectorBytes()));
    function.addFnAttr("min-legal-vector-width",
                       std::to_string(8 * target.getVectorBytes()));
  }
}

/// Kernels come vectorised, unrolled and in the order their registers want:
/// what is left is to fold addresses and hoist them out of loops. LLVM's own
/// -O3 takes several times as long for the same code. An instcombine named in
/// text is one for LLVM's tests, which aborts where one round leaves something
/// to do, unless it is told that this is no error.
static constexpr StringLiteral leanPipeline =
    "globalopt,"
    "function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,"
    "simplifycfg,loop-mssa(loop-rotate,licm),early-cse<memssa>,"
    "instcombine<no-verify-fixpoint>,simplifycfg,adce),"
    "globaldce";

Error optimize(Module &module, TargetMachine &machine, int optimization) {
  if (optimization == 0)
    return Error::success();
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager calls;
  ModuleAnalysisManager modules;
  PipelineTuningOptions tuning;
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  PassBuilder builder(&machine, tuning);
  TargetLibraryInfoImpl library(machine.getTargetTriple());
  functions.registerPass([&] { return TargetLibraryAnalysis(library); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(calls);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, calls, modules);
  ModulePassManager passes;
  if (optimization == 3)
    passes = builder.buildPerModuleDefaultPipeline(OptimizationLevel::O3);
  else if (Error error = builder.parsePassPipeline(passes, leanPipeline))
    return error;
  passes.run(module, modules);
  return Error::success();
}

Expected<std::string> emitCode(Module &module, TargetMachine &machine,
                               CodeGenFileType type) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream out(bytes);
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, out, /*DwoOut=*/nullptr, type,
                                  /*DisableVerify=*/true))
    return createStringError("the target cannot emit this kind of file");
  passes.run(module);
  return std::string(bytes.begin(), bytes.end());
}

} // namespace dlcc
