//===- UnitTileModel.cpp - blocks of a product on a matrix unit -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A matrix unit multiplies some ten times as fast as vectors, and memory is as
// slow as ever: what counts is how often operands are packed and sums moved.
// So a task's block is as large as its sums fit into half of the second cache
// level, and nearly square. It is halved for more tasks as long as multiplying
// takes longer than packing again.
//
// The panels of A and B that a micro-kernel has at hand take two thirds of the
// first cache level: a panel of A stays there while those of B pass by.
//
//===----------------------------------------------------------------------===//

#include "codegen/TileModel.h"

#include <algorithm>

namespace dlcc {
namespace {

/// Columns of a call, at most: enough to make up for setting up the unit.
constexpr int64_t kCallColumns = 128;
/// Rows of A packed together.
constexpr int64_t kGroupRows = 128;
/// What kSmallTask is for vectors: a unit needs less time for as much.
constexpr int64_t kSmallUnitTask = int64_t(1) << 20;
/// How many times longer than to pack an operand a task multiplies with it. It
/// would be more if the operands did not come from memory.
constexpr int64_t kPackingShare = 1;

int64_t ceilDiv(int64_t value, int64_t by) { return (value + by - 1) / by; }

int64_t roundUp(int64_t value, int64_t quantum) {
  return ceilDiv(value, quantum) * quantum;
}

/// Products of tiles for each tile of k.
int64_t products(const TileProblem &problem, const MatrixUnit &unit,
                 const TileCandidate &block) {
  return roundUp(ceilDiv(problem.m, unit.rows), block.rows) *
         roundUp(ceilDiv(problem.n, unit.columns), block.columns);
}

int64_t chooseBlock(const TileProblem &problem, const MatrixUnit &unit) {
  int64_t best = 0, number = 0;
  for (const TileCandidate &block : kUnitBlocks) {
    if (products(problem, unit, block) <
        products(problem, unit, kUnitBlocks[best]))
      best = number;
    ++number;
  }
  return best;
}

/// Halves the longer side of the task's block, or the other one; false where
/// the operand of the other side would then be packed too often.
bool splitTask(const TileProblem &problem, const MatrixUnit &unit,
               ContractionTiles &tiles) {
  auto isWorth = [&](int64_t extent, int64_t packing) {
    return kPackingShare * packing * unit.multiplyAdds <= 16 * extent;
  };
  auto halve = [&](int64_t &side, int64_t quantum, int64_t packing) {
    int64_t half = roundUp(side / 2, quantum);
    if (half >= side || !isWorth(half, packing))
      return false;
    side = half;
    return true;
  };
  auto halveRows = [&] {
    return halve(tiles.taskRows, tiles.tileRows, problem.packB);
  };
  auto halveColumns = [&] {
    return halve(tiles.taskColumns, tiles.panelColumns, problem.packA);
  };
  if (tiles.taskRows > tiles.taskColumns)
    return halveRows() || halveColumns();
  return halveColumns() || halveRows();
}

} // namespace

ContractionTiles chooseTiles(const TileProblem &problem,
                             const MatrixUnit &unit) {
  ContractionTiles tiles{};
  tiles.candidate = chooseBlock(problem, unit);
  const TileCandidate &block = kUnitBlocks[tiles.candidate];
  tiles.tileRows = block.rows * unit.rows;
  tiles.panelRows = unit.rows;
  tiles.panelColumns = block.columns * unit.columns;
  tiles.tileColumns =
      balancedBlock(problem.n, kCallColumns, tiles.panelColumns);

  // The sum of a tile's k depends on where tiles begin: always at a multiple
  // of their depth.
  int64_t most = problem.l1Bytes / 3 /
                 (std::max(tiles.tileRows, tiles.panelColumns) * problem.bytes);
  tiles.depth = balancedBlock(problem.k, most, unit.depth);

  // A quarter of the second level for the block of B.
  most = problem.l2Bytes / 4 / (tiles.depth * problem.bytes);
  tiles.taskColumns = balancedBlock(problem.n, most, tiles.panelColumns);
  tiles.taskRows = roundUp(problem.m, tiles.tileRows);
  int64_t room = problem.l2Bytes / 2 / problem.bytes;
  while (tiles.taskRows * tiles.taskColumns > room) {
    bool isTall = tiles.taskRows > tiles.taskColumns;
    int64_t &side = isTall ? tiles.taskRows : tiles.taskColumns;
    int64_t quantum = isTall ? tiles.tileRows : tiles.panelColumns;
    if (side == quantum)
      break;
    side = balancedBlock(isTall ? problem.m : problem.n, side / 2, quantum);
  }

  while (problem.products * tiles.rowTasks(problem.m) *
                 tiles.columnTasks(problem.n) <
             kEnoughTasks &&
         tiles.taskRows * tiles.taskColumns * problem.k > 2 * kSmallUnitTask &&
         splitTask(problem, unit, tiles)) {
  }
  tiles.tileColumns = std::min(tiles.tileColumns, tiles.taskColumns);
  tiles.groupRows = balancedBlock(tiles.taskRows, kGroupRows, tiles.tileRows);
  return tiles;
}

int64_t timeOf(const TileProblem &problem, const ContractionTiles &tiles,
               const MatrixUnit &unit) {
  int64_t sums = products(problem, unit, kUnitBlocks[tiles.candidate]);
  int64_t blocks = tiles.depthBlocks(problem.k);
  int64_t calls = ceilDiv(problem.m, tiles.tileRows) *
                  ceilDiv(problem.n, tiles.tileColumns);
  return problem.products *
         (sums * ceilDiv(problem.k, unit.depth) * unit.product +
          blocks * (sums * unit.sumsTile + calls * unit.call) +
          packingTime(problem, tiles));
}

} // namespace dlcc
