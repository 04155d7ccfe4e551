//===- LookThrough.cpp - ops whose readers compute them -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/LookThrough.h"

#include "ir/Ops.h"
#include "ir/Target.h"

using namespace mlir;
using namespace dlcc::dlc;

bool dlcc::isRepeated(Operation *op) {
  return isa_and_nonnull<ConstantOp, IotaOp, BroadcastOp, TransposeOp,
                         WindowOp>(op) &&
         !op->hasAttr(attr::kStored);
}

bool dlcc::canRepeat(Operation *user, Operation *producer) {
  // Neither in a kernel nor through a map.
  if (isa<ReadOp, WriteOp, ReshapeOp, SliceOp, ConcatOp, ScatterAddOp, RankOp,
          CumulativeOp, ScanOp, ExternOp>(user) ||
      user->hasTrait<OpTrait::IsTerminator>())
    return false;
  if (isa<ContractOp>(user))
    return isa<TransposeOp, WindowOp>(producer);
  if (auto pad = dyn_cast<PadOp>(user))
    return pad.getOperand() != producer->getResult(0);
  if (auto gather = dyn_cast<GatherOp>(user))
    return gather.getOperand() != producer->getResult(0);
  return true;
}

bool dlcc::isComputedByUnwindow(Operation *op) {
  return op && op->hasTrait<OpTrait::Elementwise>() && !op->use_empty() &&
         llvm::all_of(op->getUsers(), [](Operation *user) {
           return isa<UnwindowOp>(user) || isComputedByUnwindow(user);
         });
}
