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
    `$rows`, `$step`, `$steps_per_epoch`, `$seed`, `$first_row` (tensor<i64>)
    and `$learning_rate_scale` (tensor<f32>). `sum` is what the parts of a batch
    add up (`dlc.parts`); it lives in a call.

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
    `first`, where it is given, is added to i, which is then the element's
    index in a tensor of the shape `whole`: so the rows of a part of the batch
    get the numbers that they have in the whole.

    Reference: Salmon et al., Parallel random numbers: as easy as 1, 2, 3
    (SC 2011).

    Example: `%r = dlc.random normal(%seed, %step) path 42 :
    tensor<i64>, tensor<i64> -> tensor<4x3xf32>`
  }];
  let arguments = (ins DLC_DistributionAttr:$distribution,
                       DLC_Int64Scalar:$seed, DLC_Int64Scalar:$step,
                       Optional<DLC_Int64Scalar>:$first, I64Attr:$path,
                       OptionalAttr<DenseI64ArrayAttr>:$whole);
  let results = (outs DLC_FloatTensor:$result);
  let builders = [OpBuilder<(ins "::mlir::Type":$result,
      "Distribution":$distribution, "::mlir::Value":$seed,
      "::mlir::Value":$step, "int64_t":$path), [{
    build($_builder, $_state, result, distribution, seed, step,
          /*first=*/::mlir::Value(), path, /*whole=*/nullptr);
  }]>];
  let assemblyFormat = [{
    custom<Bare>($distribution) `(` $seed `,` $step (`,` $first^)? `)` `path`
    $path (`whole` $whole^)? attr-dict `:` type($seed) `,` type($step)
    (`,` type($first)^)? `->` type($result)
  }];
  let extraClassDeclaration = [{
    /// The shape in which elements are counted.
    ::llvm::ArrayRef<int64_t> getCountedShape() {
      return getWhole() ? *getWhole() : getResult().getType().getShape();
    }
  }];
}

//===----------------------------------------------------------------------===//
// Parts of a batch
//===----------------------------------------------------------------------===//

def DLC_PartsOp : DLC_Op<"parts", [DLC_NonDifferentiable,
    MemoryEffects<[MemRead]>,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a function run for one part of the batch after the other";
  let description = [{
    Made by SplitBatch. The rows are gone through in `count` equal parts, of
    which those without a row are left out. Where an argument of the function
    `part` has fewer rows than the operand it gets the part's rows, else the
    operand. The function's results are the part's rows of the first results;
    the others are the `sums`, variables that the function reads and writes,
    after the last part. `$first_row` tells how many rows came before a part;
    where it is 0 the sums hold nothing yet.

    Example: `%y, %s = dlc.parts @train_step.part 4(%x) sums [@sum] :
    (tensor<64x9xf32>) -> (tensor<64x9xf32>, tensor<9xf32>)`
  }];
  let arguments = (ins FlatSymbolRefAttr:$part, I64Attr:$count,
                       Variadic<DLC_Tensor>:$inputs,
                       FlatSymbolRefArrayAttr:$sums);
  let results = (outs Variadic<DLC_Tensor>:$results);
  let assemblyFormat = [{
    $part $count `(` $inputs `)` `sums` $sums attr-dict `:`
    functional-type($inputs, $results)
  }];
  let extraClassDeclaration = [{
    /// What the parts make row by row, and what they add up.
    ::mlir::ResultRange getRowResults() {
      return getResults().drop_back(getSums().size());
    }
    ::mlir::ResultRange getSumResults() {
      return getResults().take_back(getSums().size());
    }
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
