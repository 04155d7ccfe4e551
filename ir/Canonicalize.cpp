//===- Canonicalize.cpp - canonical forms of single dlc ops ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rewrites that make a new op. Every element keeps its bits, but for `pow`,
// whose cheaper forms are as accurate.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace dlcc::dlc;

/// A tensor of this type, `number` everywhere.
static Value createUniform(OpBuilder &builder, Location loc,
                           RankedTensorType type, double number) {
  auto scalar = RankedTensorType::get({}, type.getElementType());
  auto value = DenseElementsAttr::get(
      scalar, builder.getFloatAttr(type.getElementType(), number));
  Value constant = ConstantOp::create(builder, loc, value);
  return BroadcastOp::create(builder, loc, type, constant, ArrayRef<int64_t>{});
}

/// pow(x, c) for the exponents that have a cheaper form.
static LogicalResult expandPow(PowOp op, PatternRewriter &rewriter) {
  auto exponent = dyn_cast_if_present<FloatAttr>(getUniformValue(op.getRhs()));
  if (!exponent)
    return rewriter.notifyMatchFailure(op, "exponent is no known number");
  Location loc = op.getLoc();
  Value x = op.getLhs();
  double number = exponent.getValueAsDouble();
  if (number == 0.5) {
    rewriter.replaceOpWithNewOp<SqrtOp>(op, x);
  } else if (number == -0.5) {
    rewriter.replaceOpWithNewOp<RsqrtOp>(op, x);
  } else if (number == 2) {
    rewriter.replaceOpWithNewOp<MulOp>(op, x, x);
  } else if (number == 3) {
    Value square = MulOp::create(rewriter, loc, x, x);
    rewriter.replaceOpWithNewOp<MulOp>(op, square, x);
  } else if (number == -1) {
    Value one = createUniform(rewriter, loc, op.getType(), 1);
    rewriter.replaceOpWithNewOp<DivOp>(op, one, x);
  } else {
    return rewriter.notifyMatchFailure(op, "exponent has no cheaper form");
  }
  return success();
}

void PowOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                        MLIRContext *) {
  patterns.add(expandPow);
}

/// broadcast(broadcast(x)) -> broadcast(x)
static LogicalResult mergeBroadcasts(BroadcastOp op,
                                     PatternRewriter &rewriter) {
  auto inner = op.getOperand().getDefiningOp<BroadcastOp>();
  if (!inner)
    return failure();
  auto axes = llvm::map_to_vector(
      inner.getAxes(), [&](int64_t axis) { return op.getAxes()[axis]; });
  rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), inner.getOperand(),
                                           axes);
  return success();
}

void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *) {
  patterns.add(mergeBroadcasts);
}

/// reshape(reshape(x)) -> reshape(x)
static LogicalResult mergeReshapes(ReshapeOp op, PatternRewriter &rewriter) {
  auto inner = op.getOperand().getDefiningOp<ReshapeOp>();
  if (!inner)
    return failure();
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), inner.getOperand());
  return success();
}

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *) {
  patterns.add(mergeReshapes);
}

/// transpose(transpose(x, p), q) -> transpose(x, p . q)
static LogicalResult mergeTransposes(TransposeOp op,
                                     PatternRewriter &rewriter) {
  auto inner = op.getOperand().getDefiningOp<TransposeOp>();
  if (!inner)
    return failure();
  auto permutation =
      llvm::map_to_vector(op.getPermutation(), [&](int64_t axis) {
        return inner.getPermutation()[axis];
      });
  rewriter.replaceOpWithNewOp<TransposeOp>(op, inner.getOperand(), permutation);
  return success();
}

/// transpose(broadcast(x)) -> broadcast(x), unless dims of x would cross.
static LogicalResult absorbBroadcast(TransposeOp op,
                                     PatternRewriter &rewriter) {
  auto broadcast = op.getOperand().getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return failure();
  SmallVector<int64_t> axes;
  for (int64_t axis : broadcast.getAxes())
    axes.push_back(llvm::find(op.getPermutation(), axis) -
                   op.getPermutation().begin());
  if (!llvm::is_sorted(axes))
    return rewriter.notifyMatchFailure(op, "dims of the operand cross");
  rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(),
                                           broadcast.getOperand(), axes);
  return success();
}

void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *) {
  patterns.add(mergeTransposes);
  patterns.add(absorbBroadcast);
}

/// Whether every value of type `from` is a value of type `to`.
static bool isExact(Type from, Type to) {
  if (from == to || from.isInteger(1))
    return true;
  auto fromFloat = dyn_cast<FloatType>(from), toFloat = dyn_cast<FloatType>(to);
  if (fromFloat)
    return toFloat &&
           llvm::APFloat::isRepresentableBy(fromFloat.getFloatSemantics(),
                                            toFloat.getFloatSemantics());
  bool isUnsigned = from.isUnsignedInteger();
  unsigned digits = from.getIntOrFloatBitWidth() - (isUnsigned ? 0 : 1);
  if (toFloat)
    return digits <= toFloat.getFPMantissaWidth();
  bool toUnsigned = to.isUnsignedInteger();
  return digits <= to.getIntOrFloatBitWidth() - (toUnsigned ? 0 : 1) &&
         (isUnsigned || !toUnsigned);
}

/// cast(cast(x)) -> cast(x) where the inner cast loses nothing.
static LogicalResult mergeCasts(CastOp op, PatternRewriter &rewriter) {
  auto inner = op.getOperand().getDefiningOp<CastOp>();
  if (!inner)
    return failure();
  Type from = inner.getOperand().getType().getElementType();
  Type via = inner.getType().getElementType();
  Type to = op.getType().getElementType();
  if (!isExact(from, via))
    return rewriter.notifyMatchFailure(op, "the inner cast rounds");
  // Integers wrap around where floats saturate.
  if (!isa<FloatType>(from) && isa<FloatType>(via) && !isa<FloatType>(to) &&
      !to.isInteger(1) && !isExact(from, to))
    return rewriter.notifyMatchFailure(op, "the outer cast saturates");
  rewriter.replaceOpWithNewOp<CastOp>(op, op.getType(), inner.getOperand());
  return success();
}

void CastOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *) {
  patterns.add(mergeCasts);
}

/// select(not c, a, b) -> select(c, b, a)
static LogicalResult absorbNot(SelectOp op, PatternRewriter &rewriter) {
  auto negation = op.getCondition().getDefiningOp<NotOp>();
  if (!negation)
    return failure();
  rewriter.replaceOpWithNewOp<SelectOp>(op, negation.getOperand(),
                                        op.getOnFalse(), op.getOnTrue());
  return success();
}

void SelectOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *) {
  patterns.add(absorbNot);
}
