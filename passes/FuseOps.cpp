//===- FuseOps.cpp - groups the ops of an entry into kernels --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Describes the ops of each entry function to the fusion model and makes a
// `dlc.kernel` of each group that it answers. Ops that cost nothing where they
// are used (constants, iota, broadcast, transpose) are no nodes but are copied
// into every kernel that uses them; they become a kernel of their own only
// where their result must lie in memory.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "passes/BatchRows.h"
#include "passes/FusionModel.h"
#include "passes/KernelNames.h"
#include "passes/LookThrough.h"
#include "passes/Passes.h"
#include "passes/PrepareScan.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_FUSEOPSPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

static bool isOutsideKernels(Operation *op) {
  return isa<ReadOp, WriteOp, ReshapeOp, ScanOp, PartsOp>(op) ||
         op->hasTrait<OpTrait::IsTerminator>();
}

static Value skipReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getOperand();
  return value;
}

/// The extents of a type's dims.
static SmallVector<Extent, 4> getExtents(Type type, int64_t batch) {
  SmallVector<Extent, 4> extents;
  for (const Dim &dim : getDims(cast<RankedTensorType>(type)))
    extents.push_back({dim.size, getRowMultiple(dim, batch)});
  return extents;
}

static SmallVector<int, 4> identityAxes(int64_t rank) {
  SmallVector<int, 4> axes(rank);
  for (int i = 0; i < rank; ++i)
    axes[i] = i;
  return axes;
}

/// Where the dims of a gather's index lie in its result.
static SmallVector<int, 4> getIndexAxes(GatherOp op) {
  SmallVector<int, 4> axes = identityAxes(op.getIndex().getType().getRank());
  for (int &axis : MutableArrayRef(axes).drop_front(op.getBatch()))
    axis += op.getAxis() - op.getBatch();
  return axes;
}

/// Whether the value of a forward pass is kept for what the backward pass
/// computes again, which would else join the kernel that makes the value.
static bool isStoredFor(Operation *producer, Operation *consumer) {
  return consumer->hasAttr(attr::kRecomputed) &&
         !producer->hasAttr(attr::kRecomputed);
}

//===----------------------------------------------------------------------===//
// Preparation
//===----------------------------------------------------------------------===//

/// Broadcasts from dims of size 1 read the operand without those dims, so that
/// what a kernel reads is always indexed by plain loop dims.
static void dropStretchedDims(Block &block) {
  SmallVector<BroadcastOp> broadcasts(block.getOps<BroadcastOp>());
  for (BroadcastOp op : broadcasts) {
    auto from = cast<RankedTensorType>(op.getOperand().getType());
    auto to = cast<RankedTensorType>(op.getResult().getType());
    Dims dims, kept;
    dims = getDims(from);
    SmallVector<int64_t> axes;
    for (auto [i, axis] : llvm::enumerate(op.getAxes())) {
      if (from.getDimSize(i) != to.getDimSize(axis))
        continue;
      kept.push_back(dims[i]);
      axes.push_back(axis);
    }
    if (kept.size() == dims.size())
      continue;
    OpBuilder builder(op);
    auto type = getTensorType(op.getContext(), kept, from.getElementType());
    Value source = skipReshapes(op.getOperand());
    if (source.getType() != type)
      source = ReshapeOp::create(builder, op.getLoc(), type, op.getOperand());
    Value stretched = op.getOperand();
    op.getOperandMutable().assign(source);
    op.setAxes(axes);
    // A reshape that nobody reads would keep its operand in memory.
    while (stretched.use_empty() && stretched.getDefiningOp<ReshapeOp>()) {
      auto reshape = stretched.getDefiningOp<ReshapeOp>();
      stretched = reshape.getOperand();
      reshape.erase();
    }
  }
}

