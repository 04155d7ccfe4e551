//===- ContractionEpilogue.h - what follows a product -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_CONTRACTIONEPILOGUE_H
#define DLCC_CODEGEN_CPU_CONTRACTIONEPILOGUE_H

#include "codegen/ContractionView.h"
#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/PointerBuilder.h"
#include "llvm/ADT/DenseMap.h"

namespace dlcc::cpu {

/// Writes the elementwise ops of a contraction over finished sums, row by row
/// in vectors, and stores the kernel's results. Rows and columns, m and n here,
/// are those of the results, also where the product is computed transposed.
class ContractionEpilogue {
public:
  /// `outer` are the indices of the view's outer axes. The builder is the
  /// context's.
  ContractionEpilogue(KernelContext &context, const ContractionView &view,
                      llvm::ArrayRef<mlir::Value> outer)
      : context(context), view(view), outer(outer), b(context.builder),
        loc(context.loc) {}

  /// Finishes `count` elements of row `m` from column `n` on, whose sums lie
  /// at `sums` (padded to whole vectors). `positions` lists where these
  /// columns stand in the results (i64, padded too); null: one after another.
  mlir::LogicalResult emitRow(mlir::Value m, mlir::Value n, mlir::Value count,
                              mlir::Value sums, mlir::Value positions);

  /// A tensor that the epilogue of a tile goes through row by row.
  struct Rows {
    const Buffer *buffer;
    DimAccess access;
    int64_t lines; ///< of a row of the tile
  };
  llvm::SmallVector<Rows> rowsOf(int64_t tileColumns) const;
  /// The one place where the sums go, of a product that writesSums(); nothing
  /// where there are several.
  std::optional<Rows> soleResult() const;
  /// Where row `m` has column `n`.
  mlir::Value address(const Rows &rows, mlir::Value m, mlir::Value n) {
    return address(*rows.buffer, rows.access, {m, n, {}, {}});
  }

private:
  /// One vector of a row: its first column, and the lanes that count.
  struct Point {
    mlir::Value m, n;
    mlir::Value mask;      ///< null: all of them
    mlir::Value positions; ///< of the lanes in the results; null: n, n + 1, …
  };

  llvm::SmallVector<int64_t> ownDims() const;
  mlir::LogicalResult emitPoint(const Point &point, mlir::Value sums);
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  emitStage(const EpilogueStage &stage, const Point &point);
  mlir::Value input(const EpilogueStage &stage, mlir::OpOperand &operand,
                    const Point &point);
  mlir::Value index(int64_t dim, const Point &point);
  mlir::Value extract(mlir::tensor::ExtractOp op,
                      llvm::ArrayRef<mlir::Value> indices, const Point &point);
  mlir::Value address(const Buffer &buffer, const DimAccess &access,
                      const Point &point);
  mlir::Value laneOffsets(int64_t stride, const Point &point);
  mlir::Value loadAt(const Buffer &buffer, const DimAccess &access,
                     const Point &point);
  void storeAt(mlir::Value value, const Buffer &buffer, const DimAccess &access,
               const Point &point);
  int64_t lanes() const { return context.target.lanes(view.computeType()); }

  KernelContext &context;
  const ContractionView &view;
  llvm::SmallVector<mlir::Value> outer;
  mlir::OpBuilder &b;
  mlir::Location loc;
  /// Values of tensors at the point being written.
  llvm::DenseMap<mlir::Value, mlir::Value> values;
  /// Inputs that are the same along a row, loaded at its head.
  llvm::DenseMap<mlir::OpOperand *, mlir::Value> rowValues;
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_CONTRACTIONEPILOGUE_H
