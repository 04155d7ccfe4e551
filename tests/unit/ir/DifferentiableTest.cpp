//===- DifferentiableTest.cpp - every op answers autodiff -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "passes/autodiff/Rules.h"

#include "gtest/gtest.h"

using namespace dlcc;

// A new op without a rule would make gradients vanish silently.
TEST(Differentiable, everyOpHasARuleOrNoGradient) {
  mlir::DialectRegistry registry;
  registry.insert<dlc::DLCDialect>();
  registerGradientRules(registry);
  mlir::MLIRContext context(registry);
  context.loadDialect<dlc::DLCDialect>();
  auto ops = context.getRegisteredOperationsByDialect("dlc");
  EXPECT_GE(ops.size(), 40u);
  for (mlir::RegisteredOperationName op : ops) {
    if (op.getStringRef() == dlc::VariableOp::getOperationName())
      continue; // a declaration: no operand, no result
    EXPECT_NE(op.hasTrait<dlc::NonDifferentiable>(),
              op.hasInterface<dlc::Differentiable>())
        << op.getStringRef().str();
  }
}
