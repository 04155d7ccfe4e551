//===- ContractionRules.cpp - gradients of contractions -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// y[b, m, n] = sum over k of l[b, m, k] r[b, n, k] has two gradients, both
// contractions: dl[b, m, k] = sum over n of dy[b, m, n] r[b, n, k] and
// dr[b, n, k] = sum over m of dy[b, m, n] l[b, m, k]. The other side and dy
// can stand in either order; the one whose result already has the operand's
// layout needs no transposition.
//
//===----------------------------------------------------------------------===//

#include "passes/autodiff/Rules.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

using Axes = SmallVector<int64_t>;

namespace {
/// One side of a contraction.
struct Side {
  Value value;
  ArrayRef<int64_t> batch, contract;

  /// Its axes that are in neither list, ascending.
  Axes getFree() const {
    Axes free;
    int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
    for (int64_t axis : llvm::seq<int64_t>(rank))
      if (!llvm::is_contained(batch, axis) &&
          !llvm::is_contained(contract, axis))
        free.push_back(axis);
    return free;
  }
};
} // namespace

static Value contract(const Side &lhs, const Side &rhs, GradientBuilder &g) {
  return g.create<ContractOp>(lhs.value, rhs.value, lhs.batch, rhs.batch,
                              lhs.contract, rhs.contract);
}

/// The gradient of `side`. `other` is the opposite side; `otherAxes` are
/// the axes of dy that came from its free axes.
static Value differentiateSide(const Side &side, const Side &other, Value dy,
                               ArrayRef<int64_t> dyBatch,
                               ArrayRef<int64_t> otherAxes,
                               GradientBuilder &g) {
  Axes free = side.getFree(), otherFree = other.getFree();
  Side dySide{dy, dyBatch, otherAxes};
  Side otherSide{other.value, other.batch, otherFree};

  // Where the k that result from `other`, ascending there, lie in `side`.
  Axes order = llvm::to_vector(llvm::seq<int64_t>(other.contract.size()));
  llvm::sort(order, [&](int64_t a, int64_t b) {
    return other.contract[a] < other.contract[b];
  });
  Axes contracted;
  for (int64_t i : order)
    contracted.push_back(side.contract[i]);

  // The axis of `side` that each axis of the result is, for both orders.
  auto join = [&](ArrayRef<int64_t> middle, ArrayRef<int64_t> last) {
    return llvm::to_vector(
        llvm::concat<const int64_t>(side.batch, middle, last));
  };
  Axes dyFirst = join(free, contracted), otherFirst = join(contracted, free);
  bool swap = !llvm::is_sorted(dyFirst) && llvm::is_sorted(otherFirst);
  Value result =
      swap ? contract(otherSide, dySide, g) : contract(dySide, otherSide, g);
  const Axes &layout = swap ? otherFirst : dyFirst;
  Axes permutation(layout.size());
  for (auto [from, to] : llvm::enumerate(layout))
    permutation[to] = from;
  return g.transpose(result, permutation);
}

static void differentiate(ContractOp op, Value dy, GradientBuilder &g) {
  Side lhs{op.getLhs(), op.getLhsBatch(), op.getLhsContract()};
  Side rhs{op.getRhs(), op.getRhsBatch(), op.getRhsContract()};
  int64_t batch = lhs.batch.size(), rows = lhs.getFree().size(),
          columns = rhs.getFree().size();
  auto axes = [](int64_t begin, int64_t size) {
    return llvm::to_vector(llvm::seq<int64_t>(begin, begin + size));
  };
  Axes b = axes(0, batch), m = axes(batch, rows),
       n = axes(batch + rows, columns);
  if (g.wants(0))
    g.set(0, differentiateSide(lhs, rhs, dy, b, n, g));
  if (g.wants(1))
    g.set(1, differentiateSide(rhs, lhs, dy, b, m, g));
}

void attachContractionRules(MLIRContext *context) {
  attachRules<ContractOp>(context);
}

} // namespace dlcc
