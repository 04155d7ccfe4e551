//===- ContractionView.h - a kernel of a product, canonically ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever its dimensions are called and however they are ordered, a sum of
// products is computed as a matrix product with loops around it:
//
//   for outer…            dims of both operands, and those that do not merge
//     C[m][n] = sum over outerK…, k of A[m][k] * B[k][n]
//     epilogue(C[m][n])
//
// Neighbouring dimensions become one axis of m or n where the results and all
// tensors of the epilogue are linear in it, and one axis k wherever they are
// neighbours. The operands need not be linear in them, as they are packed
// anyway: the operand of a convolution is a window that slides over an image,
// and its axes are (image, line, pixel) and (line of the window, its pixel,
// channel). n is the axis along which results lie next to one another in
// memory; it is gone through in another order where B is contiguous in that
// one, as the window is in the gradient of a convolution's weights.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CONTRACTIONVIEW_H
#define DLCC_CODEGEN_CONTRACTIONVIEW_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <cstdint>
#include <optional>

namespace dlcc {

/// Dimensions of an axis in which every tensor of the kernel is linear: the
/// innermost of them, and the product of their extents.
struct AxisPart {
  int64_t dim, extent;
  /// Indices of the results between two of this part.
  int64_t position;
};

/// One or several merged dimensions of the product's loops.
struct Axis {
  int64_t extent = 1;
  /// Indices for each row given; 0 where rows do not matter.
  int64_t rows = 0;
  /// The innermost of the dimensions merged; -1: an axis of extent 1 that
  /// stands for none.
  int64_t dim = -1;
  /// What the operands must be addressed by, outer ones first.
  llvm::SmallVector<AxisPart> parts = {};
  /// Whether the parts come in another order than in the results.
  bool isReordered = false;
};

/// Where an access goes, in elements: constant + sum of index * stride over
/// the loop dimensions of the product.
struct DimAccess {
  int64_t constant = 0;
  llvm::SmallVector<int64_t> strides;

  /// From one index of `axis` to the next in the order of the results, which
  /// are linear in it.
  int64_t along(const Axis &axis) const {
    return axis.dim < 0 ? 0 : strides[axis.dim];
  }
  /// From one index of `axis` to the next in the order of its parts, within
  /// the innermost one.
  int64_t step(const Axis &axis) const {
    return axis.parts.empty() ? 0 : strides[axis.parts.back().dim];
  }
  /// The number of indices of `axis` (a divisor of its extent) after which
  /// step() does not hold for the first time.
  int64_t linearRun(const Axis &axis) const;
  bool isLinear(const Axis &axis) const {
    return linearRun(axis) == axis.extent;
  }
};

/// An elementwise op over the product's result.
struct EpilogueStage {
  mutable mlir::linalg::GenericOp op; ///< a handle; asking it needs no const
  /// For each loop dimension of `op` the product's dimension it runs along.
  llvm::SmallVector<int64_t> dims;
};

/// A factor of the product.
struct Operand {
  mlir::Value tensor;
  DimAccess access;
  bool isUnsigned = false; ///< integers widen without sign
  bool isRounded = false;  ///< numbers of f32 are rounded to bf16 first

  mlir::Type elementType() const;
};

struct ContractionView {
  /// Analyses a kernel in tensor or planned form; diagnoses what is none.
  static mlir::FailureOr<ContractionView> create(mlir::func::FuncOp kernel);

  mutable mlir::linalg::GenericOp product;
  Operand lhs, rhs; ///< A, with the rows, and B, with the columns
  llvm::SmallVector<Axis> outer;
  llvm::SmallVector<Axis> outerK;
  Axis m, n, k;
  llvm::SmallVector<EpilogueStage> epilogue;

  /// Whether A and B have changed places once more, so that results lie next to
  /// one another along m: those are computed transposed.
  bool isTransposed = false;
  /// Lets A and B change places. n must not be reordered.
  void transpose();
  /// The axis along which results lie next to one another, and the other one.
  const Axis &resultColumns() const { return isTransposed ? m : n; }
  const Axis &resultRows() const { return isTransposed ? n : m; }

  /// The element type that is summed, and that results are rounded to.
  mlir::Type accumulator() const;
  /// The type of sums on their way: at least f32 for floats.
  mlir::Type computeType() const;
  /// Whether the sums, as they are, are the kernel's result, and neighbours
  /// along n lie side by side in it.
  bool writesSums() const;
  /// Where the op reads or writes a dense tensor of `shape` through `map`;
  /// `dims` as in EpilogueStage. Nothing where that is not linear.
  std::optional<DimAccess> access(mlir::AffineMap map,
                                  llvm::ArrayRef<int64_t> shape,
                                  llvm::ArrayRef<int64_t> dims) const;

private:
  mlir::LogicalResult findProduct(mlir::func::FuncOp kernel);
  mlir::LogicalResult collectEpilogue(mlir::func::FuncOp kernel);
  bool placeStage(EpilogueStage &stage) const;
  mlir::LogicalResult collectAccesses();
  void formAxes();
  llvm::SmallVector<Axis> merge(llvm::ArrayRef<int64_t> dims,
                                llvm::ArrayRef<DimAccess> linearIn) const;

  /// All accesses to memory: those of the operands, of the result, of the
  /// epilogue. And dims whose index is asked for.
  llvm::SmallVector<DimAccess> accesses;
  llvm::SmallVector<bool> indexed;
};

} // namespace dlcc

#endif // DLCC_CODEGEN_CONTRACTIONVIEW_H
