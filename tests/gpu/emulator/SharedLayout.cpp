//===- SharedLayout.cpp - where shared variables lie ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedLayout.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace dlcc::emulator;
using namespace llvm;

/// Bytes that belong to no variable, so that a step too far is seen.
static constexpr uint32_t kGap = 32;

SetVector<const Function *>
dlcc::emulator::functionsOf(const Function &kernel) {
  SetVector<const Function *> result;
  result.insert(&kernel);
  for (size_t i = 0; i < result.size(); ++i)
    for (const Instruction &instruction : instructions(*result[i]))
      if (auto *call = dyn_cast<CallBase>(&instruction))
        if (auto *callee = call->getCalledFunction();
            callee && !callee->isDeclaration())
          result.insert(callee);
  return result;
}

static bool isDynamic(const GlobalVariable &variable) {
  const DataLayout &layout = variable.getParent()->getDataLayout();
  return layout.getTypeAllocSize(variable.getValueType()) == 0;
}

/// The functions whose instructions name a constant, also within others.
static void collectUsers(const Value &value,
                         SmallPtrSetImpl<const Function *> &functions) {
  for (const User *user : value.users()) {
    if (auto *instruction = dyn_cast<Instruction>(user))
      functions.insert(instruction->getFunction());
    else
      collectUsers(*user, functions);
  }
}

SharedLayout dlcc::emulator::layOutShared(const Module &module,
                                          ArrayRef<const Function *> kernels) {
  SharedLayout result;
  const DataLayout &layout = module.getDataLayout();
  DenseMap<const Function *, SetVector<const Function *>> functions;
  DenseMap<const Function *, uint32_t> ends;
  for (const Function *kernel : kernels)
    functions[kernel] = functionsOf(*kernel);

  auto alignTo = [](uint32_t offset, uint64_t alignment) {
    return uint32_t((offset + alignment - 1) / alignment * alignment);
  };
  Align dynamicAlignment(16);
  for (const GlobalVariable &variable : module.globals()) {
    if (variable.getAddressSpace() != kSharedSpace)
      continue;
    Align alignment =
        variable.getAlign().value_or(layout.getPreferredAlign(&variable));
    if (isDynamic(variable)) {
      dynamicAlignment = std::max(dynamicAlignment, alignment);
      continue;
    }
    SmallPtrSet<const Function *, 8> users;
    collectUsers(variable, users);
    // Behind all that any of its kernels has so far.
    SmallVector<const Function *> owners;
    uint32_t offset = 0;
    for (const Function *kernel : kernels)
      if (any_of(functions[kernel],
                 [&](const Function *used) { return users.contains(used); })) {
        owners.push_back(kernel);
        offset = std::max(offset, ends[kernel]);
      }
    offset = alignTo(offset, alignment.value());
    auto bytes = uint32_t(
        layout.getTypeAllocSize(variable.getValueType()).getFixedValue());
    result.offsets[&variable] = offset;
    for (const Function *kernel : owners) {
      ends[kernel] = offset + bytes + kGap;
      SharedLayout::OfKernel &own = result.kernels[kernel];
      own.variables.push_back({&variable, offset, bytes});
      own.bytes += bytes;
    }
  }
  for (const Function *kernel : kernels)
    result.dynamicOffset = std::max(result.dynamicOffset, ends[kernel]);
  result.dynamicOffset =
      alignTo(result.dynamicOffset, dynamicAlignment.value());
  for (const GlobalVariable &variable : module.globals())
    if (variable.getAddressSpace() == kSharedSpace && isDynamic(variable))
      result.offsets[&variable] = result.dynamicOffset;
  return result;
}
