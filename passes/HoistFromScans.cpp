//===- HoistFromScans.cpp - work that need not be done step by step -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What depends on captured values alone is computed once, before the loop. A
// product of a slice, x_t W, is one product of the whole stack before the loop,
// whose result is sliced: its weight is read once and packed once, and a step
// is left with the products of what is carried. Runs before differentiation,
// so that the backward pass has the same form.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "passes/LookThrough.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_HOISTFROMSCANSPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

namespace {

/// How a value of the body depends on the step, from little to much.
enum class Dependence {
  Invariant, ///< the same at every step
  Slice,     ///< computed from slices: could be computed of all steps at once
  Step       ///< depends on what is carried
};

class Hoister {
public:
  explicit Hoister(ScanOp scan) : scan(scan), builder(scan) {}
  void run();

private:
  Dependence classify(Value value);
  bool isLiftable(Operation *op);
  Value takeOut(Value value);
  Value lift(Value value);
  Value liftContract(ContractOp op);
  Type getStack(Value value) {
    return getStackType(cast<RankedTensorType>(value.getType()),
                        scan.getSteps(), stepsName);
  }

  ScanOp scan;
  OpBuilder builder;
  std::string stepsName;
  llvm::DenseMap<Value, Dependence> dependences;
  llvm::DenseMap<Value, Value> outside, stacks;
};

SmallVector<int64_t> shifted(ArrayRef<int64_t> axes) {
  return llvm::map_to_vector(axes, [](int64_t axis) { return axis + 1; });
}

SmallVector<int64_t> withFront(int64_t front, ArrayRef<int64_t> others) {
  SmallVector<int64_t> result = {front};
  llvm::append_range(result, others);
  return result;
}

} // namespace

bool Hoister::isLiftable(Operation *op) {
  return op->hasTrait<OpTrait::Elementwise>() ||
         isa<ContractOp, TransposeOp, BroadcastOp, ReshapeOp, ReduceOp, SliceOp,
             CastOp>(op);
}

Dependence Hoister::classify(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    unsigned number = argument.getArgNumber(), slices = scan.getInputs().size();
    return number < slices                            ? Dependence::Slice
           : number < slices + scan.getInits().size() ? Dependence::Step
                                                      : Dependence::Invariant;
  }
  auto [known, isNew] = dependences.try_emplace(value, Dependence::Step);
  if (!isNew)
    return known->second;
  Operation *op = value.getDefiningOp();
  Dependence result = Dependence::Invariant;
  for (Value operand : op->getOperands())
    result = std::max(result, classify(operand));
  bool isSimple = op->getNumRegions() == 0 && isPure(op);
  if (!isSimple || (result == Dependence::Slice && !isLiftable(op)))
    result = Dependence::Step;
  return dependences[value] = result;
}

/// An invariant value, before the loop.
Value Hoister::takeOut(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return scan->getOperand(argument.getArgNumber());
  if (Value known = outside.lookup(value))
    return known;
  IRMapping mapping;
  Operation *op = value.getDefiningOp();
  for (Value operand : op->getOperands())
    mapping.map(operand, takeOut(operand));
  Operation *copy = builder.clone(*op, mapping);
  for (auto [inside, result] :
       llvm::zip_equal(op->getResults(), copy->getResults()))
    outside[inside] = result;
  return outside.lookup(value);
}

/// With one operand stacked, its steps are among that operand's free
/// dimensions; with both, they are a batch dimension.
Value Hoister::liftContract(ContractOp op) {
  bool isLeft = classify(op.getLhs()) == Dependence::Slice;
  bool isRight = classify(op.getRhs()) == Dependence::Slice;
  Value lhs = isLeft ? lift(op.getLhs()) : takeOut(op.getLhs());
  Value rhs = isRight ? lift(op.getRhs()) : takeOut(op.getRhs());
  auto axes = [](ArrayRef<int64_t> axes, bool isStacked) {
    return isStacked ? shifted(axes) : SmallVector<int64_t>(axes);
  };
  SmallVector<int64_t> lhsBatch = axes(op.getLhsBatch(), isLeft),
                       rhsBatch = axes(op.getRhsBatch(), isRight);
  if (isLeft && isRight) {
    lhsBatch = withFront(0, lhsBatch);
    rhsBatch = withFront(0, rhsBatch);
  }
  Value product = ContractOp::create(
      builder, op.getLoc(), lhs, rhs, lhsBatch, rhsBatch,
      axes(op.getLhsContract(), isLeft), axes(op.getRhsContract(), isRight));
  int64_t steps = 0; // where the dimension of the steps has come to lie
  if (isLeft != isRight) {
    steps = op.getLhsBatch().size();
    if (isRight)
      steps = op.getLhs().getType().getRank() - op.getLhsContract().size();
  }
  if (steps == 0)
    return product;
  int64_t rank = cast<RankedTensorType>(product.getType()).getRank();
  SmallVector<int64_t> permutation = {steps};
  for (int64_t axis : llvm::seq<int64_t>(rank))
    if (axis != steps)
      permutation.push_back(axis);
  return TransposeOp::create(builder, op.getLoc(), product, permutation);
}

