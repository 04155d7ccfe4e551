//===- ScanRule.cpp - the gradient of a recurrence ------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Backpropagation through time: a scan in the other direction carries the
// gradients of the carried values. What its step needs of the forward step is
// stacked by the forward scan, or is a slice of what is stacked anyway.
//
// A captured value (a weight) gets a contribution from each step. Where that is
// a product or a sum, its operands are stacked, too, and one product over all
// steps makes the gradient behind the loop; else the contributions are added up
// in a carried value.
//
//===----------------------------------------------------------------------===//

#include "ir/ShapeFunctions.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/LookThrough.h"
#include "passes/autodiff/Autodiff.h"
#include "passes/autodiff/Rules.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

static bool isFloat(Value value) {
  return isa<FloatType>(getElementTypeOrSelf(value.getType()));
}

namespace {

class ScanDifferentiation {
public:
  ScanDifferentiation(ScanOp forward, OpBuilder &builder,
                      ValueRange resultGradients, ArrayRef<bool> wanted,
                      MutableArrayRef<Value> gradients)
      : forward(forward), builder(builder),
        build(builder, withPhase(forward.getLoc(), kBackwardPhase)),
        resultGradients(resultGradients), wanted(wanted), gradients(gradients) {
  }

  LogicalResult run();

private:
  void findActiveCarries();
  LogicalResult buildBackwardStep();
  /// Whether `sumOverSteps` can do without a carried sum.
  bool isSummedBehind(Value gradient);
  void noteOperands(Value gradient);
  Value sumOverSteps(Value gradient);
  void carrySum(BlockArgument capture, Value gradient);
  Value getStack(Value value);
  void resolveForwardValues();
  void extendForward(ArrayRef<Value> residuals);
  Value concatHistory(unsigned carry);

  unsigned firstCarry() { return forward.getInputs().size(); }
  unsigned firstCapture() { return firstCarry() + forward.getInits().size(); }
  StringRef stepsName();
  Value named(Value stack);

  ScanOp forward;
  OpBuilder &builder;
  ExpressionBuilder build;
  ValueRange resultGradients;
  ArrayRef<bool> wanted;
  MutableArrayRef<Value> gradients;

  llvm::SmallVector<bool> activeArguments;
  ScanOp backward;
  /// What the backward step has computed for each argument of the forward one.
  SmallVector<Value> stepGradients;
  /// Outputs and carried values of the backward step.
  SmallVector<Value> outputs, carries;
  llvm::DenseMap<Value, unsigned> outputOf;
  /// Of values of the forward step.
  llvm::DenseMap<Value, Value> forwardStacks;
  SmallVector<std::pair<unsigned, unsigned>> carriedSums; // operand, carry
  SmallVector<std::pair<unsigned, Value>> sumsBehind;     // operand, gradient
};

} // namespace

/// A carried value depends on what is wanted if its beginning does or its next
/// value, which may depend on any carried value: until nothing is added.
void ScanDifferentiation::findActiveCarries() {
  Block &body = forward.getBlock();
  for (auto [argument, isWanted] : llvm::zip_equal(body.getArguments(), wanted))
    activeArguments.push_back(isWanted && isFloat(argument));
  for (bool isChanged = true; isChanged;) {
    isChanged = false;
    llvm::DenseSet<Value> active;
    for (BlockArgument argument : body.getArguments())
      if (activeArguments[argument.getArgNumber()])
        active.insert(argument);
    for (Operation &op : body)
      if (!op.hasTrait<NonDifferentiable>() &&
          llvm::any_of(op.getOperands(),
                       [&](Value value) { return active.contains(value); }))
        active.insert_range(op.getResults());
    for (auto [i, next] : llvm::enumerate(forward.getYieldedCarries())) {
      bool isActive = activeArguments[firstCarry() + i];
      if (isActive || !isFloat(next) || !active.contains(next))
        continue;
      activeArguments[firstCarry() + i] = isChanged = true;
    }
  }
}

StringRef ScanDifferentiation::stepsName() {
  Value stack = forward.getInputs().empty() ? forward.getResult(0)
                                            : forward.getInputs().front();
  if (forward.getInputs().empty() && forward.getNumOutputs() == 0)
    return "";
  auto names = dyn_cast_if_present<DimsAttr>(
      cast<RankedTensorType>(stack.getType()).getEncoding());
  return names ? names.getNames()[0].getValue() : StringRef();
}

/// The stack with the name of the steps.
Value ScanDifferentiation::named(Value stack) {
  RankedTensorType slice =
      getSliceType(cast<RankedTensorType>(stack.getType()));
  return build.reshape(stack,
                       getStackType(slice, forward.getSteps(), stepsName()));
}