/// The ops that only matter where a scalar condition holds: else the variables
/// that they are for keep their values.
static llvm::DenseSet<Operation *> findGuarded(Block &block) {
  auto isScalar = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getRank() == 0;
  };
  auto keepsVariable = [&](SelectOp select) {
    auto broadcast = select.getCondition().getDefiningOp<BroadcastOp>();
    auto read = select.getOnFalse().getDefiningOp<ReadOp>();
    return broadcast && isScalar(broadcast.getOperand()) && read &&
           llvm::all_of(select->getUsers(), [&](Operation *user) {
             auto write = dyn_cast<WriteOp>(user);
             return write && write.getVariable() == read.getVariable();
           });
  };
  llvm::DenseSet<Operation *> guarded;
  for (Operation &op : llvm::reverse(block)) {
    if (op.getNumResults() != 1 || isScalar(op.getResult(0)) ||
        isOutsideKernels(&op))
      continue;
    auto select = dyn_cast<SelectOp>(op);
    bool isNeeded = llvm::any_of(op.getUsers(), [&](Operation *user) {
      return !guarded.contains(user);
    });
    if (!isNeeded || (select && keepsVariable(select)))
      guarded.insert(&op);
  }
  return guarded;
}

/// Narrow floats are summed in f32, also at indices and along a line: the casts
/// around such a sum join the kernels before and behind it.
static void widenSums(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (!isa<ScatterAddOp, CumulativeOp>(op))
      continue;
    auto type = cast<RankedTensorType>(op.getResult(0).getType());
    if (!isa<FloatType>(type.getElementType()) ||
        type.getElementTypeBitWidth() >= 32)
      continue;
    OpBuilder builder(&op);
    Type f32 = builder.getF32Type();
    auto from = cast<RankedTensorType>(op.getOperand(0).getType());
    op.setOperand(0, CastOp::create(builder, op.getLoc(), from.clone(f32),
                                    op.getOperand(0)));
    op.getResult(0).setType(type.clone(f32));
    builder.setInsertionPointAfter(&op);
    auto narrow = CastOp::create(builder, op.getLoc(), type, op.getResult(0));
    op.getResult(0).replaceAllUsesExcept(narrow.getResult(), narrow);
  }
}

/// The elementwise ops behind an `unwindow` get copies for it alone, so that
/// it can compute them itself whoever else reads them.
static void copyWindowOperands(Block &block) {
  std::function<void(OpOperand &)> copy = [&](OpOperand &use) {
    Operation *producer = use.get().getDefiningOp();
    if (!producer || !producer->hasTrait<OpTrait::Elementwise>())
      return;
    if (!producer->hasOneUse()) {
      OpBuilder builder(use.getOwner());
      producer = builder.clone(*producer);
      use.set(producer->getResult(0));
    }
    for (OpOperand &operand : producer->getOpOperands())
      copy(operand);
  };
  SmallVector<UnwindowOp> unwindows(block.getOps<UnwindowOp>());
  for (UnwindowOp op : unwindows)
    copy(op.getOperandMutable());
}

//===----------------------------------------------------------------------===//
// The graph of an entry function or of a scan's body
//===----------------------------------------------------------------------===//

namespace {

class BlockFuser {
public:
  BlockFuser(Block &block, int64_t batch, KernelNames &names)
      : block(block), batch(batch), names(names), guarded(findGuarded(block)) {}
  void run();

private:
  void addNode(Operation *op);
  void addEdges(Operation *op);
  /// Edges from the producer of `value`, which `op` reads at `axes` of its
  /// loop space, looking through ops that are repeated.
  void addEdge(Value value, int consumer, SmallVector<int, 4> axes,
               bool opaque);
  void addOrderEdges();
  bool isReadOutside(Operation *op,
                     const llvm::DenseSet<Operation *> &inside) const;
  bool isOutput(Operation *op, const llvm::DenseSet<Operation *> &inside) const;
  KernelOp buildKernel(const FusionGroup &group, Operation *before);

  Block &block;
  int64_t batch;
  KernelNames &names;
  llvm::DenseSet<Operation *> guarded;
  FusionGraph graph;
  llvm::MapVector<Operation *, int> nodes;
  /// Edges from reads of variables: consumer, axes, opaque.
  llvm::MapVector<Operation *, SmallVector<FusionEdge>> reads;
};

} // namespace

