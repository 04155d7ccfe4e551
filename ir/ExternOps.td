//===- ExternOps.td - calls of functions that are not compiled here -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_EXTERNOPS_TD
#define DLCC_IR_EXTERNOPS_TD

include "ir/OpBase.td"

def DLC_ExternOp : DLC_Op<"extern", [Pure]> {
  let summary = "a call of a C function";
  let description = [{
    The C function gets the address of each input, then of each output, then an
    array of `int64_t`: for each pair of `dims`, the extent of that input's
    axis, in rows that are given where it depends on the batch. Tensors lie
    dense and row-major, so the batch is a first dimension wherever it is one.
    The function is pure and may be called from any thread; inputs and outputs
    never share memory.

    The function named by `gradient` gets the inputs, then the gradients of the
    outputs, and computes those of the float inputs; autodiff makes an op of it
    that has no gradient itself. All outputs are floats then.

    Example: `%d = dlc.extern "euclid" gradient "euclid_grad" (%a, %b) dims
    [0, 0, 0, 1] : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<f32>` calls
    `euclid(a, b, d, (int64_t[]){4, 3})`.
  }];
  let arguments = (ins StrAttr:$symbol, OptionalAttr<StrAttr>:$gradient,
                       Variadic<DLC_Tensor>:$inputs, DenseI64ArrayAttr:$dims);
  let results = (outs Variadic<DLC_Tensor>:$outputs);
  let assemblyFormat = [{
    $symbol (`gradient` $gradient^)? `(` $inputs `)` `dims` $dims attr-dict `:`
    functional-type($inputs, $outputs)
  }];
  let hasVerifier = 1;
}

#endif // DLCC_IR_EXTERNOPS_TD
