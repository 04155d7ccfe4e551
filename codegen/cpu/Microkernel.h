//===- Microkernel.h - the inner loop of a contraction ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_MICROKERNEL_H
#define DLCC_CODEGEN_CPU_MICROKERNEL_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <cstdint>

namespace dlcc::cpu {

/// Where a micro-kernel reads A.
enum class PanelSource {
  Packed,     ///< a panel [kc][mr], part of a wider one, or of a matrix
              ///< whose rows are the steps of k
  DirectRows, ///< A itself, where the steps of k are neighbours and rows lie a
              ///< constant step apart
  DirectLine, ///< A itself, where the steps of k are neighbours; rows listed
  DirectRuns, ///< A itself, where the steps of a turn are neighbours; all
              ///< listed
  DirectList, ///< A itself, each step of k listed
};

/// Rows of memory that are wanted after the tile: so many in a turn of the
/// loop, and the lines of each. They come into the second cache level: rows of
/// results a power of two apart would push one another out of the first.
struct RowsAhead {
  int64_t perTurn, lines;
};

/// What distinguishes one micro-kernel from another.
struct MicrokernelShape {
  /// Element type of accumulators: f32, f64 or a signless integer.
  mlir::Type type;
  /// That of the panels: the same; or i32, a pair of bf16 (BrainPairs.h), for
  /// accumulators of f32.
  mlir::Type packed;
  /// The register tile: `mr` rows of `nr` elements; `nr` is a multiple of
  /// `lanes`.
  int64_t mr, nr;
  /// Steps of k in one turn of the loop.
  int64_t unroll;
  /// Elements of a vector register.
  int64_t lanes;
  /// Whether the target multiplies and adds in one instruction; without it a
  /// product is rounded before it is added.
  bool fma;
  PanelSource a;
  /// Elements from one step of k of B to the next, where B is read as it lies
  /// or its panel is wider than the tile; 0: `nr`.
  int64_t bStep = 0;
  /// What is asked for beside the multiply-adds.
  llvm::SmallVector<RowsAhead> ahead = {};
  /// Elements from one step of k of A's panel to the next, where it has more
  /// rows than the tile or is part of a matrix; 0: `mr`.
  int64_t panelRows = 0;
  /// Elements from one row of A to the next, for DirectRows: a number that is
  /// known takes no register, and there are not enough for an address a row.
  int64_t rowStep = 0;
  /// Lanes of a row's last vector that there are, in B and in C; the others
  /// are neither read nor written. 0: all.
  int64_t lastLanes = 0;
};

/// The function
///   (A: ptr, B: ptr, C: ptr, kc: i64, ldc: i64, first: i1) -> ()
/// that adds the product of one panel of A ([kc][mr]) and one of B ([kc][nr])
/// to the tile C (`mr` rows, `ldc` elements apart), or, where `first`, writes
/// it. Each element of C is one chain of fused multiply-adds over ascending k.
/// `kc` counts elements of a panel: k, or pairs of it.
/// Created in `module` when first asked for; all contractions share it.
///
/// Where A's rows are listed, `rows: ptr` follows, the offsets of its
/// `mr` rows from A in elements (i64), and, where they are listed, `depth:
/// ptr`, the offsets of all steps of k.
///
/// For each of `ahead`, `from: ptr, step: i64, count: i64` end the list: turn
/// by turn it asks for the next ones of `count` rows, `step` bytes apart. Asked
/// for all at once they would fill the buffers for lines on their way, and the
/// multiply-adds would wait.
mlir::func::FuncOp getOrCreateMicrokernel(mlir::ModuleOp module,
                                          const MicrokernelShape &shape);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_MICROKERNEL_H