void BlockFuser::addNode(Operation *op) {
  bool isAlone = isa<ReshapeOp, ScatterAddOp, RankOp, CumulativeOp, ScanOp,
                     PartsOp, ExternOp>(op);
  if (isOutsideKernels(op) && !isAlone)
    return;
  // Repeated by every user: no node.
  if (isRepeated(op) && llvm::all_of(op->getUsers(), [&](Operation *user) {
        return canRepeat(user, op);
      }))
    return;
  if (isComputedByUnwindow(op))
    return;
  FusionNode node;
  Type space = op->getResult(0).getType();
  if (isAlone)
    node.kind = FusionKind::Barrier;
  if (auto contract = dyn_cast<ContractOp>(op);
      contract && !contract.getLhsContract().empty())
    node.kind = FusionKind::Contraction;
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    node.kind = FusionKind::Reduction;
    space = reduce.getOperand().getType();
    for (int64_t axis : reduce.getAxes())
      node.reducedAxes.push_back(axis);
  }
  if (auto search = dyn_cast<ArgReduceOp>(op)) {
    node.kind = FusionKind::Reduction;
    space = search.getOperand().getType();
    node.reducedAxes.push_back(search.getAxis());
  }
  node.space = getExtents(space, batch);
  if (auto unwindow = dyn_cast<UnwindowOp>(op)) {
    node.kind = FusionKind::Reduction;
    for (int64_t steps : unwindow.getSteps()) {
      node.reducedAxes.push_back(node.space.size());
      node.space.push_back({steps, 0});
    }
  }
  node.escapes = llvm::any_of(op->getUsers(), isOutsideKernels);
  node.guarded = guarded.contains(op);
  nodes[op] = graph.nodes.size();
  graph.nodes.push_back(node);
}

void BlockFuser::addEdge(Value value, int consumer, SmallVector<int, 4> axes,
                         bool opaque) {
  Operation *producer = value.getDefiningOp();
  if (!producer)
    return;
  if (isa<ReadOp>(producer)) {
    reads[producer].push_back({-1, consumer, axes, opaque});
    return;
  }
  auto found = nodes.find(producer);
  // A node that is repeated by others, too, is read in memory by those only
  // that cannot repeat it.
  bool isRead = found != nodes.end() && (!isRepeated(producer) || opaque);
  if (isRead) {
    opaque |= isStoredFor(producer, nodes.getArrayRef()[consumer].first);
    graph.edges.push_back({found->second, consumer, axes, opaque});
    // A reshaped variable is still the variable's memory.
    if (Operation *root = skipReshapes(value).getDefiningOp();
        isa_and_nonnull<ReadOp>(root))
      reads[root].push_back({-1, consumer, {}, /*opaque=*/true});
    return;
  }
  if (auto broadcast = dyn_cast<BroadcastOp>(producer)) {
    SmallVector<int, 4> outer;
    auto from = cast<RankedTensorType>(broadcast.getOperand().getType());
    auto to = cast<RankedTensorType>(broadcast.getResult().getType());
    for (auto [i, axis] : llvm::enumerate(broadcast.getAxes())) {
      // A dim of size 1 that is stretched is read at one point only.
      opaque |= from.getDimSize(i) != to.getDimSize(axis);
      outer.push_back(opaque ? 0 : axes[axis]);
    }
    addEdge(broadcast.getOperand(), consumer, outer, opaque);
  } else if (auto transpose = dyn_cast<TransposeOp>(producer)) {
    // Behind a window the axes say nothing any more.
    SmallVector<int, 4> outer(opaque ? 0 : axes.size());
    if (!opaque)
      for (auto [i, axis] : llvm::enumerate(transpose.getPermutation()))
        outer[axis] = axes[i];
    addEdge(transpose.getOperand(), consumer, outer, opaque);
  } else if (auto window = dyn_cast<WindowOp>(producer)) {
    addEdge(window.getOperand(), consumer, {}, /*opaque=*/true);
  } else if (isComputedByUnwindow(producer)) {
    for (Value operand : producer->getOperands())
      addEdge(operand, consumer, {}, /*opaque=*/true);
  }
}

