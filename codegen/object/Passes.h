//===- Passes.h - the passes that make a module ready for an object -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_OBJECT_PASSES_H
#define DLCC_CODEGEN_OBJECT_PASSES_H

#include "mlir/Pass/Pass.h"

#include <memory>

namespace dlcc::object {

/// The table of a level's kernels: MODEL_kernels, with the level's name behind
/// it where there are several, and its attribute that lists the kernels'
/// symbols in order.
inline constexpr llvm::StringLiteral kernelTableSuffix = "_kernels";
inline constexpr llvm::StringLiteral kernelTableAttr = "dlc.kernels";
/// Module for a GPU: its kernels in the order that bodies know them by, each a
/// dictionary {buffers (i64), launches (as in dlc.launches)}.
inline constexpr llvm::StringLiteral deviceKernelsAttr = "dlc.device_kernels";

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "codegen/object/Passes.h.inc"

} // namespace dlcc::object

#endif // DLCC_CODEGEN_OBJECT_PASSES_H
