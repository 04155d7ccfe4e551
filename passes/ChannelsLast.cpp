//===- ChannelsLast.cpp - activations in the layout of convolutions -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A convolution leaves its result with the channels last and shows it to the
// model, where they are second, through a transposition. One walk over a
// function in program order carries these transpositions on: an op that reads
// one works on the operand from before it, and its result is transposed
// instead, until a reduction swallows the order or an op is reached that needs
// the model's own. So whatever stands between convolutions runs on contiguous
// channels, and can be fused with them.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"
#include "passes/Passes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_CHANNELSLASTPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using Axes = SmallVector<int64_t>;

static Axes invert(ArrayRef<int64_t> permutation) {
  Axes inverse(permutation.size());
  for (auto [to, from] : llvm::enumerate(permutation))
    inverse[from] = to;
  return inverse;
}

namespace {

/// A value that is `transpose(source, permutation)`.
struct Transposed {
  Value source;
  Axes permutation;
};

class LayoutWalk {
public:
  explicit LayoutWalk(func::FuncOp function)
      : function(function), builder(function.getContext()) {}

  void run() {
    for (Operation &op :
         llvm::make_early_inc_range(function.getBody().front())) {
      if (!isa_and_nonnull<DLCDialect>(op.getDialect()))
        continue;
      builder.setInsertionPoint(&op);
      visit(&op);
      if (isOpTriviallyDead(&op))
        op.erase();
    }
  }

private:
  void visit(Operation *op);
  void visitTranspose(TransposeOp op);
  void visitElementwise(Operation *op);
  void visitPad(PadOp op, const Transposed &from);
  void visitSlice(SliceOp op, const Transposed &from);
  void visitWindow(WindowOp op, const Transposed &from);
  void visitReduce(ReduceOp op, const Transposed &from);
  void visitReshape(ReshapeOp op, const Transposed &from);
  void visitBroadcast(BroadcastOp op, const Transposed &from);
  void visitConcat(ConcatOp op);

  const Transposed *find(Value value) const {
    auto found = known.find(value);
    return found == known.end() ? nullptr : &found->second;
  }
  /// `value` in the order in which it becomes itself by the permutation.
  Value before(Value value, ArrayRef<int64_t> permutation);
  /// Replaces the op by the transposed `source`.
  void replace(Operation *op, Value source, Axes permutation);

  func::FuncOp function;
  OpBuilder builder;
  llvm::DenseMap<Value, Transposed> known;
};

} // namespace

/// Entries of a list with one for each dim, in the source's order.
static Axes reorder(ArrayRef<int64_t> list, ArrayRef<int64_t> permutation) {
  Axes result(list.size());
  for (auto [to, from] : llvm::enumerate(permutation))
    result[from] = list[to];
  return result;
}

Value LayoutWalk::before(Value value, ArrayRef<int64_t> permutation) {
  if (const Transposed *from = find(value);
      from && ArrayRef(from->permutation) == permutation)
    return from->source;
  return TransposeOp::create(builder, value.getLoc(), value,
                             invert(permutation));
}

void LayoutWalk::replace(Operation *op, Value source, Axes permutation) {
  Value result = source;
  if (!llvm::is_sorted(permutation)) {
    result = TransposeOp::create(builder, op->getLoc(), source, permutation);
    known[result] = {source, permutation};
  }
  op->getResult(0).replaceAllUsesWith(result);
}

/// The layout to carry on begins at what contractions, or sums of windows,
/// compute.
void LayoutWalk::visitTranspose(TransposeOp op) {
  Axes permutation(op.getPermutation());
  if (const Transposed *from = find(op.getOperand())) {
    // transpose(transpose(x, p), q) = transpose(x, p . q)
    for (int64_t &axis : permutation)
      axis = from->permutation[axis];
    Value source = from->source;
    return replace(op, source, permutation);
  }
  Operation *origin = op.getOperand().getDefiningOp();
  while (isa_and_nonnull<ReshapeOp, TransposeOp, SliceOp>(origin))
    origin = origin->getOperand(0).getDefiningOp();
  if (isa_and_nonnull<ContractOp, ReduceOp, UnwindowOp>(origin))
    known[op] = {op.getOperand(), permutation};
}

