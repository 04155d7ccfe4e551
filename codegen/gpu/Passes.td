//===- Passes.td - the passes from kernel list to NVVM on GPUs ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_PASSES_TD
#define DLCC_CODEGEN_GPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def SelectKernelsPass : Pass<"dlc-gpu-select-kernels", "::mlir::ModuleOp"> {
  let summary = "choose blocks and workspace of each kernel on a GPU";
  let description = [{
    Runs on kernel functions in tensor form, before the memory plan. Writes
    `dlc.tasks`, the blocks of a kernel's launches, `dlc.scratch`, the bytes of
    its workspace, and `dlc.unit` where tensor cores multiply: `bf16` for
    factors that are rounded to it, `tf32` where that is allowed. A kernel that
    calls a C function is refused.

    Before ==> after:
    ```mlir
    func.func private @relu(%x: tensor<1024x512xf32>) -> tensor<1024x512xf32>
        attributes {dlc.kernel = "relu", dlc.parallel_dims = 2 : i64}
    ==>
    func.func private @relu(%x: tensor<1024x512xf32>) -> tensor<1024x512xf32>
        attributes {dlc.kernel = "relu", dlc.parallel_dims = 2 : i64,
                    dlc.scratch = 0 : i64, dlc.tasks = 512 : i64}
    ```
  }];
  let options = [
    Option<"tensorFloat", "tensor-float", "bool", /*default=*/"false",
           "factors of f32 may be rounded to tf32">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def LowerKernelsPass : Pass<"dlc-gpu-lower-kernels", "::mlir::ModuleOp"> {
  let summary = "turn planned kernel functions into functions of a GPU";
  let description = [{
    Makes the device functions of each kernel in the module `@kernels`, or,
    where the levels are several chips, for each of them in a module of its own
    (`@kernels.sm_90a`). The planned form stays as a declaration that the entry
    functions call; `dlc.launches` on it lists for each level the functions with
    their grids, threads a block and bytes of dynamic shared memory.

    Before ==> after:
    ```mlir
    func.func private @relu(%x: memref<1024xf32>, %y: memref<1024xf32>) {…}
    ==>
    func.func private @relu(memref<1024xf32>, memref<1024xf32>)
        attributes {dlc.launches = [[{block = 256 : i64, entry = "relu",
                                      grid = array<i64: 1, 1, 1>, …} ]]}
    gpu.module @kernels {
      llvm.func @relu(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>,
                      %workspace: !llvm.ptr<1>, %rows: i32)
          attributes {nvvm.kernel, nvvm.reqntid = array<i32: 256>} {
        %t = nvvm.read.ptx.sreg.tid.x : i32
        …
        llvm.store %r, %q {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::gpu::GPUDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect"];
}

def ExpandMathPass : Pass<"dlc-gpu-expand-math", "::mlir::gpu::GPUModuleOp"> {
  let summary = "math functions become polynomials";
  let description = [{
    exp, log, tanh, … become the arithmetic that they are on CPUs. What a GPU
    has an instruction for (fma, sqrt, floor, …) stays.

    Before ==> after:
    ```mlir
    %y = math.rsqrt %x : f32
    ==>
    %one = arith.constant 1.0 : f32
    %s = math.sqrt %x : f32
    %y = arith.divf %one, %s : f32
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

def LowerToNvvmPass : Pass<"dlc-gpu-lower-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "arith, math, vector and cf ops become those of LLVM and NVVM";
  let description = [{
    One conversion with one type converter, after control flow is branches. No
    function of libdevice is called: an op that would need one is refused.

    Before ==> after:
    ```mlir
    %z = math.fma %a, %b, %c : f32
    ==>
    %z = llvm.intr.fma(%a, %b, %c) : (f32, f32, f32) -> f32
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect"];
}

#endif // DLCC_CODEGEN_GPU_PASSES_TD
