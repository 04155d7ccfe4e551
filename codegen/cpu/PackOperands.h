//===- PackOperands.h - operands of a contraction into panels ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_PACKOPERANDS_H
#define DLCC_CODEGEN_CPU_PACKOPERANDS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <cstdint>

namespace dlcc::cpu {

/// How the elements of an operand lie in memory.
enum class OperandOrder {
  /// Neighbours along the panel (m or n) are neighbours in memory.
  Panel,
  /// Neighbours along k are neighbours in memory.
  Depth,
  /// Neither; those along the panel, or those along k, are closer.
  StridedPanel,
  StridedDepth,
};

/// What distinguishes one packing function from another.
struct PackShape {
  /// Element type in memory, and in the panels: the same or a wider one; or
  /// i32, a pair of neighbours along k as bf16 (BrainPairs.h).
  mlir::Type source, packed;
  /// Whether integers widen without sign.
  bool isUnsigned;
  /// Whether numbers of f32 are rounded to bf16.
  bool isRounded;
  OperandOrder order;
  /// Whether the places along the panel, and along k, are listed rather than
  /// a step apart.
  bool panelListed, depthListed;
  /// Elements of a panel along m or n.
  int64_t panel;
  /// Elements of type `packed` in a vector register.
  int64_t lanes;
  /// Order Panel, listed: the vectors that a panel's row is put together of,
  /// at most; none of them goes on beyond the end of a run.
  int64_t pieces;
  /// Order Depth, listed, pairs: whether pairs lie across the ends of runs.
  bool hasOddRuns;
  /// Elements along k, in whole numbers of which panels are filled up with
  /// zeros; 0: not at all.
  int64_t filled = 0;
  /// Whether panels are cut along k into tiles in which neighbours along k are
  /// neighbours in memory: [kc/lanes][panel][lanes], with as many rows as
  /// lanes. Such panels are filled.
  bool inTiles = false;
  /// Order Depth, in tiles: whether each tile's row is one piece in memory.
  bool hasWholeRows = false;

  bool isOfPairs() const {
    return packed.isInteger(32) && mlir::isa<mlir::FloatType>(source);
  }
  /// Elements along k for which a panel needs room to hold `depth` of them.
  /// Vectors are stored whole and what they write beyond the end of a run is
  /// overwritten by the next one, but for the last.
  int64_t roomFor(int64_t depth) const;
};

/// The function
///   (to: ptr, from: ptr, extent: i64, kc: i64, panel: i64 | ptr,
///    depth: i64 | ptr, run: i64, inRun: i64, panelBytes: i64) -> ()
/// that copies the block of `extent` by `kc` elements at `from` to panels
/// [kc][panel] that lie `panelBytes` apart. `panel` and `depth` are the
/// element steps in memory or, where these are listed, the offsets of all
/// indices (i64). Of the contiguous axis, listed, `run` indices at a time are
/// neighbours in memory; the block begins `inRun` behind the head of one.
/// What lies beyond `extent` and `kc` in a panel is unspecified, but for the
/// second of the last pair, which is 0 where `kc` is odd, and for what the
/// shape fills with zeros.
/// Created in `module` when first asked for; all contractions share it.
mlir::func::FuncOp getOrCreatePacking(mlir::ModuleOp module,
                                      const PackShape &shape);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_PACKOPERANDS_H
