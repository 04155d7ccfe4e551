//===- ContractionPlan.h - tiles, tasks and scratch -------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_CONTRACTIONPLAN_H
#define DLCC_CODEGEN_CPU_CONTRACTIONPLAN_H

#include "codegen/ContractionView.h"
#include "codegen/TileModel.h"
#include "codegen/TuningDatabase.h"
#include "codegen/cpu/PackOperands.h"
#include "codegen/cpu/TargetTable.h"

namespace dlcc::cpu {

/// How one operand comes into panels, and where. Places are bytes of scratch.
struct PackedOperand {
  PackShape shape;
  /// Not at all: the micro-kernel reads it where it lies. The rows of A are
  /// listed then, but where steps of k are its rows in memory, or all of them
  /// lie `rowStep` elements apart (0: they do not).
  bool direct;
  int64_t rowStep;
  /// Indices of the contiguous axis that are neighbours in memory at a time.
  int64_t run;
  int64_t panelBytes, panelsAt;
  /// The lists of offsets along the panel and along k, where there are any.
  int64_t panelListAt, depthListAt;
  /// Whether what is packed next is asked for while tiles are computed.
  bool prefetched;
  /// B: the rows of memory with what a tile has to ask for, lines of each.
  int64_t rowsAhead, linesAhead;
  mlir::func::FuncOp function;
};

/// How many rows of a tile there are: all, those at the edge of the result's
/// whole extent, or as many as the call has given.
enum RowKind { kAllRows, kEdgeRows, kRestRows, kRowKinds };

/// Everything that is decided about a contraction before its loops are
/// written. Selection and lowering both make it, from the same shapes.
struct ContractionPlan {
  /// With the tiles that `dlc.tiles` of the kernel says; with those of the
  /// model where it has none, which is before selection.
  static mlir::FailureOr<ContractionPlan> create(mlir::func::FuncOp kernel,
                                                 ContractionView view,
                                                 const TargetTable &target);

  /// Plans anew with other tiles. Says why these cannot compute the product,
  /// and plans nothing then; "" where they can.
  std::string setTiles(const TileSizes &sizes, const TargetTable &target);
  TileSizes tileSizes() const;
  /// Tiles that may be faster than those of the model, which come first.
  std::vector<TileSizes> listTrials(const TargetTable &target) const;

  /// Finds or makes the functions that the loops call. `epilogueLines` are the
  /// lines of a tile's row in each tensor that the epilogue goes through.
  void createFunctions(mlir::ModuleOp module, const TargetTable &target,
                       llvm::ArrayRef<int64_t> epilogueLines);

  ContractionView view;
  /// What the model chooses by, and among which register tiles.
  TileProblem problem;
  llvm::SmallVector<TileCandidate> candidates;
  ContractionTiles tiles;
  int64_t tasks;
  PackedOperand a, b;
  /// The type of a panel's elements, and the indices of k that one holds: two
  /// where they are pairs of bf16, which are rounded on the way.
  mlir::Type packed;
  int64_t kPerElement;
  /// The unit that multiplies tiles of pairs; null: vectors do.
  const MatrixUnit *unit = nullptr;
  /// Indices of k in a block, and whether there is more than one.
  int64_t blockK() const { return tiles.depth * kPerElement; }
  bool cutsK() const { return blockK() < view.k.extent; }

  /// Bytes of scratch, and where the sums are in it.
  int64_t scratchBytes, sumsAt;
  /// What it may grow to with other tiles than the model's.
  int64_t mostScratch;
  /// Where the results' indices of the columns are listed, if n is reordered.
  int64_t positionsAt;
  /// Elements from one row of sums to the next.
  int64_t sumsStep;
  /// Whether the sums of the whole block rest between blocks of k; else a
  /// tile, or a whole panel, is finished before the next one begins.
  bool keepsSums;
  /// Whether the epilogue waits for all tiles of a panel of A.
  bool finishesPanels;

  /// Where a tile of a transposed product lies in the results' order, and
  /// elements from one row of these to the next.
  int64_t turnedAt, turnedStep;
  PackShape turning;
  mlir::func::FuncOp turn;
  /// Whether nothing follows the product, so that whole tiles of sums can be
  /// written where the results belong.
  bool isPlain;
  /// Rows and columns of the tiles at the result's edges, where they are fewer
  /// than the tile's: 0 where they are not.
  int64_t edgeRows, edgeColumns;
  /// Lanes of the last vector of such columns that can be masked; 0: none.
  int64_t edgeLanes;
  /// By the rows of a tile, and whether it has the edge's columns.
  mlir::func::FuncOp microkernels[kRowKinds][2];
  /// Whether a call may give so few rows that a tile has others than these
  /// two numbers, which then must not be read as if they were there.
  bool hasRest() const { return a.rowStep && view.m.rows; }

private:
  void poseProblem(const TargetTable &target);
  void plan(const ContractionTiles &chosen, const TargetTable &target);
  void planOperands(const TileCandidate &tile, const TargetTable &target);
  void finish(const TargetTable &target);
  void poseCosts(const TargetTable &target);
  void chooseForUnit(const TargetTable &target);
  void chooseTransposed(const TargetTable &target);
  int64_t time() const;
  mlir::func::FuncOp
  createVectorMicrokernel(mlir::ModuleOp module, const TargetTable &target,
                          llvm::ArrayRef<int64_t> epilogueLines, RowKind kind,
                          bool isColumnEdge) const;
  PackedOperand planOperand(const Operand &operand, const Axis &panel,
                            int64_t panelWidth, int64_t lanes) const;
  void readDirectly(const TileCandidate &tile, const TargetTable &target);
  void planPrefetching(int64_t bytes, const TargetTable &target);
  void placeScratch(int64_t bytes);
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_CONTRACTIONPLAN_H
