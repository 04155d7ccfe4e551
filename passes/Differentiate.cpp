//===- Differentiate.cpp - minimize becomes gradients and updates ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Replaces the `dlc.gradient` ops of a function by the backward pass of their
// loss, in their order, so that a loss may be made of gradients; then the
// `dlc.minimize` ops by the backward pass of theirs and one `dlc.update` for
// each parameter. Runs on the graph as the
// frontend wrote it, so that each backward op knows the model line it comes
// from. Refuses a model in which the way from a parameter to the loss leads
// through an op without gradient.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/ExpressionBuilder.h"
#include "passes/Optimizers.h"
#include "passes/Passes.h"
#include "passes/Phase.h"
#include "passes/autodiff/Autodiff.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_DIFFERENTIATEPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace dlcc;

/// The place of a parameter's update: the line of the wish, the parameter's
/// name, so that its kernel can be called after it.
static Location getUpdateLocation(MinimizeOp minimize, StringAttr parameter) {
  Location line = withoutPhase(minimize.getLoc());
  if (auto named = dyn_cast<NameLoc>(line))
    line = named.getChildLoc();
  return withPhase(NameLoc::get(parameter, line), kUpdatePhase);
}

/// All reads of each variable, in program order.
static llvm::StringMap<SmallVector<Value>> collectReads(func::FuncOp function) {
  llvm::StringMap<SmallVector<Value>> reads;
  for (auto read : function.getBody().front().getOps<ReadOp>())
    reads[read.getVariable()].push_back(read);
  return reads;
}

/// The gradient of the variable: the sum of those of its reads, or null.
static Value takeGradient(OpBuilder &builder, Location location, size_t reads,
                          ArrayRef<Value> &gradients) {
  Value sum;
  for (Value gradient : gradients.take_front(reads)) {
    if (gradient)
      sum = sum ? AddOp::create(builder, location, sum, gradient) : gradient;
  }
  gradients = gradients.drop_front(reads);
  return sum;
}

static void warnWithoutInfluence(MinimizeOp minimize,
                                 FlatSymbolRefAttr parameter) {
  Operation *variable =
      SymbolTable::lookupNearestSymbolFrom(minimize, parameter);
  Location location = minimize.getLoc();
  if (variable && !isa<UnknownLoc>(variable->getLoc()))
    location = variable->getLoc();
  emitWarning(location) << "parameter '" << parameter.getValue()
                        << "' does not influence the loss; it is never "
                           "updated";
}

static LogicalResult verify(ArrayRef<MinimizeOp> wishes) {
  llvm::SmallDenseSet<Attribute> seen;
  for (MinimizeOp minimize : wishes) {
    auto emitError = [&] { return mlir::emitError(minimize.getLoc()); };
    if (failed(verifyHyperParameters(minimize.getOptimizer(),
                                     minimize.getNames(), minimize.getValues(),
                                     emitError)))
      return failure();
    for (Attribute parameter : minimize.getParameters())
      if (!seen.insert(parameter).second)
        return emitError() << "parameter '"
                           << cast<FlatSymbolRefAttr>(parameter).getValue()
                           << "' is trained twice";
  }
  return success();
}

/// Differentiates the one loss of `wishes` and puts updates in their place.
static LogicalResult differentiate(func::FuncOp function,
                                   ArrayRef<MinimizeOp> wishes) {
  auto reads = collectReads(function);
  SmallVector<Value> wanted;
  for (MinimizeOp minimize : wishes)
    for (auto name : minimize.getParameters().getAsRange<FlatSymbolRefAttr>())
      llvm::append_range(wanted, reads[name.getValue()]);

  MinimizeOp first = wishes.front();
  OpBuilder builder(first);
  auto built = buildGradients(builder, first.getLoss(), wanted);
  if (failed(built))
    return failure();
  ArrayRef<Value> gradients = *built;
  for (MinimizeOp minimize : wishes) {
    builder.setInsertionPoint(minimize);
    for (auto name : minimize.getParameters().getAsRange<FlatSymbolRefAttr>()) {
      Location location = getUpdateLocation(minimize, name.getAttr());
      Value gradient =
          takeGradient(builder, withPhase(location, kBackwardPhase),
                       reads[name.getValue()].size(), gradients);
      if (gradient)
        UpdateOp::create(builder, location, name.getValue(), gradient,
                         minimize.getOptimizer(), minimize.getNames(),
                         minimize.getValues(), minimize.getNesterov());
      else
        warnWithoutInfluence(minimize, name);
    }
    minimize.erase();
  }
  return success();
}

/// Puts the gradients that are asked for into the op's place.
static LogicalResult differentiate(GradientOp op) {
  OpBuilder builder(op);
  auto built =
      buildGradients(builder, op.getLoss(), llvm::to_vector(op.getOf()));
  if (failed(built))
    return failure();
  ExpressionBuilder build(builder, withPhase(op.getLoc(), kBackwardPhase));
  for (auto [result, gradient] : llvm::zip_equal(op.getResults(), *built))
    result.replaceAllUsesWith(gradient ? gradient
                                       : build.constant(result.getType(), 0));
  op.erase();
  return success();
}

namespace {
class DifferentiatePass
    : public dlcc::impl::DifferentiatePassBase<DifferentiatePass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      Block &body = function.getBody().front();
      for (auto gradient :
           llvm::make_early_inc_range(body.getOps<GradientOp>()))
        if (failed(differentiate(gradient)))
          return signalPassFailure();
      // Parameters of several groups stand in several wishes of one loss.
      llvm::MapVector<Value, SmallVector<MinimizeOp>> wishes;
      SmallVector<MinimizeOp> all;
      for (auto minimize : body.getOps<MinimizeOp>()) {
        wishes[minimize.getLoss()].push_back(minimize);
        all.push_back(minimize);
      }
      if (failed(verify(all)))
        return signalPassFailure();
      for (const auto &[loss, ofLoss] : wishes)
        if (failed(differentiate(function, ofLoss)))
          return signalPassFailure();
    }
  }
};
} // namespace