void LayoutWalk::visitElementwise(Operation *op) {
  const Transposed *model = nullptr;
  for (Value operand : op->getOperands())
    if (const Transposed *from = find(operand); from && !model)
      model = from;
  if (!model)
    return;
  Axes permutation = model->permutation;
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(before(operand, permutation));
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto shape = cast<RankedTensorType>(operands.front().getType());
  OperationState state(op->getLoc(), op->getName(), operands,
                       {shape.clone(type.getElementType())});
  state.propertiesAttr = op->getPropertiesAsAttribute();
  replace(op, builder.create(state)->getResult(0), permutation);
}

void LayoutWalk::visitPad(PadOp op, const Transposed &from) {
  Axes permutation = from.permutation;
  Value padded = PadOp::create(builder, op.getLoc(), from.source, op.getValue(),
                               reorder(op.getLow(), permutation),
                               reorder(op.getHigh(), permutation),
                               reorder(op.getInterior(), permutation));
  replace(op, padded, permutation);
}

void LayoutWalk::visitSlice(SliceOp op, const Transposed &from) {
  Axes permutation = from.permutation;
  Value slice = SliceOp::create(builder, op.getLoc(), from.source,
                                reorder(op.getOffsets(), permutation),
                                reorder(op.getSizes(), permutation),
                                reorder(op.getStrides(), permutation));
  replace(op, slice, permutation);
}

void LayoutWalk::visitWindow(WindowOp op, const Transposed &from) {
  Axes permutation = from.permutation, axes;
  for (int64_t axis : op.getAxes())
    axes.push_back(permutation[axis]);
  // Else the windows' own dims would change places, too.
  if (!llvm::is_sorted(axes))
    return;
  Value window =
      WindowOp::create(builder, op.getLoc(), from.source, axes, op.getSizes(),
                       op.getStrides(), op.getDilations());
  for (size_t i = 0; i < axes.size(); ++i)
    permutation.push_back(permutation.size());
  replace(op, window, permutation);
}

void LayoutWalk::visitReduce(ReduceOp op, const Transposed &from) {
  Axes axes, kept;
  for (auto [axis, source] : llvm::enumerate(from.permutation))
    (llvm::is_contained(op.getAxes(), int64_t(axis)) ? axes : kept)
        .push_back(source);
  llvm::sort(axes);
  // The kept axes, counted without the others.
  Axes permutation = llvm::map_to_vector(kept, [&](int64_t axis) -> int64_t {
    return llvm::count_if(kept, [&](int64_t other) { return other < axis; });
  });
  Value reduced =
      ReduceOp::create(builder, op.getLoc(), op.getKind(), from.source, axes);
  replace(op, reduced, permutation);
}

namespace {
/// Neighbouring dims before and behind a reshape that hold the same elements.
struct DimGroup {
  int64_t from, fromEnd, to, toEnd;
};
} // namespace

/// The smallest groups.
static SmallVector<DimGroup> groupDims(ArrayRef<int64_t> from,
                                       ArrayRef<int64_t> to) {
  SmallVector<DimGroup> groups;
  int64_t rank = from.size(), newRank = to.size(), i = 0, j = 0;
  while (i < rank && j < newRank) {
    DimGroup group{i, i, j, j};
    int64_t before = from[i++], behind = to[j++];
    while (before != behind)
      if (before < behind)
        before *= from[i++];
      else
        behind *= to[j++];
    group.fromEnd = i;
    group.toEnd = j;
    groups.push_back(group);
  }
  // What is left are ones.
  if (!groups.empty()) {
    groups.back().fromEnd = rank;
    groups.back().toEnd = newRank;
  }
  return groups;
}

