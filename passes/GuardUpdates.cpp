//===- GuardUpdates.cpp - calls that a condition can leave out ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where gradients are accumulated, most calls of a training step change no
// weight: their updates select what is there already. FuseOps gives such stores
// kernels of their own; here the calls of these are found and marked. Runs
// after OrderUpdates, when each value that is written to a variable is made in
// the variable's place.
//
//===----------------------------------------------------------------------===//

#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "passes/EntryCalls.h"
#include "passes/Passes.h"

namespace dlcc {
#define GEN_PASS_DEF_GUARDUPDATESPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace mlir;
using namespace dlcc;

/// The argument of the kernel that the op's body knows as `value`; none where
/// it is computed.
static std::optional<unsigned> findArgument(linalg::GenericOp op, Value value) {
  auto inside = dyn_cast<BlockArgument>(value);
  if (!inside || inside.getOwner() != op.getBody())
    return std::nullopt;
  auto argument =
      dyn_cast<BlockArgument>(op->getOperand(inside.getArgNumber()));
  if (!argument)
    return std::nullopt;
  return argument.getArgNumber();
}

/// The operand of the call that decides whether a result is anything but the
/// old value of the variable that it is written to.
static std::optional<unsigned> findGuard(func::CallOp call, OpResult result) {
  func::FuncOp kernel = getKernel(call);
  auto yield = cast<func::ReturnOp>(kernel.getBody().front().getTerminator());
  auto value = dyn_cast<OpResult>(yield.getOperand(result.getResultNumber()));
  auto store = value ? value.getDefiningOp<linalg::GenericOp>() : nullptr;
  if (!store)
    return std::nullopt;
  auto select = store.getBody()
                    ->getTerminator()
                    ->getOperand(value.getResultNumber())
                    .getDefiningOp<arith::SelectOp>();
  if (!select)
    return std::nullopt;
  // In memory a bool is a byte.
  Value condition = select.getCondition();
  if (auto stored = condition.getDefiningOp<arith::TruncIOp>())
    condition = stored.getIn();
  std::optional<unsigned> guard = findArgument(store, condition),
                          old = findArgument(store, select.getFalseValue());
  if (!guard || !old ||
      cast<RankedTensorType>(call.getOperand(*guard).getType()).getRank() ||
      !mayOverwrite(kernel, *old, result.getResultNumber()))
    return std::nullopt;
  auto read = call.getOperand(*old).getDefiningOp<dlc::ReadOp>();
  bool isWritten =
      read && llvm::any_of(result.getUsers(), [&](Operation *user) {
        auto write = dyn_cast<dlc::WriteOp>(user);
        return write && write.getVariableAttr() == read.getVariableAttr();
      });
  return isWritten ? guard : std::nullopt;
}

namespace {
struct GuardUpdatesPass
    : public dlcc::impl::GuardUpdatesPassBase<GuardUpdatesPass> {
  void runOnOperation() override {
    Builder builder(&getContext());
    for (auto entry : getOperation().getOps<func::FuncOp>()) {
      if (!isEntry(entry))
        continue;
      for (func::CallOp call : getCalls(entry)) {
        std::optional<unsigned> guard;
        bool isGuarded = call.getNumResults() != 0;
        for (OpResult result : call.getResults()) {
          std::optional<unsigned> own = findGuard(call, result);
          isGuarded &= own && (!guard || guard == own);
          guard = own;
        }
        if (isGuarded)
          call->setAttr(attr::kGuard, builder.getI64IntegerAttr(*guard));
      }
    }
  }
};
} // namespace
