//===- RewriteModule.h - NVPTX's LLVM IR for the host -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What the rewritten code calls:
//   dlcc.access(machine, pointer, bytes, AccessFlags, site) before each access,
//   dlcc.call(machine, function, arguments, results, site) for an intrinsic.
// Special registers are loads from the machine's; shared variables are
// constant addresses; kernel K becomes dlcc.entry.K, which takes its arguments
// in slots of eight bytes.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_REWRITEMODULE_H
#define DLCC_TESTS_GPU_EMULATOR_REWRITEMODULE_H

#include "Kernel.h"
#include "Machine.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <vector>

namespace dlcc::emulator {

struct RewrittenModule {
  std::unique_ptr<llvm::Module> module;
  std::vector<Kernel> kernels;
  std::vector<ModuleVariable> variables;
  /// The original instruction of each site.
  std::vector<const llvm::Instruction *> sites;
};

/// Copies a module for NVPTX into one that runs on this machine, on `machine`.
/// An error names what the emulator does not know.
llvm::Expected<RewrittenModule> rewriteModule(const llvm::Module &original,
                                              Machine &machine,
                                              const llvm::TargetMachine &host);

/// The symbol of a kernel's entry, and of a module's variable.
std::string entrySymbol(const std::string &kernel);
std::string variableSymbol(const std::string &variable);

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_REWRITEMODULE_H
