//===- ElementwiseRules.cpp - gradients of elementwise ops ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shapes: all tensors of a rule have the shape of the op. Where a formula
// can use the result y instead of the operand x it does, so that a fused
// kernel keeps one tensor.
//
//===----------------------------------------------------------------------===//

#include "passes/autodiff/Rules.h"

#include <cmath>
#include <numbers>

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

static void differentiate(ExpOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.mul(dy, op.getResult()));
}

static void differentiate(Expm1Op op, Value dy, GradientBuilder &g) {
  g.set(0, g.mul(dy, g.add(op.getResult(), 1)));
}

static void differentiate(LogOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.div(dy, op.getOperand()));
}

static void differentiate(Log1pOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.div(dy, g.add(op.getOperand(), 1)));
}

/// dy / (2 y); infinite at 0, as the function's slope.
static void differentiate(SqrtOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.div(g.mul(dy, 0.5), op.getResult()));
}

/// -dy y^3 / 2.
static void differentiate(RsqrtOp op, Value dy, GradientBuilder &g) {
  Value y = op.getResult();
  Value cube = g.mul(g.mul(y, y), y);
  g.set(0, g.mul(g.mul(dy, -0.5), cube));
}

static void differentiate(SinOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.mul(dy, g.create<CosOp>(op.getOperand())));
}

static void differentiate(CosOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.neg(g.mul(dy, g.create<SinOp>(op.getOperand()))));
}

/// dy (1 - y^2).
static void differentiate(TanhOp op, Value dy, GradientBuilder &g) {
  Value y = op.getResult();
  g.set(0, g.mul(dy, g.subFrom(1, g.mul(y, y))));
}

/// dy y (1 - y).
static void differentiate(SigmoidOp op, Value dy, GradientBuilder &g) {
  Value y = op.getResult();
  g.set(0, g.mul(dy, g.mul(y, g.subFrom(1, y))));
}

/// dy 2 / sqrt(pi) e^(-x^2).
static void differentiate(ErfOp op, Value dy, GradientBuilder &g) {
  Value x = op.getOperand();
  Value bell = g.create<ExpOp>(g.neg(g.mul(x, x)));
  g.set(0, g.mul(g.mul(dy, 2 / std::sqrt(std::numbers::pi)), bell));
}

static void differentiate(NegOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.neg(dy));
}

/// dy sign(x); 0 at 0.
static void differentiate(AbsOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.mul(dy, g.create<SignOp>(op.getOperand())));
}

/// Nothing flows from or to what is no float.
static void differentiate(CastOp op, Value dy, GradientBuilder &g) {
  Type element = op.getOperand().getType().getElementType();
  if (isa<FloatType>(element))
    g.set(0, g.cast(dy, element));
}

//===----------------------------------------------------------------------===//
// Binary
//===----------------------------------------------------------------------===//

static void differentiate(AddOp op, Value dy, GradientBuilder &g) {
  g.set(0, dy);
  g.set(1, dy);
}

static void differentiate(SubOp op, Value dy, GradientBuilder &g) {
  g.set(0, dy);
  if (g.wants(1))
    g.set(1, g.neg(dy));
}

static void differentiate(MulOp op, Value dy, GradientBuilder &g) {
  if (g.wants(0))
    g.set(0, g.mul(dy, op.getRhs()));
  if (g.wants(1))
    g.set(1, g.mul(dy, op.getLhs()));
}

/// da = dy / b, db = -dy / b * y.
static void differentiate(DivOp op, Value dy, GradientBuilder &g) {
  Value da = g.div(dy, op.getRhs());
  g.set(0, da);
  if (g.wants(1))
    g.set(1, g.neg(g.mul(da, op.getResult())));
}

/// y = a - b trunc(a / b): da = dy, db = -dy trunc(a / b).
static void differentiate(RemOp op, Value dy, GradientBuilder &g) {
  g.set(0, dy);
  if (!g.wants(1))
    return;
  Value ratio = g.div(op.getLhs(), op.getRhs());
  Value whole = g.select(g.compare(Comparison::LT, ratio, 0.0),
                         g.create<CeilOp>(ratio), g.create<FloorOp>(ratio));
  g.set(1, g.neg(g.mul(dy, whole)));
}

/// da = dy b a^(b-1), 0 for b = 0 also where a is 0;
/// db = dy y ln(a), 0 for a = 0 and b >= 0, where y is constant in b.
static void differentiate(PowOp op, Value dy, GradientBuilder &g) {
  Value a = op.getLhs(), b = op.getRhs();
  if (g.wants(0)) {
    Value slope = g.mul(b, g.create<PowOp>(a, g.add(b, -1)));
    Value moves = g.compare(Comparison::NE, b, 0.0);
    g.set(0, g.selectOrZero(moves, g.mul(dy, slope)));
  }
  if (g.wants(1)) {
    Value slope = g.mul(op.getResult(), g.create<LogOp>(a));
    Value still = g.create<AndOp>(g.compare(Comparison::EQ, a, 0.0),
                                  g.compare(Comparison::GE, b, 0.0));
    Value moves = g.create<NotOp>(still);
    g.set(1, g.selectOrZero(moves, g.mul(dy, slope)));
  }
}

/// To the operand that wins by `wins`; half to each where they are equal.
static void differentiateExtreme(Comparison wins, Value a, Value b, Value dy,
                                 GradientBuilder &g) {
  Value tie = g.selectOrZero(g.compare(Comparison::EQ, a, b), g.mul(dy, 0.5));
  if (g.wants(0))
    g.set(0, g.select(g.compare(wins, a, b), dy, tie));
  if (g.wants(1))
    g.set(1, g.select(g.compare(wins, b, a), dy, tie));
}

static void differentiate(MaxOp op, Value dy, GradientBuilder &g) {
  differentiateExtreme(Comparison::GT, op.getLhs(), op.getRhs(), dy, g);
}

static void differentiate(MinOp op, Value dy, GradientBuilder &g) {
  differentiateExtreme(Comparison::LT, op.getLhs(), op.getRhs(), dy, g);
}

/// Operand 0 is the condition, which has no gradient.
static void differentiate(SelectOp op, Value dy, GradientBuilder &g) {
  Value zero = g.constant(dy.getType(), 0);
  if (g.wants(1))
    g.set(1, g.select(op.getCondition(), dy, zero));
  if (g.wants(2))
    g.set(2, g.select(op.getCondition(), zero, dy));
}

void attachElementwiseRules(MLIRContext *context) {
  attachRules<ExpOp, Expm1Op, LogOp, Log1pOp, SqrtOp, RsqrtOp, SinOp, CosOp,
              TanhOp, SigmoidOp, ErfOp, NegOp, AbsOp, CastOp, AddOp, SubOp,
              MulOp, DivOp, RemOp, PowOp, MaxOp, MinOp, SelectOp>(context);
}

} // namespace dlcc
