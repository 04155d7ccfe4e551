//===- NarrowContractions.cpp - factors in bf16 ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rounds what is multiplied in a sum of products, forward and backward, where
// it is f32. The rounding stands in the body of the linalg op, so code
// generation does it on the way from memory and may use instructions that
// multiply bf16. Sums stay in f32, and so does a product that sums nothing.
//
// Runs on kernels in tensor form, when nothing is differentiated any more: the
// gradient of a product is one of rounded factors, not that of the rounding.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "passes/Passes.h"

using namespace mlir;

namespace dlcc {
#define GEN_PASS_DEF_NARROWCONTRACTIONSPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

/// The product in f32 that `op` sums, if that is what it does.
static arith::MulFOp findProduct(linalg::GenericOp op) {
  if (op.getNumReductionLoops() == 0 || op.getNumDpsInputs() != 2 ||
      op.getNumDpsInits() != 1)
    return {};
  auto sum = op.getBody()
                 ->getTerminator()
                 ->getOperand(0)
                 .getDefiningOp<arith::AddFOp>();
  if (!sum || !sum.getType().isF32())
    return {};
  Value carried = op.getBody()->getArgument(2);
  if (sum.getLhs() == carried)
    return sum.getRhs().getDefiningOp<arith::MulFOp>();
  if (sum.getRhs() == carried)
    return sum.getLhs().getDefiningOp<arith::MulFOp>();
  return {};
}

static void roundFactors(arith::MulFOp product) {
  // Factors that are wider here than in memory are narrow already.
  if (!llvm::all_of(product->getOperands(), llvm::IsaPred<BlockArgument>))
    return;
  OpBuilder builder(product);
  for (OpOperand &factor : product->getOpOperands()) {
    Value narrow = arith::TruncFOp::create(builder, product.getLoc(),
                                           builder.getBF16Type(), factor.get());
    factor.set(arith::ExtFOp::create(builder, product.getLoc(),
                                     builder.getF32Type(), narrow));
  }
}

namespace {
struct NarrowContractionsPass
    : dlcc::impl::NarrowContractionsPassBase<NarrowContractionsPass> {
  void runOnOperation() override {
    getOperation()->walk([](linalg::GenericOp op) {
      if (arith::MulFOp product = findProduct(op))
        roundFactors(product);
    });
  }
};
} // namespace