/// The values that `value`, which depends on slices, has at all steps.
Value Hoister::lift(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    if (classify(value) == Dependence::Slice)
      return scan.getInputs()[argument.getArgNumber()];
  if (Value known = stacks.lookup(value))
    return known;
  Location loc = value.getLoc();
  if (classify(value) == Dependence::Invariant) {
    int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
    return stacks[value] = BroadcastOp::create(
               builder, loc, getStack(value), takeOut(value),
               shifted(llvm::to_vector(llvm::seq<int64_t>(rank))));
  }
  Operation *op = value.getDefiningOp();
  if (auto contract = dyn_cast<ContractOp>(op))
    return stacks[value] = liftContract(contract);
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, lift(operand));
  Operation *copy = builder.clone(*op, mapping);
  copy->getResult(0).setType(getStack(value));
  if (auto transpose = dyn_cast<TransposeOp>(copy))
    transpose.setPermutation(withFront(0, shifted(transpose.getPermutation())));
  else if (auto broadcast = dyn_cast<BroadcastOp>(copy))
    broadcast.setAxes(withFront(0, shifted(broadcast.getAxes())));
  else if (auto reduce = dyn_cast<ReduceOp>(copy))
    reduce.setAxes(shifted(reduce.getAxes()));
  else if (auto slice = dyn_cast<SliceOp>(copy)) {
    slice.setOffsets(withFront(0, slice.getOffsets()));
    slice.setSizes(withFront(scan.getSteps(), slice.getSizes()));
    slice.setStrides(withFront(1, slice.getStrides()));
  }
  return stacks[value] = copy->getResult(0);
}

void Hoister::run() {
  Block &body = scan.getBlock();
  if (!scan.getInputs().empty())
    stepsName =
        getDims(cast<RankedTensorType>(scan.getInputs()[0].getType()))[0].name;
  SmallVector<Value> invariants, products;
  for (Operation &op : body.without_terminator()) {
    if (op.getNumResults() != 1 || isRepeated(&op) || isa<ReshapeOp>(op))
      continue;
    Value value = op.getResult(0);
    Dependence dependence = classify(value);
    if (dependence == Dependence::Invariant)
      invariants.push_back(value);
    else if (dependence == Dependence::Slice && isa<ContractOp>(op))
      products.push_back(value);
  }
  // What then has no user goes where the scan is simplified.
  SmallVector<std::pair<Value, Value>> captured, sliced;
  for (Value value : invariants)
    captured.push_back({value, takeOut(value)});
  for (Value value : products)
    sliced.push_back({value, lift(value)});
  for (auto [inside, before] : captured) {
    scan.getCapturesMutable().append(before);
    inside.replaceAllUsesWith(
        body.addArgument(inside.getType(), inside.getLoc()));
  }
  for (auto [inside, stack] : sliced) {
    unsigned number = scan.getInputs().size();
    scan.getInputsMutable().append(stack);
    inside.replaceAllUsesWith(
        body.insertArgument(number, inside.getType(), inside.getLoc()));
  }
}

namespace {
struct HoistFromScansPass
    : public dlcc::impl::HoistFromScansPassBase<HoistFromScansPass> {
  void runOnOperation() override {
    // The innermost first: what leaves a loop may leave the next one, too.
    SmallVector<ScanOp> scans;
    getOperation().walk([&](ScanOp scan) { scans.push_back(scan); });
    for (ScanOp scan : scans)
      Hoister(scan).run();
  }
};
} // namespace
