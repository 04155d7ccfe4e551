//===- Patterns.h - from dlc ops in a kernel to linalg ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the families of lowering share. Each op of a kernel becomes one
// linalg.generic (a reduction also its fill) whose loops are the kernel's
// parallel dims, then the op's inner dims. Ops that only move elements between
// points (broadcast, transpose) become the indexing map of whoever reads them;
// constants and iota are made in the body. Element types lose their sign, and
// bools are bytes between ops.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_LOWER_PATTERNS_H
#define DLCC_PASSES_LOWER_PATTERNS_H

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>

namespace dlcc::lower {

/// The type between kernels and between ops of one: signless, bools as i8,
/// without names of dimensions.
mlir::RankedTensorType getStoredType(mlir::Type type);
/// The type that scalar code has for an element: signless, bools as i1.
mlir::Type getScalarType(mlir::Type element);

/// The loops of one op.
struct LoopNest {
  mlir::SmallVector<mlir::utils::IteratorType> iterators;
  mlir::SmallVector<int64_t> rows; ///< for each loop
  /// The loop that runs over each dim of the op's loop space.
  mlir::SmallVector<int64_t> loopOf;
};

/// What a body reads: a tensor at a map's point, or what needs no memory.
struct Source {
  mlir::Value tensor;       ///< null: a constant or an index
  mlir::AffineMap map;      ///< of the loops, where there is a tensor
  mlir::TypedAttr constant; ///< a scalar
  mlir::AffineExpr index;   ///< of the loops, whose value it is (iota)
  mlir::Type element;       ///< of the dlc value, with its sign
};

/// Makes the scalar of one element from the scalars of the operands.
using BodyBuilder = llvm::function_ref<mlir::Value(
    mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;

class KernelLowering {
public:
  KernelLowering(mlir::OpBuilder &builder, int64_t parallelDims, int64_t batch)
      : builder(builder), parallelDims(parallelDims), batch(batch) {}

  mlir::OpBuilder &getBuilder() { return builder; }
  int64_t getBatch() const { return batch; }

  /// The tensor that stands for a dlc value.
  void setTensor(mlir::Value value, mlir::Value tensor) {
    tensors[value] = tensor;
  }
  mlir::Value getTensor(mlir::Value value) const {
    return tensors.lookup(value);
  }

  /// The loops over `dims`, the loop space of `op`, of which `reduced` are
  /// combined.
  LoopNest getLoops(mlir::Operation *op, llvm::ArrayRef<Dim> dims,
                    llvm::ArrayRef<int64_t> reduced = {}) const;
  /// How the loops read `value`, whose dim i is dim axes[i] of the loop space.
  Source getSource(mlir::Value value, const LoopNest &loops,
                   llvm::ArrayRef<int64_t> axes) const;
  /// The same, dim i at `place[i]`.
  Source getSourceAt(mlir::Value value, const LoopNest &loops,
                     llvm::ArrayRef<mlir::AffineExpr> place) const;
  /// The map of a tensor whose dim i is dim axes[i] of the loop space.
  mlir::AffineMap getMap(const LoopNest &loops,
                         llvm::ArrayRef<int64_t> axes) const;

  /// Emits the elementwise op that makes a tensor of `type` (a dlc type) from
  /// the sources; the body's arguments and result have scalar types.
  mlir::Value emitPointwise(mlir::Location loc, mlir::Type type,
                            const LoopNest &loops,
                            llvm::ArrayRef<Source> sources, BodyBuilder body);
  /// Emits a fill of a tensor of `type` (already stored form).
  mlir::Value emitFill(mlir::Location loc, mlir::RankedTensorType type,
                       mlir::TypedAttr value, llvm::ArrayRef<int64_t> rows);
  /// The scalars of the sources at the head of a body, given the arguments of
  /// those that are tensors.
  mlir::SmallVector<mlir::Value> emitScalars(mlir::OpBuilder &body,
                                             mlir::Location loc,
                                             llvm::ArrayRef<Source> sources,
                                             mlir::ValueRange arguments);

private:
  mlir::SmallVector<mlir::AffineExpr>
  getPlace(const LoopNest &loops, llvm::ArrayRef<int64_t> axes) const;

  mlir::OpBuilder &builder;
  int64_t parallelDims;
  int64_t batch;
  llvm::DenseMap<mlir::Value, mlir::Value> tensors;
};

/// 0, 1, … rank - 1.
mlir::SmallVector<int64_t> identity(int64_t rank);
/// For each dim of `dims` the indices that a row takes.
mlir::SmallVector<int64_t> getRows(llvm::ArrayRef<Dim> dims, int64_t batch);

/// A conversion of scalars as `dlc.cast` defines it; the types have signs.
mlir::Value emitCast(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::Value value, mlir::Type from, mlir::Type to);

/// The scalar of an elementwise op, given those of its operands.
mlir::Value emitElementwise(mlir::Operation *op, mlir::OpBuilder &builder,
                            mlir::Location loc, mlir::ValueRange operands);
/// The element of `tensor` (in stored form) at `indices`, with bools as i1;
/// `element` is the dlc value's type.
mlir::Value emitExtract(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value tensor, mlir::ValueRange indices,
                        mlir::Type element);
/// Emits the reduction of a loop space of `dims` over `axes` that makes
/// `reduced`; the body makes what is combined. f16 and bf16 sum in f32.
void emitReduction(mlir::Value reduced, KernelLowering &kernel,
                   dlc::ReduceKind kind, llvm::ArrayRef<Dim> dims,
                   llvm::ArrayRef<int64_t> axes, const LoopNest &loops,
                   llvm::ArrayRef<Source> sources, BodyBuilder value);

// The families. Each lowers the op if it is one of theirs and says so.
bool lowerElementwise(mlir::Operation *op, KernelLowering &kernel);
bool lowerContraction(mlir::Operation *op, KernelLowering &kernel);
bool lowerReduction(mlir::Operation *op, KernelLowering &kernel);
bool lowerShape(mlir::Operation *op, KernelLowering &kernel);
bool lowerIndexed(mlir::Operation *op, KernelLowering &kernel);
bool lowerOrdered(mlir::Operation *op, KernelLowering &kernel);
bool lowerWindow(mlir::Operation *op, KernelLowering &kernel);
bool lowerRandom(mlir::Operation *op, KernelLowering &kernel);
bool lowerExtern(mlir::Operation *op, KernelLowering &kernel);

} // namespace dlcc::lower

#endif // DLCC_PASSES_LOWER_PATTERNS_H
