//===- Tensor.h - a value of the oracle -------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_EVAL_TENSOR_H
#define DLCC_IR_EVAL_TENSOR_H

#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <vector>

namespace dlcc::eval {

/// A dense, row-major tensor. Elements of float types are held as doubles,
/// those of bool and integer types as 64-bit integers in the range of their
/// type (u64 as its bits); the other vector is empty.
struct Tensor {
  Tensor() = default;
  /// All zero.
  explicit Tensor(mlir::RankedTensorType type);
  Tensor(mlir::RankedTensorType type, std::vector<double> values);
  Tensor(mlir::RankedTensorType type, std::vector<int64_t> values);
  explicit Tensor(mlir::ElementsAttr constant);

  llvm::ArrayRef<int64_t> shape() const { return type.getShape(); }
  int64_t size() const { return type.getNumElements(); }
  bool isFloat() const;

  /// Element `i`, of whichever type it is, as a double; an integer that no
  /// double is equal to, rounded to the float type `to`.
  double asDouble(int64_t i, mlir::FloatType to) const;
  /// Copies element `from` of a tensor of the same element type.
  void set(int64_t i, const Tensor &other, int64_t from);
  /// Rounds every element to the element type.
  void round();
  /// As a constant of the type; `round` comes first.
  mlir::DenseElementsAttr toAttribute() const;

  mlir::RankedTensorType type;
  std::vector<double> floats;
  std::vector<int64_t> ints;
};

/// `value` modulo 2^width, in the range of the integer or bool type.
int64_t wrap(int64_t value, mlir::Type element);
/// `value` rounded to nearest even in the float type.
double round(double value, mlir::Type element);

/// Row-major strides of a shape.
std::vector<int64_t> getStrides(llvm::ArrayRef<int64_t> shape);
/// Calls `visit` with every index of the shape in row-major order.
void forEachIndex(llvm::ArrayRef<int64_t> shape,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit);
/// The linear offsets of all indices along `axes` (row-major in the order of
/// the axes), each axis up to its extent.
std::vector<int64_t> getOffsets(llvm::ArrayRef<int64_t> shape,
                                llvm::ArrayRef<int64_t> axes,
                                llvm::ArrayRef<int64_t> extents);

} // namespace dlcc::eval

#endif // DLCC_IR_EVAL_TENSOR_H