void BlockFuser::addEdges(Operation *op) {
  int consumer = nodes[op];
  bool opaque =
      isa<ReshapeOp, ContractOp, SliceOp, PadOp, ConcatOp, BroadcastOp,
          TransposeOp, WindowOp, UnwindowOp, RandomOp, ScatterAddOp, RankOp,
          CumulativeOp, ScanOp, PartsOp, ExternOp>(op);
  if (auto gather = dyn_cast<GatherOp>(op)) {
    addEdge(gather.getOperand(), consumer, {}, /*opaque=*/true);
    addEdge(gather.getIndex(), consumer, getIndexAxes(gather),
            /*opaque=*/false);
    return;
  }
  for (Value operand : op->getOperands()) {
    auto type = cast<RankedTensorType>(operand.getType());
    // A fully reduced or 0-d operand has no axes; a contraction's operand has
    // none that count, since the edge is opaque.
    addEdge(operand, consumer, identityAxes(type.getRank()), opaque);
  }
}

/// A kernel that overwrites a variable runs after all that read it otherwise.
void BlockFuser::addOrderEdges() {
  for (WriteOp write : block.getOps<WriteOp>()) {
    Operation *writer = skipReshapes(write.getValue()).getDefiningOp();
    auto found = writer ? nodes.find(writer) : nodes.end();
    if (found == nodes.end())
      continue;
    int last = found->second;
    for (auto &[op, uses] : reads) {
      if (cast<ReadOp>(op).getVariable() != write.getVariable())
        continue;
      for (const FusionEdge &use : uses) {
        // The planner copies where a later op reads the old value.
        if (use.consumer >= last)
          continue;
        const FusionNode &reader = graph.nodes[use.consumer];
        bool samePoint =
            !use.opaque && reader.kind == FusionKind::Elementwise &&
            use.axes.size() == reader.space.size() && llvm::is_sorted(use.axes);
        graph.edges.push_back(
            {use.consumer, last, {}, !samePoint, /*orderOnly=*/true});
      }
    }
  }
}

/// Whether somebody outside reads the result, maybe through ops that are
/// repeated there.
bool BlockFuser::isReadOutside(
    Operation *op, const llvm::DenseSet<Operation *> &inside) const {
  return llvm::any_of(op->getUsers(), [&](Operation *user) {
    if (inside.contains(user))
      return false;
    bool looksThrough = (isRepeated(user) || isComputedByUnwindow(user)) &&
                        !nodes.contains(user);
    return !looksThrough || isReadOutside(user, inside);
  });
}

/// Whether a kernel of the ops in `inside` has to yield the result of `op`.
bool BlockFuser::isOutput(Operation *op,
                          const llvm::DenseSet<Operation *> &inside) const {
  if (!isRepeated(op))
    return isReadOutside(op, inside);
  return llvm::any_of(op->getUsers(), [&](Operation *user) {
    return !inside.contains(user) && !canRepeat(user, op);
  });
}

/// What several readers in one kernel have computed again is computed once:
/// `copy` of `op` goes where an op like it stands before it.
static void shareRecomputed(Operation *copy, Operation *op,
                            IRMapping &mapping) {
  if (!copy->hasAttr(attr::kRecomputed))
    return;
  for (Operation &other : *copy->getBlock()) {
    if (&other == copy)
      return;
    if (!OperationEquivalence::isEquivalentTo(
            copy, &other, OperationEquivalence::IgnoreLocations))
      continue;
    mapping.map(op->getResults(), other.getResults());
    copy->erase();
    return;
  }
}

