//===- Fold.cpp - ops that need no computing ----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlcc::dlc;

OpFoldResult dlcc::dlc::foldOp(Operation *op, ArrayRef<Attribute> constants) {
  return llvm::TypeSwitch<Operation *, OpFoldResult>(op)
      .Case<CastOp, ReshapeOp, BroadcastOp, SliceOp, TransposeOp>(
          [](auto cast) -> OpFoldResult {
            // The same type: nothing happens, but for a transposition.
            bool moves =
                isa<TransposeOp>(*cast) && cast.getType().getRank() > 1;
            if (!moves && cast.getOperand().getType() == cast.getType())
              return cast.getOperand();
            return {};
          })
      .Case([](ConcatOp concat) -> OpFoldResult {
        if (concat.getOperands().size() == 1)
          return concat.getOperands().front();
        return {};
      })
      .Case([](ReduceOp reduce) -> OpFoldResult {
        if (reduce.getAxes().empty())
          return reduce.getOperand();
        return {};
      })
      .Default([](Operation *) { return OpFoldResult(); });
}
