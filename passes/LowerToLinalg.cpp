//===- LowerToLinalg.cpp - the hand-over: dlc ops become linalg -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rewrites the body of every kernel function, family by family (lower/), and
// gives entry functions the types of stored tensors. What the types no longer
// say (names of dimensions, signs, bools) stays on arguments, results and
// variables as `dlc.tensor`. Only reads and writes of variables remain of the
// dialect; the memory plan takes them.
//
//===----------------------------------------------------------------------===//

#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/BatchRows.h"
#include "passes/LookThrough.h"
#include "passes/Passes.h"
#include "passes/lower/Patterns.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::lower;

namespace dlcc {
#define GEN_PASS_DEF_LOWERTOLINALGPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

/// Gives the function the stored types of its signature; with `keepTypes` the
/// types of the model stay as attributes.
static void convertSignature(func::FuncOp function, bool keepTypes) {
  FunctionType type = function.getFunctionType();
  SmallVector<Type> inputs, results;
  for (auto [i, input] : llvm::enumerate(type.getInputs())) {
    inputs.push_back(getStoredType(input));
    if (keepTypes)
      function.setArgAttr(i, attr::kTensor, TypeAttr::get(input));
  }
  for (auto [i, result] : llvm::enumerate(type.getResults())) {
    results.push_back(getStoredType(result));
    if (keepTypes)
      function.setResultAttr(i, attr::kTensor, TypeAttr::get(result));
  }
  function.setType(FunctionType::get(type.getContext(), inputs, results));
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// Contractions have their result's dims for parallel dims.
static int64_t getParallelDims(func::FuncOp function) {
  if (auto noted = function->getAttrOfType<IntegerAttr>(attr::kParallelDims))
    return noted.getInt();
  auto products = function.getOps<dlc::ContractOp>();
  if (products.empty())
    return cast<RankedTensorType>(function.getResultTypes().front()).getRank();
  auto type = cast<RankedTensorType>((*products.begin()).getResult().getType());
  return type.getRank();
}

/// A constant with different elements, or a value that readers look through.
static void lowerConstant(dlc::ConstantOp op, KernelLowering &kernel) {
  auto value = cast<DenseElementsAttr>(op.getValue());
  RankedTensorType type = getStoredType(op.getResult().getType());
  if (value.isSplat())
    return;
  auto stored = value.mapValues(type.getElementType(), [&](const APInt &bits) {
    return bits.zext(type.getElementTypeBitWidth());
  });
  kernel.setTensor(op.getResult(),
                   arith::ConstantOp::create(kernel.getBuilder(), op.getLoc(),
                                             cast<TypedAttr>(stored)));
}

/// Whether somebody needs the result as a tensor: the function's return, or an
/// op that extracts elements.
static bool isMaterialized(Operation *op) {
  return llvm::any_of(op->getUses(), [](OpOperand &use) {
    Operation *user = use.getOwner();
    if (auto pad = dyn_cast<dlc::PadOp>(user))
      return use.get() == pad.getOperand();
    if (auto gather = dyn_cast<dlc::GatherOp>(user))
      return use.get() == gather.getOperand();
    return isa<func::ReturnOp, dlc::SliceOp, dlc::ConcatOp, dlc::ScatterAddOp,
               dlc::RankOp, dlc::CumulativeOp, dlc::ExternOp>(user) ||
           (isa<dlc::ContractOp>(user) &&
            !canRepeat(user, use.get().getDefiningOp()));
  });
}

static LogicalResult lowerKernel(func::FuncOp function, int64_t batch) {
  int64_t parallelDims = getParallelDims(function);
  Block &block = function.getBody().front();
  SmallVector<Operation *> ops;
  for (Operation &op : block.without_terminator())
    ops.push_back(&op);
  Operation *end = block.getTerminator();
  OpBuilder builder(end);
  KernelLowering kernel(builder, parallelDims, batch);

  bool isPointwise = true;
  unsigned arguments = block.getNumArguments();
  for (unsigned i = 0; i < arguments; ++i) {
    BlockArgument old = block.getArgument(i);
    kernel.setTensor(
        old, block.addArgument(getStoredType(old.getType()), old.getLoc()));
  }
  for (Operation *op : ops) {
    if (auto contract = dyn_cast<dlc::ContractOp>(op))
      isPointwise &=
          contract.getLhsContract().empty() ||
          !isa<FloatType>(getElementTypeOrSelf(contract.getResult().getType()));
    if (auto constant = dyn_cast<dlc::ConstantOp>(op))
      lowerConstant(constant, kernel);
    bool isLookedThrough =
        isRepeated(op) &&
        (!isMaterialized(op) || kernel.getTensor(op->getResult(0)));
    if (isLookedThrough || isComputedByUnwindow(op))
      continue;
    if (!lowerElementwise(op, kernel) && !lowerContraction(op, kernel) &&
        !lowerReduction(op, kernel) && !lowerShape(op, kernel) &&
        !lowerWindow(op, kernel) && !lowerIndexed(op, kernel) &&
        !lowerOrdered(op, kernel) && !lowerRandom(op, kernel) &&
        !lowerExtern(op, kernel))
      return op->emitOpError("has no lowering to linalg");
  }
  for (OpOperand &operand : end->getOpOperands())
    operand.set(kernel.getTensor(operand.get()));
  for (Operation *op : llvm::reverse(ops))
    op->erase();
  block.eraseArguments(0, arguments);
  convertSignature(function, /*keepTypes=*/false);
  function->removeAttr(attr::kBatch);
  if (isPointwise)
    function->setAttr(attr::kParallelDims,
                      builder.getI64IntegerAttr(parallelDims));
  return success();
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

/// A reshape is a view: collapsed to a vector, where it must, and expanded.
static Value emitReshape(OpBuilder &builder, Location loc, Value value,
                         RankedTensorType to) {
  auto from = cast<RankedTensorType>(value.getType());
  if (from == to)
    return value;
  if (auto groups = getReassociationIndicesForReshape(from, to)) {
    if (from.getRank() > to.getRank())
      return tensor::CollapseShapeOp::create(builder, loc, to, value, *groups);
    return tensor::ExpandShapeOp::create(builder, loc, to, value, *groups);
  }
  auto flat =
      RankedTensorType::get({from.getNumElements()}, from.getElementType());
  value = emitReshape(builder, loc, value, flat);
  return emitReshape(builder, loc, value, to);
}

/// The body of an entry or of a scan in it.
static void lowerCalls(Block &block) {
  for (BlockArgument argument : block.getArguments())
    argument.setType(getStoredType(argument.getType()));
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (auto reshape = dyn_cast<dlc::ReshapeOp>(op)) {
      OpBuilder builder(reshape);
      Value view = emitReshape(builder, op.getLoc(), reshape.getOperand(),
                               getStoredType(reshape.getResult().getType()));
      reshape.replaceAllUsesWith(view);
      reshape.erase();
      continue;
    }
    for (OpResult result : op.getResults())
      result.setType(getStoredType(result.getType()));
    if (auto scan = dyn_cast<dlc::ScanOp>(op))
      lowerCalls(scan.getBlock());
  }
}

static void lowerEntry(func::FuncOp entry) {
  lowerCalls(entry.getBody().front());
  convertSignature(entry, /*keepTypes=*/true);
}

namespace {

struct LowerToLinalgPass
    : public dlcc::impl::LowerToLinalgPassBase<LowerToLinalgPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto variable : module.getOps<dlc::VariableOp>()) {
      variable->setAttr(attr::kTensor, variable.getTypeAttr());
      variable.setType(getStoredType(variable.getType()));
    }
    for (func::FuncOp function : module.getOps<func::FuncOp>()) {
      if (function->hasAttr(attr::kEntry))
        lowerEntry(function);
      else if (function->hasAttr(attr::kKernel) &&
               failed(lowerKernel(function, getBatch(function))))
        return signalPassFailure();
    }
    // Empty tensors and constants made once for each use.
    IRRewriter rewriter(&getContext());
    (void)runRegionDCE(rewriter, module->getRegions());
  }
};

} // namespace
