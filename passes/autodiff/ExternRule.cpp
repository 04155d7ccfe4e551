//===- ExternRule.cpp - gradients that C functions compute ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/TypeUtilities.h"
#include "passes/autodiff/Rules.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

static bool isFloat(Value value) {
  return isa<FloatType>(getElementTypeOrSelf(value.getType()));
}

namespace {
/// Calls the function that the op names for its gradient. That computes the
/// gradients of all float inputs, wanted or not.
struct ExternGradient
    : Differentiable::ExternalModel<ExternGradient, ExternOp> {
  LogicalResult buildGradient(Operation *op, OpBuilder &builder,
                              ValueRange resultGradients, ArrayRef<bool> wanted,
                              MutableArrayRef<Value> gradients) const {
    auto call = cast<ExternOp>(op);
    if (!call.getGradient())
      return emitError(withoutPhase(op->getLoc()))
             << "the C function '" << call.getSymbol()
             << "' has no gradient, but training needs one here; declare it "
                "with 'gradient', or hold the gradient with stop_gradient";
    Location loc = withPhase(op->getLoc(), kBackwardPhase);
    ExpressionBuilder build(builder, loc);
    SmallVector<Value> inputs(call.getInputs());
    for (auto [output, gradient] :
         llvm::zip_equal(call.getOutputs(), resultGradients))
      inputs.push_back(gradient ? gradient
                                : build.constant(output.getType(), 0));
    SmallVector<unsigned> floats;
    SmallVector<Type> types;
    for (auto [i, input] : llvm::enumerate(call.getInputs()))
      if (isFloat(input)) {
        floats.push_back(i);
        types.push_back(input.getType());
      }
    auto backward =
        ExternOp::create(builder, loc, types, call.getGradientAttr(),
                         /*gradient=*/StringAttr(), inputs, call.getDimsAttr());
    for (auto [i, gradient] : llvm::zip_equal(floats, backward.getOutputs()))
      if (wanted[i])
        gradients[i] = gradient;
    return success();
  }
};
} // namespace

void attachExternRule(MLIRContext *context) {
  ExternOp::attachInterface<ExternGradient>(*context);
}

} // namespace dlcc
