//===- OutputPlaces.cpp - what lies in the memory of outputs --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/OutputPlaces.h"

#include "ir/Target.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "passes/EntryCalls.h"
#include "passes/VariablePlaces.h"

using namespace mlir;
using namespace dlcc;

/// For each dimension of a kernel's result how many indices of it a row takes;
/// empty where that is not known.
static SmallVector<int64_t> getRows(OpResult result) {
  func::FuncOp kernel = getKernel(cast<func::CallOp>(result.getOwner()));
  auto end = cast<func::ReturnOp>(kernel.getBody().front().getTerminator());
  auto value = dyn_cast<OpResult>(end.getOperand(result.getResultNumber()));
  auto op = value ? value.getDefiningOp<linalg::GenericOp>() : nullptr;
  auto rows = op ? op->getAttrOfType<DenseI64ArrayAttr>(attr::kRows)
                 : DenseI64ArrayAttr();
  if (!rows)
    return {};
  SmallVector<int64_t> given;
  for (AffineExpr index : op.getIndexingMapMatchingResult(value).getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(index);
    given.push_back(dim ? rows[dim.getPosition()] : 0);
  }
  return given;
}

/// Whether a call that is given fewer rows writes no more of `value` than of
/// `output`, of which its caller may have made no more room.
static bool isAsShortAs(OpResult value, OpResult output) {
  SmallVector<int64_t> rows = getRows(value), limits = getRows(output);
  if (limits.empty())
    return false;
  bool isLimited = llvm::any_of(limits, [](int64_t row) { return row != 0; });
  return !isLimited ||
         (!rows.empty() && rows.front() != 0 && limits.front() != 0);
}

/// Whether `call` is the last that uses what lies at `storage`, and does once.
static bool isLastUse(func::CallOp call, Value storage) {
  unsigned uses = 0;
  SmallVector<Value> names = {storage};
  while (!names.empty())
    for (OpOperand &use : names.pop_back_val().getUses()) {
      Operation *user = use.getOwner();
      uses += user == call;
      if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(user))
        names.push_back(user->getResult(0));
      else if (user != call && (!isa<func::CallOp, dlc::ScanOp>(user) ||
                                user->getBlock() != call->getBlock() ||
                                !user->isBeforeInBlock(call)))
        return false;
    }
  return uses == 1;
}

llvm::DenseMap<Value, unsigned> dlcc::getOutputPlaces(func::FuncOp entry) {
  llvm::DenseSet<Value> variables;
  for (dlc::WriteOp write : getWrites(entry))
    variables.insert(getStorage(write.getValue()));
  llvm::DenseMap<Value, unsigned> places;
  SmallVector<OpResult> ways;
  Operation *end = entry.getBody().front().getTerminator();
  for (OpOperand &operand : end->getOpOperands()) {
    auto storage = dyn_cast<OpResult>(getStorage(operand.get()));
    if (storage && places.insert({storage, operand.getOperandNumber()}).second)
      ways.push_back(storage);
  }
  while (!ways.empty()) {
    OpResult result = ways.pop_back_val();
    auto call = dyn_cast<func::CallOp>(result.getOwner());
    if (!call)
      continue;
    for (auto [i, operand] : llvm::enumerate(call.getOperands())) {
      auto storage = dyn_cast<OpResult>(getStorage(operand));
      if (!storage || !isa<func::CallOp>(storage.getOwner()) ||
          storage.getOwner()->getBlock() != call->getBlock() ||
          variables.contains(storage) || places.contains(storage) ||
          getTensorBytes(storage.getType()) !=
              getTensorBytes(result.getType()) ||
          !mayOverwrite(getKernel(call), i, result.getResultNumber()) ||
          !isLastUse(call, storage) || !isAsShortAs(storage, result))
        continue;
      places[storage] = places[result];
      ways.push_back(storage);
      break;
    }
  }
  return places;
}
