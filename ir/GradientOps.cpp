//===- GradientOps.cpp - gradients that are asked for and that are given --===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"

using namespace mlir;
using namespace dlcc::dlc;

LogicalResult GradientOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location>,
                                           GradientOp::Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  llvm::append_range(types, adaptor.getOf().getTypes());
  return success();
}

LogicalResult
CustomGradientOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                   CustomGradientOp::Adaptor adaptor,
                                   SmallVectorImpl<Type> &types) {
  llvm::append_range(types, adaptor.getValues().getTypes());
  return success();
}

LogicalResult CustomGradientOp::verify() {
  Block &block = getBody().front();
  if (block.getArgumentTypes() != getResultTypes())
    return emitOpError("has body arguments that do not fit its results");
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getOperandTypes() != getArguments().getTypes())
    return emitOpError("does not yield a gradient for each argument");
  return success();
}
