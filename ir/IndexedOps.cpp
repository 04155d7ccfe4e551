//===- IndexedOps.cpp - verifiers and types of ops along an axis ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/TypeInference.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

LogicalResult GatherOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         GatherOp::Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  auto index = cast<RankedTensorType>(adaptor.getIndex().getType());
  return infer(loc, "gather",
               inferGather(getDims(type), getDims(index), adaptor.getAxis(),
                           adaptor.getBatch()),
               type, types);
}

LogicalResult ScatterAddOp::verify() {
  auto values = getValues().getType();
  if (values.getElementType() != getType().getElementType())
    return emitOpError("changes the element type");
  llvm::Expected<Dims> taken = inferGather(
      getDims(getType()), getDims(getIndex().getType()), getAxis(), getBatch());
  if (!taken)
    return report(*this, taken.takeError());
  if (*taken != getDims(values))
    return emitOpError("wants values of ")
           << toString(*taken) << ", not " << toString(getDims(values));
  return success();
}

/// What is ordered or summed one after the other along an axis must all be
/// there.
static LogicalResult checkAxis(Operation *op, RankedTensorType type,
                               int64_t axis) {
  if (axis < 0 || axis >= type.getRank())
    return op->emitOpError("axis ")
           << axis << " is outside a tensor of rank " << type.getRank();
  Dim dim = getDims(type)[axis];
  if (!dim.name.empty())
    return op->emitOpError("cannot go along ") << toString(dim);
  return success();
}

LogicalResult RankOp::inferReturnTypes(MLIRContext *context,
                                       std::optional<Location> loc,
                                       RankOp::Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  types.push_back(type.clone(IntegerType::get(context, 32)));
  return success();
}

LogicalResult RankOp::verify() {
  if (int64_t(getLimit()) < 1)
    return emitOpError("limit is at least 1");
  return checkAxis(*this, getOperand().getType(), getAxis());
}

LogicalResult CumulativeOp::verify() {
  return checkAxis(*this, getType(), getAxis());
}
