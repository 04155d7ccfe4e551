//===- EntryCalls.cpp - the calls of an entry function and their memory ---===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/EntryCalls.h"

#include "ir/Target.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace dlcc {

bool isEntry(func::FuncOp function) { return function->hasAttr(attr::kEntry); }

Value getStorage(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

Operation *getProducer(Value value) {
  Operation *op = getStorage(value).getDefiningOp();
  return isa_and_nonnull<func::CallOp, dlc::ScanOp>(op) ? op : nullptr;
}

func::FuncOp getKernel(func::CallOp call) {
  return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      call, call.getCalleeAttr());
}

Type getNamedType(dlc::VariableOp variable) {
  auto named = variable->getAttrOfType<TypeAttr>(attr::kTensor);
  return named ? named.getValue() : variable.getType();
}

SmallVector<dlc::WriteOp> getWrites(func::FuncOp entry) {
  return llvm::to_vector(entry.getOps<dlc::WriteOp>());
}

SmallVector<func::CallOp> getCalls(func::FuncOp entry) {
  return llvm::to_vector(entry.getOps<func::CallOp>());
}

bool mayOverwrite(func::FuncOp kernel, unsigned operand, unsigned result) {
  auto yield = cast<func::ReturnOp>(kernel.getBody().front().getTerminator());
  auto value = dyn_cast<OpResult>(yield.getOperand(result));
  auto store = value ? value.getDefiningOp<linalg::GenericOp>() : nullptr;
  BlockArgument argument = kernel.getArgument(operand);
  // What a C function reads when is not known.
  if (!store || store->hasAttr(attr::kExtern) ||
      argument.getType() != value.getType() ||
      store.getNumParallelLoops() != store.getNumLoops())
    return false;
  // Inner loops may run several times at one point of the parallel space.
  if (auto dims = kernel->getAttrOfType<IntegerAttr>(attr::kParallelDims))
    if (dims.getInt() != store.getNumLoops())
      return false;
  AffineMap stored = store.getMatchingIndexingMap(
      store.getDpsInitOperand(value.getResultNumber()));
  if (!stored.isPermutation())
    return false;
  return llvm::all_of(argument.getUses(), [&](OpOperand &use) {
    auto reader = dyn_cast<linalg::GenericOp>(use.getOwner());
    return reader && reader.getNumLoops() == store.getNumLoops() &&
           reader.getNumParallelLoops() == reader.getNumLoops() &&
           reader.getMatchingIndexingMap(&use) == stored;
  });
}

} // namespace dlcc
