//===- Reduction.cpp - the oracle of reductions and contractions ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "ir/eval/Evaluate.h"
#include "llvm/ADT/TypeSwitch.h"

#include <Eigen/Core>
#include <cmath>
#include <limits>

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc::eval {

SmallVector<int64_t> getGivenExtents(RankedTensorType type, Rows rows) {
  SmallVector<int64_t> extents;
  for (const Dim &dim : getDims(type)) {
    int64_t multiple = getRowMultiple(dim, rows.batch);
    extents.push_back(multiple ? multiple * rows.given : dim.size);
  }
  return extents;
}

/// All dimensions of a tensor of this rank that are not in `axes`.
static SmallVector<int64_t> getOthers(int64_t rank, ArrayRef<int64_t> axes) {
  SmallVector<int64_t> others;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(axes, axis))
      others.push_back(axis);
  return others;
}

/// NaN wins over every number.
static bool isMore(double a, double b) {
  return !std::isnan(b) && (std::isnan(a) || a > b);
}

static bool isLess(double a, double b) { return !std::isnan(b) && !(a >= b); }

static double combine(ReduceKind kind, double a, double b) {
  switch (kind) {
  case ReduceKind::Sum:
    return a + b;
  case ReduceKind::Prod:
    return a * b;
  case ReduceKind::Max:
    return isMore(b, a) ? b : a;
  case ReduceKind::Min:
    return isLess(b, a) ? b : a;
  }
  llvm_unreachable("no such reduction");
}

static int64_t combine(ReduceKind kind, int64_t a, int64_t b, bool wide) {
  bool less = wide ? uint64_t(a) < uint64_t(b) : a < b;
  switch (kind) {
  case ReduceKind::Sum:
    return int64_t(uint64_t(a) + uint64_t(b));
  case ReduceKind::Prod:
    return int64_t(uint64_t(a) * uint64_t(b));
  case ReduceKind::Max:
    return less ? b : a;
  case ReduceKind::Min:
    return less ? a : b;
  }
  llvm_unreachable("no such reduction");
}

/// The reduction of nothing.
static double getNeutralFloat(ReduceKind kind) {
  switch (kind) {
  case ReduceKind::Sum:
    return 0;
  case ReduceKind::Prod:
    return 1;
  case ReduceKind::Max:
    return -std::numeric_limits<double>::infinity();
  case ReduceKind::Min:
    return std::numeric_limits<double>::infinity();
  }
  llvm_unreachable("no such reduction");
}

static int64_t getNeutralInteger(ReduceKind kind, Type element) {
  bool isUnsigned = element.isUnsignedInteger();
  unsigned width = element.getIntOrFloatBitWidth();
  APInt lowest =
      isUnsigned ? APInt::getMinValue(width) : APInt::getSignedMinValue(width);
  APInt highest =
      isUnsigned ? APInt::getMaxValue(width) : APInt::getSignedMaxValue(width);
  switch (kind) {
  case ReduceKind::Sum:
    return 0;
  case ReduceKind::Prod:
    return 1;
  case ReduceKind::Max:
    return wrap(lowest.getSExtValue(), element);
  case ReduceKind::Min:
    return wrap(highest.getSExtValue(), element);
  }
  llvm_unreachable("no such reduction");
}

static Tensor reduce(ReduceOp op, const Tensor &operand, Rows rows) {
  auto extents = getGivenExtents(operand.type, rows);
  auto kept = getOffsets(operand.shape(),
                         getOthers(operand.type.getRank(), op.getAxes()),
                         operand.shape());
  auto reduced = getOffsets(operand.shape(), op.getAxes(), extents);
  Type element = operand.type.getElementType();
  bool wide = element.isUnsignedInteger(64);
  Tensor result(op.getType());
  for (auto [i, start] : llvm::enumerate(kept)) {
    if (operand.isFloat()) {
      double value = getNeutralFloat(op.getKind());
      for (int64_t offset : reduced)
        value = combine(op.getKind(), value, operand.floats[start + offset]);
      result.floats[i] = value;
      continue;
    }
    int64_t value = getNeutralInteger(op.getKind(), element);
    for (int64_t offset : reduced)
      value = combine(op.getKind(), value, operand.ints[start + offset], wide);
    result.ints[i] = wrap(value, element);
  }
  return result;
}

