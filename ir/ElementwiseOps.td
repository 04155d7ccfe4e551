//===- ElementwiseOps.td - one result element from one of each operand ----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_ELEMENTWISEOPS_TD
#define DLCC_IR_ELEMENTWISEOPS_TD

include "ir/OpBase.td"

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

class DLC_FloatUnaryOp<string mnemonic, string formula, list<Trait> traits = []>
    : DLC_UnaryOp<mnemonic, DLC_FloatTensor, traits> {
  let summary = formula # ", element by element";
  let description = "`result = " # formula # "`, element by element. Operand "
    # "and result have one shape and one float type.\n\nExample: `%y = dlc."
    # mnemonic # " %x : tensor<4x3xf32>`";
}

def DLC_ExpOp : DLC_FloatUnaryOp<"exp", "e^x">;
def DLC_Expm1Op : DLC_FloatUnaryOp<"expm1", "e^x - 1">;
def DLC_LogOp : DLC_FloatUnaryOp<"log", "ln(x)">;
def DLC_Log1pOp : DLC_FloatUnaryOp<"log1p", "ln(1 + x)">;
def DLC_SqrtOp : DLC_FloatUnaryOp<"sqrt", "x^(1/2)">;
def DLC_RsqrtOp : DLC_FloatUnaryOp<"rsqrt", "x^(-1/2)">;
def DLC_SinOp : DLC_FloatUnaryOp<"sin", "sin(x)">;
def DLC_CosOp : DLC_FloatUnaryOp<"cos", "cos(x)">;
def DLC_TanhOp : DLC_FloatUnaryOp<"tanh", "tanh(x)">;
def DLC_SigmoidOp : DLC_FloatUnaryOp<"sigmoid", "1 / (1 + e^-x)"> {
  let description = [{
    `result = 1 / (1 + e^-x)`, element by element. An op of its own because
    its gradient `y * (1 - y)` needs the result only, so that a fused kernel
    keeps one tensor instead of two.

    Example: `%y = dlc.sigmoid %x : tensor<4x3xf32>`
  }];
}
def DLC_ErfOp : DLC_FloatUnaryOp<"erf", "erf(x)">;
def DLC_FloorOp : DLC_FloatUnaryOp<"floor", "the largest integer <= x",
                                   [DLC_NonDifferentiable]>;
def DLC_CeilOp : DLC_FloatUnaryOp<"ceil", "the smallest integer >= x",
                                  [DLC_NonDifferentiable]>;
def DLC_RoundOp : DLC_FloatUnaryOp<"round",
    "the nearest integer, ties to even", [DLC_NonDifferentiable]>;

def DLC_NegOp : DLC_UnaryOp<"neg", DLC_NumberTensor> {
  let summary = "-x, element by element";
  let description = "Example: `%y = dlc.neg %x : tensor<4x3xf32>`";
}
def DLC_AbsOp : DLC_UnaryOp<"abs", DLC_NumberTensor> {
  let summary = "|x|, element by element";
  let description = "Example: `%y = dlc.abs %x : tensor<4x3xf32>`";
}
def DLC_SignOp : DLC_UnaryOp<"sign", DLC_NumberTensor,
                             [DLC_NonDifferentiable]> {
  let summary = "-1, 0 or 1, element by element; NaN stays NaN";
  let description = "Example: `%y = dlc.sign %x : tensor<4x3xf32>`";
}
def DLC_NotOp : DLC_UnaryOp<"not", DLC_BoolOrIntTensor,
                            [DLC_NonDifferentiable]> {
  let summary = "logical (bool) or bitwise (integer) complement";
  let description = "Example: `%y = dlc.not %x : tensor<4xi1>`";
}

def DLC_StopGradientOp : DLC_UnaryOp<"stop_gradient", DLC_Tensor,
                                     [DLC_NonDifferentiable]> {
  let summary = "the operand, through which no gradient flows";
  let description = [{
    Removed once gradients are built.

    Example: `%y = dlc.stop_gradient %x : tensor<4xf32>`
  }];
}

//===----------------------------------------------------------------------===//
// Binary
//===----------------------------------------------------------------------===//

class DLC_ArithmeticOp<string mnemonic, string formula,
                       list<Trait> traits = []>
    : DLC_BinaryOp<mnemonic, DLC_NumberTensor, traits> {
  let summary = formula # ", element by element";
  let description = "`result = " # formula # "`, element by element; both "
    # "operands and the result have one shape and type (`dlc.broadcast` makes "
    # "shapes equal). Integers wrap around.\n\nExample: `%r = dlc." # mnemonic
    # " %a, %b : tensor<4x3xf32>`";
}

