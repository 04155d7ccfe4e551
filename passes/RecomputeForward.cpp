//===- RecomputeForward.cpp - what the backward pass computes again -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The backward pass asks for many values of the forward pass: the argument of
// an activation, its result, a mask, what a normalisation has subtracted and
// divided. Elementwise chains are computed again from few of them at next to no
// cost, in the kernels that want them, so most need not be stored. Which ones
// are is the least cut between what cannot be computed again and what the
// backward pass reads, where a value's capacity is its bytes: the formulation
// of Jiang et al. for checkpoints ("Efficient and Eager Rematerialization",
// 2020) and of PyTorch's partitioner.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "passes/LookThrough.h"
#include "passes/MinimumCut.h"
#include "passes/Passes.h"
#include "passes/Phase.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_RECOMPUTEFORWARDPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

/// For h = select(x > 0, x, 0) the condition is h > 0 as well: the backward
/// pass asks h, which it needs anyway, instead of having x or a mask stored.
static void readMasksFromResults(Block &block) {
  auto isZero = [](Value value) {
    while (auto broadcast = value.getDefiningOp<BroadcastOp>())
      value = broadcast.getOperand();
    DenseElementsAttr elements;
    return matchPattern(value, m_Constant(&elements)) && elements.isSplat() &&
           isa<FloatType>(elements.getElementType()) &&
           elements.getSplatValue<APFloat>().isZero();
  };
  SmallVector<SelectOp> selects(block.getOps<SelectOp>());
  for (SelectOp relu : selects) {
    auto mask = relu.getCondition().getDefiningOp<CompareOp>();
    if (!mask || mask.getComparison() != Comparison::GT ||
        mask.getLhs() != relu.getOnTrue() || !isZero(mask.getRhs()) ||
        !isZero(relu.getOnFalse()))
      continue;
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : mask.getResult().getUses())
      if (use.getOwner() != relu && relu->isBeforeInBlock(use.getOwner()))
        uses.push_back(&use);
    for (OpOperand *use : uses) {
      OpBuilder builder(use->getOwner());
      use->set(CompareOp::create(builder, use->getOwner()->getLoc(),
                                 Comparison::GT, relu.getResult(),
                                 mask.getRhs()));
    }
  }
}

/// Ops of one element from one element of each operand, or none at all.
static bool isPointwise(Operation *op) {
  return op->hasTrait<OpTrait::Elementwise>() || isRepeated(op);
}

/// Ops whose results never have memory of their own.
static bool isView(Operation *op) {
  return isRepeated(op) || isa<ReshapeOp>(op);
}

/// Whether the op reads its operands in memory, so that a kernel has to store
/// them, and does not compute them itself.
static bool readsMemory(Operation *op) {
  return !isPointwise(op) && !isa<ReduceOp, ArgReduceOp>(op);
}

namespace {

/// One entry function's forward and backward pass.
class Recomputation {
public:
  explicit Recomputation(Block &block) : block(block) {}
  void run();

private:
  void findBackward();
  void findRecomputed();
  bool isKeptAnyway(Value value) const;
  bool isReadInMemory(Value value) const;
  Value recompute(Value value, Operation *reader);

  Block &block;
  /// The ops of backward pass and update; the gradient of the loss, which
  /// depends on the forward pass alone, counts as its end.
  llvm::DenseSet<Operation *> backward;
  llvm::DenseSet<Value> recomputed;
  /// The copies, by the op and who reads it: a reader that computes its
  /// operands itself has its own, the others share theirs.
  llvm::DenseMap<std::pair<Operation *, Operation *>, Operation *> copies;
};

} // namespace

/// What follows the forward pass at the same points, up to the first product or
/// the like, runs before its values are gone.
void Recomputation::findBackward() {
  for (Operation &op : block) {
    StringRef phase = getPhase(op.getLoc());
    if (phase == kForwardPhase || op.hasTrait<OpTrait::IsTerminator>())
      continue;
    bool isLate = phase == kUpdatePhase ||
                  (readsMemory(&op) && !isa<ReshapeOp>(op)) ||
                  llvm::any_of(op.getOperands(), [&](Value operand) {
                    return backward.contains(operand.getDefiningOp());
                  });
    if (isLate)
      backward.insert(&op);
  }
}

