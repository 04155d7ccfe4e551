//===- JitKernel.cpp - compiles one kernel and runs it --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The planner's part, memrefs around the tensors, is done here for a single
// kernel: each argument and each result is a buffer of its own.
//
//===----------------------------------------------------------------------===//

#include "JitKernel.h"
#include "TileEmulation.h"

#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/Pipeline.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "runtime/Features.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::test;

std::vector<std::string> dlcc::test::runnableProcessors() {
  auto features = llvm::sys::getHostCPUFeatures();
  std::vector<std::string> result;
  if (features.lookup("avx2") && features.lookup("fma"))
    result.push_back("x86-64-v3");
  if (features.lookup("avx512vl") && features.lookup("avx512dq"))
    result.push_back("x86-64-v4");
  if (result.empty())
    result.push_back(llvm::sys::getHostCPUName().str());
  return result;
}

std::vector<std::string> dlcc::test::runnableProcessorsForPairs() {
  std::vector<std::string> result = runnableProcessors();
  if (llvm::sys::getHostCPUFeatures().lookup("avx512bf16"))
    result.push_back("cooperlake");
  return result;
}

std::vector<std::string> dlcc::test::runnableUnits() {
  std::vector<std::string> result;
  auto features = llvm::sys::getHostCPUFeatures();
  if (features.lookup("avx512bf16"))
    result.push_back(kEmulatedUnit.str());
  if (features.lookup("amx-bf16") && rt::mayUseTiles())
    result.push_back(kRealUnit.str());
  return result;
}

/// The attribute that the driver would set.
static dlc::TargetAttr targetAttribute(MLIRContext *context,
                                       StringRef processor) {
  std::string features;
  int64_t bytes = 16, registers = 16;
  bool hasUnit = processor == kEmulatedUnit || processor == kRealUnit;
  bool hasPairs = hasUnit || processor == "cooperlake";
  if (processor == "x86-64-v3") {
    features = "+avx2,+f16c,+fma,+sse4.1";
    bytes = 32;
  } else if (processor == "x86-64-v4" || hasPairs) {
    features = "+avx2,+f16c,+fma,+sse4.1,+avx512f,+avx512bw,+avx512dq,"
               "+avx512vl";
    bytes = 64;
    registers = 32;
  }
  if (hasPairs)
    features += ",+avx512bf16";
  if (hasUnit)
    features += ",+amx-tile,+amx-bf16";
  return dlc::TargetAttr::get(
      context, "cpu", llvm::sys::getDefaultTargetTriple(), processor, features,
      bytes, registers, 64, 32 << 10, 1 << 20, 32 << 20);
}

/// Tensor form to planned form.
static void plan(func::FuncOp kernel) {
  OpBuilder b(kernel);
  Location loc = kernel.getLoc();
  Block &body = kernel.getBody().front();
  auto memref = [](Type type) {
    auto tensor = cast<RankedTensorType>(type);
    return MemRefType::get(tensor.getShape(), tensor.getElementType());
  };
  SmallVector<Type> types;
  b.setInsertionPointToStart(&body);
  for (BlockArgument argument : body.getArguments()) {
    Type tensor = argument.getType();
    argument.setType(memref(tensor));
    types.push_back(argument.getType());
    auto read = bufferization::ToTensorOp::create(b, loc, tensor, argument,
                                                  /*restrict=*/true);
    argument.replaceAllUsesExcept(read, read);
  }
  Operation *end = body.getTerminator();
  b.setInsertionPoint(end);
  for (Value result : end->getOperands()) {
    Value destination = body.addArgument(memref(result.getType()), loc);
    types.push_back(destination.getType());
    bufferization::MaterializeInDestinationOp::create(
        b, loc, TypeRange{}, result, destination, /*restrict=*/true,
        /*writable=*/true);
  }
  func::ReturnOp::create(b, loc);
  end->erase();
  kernel.setFunctionType(b.getFunctionType(types, {}));
}

/// Machine code settings and the usual optimisation.
static llvm::Error optimize(llvm::Module &module,
                            llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2)
      .run(module, modules);
  return llvm::Error::success();
}

