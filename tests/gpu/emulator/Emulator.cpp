//===- Emulator.cpp - runs GPU kernels on the CPU -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emulator.h"

#include "Intrinsics.h"
#include "Narrow.h"
#include "RewriteModule.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Support/TargetSelect.h"

using namespace dlcc::emulator;
using namespace llvm;

namespace {

void announce(Machine *machine, const void *address, uint32_t bytes,
              uint32_t flags, uint32_t site) {
  machine->setSite(site);
  machine->access(address, bytes, flags);
}

void callIntrinsic(Machine *machine, IntrinsicFunction function,
                   const uint64_t *arguments, uint64_t *results,
                   uint32_t site) {
  machine->setSite(site);
  function(*machine, arguments, results);
}

// What LLVM calls for narrow floats where the processor has no instructions,
// and older compiler libraries do not have either.
__bf16 truncateToBf16(float value) {
  return std::bit_cast<__bf16>(toBf16(value));
}
_Float16 truncateToF16(float value) {
  return std::bit_cast<_Float16>(toF16(value));
}
_Float16 truncateDoubleToF16(double value) {
  return std::bit_cast<_Float16>(toF16(value));
}
float extendF16(_Float16 value) {
  return fromF16(std::bit_cast<uint16_t>(value));
}

template <typename T> orc::ExecutorSymbolDef symbol(T *address) {
  return {orc::ExecutorAddr::fromPtr(address), JITSymbolFlags::Exported};
}

} // namespace

Emulator::Emulator(std::unique_ptr<GlobalMemory> memory)
    : globalMemory(std::move(memory)), machine(*globalMemory) {}

Expected<std::unique_ptr<Emulator>> Emulator::create(const Module &module,
                                                     uint64_t bytes) {
  auto memory = GlobalMemory::create(bytes);
  if (!memory)
    return memory.takeError();
  std::unique_ptr<Emulator> result(new Emulator(std::move(*memory)));
  if (Error error = result->compile(module))
    return std::move(error);
  return result;
}

/// The same module in a context of its own, which the compiler takes over.
static Expected<orc::ThreadSafeModule> moveOut(const Module &module) {
  SmallString<0> bitcode;
  raw_svector_ostream stream(bitcode);
  WriteBitcodeToFile(module, stream);
  auto context = std::make_unique<LLVMContext>();
  auto copy =
      parseBitcodeFile(MemoryBufferRef(bitcode, "rewritten kernels"), *context);
  if (!copy)
    return copy.takeError();
  return orc::ThreadSafeModule(std::move(*copy), std::move(context));
}

Error Emulator::compile(const Module &module) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  auto builder = orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return builder.takeError();
  // What is rounded twice stays so; code is to be made fast, too.
  builder->getOptions().AllowFPOpFusion = FPOpFusion::Strict;
  builder->setCodeGenOptLevel(CodeGenOptLevel::Less);
  auto host = builder->createTargetMachine();
  if (!host)
    return host.takeError();
  auto rewritten = rewriteModule(module, machine, **host);
  if (!rewritten)
    return rewritten.takeError();
  auto moved = moveOut(*rewritten->module);
  if (!moved)
    return moved.takeError();

  auto made = orc::LLJITBuilder().setJITTargetMachineBuilder(*builder).create();
  if (!made)
    return made.takeError();
  jit = std::move(*made);
  orc::MangleAndInterner mangle(jit->getExecutionSession(),
                                jit->getDataLayout());
  if (Error error = jit->getMainJITDylib().define(orc::absoluteSymbols({
          {mangle("dlcc.access"), symbol(&announce)},
          {mangle("dlcc.call"), symbol(&callIntrinsic)},
          {mangle("__truncsfbf2"), symbol(&truncateToBf16)},
          {mangle("__truncsfhf2"), symbol(&truncateToF16)},
          {mangle("__truncdfhf2"), symbol(&truncateDoubleToF16)},
          {mangle("__extendhfsf2"), symbol(&extendF16)},
      })))
    return error;
  if (Error error = jit->addIRModule(std::move(*moved)))
    return error;
  for (Kernel &kernel : rewritten->kernels) {
    auto address = jit->lookup(entrySymbol(kernel.name));
    if (!address)
      return address.takeError();
    kernel.entry = address->toPtr<void(const uint64_t *)>();
  }
  for (ModuleVariable &variable : rewritten->variables) {
    auto address = jit->lookup(variableSymbol(variable.name));
    if (!address)
      return address.takeError();
    variable.address = address->toPtr<char *>();
  }
  allKernels = std::move(rewritten->kernels);
  variables = std::move(rewritten->variables);
  sites = std::move(rewritten->sites);
  return Error::success();
}

std::string Emulator::describeSite(uint32_t site) const {
  std::string text;
  raw_string_ostream stream(text);
  stream << "'";
  std::string instruction;
  raw_string_ostream instructionStream(instruction);
  sites[site]->print(instructionStream);
  stream << StringRef(instruction).trim() << "'";
  // Which of several that look alike.
  const Function &function = *sites[site]->getFunction();
  unsigned place = 0;
  for (const Instruction &other : instructions(function)) {
    ++place;
    if (&other == sites[site])
      break;
  }
  stream << ", instruction " << place << " of @" << function.getName();
  return text;
}

std::optional<Fault> Emulator::run(const Launch &launch, uint64_t seed) {
  for (const Kernel &kernel : allKernels)
    if (kernel.name == launch.kernel)
      return machine.run(
          kernel, launch, variables,
          [this](uint32_t site) { return describeSite(site); }, seed);
  return Fault{Fault::Kind::BadLaunch,
               "bad launch: the module has no kernel " + launch.kernel};
}
