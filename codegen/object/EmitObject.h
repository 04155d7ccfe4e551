//===- EmitObject.h - from LLVM IR to an object file ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_OBJECT_EMITOBJECT_H
#define DLCC_CODEGEN_OBJECT_EMITOBJECT_H

#include "ir/Target.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <string>

namespace dlcc {

/// A code generator for the lowest processor of the platform of the levels,
/// which have one triple; kernels get their own processor and features as
/// attributes (attachTarget).
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(llvm::ArrayRef<dlc::TargetAttr> levels, int optimization);

/// Functions of kernels, by symbol, and what they are compiled for.
using FunctionTargets = llvm::StringMap<dlc::TargetAttr>;

/// Sets triple and data layout, fixes every name that could depend on where
/// the compiler runs, and gives the functions of kernels their processor,
/// features and vector width. All others run on every processor of the ABI.
void attachTarget(llvm::Module &module, const FunctionTargets &targets,
                  const llvm::TargetMachine &machine, llvm::StringRef model);

/// Runs LLVM's optimiser: not at all (0), what kernels need (1, 2), or all of
/// it (3).
llvm::Error optimize(llvm::Module &module, llvm::TargetMachine &machine,
                     int optimization);

/// Machine code or assembly text; the same bytes for the same module.
llvm::Expected<std::string> emitCode(llvm::Module &module,
                                     llvm::TargetMachine &machine,
                                     llvm::CodeGenFileType type);

/// Gives C functions, which a module declares with a prefix, the names that a
/// linker knows them by. Fails where the model defines a symbol of that name.
llvm::Error nameExterns(llvm::Module &module);

} // namespace dlcc

#endif // DLCC_CODEGEN_OBJECT_EMITOBJECT_H