LogicalResult ScanDifferentiation::buildBackwardStep() {
  SmallVector<Value> inputs, inits;
  SmallVector<Value> stacked; // yielded values that have a gradient
  for (auto [value, gradient] :
       llvm::zip(forward.getYieldedOutputs(), resultGradients)) {
    if (!gradient || !isFloat(value))
      continue;
    stacked.push_back(value);
    inputs.push_back(gradient);
  }
  SmallVector<unsigned> carried;
  for (auto [i, carry] : llvm::enumerate(forward.getCarries())) {
    if (!activeArguments[carry.getArgNumber()])
      continue;
    carried.push_back(i);
    Value last = resultGradients[forward.getNumOutputs() + i];
    inits.push_back(last ? last : build.constant(carry.getType(), 0));
  }
  Location loc = withPhase(forward.getLoc(), kBackwardPhase);
  backward = ScanOp::begin(builder, loc, forward.getSteps(),
                           !forward.getReverse(), inputs, inits);
  SmallVector<std::pair<Value, Value>> seeds;
  for (auto [value, slice] : llvm::zip_equal(stacked, backward.getSlices()))
    seeds.push_back({value, slice});
  for (auto [i, carry] : llvm::zip_equal(carried, backward.getCarries()))
    seeds.push_back({forward.getYieldedCarries()[i], carry});

  SmallVector<Value> of;
  for (BlockArgument argument : forward.getBlock().getArguments())
    if (activeArguments[argument.getArgNumber()])
      of.push_back(argument);
  OpBuilder inner = OpBuilder::atBlockEnd(&backward.getBlock());
  auto found = buildBlockGradients(inner, forward.getBlock(), seeds, of);
  if (failed(found))
    return failure();
  stepGradients.assign(forward.getNumOperands(), Value());
  for (auto [argument, gradient] : llvm::zip_equal(of, *found))
    stepGradients[cast<BlockArgument>(argument).getArgNumber()] = gradient;
  ExpressionBuilder step(inner, loc);
  for (unsigned i : carried) {
    Value gradient = stepGradients[firstCarry() + i];
    carries.push_back(gradient
                          ? gradient
                          : step.constant(inits[carries.size()].getType(), 0));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Sums over the steps
//===----------------------------------------------------------------------===//

/// Whether the value differs from step to step.
static bool isOfStep(Value value, ScanOp forward) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    if (argument.getOwner() == &forward.getBlock())
      return argument.getArgNumber() <
             forward.getInputs().size() + forward.getInits().size();
  if (auto transpose = value.getDefiningOp<TransposeOp>())
    return isOfStep(transpose.getOperand(), forward);
  return !isRepeated(value.getDefiningOp());
}

bool ScanDifferentiation::isSummedBehind(Value gradient) {
  Operation *op = gradient.getDefiningOp();
  if (!op || op->getBlock() != &backward.getBlock() ||
      (!gradient.use_empty() && !gradient.hasOneUse()))
    return false;
  if (isa<AddOp>(op))
    return isSummedBehind(op->getOperand(0)) &&
           isSummedBehind(op->getOperand(1));
  if (isa<TransposeOp, ReshapeOp>(op))
    return isSummedBehind(op->getOperand(0));
  if (isa<ContractOp>(op))
    return isOfStep(op->getOperand(0), forward) &&
           isOfStep(op->getOperand(1), forward);
  // A sum alone would stack more than it saves.
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return reduce.getKind() == ReduceKind::Sum &&
           outputOf.contains(reduce.getOperand());
  return false;
}

/// Stacks what the backward step made of the operands of the products that a
/// gradient is the sum of. What is a slice already is not stacked again, and
/// what is of the forward step will be one.
void ScanDifferentiation::noteOperands(Value gradient) {
  Operation *op = gradient.getDefiningOp();
  if (isa<ContractOp>(op)) {
    for (Value operand : op->getOperands()) {
      while (auto transpose = operand.getDefiningOp<TransposeOp>())
        operand = transpose.getOperand();
      if (operand.getParentBlock() == &backward.getBlock() &&
          !llvm::is_contained(backward.getSlices(), operand) &&
          outputOf.try_emplace(operand, outputs.size()).second)
        outputs.push_back(operand);
    }
  } else if (!isa<ReduceOp>(op)) {
    for (Value operand : op->getOperands())
      noteOperands(operand);
  }
}

static SmallVector<int64_t> shifted(ArrayRef<int64_t> axes, bool withSteps) {
  SmallVector<int64_t> result;
  if (withSteps)
    result.push_back(0);
  for (int64_t axis : axes)
    result.push_back(axis + 1);
  return result;
}

/// What the backward step's value was at all steps.
Value ScanDifferentiation::getStack(Value value) {
  if (auto transpose = value.getDefiningOp<TransposeOp>())
    return build.transpose(getStack(transpose.getOperand()),
                           shifted(transpose.getPermutation(), true));
  if (auto slice = dyn_cast<BlockArgument>(value);
      slice && slice.getArgNumber() < backward.getInputs().size())
    return named(backward.getInputs()[slice.getArgNumber()]);
  return backward.getResult(outputOf.lookup(value));
}

/// The sum over all steps of what the op made in each.
Value ScanDifferentiation::sumOverSteps(Value gradient) {
  Operation *op = gradient.getDefiningOp();
  if (auto contract = dyn_cast<ContractOp>(op))
    return build.create<ContractOp>(getStack(contract.getLhs()),
                                    getStack(contract.getRhs()),
                                    shifted(contract.getLhsBatch(), false),
                                    shifted(contract.getRhsBatch(), false),
                                    shifted(contract.getLhsContract(), true),
                                    shifted(contract.getRhsContract(), true));
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return build.reduce(ReduceKind::Sum, getStack(reduce.getOperand()),
                        shifted(reduce.getAxes(), true));
  Value first = sumOverSteps(op->getOperand(0));
  if (isa<AddOp>(op))
    return build.add(first, sumOverSteps(op->getOperand(1)));
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return build.transpose(first, transpose.getPermutation());
  return build.reshape(first, op->getResult(0).getType());
}

/// Adds the contributions up from step to step.
void ScanDifferentiation::carrySum(BlockArgument capture, Value gradient) {
  Location loc = backward.getLoc();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(backward);
  Value zero = build.constant(capture.getType(), 0);
  backward.getInitsMutable().append(zero);
  Value sum = backward.getBlock().addArgument(capture.getType(), loc);
  carriedSums.push_back({capture.getArgNumber(), carries.size()});
  OpBuilder inner = OpBuilder::atBlockEnd(&backward.getBlock());
  carries.push_back(AddOp::create(inner, loc, sum, gradient));
}

//===----------------------------------------------------------------------===//
// Values of the forward step
//===----------------------------------------------------------------------===//

/// The carried values that the steps began with: the first one, then what each
/// step but the last made.
Value ScanDifferentiation::concatHistory(unsigned carry) {
  Value next = forward.getYieldedCarries()[carry];
  Value stack = forwardStacks.lookup(next);
  Value init = forward.getInits()[carry];
  auto type = cast<RankedTensorType>(init.getType());
  int64_t steps = forward.getSteps();
  init = build.reshape(init, getStackType(type, 1));
  if (steps == 1)
    return named(init);
  auto stackType = cast<RankedTensorType>(stack.getType());
  SmallVector<int64_t> offsets(stackType.getRank(), 0),
      sizes(stackType.getShape()), strides(stackType.getRank(), 1);
  sizes[0] = steps - 1;
  if (forward.getReverse())
    offsets[0] = 1;
  Value others = build.create<SliceOp>(stack, offsets, sizes, strides);
  SmallVector<Value> parts = {init, others};
  if (forward.getReverse())
    std::swap(parts[0], parts[1]);
  return named(build.create<ConcatOp>(0, parts));
}

/// Puts a scan that stacks what the backward step needs, too, in the place of
/// the forward scan, which stays as it is, without users.
void ScanDifferentiation::extendForward(ArrayRef<Value> residuals) {
  llvm::DenseMap<Value, unsigned> stacked;
  for (auto [i, value] : llvm::enumerate(forward.getYieldedOutputs()))
    stacked.try_emplace(value, i);
  SmallVector<Value> extra;
  auto stack = [&](Value value) {
    if (stacked.try_emplace(value, forward.getNumOutputs() + extra.size())
            .second)
      extra.push_back(value);
  };
  for (Value value : residuals) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument)
      stack(value);
    else if (argument.getArgNumber() >= firstCarry())
      stack(
          forward.getYieldedCarries()[argument.getArgNumber() - firstCarry()]);
  }

  OpBuilder before(forward);
  SmallVector<Type> types(forward.getOutputs().getTypes());
  for (Value value : extra)
    types.push_back(getStackType(cast<RankedTensorType>(value.getType()),
                                 forward.getSteps(), stepsName()));
  llvm::append_range(types, forward.getFinals().getTypes());
  auto extended = ScanOp::create(
      before, forward.getLoc(), types, forward.getSteps(), forward.getReverse(),
      forward.getInputs(), forward.getInits(), forward.getCaptures());
  IRMapping mapping;
  forward.getBody().cloneInto(&extended.getBody(), mapping);
  SmallVector<Value> yielded;
  for (Value value : forward.getYieldedOutputs())
    yielded.push_back(mapping.lookup(value));
  for (Value value : extra)
    yielded.push_back(mapping.lookup(value));
  for (Value value : forward.getYieldedCarries())
    yielded.push_back(mapping.lookup(value));
  extended.getYield()->setOperands(yielded);

  unsigned outputs = forward.getNumOutputs();
  for (auto [i, result] : llvm::enumerate(forward.getResults()))
    result.replaceAllUsesWith(
        extended.getResult(i < outputs ? i : i + extra.size()));
  for (auto [value, i] : stacked)
    forwardStacks[value] = extended.getResult(i);
  for (Value value : residuals)
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      unsigned number = argument.getArgNumber();
      forwardStacks[value] = number < firstCarry()
                                 ? forward.getInputs()[number]
                                 : concatHistory(number - firstCarry());
    }
}

