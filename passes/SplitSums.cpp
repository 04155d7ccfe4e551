//===- SplitSums.cpp - long sums with few results -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The gradient of a small convolution's weights sums over every place of every
// image: 2,400 results of a million terms each. One task would compute them
// all, and a chain of so many additions in f32 forgets the small ones. Summed
// for each line of places by itself, and these sums added up, it is as many
// tasks as an image has lines, with chains as many times shorter. So are the
// sums of all places that a bias' gradient and a norm's statistics are. How a
// sum is split depends on shapes alone.
//
// A window comes to stand on the left, its channels innermost: elements of the
// left factor are read one at a time, wherever they lie.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/BatchRows.h"
#include "passes/Passes.h"

#include <numeric>

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_SPLITSUMSPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

namespace {

/// Multiply-adds that are worth tasks of their own.
constexpr int64_t kManyProducts = int64_t(1) << 24;
/// Partial sums, all together, that caches still hold.
constexpr int64_t kFewSums = int64_t(1) << 20;
/// Elements that are worth tasks of their own, where there are only so few
/// results.
constexpr int64_t kManyTerms = int64_t(1) << 19, kFewResults = 1024;
/// Parts below which splitting gives too little.
constexpr int64_t kFewParts = 4;

/// A factor, and the axes that are paired with the other one's.
struct Factor {
  Value value;
  SmallVector<int64_t> batch, contract;

  RankedTensorType type() const {
    return cast<RankedTensorType>(value.getType());
  }
  bool isWindow() const { return value.getDefiningOp<WindowOp>() != nullptr; }
  /// Elements in memory: a window is a view.
  int64_t elements() const {
    auto window = value.getDefiningOp<WindowOp>();
    return window ? window.getOperand().getType().getNumElements()
                  : type().getNumElements();
  }
  SmallVector<int64_t> free() const;
  void bringInOrder(OpBuilder &builder, Location loc);
};

/// The axes of the result, those of a window before those it slides over
/// where these lie innermost.
SmallVector<int64_t> Factor::free() const {
  SmallVector<int64_t> places, inside;
  auto window = value.getDefiningOp<WindowOp>();
  int64_t rank = type().getRank();
  int64_t outer = window ? window.getOperand().getType().getRank() : rank;
  for (int64_t axis : llvm::seq<int64_t>(rank))
    if (!llvm::is_contained(batch, axis) && !llvm::is_contained(contract, axis))
      (axis < outer ? places : inside).push_back(axis);
  if (window && llvm::is_contained(window.getAxes(), outer - 1))
    return llvm::to_vector(llvm::concat<int64_t>(places, inside));
  return llvm::to_vector(llvm::concat<int64_t>(inside, places));
}

/// Transposes the tensor where its free axes come in another order; then the
/// batch axes come first, the contracted ones next.
void Factor::bringInOrder(OpBuilder &builder, Location loc) {
  SmallVector<int64_t> order = free();
  if (llvm::is_sorted(order))
    return;
  order.insert(order.begin(), contract.begin(), contract.end());
  order.insert(order.begin(), batch.begin(), batch.end());
  value = TransposeOp::create(builder, loc, value, order);
  std::iota(batch.begin(), batch.end(), 0);
  std::iota(contract.begin(), contract.end(), int64_t(batch.size()));
}

/// Partial sums are stored in the type of the result.
bool isWide(RankedTensorType type) {
  return type.getElementType().isF32() || type.getElementType().isF64();
}

/// The pair of contracted axes whose indices become sums of their own.
std::optional<size_t> choosePair(ContractOp op, int64_t batch) {
  if (op.getLhsContract().size() < 2 || !isWide(op.getType()) ||
      op->hasAttr(attr::kWinograd))
    return std::nullopt;
  Dims dims = getDims(op.getLhs().getType());
  int64_t results = op.getType().getNumElements(), terms = 1;
  for (int64_t axis : op.getLhsContract())
    terms *= dims[axis].size;
  if (results * terms < kManyProducts)
    return std::nullopt;
  Factor lhs{op.getLhs(), {}, {}}, rhs{op.getRhs(), {}, {}};
  int64_t most = std::min(kFewSums, (lhs.elements() + rhs.elements()) / 2);
  for (auto [pair, axis] : llvm::enumerate(op.getLhsContract())) {
    int64_t parts = dims[axis].size;
    // Rows that a call leaves out could not be told from others.
    if (getRowMultiple(dims[axis], batch) == 0 && parts >= kFewParts &&
        parts * results <= most)
      return pair;
  }
  return std::nullopt;
}

void split(ContractOp op, size_t pair) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  Factor lhs{op.getLhs(), llvm::to_vector(op.getLhsBatch()),
             llvm::to_vector(op.getLhsContract())};
  Factor rhs{op.getRhs(), llvm::to_vector(op.getRhsBatch()),
             llvm::to_vector(op.getRhsContract())};
  // What the result's dims are, now and then: axes of lhs, and of rhs behind.
  SmallVector<int64_t> now(lhs.batch), then(lhs.batch);
  SmallVector<int64_t> left = lhs.free(), right = rhs.free();
  for (int64_t &axis : right)
    axis += lhs.type().getRank();
  bool swaps = rhs.isWindow() && !lhs.isWindow();
  llvm::append_range(then, swaps ? right : left);
  llvm::append_range(then, swaps ? left : right);
  for (SmallVector<int64_t> *axes : {&left, &right}) {
    llvm::sort(*axes);
    llvm::append_range(now, *axes);
  }

