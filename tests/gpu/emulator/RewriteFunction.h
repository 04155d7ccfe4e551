//===- RewriteFunction.h - one function for the host ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_REWRITEFUNCTION_H
#define DLCC_TESTS_GPU_EMULATOR_REWRITEFUNCTION_H

#include "Machine.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/Error.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

#include <vector>

namespace dlcc::emulator {

using FunctionSet = llvm::SmallPtrSet<const llvm::Function *, 8>;

/// Rewrites the copy of one function in place.
class FunctionRewriter {
public:
  /// `sites` gets the original instructions that may fail.
  FunctionRewriter(const llvm::Function &original,
                   llvm::ValueToValueMapTy &copies, Machine &machine,
                   std::vector<const llvm::Instruction *> &sites);

  llvm::Error run();

  /// Whether some instruction may have to wait for other threads.
  bool waits() const { return mayWait; }

private:
  void rewriteAddress(llvm::Instruction &instruction);
  llvm::Error rewriteInstruction(llvm::Instruction &instruction);
  llvm::Error checkVariable(const llvm::AllocaInst &variable);
  llvm::Error rewriteCall(llvm::CallBase &call);
  llvm::Error rewriteIntrinsic(llvm::CallBase &call);
  llvm::Error rewriteAssembly(llvm::CallBase &call);
  bool rewriteRegister(llvm::CallBase &call, llvm::StringRef name);
  llvm::Error announceMemoryIntrinsic(llvm::MemIntrinsic &intrinsic);
  void announce(llvm::Instruction &before, llvm::Value *pointer,
                llvm::Type *type, llvm::Align alignment, uint32_t flags);
  void emitAccess(llvm::Value *pointer, llvm::Value *bytes, uint32_t flags);
  void emitCall(llvm::CallBase &call, const struct Intrinsic &intrinsic,
                llvm::ArrayRef<llvm::Value *> arguments);
  bool isOwnVariable(llvm::Value *pointer, uint64_t bytes,
                     llvm::Align alignment) const;
  bool isReadOnly(const llvm::LoadInst &load) const;
  llvm::Value *addressOf(const void *object);
  llvm::Value *slots(llvm::AllocaInst *&slots, unsigned count);

  const llvm::Function &original;
  llvm::Function &function;
  llvm::ValueToValueMapTy &copies;
  Machine &machine;
  std::vector<const llvm::Instruction *> &sites;
  llvm::IRBuilder<> b;
  llvm::AllocaInst *argumentSlots = nullptr, *resultSlots = nullptr;
  uint64_t localBytes = 0;
  bool mayWait = false;
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_REWRITEFUNCTION_H
