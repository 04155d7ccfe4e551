//===- Autodiff.cpp - reverse-mode differentiation of dlc ops -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One walk forwards finds the active values, those through which a wanted
// value can influence others; one walk backwards from the loss asks each op
// that has an active operand and a gradient of its result for its rule
// (Griewank and Walther, Evaluating Derivatives, 2008, chapters 3 and 6).
//
//===----------------------------------------------------------------------===//

#include "passes/autodiff/Autodiff.h"

#include "ir/Ops.h"
#include "ir/Target.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "passes/Phase.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

static bool isFloat(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && isa<FloatType>(type.getElementType());
}

/// What a user calls the value: the parameter or input it is.
static std::string describe(Value value) {
  // Inside a scan it is what the scan was given.
  while (auto inside = dyn_cast<BlockArgument>(value)) {
    auto scan = dyn_cast<ScanOp>(inside.getOwner()->getParentOp());
    if (!scan)
      break;
    value = scan->getOperand(inside.getArgNumber());
  }
  if (auto read = value.getDefiningOp<ReadOp>())
    return ("parameter '" + read.getVariable() + "'").str();
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return "a value";
  auto function =
      dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
  StringAttr name = function ? function.getArgAttrOfType<StringAttr>(
                                   argument.getArgNumber(), attr::kName)
                             : StringAttr();
  return name ? ("input '" + name.getValue() + "'").str() : "an input";
}

namespace {
class Differentiation {
public:
  Differentiation(OpBuilder &builder, ArrayRef<Value> wanted)
      : builder(builder), wanted(wanted) {}

  /// The gradients of `wanted` from those of `seeds`, over these ops.
  using Seeds = ArrayRef<std::pair<Value, Value>>;

  FailureOr<SmallVector<Value>> run(SmallVector<Operation *> ops, Seeds seeds);

private:
  void findActiveValues();
  LogicalResult propagate(Operation *op);
  void accumulate(Value value, Value gradient, Location location);

  OpBuilder &builder;
  ArrayRef<Value> wanted;
  SmallVector<Operation *> ops;
  /// Values that a wanted value influences, each with the first such.
  DenseMap<Value, Value> active;
  DenseMap<Value, Value> gradients;
};
} // namespace

void Differentiation::findActiveValues() {
  for (Value value : wanted)
    active.insert({value, value});
  for (Operation *op : ops) {
    auto cause = llvm::find_if(
        op->getOperands(), [&](Value value) { return active.contains(value); });
    if (cause != op->operand_end() && !op->hasTrait<NonDifferentiable>())
      for (Value result : op->getResults())
        if (isFloat(result))
          active.insert({result, active.lookup(*cause)});
  }
}

void Differentiation::accumulate(Value value, Value gradient,
                                 Location location) {
  assert(gradient.getType() == value.getType() && "a rule's type is wrong");
  Value &sum = gradients[value];
  sum = sum ? AddOp::create(builder, location, sum, gradient) : gradient;
}

LogicalResult Differentiation::propagate(Operation *op) {
  auto isActive = [&](Value value) { return active.contains(value); };
  if (op->hasTrait<NonDifferentiable>() ||
      llvm::none_of(op->getOperands(), isActive))
    return success();
  SmallVector<Value> resultGradients;
  for (Value result : op->getResults())
    resultGradients.push_back(gradients.lookup(result));
  if (llvm::none_of(resultGradients, [](Value value) { return value; }))
    return success();

  auto differentiable = dyn_cast<Differentiable>(op);
  if (!differentiable) {
    Value cause = *llvm::find_if(op->getOperands(), isActive);
    return emitError(withoutPhase(op->getLoc()))
           << "no gradient of '" << op->getName() << "'; "
           << describe(active.lookup(cause)) << " needs it";
  }
  SmallVector<bool> wants = llvm::map_to_vector(op->getOperands(), isActive);
  SmallVector<Value> operandGradients(op->getNumOperands());
  if (failed(differentiable.buildGradient(builder, resultGradients, wants,
                                          operandGradients)))
    return failure();
  Location location = withPhase(op->getLoc(), kBackwardPhase);
  for (auto [operand, wants, gradient] :
       llvm::zip_equal(op->getOperands(), wants, operandGradients))
    if (wants && gradient)
      accumulate(operand, gradient, location);
  return success();
}

FailureOr<SmallVector<Value>>
Differentiation::run(SmallVector<Operation *> inOrder, Seeds seeds) {
  ops = std::move(inOrder);
  findActiveValues();
  for (auto [value, gradient] : seeds)
    accumulate(value, gradient, withPhase(value.getLoc(), kBackwardPhase));

  for (Operation *op : llvm::reverse(ops))
    if (failed(propagate(op)))
      return failure();
  return llvm::map_to_vector(
      wanted, [&](Value value) { return gradients.lookup(value); });
}

FailureOr<SmallVector<Value>> buildGradients(OpBuilder &builder, Value loss,
                                             ArrayRef<Value> wanted) {
  auto type = cast<RankedTensorType>(loss.getType());
  assert(type.getRank() == 0 && isFloat(loss) && "loss is no float scalar");
  auto one = DenseElementsAttr::get(
      type, Attribute(FloatAttr::get(type.getElementType(), 1)));
  Value seed = ConstantOp::create(
      builder, withPhase(loss.getLoc(), kBackwardPhase), one);
  SmallVector<Operation *> ops;
  if (Operation *last = loss.getDefiningOp())
    for (Operation &op : *last->getBlock()) {
      ops.push_back(&op);
      if (&op == last)
        break;
    }
  return Differentiation(builder, wanted).run(std::move(ops), {{loss, seed}});
}

FailureOr<SmallVector<Value>>
buildBlockGradients(OpBuilder &builder, Block &block,
                    ArrayRef<std::pair<Value, Value>> seeds,
                    ArrayRef<Value> wanted) {
  SmallVector<Operation *> ops;
  for (Operation &op : block.without_terminator())
    ops.push_back(&op);
  return Differentiation(builder, wanted).run(std::move(ops), seeds);
}

} // namespace dlcc
