//===- IndexedOps.td - indices along an axis: taken, put, ordered ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_INDEXEDOPS_TD
#define DLCC_IR_INDEXEDOPS_TD

include "ir/OpBase.td"

def DLC_GatherOp : DLC_PureOp<"gather"> {
  let summary = "elements along an axis, by their indices";
  let description = [{
    The first `batch` dimensions of operand and index are paired, `batch` being
    at most `axis`. The index's other dimensions take the axis' place: result
    element `(p, j, q)` is operand element `(p, index[p_batch, j], q)`, where
    `p` are the dimensions before the axis, `p_batch` the paired ones of these
    and `q` those behind it. With `batch` 0 this is a table's look-up. An index
    below 0 counts as 0, one beyond the axis as its last: nothing outside the
    operand is read. The axis is no dimension of the batch, whose rows are not
    all given.

    Example: `%e = dlc.gather %table, %word axis 0 batch 0 :
    tensor<10000x256xf32>, tensor<64x20xi32>` of type `tensor<64x20x256xf32>`
  }];
  let arguments = (ins DLC_Tensor:$operand, DLC_IndexTensor:$index,
                       I64Attr:$axis, I64Attr:$batch);
  let results = (outs DLC_Tensor:$result);
  let assemblyFormat = [{
    $operand `,` $index `axis` $axis `batch` $batch attr-dict `:`
    type($operand) `,` type($index)
  }];
}

def DLC_ScatterAddOp : DLC_Op<"scatter_add", [Pure]> {
  let summary = "sums elements at the indices they belong to";
  let description = [{
    The adjoint of `gather`: result element `(p, n, q)` is the sum of the
    values `(p, j, q)` with `index[p_batch, j] = n`, 0 where there are none.
    Added in ascending (row-major) order of `j`; f16 and bf16 in f32. Indices
    are clamped as by `gather`. Over dimensions of the batch only the given rows
    count.

    Example: `%t = dlc.scatter_add %e, %word axis 0 batch 0 :
    tensor<64x20x256xf32>, tensor<64x20xi32> to tensor<10000x256xf32>`
  }];
  let arguments = (ins DLC_NumberTensor:$values, DLC_IndexTensor:$index,
                       I64Attr:$axis, I64Attr:$batch);
  let results = (outs DLC_NumberTensor:$result);
  let assemblyFormat = [{
    $values `,` $index `axis` $axis `batch` $batch attr-dict `:` type($values)
    `,` type($index) `to` type($result)
  }];
  let hasVerifier = 1;
}

def DLC_RankOp : DLC_PureOp<"rank", [DLC_NonDifferentiable]> {
  let summary = "each element's place in the order along an axis";
  let description = [{
    How many elements along the axis come before this one: the smaller ones, or
    with `descending` the larger ones, then equal ones that stand before it. A
    NaN comes after all numbers either way. Places of `limit` and beyond are
    all `limit`: to find the first few is cheaper than to order all. The result
    is i32. The axis is no dimension of the batch.

    Example: `%r = dlc.rank %x axis 1 descending limit 5 : tensor<4x1000xf32>`
  }];
  let arguments = (ins DLC_NumberTensor:$operand, I64Attr:$axis,
                       UnitAttr:$descending, I64Attr:$limit);
  let results = (outs DLC_Int32Tensor:$result);
  let assemblyFormat = [{
    $operand `axis` $axis (`descending` $descending^)? `limit` $limit attr-dict
    `:` type($operand)
  }];
  let hasVerifier = 1;
}

def DLC_CumulativeOp : DLC_Op<"cumulative", [Pure,
    SameOperandsAndResultType]> {
  let summary = "running sums along an axis";
  let description = [{
    Each element is the sum of the operand's elements up to its own along the
    axis; with `exclusive` without its own (the first is 0); with `reverse` of
    those from its own on. Added one after the other from the end where they
    begin, f16 and bf16 in f32. The axis is no dimension of the batch.

    Example: `%s = dlc.cumulative %x axis 1 reverse : tensor<4x3xf32>`
  }];
  let arguments = (ins DLC_NumberTensor:$operand, I64Attr:$axis,
                       UnitAttr:$reverse, UnitAttr:$exclusive);
  let results = (outs DLC_NumberTensor:$result);
  let assemblyFormat = [{
    $operand `axis` $axis (`reverse` $reverse^)? (`exclusive` $exclusive^)?
    attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
}

#endif // DLCC_IR_INDEXEDOPS_TD
