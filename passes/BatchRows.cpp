//===- BatchRows.cpp - which values have rows of the batch ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/BatchRows.h"

#include "ir/ShapeFunctions.h"
#include "ir/Target.h"
#include "passes/Phase.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

int64_t dlcc::getBatch(func::FuncOp function) {
  for (Operation *op : {function.getOperation(), function->getParentOp()})
    if (auto batch = op->getAttrOfType<IntegerAttr>(attr::kBatch))
      return batch.getInt();
  return 1;
}

static bool isRowDim(const Dim &dim) {
  return getRowMultiple(dim, /*batch=*/1) != 0;
}

std::optional<unsigned> dlcc::findRowAxis(Type type) {
  for (auto [i, dim] : llvm::enumerate(getDims(cast<RankedTensorType>(type))))
    if (isRowDim(dim))
      return i;
  return std::nullopt;
}

static bool hasRows(Value value) {
  return findRowAxis(value.getType()).has_value();
}

/// Whether two dimensions depend on the rows: each row meets each other one.
static bool isPairOfRows(Value value) {
  return llvm::count_if(getDims(cast<RankedTensorType>(value.getType())),
                        isRowDim) > 1;
}

/// What the text calls the op.
static std::string getUserName(Operation *op) {
  if (auto named = op->getLoc()->findInstanceOf<NameLoc>())
    return named.getName().str();
  return op->getName().getStringRef().str();
}

LogicalResult dlcc::refuseToSplit(Operation *op, StringRef why) {
  return emitError(withoutPhase(op->getLoc()))
         << "the batch cannot be gone through in parts: '" << getUserName(op)
         << "' " << why;
}

/// Whether each row of the result is made of the same row of the operands.
static bool isRowByRow(Operation *op) {
  if (auto iota = dyn_cast<IotaOp>(op))
    return findRowAxis(iota.getResult().getType()) != unsigned(iota.getAxis());
  if (auto constant = dyn_cast<ConstantOp>(op))
    return isa<SplatElementsAttr>(constant.getValue());
  return op->hasTrait<OpTrait::Elementwise>() ||
         isa<ReadOp, RandomOp, BroadcastOp, ReshapeOp, TransposeOp, SliceOp,
             PadOp, WindowOp, UnwindowOp, ConcatOp, GatherOp, ScatterAddOp,
             RankOp, CumulativeOp, ReduceOp, ArgReduceOp, ContractOp>(op);
}

/// Whether the op, whose result has no rows, adds up those of its operands.
static bool addsRows(Operation *op) {
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return reduce.getKind() == ReduceKind::Sum;
  return isa<ContractOp, ScatterAddOp>(op);
}

/// Whether the op, given sums, makes the sum of what it makes of the parts.
static bool keepsSums(Operation *op) {
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return reduce.getKind() == ReduceKind::Sum;
  return isa<AddOp, SubOp, NegOp, ReshapeOp, TransposeOp>(op);
}

static bool isZero(Value value) {
  Attribute number = getUniformValue(value);
  if (auto real = dyn_cast_if_present<FloatAttr>(number))
    return real.getValue().isZero();
  auto integer = dyn_cast_if_present<IntegerAttr>(number);
  return integer && integer.getValue().isZero();
}

bool BatchRows::isInParts(Operation *op) const {
  return llvm::any_of(op->getResults(), [&](Value result) {
    RowShare share = lookup(result);
    return share == RowShare::Rows || share == RowShare::Sum;
  });
}

void BatchRows::setAll(Operation *op, RowShare share) {
  for (Value result : op->getResults())
    shares[result] = share;
}

bool BatchRows::isAny(ValueRange values, RowShare least) const {
  return llvm::any_of(values,
                      [&](Value value) { return lookup(value) >= least; });
}

LogicalResult BatchRows::analyze(Operation *op) {
  if (auto scan = dyn_cast<ScanOp>(op))
    return analyze(scan);
  if (llvm::any_of(op->getOperands(), isPairOfRows) ||
      llvm::any_of(op->getResults(), isPairOfRows))
    return refuseToSplit(op, "has every row meet every other");
  bool makesRows = llvm::any_of(op->getResults(), hasRows);
  bool needsSum = isAny(op->getOperands(), RowShare::Sum);
  if (!makesRows && llvm::none_of(op->getOperands(), hasRows)) {
    bool isOfSums = llvm::all_of(op->getOperands(), [&](Value operand) {
      return lookup(operand) == RowShare::Sum;
    });
    setAll(op, !needsSum                   ? RowShare::Whole
               : isOfSums && keepsSums(op) ? RowShare::Sum
                                           : RowShare::Total);
    return success();
  }
  if (needsSum)
    return refuseToSplit(op, "needs a sum over all rows for each of them");
  if (makesRows ? !isRowByRow(op) : !addsRows(op))
    return refuseToSplit(op, isa<ExternOp>(op)
                                 ? "is a C function, which is given all rows"
                                 : "needs all rows at once");
  setAll(op, makesRows ? RowShare::Rows : RowShare::Sum);
  return success();
}

/// A scan without rows is an op like any other; one with rows is run for each
/// part. What it carries without rows is the same for all parts, or it begins
/// at zero and sums are added to it.
LogicalResult BatchRows::analyze(ScanOp scan) {
  if (llvm::none_of(scan.getBlock().getArguments(), hasRows) &&
      llvm::none_of(scan.getResults(), hasRows)) {
    setAll(scan, isAny(scan->getOperands(), RowShare::Sum) ? RowShare::Total
                                                           : RowShare::Whole);
    return success();
  }
  if (isAny(scan->getOperands(), RowShare::Sum))
    return refuseToSplit(scan, "needs a sum over all rows for each of them");
  for (BlockArgument argument : scan.getBlock().getArguments())
    shares[argument] = hasRows(argument) ? RowShare::Rows : RowShare::Whole;
  return analyzeSteps(scan);
}

LogicalResult BatchRows::analyzeSteps(ScanOp scan) {
  bool isSettled = false;
  while (!isSettled) {
    isSettled = true;
    if (failed(analyze(scan.getBlock())))
      return failure();
    for (auto [carry, next, init] : llvm::zip_equal(
             scan.getCarries(), scan.getYieldedCarries(), scan.getInits())) {
      if (lookup(next) < RowShare::Sum || lookup(carry) == RowShare::Sum)
        continue;
      // Whether it is a sum, the next look at the steps tells.
      if (!isZero(init))
        return refuseToSplit(scan, "carries a sum over rows from step to step");
      shares[carry] = RowShare::Sum;
      isSettled = false;
    }
  }
  for (auto [result, yielded] :
       llvm::zip_equal(scan.getResults(), scan.getYield().getOperands())) {
    RowShare share = lookup(yielded);
    if (share == RowShare::Total)
      return refuseToSplit(scan, "carries a sum over rows from step to step");
    shares[result] = share;
  }
  return success();
}

LogicalResult BatchRows::analyze(Block &block) {
  for (Operation &op : block.without_terminator())
    if (!isa<WriteOp>(op) && failed(analyze(&op)))
      return failure();
  return success();
}

LogicalResult BatchRows::analyze(func::FuncOp entry) {
  for (BlockArgument argument : entry.getArguments()) {
    if (isPairOfRows(argument))
      return refuseToSplit(entry, "has every row meet every other");
    shares[argument] =
        findRowAxis(argument.getType()) ? RowShare::Rows : RowShare::Whole;
  }
  return analyze(entry.getBody().front());
}
