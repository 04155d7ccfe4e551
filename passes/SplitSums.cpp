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
#include "passes/Passes.h"

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

/// The pair of contracted axes whose indices become sums of their own.
std::optional<size_t> choosePair(ContractOp op, int64_t batch) {
  if (op.getLhsContract().size() < 2 ||
      !isa<FloatType>(op.getType().getElementType()))
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
  for (Factor *factor : {&lhs, &rhs}) {
    factor->batch.insert(factor->batch.begin(), factor->contract[pair]);
    factor->contract.erase(factor->contract.begin() + pair);
  }
  // Where the original result's dims come from: the pairs, then each side.
  bool swapped = rhs.isWindow() && !lhs.isWindow();
  SmallVector<int64_t> leftFree = lhs.free(), rightFree = rhs.free();
  auto inPlace = [](ArrayRef<int64_t> axes) {
    return llvm::to_vector(llvm::map_range(axes, [&](int64_t axis) {
      return int64_t(llvm::count_if(axes, [&](int64_t a) { return a < axis; }));
    }));
  };
  SmallVector<int64_t> left = inPlace(leftFree), right = inPlace(rightFree);
  if (swapped) {
    std::swap(lhs, rhs);
    std::swap(leftFree, rightFree);
  }
  // The axes in the order: batch, contract, free.
  for (Factor *factor : {&lhs, &rhs}) {
    SmallVector<int64_t> order(factor->batch);
    llvm::append_range(order, factor->contract);
    llvm::append_range(order, factor->free());
    if (llvm::is_sorted(factor->free()))
      continue;
    factor->value = TransposeOp::create(builder, loc, factor->value, order);
    auto count = [&](int64_t from, size_t size) {
      return llvm::to_vector(llvm::seq<int64_t>(from, from + size));
    };
    factor->contract = count(factor->batch.size(), factor->contract.size());
    factor->batch = count(0, factor->batch.size());
  }
  Value parts =
      ContractOp::create(builder, loc, lhs.value, rhs.value, lhs.batch,
                         rhs.batch, lhs.contract, rhs.contract);
  Value sum = ReduceOp::create(builder, loc, ReduceKind::Sum, parts,
                               ArrayRef<int64_t>{0});
  int64_t batches = op.getLhsBatch().size();
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(batches));
  int64_t leftAt = batches + (swapped ? right.size() : 0);
  int64_t rightAt = batches + (swapped ? 0 : left.size());
  auto append = [&](ArrayRef<int64_t> places, int64_t from) {
    for (int64_t i : llvm::seq<int64_t>(places.size()))
      order.push_back(from + (llvm::find(places, i) - places.begin()));
  };
  append(left, leftAt);
  append(right, rightAt);
  op.replaceAllUsesWith(Value(TransposeOp::create(builder, loc, sum, order)));
  op.erase();
}

/// The position among the axes of the one whose indices become sums of their
/// own.
std::optional<size_t> chooseAxis(ReduceOp op, int64_t batch) {
  RankedTensorType type = op.getOperand().getType();
  if (op.getKind() != ReduceKind::Sum || op.getAxes().size() < 2 ||
      !isa<FloatType>(type.getElementType()) ||
      type.getNumElements() < kManyTerms ||
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
    int64_t batch = 1;
    if (auto attribute = getOperation()
                             ->getParentOfType<ModuleOp>()
                             ->getAttrOfType<IntegerAttr>(attr::kBatch))
      batch = attribute.getInt();
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
