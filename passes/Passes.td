//===- Passes.td - the graph passes ---------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_PASSES_TD
#define DLCC_PASSES_PASSES_TD

include "mlir/Pass/PassBase.td"

def OrderUpdatesPass : Pass<"dlc-order-updates", "::mlir::ModuleOp"> {
  let summary = "every reader of a variable before the call that updates it";
  let description = [{
    Moves calls so that an update can write its variable in place, and inserts
    a copy where that cannot be had: a kernel that reads the variable at other
    points than it writes, a cycle, a returned value without memory of its own.

    ```mlir
    %w1 = call @update(%w, %g)   ==>   %dx = call @backward(%dy, %w)
    %dx = call @backward(%dy, %w)      %w1 = call @update(%w, %g)
    dlc.write @w, %w1                  dlc.write @w, %w1
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def PlanMemoryPass : Pass<"dlc-plan-memory", "::mlir::ModuleOp"> {
  let summary = "one arena, constant offsets";
  let description = [{
    Turns outlined kernels and their calls into the planned form: kernels write
    to memory they are given, entry functions are views and calls.

    ```mlir
    %t = call @k(%x) : (tensor<8xf32>) -> tensor<8xf32>
      ==>
    %t = memref.view %arena[%c64][] : memref<128xi8> to memref<8xf32>
    call @k(%x, %t) : (memref<8xf32>, memref<8xf32>) -> ()
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::bufferization::BufferizationDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::memref::MemRefDialect"];
}

#endif // DLCC_PASSES_PASSES_TD
