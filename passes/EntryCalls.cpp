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
  return op && isStep(op) ? op : nullptr;
}

bool isStep(Operation *op) {
  return isa<func::CallOp, dlc::ScanOp, dlc::PartsOp>(op);
}

func::FuncOp getPart(dlc::PartsOp parts) {
  return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      parts, parts.getPartAttr());
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

/// Whether a kernel goes over the whole of a point's inner space, that of
/// `store`, in each of its passes. The last one then stores, and nothing reads
/// what the passes before have read (codegen/cpu/PointwisePlan.h).
static bool passesOverSpaceOf(linalg::GenericOp store, int64_t parallelDims) {
  auto isInPass = [&](linalg::GenericOp op) {
    if (op.getNumLoops() == parallelDims)
      return true;
    int64_t inner = op.getNumLoops() - parallelDims;
    int64_t reduced = op.getNumReductionLoops();
    return op.getStaticLoopRanges() == store.getStaticLoopRanges() &&
           (reduced == 0 || reduced == inner);
  };
  return llvm::all_of(*store->getBlock(), [&](Operation &op) {
    auto generic = dyn_cast<linalg::GenericOp>(op);
    return generic ? isInPass(generic)
                   : !isa<linalg::LinalgOp>(op) || isa<linalg::FillOp>(op);
  });
}

PlacedElsewhere getPlacedElsewhere(func::FuncOp entry) {
  PlacedElsewhere elsewhere;
  for (dlc::WriteOp write : getWrites(entry))
    elsewhere.variables.insert(getStorage(write.getValue()));
  for (Value output : entry.getBody().front().getTerminator()->getOperands())
    elsewhere.outputs.insert(getStorage(output));
  return elsewhere;
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
  AffineMap stored = store.getMatchingIndexingMap(
      store.getDpsInitOperand(value.getResultNumber()));
  if (!stored.isPermutation())
    return false;
  // Inner loops run several times at one point of the parallel space. What is
  // read back is stored before the last of them.
  auto dims = kernel->getAttrOfType<IntegerAttr>(attr::kParallelDims);
  bool isInner = dims && dims.getInt() != store.getNumLoops();
  if (isInner && (!value.hasOneUse() || !stored.isIdentity() ||
                  !passesOverSpaceOf(store, dims.getInt())))
    return false;
  return llvm::all_of(argument.getUses(), [&](OpOperand &use) {
    auto reader = dyn_cast<linalg::GenericOp>(use.getOwner());
    return reader && reader.getNumLoops() == store.getNumLoops() &&
           (isInner || reader.getNumParallelLoops() == reader.getNumLoops()) &&
           reader.getMatchingIndexingMap(&use) == stored;
  });
}

} // namespace dlcc
