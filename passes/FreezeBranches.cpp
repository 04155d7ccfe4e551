//===- FreezeBranches.cpp - a function on one of its branches -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A deep network has millions of rectifiers, and a step of any size that
// rounding allows crosses the corners of some: differences of its loss are no
// derivative to more than two or three digits. Autodiff differentiates the
// branch that was taken, and that one is smooth.
//
//===----------------------------------------------------------------------===//

#include "passes/FreezeBranches.h"

#include "ir/Ops.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/ExpressionBuilder.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

namespace {

class Freezer {
public:
  Freezer(func::FuncOp record, func::FuncOp frozen, StringRef prefix)
      : record(record), frozen(frozen), prefix(prefix),
        recorder(record.getContext()), builder(record.getContext()) {}

  void run();

private:
  /// The ops of a block of the record and of the same one that is frozen.
  void freezeBlock(Block &originalBlock, Block &block);
  void freeze(Operation *original, Operation *op);
  void freezeScan(ScanOp original, ScanOp op);
  template <typename Op>
  void freezeExtreme(Op original, Op op, Comparison wins);
  void freezeAbs(AbsOp original, AbsOp op);
  void freezeRemainder(RemOp original, RemOp op);
  void freezeReduction(ReduceOp original, ReduceOp op);
  /// Stores `value`, of the record, and gives it back in the frozen function:
  /// in a scan, of every step.
  Value remember(Value value);
  Value rememberForState(Value value);
  bool isMoving(Value value) const { return moving.contains(value); }

  func::FuncOp record, frozen;
  StringRef prefix;
  OpBuilder recorder, builder;
  /// Values of the frozen function that depend on floats from outside.
  llvm::DenseSet<Value> moving;
  SmallVector<std::pair<StringAttr, Value>> stored;
  /// A scan that is being frozen, and the values of its steps to remember;
  /// the frozen body has an argument for each already.
  struct Steps {
    ScanOp frozen;
    SmallVector<Value> values;
  };
  SmallVector<Steps, 1> scans; ///< the innermost last
};

} // namespace

static bool isFloat(Type type) {
  return isa<FloatType>(cast<RankedTensorType>(type).getElementType());
}

Value Freezer::remember(Value value) {
  if (scans.empty())
    return rememberForState(value);
  Steps &steps = scans.back();
  unsigned number = steps.frozen.getInputs().size() + steps.values.size();
  steps.values.push_back(value);
  return steps.frozen.getBlock().insertArgument(number, value.getType(),
                                                value.getLoc());
}

Value Freezer::rememberForState(Value value) {
  auto module = record->getParentOfType<ModuleOp>();
  OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
  auto name = top.getStringAttr(prefix + std::to_string(stored.size()));
  VariableOp::create(top, value.getLoc(), VariableKind::State, name,
                     value.getType(), /*trainable=*/false);
  stored.push_back({name, value});
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&frozen.getBody().front());
  return ReadOp::create(builder, value.getLoc(), value.getType(), name);
}

/// The larger, or smaller, of two; of equal ones the mean.
template <typename Op>
void Freezer::freezeExtreme(Op original, Op op, Comparison wins) {
  ExpressionBuilder at(recorder, op.getLoc()), build(builder, op.getLoc());
  Type type = op.getType();
  Value a = original.getLhs(), b = original.getRhs();
  Value half = at.select(at.compare(Comparison::EQ, a, b),
                         at.constant(type, 0.5), at.constant(type, 0));
  Value share =
      remember(at.select(at.compare(wins, a, b), at.constant(type, 1), half));
  op.replaceAllUsesWith(
      build.add(build.mul(share, op.getLhs()),
                build.mul(build.subFrom(1, share), op.getRhs())));
}

void Freezer::freezeAbs(AbsOp original, AbsOp op) {
  ExpressionBuilder at(recorder, op.getLoc()), build(builder, op.getLoc());
  Value sign = remember(at.create<SignOp>(original.getOperand()));
  op.replaceAllUsesWith(build.mul(sign, op.getOperand()));
}

/// a - b trunc(a / b).
void Freezer::freezeRemainder(RemOp original, RemOp op) {
  ExpressionBuilder at(recorder, op.getLoc()), build(builder, op.getLoc());
  Value ratio = at.div(original.getLhs(), original.getRhs());
  Value whole =
      remember(at.select(at.compare(Comparison::LT, ratio, 0.0),
                         at.create<CeilOp>(ratio), at.create<FloorOp>(ratio)));
  op.replaceAllUsesWith(build.sub(op.getLhs(), build.mul(op.getRhs(), whole)));
}