/// Moves copies of the members' ops into one kernel before `before`.
KernelOp BlockFuser::buildKernel(const FusionGroup &group, Operation *before) {
  SmallVector<Operation *> ops;
  llvm::DenseSet<Operation *> inside;
  for (int n : group.nodes) {
    ops.push_back(nodes.getArrayRef()[n].first);
    inside.insert(ops.back());
  }

  auto body = std::make_unique<Block>();
  OpBuilder builder(block.getParent()->getContext());
  SmallVector<Value> inputs;
  IRMapping mapping;
  std::function<void(Value, Operation *)> bring = [&](Value value,
                                                      Operation *user) {
    Operation *producer = value.getDefiningOp();
    if (mapping.contains(value))
      return;
    if ((isRepeated(producer) && canRepeat(user, producer)) ||
        isComputedByUnwindow(producer)) {
      for (Value operand : producer->getOperands())
        bring(operand, producer);
      builder.clone(*producer, mapping);
      return;
    }
    inputs.push_back(value);
    mapping.map(value, body->addArgument(value.getType(), value.getLoc()));
  };
  builder.setInsertionPointToEnd(body.get());
  bool hasReduction = llvm::any_of(group.nodes, [&](int n) {
    return graph.nodes[n].kind == FusionKind::Reduction;
  });
  for (auto [i, op] : llvm::enumerate(ops)) {
    for (Value operand : op->getOperands())
      bring(operand, op);
    if (mapping.contains(op->getResult(0)))
      continue;
    Operation *copy = builder.clone(*op, mapping);
    if (hasReduction)
      copy->setAttr(attr::kPlaces,
                    builder.getDenseI64ArrayAttr(
                        llvm::to_vector_of<int64_t>(group.places[i])));
    shareRecomputed(copy, op, mapping);
  }

  SmallVector<Value> outputs, yielded;
  for (Operation *op : ops) {
    if (!isOutput(op, inside))
      continue;
    for (Value result : op->getResults()) {
      outputs.push_back(result);
      yielded.push_back(mapping.lookup(result));
    }
  }
  KernelFacts facts = findFacts(ops, inputs, outputs);
  YieldOp::create(builder, facts.loc, yielded);

  builder.setInsertionPoint(before);
  SmallVector<Type> types(ValueRange(outputs).getTypes());
  auto kernel =
      KernelOp::create(builder, facts.loc, types,
                       builder.getStringAttr(names.unique(facts.name)), inputs);
  kernel.getBody().getBlocks().clear();
  kernel.getBody().push_back(body.release());
  setFacts(kernel, facts);
  bool hasContraction = llvm::any_of(group.nodes, [&](int n) {
    return graph.nodes[n].kind == FusionKind::Contraction;
  });
  if (!hasContraction)
    kernel->setAttr(attr::kParallelDims,
                    builder.getI64IntegerAttr(group.parallelDims));
  for (auto [output, result] : llvm::zip_equal(outputs, kernel.getResults()))
    output.replaceUsesWithIf(result, [&](OpOperand &use) {
      Operation *user = use.getOwner();
      return !inside.contains(user) &&
             !(isRepeated(output.getDefiningOp()) &&
               canRepeat(user, output.getDefiningOp()));
    });
  return kernel;
}

void BlockFuser::run() {
  SmallVector<Operation *> old;
  for (Operation &op : block) {
    addNode(&op);
    old.push_back(&op);
  }
  for (auto &[op, node] : nodes)
    addEdges(op);
  addOrderEdges();

  // Writes keep to the end, behind the kernels.
  SmallVector<WriteOp> writes(block.getOps<WriteOp>());
  for (WriteOp write : writes)
    write->moveBefore(block.getTerminator());
  Operation *end = writes.empty() ? block.getTerminator() : writes.front();
  for (const FusionGroup &group : planFusion(graph)) {
    Operation *first = nodes.getArrayRef()[group.nodes.front()].first;
    if (isa<ReshapeOp, ScanOp, PartsOp>(first))
      first->moveBefore(end);
    else
      buildKernel(group, end);
  }
  for (Operation *op : llvm::reverse(old))
    if (!isOutsideKernels(op) || (isa<ReadOp>(op) && op->use_empty()))
      op->erase();
}

namespace {

struct FuseOpsPass : public dlcc::impl::FuseOpsPassBase<FuseOpsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    KernelNames names;
    for (func::FuncOp entry : module.getOps<func::FuncOp>()) {
      if (!entry->hasAttr(attr::kEntry))
        continue;
      fuse(entry.getBody().front(), getBatch(entry), names);
      if (Attribute rows = entry->getAttr(attr::kBatch))
        entry.walk(
            [&](KernelOp kernel) { kernel->setAttr(attr::kBatch, rows); });
    }
  }

  static void fuse(Block &block, int64_t batch, KernelNames &names) {
    for (ScanOp scan : llvm::to_vector(block.getOps<ScanOp>()))
      prepareScan(scan);
    dropStretchedDims(block);
    widenSums(block);
    copyWindowOperands(block);
    BlockFuser(block, batch, names).run();
    for (ScanOp scan : block.getOps<ScanOp>())
      fuse(scan.getBlock(), batch, names);
  }
};

} // namespace
