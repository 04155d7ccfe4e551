//===- SimplifyGraph.cpp - fewer and cheaper ops with the same meaning ----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Canonical forms of single ops stand with the ops; here are the rewrites
// that look at several. All are sound for fewer rows than the batch and, but
// for the splits of reductions, keep every bit. A split changes the order of a
// sum by its shape alone.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Passes.h"
#include "passes/SimplifyOneHot.h"
#include "passes/SimplifyWindows.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_SIMPLIFYGRAPHPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace dlcc;

using Axes = SmallVector<int64_t>;

static Axes without(int64_t rank, ArrayRef<int64_t> first,
                    ArrayRef<int64_t> second = {}) {
  Axes rest;
  for (int64_t axis : llvm::seq<int64_t>(rank))
    if (!llvm::is_contained(first, axis) && !llvm::is_contained(second, axis))
      rest.push_back(axis);
  return rest;
}

static Axes permute(ArrayRef<int64_t> axes, ArrayRef<int64_t> permutation) {
  return llvm::map_to_vector(axes,
                             [&](int64_t axis) { return permutation[axis]; });
}

static bool isElementwise(Operation *op) {
  return isa_and_nonnull<DLCDialect>(op->getDialect()) &&
         op->hasTrait<OpTrait::Elementwise>() && op->getNumResults() == 1;
}

/// The value of a constant with equal elements, maybe broadcast, or null.
static DenseElementsAttr getSplat(Value value) {
  if (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getOperand();
  DenseElementsAttr elements;
  return matchPattern(value, m_Constant(&elements)) && elements.isSplat()
             ? elements
             : DenseElementsAttr();
}

/// The same elements in the shape of `shape`, for `reader`.
static Value createSplat(DenseElementsAttr splat, RankedTensorType shape,
                         Operation *reader, PatternRewriter &rewriter) {
  return ConstantOp::create(
      rewriter, reader->getLoc(),
      splat.resizeSplat(shape.clone(splat.getElementType())));
}

/// The elementwise op on operands of the shape of `shape`.
static Value createAlike(Operation *op, ValueRange operands,
                         RankedTensorType shape, PatternRewriter &rewriter) {
  Type type = getElementTypeOrSelf(op->getResult(0).getType());
  OperationState state(op->getLoc(), op->getName(), operands,
                       {shape.clone(type)});
  state.propertiesAttr = op->getPropertiesAsAttribute();
  return rewriter.create(state)->getResult(0);
}

namespace {
/// stop_gradient(x) -> x, once there is nothing to differentiate.
struct DropStopGradient : OpRewritePattern<StopGradientOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StopGradientOp op,
                                PatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, op.getOperand());
    return success();
  }
};

/// contract(transpose(x), y) -> contract(x, y), for either side, where the
/// free dimensions keep their order.
struct AbsorbTransposedOperand : OpRewritePattern<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op,
                                PatternRewriter &rewriter) const override {
    Value sides[] = {op.getLhs(), op.getRhs()};
    Axes batch[] = {Axes(op.getLhsBatch()), Axes(op.getRhsBatch())};
    Axes contract[] = {Axes(op.getLhsContract()), Axes(op.getRhsContract())};
    bool changed = false;
    for (int side : {0, 1}) {
      auto transpose = sides[side].getDefiningOp<TransposeOp>();
      if (!transpose)
        continue;
      auto permutation = transpose.getPermutation();
      Axes free = without(permutation.size(), batch[side], contract[side]);
      if (!llvm::is_sorted(permute(free, permutation)))
        continue;
      sides[side] = transpose.getOperand();
      batch[side] = permute(batch[side], permutation);
      contract[side] = permute(contract[side], permutation);
      changed = true;
    }
    if (!changed)
      return rewriter.notifyMatchFailure(op, "no transposition to absorb");
    rewriter.replaceOpWithNewOp<ContractOp>(op, sides[0], sides[1], batch[0],
                                            batch[1], contract[0], contract[1]);
    return success();
  }
};

/// transpose(contract(x, y)) -> contract(y, x), where the permutation swaps
/// the free dimensions of the sides as blocks.
struct SwapTransposedContraction : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto contract = op.getOperand().getDefiningOp<ContractOp>();
    if (!contract || !contract->hasOneUse())
      return rewriter.notifyMatchFailure(op, "no contraction of its own");
    int64_t rank = contract.getType().getRank();
    int64_t batch = contract.getLhsBatch().size();
    int64_t rows = contract.getLhs().getType().getRank() - batch -
                   contract.getLhsContract().size();
    auto swapped = llvm::to_vector(llvm::concat<const int64_t>(
        llvm::to_vector(llvm::seq<int64_t>(0, batch)),
        llvm::to_vector(llvm::seq<int64_t>(batch + rows, rank)),
        llvm::to_vector(llvm::seq<int64_t>(batch, batch + rows))));
    if (!llvm::equal(op.getPermutation(), swapped))
      return rewriter.notifyMatchFailure(op, "other permutation");
    rewriter.replaceOpWithNewOp<ContractOp>(
        op, contract.getRhs(), contract.getLhs(), contract.getRhsBatch(),
        contract.getLhsBatch(), contract.getRhsContract(),
        contract.getLhsContract());
    return success();
  }
};