/// Brings what the backward step uses of the forward step: captured values are
/// captured again, what costs nothing is done again, the rest are slices of
/// stacks.
void ScanDifferentiation::resolveForwardValues() {
  Block &body = backward.getBlock();
  OpBuilder start = OpBuilder::atBlockBegin(&body);
  SmallVector<Value> slices;
  for (bool isChanged = true; isChanged;) {
    isChanged = false;
    llvm::SetVector<Value> used;
    body.walk([&](Operation *op) {
      for (Value operand : op->getOperands())
        if (operand.getParentBlock() == &forward.getBlock())
          used.insert(operand);
    });
    slices.clear();
    for (Value value : used) {
      Operation *op = value.getDefiningOp();
      auto argument = dyn_cast<BlockArgument>(value);
      Value inside;
      if (argument && argument.getArgNumber() >= firstCapture()) {
        inside = forward->getOperand(argument.getArgNumber());
      } else if (op && (isRepeated(op) || isa<ReshapeOp>(op))) {
        start.setInsertionPointToStart(&body);
        inside = start.clone(*op)->getResult(0);
      } else {
        slices.push_back(value);
        continue;
      }
      replaceAllUsesInRegionWith(value, inside, backward.getBody());
      isChanged = true;
    }
  }
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(backward);
  extendForward(slices);
  for (Value value : slices) {
    unsigned number = backward.getInputs().size();
    backward.getInputsMutable().append(forwardStacks.lookup(value));
    Value slice = body.insertArgument(number, value.getType(), value.getLoc());
    replaceAllUsesInRegionWith(value, slice, backward.getBody());
  }
}

