//===- ShapeOps.cpp - verifiers and types of ops that move elements -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/TypeInference.h"
#include "mlir/IR/TypeUtilities.h"

#include <numeric>

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

LogicalResult IotaOp::verify() {
  if (int64_t(getAxis()) < 0 || int64_t(getAxis()) >= getType().getRank())
    return emitOpError("axis ")
           << int64_t(getAxis()) << " is outside a tensor of rank "
           << getType().getRank();
  return success();
}

LogicalResult BroadcastOp::verify() {
  auto operand = getOperand().getType();
  if (operand.getElementType() != getType().getElementType())
    return emitOpError("changes the element type");
  return report(
      *this, checkBroadcast(getDims(operand), getAxes(), getDims(getType())));
}

LogicalResult ReshapeOp::verify() {
  auto operand = getOperand().getType();
  if (operand.getElementType() != getType().getElementType())
    return emitOpError("changes the element type");
  return report(*this, checkReshape(getDims(operand), getDims(getType())));
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *context,
                                            std::optional<Location> loc,
                                            TransposeOp::Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  return infer(loc, "transpose",
               inferTranspose(getDims(type), adaptor.getPermutation()), type,
               types);
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *context,
                                        std::optional<Location> loc,
                                        SliceOp::Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  return infer(loc, "slice",
               inferSlice(getDims(type), adaptor.getOffsets(),
                          adaptor.getSizes(), adaptor.getStrides()),
               type, types);
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *context,
                                      std::optional<Location> loc,
                                      PadOp::Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  return infer(loc, "pad",
               inferPad(getDims(type), adaptor.getLow(), adaptor.getHigh(),
                        adaptor.getInterior()),
               type, types);
}

LogicalResult PadOp::verify() {
  auto scalar = RankedTensorType::get({}, getType().getElementType());
  if (getValue().getType() != scalar)
    return emitOpError("pads with ")
           << getValue().getType() << ", not " << scalar;
  return success();
}

LogicalResult WindowOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         WindowOp::Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  return infer(loc, "window",
               inferWindow(getDims(type), adaptor.getAxes(), adaptor.getSizes(),
                           adaptor.getStrides(), adaptor.getDilations()),
               type, types);
}

LogicalResult UnwindowOp::verify() {
  auto operand = getOperand().getType();
  if (operand.getElementType() != getType().getElementType())
    return emitOpError("changes the element type");
  if (operand.getRank() != getType().getRank() + int64_t(getAxes().size()))
    return emitOpError("wants a dimension of the operand for each window");
  llvm::Expected<Dims> seen = inferWindow(
      getDims(getType()), getAxes(), getSizes(), getStrides(), getDilations());
  if (!seen)
    return report(*this, seen.takeError());
  if (*seen != getDims(operand))
    return emitOpError("windows on ")
           << toString(getDims(getType())) << " see " << toString(*seen)
           << ", not " << toString(getDims(operand));
  return success();
}

SmallVector<int64_t> UnwindowOp::getSteps() {
  // An element is seen by those k of a window that leave a multiple of the
  // stride between it and k * dilation.
  SmallVector<int64_t> steps;
  for (auto [size, stride, dilation] :
       llvm::zip_equal(getSizes(), getStrides(), getDilations())) {
    int64_t apart = stride / std::gcd(stride, std::abs(dilation));
    steps.push_back((size + apart - 1) / apart);
  }
  return steps;
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         ConcatOp::Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (adaptor.getOperands().empty())
    return emitOptionalError(loc, "'dlc.concat' op has no operands");
  SmallVector<Dims> dims;
  for (Value operand : adaptor.getOperands())
    dims.push_back(getDims(cast<RankedTensorType>(operand.getType())));
  return infer(loc, "concat", inferConcat(dims, adaptor.getAxis()),
               cast<RankedTensorType>(adaptor.getOperands()[0].getType()),
               types);
}

LogicalResult ConcatOp::verify() {
  for (Value operand : getOperands())
    if (getElementTypeOrSelf(operand) != getType().getElementType())
      return emitOpError("joins different element types");
  return success();
}
