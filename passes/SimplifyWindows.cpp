//===- SimplifyWindows.cpp - gradients of convolutions as convolutions ----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The gradient of a convolution by its input is a contraction whose result is
// summed over windows: x[h] = sum over p, k with p s + k d = h of
// (sum over o of dy[p, o] w[o, k]). Taken together that is a convolution of dy,
// with zeros between its elements and around it, by the window read backwards;
// nothing as large as all windows is ever stored.
//
//===----------------------------------------------------------------------===//

#include "passes/SimplifyWindows.h"

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

using Axes = SmallVector<int64_t>;

/// The axes of one side of a contraction that are in the result, in order.
static Axes getFree(int64_t rank, ArrayRef<int64_t> batch,
                    ArrayRef<int64_t> contract) {
  Axes free;
  for (int64_t axis : llvm::seq<int64_t>(rank))
    if (!llvm::is_contained(batch, axis) && !llvm::is_contained(contract, axis))
      free.push_back(axis);
  return free;
}

static Value createZero(OpBuilder &builder, Location loc, Type element) {
  auto type = RankedTensorType::get({}, element);
  return ConstantOp::create(builder, loc,
                            cast<DenseElementsAttr>(builder.getZeroAttr(type)));
}

namespace {

/// unwindow(contract(y, w)) -> contract(window(pad(y)), w), where the windows'
/// places are free dims of y and their inner dims are free dims of w.
struct MergeUnwindowIntoContraction : OpRewritePattern<UnwindowOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(UnwindowOp op,
                                PatternRewriter &rewriter) const override {
    auto contract = op.getOperand().getDefiningOp<ContractOp>();
    if (!contract || !contract->hasOneUse())
      return rewriter.notifyMatchFailure(op, "no contraction of its own");
    RankedTensorType left = contract.getLhs().getType();
    RankedTensorType right = contract.getRhs().getType();
    Axes leftFree = getFree(left.getRank(), contract.getLhsBatch(),
                            contract.getLhsContract());
    Axes rightFree = getFree(right.getRank(), contract.getRhsBatch(),
                             contract.getRhsContract());
    int64_t batch = contract.getLhsBatch().size(), count = op.getAxes().size();
    int64_t leftEnd = batch + leftFree.size();
    if (int64_t(rightFree.size()) < count ||
        llvm::any_of(op.getAxes(), [&](int64_t axis) {
          return axis < batch || axis >= leftEnd;
        }))
      return rewriter.notifyMatchFailure(op, "places and windows are mixed");

    // Zeros so that each element of the result sees a whole window.
    Axes axes, dilations, low(left.getRank(), 0), high(low), interior(low);
    for (auto [i, resultAxis] : llvm::enumerate(op.getAxes())) {
      int64_t axis = leftFree[resultAxis - batch];
      int64_t dilation = op.getDilations()[i], stride = op.getStrides()[i];
      int64_t reach = (op.getSizes()[i] - 1) * std::abs(dilation);
      int64_t seen = (left.getDimSize(axis) - 1) * stride + reach + 1;
      low[axis] = reach;
      high[axis] = reach + op.getType().getDimSize(resultAxis) - seen;
      interior[axis] = stride - 1;
      axes.push_back(axis);
      dilations.push_back(-dilation);
    }
    if (!llvm::is_sorted(axes))
      return rewriter.notifyMatchFailure(op, "places have changed order");
    Location loc = contract.getLoc();
    Value zero = createZero(rewriter, loc, left.getElementType());
    Value padded = PadOp::create(rewriter, loc, contract.getLhs(), zero, low,
                                 high, interior);
    Value window = WindowOp::create(rewriter, loc, padded, axes, op.getSizes(),
                                    Axes(count, 1), dilations);

    // Over the windows first, then what was summed before.
    Axes lhsContract, rhsContract;
    for (int64_t i = 0; i < count; ++i) {
      lhsContract.push_back(left.getRank() + i);
      rhsContract.push_back(rightFree[rightFree.size() - count + i]);
    }
    llvm::append_range(lhsContract, contract.getLhsContract());
    llvm::append_range(rhsContract, contract.getRhsContract());
    rewriter.replaceOpWithNewOp<ContractOp>(
        op, window, contract.getRhs(), contract.getLhsBatch(),
        contract.getRhsBatch(), lhsContract, rhsContract);
    return success();
  }
};