std::unique_ptr<JitKernel> JitKernel::compile(StringRef text, StringRef name,
                                              StringRef processor) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registerAllToLLVMIRTranslations(registry);
  registry.insert<dlc::DLCDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);

  context.loadAllAvailableDialects();
  auto module = parseSourceString<ModuleOp>(text, &context);
  func::FuncOp kernel =
      module ? module->lookupSymbol<func::FuncOp>(name) : func::FuncOp();
  if (!kernel) {
    ADD_FAILURE() << "no kernel @" << name.str() << " in the text";
    return nullptr;
  }
  // Only this kernel; what else the text holds is not under test.
  for (Operation &other : llvm::make_early_inc_range(module->getOps()))
    if (&other != kernel)
      other.erase();
  (*module)->setAttr(attr::kTarget, targetAttribute(&context, processor));
  if (!kernel->hasAttr(attr::kKernel))
    kernel->setAttr(attr::kKernel, StringAttr::get(&context, name));

  PassManager select(&context), lower(&context);
  cpu::buildCpuSelectPipeline(select);
  cpu::buildCpuLoopsPipeline(lower);
  cpu::buildCpuLLVMPipeline(lower);
  if (failed(select.run(*module))) {
    ADD_FAILURE() << "selection failed";
    return nullptr;
  }
  auto result = std::make_unique<JitKernel>();
  result->numTasks = kernel->getAttrOfType<IntegerAttr>(attr::kTasks).getInt();
  result->scratch = kernel->getAttrOfType<IntegerAttr>(attr::kScratch).getInt();
  plan(kernel);
  if (failed(lower.run(*module))) {
    ADD_FAILURE() << "lowering failed";
    return nullptr;
  }
  for (auto function : module->getOps<LLVM::LLVMFuncOp>())
    result->onUnit |= function.getName().contains("_tiles_");
  bool isEmulated = processor == kEmulatedUnit;
  if (isEmulated) {
    emulateTiles(*module);
    processor = "cooperlake";
  }
  for (auto function : module->getOps<LLVM::LLVMFuncOp>())
    function.setLinkage(LLVM::Linkage::External);

  auto llvmContext = std::make_unique<llvm::LLVMContext>();
  auto llvmModule = translateModuleToLLVMIR(*module, *llvmContext);
  auto builder =
      llvm::cantFail(llvm::orc::JITTargetMachineBuilder::detectHost());
  builder.setCPU(processor.str());
  builder.getFeatures() = llvm::SubtargetFeatures();
  // As in objects: what is rounded twice stays so.
  builder.getOptions().AllowFPOpFusion = llvm::FPOpFusion::Strict;
  auto machine = llvm::cantFail(builder.createTargetMachine());
  llvmModule->setTargetTriple(machine->getTargetTriple());
  llvmModule->setDataLayout(machine->createDataLayout());
  for (llvm::Function &function : *llvmModule) {
    function.addFnAttr("target-cpu", processor);
    function.addFnAttr("prefer-vector-width", "512");
  }
  llvm::cantFail(optimize(*llvmModule, *machine));
  if (getenv("DLCC_TEST_DUMP_LLVM"))
    llvmModule->print(llvm::errs(), nullptr);
  result->jit = llvm::cantFail(
      llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(builder).create());
  if (isEmulated)
    defineTileFunctions(*result->jit);
  llvm::cantFail(result->jit->addIRModule(llvm::orc::ThreadSafeModule(
      std::move(llvmModule), std::move(llvmContext))));
  auto address = result->jit->lookup(name);
  if (!address) {
    ADD_FAILURE() << llvm::toString(address.takeError());
    return nullptr;
  }
  result->function = address->toPtr<Function>();
  return result;
}

void JitKernel::runTask(const std::vector<void *> &buffers, int64_t rows,
                        int64_t task, char *memory) const {
  uintptr_t address = reinterpret_cast<uintptr_t>(memory);
  void *aligned = reinterpret_cast<void *>((address + 63) & ~uintptr_t(63));
  function(buffers.data(), rows, task, aligned);
}

void JitKernel::run(std::vector<void *> buffers, int64_t rows) const {
  std::vector<char> memory(scratch + 64);
  for (int64_t task = numTasks - 1; task >= 0; --task)
    runTask(buffers, rows, task, memory.data());
}
