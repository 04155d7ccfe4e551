//===- WinogradTransform.h - short convolutions by Cook and Toom *- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_WINOGRADTRANSFORM_H
#define DLCC_CODEGEN_CPU_WINOGRADTRANSFORM_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <cstdint>
#include <vector>

namespace dlcc::cpu {

/// A matrix of numbers that are known now, which is applied to vectors.
struct TransformMatrix {
  int64_t rows, columns;
  std::vector<double> elements;

  TransformMatrix(int64_t rows, int64_t columns)
      : rows(rows), columns(columns), elements(rows * columns) {}
  double &at(int64_t row, int64_t column) {
    return elements[row * columns + column];
  }
  double at(int64_t row, int64_t column) const {
    return elements[row * columns + column];
  }
};

/// The minimal algorithm F(outputs, taps) of a correlation
///   y[i] = sum over k of g[k] * d[i + k],  i < outputs, k < taps,
/// with points() = outputs + taps - 1 products:
///   y = output * ((filter * g) . (input * d)).
/// S. Winograd, Arithmetic Complexity of Computations, 1980; for the tiles of
/// images A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural
/// Networks, 2015, https://arxiv.org/abs/1509.09308.
struct WinogradMatrices {
  /// For 4 or 6 points in all: 0, 1, -1, infinity and 2, -2.
  static WinogradMatrices create(int64_t outputs, int64_t taps);
  static bool hasPoints(int64_t count) { return count == 4 || count == 6; }

  int64_t points() const { return input.rows; }

  TransformMatrix input, filter, output;
};

/// Arithmetic on vectors in which transforms are written.
class TransformArithmetic {
public:
  /// `fma`: whether the target multiplies and adds in one instruction; without
  /// it a product is rounded before it is added.
  TransformArithmetic(mlir::ImplicitLocOpBuilder &builder, bool fma)
      : builder(builder), fma(fma) {}

  mlir::Value add(mlir::Value x, mlir::Value y) const;
  mlir::Value subtract(mlir::Value x, mlir::Value y) const;
  mlir::Value scale(double factor, mlir::Value x) const;
  /// factor * x + y
  mlir::Value multiplyAdd(double factor, mlir::Value x, mlir::Value y) const;

private:
  mlir::Value constant(double value, mlir::Type like) const;

  mlir::ImplicitLocOpBuilder &builder;
  bool fma;
};

/// matrix * x * matrix^T for a square x of vectors, row by row.
std::vector<mlir::Value> applyTwice(const TransformMatrix &matrix,
                                    llvm::ArrayRef<mlir::Value> x,
                                    const TransformArithmetic &arithmetic);

/// Operations on vectors that applyTwice() writes, roughly: what it costs.
int64_t countOperations(const TransformMatrix &matrix);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_WINOGRADTRANSFORM_H