/// unwindow(transpose(x)) -> transpose(unwindow(x)), where the windows' own
/// dims stay last.
struct TransposeBehindUnwindow : OpRewritePattern<UnwindowOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(UnwindowOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getOperand().getDefiningOp<TransposeOp>();
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "no transposition");
    int64_t rank = op.getType().getRank();
    auto permutation = transpose.getPermutation();
    Axes axes;
    for (int64_t axis : op.getAxes())
      axes.push_back(permutation[axis]);
    for (int64_t axis : llvm::seq<int64_t>(rank, permutation.size()))
      if (permutation[axis] != axis)
        return rewriter.notifyMatchFailure(op, "windows change places");
    if (!llvm::is_sorted(axes))
      return rewriter.notifyMatchFailure(op, "axes change order");
    Dims dims(rank), resultDims = getDims(op.getType());
    for (auto [to, from] : llvm::enumerate(permutation.take_front(rank)))
      dims[from] = resultDims[to];
    auto type =
        getTensorType(op.getContext(), dims, op.getType().getElementType());
    Value source =
        UnwindowOp::create(rewriter, op.getLoc(), type, transpose.getOperand(),
                           axes, op.getStrides(), op.getDilations());
    rewriter.replaceOpWithNewOp<TransposeOp>(op, source,
                                             permutation.take_front(rank));
    return success();
  }
};

/// unwindow(broadcast(x)) -> reduce sum(window(pad(x))), where all of a window
/// is the same and windows follow each other by one: a sum of x over the
/// windows that see an element.
struct SumOfEqualWindows : OpRewritePattern<UnwindowOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(UnwindowOp op,
                                PatternRewriter &rewriter) const override {
    auto broadcast = op.getOperand().getDefiningOp<BroadcastOp>();
    RankedTensorType type = op.getType();
    int64_t rank = type.getRank(), count = op.getAxes().size();
    auto places = op.getOperand().getType().getShape().take_front(rank);
    if (!broadcast || broadcast.getOperand().getType().getShape() != places ||
        broadcast.getAxes().back() != rank - 1)
      return rewriter.notifyMatchFailure(op, "windows differ inside");
    if (llvm::any_of(op.getStrides(), [](int64_t s) { return s != 1; }))
      return rewriter.notifyMatchFailure(op, "windows are apart");
    Axes low(rank, 0), high(low), interior(low), summed;
    for (auto [i, axis] : llvm::enumerate(op.getAxes())) {
      low[axis] = (op.getSizes()[i] - 1) * std::abs(op.getDilations()[i]);
      high[axis] = type.getDimSize(axis) - places[axis];
      summed.push_back(rank + i);
    }
    Location loc = op.getLoc();
    Value zero = createZero(rewriter, loc, type.getElementType());
    Value padded = PadOp::create(rewriter, loc, broadcast.getOperand(), zero,
                                 low, high, interior);
    Value window =
        WindowOp::create(rewriter, loc, padded, op.getAxes(), op.getSizes(),
                         Axes(count, 1), op.getDilations());
    rewriter.replaceOpWithNewOp<ReduceOp>(op, ReduceKind::Sum, window, summed);
    return success();
  }
};

/// slice(reduce(x)) -> reduce(slice(x)), where x is a window: the slice goes on
/// to what was padded for it.
struct SliceBeforeReduce : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto reduce = op.getOperand().getDefiningOp<ReduceOp>();
    if (!reduce || !reduce->hasOneUse() ||
        !reduce.getOperand().getDefiningOp<WindowOp>())
      return rewriter.notifyMatchFailure(op, "no sum of windows of its own");
    RankedTensorType type = reduce.getOperand().getType();
    Axes offsets(type.getRank(), 0), sizes(type.getShape()),
        strides(type.getRank(), 1);
    for (auto [i, axis] :
         llvm::enumerate(getFree(type.getRank(), {}, reduce.getAxes()))) {
      offsets[axis] = op.getOffsets()[i];
      sizes[axis] = op.getSizes()[i];
      strides[axis] = op.getStrides()[i];
    }
    Value slice = SliceOp::create(rewriter, op.getLoc(), reduce.getOperand(),
                                  offsets, sizes, strides);
    rewriter.replaceOpWithNewOp<ReduceOp>(op, reduce.getKind(), slice,
                                          reduce.getAxes());
    return success();
  }
};

