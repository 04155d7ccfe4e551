//===- Interfaces.td - what passes may ask of an op -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_INTERFACES_TD
#define DLCC_IR_INTERFACES_TD

include "mlir/IR/OpBase.td"

def DLC_Differentiable : OpInterface<"Differentiable"> {
  let cppNamespace = "::dlcc::dlc";
  let description = [{
    An op that can build its own gradient. The rules stand in
    `passes/autodiff` as external models, one for each op, so that `ir` holds
    no algorithm. An op has a rule or the trait `NonDifferentiable`.
  }];
  let methods = [
    InterfaceMethod<[{
      Builds the gradients of the operands, given one gradient for each result
      (null where a result has none). `wanted[i]` says whether operand i needs
      one; the rule writes `operandGradients[i]` for those, of the operand's
      type, or leaves it null where the gradient is zero everywhere. Fails with
      a diagnostic where an op inside has no gradient.
    }], "::llvm::LogicalResult", "buildGradient",
      (ins "::mlir::OpBuilder &":$builder,
           "::mlir::ValueRange":$resultGradients,
           "::llvm::ArrayRef<bool>":$wanted,
           "::llvm::MutableArrayRef<::mlir::Value>":$operandGradients)>
  ];
}

/// An op through which no gradient flows by definition (comparisons, integer
/// results, stop_gradient): its gradient is zero or undefined, and autodiff
/// stops there without complaint.
def DLC_NonDifferentiable : NativeOpTrait<"NonDifferentiable"> {
  let cppNamespace = "::dlcc::dlc";
}

#endif // DLCC_IR_INTERFACES_TD