def DLC_AddOp : DLC_ArithmeticOp<"add", "a + b", [Commutative]>;
def DLC_SubOp : DLC_ArithmeticOp<"sub", "a - b">;
def DLC_MulOp : DLC_ArithmeticOp<"mul", "a * b", [Commutative]>;
def DLC_DivOp : DLC_ArithmeticOp<"div", "a / b"> {
  let description = [{
    `result = a / b`, element by element. Integers are divided towards zero;
    an integer division by zero gives 0.

    Example: `%r = dlc.div %a, %b : tensor<4x3xf32>`
  }];
}
def DLC_RemOp : DLC_ArithmeticOp<"rem", "a - b * trunc(a / b)">;
def DLC_PowOp : DLC_BinaryOp<"pow", DLC_FloatTensor> {
  let summary = "a^b, element by element";
  let description = [{
    `result = a^b` as C's `pow`: a negative base needs an integral exponent,
    else the result is NaN. Canonicalisation turns constant exponents 0.5, 1,
    2, 3, -1 and -0.5 into cheaper ops.

    Example: `%r = dlc.pow %a, %b : tensor<4x3xf32>`
  }];
  let hasCanonicalizer = 1;
}
def DLC_MaxOp : DLC_ArithmeticOp<"max", "the larger of a and b",
                                 [Commutative]> {
  let description = [{
    The larger of both, element by element; NaN if either is NaN. The
    gradient goes to the larger; where they are equal each gets half.

    Example: `%r = dlc.max %a, %b : tensor<4x3xf32>`
  }];
}
def DLC_MinOp : DLC_ArithmeticOp<"min", "the smaller of a and b",
                                 [Commutative]> {
  let description = [{
    The smaller of both, element by element; NaN if either is NaN. The
    gradient goes to the smaller; where they are equal each gets half.

    Example: `%r = dlc.min %a, %b : tensor<4x3xf32>`
  }];
}

class DLC_LogicOp<string mnemonic, string word>
    : DLC_BinaryOp<mnemonic, DLC_BoolOrIntTensor,
                   [Commutative, DLC_NonDifferentiable]> {
  let summary = "logical (bool) or bitwise (integer) " # word;
  let description = "Example: `%r = dlc." # mnemonic # " %a, %b : tensor<4xi1>`";
}
def DLC_AndOp : DLC_LogicOp<"and", "and">;
def DLC_OrOp : DLC_LogicOp<"or", "or">;
def DLC_XorOp : DLC_LogicOp<"xor", "exclusive or">;

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

def DLC_CompareOp : DLC_PureOp<"compare", [Elementwise,
    SameOperandsAndResultShape, SameTypeOperands, DLC_NonDifferentiable]> {
  let summary = "a comparison, element by element";
  let description = [{
    Bools compare with `eq` and `ne` only. A comparison with NaN is false but
    for `ne`.

    Example: `%r = dlc.compare lt %a, %b : tensor<4xf32>`
  }];
  let arguments = (ins DLC_ComparisonAttr:$comparison,
                       DLC_Tensor:$lhs, DLC_Tensor:$rhs);
  let results = (outs DLC_BoolTensor:$result);
  let assemblyFormat =
      "custom<Bare>($comparison) $lhs `,` $rhs attr-dict `:` type($lhs)";
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
  let hasVerifier = 1;
}

def DLC_SelectOp : DLC_Op<"select", [Pure, Elementwise,
    AllTypesMatch<["on_true", "on_false", "result"]>]> {
  let summary = "condition ? a : b, element by element";
  let description = [{
    All three operands have one shape.

    Example: `%r = dlc.select %c, %a, %b : tensor<4xi1>, tensor<4xf32>`
  }];
  let arguments = (ins DLC_BoolTensor:$condition, DLC_Tensor:$on_true,
                       DLC_Tensor:$on_false);
  let results = (outs DLC_Tensor:$result);
  let assemblyFormat = [{
    $condition `,` $on_true `,` $on_false attr-dict `:` type($condition) `,`
    type($on_true)
  }];
  let hasCanonicalizer = 1;
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
  let hasVerifier = 1;
}

def DLC_CastOp : DLC_Op<"cast", [Pure, Elementwise,
                                 SameOperandsAndResultShape]> {
  let summary = "another element type";
  let description = [{
    Float to integer rounds towards zero and saturates, NaN gives 0; number to
    bool is `x != 0`; float to narrower float rounds to nearest even; integer
    to narrower integer wraps around.

    Example: `%r = dlc.cast %x : tensor<4xui8> to tensor<4xf32>`
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

#endif // DLCC_IR_ELEMENTWISEOPS_TD