/// f(broadcast(a), broadcast(b)) -> broadcast(f(a, b)), for elementwise f and
/// equal axes; constants with equal elements fit everywhere.
struct ComputeBeforeBroadcast : RewritePattern {
  ComputeBeforeBroadcast(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op))
      return rewriter.notifyMatchFailure(op, "not elementwise");
    BroadcastOp model, uniform;
    for (Value operand : op->getOperands()) {
      auto broadcast = operand.getDefiningOp<BroadcastOp>();
      if (getSplat(operand)) {
        uniform = broadcast ? broadcast : uniform;
        continue;
      }
      if (!broadcast || (model && !isAlike(broadcast, model)))
        return rewriter.notifyMatchFailure(op, "operands differ");
      model = broadcast;
    }
    model = model ? model : uniform;
    if (!model)
      return rewriter.notifyMatchFailure(op, "nothing is broadcast");
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, op->getResult(0).getType(),
                                             computeSmall(op, model, rewriter),
                                             model.getAxes());
    return success();
  }

private:
  static bool isAlike(BroadcastOp a, BroadcastOp b) {
    return a.getAxes() == b.getAxes() && getDims(a.getOperand().getType()) ==
                                             getDims(b.getOperand().getType());
  }

  /// The op on the operands from before their broadcast.
  static Value computeSmall(Operation *op, BroadcastOp model,
                            PatternRewriter &rewriter) {
    RankedTensorType shape = model.getOperand().getType();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (DenseElementsAttr splat = getSplat(operand))
        operands.push_back(createSplat(splat, shape, op, rewriter));
      else
        operands.push_back(operand.getDefiningOp<BroadcastOp>().getOperand());
    }
    return createAlike(op, operands, shape, rewriter);
  }
};

/// f(reshape(a), reshape(b)) -> reshape(f(a, b)), for elementwise f, where the
/// reshapes add the same dims of size 1: what follows a reduction with
/// `keepdims` stays in its kernel.
struct ComputeBeforeUnitDims : RewritePattern {
  ComputeBeforeUnitDims(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op))
      return rewriter.notifyMatchFailure(op, "not elementwise");
    RankedTensorType shape;
    for (Value operand : op->getOperands()) {
      auto reshape = operand.getDefiningOp<ReshapeOp>();
      if (reshape && !shape && addsUnitDims(reshape))
        shape = reshape.getOperand().getType();
      if (reshape ? !shape || getDims(reshape.getOperand().getType()) !=
                                  getDims(shape)
                  : !getSplat(operand))
        return rewriter.notifyMatchFailure(op, "operands differ");
    }
    if (!shape)
      return rewriter.notifyMatchFailure(op, "nothing is reshaped");
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (auto reshape = operand.getDefiningOp<ReshapeOp>())
        operands.push_back(reshape.getOperand());
      else
        operands.push_back(createSplat(getSplat(operand), shape, op, rewriter));
    }
    rewriter.replaceOpWithNewOp<ReshapeOp>(
        op, op->getResult(0).getType(),
        createAlike(op, operands, shape, rewriter));
    return success();
  }

private:
  static bool addsUnitDims(ReshapeOp op) {
    Dims from = getDims(op.getOperand().getType()), to = getDims(op.getType());
    size_t next = 0;
    for (const Dim &dim : to) {
      if (next < from.size() && dim == from[next])
        ++next;
      else if (dim.size != 1)
        return false;
    }
    return next == from.size() && to.size() > from.size();
  }
};

/// reduce [0, 2] of a x b x c -> reduce [2], then reduce [0]: the first part
/// keeps its outer loop parallel. Narrow floats keep their one f32
/// accumulator.
struct SplitReduction : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = op.getOperand().getType();
    ArrayRef<int64_t> axes = op.getAxes();
    if (axes.size() < 2 || axes.back() != type.getRank() - 1)
      return rewriter.notifyMatchFailure(op, "one axis, or not the last");
    if (type.getElementType().getIntOrFloatBitWidth() < 32)
      return rewriter.notifyMatchFailure(op, "accumulates in a wider type");
    // The run of axes at the end; the first axis of all stays parallel.
    size_t first = axes.size() - 1;
    while (first > 0 && axes[first - 1] == axes[first] - 1)
      --first;
    if (first == 0 && axes.front() > 0)
      return rewriter.notifyMatchFailure(op, "leading axes are parallel");
    first = std::max<size_t>(first, 1);
    Value inner = ReduceOp::create(rewriter, op.getLoc(), op.getKind(),
                                   op.getOperand(), axes.drop_front(first));
    rewriter.replaceOpWithNewOp<ReduceOp>(op, op.getKind(), inner,
                                          axes.take_front(first));
    return success();
  }
};

