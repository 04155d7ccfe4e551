//===- RewriteModule.cpp - NVPTX's LLVM IR for the host -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RewriteModule.h"

#include "RewriteFunction.h"
#include "SharedLayout.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace dlcc::emulator;
using namespace llvm;

std::string dlcc::emulator::entrySymbol(const std::string &kernel) {
  return "dlcc.entry." + kernel;
}

std::string dlcc::emulator::variableSymbol(const std::string &variable) {
  return "dlcc.variable." + variable;
}

/// The parameter of a kernel, or an error that names its type.
static Expected<Parameter> parameterOf(const llvm::Argument &argument) {
  Type *type = argument.getType();
  const DataLayout &layout = argument.getParent()->getParent()->getDataLayout();
  Parameter result;
  if (Type *structure = argument.getParamByValType()) {
    result.kind = dlcc::emulator::Argument::Kind::Bytes;
    result.bytes = layout.getTypeAllocSize(structure);
  } else if (type->isPointerTy()) {
    result.kind = dlcc::emulator::Argument::Kind::Pointer;
    result.alignment = argument.getParamAlign().valueOrOne().value();
  } else if (type->isIntegerTy(32)) {
    result.kind = dlcc::emulator::Argument::Kind::I32;
  } else if (type->isIntegerTy(64)) {
    result.kind = dlcc::emulator::Argument::Kind::I64;
  } else if (type->isFloatTy()) {
    result.kind = dlcc::emulator::Argument::Kind::F32;
  } else {
    std::string text;
    raw_string_ostream(text) << *type;
    return createStringError("kernel " + argument.getParent()->getName() +
                             " has a parameter of type " + text);
  }
  return result;
}

/// "256,1,1" of an attribute that counts threads, if it is there.
static std::optional<Dim3> threadsOf(const Function &kernel, StringRef name) {
  Attribute attribute = kernel.getFnAttribute(name);
  if (!attribute.isValid())
    return std::nullopt;
  Dim3 result;
  uint32_t *extents[] = {&result.x, &result.y, &result.z};
  StringRef rest = attribute.getValueAsString();
  for (uint32_t *extent : extents) {
    auto [number, others] = rest.split(',');
    rest = others;
    if (number.trim().getAsInteger(10, *extent))
      *extent = 1;
  }
  return result;
}

static Expected<Kernel> describeKernel(const Function &function,
                                       const SharedLayout &layout,
                                       const FunctionSet &waiting) {
  Kernel kernel;
  kernel.name = function.getName().str();
  for (const llvm::Argument &argument : function.args()) {
    Expected<Parameter> parameter = parameterOf(argument);
    if (!parameter)
      return parameter.takeError();
    kernel.parameters.push_back(*parameter);
  }
  if (auto found = layout.kernels.find(&function);
      found != layout.kernels.end()) {
    for (const SharedLayout::Variable &variable : found->second.variables)
      kernel.shared.push_back({variable.variable->getName().str(),
                               variable.offset, variable.bytes});
    kernel.staticSharedBytes = found->second.bytes;
  }
  kernel.dynamicOffset = layout.dynamicOffset;
  kernel.requiredThreads = threadsOf(function, "nvvm.reqntid");
  if (auto most = threadsOf(function, "nvvm.maxntid"))
    kernel.maximumThreads = most->count();
  kernel.waits = any_of(functionsOf(function), [&](const Function *used) {
    return waiting.contains(used);
  });
  return kernel;
}

/// Gives variables names that no symbol of this process has, and lists them.
static Error exposeVariables(Module &module,
                             std::vector<ModuleVariable> &variables) {
  for (GlobalVariable &variable : make_early_inc_range(module.globals())) {
    if (variable.getName().starts_with("llvm.")) {
      variable.eraseFromParent();
      continue;
    }
    if (variable.getAddressSpace() == kSharedSpace)
      continue;
    if (!variable.hasInitializer())
      return createStringError("variable @" + variable.getName() +
                               " is defined elsewhere");
    std::string name = variable.hasName() ? variable.getName().str()
                                          : std::to_string(variables.size());
    ModuleVariable described;
    described.name = "@" + name;
    described.bytes =
        module.getDataLayout().getTypeAllocSize(variable.getValueType());
    described.isWritable =
        !variable.isConstant() && variable.getAddressSpace() != kConstantSpace;
    if (described.isWritable)
      described.shadow = std::make_shared<Shadow>(described.bytes);
    variable.setName(variableSymbol(described.name));
    variable.setLinkage(GlobalValue::ExternalLinkage);
    variables.push_back(std::move(described));
  }
  return Error::success();
}

