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

def RecomputeForwardPass
    : Pass<"dlc-recompute-forward", "::mlir::func::FuncOp"> {
  let summary = "Compute again in the backward pass what is cheap";
  let description = [{
    Of the forward pass' values those are kept for the backward pass that take
    the fewest bytes, together, of all sets from which elementwise ops compute
    what it reads. The copies of those ops have the attribute
    `dlc.recomputed`. The condition of a relu is asked of its result.

    ```mlir
    %p = dlc.contract %x [] [1], %w [] [1] : …
    %e = dlc.exp %p : tensor<64x64xf32>
    %f = dlc.add %e, %one : tensor<64x64xf32>
    …
    %g = dlc.mul %dy, %f : tensor<64x64xf32>       // backward
    ==>
    …
    %0 = dlc.exp %p {dlc.recomputed} : tensor<64x64xf32>
    %1 = dlc.add %0, %one {dlc.recomputed} : tensor<64x64xf32>
    %g = dlc.mul %dy, %1 : tensor<64x64xf32>
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

def FuseOpsPass : Pass<"dlc-fuse-ops", "::mlir::ModuleOp"> {
  let summary = "Group the ops of each entry function into kernels";
  let description = [{
    Every computation ends in a `dlc.kernel`; reads, writes and reshapes stay
    between them. The rules stand in `passes/FusionModel.cpp`: a contraction
    takes in what follows it at the same points (bias, activation, the
    gradient of an activation, the update of a weight), reductions gather what
    happens in their rows or columns, elementwise chains and scalars become
    one kernel each.

    ```mlir
    %p = dlc.contract %x [] [1], %w [] [1] : tensor<4x3xf32>, tensor<2x3xf32>
    %y = dlc.tanh %p : tensor<4x2xf32>
    ==>
    %y = dlc.kernel "matmul_tanh"(%x as %a : tensor<4x3xf32>,
                                  %w as %b : tensor<2x3xf32>)
        -> tensor<4x2xf32> attributes {dlc.flops = 56 : i64, …} {
      %p = dlc.contract %a [] [1], %b [] [1] : …
      %0 = dlc.tanh %p : tensor<4x2xf32>
      dlc.yield %0 : tensor<4x2xf32>
    }
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

def OutlineKernelsPass : Pass<"dlc-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Make a private function of each kernel";
  let description = [{
    The symbol is `<model>.<kernel>`; the kernel's attributes move to the
    function.

    ```mlir
    %y = dlc.kernel "tanh"(%x as %a : tensor<4xf32>) -> tensor<4xf32> { … }
    ==>
    %y = call @mlp.tanh(%x) : (tensor<4xf32>) -> tensor<4xf32>
    func.func private @mlp.tanh(%a: tensor<4xf32>) -> tensor<4xf32>
        attributes {dlc.kernel = "tanh", …} { … }
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

def LowerToLinalgPass : Pass<"dlc-lower-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Rewrite kernel functions from dlc ops to linalg";
  let description = [{
    Each op becomes a `linalg.generic` with `dlc.rows`; its loops are the
    kernel's parallel dims, then its own inner dims. Broadcasts and transposes
    become indexing maps. Element types become signless, bools bytes; the types
    of the model stay on arguments, results and variables as `dlc.tensor`.

    ```mlir
    %b = dlc.broadcast %bias [1] : tensor<2xf32> to tensor<4x2xf32>
    %y = dlc.add %x, %b : tensor<4x2xf32>
    ==>
    %y = linalg.generic {indexing_maps = [(m, n) -> (m, n), (m, n) -> (n),
                                          (m, n) -> (m, n)], …}
        ins(%x, %bias) outs(%empty) attrs = {dlc.rows = array<i64: 0, 0>} {
      arith.addf …
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"
  ];
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

def GuardUpdatesPass : Pass<"dlc-guard-updates", "::mlir::ModuleOp"> {
  let summary = "calls that may be left out where a condition does not hold";
  let description = [{
    Where every result of a kernel is `select(c, new, old)` with one scalar c,
    and old is the variable that the result is stored to, the call does nothing
    unless c holds. It is marked with the number of the operand c.

    ```mlir
    %w1 = call @update(%w, %g, %c)   ==>
    %w1 = call @update(%w, %g, %c) {dlc.guard = 2}
    ```
  }];
}

def HoistFromScansPass
    : Pass<"dlc-hoist-from-scans", "::mlir::func::FuncOp"> {
  let summary = "work that need not be done step by step";
  let description = [{
    Computes before a scan what depends on its captures alone, and products of
    its slices as one product of the whole stack.

    ```mlir
    dlc.scan 8 (%x_t in %x : tensor<8x4xf32>) … {
      %p = dlc.contract %x_t [] [0], %w [] [1] : …
    ```
    ==>
    ```mlir
    %0 = dlc.contract %x [] [1], %w0 [] [1] : …
    dlc.scan 8 (%p in %0 : tensor<8x5xf32>) … {
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

def ChooseWinogradPass : Pass<"dlc-choose-winograd", "::mlir::func::FuncOp"> {
  let summary = "convolutions that are worth it get Winograd's algorithm";
  let description = [{
    Marks contractions with windows of 3 by 3 or 5 by 5 that move by one, and
    the gradients of their operands, where computing them in tiles takes less
    time: `dlc.winograd` says how many results and how many summed factors a
    tile has along each axis. Filters come in the order [window, channels,
    columns], and so do the gradients of filters.

    ```mlir
    %y = dlc.contract %window [] [4, 5, 3], %filters [] [2, 3, 1] : …
    ```
    ==>
    ```mlir
    %t = dlc.transpose %filters [2, 3, 1, 0] {dlc.stored} : …
    %y = dlc.contract %window [] [4, 5, 3], %t [] [0, 1, 2]
      {dlc.winograd = array<i64: 4, 3>} : …
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

def SplitBatchPass : Pass<"dlc-split-batch", "::mlir::ModuleOp"> {
  let summary = "entries go through their batch in parts";
  let description = [{
    Of an entry with `dlc.parts` what is done for each row becomes a function
    for a part of the rows, and what these add up sums. Fails at an op that
    needs all rows at once (`passes/BatchRows.h`).

    ```mlir
    func.func @train_step(%x: tensor<8x3xf32, #dlc.dims<"batch", "">>)
        attributes {dlc.entry = "train", dlc.parts = 2 : i64} {
      %y = dlc.exp %x : …
      %s = dlc.reduce sum %y [0] : …
      dlc.write @w, %s : tensor<3xf32>
    ```
    ==>
    ```mlir
    func.func @train_step(%x: tensor<8x3xf32, #dlc.dims<"batch", "">>) … {
      %s = dlc.parts @train_step.part 2(%x) sums [@"train_step/sum_0"] : …
      dlc.write @w, %s : tensor<3xf32>
    }
    func.func private @train_step.part(
        %x: tensor<4x3xf32, #dlc.dims<"batch", "">>) … {
      %y = dlc.exp %x : …
      %s = dlc.reduce sum %y [0] : …
      (the sum so far, but for the first part; plus %s; written)
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect",
                           "::mlir::func::FuncDialect"];
}

def SplitSumsPass : Pass<"dlc-split-sums", "::mlir::func::FuncOp"> {
  let summary = "long sums with few results become sums of sums";
  let description = [{
    Of a contraction over several dimensions with few results and very many
    terms, such as the gradient of a small convolution's weights, one dimension
    becomes one of the result, which is summed over it. A window moves to the
    left.

    ```mlir
    %g = dlc.contract %dy [] [0, 1, 2], %w [] [0, 1, 2] : …
    ```
    ==>
    ```mlir
    %t = dlc.transpose %w [1, 0, 2, 4, 5, 3] : …
    %p = dlc.contract %t [0] [1, 2], %dy [1] [0, 2] : …
    %s = dlc.reduce sum %p [0] : …
    %g = dlc.transpose %s [3, 2, 0, 1] : …
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

def StoreFiltersPass : Pass<"dlc-store-filters", "::mlir::func::FuncOp"> {
  let summary = "filters in the order in which they are read";
  let description = [{
    A filter that a contraction with many windows would gather element by
    element is transposed into the order of the contraction, and stored.

    ```mlir
    %y = dlc.contract %w [] [4, 5, 3], %f [] [2, 3, 1] : …
    ```
    ==>
    ```mlir
    %t = dlc.transpose %f [2, 3, 1, 0] {dlc.stored} : …
    %y = dlc.contract %w [] [4, 5, 3], %t [] [0, 1, 2] : …
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

def RematerializeCallsPass
    : Pass<"dlc-rematerialize-calls", "::mlir::ModuleOp"> {
  let summary = "run kernels twice where memory would not suffice";
  let description = [{
    Where an entry would take more than its share of `max-memory` (what is left
    of it besides variables and the scratch of the threads), calls run again
    before their results are read for the last times, and the first results
    live no longer than their first readers. Which calls these are is
    `passes/Rematerialization.h`'s choice: most bytes for the least work. Fails
    where that does not suffice, and says what would.

    ```mlir
    %a = call @conv(%x)                ==>  %a = call @conv(%x)
    %b = call @pool(%a)                     %b = call @pool(%a)
    …                                       …
    %dy = call @pool_backward(%b, %dz)      %a1 = call @conv(%x) {dlc.recomputed}
    %dw = call @conv_backward(%a, %dy)      %dw = call @conv_backward(%a1, %dy)
    ```
  }];
  let options = [Option<"maxMemory", "max-memory", "int64_t", "0",
      "bytes of everything">,
      Option<"threads", "threads", "int64_t", "1",
      "of them, each with its scratch">];
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::mlir::tensor::TensorDialect"];
}

def PlanMemoryPass : Pass<"dlc-plan-memory", "::mlir::ModuleOp"> {
  let summary = "one arena, constant offsets";
  let description = [{
    Turns outlined kernels and their calls into the planned form: kernels write
    to memory they are given, entry functions are views and calls, and loops of
    these for scans.

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
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def DifferentiatePass : Pass<"dlc-differentiate", "::mlir::ModuleOp"> {
  let summary = "minimize becomes gradients and updates";
  let description = [{
    Reverse-mode differentiation of each loss that a `dlc.gradient` or
    `dlc.minimize` names, by the ops' Differentiable interface. Backward ops carry the model line of
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
    left to differentiate, `dlc.stop_gradient` and `dlc.custom_gradient` go.

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

def WidenFloatsPass : Pass<"dlc-widen-floats", "::mlir::ModuleOp"> {
  let summary = "the whole model in f64";
  let description = [{
    `--precision=f64`: every float tensor becomes f64, variables, inputs,
    outputs and constants too; a constant keeps its value. Conversions between
    float types go. What the ABI hands over in f32 (control variables, metrics)
    and what C functions take and give stays so and is converted where it enters
    and leaves.

    ```mlir
    %a = dlc.constant dense<0.5> : tensor<f32>
    %b = dlc.cast %x : tensor<4xbf16> to tensor<4xf32>
    %y = dlc.exp %b : tensor<4xf32>
    ```
    ==>
    ```mlir
    %a = dlc.constant dense<0.5> : tensor<f64>
    %y = dlc.exp %x : tensor<4xf64>
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

def NarrowContractionsPass : Pass<"dlc-narrow-contractions"> {
  let summary = "factors in bf16";
  let description = [{
    `--precision=bf16`: the factors of every sum of products of f32 are rounded
    to bf16, to nearest even; products and sums stay in f32. Everything else,
    what is stored in particular, keeps its type.

    ```mlir
    ^bb0(%a: f32, %b: f32, %sum: f32):
      %p = arith.mulf %a, %b : f32
      %s = arith.addf %sum, %p : f32
    ```
    ==>
    ```mlir
    ^bb0(%a: f32, %b: f32, %sum: f32):
      %0 = arith.truncf %a : f32 to bf16
      %1 = arith.extf %0 : bf16 to f32
      …
      %p = arith.mulf %1, %3 : f32
      %s = arith.addf %sum, %p : f32
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def ChannelsLastPass : Pass<"dlc-channels-last", "::mlir::func::FuncOp"> {
  let summary = "keep the channels last between convolutions";
  let description = [{
    A convolution shows its result, whose channels are last in memory, through
    a transposition. What reads it works on the result itself, and the
    transposition moves behind, until a reduction swallows it or an op needs
    the model's own order.

    ```mlir
    %t = dlc.transpose %y [0, 3, 1, 2] : tensor<8x5x5x16xf32>
    %r = dlc.tanh %t : tensor<8x16x5x5xf32>
    ```
    ==>
    ```mlir
    %u = dlc.tanh %y : tensor<8x5x5x16xf32>
    %r = dlc.transpose %u [0, 3, 1, 2] : tensor<8x5x5x16xf32>
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

def ExposeGradientsPass : Pass<"dlc-expose-gradients", "::mlir::ModuleOp"> {
  let summary = "entry points that return losses and gradients";
  let description = [{
    For `dlcc check --gradients`: in the place of the entry points other than
    `init`, two for each training step. `loss` returns what the step minimizes,
    `gradients` returns it and its gradients with respect to the parameters
    that the step trains and its float inputs. Neither writes a variable, and
    `$step` is 1, so that all calls draw the same random numbers. A model
    without training has the sum of its float outputs times normal random
    numbers as its loss. `branches` returns the loss as well, and stores every
    comparison, maximum, rounding and stopped gradient in states of the module;
    `branch_loss` is the loss with these decisions, whatever it would decide
    itself.

    ```mlir
    func.func @train_step(%x: tensor<4xf32>) -> tensor<f32>
        attributes {dlc.entry = "train"} {
      …
      dlc.minimize %loss, sgd [@w] ["learning_rate"] (%r) : …
    ```
    ==>
    ```mlir
    func.func @gradients(%x: tensor<4xf32>)
        -> (tensor<f32>, tensor<3xf32>, tensor<4xf32>)
        attributes {dlc.entry = "forward"} {
      …
      %dw, %dx = dlc.gradient %loss, (%w, %x) : …
    ```
  }];
  let dependentDialects = ["::dlcc::dlc::DLCDialect"];
}

#endif // DLCC_PASSES_PASSES_TD
