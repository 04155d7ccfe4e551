//===- ReductionOps.cpp - verifiers and types of reductions ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/TypeInference.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         ReduceOp::Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  return infer(loc, "reduce", inferReduce(getDims(type), adaptor.getAxes()),
               type, types);
}

LogicalResult ArgReduceOp::inferReturnTypes(MLIRContext *context,
                                            std::optional<Location> loc,
                                            ArgReduceOp::Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  return infer(loc, "arg_reduce",
               inferReduce(getDims(type), int64_t(adaptor.getAxis())),
               type.clone(IntegerType::get(context, 32)), types);
}

LogicalResult ArgReduceOp::verify() {
  if (getKind() != ReduceKind::Max && getKind() != ReduceKind::Min)
    return emitOpError("finds max or min only");
  if (getOperand().getType().getDimSize(getAxis()) == 0)
    return emitOpError("finds nothing along an empty axis");
  return success();
}

LogicalResult ContractOp::inferReturnTypes(MLIRContext *context,
                                           std::optional<Location> loc,
                                           ContractOp::Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  auto lhs = cast<RankedTensorType>(adaptor.getLhs().getType());
  auto rhs = cast<RankedTensorType>(adaptor.getRhs().getType());
  return infer(loc, "contract",
               inferContract(getDims(lhs), getDims(rhs), adaptor.getLhsBatch(),
                             adaptor.getRhsBatch(), adaptor.getLhsContract(),
                             adaptor.getRhsContract()),
               lhs, types);
}

LogicalResult ContractOp::verify() {
  if (getElementTypeOrSelf(getLhs()) != getElementTypeOrSelf(getRhs()))
    return emitOpError("multiplies different element types");
  return success();
}
