//===- EmitPtx.cpp - from NVVM to PTX and machine code --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/EmitPtx.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetOptions.h"

using namespace llvm;

namespace dlcc::gpu {

Expected<std::unique_ptr<TargetMachine>> createMachine(StringRef chip) {
  LLVMInitializeNVPTXTargetInfo();
  LLVMInitializeNVPTXTarget();
  LLVMInitializeNVPTXTargetMC();
  LLVMInitializeNVPTXAsmPrinter();
  Triple triple("nvptx64-nvidia-cuda");
  std::string message;
  const Target *generator = TargetRegistry::lookupTarget(triple, message);
  if (!generator)
    return createStringError(message);
  TargetOptions options;
  // The kernels say where they fuse.
  options.AllowFPOpFusion = FPOpFusion::Strict;
  std::unique_ptr<TargetMachine> machine(generator->createTargetMachine(
      triple, chip, /*Features=*/"", options, std::nullopt, std::nullopt,
      CodeGenOptLevel::Aggressive));
  if (!machine)
    return createStringError("no code generator for '" + chip + "'");
  return machine;
}

static void optimize(Module &module, TargetMachine &machine) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager calls;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(calls);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, calls, modules);
  builder.buildPerModuleDefaultPipeline(OptimizationLevel::O3)
      .run(module, modules);
}

Expected<std::unique_ptr<Module>>
translateKernels(mlir::gpu::GPUModuleOp kernels, LLVMContext &context,
                 TargetMachine &machine, StringRef name) {
  std::unique_ptr<Module> module =
      mlir::translateModuleToLLVMIR(kernels, context, name);
  if (!module)
    return createStringError("the kernels have no LLVM IR");
  module->setTargetTriple(machine.getTargetTriple());
  module->setDataLayout(machine.createDataLayout());
  module->setModuleIdentifier(name);
  module->setSourceFileName(name);
  optimize(*module, machine);
  return module;
}

Expected<std::string> emitPtx(Module &module, TargetMachine &machine) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream out(bytes);
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, out, /*DwoOut=*/nullptr,
                                  CodeGenFileType::AssemblyFile,
                                  /*DisableVerify=*/true))
    return createStringError("the target cannot emit PTX");
  passes.run(module);
  std::string text(bytes.begin(), bytes.end());
  if (size_t place = text.find(".extern .func"); place != std::string::npos)
    return createStringError(
        "a kernel calls a function that no GPU has: " +
        StringRef(text).substr(place).split('\n').first.str());
  return text;
}

static Expected<std::string> findAssembler() {
  if (ErrorOr<std::string> found = sys::findProgramByName("ptxas"))
    return *found;
  SmallVector<std::string> homes = {"/usr/local/cuda"};
  for (const char *variable : {"CUDA_HOME", "CUDA_PATH"})
    if (std::optional<std::string> home = sys::Process::GetEnv(variable))
      homes.insert(homes.begin(), *home);
  for (const std::string &home : homes)
    if (sys::fs::can_execute(home + "/bin/ptxas"))
      return home + "/bin/ptxas";
  return createStringError(
      "no ptxas found, which makes cubins of PTX; install the CUDA toolkit, or "
      "set CUDA_HOME to where it is");
}

bool hasAssembler() {
  Expected<std::string> found = findAssembler();
  if (found)
    return true;
  consumeError(found.takeError());
  return false;
}

/// A file that is gone when this is.
static Expected<std::string> makeTemporary(StringRef ending,
                                           FileRemover &remover) {
  SmallString<128> path;
  if (std::error_code code = sys::fs::createTemporaryFile("dlcc", ending, path))
    return createStringError("cannot make a temporary file: " + code.message());
  remover.setFile(path);
  return path.str().str();
}

Expected<std::string> assemble(StringRef ptx, StringRef chip) {
  Expected<std::string> assembler = findAssembler();
  if (!assembler)
    return assembler;
  FileRemover removers[3];
  std::string paths[3];
  const char *const endings[] = {"ptx", "cubin", "log"};
  for (auto [i, ending] : enumerate(endings)) {
    Expected<std::string> path = makeTemporary(ending, removers[i]);
    if (!path)
      return path.takeError();
    paths[i] = std::move(*path);
  }
  std::error_code code;
  {
    raw_fd_ostream out(paths[0], code);
    out << ptx;
    out.close();
    if (out.has_error())
      return createStringError("cannot write '" + paths[0] +
                               "': " + out.error().message());
  }
  std::string architecture = ("-arch=" + chip).str(), message;
  StringRef arguments[] = {*assembler, architecture, "-o", paths[1], paths[0]};
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(paths[2]),
                                          StringRef(paths[2])};
  int status =
      sys::ExecuteAndWait(*assembler, arguments, std::nullopt, redirects,
                          /*SecondsToWait=*/0, /*MemoryLimit=*/0, &message);
  auto read = [](StringRef path) {
    auto buffer = MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : std::string();
  };
  if (status != 0)
    return createStringError("ptxas fails on the kernels: " + message +
                             read(paths[2]));
  return read(paths[1]);
}

} // namespace dlcc::gpu