LogicalResult ScanDifferentiation::run() {
  findActiveCarries();
  if (failed(buildBackwardStep()))
    return failure();
  SmallVector<unsigned> inputs;
  for (unsigned i = 0; i != firstCarry(); ++i)
    if (wanted[i] && stepGradients[i]) {
      inputs.push_back(i);
      outputs.push_back(stepGradients[i]);
    }
  // Products first: what they stack, sums can use.
  for (bool takesSums : {false, true})
    for (unsigned i = firstCapture(); i != forward.getNumOperands(); ++i) {
      Value gradient = stepGradients[i];
      bool isDone = llvm::any_of(
          sumsBehind, [&](const auto &done) { return done.first == i; });
      if (!wanted[i] || !gradient || isDone)
        continue;
      if (isSummedBehind(gradient)) {
        noteOperands(gradient);
        sumsBehind.push_back({i, gradient});
      } else if (takesSums) {
        carrySum(forward.getBlock().getArgument(i), gradient);
      }
    }
  resolveForwardValues();
  backward = ScanOp::finish(backward, outputs, carries, stepsName());
  builder.setInsertionPointAfter(backward);
  for (auto [i, operand] : llvm::enumerate(inputs))
    gradients[operand] = backward.getResult(i);
  for (unsigned i = 0, next = 0; i != forward.getInits().size(); ++i) {
    if (!activeArguments[firstCarry() + i])
      continue;
    if (wanted[firstCarry() + i])
      gradients[firstCarry() + i] = backward.getFinals()[next];
    ++next;
  }
  for (auto [operand, carry] : carriedSums)
    gradients[operand] = backward.getFinals()[carry];
  for (auto [operand, gradient] : sumsBehind)
    gradients[operand] = sumOverSteps(gradient);
  return success();
}

namespace {
struct ScanGradient : Differentiable::ExternalModel<ScanGradient, ScanOp> {
  LogicalResult buildGradient(Operation *op, OpBuilder &builder,
                              ValueRange resultGradients, ArrayRef<bool> wanted,
                              MutableArrayRef<Value> gradients) const {
    return ScanDifferentiation(cast<ScanOp>(op), builder, resultGradients,
                               wanted, gradients)
        .run();
  }
};
} // namespace

void attachScanRule(MLIRContext *context) {
  ScanOp::attachInterface<ScanGradient>(*context);
}

} // namespace dlcc
