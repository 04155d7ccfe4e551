//===- ContractionPlan.h - blocks of a sum of products ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block of 256 threads, 16 by 16, makes a tile of the result; a thread has a
// few of its rows and columns in registers. Tiles of the operands pass through
// shared memory: for threads that multiply one by one as [k][row], in several
// stages where copies can run behind the threads' backs (OperandTile); for
// matrix units as [row][k], rounded, in two stages (RoundedTile); or, where
// both lie as wgmma reads them, in as many as there is room for, copied by a
// warp of its own (BulkStages).
//
// Where the result has too few tiles for the chip, k is split: each part writes
// its sums to the workspace, and a second launch adds them up in order.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_CONTRACTIONPLAN_H
#define DLCC_CODEGEN_GPU_CONTRACTIONPLAN_H

#include "codegen/ContractionView.h"
#include "codegen/gpu/ChipTable.h"
#include "codegen/gpu/DeviceBuilder.h"
#include "codegen/gpu/SwizzledTile.h"

namespace dlcc::gpu {

struct TensorMap;

/// Threads of a block, and along each side of its tile.
inline constexpr int64_t kSide = 16, kBlockThreads = kSide * kSide;
/// Indices of k in a stage, where threads multiply one by one.
inline constexpr int64_t kDepth = 16;

/// Warps that may multiply together, and the rows that they then have.
inline constexpr int64_t kGroupWarps = 4, kGroupRows = 64;
inline constexpr int64_t kGroups = kBlockThreads / kWarp / kGroupWarps;

/// What multiplies: threads one by one, or tensor cores, whose factors are
/// rounded or of 16 bits. Sums are in f32.
enum class MatrixUnit { None, TF32, BF16, F16 };

struct ContractionPlan {
  static mlir::FailureOr<ContractionPlan> create(mlir::func::FuncOp kernel,
                                                 const Chip &chip);

  ContractionView view;
  int64_t threadRows = 1, threadColumns = 1; ///< of a tile, for each thread
  int64_t tileRows() const { return kSide * threadRows; }
  int64_t tileColumns() const { return kSide * threadColumns; }

  MatrixUnit unit = MatrixUnit::None;
  /// Warps of a block along its rows; the others are along its columns.
  int64_t warpRows() const;
  /// Whether four warps multiply together: wgmma.
  bool usesWarpGroups = false;
  /// Groups of 64 rows in a tile, where they do; the others are along its
  /// columns.
  int64_t groupRows() const { return tileRows() / kGroupRows; }
  /// What factors are in shared memory, where a unit multiplies.
  mlir::Type factorType() const;
  SwizzledTile tileOf(int64_t extent) const {
    return {extent, stageDepth, unit == MatrixUnit::TF32 ? 4 : 2};
  }

  int64_t outerCount = 1; ///< indices of all outer axes
  int64_t depth = 1;      ///< indices of all summed axes
  int64_t rowTiles, columnTiles;
  int64_t splits = 1;
  int64_t stageDepth = kDepth; ///< indices of k in a stage
  int64_t splitDepth;          ///< indices of k in each split, whole stages
  int64_t blocks() const {
    return rowTiles * columnTiles * outerCount * splits;
  }
  /// Whether operands are copied as they lie.
  bool isAsync = false;
  /// Whether a warp of its own copies boxes of both operands (TMA), as they lie
  /// or, of tf32, rounded on the way.
  bool isBulk = false;
  /// Where an operand turns out to lie where no bulk copy could begin.
  void passThroughRegisters();
  /// Threads of a block.
  int64_t threads() const { return kBlockThreads + (isBulk ? kWarp : 0); }
  /// What is copied of an operand whose index goes along `axis`, in boxes of so
  /// many of its indices.
  TensorMap mapOf(const Operand &operand, const Axis &axis, int64_t extent,
                  int64_t buffer) const;
  int64_t stages = 1;
  /// Bytes of the sums of all splits.
  int64_t workspaceBytes = 0;

  /// Whether `width` neighbouring columns, from a multiple on, are all there or
  /// all beyond the result, and lie next to one another in it.
  bool finishesWhole(int64_t width) const {
    return width > 1 && !view.n.isReordered && view.n.extent % width == 0 &&
           view.n.rows % width == 0;
  }
  /// Columns that a thread of the second launch has, and how many threads want
  /// work there.
  int64_t sumWidth() const { return finishesWhole(4) ? 4 : 1; }
  int64_t sumCount() const {
    return outerCount * view.m.extent * view.n.extent / sumWidth();
  }

  /// As `dlcc explain` says it: "bf16 wgmma 128x256, k in 4 parts".
  std::string describe() const;

  /// All summed axes, the outermost first.
  llvm::SmallVector<Axis> summed() const;

  /// Elements from one index of k to the next in shared memory, where threads
  /// multiply one by one: padded, so that a transposed store does not hit one
  /// bank, and still aligned.
  static constexpr int64_t kPadding = 4;
  int64_t aStep() const { return tileRows() + kPadding; }
  int64_t bStep() const { return tileColumns() + kPadding; }
  /// Bytes of the operands' tiles in a stage.
  int64_t aBytes() const;
  int64_t bBytes() const;
  int64_t sharedBytes() const;

private:
  void chooseTile(const Chip &chip);
  bool liesInRows(const Operand &operand, const Axis &axis) const;
  void chooseBulk();
  void chooseSplits(const Chip &chip);
};

/// The unit that may multiply the factors: of bf16 where both are, or are
/// rounded to it; of f16 where both are; of tf32 for f32, where that is
/// allowed.
MatrixUnit findUnit(const ContractionView &view, bool allowsTf32);
llvm::StringRef nameOf(MatrixUnit unit);

/// Whether the kernel is better seen as a pointwise one with a reduction: a
/// product of vectors, or of one matrix with a vector. Its ops then have the
/// loops that pointwise kernels have, and dlc.parallel_dims.
bool becomesPointwise(mlir::func::FuncOp kernel, const ContractionView &view);

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_CONTRACTIONPLAN_H
