//===- GivenRules.cpp - gradients that the model gives itself -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/IRMapping.h"
#include "passes/autodiff/Rules.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

namespace {
/// The op's body, copied to where the backward pass is built. What it uses of
/// the forward pass stays what it is, so a second derivative sees through it.
struct GivenGradient
    : Differentiable::ExternalModel<GivenGradient, CustomGradientOp> {
  LogicalResult buildGradient(Operation *op, OpBuilder &builder,
                              ValueRange resultGradients, ArrayRef<bool> wanted,
                              MutableArrayRef<Value> gradients) const {
    auto custom = cast<CustomGradientOp>(op);
    Block &body = custom.getBody().front();
    ExpressionBuilder build(builder, withPhase(op->getLoc(), kBackwardPhase));
    IRMapping copied;
    for (auto [argument, gradient] :
         llvm::zip_equal(body.getArguments(), resultGradients))
      copied.map(argument,
                 gradient ? gradient : build.constant(argument.getType(), 0));
    for (Operation &inner : body.without_terminator()) {
      Operation *copy = builder.clone(inner, copied);
      copy->setLoc(withPhase(inner.getLoc(), kBackwardPhase));
    }
    unsigned first = custom.getValues().size();
    for (auto [i, value] : llvm::enumerate(body.getTerminator()->getOperands()))
      if (wanted[first + i])
        gradients[first + i] = copied.lookupOrDefault(value);
    return success();
  }
};
} // namespace

void attachGivenRules(MLIRContext *context) {
  CustomGradientOp::attachInterface<GivenGradient>(*context);
}

} // namespace dlcc
