//===- PrepareGradients.cpp - gradients on their way to updates -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/PrepareGradients.h"

#include "passes/ExpressionBuilder.h"
#include "passes/Optimizers.h"
#include "passes/Phase.h"
#include "passes/StepVariables.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

static bool isPrepared(UpdateOp update) {
  return getAccumulation(update) > 1 || getHyperParameter(update, kClipValue) ||
         getHyperParameter(update, kClipNorm);
}

/// Computes at the update, in the type of the update.
static Value getGradient(UpdateOp update, ExpressionBuilder &build) {
  return build.cast(update.getGradient(),
                    getUpdateType(update).getElementType());
}

static Value getSetting(UpdateOp update, StringRef name,
                        ExpressionBuilder &build) {
  Value value = getHyperParameter(update, name);
  return value ? build.cast(value, getUpdateType(update).getElementType())
               : Value();
}

static void setGradient(UpdateOp update, Value gradient) {
  update.getGradientMutable().assign(gradient);
}

/// The mean of the gradients of the last calls.
static void accumulate(UpdateOp update, OpBuilder &builder,
                       SymbolTable &symbols) {
  int64_t calls = getAccumulation(update);
  if (calls == 1)
    return;
  ExpressionBuilder build(builder, update.getLoc());
  StepVariables variables(update, builder, symbols);
  RankedTensorType type = getUpdateType(update);
  Value before = variables.readSlot("gradient", type);
  Value sum =
      build.add(build.select(build.splat(variables.isFirstCall(),
                                         type.clone(builder.getI1Type())),
                             build.constant(type, 0), before),
                getGradient(update, build));
  variables.writeAlways(variables.getSlotName("gradient"), sum);
  setGradient(update, build.div(sum, build.constant(type, double(calls))));
}

static void clipValue(UpdateOp update, OpBuilder &builder) {
  ExpressionBuilder build(builder, update.getLoc());
  Value limit = getSetting(update, kClipValue, build);
  if (!limit)
    return;
  RankedTensorType type = getUpdateType(update);
  Value clipped = build.create<MaxOp>(getGradient(update, build),
                                      build.splat(build.neg(limit), type));
  setGradient(update, build.create<MinOp>(clipped, build.splat(limit, type)));
}

/// The step's clipping has the line of its first update.
static Location getClipLocation(UpdateOp update) {
  Location line = withoutPhase(update.getLoc());
  if (auto named = dyn_cast<NameLoc>(line))
    line = named.getChildLoc();
  auto name = StringAttr::get(update.getContext(), kClipNorm);
  return withPhase(NameLoc::get(name, line), kUpdatePhase);
}

/// Scales the gradients of all updates by one factor.
static void clipNorm(ArrayRef<UpdateOp> updates, OpBuilder &builder) {
  UpdateOp first = updates.front();
  Type element = getUpdateType(first).getElementType();
  ExpressionBuilder whole(builder, getClipLocation(first));
  Value limit = getSetting(first, kClipNorm, whole);
  if (!limit)
    return;
  Value squares;
  for (UpdateOp update : updates) {
    ExpressionBuilder build(builder, update.getLoc());
    Value g = getGradient(update, build);
    auto axes = llvm::to_vector(
        llvm::seq<int64_t>(cast<RankedTensorType>(g.getType()).getRank()));
    Value own = build.cast(build.reduce(ReduceKind::Sum, build.mul(g, g), axes),
                           element);
    squares = squares ? whole.add(squares, own) : own;
  }
  Value norm = whole.add(whole.create<SqrtOp>(squares), 1e-6);
  Value scale = whole.create<MinOp>(whole.div(limit, norm),
                                    whole.constant(limit.getType(), 1));
  for (UpdateOp update : updates) {
    ExpressionBuilder build(builder, update.getLoc());
    RankedTensorType type = getUpdateType(update);
    Value own = build.cast(scale, type.getElementType());
    setGradient(update,
                build.mul(getGradient(update, build), build.splat(own, type)));
  }
}

void prepareGradients(func::FuncOp function, SymbolTable &symbols) {
  Block &body = function.getBody().front();
  SmallVector<UpdateOp> updates(body.getOps<UpdateOp>());
  if (llvm::none_of(updates, isPrepared))
    return;
  // The norm needs every gradient before the first update.
  auto writes = body.getOps<WriteOp>();
  Operation *end = writes.empty() ? body.getTerminator() : *writes.begin();
  for (UpdateOp update : updates)
    update->moveBefore(end);
  OpBuilder builder(updates.front());
  for (UpdateOp update : updates) {
    accumulate(update, builder, symbols);
    clipValue(update, builder);
  }
  clipNorm(updates, builder);
}

} // namespace dlcc
