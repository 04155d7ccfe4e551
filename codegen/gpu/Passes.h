//===- Passes.h - the passes of the GPU -------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_PASSES_H
#define DLCC_CODEGEN_GPU_PASSES_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace dlcc::gpu {
#define GEN_PASS_DECL
#include "codegen/gpu/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "codegen/gpu/Passes.h.inc"
} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_PASSES_H
