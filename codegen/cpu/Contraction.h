//===- Contraction.h - a sum of products, read from a kernel ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What selection and the two emitters know of a contraction: which loop is
// which, and the tiles chosen for it. One loop of each kind at most; the graph
// passes merge dimensions before.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_CONTRACTION_H
#define DLCC_CODEGEN_CPU_CONTRACTION_H

#include "codegen/cpu/TargetTable.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <array>
#include <optional>

namespace dlcc::cpu {

/// The loops of result[b, m, n] = sum over k of A[b, m, k] * B[b, n, k].
enum ContractionLoop { LoopB, LoopM, LoopN, LoopK };

struct Contraction {
  mlir::linalg::GenericOp op;
  /// The loop dimension of `op` in each role; none: extent 1.
  std::array<std::optional<unsigned>, 4> loops;
  std::array<int64_t, 4> extents = {1, 1, 1, 1};
  /// Indices that a row takes along each loop; 0: does not depend on rows.
  std::array<int64_t, 4> rows = {0, 0, 0, 0};

  mlir::Type elementType() const;
};

/// Reads a generic as a contraction; fails with the reason at the op.
mlir::FailureOr<Contraction> readContraction(mlir::linalg::GenericOp op);

/// The generic with a reduction loop, the one sum of products of a kernel.
mlir::linalg::GenericOp findContraction(mlir::func::FuncOp kernel);

/// Blocks of the result. `rows` and `columns` are multiples of the register
/// tile's; a task computes one such block.
struct ContractionTiles {
  int64_t mr = 1, nr = 1;               ///< register tile
  int64_t k = 1, rows = 1, columns = 1; ///< cache block
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_CONTRACTION_H
