//===- TileModel.h - blocks of a matrix product -----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chooses the blocks in which C[m][n] += A[m][k] * B[k][n] is computed, from
// its extents and the sizes of registers and caches. Pure arithmetic; nothing
// it decides changes the bits of a result.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_TILEMODEL_H
#define DLCC_CODEGEN_TILEMODEL_H

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace dlcc {

/// A block of C held in registers: rows, and columns in whole vectors.
struct TileCandidate {
  int64_t rows, columns;
};

/// What the choice depends on.
struct TileProblem {
  int64_t m, n, k;
  /// Independent products of this shape, which are tasks anyway.
  int64_t products;
  /// Bytes of an accumulator, and accumulators in a vector register.
  int64_t bytes, lanes;
  int64_t l1Bytes, l2Bytes;
  /// Time to pack an element of A, of B: sixteenths of a multiply-add
  /// instruction.
  int64_t packA = 4, packB = 4;
  /// Whether B is read as it lies, panel by panel, each by all rows of a task
  /// at once: it comes by once, and only A and sums stay in the second level.
  bool streamsB = false;
  /// Whether B is read as it lies by a single panel of A.
  bool readsBOnce = false;
  /// Time to bring a vector of sums to the results, in the same unit, and
  /// whether these vectors lie along a tile's rows: those of the transposed
  /// product.
  int64_t finish = 16;
  bool finishesRows = false;
  /// Whether the micro-kernel keeps an address for each row of A.
  bool listsRows = false;
};

/// A unit that multiplies tiles: [rows][depth] elements of A by [depth]
/// [columns] of B, added to a tile of sums that it holds.
struct MatrixUnit {
  const char *name;
  int64_t rows, columns, depth;
  /// Time of such a product, to bring a tile of sums in and out, and to call
  /// the micro-kernel: sixteenths of a multiply-add instruction.
  int64_t product, sumsTile, call;
  /// Multiply-adds of elements in the time of that instruction.
  int64_t multiplyAdds;
};

/// The tiles of sums that a unit holds at a time, as rows and columns of them:
/// four, so that a product need not wait for the one before, and each tile that
/// is loaded is used more than once.
inline constexpr TileCandidate kUnitBlocks[] = {{2, 2}, {1, 4}, {4, 1}};

/// The blocks, from the inside out.
struct ContractionTiles {
  /// Index of the register tile among the candidates, and its extents.
  int64_t candidate, tileRows, tileColumns;
  /// Rows and columns of a panel of A, of B: those of the register tile, or
  /// parts of what a micro-kernel for a matrix unit computes.
  int64_t panelRows, panelColumns;
  /// Steps of k between which accumulators rest in memory.
  int64_t depth;
  /// Rows of A packed at a time.
  int64_t groupRows;
  /// Block of C that one task computes: multiples of the register tile. Its
  /// columns of B are packed at a time.
  int64_t taskRows, taskColumns;

  int64_t depthBlocks(int64_t k) const { return (k + depth - 1) / depth; }
  int64_t rowTasks(int64_t m) const { return (m + taskRows - 1) / taskRows; }
  int64_t columnTasks(int64_t n) const {
    return (n + taskColumns - 1) / taskColumns;
  }
  bool operator==(const ContractionTiles &) const = default;
};

/// Bytes of a row of a panel, at most: deeper panels are swept out of the first
/// level by the results and by B before they are used again.
inline constexpr int64_t kDepthBytes = 1024;

/// Multiply-adds below which a task costs more to hand out than to compute.
inline constexpr int64_t kSmallTask = int64_t(1) << 18;
/// Tasks wanted where the work allows it, so that threads end together.
inline constexpr int64_t kEnoughTasks = 16;

/// The most that listTrials lists.
inline constexpr size_t kMostTrials = 20;

/// Indices of k of all rows of A that fill a quarter of the second level: so
/// many may be in a block where B is streamed.
int64_t streamedDepth(const TileProblem &problem);

/// Cuts `extent` into equal blocks of at most `most`, in whole quanta.
int64_t balancedBlock(int64_t extent, int64_t most, int64_t quantum);

/// The number of the candidate that takes least time for each step of k of a
/// product of `m` by `n`, edges and loads included. Without `hasEdges` tiles at
/// the edges are computed as whole ones.
int64_t chooseRegisterTile(int64_t m, int64_t n, int64_t lanes,
                           std::span<const TileCandidate> candidates,
                           bool hasEdges = true);

/// Chooses among `candidates`, of which the first is the best one where the
/// extents do not matter. `pose` is the problem with the candidate of that
/// number: what packing costs depends on its rows and columns.
ContractionTiles chooseTiles(std::span<const TileCandidate> candidates,
                             const std::function<TileProblem(int64_t)> &pose);

/// Chooses blocks for a unit; the candidates are kUnitBlocks.
ContractionTiles chooseTiles(const TileProblem &problem,
                             const MatrixUnit &unit);

/// Time to pack the operands of a product in all its tasks.
int64_t packingTime(const TileProblem &problem, const ContractionTiles &tiles);

/// Time to bring the sums of all tasks to the results, which takes the longer
/// the fewer of a vector's lanes are used.
int64_t finishingTime(const TileProblem &problem,
                      const ContractionTiles &tiles);

/// Time of all tasks together but for that, in sixteenths of a multiply-add
/// instruction, with the blocks that were chosen for vectors, or for a unit.
int64_t timeOf(const TileProblem &problem, const ContractionTiles &tiles,
               std::span<const TileCandidate> candidates);
int64_t timeOf(const TileProblem &problem, const ContractionTiles &tiles,
               const MatrixUnit &unit);

/// Blocks that may be faster than those of `model`, which come first: other
/// register tiles, and other sizes of the blocks around the best ones. None has
/// fewer tasks than threads want, where `model` has not.
std::vector<ContractionTiles>
listTrials(const TileProblem &problem,
           std::span<const TileCandidate> candidates,
           const ContractionTiles &model);

/// Numbers the register tile of blocks that someone else has chosen, and says
/// why they cannot be those of the product; "" where they can.
std::string checkTiles(const TileProblem &problem,
                       std::span<const TileCandidate> candidates,
                       ContractionTiles &tiles);

} // namespace dlcc

#endif // DLCC_CODEGEN_TILEMODEL_H
