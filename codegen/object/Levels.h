//===- Levels.h - the processors that an object has code for ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Turns the list that a user names into targets. The runtime takes the first
// one that its processor has all features for, so they are ordered by what they
// ask: a level comes before every other one that needs less.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_OBJECT_LEVELS_H
#define DLCC_CODEGEN_OBJECT_LEVELS_H

#include "ir/Target.h"
#include "llvm/Support/Error.h"

namespace dlcc {

/// The targets for a triple (empty: this machine's) and processors with commas
/// between them, the most demanding first. Several are for x86-64 only. Fails
/// where two ask for the same features, of which one would never run. No
/// target has features of tiles (amx-…) unless the code `usesTiles`: systems
/// may refuse them to a program that has no need of them.
llvm::Expected<llvm::SmallVector<dlc::TargetAttr>>
describeLevels(mlir::MLIRContext *context, llvm::StringRef triple,
               llvm::StringRef cpus, bool usesTiles);

} // namespace dlcc

#endif // DLCC_CODEGEN_OBJECT_LEVELS_H