/// Shared variables become constant addresses.
static void placeShared(Module &module, const SharedLayout &layout,
                        ValueToValueMapTy &copies, const char *window) {
  SmallVector<Constant *> constants;
  for (auto &[original, offset] : layout.offsets)
    constants.push_back(cast<Constant>(copies[original]));
  convertUsersOfConstantsToInstructions(constants);
  IntegerType *i64 = Type::getInt64Ty(module.getContext());
  for (auto &[original, offset] : layout.offsets) {
    auto *variable = cast<GlobalVariable>(copies[original]);
    Constant *address =
        ConstantInt::get(i64, reinterpret_cast<uintptr_t>(window) + offset);
    variable->replaceAllUsesWith(
        ConstantExpr::getIntToPtr(address, variable->getType()));
    variable->eraseFromParent();
  }
}

/// void dlcc.entry.K(slots): loads the arguments and calls the kernel.
static void emitEntry(Function &kernel, const std::string &name) {
  Module &module = *kernel.getParent();
  LLVMContext &context = module.getContext();
  IRBuilder<> b(context);
  auto *type = FunctionType::get(b.getVoidTy(), {b.getPtrTy()}, false);
  Function *entry = Function::Create(type, GlobalValue::ExternalLinkage,
                                     entrySymbol(name), module);
  b.SetInsertPoint(BasicBlock::Create(context, "", entry));
  SmallVector<Value *> arguments;
  for (llvm::Argument &argument : kernel.args()) {
    Value *slot = b.CreateConstGEP1_64(b.getInt64Ty(), entry->getArg(0),
                                       argument.getArgNo());
    arguments.push_back(
        b.CreateAlignedLoad(argument.getType(), slot, Align(8)));
  }
  b.CreateCall(&kernel, arguments);
  b.CreateRetVoid();
}

Expected<RewrittenModule>
dlcc::emulator::rewriteModule(const Module &original, Machine &machine,
                              const TargetMachine &host) {
  if (!original.getTargetTriple().isNVPTX())
    return createStringError("the module is not for nvptx64 but for '" +
                             original.getTargetTriple().str() + "'");
  SmallVector<const Function *> kernels;
  for (const Function &function : original)
    if (function.getCallingConv() == CallingConv::PTX_Kernel &&
        !function.isDeclaration())
      kernels.push_back(&function);
  SharedLayout layout = layOutShared(original, kernels);

  RewrittenModule result;
  ValueToValueMapTy copies;
  result.module = CloneModule(original, copies);
  Module &module = *result.module;
  module.setTargetTriple(host.getTargetTriple());
  module.setDataLayout(host.createDataLayout());
  if (NamedMDNode *annotations = module.getNamedMetadata("nvvm.annotations"))
    annotations->eraseFromParent();
  placeShared(module, layout, copies, machine.sharedWindow().begin());
  if (Error error = exposeVariables(module, result.variables))
    return std::move(error);

  FunctionSet waiting;
  for (const Function &function : original) {
    if (function.isDeclaration())
      continue;
    FunctionRewriter rewriter(function, copies, machine, result.sites);
    if (Error error = rewriter.run())
      return std::move(error);
    if (rewriter.waits())
      waiting.insert(&function);
  }
  for (const Function *function : kernels) {
    Expected<Kernel> kernel = describeKernel(*function, layout, waiting);
    if (!kernel)
      return kernel.takeError();
    emitEntry(*cast<Function>(copies[function]), kernel->name);
    result.kernels.push_back(std::move(*kernel));
  }
  // What is left of NVVM has no uses any more.
  for (Function &function : make_early_inc_range(module))
    if (function.isDeclaration() && function.use_empty())
      function.eraseFromParent();
  std::string text;
  raw_string_ostream stream(text);
  if (verifyModule(module, &stream))
    return createStringError("the rewritten module is invalid: " + text);
  return result;
}
