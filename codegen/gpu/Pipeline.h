//===- Pipeline.h - the passes of the GPU in their order --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The stretches between which the memory plan and the phases `loops` and `llvm`
// stand. The module of entry functions and `@kernels` within it go separate
// ways in the last one.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_PIPELINE_H
#define DLCC_CODEGEN_GPU_PIPELINE_H

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace dlcc::gpu {

/// Kernel functions in tensor form: blocks, workspace, and whether factors of
/// f32 may be rounded to tf32 for tensor cores.
void buildGpuSelectPipeline(mlir::OpPassManager &pm, bool allowsTf32 = false);
/// Planned form to device form (see KernelEmitter.h); entry functions keep
/// their calls. Ends the phase `loops`.
void buildGpuLoopsPipeline(mlir::OpPassManager &pm);
/// Device form to the LLVM dialect. Ends the phase `llvm` for `@kernels`.
void buildGpuLLVMPipeline(mlir::OpPassManager &pm);

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_PIPELINE_H
