//===- ShapeRules.cpp - gradients of ops that move elements ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every rule moves dy back. The last step is a reshape where names of
// dimensions were lost on the way (a slice of a named dimension, a broadcast
// of a dimension of size 1), so that the gradient has the operand's type.
//
//===----------------------------------------------------------------------===//

#include "ir/ShapeFunctions.h"
#include "passes/autodiff/Rules.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

/// The sum over the dimensions that are new or were repeated.
static void differentiate(BroadcastOp op, Value dy, GradientBuilder &g) {
  Dims from = getDims(op.getOperand().getType());
  Dims to = getDims(op.getType());
  SmallVector<bool> copied(to.size(), false);
  for (auto [dim, axis] : llvm::zip_equal(from, op.getAxes()))
    copied[axis] = dim == to[axis];
  SmallVector<int64_t> summed;
  for (auto [axis, isCopied] : llvm::enumerate(copied))
    if (!isCopied)
      summed.push_back(axis);
  g.set(0, g.reshape(g.reduce(ReduceKind::Sum, dy, summed),
                     op.getOperand().getType()));
}

static void differentiate(ReshapeOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.reshape(dy, op.getOperand().getType()));
}

static void differentiate(TransposeOp op, Value dy, GradientBuilder &g) {
  SmallVector<int64_t> inverse(op.getPermutation().size());
  for (auto [to, from] : llvm::enumerate(op.getPermutation()))
    inverse[from] = to;
  g.set(0, g.transpose(dy, inverse));
}

/// Zeros where the slice took nothing.
static void differentiate(SliceOp op, Value dy, GradientBuilder &g) {
  RankedTensorType type = op.getOperand().getType();
  SmallVector<int64_t> high, interior;
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    int64_t taken = op.getSizes()[i];
    int64_t last = op.getOffsets()[i] + (taken - 1) * op.getStrides()[i];
    high.push_back(size - 1 - last);
    interior.push_back(op.getStrides()[i] - 1);
  }
  Value zero = g.constant(RankedTensorType::get({}, type.getElementType()), 0);
  Value padded = g.create<PadOp>(dy, zero, op.getOffsets(), high, interior);
  g.set(0, g.reshape(padded, type));
}

/// dx: the elements of dy where x went; dvalue: the sum of all others.
static void differentiate(PadOp op, Value dy, GradientBuilder &g) {
  RankedTensorType type = op.getOperand().getType();
  if (g.wants(0)) {
    SmallVector<int64_t> strides;
    for (int64_t gap : op.getInterior())
      strides.push_back(gap + 1);
    Value taken = g.create<SliceOp>(dy, op.getLow(), type.getShape(), strides);
    g.set(0, g.reshape(taken, type));
  }
  if (g.wants(1)) {
    Value one = g.constant(op.getValue().getType(), 1);
    Value around = g.create<PadOp>(g.constant(type, 0), one, op.getLow(),
                                   op.getHigh(), op.getInterior());
    auto axes = llvm::to_vector(llvm::seq<int64_t>(type.getRank()));
    g.set(1, g.reduce(ReduceKind::Sum, g.mul(dy, around), axes));
  }
}

static void differentiate(WindowOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.create<UnwindowOp>(op.getOperand().getType(), dy, op.getAxes(),
                                op.getStrides(), op.getDilations()));
}

static void differentiate(UnwindowOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.create<WindowOp>(dy, op.getAxes(), op.getSizes(), op.getStrides(),
                              op.getDilations()));
}

static void differentiate(ConcatOp op, Value dy, GradientBuilder &g) {
  int64_t rank = op.getType().getRank();
  SmallVector<int64_t> offsets(rank, 0), strides(rank, 1);
  for (auto [i, operand] : llvm::enumerate(op.getOperands())) {
    auto type = cast<RankedTensorType>(operand.getType());
    if (g.wants(i)) {
      Value part = g.create<SliceOp>(dy, offsets, type.getShape(), strides);
      g.set(i, g.reshape(part, type));
    }
    offsets[op.getAxis()] += type.getDimSize(op.getAxis());
  }
}

void attachShapeRules(MLIRContext *context) {
  attachRules<BroadcastOp, ReshapeOp, TransposeOp, SliceOp, PadOp, WindowOp,
              UnwindowOp, ConcatOp>(context);
}

} // namespace dlcc
