//===- ScanOps.td - recurrences -------------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_SCANOPS_TD
#define DLCC_IR_SCANOPS_TD

include "ir/OpBase.td"

def DLC_ScanOp : DLC_Op<"scan", [Pure, IsolatedFromAbove,
    AttrSizedOperandSegments, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "a loop over the first dimension of stacked tensors";
  let description = [{
    Runs the body `steps` times, at least once. Its arguments are the slice of
    each of `inputs` along its first dimension (which is `steps`), each value
    that is carried from step to step, beginning with `inits`, and `captures`,
    the same at every step. The body yields the slices of the stacked outputs,
    then the carried values' next ones, of the types they had. The results are
    the stacked outputs, then the last carried values. With `reverse` the last
    slice comes first, for inputs and outputs.

    The body is a function of its arguments alone: it reads no variable, and a
    random op in it would give the same numbers at every step. Every step has
    the same shapes, so memory and work are known at compile time; it becomes
    a loop of kernel calls and is never unrolled.

    Example:
    ```mlir
    %ys, %h = dlc.scan 8 (%x_t in %x : tensor<8x4xf32>)
        carry (%h_t from %h0 : tensor<4xf32>) use (%c as %w : tensor<4xf32>)
        -> (tensor<8x4xf32>, tensor<4xf32>) {
      %0 = dlc.mul %h_t, %w : tensor<4xf32>
      %1 = dlc.add %0, %x_t : tensor<4xf32>
      dlc.yield %1, %1 : tensor<4xf32>, tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins I64Attr:$steps, UnitAttr:$reverse,
                       Variadic<DLC_Tensor>:$inputs,
                       Variadic<DLC_Tensor>:$inits,
                       Variadic<DLC_Tensor>:$captures);
  let results = (outs Variadic<DLC_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
  let extraClassDeclaration = [{
    ::mlir::Block &getBlock() { return getBody().front(); }
    YieldOp getYield();

    unsigned getNumOutputs() { return getNumResults() - getInits().size(); }
    ::mlir::ResultRange getOutputs() {
      return getResults().take_front(getNumOutputs());
    }
    ::mlir::ResultRange getFinals() {
      return getResults().drop_front(getNumOutputs());
    }
    ::mlir::ArrayRef<::mlir::BlockArgument> getSlices() {
      return getBlock().getArguments().take_front(getInputs().size());
    }
    ::mlir::ArrayRef<::mlir::BlockArgument> getCarries() {
      return getBlock().getArguments().slice(getInputs().size(),
                                             getInits().size());
    }
    ::mlir::ArrayRef<::mlir::BlockArgument> getCaptured() {
      return getBlock().getArguments().take_back(getCaptures().size());
    }
    /// What the body yields for the stacks and for the next step.
    ::mlir::OperandRange getYieldedOutputs();
    ::mlir::OperandRange getYieldedCarries();

    /// A scan without results, whose body has the arguments for `inputs` and
    /// `inits`. What is put into the body may use values from outside until
    /// `finish`.
    static ScanOp begin(::mlir::OpBuilder &builder, ::mlir::Location loc,
                        int64_t steps, bool reverse, ::mlir::ValueRange inputs,
                        ::mlir::ValueRange inits);
    /// Ends the body and puts a scan with these results in the place of
    /// `open`: what the body uses from outside becomes a capture, constants
    /// are copied in. `stepsName` is the name of the outputs' first dimension,
    /// or empty.
    static ScanOp finish(ScanOp open, ::mlir::ValueRange outputs,
                         ::mlir::ValueRange carries,
                         ::llvm::StringRef stepsName = "");
    /// Puts a scan in the place of `scan` that also stacks these values of its
    /// body, behind the other outputs.
    static ScanOp addOutputs(ScanOp scan, ::mlir::ValueRange values);
  }];
}

#endif // DLCC_IR_SCANOPS_TD
