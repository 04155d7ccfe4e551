//===- IndexedRules.cpp - gradients of ops that take indices --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `gather` and `scatter_add` are linear in what they move and adjoint to each
// other. Indices are integers and have no gradient. So is `cumulative`, whose
// adjoint sums the other way.
//
//===----------------------------------------------------------------------===//

#include "passes/autodiff/Rules.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

static void differentiate(GatherOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.create<ScatterAddOp>(op.getOperand().getType(), dy, op.getIndex(),
                                  op.getAxis(), op.getBatch()));
}

static void differentiate(ScatterAddOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.create<GatherOp>(dy, op.getIndex(), op.getAxis(), op.getBatch()));
}

/// Each element goes into the sums of all that come after it.
static void differentiate(CumulativeOp op, Value dy, GradientBuilder &g) {
  g.set(0, g.create<CumulativeOp>(dy, op.getAxis(), !op.getReverse(),
                                  op.getExclusive()));
}

void attachIndexedRules(MLIRContext *context) {
  attachRules<GatherOp, ScatterAddOp, CumulativeOp>(context);
}

} // namespace dlcc
