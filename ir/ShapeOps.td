//===- ShapeOps.td - constants and movement of elements -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_SHAPEOPS_TD
#define DLCC_IR_SHAPEOPS_TD

include "ir/OpBase.td"

def DLC_ConstantOp : DLC_Op<"constant", [Pure, ConstantLike,
    AllTypesMatch<["value", "result"]>,
    DLC_NonDifferentiable]> {
  let summary = "a constant tensor";
  let description = "Example: `%c = dlc.constant dense<0.5> : tensor<f32>`";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs DLC_Tensor:$result);
  let builders = [OpBuilder<(ins "::mlir::ElementsAttr":$value), [{
    build($_builder, $_state, ::llvm::cast<::mlir::RankedTensorType>(
        value.getShapedType()), value);
  }]>];
  let assemblyFormat = "$value attr-dict";
  let extraClassDefinition = [{
    ::mlir::OpFoldResult $cppClass::fold(FoldAdaptor adaptor) {
      return getValueAttr();
    }
  }];
  let hasFolder = 1;
}

def DLC_IotaOp : DLC_Op<"iota", [Pure, DLC_NonDifferentiable]> {
  let summary = "each element's index along one axis";
  let description = "Example: `%i = dlc.iota 1 : tensor<4x3xi32>`";
  let arguments = (ins I64Attr:$axis);
  let results = (outs DLC_NumberTensor:$result);
  let assemblyFormat = "$axis attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def DLC_BroadcastOp : DLC_Op<"broadcast", [Pure]> {
  let summary = "repeat along new dimensions or dimensions of size 1";
  let description = [{
    `axes[i]` is the result's dimension that operand dimension `i` becomes, in
    ascending order; it has the operand's size, or the operand's size is 1.
    The other result dimensions are new.

    Example: `%r = dlc.broadcast %b [1] : tensor<10xf32> to tensor<64x10xf32>`
  }];
  let arguments = (ins DLC_Tensor:$operand, DenseI64ArrayAttr:$axes);
  let results = (outs DLC_Tensor:$result);
  let assemblyFormat =
      "$operand $axes attr-dict `:` type($operand) `to` type($result)";
  let hasCanonicalizer = 1;
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
  let hasVerifier = 1;
}

def DLC_ReshapeOp : DLC_Op<"reshape", [Pure]> {
  let summary = "the same elements in row-major order in another shape";
  let description = [{
    Example: `%r = dlc.reshape %x : tensor<64x1x28x28xf32> to
    tensor<64x784xf32>`
  }];
  let arguments = (ins DLC_Tensor:$operand);
  let results = (outs DLC_Tensor:$result);
  let assemblyFormat =
      "$operand attr-dict `:` type($operand) `to` type($result)";
  let hasCanonicalizer = 1;
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
  let hasVerifier = 1;
}

def DLC_TransposeOp : DLC_PureOp<"transpose"> {
  let summary = "permuted dimensions";
  let description = [{
    Result dimension `i` is operand dimension `permutation[i]`.

    Example: `%r = dlc.transpose %x [1, 0] : tensor<4x3xf32>`
  }];
  let arguments = (ins DLC_Tensor:$operand, DenseI64ArrayAttr:$permutation);
  let results = (outs DLC_Tensor:$result);
  let assemblyFormat = "$operand $permutation attr-dict `:` type($operand)";
  let hasCanonicalizer = 1;
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
}

def DLC_SliceOp : DLC_PureOp<"slice"> {
  let summary = "a strided box of the operand";
  let description = [{
    Result element `i` is operand element `offsets + i * strides`; `sizes` is
    the result's shape, strides are at least 1. A dimension taken whole keeps
    its name.

    Example: `%r = dlc.slice %x [0, 2] [4, 3] [1, 2] : tensor<4x8xf32>`
  }];
  let arguments = (ins DLC_Tensor:$operand, DenseI64ArrayAttr:$offsets,
                       DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides);
  let results = (outs DLC_Tensor:$result);
  let assemblyFormat =
      "$operand $offsets $sizes $strides attr-dict `:` type($operand)";
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
}

def DLC_PadOp : DLC_PureOp<"pad"> {
  let summary = "the operand with a constant around and between its elements";
  let description = [{
    `low[i]` elements before, `high[i]` after and `interior[i]` between every
    two, all at least 0, of the scalar `value`. The gradient of `slice`.

    Example: `%r = dlc.pad %x, %zero [0, 2] [0, 1] [0, 1] : tensor<4x3xf32>,
    tensor<f32>`
  }];
  let arguments = (ins DLC_Tensor:$operand, DLC_Tensor:$value,
                       DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DenseI64ArrayAttr:$interior);
  let results = (outs DLC_Tensor:$result);
  let assemblyFormat = [{
    $operand `,` $value $low $high $interior attr-dict `:` type($operand)
    `,` type($value)
  }];
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
  let hasVerifier = 1;
}

def DLC_ConcatOp : DLC_PureOp<"concat"> {
  let summary = "operands one after the other along an axis";
  let description = [{
    Example: `%r = dlc.concat 1, %a, %b : tensor<4x3xf32>, tensor<4x5xf32>`
  }];
  let arguments = (ins I64Attr:$axis, Variadic<DLC_Tensor>:$operands);
  let results = (outs DLC_Tensor:$result);
  let assemblyFormat = "$axis `,` $operands attr-dict `:` type($operands)";
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
  let hasVerifier = 1;
}

#endif // DLCC_IR_SHAPEOPS_TD