static Tensor argReduce(ArgReduceOp op, const Tensor &operand, Rows rows) {
  int64_t axis = op.getAxis();
  int64_t extent = getGivenExtents(operand.type, rows)[axis];
  int64_t stride = getStrides(operand.shape())[axis];
  auto kept =
      getOffsets(operand.shape(), getOthers(operand.type.getRank(), axis),
                 operand.shape());
  bool isMax = op.getKind() == ReduceKind::Max;
  bool wide = operand.type.getElementType().isUnsignedInteger(64);
  auto isBetter = [&](int64_t candidate, int64_t best) {
    if (operand.isFloat()) {
      double a = operand.floats[candidate], b = operand.floats[best];
      return isMax ? isMore(a, b) : isLess(a, b);
    }
    int64_t a = operand.ints[candidate], b = operand.ints[best];
    bool less = wide ? uint64_t(a) < uint64_t(b) : a < b;
    return isMax ? !less && a != b : less;
  };
  Tensor result(op.getType());
  for (auto [i, start] : llvm::enumerate(kept)) {
    int64_t best = 0;
    for (int64_t k = 1; k < extent; ++k)
      if (isBetter(start + k * stride, start + best * stride))
        best = k;
    result.ints[i] = best;
  }
  return result;
}

/// The offsets of one side of a contraction: batch, free and contracted.
namespace {
struct Side {
  Side(const Tensor &tensor, ArrayRef<int64_t> batchAxes,
       ArrayRef<int64_t> contractedAxes, Rows rows)
      : tensor(tensor) {
    auto paired =
        llvm::to_vector(llvm::concat<const int64_t>(batchAxes, contractedAxes));
    batch = getOffsets(tensor.shape(), batchAxes, tensor.shape());
    free = getOffsets(tensor.shape(), getOthers(tensor.type.getRank(), paired),
                      tensor.shape());
    contracted = getOffsets(tensor.shape(), contractedAxes,
                            getGivenExtents(tensor.type, rows));
  }

  /// Rows are free indices, columns contracted ones.
  Eigen::MatrixXd getMatrix(int64_t start) const {
    Eigen::MatrixXd matrix(free.size(), contracted.size());
    for (auto [i, row] : llvm::enumerate(free))
      for (auto [k, column] : llvm::enumerate(contracted))
        matrix(i, k) = tensor.floats[start + row + column];
    return matrix;
  }

  const Tensor &tensor;
  std::vector<int64_t> batch, free, contracted;
};
} // namespace

static int64_t sumOfProducts(const Side &lhs, int64_t lhsStart, const Side &rhs,
                             int64_t rhsStart) {
  uint64_t sum = 0;
  for (auto [l, r] : llvm::zip_equal(lhs.contracted, rhs.contracted))
    sum += uint64_t(lhs.tensor.ints[lhsStart + l]) *
           uint64_t(rhs.tensor.ints[rhsStart + r]);
  return int64_t(sum);
}

static Tensor contract(ContractOp op, ArrayRef<Tensor> operands, Rows rows) {
  Side lhs(operands[0], op.getLhsBatch(), op.getLhsContract(), rows);
  Side rhs(operands[1], op.getRhsBatch(), op.getRhsContract(), rows);
  Tensor result(op.getType());
  Type element = op.getType().getElementType();
  int64_t position = 0;
  for (auto [l, r] : llvm::zip_equal(lhs.batch, rhs.batch)) {
    if (result.isFloat()) {
      Eigen::MatrixXd product = lhs.getMatrix(l) * rhs.getMatrix(r).transpose();
      for (Eigen::Index i = 0; i < product.rows(); ++i)
        for (Eigen::Index j = 0; j < product.cols(); ++j)
          result.floats[position++] = product(i, j);
      continue;
    }
    for (int64_t m : lhs.free)
      for (int64_t n : rhs.free)
        result.ints[position++] =
            wrap(sumOfProducts(lhs, l + m, rhs, r + n), element);
  }
  return result;
}

std::optional<Tensor> evaluateReduction(Operation *op,
                                        ArrayRef<Tensor> operands, Rows rows) {
  using Result = std::optional<Tensor>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](ReduceOp op) { return reduce(op, operands[0], rows); })
      .Case([&](ArgReduceOp op) { return argReduce(op, operands[0], rows); })
      .Case([&](ContractOp op) { return contract(op, operands, rows); })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<Tensor> evaluate(Operation *op, ArrayRef<Tensor> operands,
                               Rows rows) {
  if (auto result = evaluateElementwise(op, operands))
    return result;
  if (auto result = evaluateMovement(op, operands))
    return result;
  if (auto result = evaluateIndexed(op, operands, rows))
    return result;
  return evaluateReduction(op, operands, rows);
}

} // namespace dlcc::eval
