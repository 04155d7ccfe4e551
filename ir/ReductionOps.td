//===- ReductionOps.td - reductions and contractions ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_REDUCTIONOPS_TD
#define DLCC_IR_REDUCTIONOPS_TD

include "ir/OpBase.td"

def DLC_ReduceOp : DLC_PureOp<"reduce"> {
  let summary = "combine the elements along some axes";
  let description = [{
    The axes, ascending and distinct, disappear from the shape. The sum of
    nothing is 0, the product 1, the maximum the type's lowest value (-inf)
    and the minimum its highest. Sums of f16 and bf16 accumulate in f32. Over
    a `batch` dimension only the given rows count. A maximum or minimum with a
    NaN among its elements is NaN. Gradient of max and min: to the elements
    equal to the result, in equal shares.

    Example: `%s = dlc.reduce sum %x [1] : tensor<4x3xf32>`
  }];
  let arguments = (ins DLC_ReduceKindAttr:$kind, DLC_NumberTensor:$operand,
                       DenseI64ArrayAttr:$axes);
  let results = (outs DLC_NumberTensor:$result);
  let assemblyFormat =
      "custom<Bare>($kind) $operand $axes attr-dict `:` type($operand)";
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
}

def DLC_ArgReduceOp : DLC_PureOp<"arg_reduce", [DLC_NonDifferentiable]> {
  let summary = "index of the largest (max) or smallest (min) along an axis";
  let description = [{
    The first such index; a NaN counts as the extreme. The result is i32.

    Example: `%i = dlc.arg_reduce max %x 1 : tensor<4x3xf32>`
  }];
  let arguments = (ins DLC_ReduceKindAttr:$kind, DLC_NumberTensor:$operand,
                       I64Attr:$axis);
  let results = (outs DLC_Int32Tensor:$result);
  let assemblyFormat =
      "custom<Bare>($kind) $operand $axis attr-dict `:` type($operand)";
  let hasVerifier = 1;
}

def DLC_ContractOp : DLC_PureOp<"contract"> {
  let summary = "sum of products: matrix product, batched or transposed";
  let description = [{
    `result[batch, m, n] = sum over k of lhs[batch, m, k] * rhs[batch, n, k]`,
    where `lhs_batch`/`rhs_batch` and `lhs_contract`/`rhs_contract` name the
    paired dimensions; m are lhs' remaining dimensions, n rhs'. The result's
    dimensions are the batch dimensions in the order given, then m, then n.
    f16 and bf16 accumulate in f32. Over a contracted `batch` dimension only
    the given rows count.

    Example (`x W^T`): `%y = dlc.contract %x [] [1], %w [] [1] :
    tensor<64x784xf32>, tensor<300x784xf32>`
  }];
  let arguments = (ins DLC_NumberTensor:$lhs, DLC_NumberTensor:$rhs,
                       DenseI64ArrayAttr:$lhs_batch,
                       DenseI64ArrayAttr:$rhs_batch,
                       DenseI64ArrayAttr:$lhs_contract,
                       DenseI64ArrayAttr:$rhs_contract);
  let results = (outs DLC_NumberTensor:$result);
  let assemblyFormat = [{
    $lhs $lhs_batch $lhs_contract `,` $rhs $rhs_batch $rhs_contract attr-dict
    `:` type($lhs) `,` type($rhs)
  }];
  let hasVerifier = 1;
}

#endif // DLCC_IR_REDUCTIONOPS_TD
