//===- Dialect.td - the dlc dialect, its attributes and enums -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_DIALECT_TD
#define DLCC_IR_DIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/TensorEncoding.td"

def DLC_Dialect : Dialect {
  let name = "dlc";
  let summary = "Deep-learning models as tensor programs";
  let description = [{
    The dialect in which every frontend writes a model and on which the graph
    passes work. Ops are few and orthogonal: elementwise arithmetic,
    contractions, reductions, movement of elements, random numbers, and the
    variables that a training step reads and writes. All shapes are static;
    the names of dimensions ride along in a `#dlc.dims` encoding.
  }];
  let cppNamespace = "::dlcc::dlc";
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::func::FuncDialect"];
  let hasConstantMaterializer = 1;
}

class DLC_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<DLC_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

def DLC_DimsAttr : DLC_Attr<"Dims", "dims", [
    DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "the names of a tensor's dimensions";
  let description = [{
    The encoding of a tensor type: one string for each dimension, empty for a
    plain number. Frontends name the dimensions that hold `batch` (the others
    are numbers once the model is bound): `batch`, or `batch*12` where other
    factors were merged behind it, so that `rows` given rows fill the first
    `rows * 12` indices. No op merges `batch` behind another dimension, where
    fewer rows would leave gaps. A tensor without named dimensions has no encoding.

    Example: `tensor<64x784xf32, #dlc.dims<"batch", "">>`.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::StringAttr">:$names);
  let assemblyFormat = "`<` $names `>`";
}

def DLC_TargetAttr : DLC_Attr<"Target", "target"> {
  let summary = "the numbers that graph passes may ask of a target";
  let description = [{
    Stands on the module as `dlc.target`. Passes before the hand-over read
    these numbers and never the target's name; `codegen` reads all of it.
    Sizes are in bytes. `threads` is the default number of threads and never
    changes a result.

    Example:
    `#dlc.target<kind = "cpu", triple = "x86_64-unknown-linux-gnu",
      cpu = "znver4", features = "+avx512f", vector_bytes = 64,
      registers = 32, alignment = 64, l1_bytes = 32768, l2_bytes = 1048576,
      l3_bytes = 33554432>`
  }];
  let parameters = (ins
    StringRefParameter<"cpu or cuda">:$kind,
    StringRefParameter<"LLVM target triple">:$triple,
    StringRefParameter<"LLVM processor name">:$cpu,
    StringRefParameter<"LLVM feature string">:$features,
    "int64_t":$vector_bytes, "int64_t":$registers, "int64_t":$alignment,
    "int64_t":$l1_bytes, "int64_t":$l2_bytes, "int64_t":$l3_bytes);
  let assemblyFormat = "`<` struct(params) `>`";
}

//===----------------------------------------------------------------------===//
// Enums
//===----------------------------------------------------------------------===//

class DLC_Enum<string name, string summary,
               list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::dlcc::dlc";
  let genSpecializedAttr = 0;
}

class DLC_EnumAttr<EnumAttrInfo info, string mnemonic>
    : EnumAttr<DLC_Dialect, info, mnemonic> {
  let assemblyFormat = "`<` $value `>`";
}

def DLC_VariableKind : DLC_Enum<"VariableKind",
    "where a variable lives and who may write it", [
  I32EnumAttrCase<"Parameter", 0, "parameter">,
  I32EnumAttrCase<"Buffer", 1, "buffer">,
  I32EnumAttrCase<"Slot", 2, "slot">,
  I32EnumAttrCase<"State", 3, "state">,
  I32EnumAttrCase<"Control", 4, "control">,
  I32EnumAttrCase<"Sum", 5, "sum">]>;
def DLC_VariableKindAttr : DLC_EnumAttr<DLC_VariableKind, "kind">;

def DLC_ReduceKind : DLC_Enum<"ReduceKind", "how to combine", [
  I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Prod", 1, "prod">,
  I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Min", 3, "min">]>;
def DLC_ReduceKindAttr : DLC_EnumAttr<DLC_ReduceKind, "reduction">;

def DLC_Comparison : DLC_Enum<"Comparison", "a comparison", [
  I32EnumAttrCase<"EQ", 0, "eq">, I32EnumAttrCase<"NE", 1, "ne">,
  I32EnumAttrCase<"LT", 2, "lt">, I32EnumAttrCase<"LE", 3, "le">,
  I32EnumAttrCase<"GT", 4, "gt">, I32EnumAttrCase<"GE", 5, "ge">]>;
def DLC_ComparisonAttr : DLC_EnumAttr<DLC_Comparison, "comparison">;

def DLC_Distribution : DLC_Enum<"Distribution",
    "a distribution of random numbers", [
  I32EnumAttrCase<"Uniform", 0, "uniform">,
  I32EnumAttrCase<"Normal", 1, "normal">]>;
def DLC_DistributionAttr : DLC_EnumAttr<DLC_Distribution, "distribution">;

def DLC_Optimizer : DLC_Enum<"Optimizer", "an update rule", [
  I32EnumAttrCase<"SGD", 0, "sgd">, I32EnumAttrCase<"Adam", 1, "adam">,
  I32EnumAttrCase<"AdamW", 2, "adamw">,
  I32EnumAttrCase<"RMSProp", 3, "rmsprop">,
  I32EnumAttrCase<"AdaGrad", 4, "adagrad">,
  I32EnumAttrCase<"AdaDelta", 5, "adadelta">,
  I32EnumAttrCase<"LAMB", 6, "lamb">]>;
def DLC_OptimizerAttr : DLC_EnumAttr<DLC_Optimizer, "optimizer">;

#endif // DLCC_IR_DIALECT_TD
