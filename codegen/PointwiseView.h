//===- PointwiseView.h - the ops of a pointwise kernel ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A pointwise kernel is a list of linalg.generic ops, here called stages, over
// shared parallel dimensions; each may have inner dimensions of its own. For
// one point of the parallel dimensions the kernel makes some passes over inner
// dimensions. This is what every target's plan begins with: where values come
// from, which dimensions run as one, what must be finished before what.
//
// Vocabulary. The nest position of a loop: the shared parallel dimensions come
// first, then a stage's inner parallel ones, then those it reduces. The level
// of a stage is the number of reductions that must be finished before it.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_POINTWISEVIEW_H
#define DLCC_CODEGEN_POINTWISEVIEW_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>

namespace dlcc {

/// Where the value of a tensor comes from.
struct Source {
  enum Kind { Memory, Stage, Scalar, Nothing } kind = Nothing;
  mlir::Value tensor; ///< Memory
  int64_t stage = -1; ///< Stage: its number and which result
  int64_t result = 0;
  mlir::TypedAttr scalar; ///< Scalar: the same in all elements
};

/// For each dimension of an op the nest position it runs along; -1: index 0.
using Coordinates = llvm::SmallVector<int64_t>;

/// The offset of an access in elements: a constant and a stride for each nest
/// position.
struct LinearAccess {
  int64_t constant = 0;
  llvm::SmallVector<int64_t> strides;
  int64_t stride(int64_t position) const {
    return position >= 0 && position < int64_t(strides.size())
               ? strides[position]
               : 0;
  }
  /// 1 + the innermost position that the offset depends on; 0: constant.
  int64_t depth() const;
};

struct Stage {
  mutable mlir::linalg::GenericOp op; ///< a handle; asking it needs no const
  /// By nest position: the op's dimension, trip count and rows (indices per
  /// row, 0 where independent), after merging.
  llvm::SmallVector<int64_t> order, extents, rows;
  int64_t firstReduction = 0; ///< nest position; rank() without reductions
  int64_t level = 0;          ///< in whose pass its value is there
  bool expensive = false;     ///< calls exp and the like
  bool sink = false;          ///< stored to a buffer of the kernel
  bool used = false;          ///< some sink needs it
  int64_t scratchOffset = -1; ///< bytes; where its inner points are kept

  int64_t rank() const { return extents.size(); }
  bool reduces() const { return firstReduction < rank(); }
  /// The coordinates of the op when its own nest runs.
  Coordinates coordinates() const;
};

class PointwiseView {
public:
  int64_t parallelDims = 0;
  llvm::SmallVector<Stage> stages;

  Source source(mlir::Value tensor) const;
  /// The offset of operand `map` of an op at `coordinates`, in a dense tensor
  /// of `shape`. Nothing for a map that is not linear.
  std::optional<LinearAccess> access(mlir::AffineMap map,
                                     llvm::ArrayRef<int64_t> shape,
                                     const Coordinates &coordinates) const;
  /// The coordinates at which a stage is read through `map` by an op at
  /// `coordinates`.
  std::optional<Coordinates>
  producerCoordinates(const Stage &producer, int64_t result,
                      mlir::AffineMap map, const Coordinates &reader) const;

protected:
  /// Analyses a kernel in tensor or planned form. Diagnoses what no pointwise
  /// kernel can be.
  mlir::LogicalResult collect(mlir::func::FuncOp kernel);

private:
  mlir::LogicalResult collectStages(mlir::func::FuncOp kernel);
  void markUsed();
  void mergeDimensions();
  bool mergeable(int64_t position) const;
  void setLevels();

  llvm::DenseMap<mlir::Value, std::pair<int64_t, int64_t>> results;
};

/// Whether a kernel returns `value` or writes it to a buffer.
bool isStored(mlir::Value value);

/// Makes linalg.generic ops of all other linalg ops of a kernel (but of fills
/// that only begin a reduction), and copies of what is returned unchanged.
void normalizePointwise(mlir::func::FuncOp kernel);

} // namespace dlcc

#endif // DLCC_CODEGEN_POINTWISEVIEW_H
