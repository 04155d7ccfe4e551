//===- ReductionRules.cpp - gradients of reductions -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shapes: x is the operand, y and dy are x without the reduced axes. Over a
// batch dimension the reduction counts the given rows only; the broadcast
// back to x does too, because x's type names that dimension.
//
//===----------------------------------------------------------------------===//

#include "passes/autodiff/Rules.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

/// The axes of x that y keeps: y's dimension i is x's kept[i].
static SmallVector<int64_t> getKeptAxes(ReduceOp op) {
  SmallVector<int64_t> kept;
  for (int64_t axis : llvm::seq<int64_t>(op.getOperand().getType().getRank()))
    if (!llvm::is_contained(op.getAxes(), axis))
      kept.push_back(axis);
  return kept;
}

/// To the elements equal to the result, in equal shares.
static Value differentiateExtreme(ReduceOp op, Value dy, GradientBuilder &g) {
  Value x = op.getOperand();
  SmallVector<int64_t> kept = getKeptAxes(op);
  Value equal = g.compare(Comparison::EQ, x,
                          g.broadcast(op.getResult(), kept, x.getType()));
  Type element = op.getType().getElementType();
  Value count = g.reduce(ReduceKind::Sum, g.cast(equal, element), op.getAxes());
  Value share = g.broadcast(g.div(dy, count), kept, x.getType());
  return g.selectOrZero(equal, share);
}

/// The product of the others. Dividing the product by the element fails where
/// there is a zero: with one zero only that element has a gradient, the
/// product of the rest; with more, none has. (At zeros the second derivative
/// that this formula gives leaves out the terms through other elements.)
static Value differentiateProduct(ReduceOp op, Value dy, GradientBuilder &g) {
  Value x = op.getOperand();
  SmallVector<int64_t> kept = getKeptAxes(op);
  Type element = op.getType().getElementType();
  Value isZero = g.compare(Comparison::EQ, x, 0.0);
  Value zeros =
      g.reduce(ReduceKind::Sum, g.cast(isZero, element), op.getAxes());
  Value rest = g.select(isZero, g.constant(x.getType(), 1), x);
  Value product = g.mul(dy, g.reduce(ReduceKind::Prod, rest, op.getAxes()));
  auto spread = [&](double count) {
    Value fits = g.compare(Comparison::EQ, zeros, count);
    return g.broadcast(g.selectOrZero(fits, product), kept, x.getType());
  };
  return g.select(isZero, spread(1), g.div(spread(0), rest));
}

static void differentiate(ReduceOp op, Value dy, GradientBuilder &g) {
  switch (op.getKind()) {
  case ReduceKind::Sum:
    return g.set(0,
                 g.broadcast(dy, getKeptAxes(op), op.getOperand().getType()));
  case ReduceKind::Prod:
    return g.set(0, differentiateProduct(op, dy, g));
  case ReduceKind::Max:
  case ReduceKind::Min:
    return g.set(0, differentiateExtreme(op, dy, g));
  }
}

void attachReductionRules(MLIRContext *context) {
  attachRules<ReduceOp>(context);
}

} // namespace dlcc
