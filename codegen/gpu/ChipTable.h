//===- ChipTable.h - the chips that there is code for -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one place with numbers of NVIDIA's chips: what a block may take of shared
// memory, how many multiprocessors want work, what units there are.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_CHIPTABLE_H
#define DLCC_CODEGEN_GPU_CHIPTABLE_H

#include "ir/Target.h"
#include "llvm/Support/Error.h"

namespace dlcc::gpu {

/// A chip as the generator sees it.
struct Chip {
  llvm::StringLiteral name; ///< as LLVM and ptxas call it: sm_90a
  int64_t sharedBytes;      ///< that a block may take
  int64_t multiprocessors;  ///< of the largest product
  int64_t l2Bytes;
  /// Asynchronous products of warp groups and bulk copies of tensors.
  bool warpGroups;
  /// Operations of a multiprocessor in a clock of which a sum takes two: with
  /// numbers of f32, and by tensor cores with factors of tf32 and of 16 bits.
  int64_t f32Flops, tf32Flops, narrowFlops;

  /// Whether no other chip, not even a later one, runs code for it.
  bool isExact() const { return name.ends_with("a"); }
};

/// The chip of that name; null where there is none.
const Chip *findChip(llvm::StringRef name);
/// The chips that a module is compiled for, in the order of its levels.
llvm::SmallVector<const Chip *> chipsOf(mlir::ModuleOp module);

/// The targets for chips with commas between their names, the most demanding
/// first. `runsOnLater`: where no later chip would run the code for any of them
/// (sm_90a), that of the same chip without its special units (sm_90) goes with
/// it. Fails for a name that is not in the table, and for one that stands there
/// twice.
llvm::Expected<llvm::SmallVector<dlc::TargetAttr>>
describeGpuTargets(mlir::MLIRContext *context, llvm::StringRef chips,
                   bool runsOnLater);
/// Whether a target is a GPU.
bool isGpu(dlc::TargetAttr target);

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_CHIPTABLE_H
