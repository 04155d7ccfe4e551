//===- FoldConstants.cpp - what the model alone decides -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Evaluates ops on constants by the oracle, together with the canonical forms
// of ops, until neither finds more.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/eval/ConstantFolding.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Passes.h"

using namespace mlir;

namespace dlcc {
#define GEN_PASS_DEF_FOLDCONSTANTSPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

namespace {
struct FoldConstantsPass
    : dlcc::impl::FoldConstantsPassBase<FoldConstantsPass> {
  using FoldConstantsPassBase::FoldConstantsPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    dlcc::eval::populateConstantFoldingPatterns(patterns, maxElements);
    for (RegisteredOperationName op :
         getContext().getRegisteredOperationsByDialect("dlc"))
      op.getCanonicalizationPatterns(patterns, &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
