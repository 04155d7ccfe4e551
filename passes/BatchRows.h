//===- BatchRows.h - which values have rows of the batch --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whether a step can go through its batch in parts: proven by the names of
// dimensions and by what each op does with them. An op is either made for each
// row by itself, or adds up rows, or does not know of them; whatever needs such
// a sum comes after the last part. An op on rows that needs a sum over rows, as
// the normalisation of a batch does, or that orders, counts or compares rows,
// needs all of them at once.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_BATCHROWS_H
#define DLCC_PASSES_BATCHROWS_H

#include "ir/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <optional>

namespace dlcc {

/// The rows that shapes in a function are made for: those of a part, or the
/// module's batch.
int64_t getBatch(mlir::func::FuncOp function);

/// How a value depends on the rows of the batch.
enum class RowShare {
  Whole, ///< the same for every part
  Rows,  ///< has a dimension of rows: each part makes its own
  Sum,   ///< what the parts make adds up to it
  Total  ///< depends on a sum in another way
};

/// The dimension that holds the rows, where there is one.
std::optional<unsigned> findRowAxis(mlir::Type type);

/// The shares of the values of an entry function, before fusion.
class BatchRows {
public:
  /// Fails with a diagnostic at the first op that needs all rows at once.
  mlir::LogicalResult analyze(mlir::func::FuncOp entry);

  RowShare lookup(mlir::Value value) const { return shares.lookup(value); }
  /// Whether the op is run for each part.
  bool isInParts(mlir::Operation *op) const;

private:
  mlir::LogicalResult analyze(mlir::Block &block);
  mlir::LogicalResult analyze(mlir::Operation *op);
  mlir::LogicalResult analyze(dlc::ScanOp scan);
  mlir::LogicalResult analyzeSteps(dlc::ScanOp scan);
  void setAll(mlir::Operation *op, RowShare share);
  bool isAny(mlir::ValueRange values, RowShare least) const;

  llvm::DenseMap<mlir::Value, RowShare> shares;
};

/// Fails with the diagnostic that the batch cannot be split, at the op.
mlir::LogicalResult refuseToSplit(mlir::Operation *op, llvm::StringRef why);

} // namespace dlcc

#endif // DLCC_PASSES_BATCHROWS_H
