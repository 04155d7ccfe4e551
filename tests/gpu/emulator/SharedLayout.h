//===- SharedLayout.h - where shared variables lie --------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_SHAREDLAYOUT_H
#define DLCC_TESTS_GPU_EMULATOR_SHAREDLAYOUT_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Module.h"

#include <cstdint>

namespace dlcc::emulator {

constexpr unsigned kGlobalSpace = 1, kSharedSpace = 3, kConstantSpace = 4,
                   kClusterSpace = 7;

/// The functions that a kernel may run: itself, and what it calls.
llvm::SetVector<const llvm::Function *>
functionsOf(const llvm::Function &kernel);

/// Offsets in shared memory. Two variables of one kernel never overlap, and a
/// few bytes between them belong to none. Dynamic memory, what variables
/// without elements that others define name, follows behind all of them.
struct SharedLayout {
  struct Variable {
    const llvm::GlobalVariable *variable;
    uint32_t offset, bytes;
  };
  struct OfKernel {
    llvm::SmallVector<Variable> variables;
    /// Without the bytes between variables.
    uint32_t bytes = 0;
  };

  llvm::DenseMap<const llvm::GlobalVariable *, uint32_t> offsets;
  llvm::DenseMap<const llvm::Function *, OfKernel> kernels;
  uint32_t dynamicOffset = 0;
};

/// Lays out the shared variables of a module for some kernels.
SharedLayout layOutShared(const llvm::Module &module,
                          llvm::ArrayRef<const llvm::Function *> kernels);

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_SHAREDLAYOUT_H
