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

def FoldConstantsPass : Pass<"dlc-fold-constants"> {
  let summary = "Evaluate what the model alone decides";
  let description = [{
    Replaces pure ops on constants by their value, as the oracle (`ir/eval`)
    computes it, and brings all ops to their canonical form.

    ```mlir
    %a = dlc.constant dense<2.0> : tensor<f32>
    %b = dlc.sqrt %a : tensor<f32>
    ```
    ==>
    ```mlir
    %b = dlc.constant dense<1.41421354> : tensor<f32>
    ```
  }];
  let options = [Option<"maxElements", "max-elements", "int64_t", "4096",
      "results of more elements stay computed">];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

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

def DifferentiatePass : Pass<"dlc-differentiate", "::mlir::ModuleOp"> {
  let summary = "minimize becomes gradients and updates";
  let description = [{
    Reverse-mode differentiation of each loss that a `dlc.minimize` names, by
    the ops' Differentiable interface. Backward ops carry the model line of
    the forward op. A parameter that does not influence the loss gives a
    warning; an op without gradient on the way is an error.

    ```mlir
    %w = dlc.read @w : tensor<4xf32>
    %p = dlc.mul %w, %x : tensor<4xf32>
    %loss = dlc.reduce sum %p [0] : tensor<4xf32>
    dlc.minimize %loss, sgd [@w] ["learning_rate"] (%r) : …
    ```
    ==>
    ```mlir
    %one = dlc.constant dense<1.0> : tensor<f32>
    %dp = dlc.broadcast %one [] : tensor<f32> to tensor<4xf32>
    %dw = dlc.mul %dp, %x : tensor<4xf32>
    dlc.update @w, %dw, sgd ["learning_rate"] (%r) : …
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

def BuildTrainStepPass : Pass<"dlc-build-train-step", "::mlir::ModuleOp"> {
  let summary = "updates become arithmetic, slots and writes";
  let description = [{
    Expands each `dlc.update` by the formula of its optimizer
    (`passes/Optimizers.h`); declares the slots and the control variables it
    reads; moves all writes to the end of the function.

    ```mlir
    dlc.update @w, %dw, sgd ["learning_rate"] (%r) : …
    ```
    ==>
    ```mlir
    %scale = dlc.read @"$learning_rate_scale" : tensor<f32>
    %rate = dlc.mul %r, %scale : tensor<f32>
    %rates = dlc.broadcast %rate [] : tensor<f32> to tensor<4xf32>
    %step = dlc.mul %dw, %rates : tensor<4xf32>
    %new = dlc.sub %w, %step : tensor<4xf32>
    dlc.write @w, %new : tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

def SimplifyGraphPass
    : Pass<"dlc-simplify-graph", "::mlir::func::FuncOp"> {
  let summary = "fewer and cheaper ops with the same meaning";
  let description = [{
    Canonicalises the dlc ops, shares equal ones, drops those nobody needs,
    and applies rewrites over several ops: contractions absorb transpositions,
    elementwise work moves before a broadcast, a reduction of many axes to few
    elements is split so that its first part stays parallel. Once nothing is
    left to differentiate, `dlc.stop_gradient` goes.

    ```mlir
    %t = dlc.transpose %w [1, 0] : tensor<300x784xf32>
    %y = dlc.contract %x [] [1], %t [] [0] : tensor<64x784xf32>,
        tensor<784x300xf32>
    ```
    ==>
    ```mlir
    %y = dlc.contract %x [] [1], %w [] [1] : tensor<64x784xf32>,
        tensor<300x784xf32>
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

#endif // DLCC_PASSES_PASSES_TD