/// Whether the value has memory until the step's end, whoever reads it.
bool Recomputation::isKeptAnyway(Value value) const {
  return !value.getDefiningOp() || value.getDefiningOp<ReadOp>() ||
         llvm::any_of(value.getUsers(), [](Operation *user) {
           return isa<WriteOp>(user) || user->hasTrait<OpTrait::IsTerminator>();
         });
}

/// Whether the backward pass, maybe through views, reads the value in memory.
/// Computed again it would be stored again.
bool Recomputation::isReadInMemory(Value value) const {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (isView(user))
      return isReadInMemory(user->getResult(0));
    return backward.contains(user) && readsMemory(user);
  });
}

static int64_t countBytes(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return type.getNumElements() * ((type.getElementTypeBitWidth() + 7) / 8);
}

void Recomputation::findRecomputed() {
  constexpr int kSource = 0, kSink = 1;
  llvm::MapVector<Value, int> entries;
  auto enter = [&](Value value) {
    entries.insert({value, 2 * static_cast<int>(entries.size()) + 2});
  };
  for (Value argument : block.getArguments())
    enter(argument);
  for (Operation &op : block)
    if (!backward.contains(&op))
      llvm::for_each(op.getResults(), enter);

  // A value is an edge, from its entry to its exit.
  FlowNetwork network(2 * entries.size() + 2);
  for (auto [value, entry] : entries) {
    int exit = entry + 1;
    Operation *op = value.getDefiningOp();
    bool isOfView = op && isView(op);
    network.addEdge(entry, exit,
                    isOfView              ? FlowNetwork::kUnlimited
                    : isKeptAnyway(value) ? 0
                                          : countBytes(value));
    if (llvm::any_of(value.getUsers(),
                     [&](Operation *user) { return backward.contains(user); }))
      network.addEdge(exit, kSink, FlowNetwork::kUnlimited);
    if (isOfView || (op && isPointwise(op) && !isReadInMemory(value)))
      for (Value operand : op->getOperands())
        network.addEdge(entries.lookup(operand) + 1, entry,
                        FlowNetwork::kUnlimited);
    else
      network.addEdge(kSource, entry, FlowNetwork::kUnlimited);
  }
  std::vector<bool> side = network.cut(kSource, kSink);
  for (auto [value, entry] : entries)
    if (side[entry])
      recomputed.insert(value);
}

/// The value for `reader`, which needs it in the backward pass.
Value Recomputation::recompute(Value value, Operation *reader) {
  if (!recomputed.contains(value))
    return value;
  Operation *op = value.getDefiningOp();
  // In the order of the program: a copy stands before all that read it.
  std::pair key(op, readsMemory(reader) ? nullptr : reader);
  if (Operation *copy = copies.lookup(key))
    return copy->getResult(0);
  OpBuilder builder(reader);
  IRMapping mapping;
  bool changes = !isView(op);
  for (Value operand : op->getOperands()) {
    mapping.map(operand, recompute(operand, reader));
    changes |= mapping.lookup(operand) != operand;
  }
  // A view of what is stored stays.
  if (!changes)
    return value;
  Operation *copy = builder.clone(*op, mapping);
  copy->setLoc(withPhase(copy->getLoc(), kBackwardPhase));
  copy->setAttr(attr::kRecomputed, builder.getUnitAttr());
  copies[key] = copy;
  return copy->getResult(0);
}

void Recomputation::run() {
  findBackward();
  if (backward.empty())
    return;
  findRecomputed();
  for (Operation &op : llvm::make_early_inc_range(block))
    if (backward.contains(&op))
      for (OpOperand &operand : op.getOpOperands())
        operand.set(recompute(operand.get(), &op));
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

namespace {

struct RecomputeForwardPass
    : public dlcc::impl::RecomputeForwardPassBase<RecomputeForwardPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!function->hasAttr(attr::kEntry))
      return;
    Block &block = function.getBody().front();
    readMasksFromResults(block);
    Recomputation(block).run();
  }
};

} // namespace
