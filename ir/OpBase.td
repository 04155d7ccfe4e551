//===- OpBase.td - types and base classes of the dlc ops ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_OPBASE_TD
#define DLCC_IR_OPBASE_TD

include "ir/Dialect.td"
include "ir/Interfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def DLC_Bool : TypeAlias<I1, "bool">;
def DLC_Int : AnyTypeOf<[I8, I16, I32, I64, UI8, UI16, UI32, UI64], "integer">;
def DLC_Float : AnyTypeOf<[F16, BF16, F32, F64], "float">;
def DLC_Number : AnyTypeOf<[DLC_Int, DLC_Float], "integer or float">;
def DLC_Element : AnyTypeOf<[DLC_Bool, DLC_Number], "bool, integer or float">;

def DLC_Tensor : StaticShapeTensorOf<[DLC_Element]>;
def DLC_FloatTensor : StaticShapeTensorOf<[DLC_Float]>;
def DLC_NumberTensor : StaticShapeTensorOf<[DLC_Number]>;
def DLC_BoolTensor : StaticShapeTensorOf<[DLC_Bool]>;
def DLC_BoolOrIntTensor : StaticShapeTensorOf<[DLC_Bool, DLC_Int]>;
def DLC_Int32Tensor : StaticShapeTensorOf<[I32]>;
def DLC_IndexTensor : StaticShapeTensorOf<[I32, I64]>;
def DLC_Int64Scalar : 0DTensorOf<[I64]>;
def DLC_FloatScalar : 0DTensorOf<[DLC_Float]>;

class DLC_Op<string mnemonic, list<Trait> traits = []>
    : Op<DLC_Dialect, mnemonic, traits> {
  /// Body of `fold` for ops that fold by one rule for all (ir/Fold.cpp).
  code foldBody = [{
    ::mlir::OpFoldResult $cppClass::fold(FoldAdaptor adaptor) {
      return ::dlcc::dlc::foldOp(*this);
    }
  }];
}

/// A pure tensor op whose result type follows from operands and attributes.
class DLC_PureOp<string mnemonic, list<Trait> traits = []>
    : DLC_Op<mnemonic, !listconcat(traits,
          [Pure, InferTypeOpAdaptor])>;

/// A pure op whose result has the type of its (first) operand.
class DLC_UnaryOp<string mnemonic, Type operand, list<Trait> traits = []>
    : DLC_Op<mnemonic, !listconcat(traits,
          [Pure, Elementwise, SameOperandsAndResultType])> {
  let arguments = (ins operand:$operand);
  let results = (outs operand:$result);
  let assemblyFormat = "$operand attr-dict `:` type($result)";
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
}

/// Both operands have one shape and one type; the names of the result's
/// dimensions are those of the first operand.
class DLC_BinaryOp<string mnemonic, Type operand, list<Trait> traits = []>
    : DLC_Op<mnemonic, !listconcat(traits,
          [Pure, Elementwise, SameOperandsAndResultType])> {
  let arguments = (ins operand:$lhs, operand:$rhs);
  let results = (outs operand:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
  let hasFolder = 1;
  let extraClassDefinition = foldBody;
}

#endif // DLCC_IR_OPBASE_TD