/// slice(contract(x, y)) -> contract(slice(x), slice(y)).
struct SliceBeforeContraction : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto contract = op.getOperand().getDefiningOp<ContractOp>();
    if (!contract || !contract->hasOneUse())
      return rewriter.notifyMatchFailure(op, "no contraction of its own");
    int64_t batch = contract.getLhsBatch().size();
    auto slice = [&](Value side, ArrayRef<int64_t> batchAxes,
                     ArrayRef<int64_t> contracted, int64_t &next) -> Value {
      auto type = cast<RankedTensorType>(side.getType());
      Axes offsets(type.getRank(), 0), sizes(type.getShape()),
          strides(type.getRank(), 1);
      auto take = [&](int64_t axis, int64_t resultAxis) {
        offsets[axis] = op.getOffsets()[resultAxis];
        sizes[axis] = op.getSizes()[resultAxis];
        strides[axis] = op.getStrides()[resultAxis];
      };
      for (auto [i, axis] : llvm::enumerate(batchAxes))
        take(axis, i);
      for (int64_t axis : getFree(type.getRank(), batchAxes, contracted))
        take(axis, next++);
      return SliceOp::create(rewriter, op.getLoc(), side, offsets, sizes,
                             strides);
    };
    int64_t next = batch;
    Value lhs = slice(contract.getLhs(), contract.getLhsBatch(),
                      contract.getLhsContract(), next);
    Value rhs = slice(contract.getRhs(), contract.getRhsBatch(),
                      contract.getRhsContract(), next);
    rewriter.replaceOpWithNewOp<ContractOp>(
        op, lhs, rhs, contract.getLhsBatch(), contract.getRhsBatch(),
        contract.getLhsContract(), contract.getRhsContract());
    return success();
  }
};

/// slice(window(x)) -> window(slice(x)), where windows stay whole.
struct SliceBeforeWindow : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto window = op.getOperand().getDefiningOp<WindowOp>();
    if (!window)
      return rewriter.notifyMatchFailure(op, "no window");
    RankedTensorType type = window.getOperand().getType();
    int64_t rank = type.getRank();
    for (auto [i, size] : llvm::enumerate(window.getSizes()))
      if (op.getSizes()[rank + i] != size)
        return rewriter.notifyMatchFailure(op, "windows are cut");
    Axes offsets(op.getOffsets().take_front(rank)),
        sizes(op.getSizes().take_front(rank)),
        steps(op.getStrides().take_front(rank)), strides(window.getStrides());
    for (auto [i, axis] : llvm::enumerate(window.getAxes())) {
      offsets[axis] *= strides[i];
      strides[i] *= steps[axis];
      sizes[axis] =
          (sizes[axis] - 1) * strides[i] + 1 +
          (window.getSizes()[i] - 1) * std::abs(window.getDilations()[i]);
      steps[axis] = 1;
    }
    Value slice = SliceOp::create(rewriter, op.getLoc(), window.getOperand(),
                                  offsets, sizes, steps);
    rewriter.replaceOpWithNewOp<WindowOp>(op, slice, window.getAxes(),
                                          window.getSizes(), strides,
                                          window.getDilations());
    return success();
  }
};

/// slice(pad(x)) -> pad(x) with less around it, where the slice takes all of x
/// and all that stands between its elements.
struct SliceWithinPadding : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getOperand().getDefiningOp<PadOp>();
    if (!pad)
      return rewriter.notifyMatchFailure(op, "no padding");
    Axes low(pad.getLow()), high(pad.getHigh());
    auto shape = pad.getType().getShape();
    for (auto [axis, offset] : llvm::enumerate(op.getOffsets())) {
      low[axis] -= offset;
      high[axis] -= shape[axis] - offset - op.getSizes()[axis];
      if (op.getStrides()[axis] != 1 || low[axis] < 0 || high[axis] < 0)
        return rewriter.notifyMatchFailure(op, "the operand is cut");
    }
    rewriter.replaceOpWithNewOp<PadOp>(op, pad.getOperand(), pad.getValue(),
                                       low, high, pad.getInterior());
    return success();
  }
};

} // namespace

void dlcc::populateWindowPatterns(RewritePatternSet &patterns) {
  patterns.add<MergeUnwindowIntoContraction, TransposeBehindUnwindow,
               SumOfEqualWindows, SliceBeforeReduce, SliceBeforeContraction,
               SliceBeforeWindow, SliceWithinPadding>(patterns.getContext());
}
