//===- SimplifyOneHot.cpp - products with one-hot vectors -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A one-hot vector picks a row of the matrix that it is multiplied with. As a
// gather the product reads that row alone, and neither the vectors nor a
// gradient by them is ever made.
//
//===----------------------------------------------------------------------===//

#include "passes/SimplifyOneHot.h"

#include "ir/Ops.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

namespace {

/// Vectors that are 1 at an index and 0 elsewhere.
struct OneHot {
  Value index;
  /// For each dimension of the vectors, the index's that it is, or -1 for the
  /// one along which the vectors lie.
  SmallVector<int64_t> dims;
};

std::optional<OneHot> matchOneHot(Value value) {
  if (auto transpose = value.getDefiningOp<TransposeOp>()) {
    std::optional<OneHot> inner = matchOneHot(transpose.getOperand());
    if (!inner)
      return std::nullopt;
    SmallVector<int64_t> dims;
    for (int64_t from : transpose.getPermutation())
      dims.push_back(inner->dims[from]);
    return OneHot{inner->index, dims};
  }
  auto cast = value.getDefiningOp<CastOp>();
  auto compare =
      cast ? cast.getOperand().getDefiningOp<CompareOp>() : CompareOp();
  if (!compare || compare.getComparison() != Comparison::EQ)
    return std::nullopt;
  Value index = compare.getLhs(), places = compare.getRhs();
  if (index.getDefiningOp<IotaOp>())
    std::swap(index, places);
  auto broadcast = index.getDefiningOp<BroadcastOp>();
  auto iota = places.getDefiningOp<IotaOp>();
  int64_t rank = compare.getType().getRank();
  if (!broadcast || !iota || int64_t(broadcast.getAxes().size()) != rank - 1 ||
      llvm::is_contained(broadcast.getAxes(), int64_t(iota.getAxis())) ||
      !isa<IntegerType>(iota.getType().getElementType()))
    return std::nullopt;
  OneHot result{broadcast.getOperand(), SmallVector<int64_t>(rank, -1)};
  for (auto [dim, axis] : llvm::enumerate(broadcast.getAxes())) {
    result.dims[axis] = dim;
    // A dimension of 1 may stand for many.
    if (broadcast.getOperand().getType().getDimSize(dim) !=
        compare.getType().getDimSize(axis))
      return std::nullopt;
  }
  return result;
}

/// The elements of an input that says so are below `classes`.
bool isBounded(Value index, int64_t classes) {
  while (Operation *op = index.getDefiningOp()) {
    if (!isa<TransposeOp, ReshapeOp, BroadcastOp, SliceOp, CastOp>(op))
      return false;
    index = op->getOperand(0);
  }
  auto argument = cast<BlockArgument>(index);
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  if (!function)
    return false;
  auto bound = function.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(),
                                                      attr::kBound);
  return bound && bound.getInt() <= classes;
}

SmallVector<int64_t> fromTo(int64_t begin, int64_t end) {
  return llvm::to_vector(llvm::seq<int64_t>(begin, end));
}

/// contract(one_hot(index), w) -> gather(w, index), on either side.
struct GatherOneHot : OpRewritePattern<ContractOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ContractOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getLhsBatch().empty() || op.getLhsContract().size() != 1)
      return rewriter.notifyMatchFailure(op, "no product over one dimension");
    bool isLeft = true;
    std::optional<OneHot> vectors =
        matchOnSide(op.getLhs(), op.getLhsContract()[0]);
    if (!vectors) {
      isLeft = false;
      vectors = matchOnSide(op.getRhs(), op.getRhsContract()[0]);
    }
    if (!vectors)
      return rewriter.notifyMatchFailure(op, "no one-hot vectors");
    Value table = isLeft ? op.getRhs() : op.getLhs();
    int64_t axis = isLeft ? op.getRhsContract()[0] : op.getLhsContract()[0];
    rewriter.replaceOp(
        op, gather(rewriter, op.getLoc(), *vectors, table, axis, isLeft));
    return success();
  }

private:
  static std::optional<OneHot> matchOnSide(Value value, int64_t axis) {
    std::optional<OneHot> vectors = matchOneHot(value);
    bool isAlong = vectors && vectors->dims[axis] == -1;
    return isAlong ? vectors : std::nullopt;
  }

  /// The table's classes are brought to the front, where its rows are picked.
  static Value gather(OpBuilder &builder, Location loc, const OneHot &vectors,
                      Value table, int64_t axis, bool isLeft) {
    int64_t rank = cast<RankedTensorType>(table.getType()).getRank();
    int64_t classes = cast<RankedTensorType>(table.getType()).getDimSize(axis);
    SmallVector<int64_t> front = {axis};
    for (int64_t i : llvm::seq(rank))
      if (i != axis)
        front.push_back(i);
    Value index = vectors.index;
    SmallVector<int64_t> order;
    for (int64_t dim : vectors.dims)
      if (dim != -1)
        order.push_back(dim);
    int64_t dims = order.size();
    index = TransposeOp::create(builder, loc, index, order);
    auto type = cast<RankedTensorType>(index.getType());
    if (!type.getElementType().isSignlessInteger(64))
      index =
          CastOp::create(builder, loc, type.clone(builder.getI32Type()), index);
    Value rows = GatherOp::create(
        builder, loc, TransposeOp::create(builder, loc, table, front), index,
        /*axis=*/0, /*batch=*/0);
    if (!isBounded(vectors.index, classes))
      rows = zeroBeyond(builder, loc, rows, index, classes);
    if (isLeft)
      return rows;
    SmallVector<int64_t> behind = fromTo(dims, dims + rank - 1);
    llvm::append_range(behind, fromTo(0, dims));
    return TransposeOp::create(builder, loc, rows, behind);
  }

  /// An index that is no class has a vector of zeros.
  static Value zeroBeyond(OpBuilder &builder, Location loc, Value rows,
                          Value index, int64_t classes) {
    auto indexType = cast<RankedTensorType>(index.getType());
    auto rowsType = cast<RankedTensorType>(rows.getType());
    auto number = [&](RankedTensorType type, int64_t value) -> Value {
      auto scalar = RankedTensorType::get({}, type.getElementType());
      TypedAttr element;
      if (isa<FloatType>(type.getElementType()))
        element = builder.getFloatAttr(type.getElementType(), double(value));
      else
        element = builder.getIntegerAttr(type.getElementType(), value);
      Value constant = ConstantOp::create(
          builder, loc, DenseElementsAttr::get(scalar, element));
      return BroadcastOp::create(builder, loc, type, constant,
                                 ArrayRef<int64_t>());
    };
    Value within =
        AndOp::create(builder, loc,
                      CompareOp::create(builder, loc, Comparison::GE, index,
                                        number(indexType, 0)),
                      CompareOp::create(builder, loc, Comparison::LT, index,
                                        number(indexType, classes)));
    Value broadcast =
        BroadcastOp::create(builder, loc, rowsType.clone(builder.getI1Type()),
                            within, fromTo(0, indexType.getRank()));
    return SelectOp::create(builder, loc, broadcast, rows, number(rowsType, 0));
  }
};
} // namespace

void dlcc::populateOneHotPatterns(RewritePatternSet &patterns) {
  patterns.add<GatherOneHot>(patterns.getContext());
}