/// reduce [0] of 1000000 -> reduce [1] of 250 x 4000, then reduce [0]: a long
/// sum that would be one task becomes many. What is computed for it alone moves
/// behind the new shape, so that it need not be stored.
struct SplitLongReduction : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  /// Shorter ones are done before a second thread is there; with so many
  /// elements left there is enough to share.
  static constexpr int64_t kLong = 1 << 16, kEnough = 8;
  static constexpr int64_t kMostParts = 256;

  LogicalResult matchAndRewrite(ReduceOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = op.getOperand().getType();
    Dims dims = getDims(type);
    int64_t last = type.getRank() - 1;
    if (op.getAxes() != ArrayRef<int64_t>(last) || !dims[last].name.empty() ||
        type.getElementType().getIntOrFloatBitWidth() < 32)
      return rewriter.notifyMatchFailure(op, "not along a plain last axis");
    int64_t length = dims[last].size;
    if (length < kLong || type.getNumElements() / length >= kEnough)
      return rewriter.notifyMatchFailure(op, "short, or parallel already");
    int64_t parts = kMostParts;
    while (length % parts)
      --parts;
    if (parts < kEnough)
      return rewriter.notifyMatchFailure(op, "no equal parts");
    dims[last].size = parts;
    dims.push_back({length / parts, ""});
    Value inner = ReduceOp::create(
        rewriter, op.getLoc(), op.getKind(),
        reshape(op.getOperand(), op,
                getTensorType(getContext(), dims, type.getElementType()),
                rewriter),
        last + 1);
    rewriter.replaceOpWithNewOp<ReduceOp>(op, op.getKind(), inner, last);
    return success();
  }

private:
  /// `value` by the shape of `shape`, for the one reader that it has.
  static Value reshape(Value value, Operation *reader, RankedTensorType shape,
                       PatternRewriter &rewriter) {
    auto type = shape.clone(getElementTypeOrSelf(value.getType()));
    Operation *op = value.getDefiningOp();
    bool isOwn = op && llvm::all_of(op->getUsers(), [&](Operation *user) {
                   return user == reader;
                 });
    if (auto broadcast = dyn_cast_if_present<BroadcastOp>(op);
        broadcast && broadcast.getAxes().empty())
      return BroadcastOp::create(rewriter, op->getLoc(), type,
                                 broadcast.getOperand(), ArrayRef<int64_t>());
    if (DenseElementsAttr splat = getSplat(value))
      return createSplat(splat, shape, reader, rewriter);
    if (!isOwn || !op->hasTrait<OpTrait::Elementwise>())
      return ReshapeOp::create(rewriter, value.getLoc(), type, value);
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(operand == op->getOperand(0) && !operands.empty()
                             ? operands.front()
                             : reshape(operand, op, shape, rewriter));
    return createAlike(op, operands, shape, rewriter);
  }
};

/// a + -b -> a - b and a - -b -> a + b.
template <typename OpT, typename Opposite>
struct AbsorbNegation : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    Value lhs = op.getLhs(), rhs = op.getRhs();
    if (isa<AddOp>(op) && !rhs.template getDefiningOp<NegOp>())
      std::swap(lhs, rhs);
    auto negation = rhs.template getDefiningOp<NegOp>();
    if (!negation)
      return rewriter.notifyMatchFailure(op, "no negation");
    rewriter.replaceOpWithNewOp<Opposite>(op, lhs, negation.getOperand());
    return success();
  }
};

/// custom_gradient(values) -> values, likewise.
struct DropCustomGradient : OpRewritePattern<CustomGradientOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(CustomGradientOp op,
                                PatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, op.getValues());
    return success();
  }
};

class SimplifyGraphPass
    : public dlcc::impl::SimplifyGraphPassBase<SimplifyGraphPass> {
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet simplify(context);
    for (RegisteredOperationName op : context->getRegisteredOperations())
      if (isa<DLCDialect>(op.getDialect()))
        op.getCanonicalizationPatterns(simplify, context);
    simplify.add<AbsorbTransposedOperand, SwapTransposedContraction,
                 ComputeBeforeBroadcast, ComputeBeforeUnitDims, SplitReduction,
                 AbsorbNegation<AddOp, SubOp>, AbsorbNegation<SubOp, AddOp>>(
        context);
    populateWindowPatterns(simplify);
    populateOneHotPatterns(simplify);
    patterns = std::move(simplify);
    // Once there is nothing to differentiate. Gradients of the shape that a
    // long sum gets would have to be stored.
    RewritePatternSet last(context);
    last.add<DropStopGradient, DropCustomGradient, SplitReduction,
             SplitLongReduction>(context);
    lastPatterns = std::move(last);
    return success();
  }

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    IRRewriter rewriter(&getContext());
    auto share = [&] {
      DominanceInfo dominance(function);
      eliminateCommonSubExpressions(rewriter, dominance, function);
    };
    bool isDifferentiated = function.getBody().getOps<MinimizeOp>().empty() &&
                            function.getBody().getOps<GradientOp>().empty();
    if (isDifferentiated)
      (void)applyPatternsGreedily(function, lastPatterns);
    share();
    if (failed(applyPatternsGreedily(function, patterns)))
      return signalPassFailure();
    share();
  }

  FrozenRewritePatternSet patterns, lastPatterns;
};
} // namespace
