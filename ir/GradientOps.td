//===- GradientOps.td - gradients that are asked for and that are given ---===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_GRADIENTOPS_TD
#define DLCC_IR_GRADIENTOPS_TD

include "ir/OpBase.td"

def DLC_GradientOp : DLC_PureOp<"gradient", [DLC_NonDifferentiable]> {
  let summary = "the gradient of a scalar with respect to tensors";
  let description = [{
    Autodiff replaces it by the backward pass; a result is zero where the loss
    does not depend on its operand. What it is asked of may itself come from a
    gradient: the gradients of a function are replaced in their order.

    Example: `%dw, %dx = dlc.gradient %loss, (%w, %x) : tensor<f32>,
    (tensor<4x3xf32>, tensor<3xf32>)`
  }];
  let arguments = (ins DLC_FloatScalar:$loss, Variadic<DLC_FloatTensor>:$of);
  let results = (outs Variadic<DLC_FloatTensor>:$gradients);
  let assemblyFormat = [{
    $loss `,` `(` $of `)` attr-dict `:` type($loss) `,` `(` type($of) `)`
  }];
}

def DLC_CustomGradientOp : DLC_PureOp<"custom_gradient",
    [AttrSizedOperandSegments, SingleBlock]> {
  let summary = "values whose gradient is given, not derived";
  let description = [{
    The results are `values`. Autodiff does not look at how these were
    computed: it takes the body, whose arguments are the gradients of the
    results, and which yields one gradient for each of `arguments`. The body
    may use what stands before the op. Removed once gradients are built; what
    the body was copied to can be differentiated again.

    Example:
    ```mlir
    %y = dlc.custom_gradient (%v) of (%x) : (tensor<4xf32>), (tensor<4xf32>) {
    ^bb0(%dy: tensor<4xf32>):
      %dx = dlc.mul %dy, %x : tensor<4xf32>
      dlc.yield %dx : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<DLC_FloatTensor>:$values,
                       Variadic<DLC_FloatTensor>:$arguments);
  let results = (outs Variadic<DLC_FloatTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `(` $values `)` `of` `(` $arguments `)` attr-dict `:`
    `(` type($values) `)` `,` `(` type($arguments) `)` $body
  }];
  let hasVerifier = 1;
}

#endif // DLCC_IR_GRADIENTOPS_TD
