//===- IndexedView.h - a tensor as lines along one axis ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums at indices, ranks and running sums are noted on a linalg op that says
// what they mean in the square of the work. Where the tensors are of the form
// below a kernel of their own takes the short way; any other form (a batch
// that is no first dimension of its group) stays with the pointwise kernels.
//
//   [outer][axis][inner]           the result, row-major
//   [outer][steps][asked][inner]   the values of a sum at indices
//   [paired][steps][asked]         its indices; outer is paired times unpaired
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_INDEXEDVIEW_H
#define DLCC_CODEGEN_INDEXEDVIEW_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>

namespace dlcc {

/// Neighbouring dimensions as one: `rows` indices of it for each row given, 0
/// where all are there.
struct Group {
  int64_t size = 1;
  int64_t rows = 0;
};

struct IndexedView {
  enum Kind { Scatter, Rank, Cumulative } kind;
  /// Reads the note of the kernel's op; nothing for kernels without one, or of
  /// another form.
  static std::optional<IndexedView> create(mlir::func::FuncOp kernel);

  mutable mlir::linalg::GenericOp op; ///< the noted one
  Group outer, inner, asked;
  int64_t axis = 1;     ///< its extent
  int64_t steps = 1;    ///< indices before the rows that are given
  int64_t unpaired = 1; ///< outer indices that share their indices
  bool descending = false, reverse = false, exclusive = false;
  int64_t limit = 0;
  mlir::Type element; ///< of the operand, with its sign gone
  bool isUnsigned = false;
};

} // namespace dlcc

#endif // DLCC_CODEGEN_INDEXEDVIEW_H
