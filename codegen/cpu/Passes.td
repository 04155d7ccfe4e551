//===- Passes.td - the passes from kernel list to LLVM on CPUs ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_PASSES_TD
#define DLCC_CODEGEN_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def SelectKernelsPass : Pass<"dlc-select-kernels", "::mlir::ModuleOp"> {
  let summary = "choose algorithm, tiles and tasks of each kernel";
  let description = [{
    Runs on kernel functions in tensor form, before the memory plan. Writes
    `dlc.tasks` and `dlc.scratch` on each, and `dlc.tiles` on contractions:
    those that a database of measured tiles has for `dlc.product`, else those
    of the model. Where the module has several `dlc.levels`, `dlc.choices`
    lists what was chosen for each.

    Before ==> after:
    ```mlir
    func.func private @relu(%x: tensor<1024x512xf32>) -> tensor<1024x512xf32>
        attributes {dlc.kernel = "relu", dlc.parallel_dims = 2 : i64}
    ==>
    func.func private @relu(%x: tensor<1024x512xf32>) -> tensor<1024x512xf32>
        attributes {dlc.kernel = "relu", dlc.parallel_dims = 2 : i64,
                    dlc.scratch = 0 : i64, dlc.tasks = 23 : i64}
    ```
  }];
  let options = [
    Option<"tuning", "tuning", "std::string", /*default=*/"",
           "file of measured tiles that go before the compiler's own">,
    Option<"database", "database", "std::string", /*default=*/"",
           "file of measured tiles instead of the compiler's own">,
    Option<"threads", "threads", "int64_t", /*default=*/"1",
           "the threads that its tiles were measured with">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def LowerKernelsPass : Pass<"dlc-lower-kernels", "::mlir::ModuleOp"> {
  let summary = "turn planned kernel functions into loops";
  let description = [{
    Replaces each kernel function on memrefs by one with the convention of
    kernels, `(buffers, rows, task, scratch)`, whose body is scf loops over
    scalar and vector operations. The planned form stays as a declaration
    that the entry functions call; `dlc.loop_forms` names the new function,
    or the new ones where the module has several `dlc.levels`.

    Before ==> after:
    ```mlir
    func.func private @relu(%x: memref<8xf32>, %y: memref<8xf32>)
    ==>
    func.func private @relu.planned(memref<8xf32>, memref<8xf32>)
        attributes {dlc.loop_forms = [@relu]}
    func.func private @relu(%buffers: !llvm.ptr, %rows: i64, %task: i64,
                            %scratch: !llvm.ptr) {
      %p = llvm.load %buffers : !llvm.ptr -> !llvm.ptr
      …
      llvm.store %r, %q : vector<8xf32>, !llvm.ptr
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect", "::mlir::LLVM::LLVMDialect"];
}

def ExpandNarrowCastsPass
    : Pass<"dlc-expand-narrow-casts", "::mlir::ModuleOp"> {
  let summary = "conversions of f16 and bf16 become arithmetic";
  let description = [{
    Each conversion to or from f16 and bf16 that the target has no instruction
    for becomes arithmetic of f32 and i32, rounded once to nearest even.

    Before ==> after:
    ```mlir
    %y = arith.extf %x : vector<16xbf16> to vector<16xf32>
    ==>
    %sixteen = arith.constant dense<16> : vector<16xi32>
    %0 = arith.bitcast %x : vector<16xbf16> to vector<16xi16>
    %1 = arith.extui %0 : vector<16xi16> to vector<16xi32>
    %2 = arith.shli %1, %sixteen : vector<16xi32>
    %y = arith.bitcast %2 : vector<16xi32> to vector<16xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

def ExpandMathPass : Pass<"dlc-expand-math", "::mlir::ModuleOp"> {
  let summary = "math functions become polynomials";
  let description = [{
    exp, expm1, log, log1p, rsqrt of f32 and f64, and tanh, erf, sin, cos, pow
    of f32 become arithmetic on scalars or vectors whose bits are the same on
    every processor. So do floor, ceil, roundeven and the fused multiply-add of
    f32 where the target has no instruction for them. Other functions stay.

    Before ==> after:
    ```mlir
    %y = math.rsqrt %x : vector<16xf32>
    ==>
    %one = arith.constant dense<1.0> : vector<16xf32>
    %s = math.sqrt %x : vector<16xf32>
    %y = arith.divf %one, %s : vector<16xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

#endif // DLCC_CODEGEN_CPU_PASSES_TD
