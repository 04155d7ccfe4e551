//===- Rules.h - gradient rules of the dlc ops ---------------- -*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A rule is a function `differentiate(op, dy, gradient)`: it builds the
// gradients of the op's operands from that of its result, `dy`. The rules
// stand by family in the files beside this one; each op of the dialect has a
// rule or the trait NonDifferentiable (a unit test holds us to it).
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_AUTODIFF_RULES_H
#define DLCC_PASSES_AUTODIFF_RULES_H

#include "ir/Ops.h"
#include "passes/ExpressionBuilder.h"
#include "passes/Phase.h"

namespace dlcc {

/// Makes every op of the dialect answer the Differentiable interface.
void registerGradientRules(mlir::DialectRegistry &registry);

/// What a rule writes with: formulas at the op's place in the model, phase
/// backward, and the slots for the operands' gradients.
class GradientBuilder : public ExpressionBuilder {
public:
  GradientBuilder(mlir::OpBuilder &builder, mlir::Operation *op,
                  llvm::ArrayRef<bool> wanted,
                  llvm::MutableArrayRef<mlir::Value> gradients)
      : ExpressionBuilder(builder, withPhase(op->getLoc(), kBackwardPhase)),
        wanted(wanted), gradients(gradients) {}

  bool wants(unsigned operand) const { return wanted[operand]; }
  void set(unsigned operand, mlir::Value value) { gradients[operand] = value; }

private:
  llvm::ArrayRef<bool> wanted;
  llvm::MutableArrayRef<mlir::Value> gradients;
};

/// The interface's model of an op with one result and a rule.
template <typename OpT>
struct GradientRule
    : dlc::Differentiable::ExternalModel<GradientRule<OpT>, OpT> {
  mlir::LogicalResult
  buildGradient(mlir::Operation *op, mlir::OpBuilder &builder,
                mlir::ValueRange resultGradients, llvm::ArrayRef<bool> wanted,
                llvm::MutableArrayRef<mlir::Value> gradients) const {
    GradientBuilder gradient(builder, op, wanted, gradients);
    differentiate(llvm::cast<OpT>(op), resultGradients.front(), gradient);
    return mlir::success();
  }
};

template <typename... OpTs> void attachRules(mlir::MLIRContext *context) {
  (OpTs::template attachInterface<GradientRule<OpTs>>(*context), ...);
}

void attachElementwiseRules(mlir::MLIRContext *context);
void attachReductionRules(mlir::MLIRContext *context);
void attachShapeRules(mlir::MLIRContext *context);
void attachIndexedRules(mlir::MLIRContext *context);
void attachContractionRules(mlir::MLIRContext *context);
void attachGivenRules(mlir::MLIRContext *context);
void attachExternRule(mlir::MLIRContext *context);
void attachScanRule(mlir::MLIRContext *context);

} // namespace dlcc

#endif // DLCC_PASSES_AUTODIFF_RULES_H
