//===- ConstantFolding.cpp - ops on constants become constants ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/eval/ConstantFolding.h"

#include "ir/Ops.h"
#include "ir/eval/Evaluate.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc::eval {
namespace {

/// Evaluates one op on scalars of `operands`' types instead of tensors.
Tensor evaluateOnScalars(Operation *op, ArrayRef<Tensor> operands) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto scalar = RankedTensorType::get({}, type.getElementType());
  // A detached copy, whose operands stay the tensors: only its result type and
  // attributes are read.
  Operation *copy = op->clone();
  copy->getResult(0).setType(scalar);
  Tensor result = *evaluateElementwise(copy, operands);
  copy->erase();
  result.round();
  return result;
}

struct FoldUniform : RewritePattern {
  FoldUniform(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa_and_present<DLCDialect>(op->getDialect()) ||
        !op->hasTrait<OpTrait::Elementwise>() || isa<StopGradientOp>(op))
      return failure();
    SmallVector<Tensor> operands;
    for (Value operand : op->getOperands()) {
      Attribute number = getUniformValue(operand);
      if (!number)
        return failure();
      auto type = cast<RankedTensorType>(operand.getType());
      auto scalar = RankedTensorType::get({}, type.getElementType());
      operands.emplace_back(DenseElementsAttr::get(scalar, number));
    }
    Tensor result = evaluateOnScalars(op, operands);
    Value constant =
        ConstantOp::create(rewriter, op->getLoc(), result.toAttribute());
    if (constant.getType() == op->getResult(0).getType())
      rewriter.replaceOp(op, constant);
    else
      rewriter.replaceOpWithNewOp<BroadcastOp>(op, op->getResult(0).getType(),
                                               constant, ArrayRef<int64_t>{});
    return success();
  }
};

struct FoldConstant : RewritePattern {
  FoldConstant(MLIRContext *context, int64_t maxElements)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context),
        maxElements(maxElements) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa_and_present<DLCDialect>(op->getDialect()) || !isPure(op) ||
        op->getNumOperands() == 0 || op->getNumResults() != 1 ||
        isa<BroadcastOp, RandomOp, StopGradientOp>(op))
      return failure();
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    if (type.getEncoding() || type.getNumElements() > maxElements)
      return failure();
    SmallVector<Tensor> operands;
    for (Value operand : op->getOperands()) {
      DenseElementsAttr constant = getElements(operand);
      if (!constant)
        return failure();
      operands.emplace_back(constant);
    }
    auto result = evaluate(op, operands, Rows());
    if (!result)
      return rewriter.notifyMatchFailure(op, "the oracle does not know it");
    result->round();
    rewriter.replaceOpWithNewOp<ConstantOp>(op, result->toAttribute());
    return success();
  }

  /// The elements, where they are known and few.
  DenseElementsAttr getElements(Value value) const {
    DenseElementsAttr constant;
    if (matchPattern(value, m_Constant(&constant)))
      return constant;
    auto type = cast<RankedTensorType>(value.getType());
    Attribute number = getUniformValue(value);
    if (!number || type.getEncoding() || type.getNumElements() > maxElements)
      return {};
    return DenseElementsAttr::get(type, number);
  }

  int64_t maxElements;
};

} // namespace

void populateConstantFoldingPatterns(RewritePatternSet &patterns,
                                     int64_t maxElements) {
  patterns.add<FoldUniform>(patterns.getContext());
  patterns.add<FoldConstant>(patterns.getContext(), maxElements);
}

} // namespace dlcc::eval
