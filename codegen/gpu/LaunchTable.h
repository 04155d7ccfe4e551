//===- LaunchTable.h - the launches of an entry as a text -------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an entry function does on a GPU, as JSON: its loops are unrolled, its
// addresses are regions and offsets. Tools that run kernels without a driver
// read it (docs/gpu.md describes it).
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_LAUNCHTABLE_H
#define DLCC_CODEGEN_GPU_LAUNCHTABLE_H

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace dlcc::gpu {

/// The text for a module whose entry functions are in planned form and whose
/// kernels have `dlc.launches`, of which those for one level's chip count.
/// Fails where an entry goes through its batch in parts.
mlir::FailureOr<std::string> printLaunches(mlir::ModuleOp module, size_t level);

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_LAUNCHTABLE_H