/// A maximum is the mean of the elements that were equal to it.
void Freezer::freezeReduction(ReduceOp original, ReduceOp op) {
  ExpressionBuilder at(recorder, op.getLoc()), build(builder, op.getLoc());
  RankedTensorType type = op.getOperand().getType();
  SmallVector<int64_t> kept;
  for (int64_t axis : llvm::seq<int64_t>(type.getRank()))
    if (!llvm::is_contained(op.getAxes(), axis))
      kept.push_back(axis);
  Value equal =
      remember(at.compare(Comparison::EQ, original.getOperand(),
                          at.broadcast(original.getResult(), kept,
                                       original.getOperand().getType())));
  Value sum =
      build.reduce(ReduceKind::Sum, build.selectOrZero(equal, op.getOperand()),
                   op.getAxes());
  Value count = build.reduce(
      ReduceKind::Sum, build.cast(equal, type.getElementType()), op.getAxes());
  op.replaceAllUsesWith(build.div(sum, count));
}

/// What the steps decide is stacked by the record's scan; the frozen one takes
/// slices of that.
void Freezer::freezeScan(ScanOp original, ScanOp op) {
  for (auto [operand, argument] :
       llvm::zip_equal(op.getOperands(), op.getBlock().getArguments()))
    if (isMoving(operand))
      moving.insert(argument);
  // What is carried may begin fixed and be moved by a step.
  for (BlockArgument carry : op.getCarries())
    if (isFloat(carry.getType()))
      moving.insert(carry);
  moving.insert_range(op.getResults());
  scans.push_back({op, {}});
  freezeBlock(original.getBlock(), op.getBlock());
  Steps steps = scans.pop_back_val();
  unsigned outputs = original.getNumOutputs();
  ScanOp recorded = ScanOp::addOutputs(original, steps.values);
  recorder.setInsertionPointAfter(recorded);
  builder.setInsertionPoint(op);
  for (Value stack : recorded.getOutputs().drop_front(outputs))
    op.getInputsMutable().append(remember(stack));
}

void Freezer::freeze(Operation *original, Operation *op) {
  if (auto scan = dyn_cast<ScanOp>(op))
    return freezeScan(cast<ScanOp>(original), scan);
  recorder.setInsertionPointAfter(original);
  builder.setInsertionPointAfter(op);
  bool isDecision =
      op->hasTrait<NonDifferentiable>() || isa<StopGradientOp>(op);
  if (isDecision) {
    for (auto [value, result] :
         llvm::zip_equal(original->getResults(), op->getResults()))
      result.replaceAllUsesWith(remember(value));
    op->erase();
    return;
  }
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](MaxOp max) {
        freezeExtreme(cast<MaxOp>(original), max, Comparison::GT);
      })
      .Case([&](MinOp min) {
        freezeExtreme(cast<MinOp>(original), min, Comparison::LT);
      })
      .Case([&](AbsOp abs) { freezeAbs(cast<AbsOp>(original), abs); })
      .Case([&](RemOp rem) { freezeRemainder(cast<RemOp>(original), rem); })
      .Case([&](ReduceOp reduce) {
        if (reduce.getKind() == ReduceKind::Max ||
            reduce.getKind() == ReduceKind::Min)
          freezeReduction(cast<ReduceOp>(original), reduce);
      });
  // What takes its place depends on what it depended on.
  Operation *next = op, *end = &*builder.getInsertionPoint();
  if (op->use_empty()) {
    next = op->getNextNode();
    op->erase();
  }
  for (; next != end; next = next->getNextNode())
    moving.insert_range(next->getResults());
}

void Freezer::freezeBlock(Block &originalBlock, Block &block) {
  SmallVector<Operation *> originals, ops;
  for (Operation &op : originalBlock.without_terminator())
    originals.push_back(&op);
  for (Operation &op : block.without_terminator())
    ops.push_back(&op);
  for (auto [original, op] : llvm::zip_equal(originals, ops)) {
    if (isa<ReadOp>(op)) {
      if (isFloat(op->getResult(0).getType()))
        moving.insert(op->getResult(0));
    } else if (llvm::any_of(op->getOperands(),
                            [&](Value operand) { return isMoving(operand); })) {
      freeze(original, op);
    }
  }
}

void Freezer::run() {
  for (BlockArgument argument : frozen.getArguments())
    if (isFloat(argument.getType()))
      moving.insert(argument);
  freezeBlock(record.getBody().front(), frozen.getBody().front());
  recorder.setInsertionPoint(record.getBody().front().getTerminator());
  for (auto [name, value] : stored)
    WriteOp::create(recorder, value.getLoc(), name, value);
}

void dlcc::freezeBranches(func::FuncOp record, func::FuncOp frozen,
                          StringRef prefix) {
  Freezer(record, frozen, prefix).run();
}