/// Splits and merges dims where they stand in the source, if those of a group
/// are neighbours there, too.
void LayoutWalk::visitReshape(ReshapeOp op, const Transposed &from) {
  RankedTensorType type = op.getType();
  SmallVector<DimGroup> groups =
      groupDims(op.getOperand().getType().getShape(), type.getShape());
  for (const DimGroup &group : groups)
    for (int64_t axis = group.from + 1; axis < group.fromEnd; ++axis)
      if (from.permutation[axis] != from.permutation[axis - 1] + 1)
        return;
  llvm::sort(groups, [&](const DimGroup &a, const DimGroup &b) {
    return from.permutation[a.from] < from.permutation[b.from];
  });
  Dims dims = getDims(type), sourceDims;
  Axes permutation(dims.size());
  for (const DimGroup &group : groups)
    for (int64_t axis = group.to; axis < group.toEnd; ++axis) {
      permutation[axis] = sourceDims.size();
      sourceDims.push_back(dims[axis]);
    }
  auto sourceType =
      getTensorType(op.getContext(), sourceDims, type.getElementType());
  Value source =
      ReshapeOp::create(builder, op.getLoc(), sourceType, from.source);
  replace(op, source, permutation);
}

/// New dims follow the one that they follow in the model.
void LayoutWalk::visitBroadcast(BroadcastOp op, const Transposed &from) {
  RankedTensorType type = op.getType();
  Axes order = invert(from.permutation), sourceAxes,
       permutation(type.getRank());
  Dims dims = getDims(type), sourceDims;
  auto take = [&](int64_t axis) {
    permutation[axis] = sourceDims.size();
    sourceDims.push_back(dims[axis]);
  };
  auto takeNew = [&](int64_t axis) {
    for (; axis < type.getRank() && !llvm::is_contained(op.getAxes(), axis);
         ++axis)
      take(axis);
  };
  takeNew(0);
  for (int64_t axis : order) {
    sourceAxes.push_back(sourceDims.size());
    take(op.getAxes()[axis]);
    takeNew(op.getAxes()[axis] + 1);
  }
  auto sourceType =
      getTensorType(op.getContext(), sourceDims, type.getElementType());
  Value source = BroadcastOp::create(builder, op.getLoc(), sourceType,
                                     from.source, sourceAxes);
  replace(op, source, permutation);
}

void LayoutWalk::visitConcat(ConcatOp op) {
  const Transposed *model = find(op.getOperands().front());
  if (!model)
    return;
  Axes permutation = model->permutation;
  SmallVector<Value> operands;
  for (Value operand : op.getOperands())
    operands.push_back(before(operand, permutation));
  Value joined = ConcatOp::create(builder, op.getLoc(),
                                  permutation[op.getAxis()], operands);
  replace(op, joined, permutation);
}

void LayoutWalk::visit(Operation *op) {
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return visitTranspose(transpose);
  if (auto concat = dyn_cast<ConcatOp>(op))
    return visitConcat(concat);
  if (op->hasTrait<OpTrait::Elementwise>())
    return visitElementwise(op);
  if (op->getNumOperands() == 0)
    return;
  const Transposed *found = find(op->getOperand(0));
  if (!found)
    return;
  // A copy: `replace` adds to the map.
  Transposed from = *found;
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](PadOp pad) { visitPad(pad, from); })
      .Case([&](SliceOp slice) { visitSlice(slice, from); })
      .Case([&](WindowOp window) { visitWindow(window, from); })
      .Case([&](ReduceOp reduce) { visitReduce(reduce, from); })
      .Case([&](ReshapeOp reshape) { visitReshape(reshape, from); })
      .Case([&](BroadcastOp broadcast) { visitBroadcast(broadcast, from); });
}

namespace {
struct ChannelsLastPass : dlcc::impl::ChannelsLastPassBase<ChannelsLastPass> {
  void runOnOperation() override { LayoutWalk(getOperation()).run(); }
};
} // namespace
