//===- WinogradTransform.cpp - short convolutions by Cook and Toom --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A correlation is the transpose of a product of polynomials, which Cook and
// Toom compute by the values at as many points as it has coefficients. The
// points come in pairs a and -a, for which the even and the odd powers are
// summed once: the value at a is their sum, the one at -a their difference.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/WinogradTransform.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cassert>
#include <cmath>

using namespace mlir;

namespace dlcc::cpu {
namespace {

/// The coefficients of the product of (x - p) over `points`, ascending.
std::vector<double> multiplyOut(llvm::ArrayRef<double> points) {
  std::vector<double> result = {1};
  for (double point : points) {
    result.push_back(0);
    for (size_t i = result.size() - 1; i > 0; --i)
      result[i] = result[i - 1] - point * result[i];
    result[0] *= -point;
  }
  return result;
}

/// sum of coefficient * value, in order.
class Combination {
public:
  explicit Combination(const TransformArithmetic &arithmetic)
      : arithmetic(arithmetic) {}

  void add(double coefficient, Value value) {
    if (coefficient == 0)
      return;
    if (!sum)
      sum = coefficient == 1 ? value : arithmetic.scale(coefficient, value);
    else if (coefficient == 1)
      sum = arithmetic.add(sum, value);
    else if (coefficient == -1)
      sum = arithmetic.subtract(sum, value);
    else
      sum = arithmetic.multiplyAdd(coefficient, value, sum);
  }
  /// Null where nothing was added.
  Value get() const { return sum; }

private:
  const TransformArithmetic &arithmetic;
  Value sum;
};

/// Whether two lines of numbers have the same absolute values, some of them
/// with the same sign and some with the opposite one.
bool isPair(llvm::function_ref<double(int64_t)> a,
            llvm::function_ref<double(int64_t)> b, int64_t count) {
  bool same = false, opposite = false;
  for (int64_t i = 0; i < count; ++i) {
    if (std::abs(a(i)) != std::abs(b(i)))
      return false;
    same |= a(i) != 0 && a(i) == b(i);
    opposite |= a(i) != 0 && a(i) == -b(i);
  }
  return same && opposite;
}

/// matrix * x, where rows r and r + 1 may be the values at a and -a.
std::vector<Value> applyByRows(const TransformMatrix &matrix,
                               llvm::ArrayRef<Value> x,
                               const TransformArithmetic &arithmetic) {
  std::vector<Value> result;
  for (int64_t row = 0; row < matrix.rows; ++row) {
    auto at = [&](int64_t i) { return matrix.at(row, i); };
    auto next = [&](int64_t i) { return matrix.at(row + 1, i); };
    Combination even(arithmetic), odd(arithmetic);
    if (row + 1 < matrix.rows && isPair(at, next, matrix.columns)) {
      for (int64_t i = 0; i < matrix.columns; ++i)
        (at(i) == next(i) ? even : odd).add(at(i), x[i]);
      result.push_back(arithmetic.add(even.get(), odd.get()));
      result.push_back(arithmetic.subtract(even.get(), odd.get()));
      ++row;
      continue;
    }
    for (int64_t i = 0; i < matrix.columns; ++i)
      even.add(at(i), x[i]);
    result.push_back(even.get());
  }
  return result;
}

/// matrix * x, where columns c and c + 1 may hold the powers of a and -a.
std::vector<Value> applyByColumns(const TransformMatrix &matrix,
                                  llvm::ArrayRef<Value> x,
                                  const TransformArithmetic &arithmetic) {
  std::vector<Combination> sums(matrix.rows, Combination(arithmetic));
  for (int64_t column = 0; column < matrix.columns; ++column) {
    auto at = [&](int64_t i) { return matrix.at(i, column); };
    auto next = [&](int64_t i) { return matrix.at(i, column + 1); };
    if (column + 1 < matrix.columns && isPair(at, next, matrix.rows)) {
      Value sum = arithmetic.add(x[column], x[column + 1]);
      Value difference = arithmetic.subtract(x[column], x[column + 1]);
      for (int64_t i = 0; i < matrix.rows; ++i)
        sums[i].add(at(i), at(i) == next(i) ? sum : difference);
      ++column;
      continue;
    }
    for (int64_t i = 0; i < matrix.rows; ++i)
      sums[i].add(at(i), x[column]);
  }
  std::vector<Value> result;
  for (const Combination &sum : sums)
    result.push_back(sum.get());
  return result;
}

std::vector<Value> apply(const TransformMatrix &matrix, llvm::ArrayRef<Value> x,
                         const TransformArithmetic &arithmetic) {
  return matrix.rows < matrix.columns ? applyByColumns(matrix, x, arithmetic)
                                      : applyByRows(matrix, x, arithmetic);
}

} // namespace

Value TransformArithmetic::add(Value x, Value y) const {
  return arith::AddFOp::create(builder, x, y);
}

Value TransformArithmetic::subtract(Value x, Value y) const {
  return arith::SubFOp::create(builder, x, y);
}

Value TransformArithmetic::constant(double value, Type like) const {
  auto type = cast<VectorType>(like);
  return arith::ConstantOp::create(
      builder, DenseElementsAttr::get(
                   type, builder.getFloatAttr(type.getElementType(), value)));
}

Value TransformArithmetic::scale(double factor, Value x) const {
  if (factor == -1)
    return arith::NegFOp::create(builder, x);
  return arith::MulFOp::create(builder, constant(factor, x.getType()), x);
}

Value TransformArithmetic::multiplyAdd(double factor, Value x, Value y) const {
  if (!fma)
    return add(scale(factor, x), y);
  return math::FmaOp::create(builder, constant(factor, x.getType()), x, y);
}

WinogradMatrices WinogradMatrices::create(int64_t outputs, int64_t taps) {
  int64_t count = outputs + taps - 1;
  assert(hasPoints(count) && "no points are known for this size");
  std::vector<double> finite = {0, 1, -1};
  if (count == 6)
    finite.insert(finite.end(), {2, -2});

  WinogradMatrices result{TransformMatrix(count, count),
                          TransformMatrix(count, taps),
                          TransformMatrix(outputs, count)};
  for (auto [row, point] : llvm::enumerate(finite)) {
    std::vector<double> others;
    double scale = 1;
    for (double other : finite)
      if (other != point) {
        others.push_back(other);
        scale *= point - other;
      }
    for (auto [i, coefficient] : llvm::enumerate(multiplyOut(others)))
      result.input.at(row, i) = coefficient;
    for (int64_t i = 0; i < taps; ++i)
      result.filter.at(row, i) = std::pow(point, i) / scale;
    for (int64_t i = 0; i < outputs; ++i)
      result.output.at(i, row) = std::pow(point, i);
  }
  // At infinity a polynomial has the value of its highest coefficient.
  for (auto [i, coefficient] : llvm::enumerate(multiplyOut(finite)))
    result.input.at(count - 1, i) = coefficient;
  result.filter.at(count - 1, taps - 1) = 1;
  result.output.at(outputs - 1, count - 1) = 1;
  return result;
}

std::vector<Value> applyTwice(const TransformMatrix &matrix,
                              llvm::ArrayRef<Value> x,
                              const TransformArithmetic &arithmetic) {
  int64_t rows = matrix.rows, columns = matrix.columns;
  // Column by column of x, then row by row of what came of that.
  std::vector<Value> half(rows * columns), result;
  for (int64_t column = 0; column < columns; ++column) {
    std::vector<Value> line;
    for (int64_t i = 0; i < columns; ++i)
      line.push_back(x[i * columns + column]);
    for (auto [row, value] : llvm::enumerate(apply(matrix, line, arithmetic)))
      half[row * columns + column] = value;
  }
  for (int64_t row = 0; row < rows; ++row)
    llvm::append_range(result,
                       apply(matrix,
                             llvm::ArrayRef(half).slice(row * columns, columns),
                             arithmetic));
  return result;
}

int64_t countOperations(const TransformMatrix &matrix) {
  int64_t terms = llvm::count_if(matrix.elements,
                                 [](double element) { return element != 0; });
  // Pairs of points share half of theirs.
  return (matrix.rows + matrix.columns) * terms * 3 / 4;
}

} // namespace dlcc::cpu
