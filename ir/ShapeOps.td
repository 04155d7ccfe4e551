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

def DLC_WindowOp : DLC_PureOp<"window"> {
  let summary = "what a window sees from each place it slides to";
  let description = [{
    Along each of `axes` (ascending) a window of `sizes` elements, `dilations`
    apart, moves by `strides`; it never leaves the operand (`pad` goes before).
    The axis becomes the count of places, and the windows' dimensions follow
    behind all others: result element `(…, p, …, k)` is operand element
    `(…, p * stride + k * dilation, …)`. With a negative dilation the window is
    read from its far end: `(…, p * stride + (size - 1 - k) * -dilation, …)`.

    A view: readers index the operand. A convolution is a contraction with a
    window, pooling a reduction of one.

    Example: `%w = dlc.window %x [2, 3] [5, 5] [1, 1] [1, 1] :
    tensor<64x3x32x32xf32>` of type `tensor<64x3x28x28x5x5xf32>`
  }];
  let arguments = (ins DLC_Tensor:$operand, DenseI64ArrayAttr:$axes,
                       DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations);
  let results = (outs DLC_Tensor:$result);
  let assemblyFormat = [{
    $operand $axes $sizes $strides $dilations attr-dict `:` type($operand)
  }];
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
  let extraClassDeclaration = [{
    /// The element of the operand's axis `axes[i]` that place 0 sees at 0.
    int64_t getStart(unsigned i) {
      return getDilations()[i] < 0 ? (1 - getSizes()[i]) * getDilations()[i]
                                   : 0;
    }
  }];
}

def DLC_UnwindowOp : DLC_Op<"unwindow", [Pure]> {
  let summary = "sums what windows hold at the elements they lie on";
  let description = [{
    The adjoint of `window` (overlap-add): each element of the result is the
    sum of the operand's elements that `window`, with the same attributes on a
    tensor of the result's type, would read there; 0 where there are none. f16
    and bf16 are summed in f32.

    Example: `%x = dlc.unwindow %w [2, 3] [1, 1] [1, 1] :
    tensor<64x3x28x28x5x5xf32> to tensor<64x3x32x32xf32>`
  }];
  let arguments = (ins DLC_NumberTensor:$operand, DenseI64ArrayAttr:$axes,
                       DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations);
  let results = (outs DLC_NumberTensor:$result);
  let assemblyFormat = [{
    $operand $axes $strides $dilations attr-dict `:` type($operand) `to`
    type($result)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The windows' extents: the operand's last dimensions.
    ::llvm::ArrayRef<int64_t> getSizes() {
      return getOperand().getType().getShape().take_back(getAxes().size());
    }
    /// For each axis, how many windows at most lie on an element.
    ::llvm::SmallVector<int64_t> getSteps();
  }];
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
