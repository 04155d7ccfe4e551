//===- ModelOps.td - variables, random numbers, updates, kernels ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_MODELOPS_TD
#define DLCC_IR_MODELOPS_TD

include "ir/OpBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

def DLC_VariableOp : DLC_Op<"variable", [Symbol]> {
  let summary = "a tensor that outlives a step";
  let description = [{
    `parameter` and `buffer` live with the weights and stand in weights files,
    `slot` is the optimizer's, `state` the stream's, `control` is written by
    the runtime before a call. The symbol is the name users see
    (`dense.weight`). Parameters with `trainable` may be minimized over.

    The control variables are always the same (see `include/dlcc/abi.h`):
    `$rows`, `$step`, `$steps_per_epoch`, `$seed` (tensor<i64>) and
    `$learning_rate_scale` (tensor<f32>).

    Example: `dlc.variable parameter @dense.weight : tensor<10x784xf32>
    {trainable}`
  }];
  let arguments = (ins DLC_VariableKindAttr:$kind, SymbolNameAttr:$sym_name,
                       TypeAttr:$type, UnitAttr:$trainable);
  let assemblyFormat =
      "custom<Bare>($kind) $sym_name `:` $type attr-dict";
  let hasVerifier = 1;
}

def DLC_ReadOp : DLC_Op<"read", [DLC_NonDifferentiable,
    MemoryEffects<[MemRead]>,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a variable's value at the start of the call";
  let description = [{
    All reads of a function stand before its writes and see the values from
    before the call.

    Example: `%w = dlc.read @dense.weight : tensor<10x784xf32>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable);
  let results = (outs DLC_Tensor:$result);
  let assemblyFormat = "$variable attr-dict `:` type($result)";
}

def DLC_WriteOp : DLC_Op<"write", [DLC_NonDifferentiable,
    MemoryEffects<[MemWrite]>,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "store a variable's new value at the end of the call";
  let description = [{
    At most one write of a variable in a function; the frontend chains several
    stores of the text into one value.

    Example: `dlc.write @dense.weight, %v : tensor<10x784xf32>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable, DLC_Tensor:$value);
  let assemblyFormat = "$variable `,` $value attr-dict `:` type($value)";
}

//===----------------------------------------------------------------------===//
// Training
//===----------------------------------------------------------------------===//

class DLC_UpdateRule<string mnemonic, list<Trait> traits = []>
    : DLC_Op<mnemonic, traits>;

def DLC_MinimizeOp : DLC_UpdateRule<"minimize", [DLC_NonDifferentiable]> {
  let summary = "train parameters so that the scalar loss falls";
  let description = [{
    The frontend's whole wish: autodiff replaces it by one `dlc.update` for
    each parameter. `names` and `values` are the hyper-parameters, scalars of
    any expression; those an optimizer knows stand in `passes/Optimizers.h`.
    Parameters of different groups (other rate, other decay) stand in several
    `minimize` ops of one loss.

    Example: `dlc.minimize %loss, sgd [@dense.weight, @dense.bias]
    ["learning_rate", "momentum"] (%lr, %m) : tensor<f32>, (tensor<f32>,
    tensor<f32>)`
  }];
  let arguments = (ins DLC_FloatScalar:$loss, DLC_OptimizerAttr:$optimizer,
                       FlatSymbolRefArrayAttr:$parameters, StrArrayAttr:$names,
                       Variadic<DLC_FloatScalar>:$values, UnitAttr:$nesterov);
  let assemblyFormat = [{
    $loss `,` custom<Bare>($optimizer) $parameters $names `(` $values `)`
    attr-dict `:` type($loss) (`,` `(` type($values)^ `)`)?
  }];
  let hasVerifier = 1;
}

def DLC_UpdateOp : DLC_UpdateRule<"update", [DLC_NonDifferentiable]> {
  let summary = "one optimizer step for one parameter";
  let description = [{
    Expanded by BuildTrainStep into elementwise ops, slots and writes.

    Example: `dlc.update @dense.bias, %g, sgd ["learning_rate"] (%lr) :
    tensor<10xf32>, (tensor<f32>)`
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable, DLC_FloatTensor:$gradient,
                       DLC_OptimizerAttr:$optimizer, StrArrayAttr:$names,
                       Variadic<DLC_FloatScalar>:$values, UnitAttr:$nesterov);
  let assemblyFormat = [{
    $variable `,` $gradient `,` custom<Bare>($optimizer) $names `(` $values `)`
    attr-dict `:` type($gradient) (`,` `(` type($values)^ `)`)?
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//

def DLC_RandomOp : DLC_Op<"random", [Pure, DLC_NonDifferentiable]> {
  let summary = "counter-based random numbers";
  let description = [{
    Element `i` (row-major) is a function of (seed, step, path, i) and of
    nothing else: Philox 4x32-10 with key (seed, path) folded to 64 bits and
    counter (i, step), see `ir/Philox.h`. `uniform` lies in [0, 1), in f16 and
    bf16 too, `normal` is standard. `path` is the 64-bit hash of the call's path in the model.

    Reference: Salmon et al., Parallel random numbers: as easy as 1, 2, 3
    (SC 2011).

    Example: `%r = dlc.random normal(%seed, %step) path 42 :
    tensor<i64>, tensor<i64> -> tensor<4x3xf32>`
  }];
  let arguments = (ins DLC_DistributionAttr:$distribution,
                       DLC_Int64Scalar:$seed, DLC_Int64Scalar:$step,
                       I64Attr:$path);
  let results = (outs DLC_FloatTensor:$result);
  let assemblyFormat = [{
    custom<Bare>($distribution) `(` $seed `,` $step `)` `path` $path attr-dict
    `:` type($seed) `,` type($step) `->` type($result)
  }];
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

def DLC_KernelOp : DLC_Op<"kernel", [IsolatedFromAbove, DLC_NonDifferentiable,
    SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "ops that become one kernel";
  let description = [{
    Made by FuseOps; the outliner turns it into one private function. The
    name comes from the model's source and is unique in the module.

    Example:
    ```mlir
    %r = dlc.kernel "dense.relu"(%x as %a : tensor<4xf32>) -> tensor<4xf32> {
      %0 = dlc.neg %a : tensor<4xf32>
      dlc.yield %0 : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, Variadic<DLC_Tensor>:$inputs);
  let results = (outs Variadic<DLC_Tensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def DLC_YieldOp : DLC_Op<"yield", [Pure, Terminator, ReturnLike,
    DLC_NonDifferentiable, ParentOneOf<["KernelOp", "CustomGradientOp", "ScanOp"]>]> {
  let summary = "the results of a kernel or a scan's step, or a custom gradient";
  let description = "Example: `dlc.yield %0 : tensor<4xf32>`";
  let arguments = (ins Variadic<DLC_Tensor>:$operands);
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, {}); }]>];
  let assemblyFormat = "attr-dict ($operands^ `:` type($operands))?";
}

#endif // DLCC_IR_MODELOPS_TD
