//===- ElementwiseOps.cpp - verifiers and types of elementwise ops --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace dlcc::dlc;

LogicalResult CompareOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location>,
                                          CompareOp::Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  auto operand = cast<RankedTensorType>(adaptor.getLhs().getType());
  types.push_back(operand.clone(IntegerType::get(context, 1)));
  return success();
}

LogicalResult CompareOp::verify() {
  bool ordered =
      getComparison() != Comparison::EQ && getComparison() != Comparison::NE;
  if (ordered && getElementTypeOrSelf(getLhs()).isInteger(1))
    return emitOpError("orders bools, which compare with eq and ne only");
  return success();
}

LogicalResult SelectOp::verify() {
  auto condition = getCondition().getType();
  if (condition != getType().clone(condition.getElementType()))
    return emitOpError("condition of type ")
           << condition << " does not fit values of type " << getType();
  return success();
}

LogicalResult CastOp::verify() {
  if (getOperand().getType().getEncoding() != getType().getEncoding())
    return emitOpError("changes the names of dimensions");
  return success();
}
