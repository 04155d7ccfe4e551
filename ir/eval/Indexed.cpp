//===- Indexed.cpp - the oracle of indices, orders and running sums -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/eval/Evaluate.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc::eval {

/// The offset in a table of `shape` of what stands at `place` (dimensions
/// before the axis, the index's own, dimensions behind) of what was gathered.
static int64_t findOffset(ArrayRef<int64_t> place, ArrayRef<int64_t> shape,
                          const Tensor &index, int64_t axis, int64_t batch) {
  int64_t own = index.type.getRank() - batch, asked = 0;
  for (auto [i, extent] : llvm::enumerate(index.shape()))
    asked = asked * extent +
            (int64_t(i) < batch ? place[i] : place[axis + i - batch]);
  int64_t offset = 0;
  for (auto [i, extent] : llvm::enumerate(shape)) {
    int64_t at = int64_t(i) < axis ? place[i] : place[i + own - 1];
    if (int64_t(i) == axis)
      at = std::clamp<int64_t>(index.ints[asked], 0, extent - 1);
    offset = offset * extent + at;
  }
  return offset;
}

static Tensor gather(GatherOp op, ArrayRef<Tensor> operands) {
  Tensor result(op.getType());
  int64_t position = 0;
  forEachIndex(result.shape(), [&](ArrayRef<int64_t> place) {
    result.set(position++, operands[0],
               findOffset(place, operands[0].shape(), operands[1], op.getAxis(),
                          op.getBatch()));
  });
  return result;
}

static Tensor scatterAdd(ScatterAddOp op, ArrayRef<Tensor> operands,
                         Rows rows) {
  const Tensor &values = operands[0];
  Tensor result(op.getType());
  std::vector<int64_t> strides = getStrides(values.shape());
  forEachIndex(getGivenExtents(op.getValues().getType(), rows),
               [&](ArrayRef<int64_t> place) {
                 int64_t from = 0;
                 for (auto [i, stride] : llvm::zip_equal(place, strides))
                   from += i * stride;
                 int64_t to = findOffset(place, result.shape(), operands[1],
                                         op.getAxis(), op.getBatch());
                 if (result.isFloat())
                   result.floats[to] += values.floats[from];
                 else
                   result.ints[to] = wrap(result.ints[to] + values.ints[from],
                                          op.getType().getElementType());
               });
  return result;
}

/// Calls `visit` with the offsets of the elements of each line along the axis.
static void
forEachLine(ArrayRef<int64_t> shape, int64_t axis,
            llvm::function_ref<void(ArrayRef<int64_t> offsets)> visit) {
  std::vector<int64_t> strides = getStrides(shape);
  SmallVector<int64_t> starts(shape);
  starts[axis] = 1;
  forEachIndex(starts, [&](ArrayRef<int64_t> index) {
    int64_t start = 0;
    for (auto [i, stride] : llvm::zip_equal(index, strides))
      start += i * stride;
    SmallVector<int64_t> offsets;
    for (int64_t i = 0; i < shape[axis]; ++i)
      offsets.push_back(start + i * strides[axis]);
    visit(offsets);
  });
}

static Tensor rank(RankOp op, const Tensor &operand) {
  Tensor result(op.getType());
  bool wide = op.getOperand().getType().getElementType().isUnsignedInteger(64);
  auto comesFirst = [&](int64_t a, int64_t b) {
    if (operand.isFloat()) {
      double x = operand.floats[a], y = operand.floats[b];
      if (std::isnan(x) || std::isnan(y))
        return !std::isnan(x);
      return op.getDescending() ? x > y : x < y;
    }
    if (op.getDescending())
      std::swap(a, b);
    int64_t x = operand.ints[a], y = operand.ints[b];
    return wide ? uint64_t(x) < uint64_t(y) : x < y;
  };
  forEachLine(operand.shape(), op.getAxis(), [&](ArrayRef<int64_t> offsets) {
    SmallVector<int64_t> order(offsets);
    llvm::stable_sort(order, comesFirst);
    for (auto [place, offset] : llvm::enumerate(order))
      result.ints[offset] = std::min<int64_t>(place, op.getLimit());
  });
  return result;
}

static Tensor cumulative(CumulativeOp op, const Tensor &operand) {
  Tensor result(op.getType());
  forEachLine(operand.shape(), op.getAxis(), [&](ArrayRef<int64_t> offsets) {
    SmallVector<int64_t> order(offsets);
    if (op.getReverse())
      std::reverse(order.begin(), order.end());
    double sum = 0;
    uint64_t count = 0;
    for (int64_t offset : order) {
      bool isFloat = operand.isFloat();
      double before = sum;
      uint64_t countBefore = count;
      if (isFloat)
        sum += operand.floats[offset];
      else
        count += uint64_t(operand.ints[offset]);
      if (isFloat)
        result.floats[offset] = op.getExclusive() ? before : sum;
      else
        result.ints[offset] =
            wrap(int64_t(op.getExclusive() ? countBefore : count),
                 op.getType().getElementType());
    }
  });
  return result;
}

std::optional<Tensor> evaluateIndexed(Operation *op, ArrayRef<Tensor> operands,
                                      Rows rows) {
  using Result = std::optional<Tensor>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](GatherOp op) { return gather(op, operands); })
      .Case([&](ScatterAddOp op) { return scatterAdd(op, operands, rows); })
      .Case([&](RankOp op) { return rank(op, operands[0]); })
      .Case([&](CumulativeOp op) { return cumulative(op, operands[0]); })
      .Default([](Operation *) { return std::nullopt; });
}

} // namespace dlcc::eval