  for (Factor *factor : {&lhs, &rhs}) {
    factor->batch.insert(factor->batch.begin(), factor->contract[pair]);
    factor->contract.erase(factor->contract.begin() + pair);
    factor->bringInOrder(builder, loc);
  }
  if (swaps)
    std::swap(lhs, rhs);
  Value parts =
      ContractOp::create(builder, loc, lhs.value, rhs.value, lhs.batch,
                         rhs.batch, lhs.contract, rhs.contract);
  Value sum = ReduceOp::create(builder, loc, ReduceKind::Sum, parts,
                               ArrayRef<int64_t>{0});
  SmallVector<int64_t> order;
  for (int64_t axis : now)
    order.push_back(llvm::find(then, axis) - then.begin());
  op.replaceAllUsesWith(Value(TransposeOp::create(builder, loc, sum, order)));
  op.erase();
}

/// The position among the axes of the one whose indices become sums of their
/// own.
std::optional<size_t> chooseAxis(ReduceOp op, int64_t batch) {
  RankedTensorType type = op.getOperand().getType();
  if (op.getKind() != ReduceKind::Sum || op.getAxes().size() < 2 ||
      !isWide(type) || type.getNumElements() < kManyTerms ||
      op.getType().getNumElements() > kFewResults)
    return std::nullopt;
  Dims dims = getDims(type);
  for (auto [position, axis] : llvm::enumerate(op.getAxes()))
    if (getRowMultiple(dims[axis], batch) == 0 && dims[axis].size >= kFewParts)
      return position;
  return std::nullopt;
}

void split(ReduceOp op, size_t position) {
  OpBuilder builder(op);
  SmallVector<int64_t> others(op.getAxes());
  int64_t axis = others[position];
  others.erase(others.begin() + position);
  Value parts = ReduceOp::create(builder, op.getLoc(), ReduceKind::Sum,
                                 op.getOperand(), others);
  int64_t before =
      llvm::count_if(others, [&](int64_t other) { return other < axis; });
  op.replaceAllUsesWith(
      Value(ReduceOp::create(builder, op.getLoc(), ReduceKind::Sum, parts,
                             ArrayRef<int64_t>{axis - before})));
  op.erase();
}

class SplitSumsPass : public dlcc::impl::SplitSumsPassBase<SplitSumsPass> {
  void runOnOperation() override {
    int64_t batch = getBatch(getOperation());
    SmallVector<std::pair<ContractOp, size_t>> chosen;
    getOperation().walk([&](ContractOp op) {
      if (std::optional<size_t> pair = choosePair(op, batch))
        chosen.push_back({op, *pair});
    });
    for (auto [op, pair] : chosen)
      split(op, pair);
    SmallVector<std::pair<ReduceOp, size_t>> sums;
    getOperation().walk([&](ReduceOp op) {
      if (std::optional<size_t> axis = chooseAxis(op, batch))
        sums.push_back({op, *axis});
    });
    for (auto [op, axis] : sums)
      split(op, axis);
  }
};

} // namespace
