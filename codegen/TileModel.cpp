//===- TileModel.cpp - blocks of a matrix product -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The register tile is the one that wastes the least at the edges. A panel of
// A, [depth][tileRows], stays in the first cache level while the panels of B
// pass by, which stay in the second one together with the packed group of A.
// docs/contraction-kernels.md has the measurements behind the constants.
//
//===----------------------------------------------------------------------===//

#include "codegen/TileModel.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace dlcc {
namespace {

/// Rows of a task: enough to make up for packing its columns of B.
constexpr int64_t kTaskRows = 512;
/// Rows of A packed together: whole pages' worth of a row where A is
/// transposed, and little enough to stay in the second cache level.
constexpr int64_t kGroupRows = 128;
/// Blocks of k are whole turns of the micro-kernel's loop.
constexpr int64_t kDepthQuantum = 16;
/// How many times longer than to pack an operand a task multiplies with it.
constexpr int64_t kPackingShare = 8;
/// Accumulators that must be in flight to hide the latency of a multiply-add.
constexpr int64_t kInFlight = 8;
/// Time of a vector of B on its way from the second level, which brings some 24
/// bytes in the time of a multiply-add.
constexpr int64_t kVectorOfB = 40;
/// What each step of k takes beyond that where a panel of B comes out of the
/// rows of a matrix but once: narrow panels come in short pieces.
constexpr int64_t kPieceOfB = 24;
/// Time of the micro-kernel's loop for each step of k, of a call of it and of
/// each row of results that it begins, of beginning a task, and twice that of
/// handing tasks to a second thread.
constexpr int64_t kTurn = 8, kCall = 320, kRowOfC = 16, kTask = 24000,
                  kFork = 200000;
/// Rows of which the addresses fit into registers, and what each further one
/// takes: of twelve, the loads of addresses took an eighth of the time.
constexpr int64_t kAddresses = 8, kSpilledAddress = 12;

/// By how many tiles a task may be narrower for the threads to end together.
constexpr int64_t kFurtherCuts = 3;
/// So many tasks end together, whatever their sizes.
constexpr int64_t kManyTasks = 64;

int64_t ceilDiv(int64_t value, int64_t by) { return (value + by - 1) / by; }

int64_t roundUp(int64_t value, int64_t quantum) {
  return ceilDiv(value, quantum) * quantum;
}

int64_t roundDown(int64_t value, int64_t quantum) {
  return std::max(quantum, value / quantum * quantum);
}

/// Time of a product of `m` by `n` results, in sixteenths of a multiply-add
/// instruction for each step of k. Tiles at the edges are computed by kernels
/// of the rows and vectors that are left there.
int64_t cost(int64_t m, int64_t n, int64_t lanes, const TileCandidate &tile,
             bool listsRows = false, bool readsBOnce = false) {
  auto stepOf = [=](int64_t rows, int64_t vectors) -> int64_t {
    if (rows == 0 || vectors == 0)
      return 0;
    // Loads run beside the multiply-adds but are not entirely free, least of
    // all those of B, which come from the second cache level.
    int64_t products = 16 * std::max(rows * vectors, kInFlight);
    int64_t time =
        std::max(products, kVectorOfB * vectors) + 4 * vectors + rows + kTurn;
    if (readsBOnce)
      time += kPieceOfB;
    if (listsRows)
      time += kSpilledAddress * std::max<int64_t>(rows - kAddresses, 0);
    return time;
  };
  auto panelsOf = [&](int64_t rows) {
    return n / tile.columns * stepOf(rows, tile.columns / lanes) +
           stepOf(rows, ceilDiv(n % tile.columns, lanes));
  };
  return m / tile.rows * panelsOf(tile.rows) + panelsOf(m % tile.rows);
}

/// Halves a side of the task's block. The other side's operand is then packed
/// twice as often, so the side is the one for which that is cheaper; false
/// where it would cost too large a share of the multiply-adds either way.
bool splitTask(const TileProblem &problem, ContractionTiles &tiles) {
  int64_t rows = roundUp(ceilDiv(tiles.taskRows, 2), tiles.tileRows);
  int64_t columns = roundUp(ceilDiv(tiles.taskColumns, 2), tiles.tileColumns);
  auto isWorth = [&](int64_t extent, int64_t packing) {
    return kPackingShare * packing * problem.lanes <= 16 * extent;
  };
  bool canSplitRows = rows < tiles.taskRows && isWorth(rows, problem.packB);
  bool canSplitColumns =
      columns < tiles.taskColumns && isWorth(columns, problem.packA);
  if (!canSplitRows && !canSplitColumns)
    return false;
  if (!canSplitColumns ||
      (canSplitRows && problem.packB * columns < problem.packA * rows))
    tiles.taskRows = rows;
  else
    tiles.taskColumns = columns;
  return true;
}

} // namespace

int64_t packingTime(const TileProblem &problem, const ContractionTiles &tiles) {
  return problem.k * (problem.packA * problem.m * tiles.columnTasks(problem.n) +
                      problem.packB * problem.n * tiles.rowTasks(problem.m));
}

int64_t finishingTime(const TileProblem &problem,
                      const ContractionTiles &tiles) {
  int64_t ofTile = ceilDiv(std::min(problem.m, tiles.tileRows), problem.lanes);
  int64_t vectors =
      problem.finishesRows
          ? problem.n * ceilDiv(problem.m, tiles.tileRows) * ofTile
          : problem.m * ceilDiv(problem.n, problem.lanes);
  return problem.products * problem.finish * vectors;
}

int64_t streamedDepth(const TileProblem &problem) {
  return problem.l2Bytes / 4 / (problem.m * problem.bytes);
}

int64_t balancedBlock(int64_t extent, int64_t most, int64_t quantum) {
  int64_t blocks = ceilDiv(extent, roundDown(most, quantum));
  return roundUp(ceilDiv(extent, blocks), quantum);
}

int64_t chooseRegisterTile(int64_t m, int64_t n, int64_t lanes,
                           std::span<const TileCandidate> candidates,
                           bool hasEdges) {
  assert(!candidates.empty() && "a target has register tiles");
  auto timeOf = [&](const TileCandidate &tile) {
    return hasEdges ? cost(m, n, lanes, tile)
                    : cost(roundUp(m, tile.rows), roundUp(n, tile.columns),
                           lanes, tile);
  };
  int64_t best = 0;
  for (size_t i = 1; i < candidates.size(); ++i)
    if (timeOf(candidates[i]) < timeOf(candidates[best]))
      best = i;
  return best;
}

/// The blocks around a register tile.
static ContractionTiles chooseBlocks(const TileProblem &problem,
                                     std::span<const TileCandidate> candidates,
                                     int64_t candidate) {
  ContractionTiles tiles{};
  tiles.candidate = candidate;
  tiles.tileRows = candidates[tiles.candidate].rows;
  tiles.tileColumns = candidates[tiles.candidate].columns;
  tiles.panelRows = tiles.tileRows;
  tiles.panelColumns = tiles.tileColumns;

  // Half of the first level for the panel of A that is used again and again.
  int64_t most =
      std::min(problem.l1Bytes / 2 / (tiles.tileRows * problem.bytes),
               (problem.streamsB ? 2 : 1) * kDepthBytes / problem.bytes);
  if (problem.streamsB)
    most = std::min(most, streamedDepth(problem));
  tiles.depth =
      balancedBlock(problem.k, std::max<int64_t>(most, 64), kDepthQuantum);

  // Half of the second level for the block of B; half of that where it is used
  // so little that the next one has to come beside it. Of a streamed B it is an
  // eighth for the sums.
  int64_t room = problem.m <= kGroupRows ? 4 : 2;
  most = problem.streamsB
             ? problem.l2Bytes / 8 / (problem.m * problem.bytes)
             : problem.l2Bytes / room / (tiles.depth * problem.bytes);
  tiles.taskColumns = balancedBlock(problem.n, most, tiles.tileColumns);
  // What rounding to tiles adds may exceed kTaskRows: a task more for its sake
  // would leave threads waiting at the end.
  tiles.taskRows = roundUp(ceilDiv(problem.m, ceilDiv(problem.m, kTaskRows)),
                           tiles.tileRows);

  while (problem.products * tiles.rowTasks(problem.m) *
                 tiles.columnTasks(problem.n) <
             kEnoughTasks &&
         tiles.taskRows * tiles.taskColumns * problem.k > 2 * kSmallTask &&
         splitTask(problem, tiles)) {
  }
  tiles.groupRows = problem.streamsB ? tiles.taskRows
                                     : balancedBlock(tiles.taskRows, kGroupRows,
                                                     tiles.tileRows);
  return tiles;
}

int64_t timeOf(const TileProblem &problem, const ContractionTiles &tiles,
               std::span<const TileCandidate> candidates) {
  int64_t calls = ceilDiv(problem.m, tiles.tileRows) *
                  ceilDiv(problem.n, tiles.tileColumns) *
                  tiles.depthBlocks(problem.k);
  return problem.products *
         (problem.k * cost(problem.m, problem.n, problem.lanes,
                           candidates[tiles.candidate], problem.listsRows,
                           problem.readsBOnce) +
          (kCall + kRowOfC * std::min(problem.m, tiles.tileRows)) * calls +
          packingTime(problem, tiles));
}

/// How many times longer than half of all work two threads take that fetch one
/// task after the other.
static double imbalance(const TileProblem &problem,
                        const ContractionTiles &tiles) {
  int64_t rowTasks = tiles.rowTasks(problem.m),
          columnTasks = tiles.columnTasks(problem.n);
  if (problem.products * rowTasks * columnTasks > kManyTasks)
    return 1;
  auto part = [](int64_t number, int64_t block, int64_t extent) {
    return std::min(block, extent - number * block);
  };
  int64_t busy[] = {0, 0};
  for (int64_t product = 0; product < problem.products; ++product)
    for (int64_t i = 0; i < rowTasks; ++i)
      for (int64_t j = 0; j < columnTasks; ++j)
        *std::min_element(busy, busy + 2) +=
            part(i, tiles.taskRows, problem.m) *
            part(j, tiles.taskColumns, problem.n);
  return 2.0 * double(std::max(busy[0], busy[1])) / double(busy[0] + busy[1]);
}

/// The time of one thread times that of two: how many there will be is not
/// known, and neither is to wait for the sake of the other.
static double scoreOf(const TileProblem &problem, const ContractionTiles &tiles,
                      std::span<const TileCandidate> candidates) {
  int64_t tasks = problem.products * tiles.rowTasks(problem.m) *
                  tiles.columnTasks(problem.n);
  double one = double(timeOf(problem, tiles, candidates) +
                      finishingTime(problem, tiles) + kTask * tasks);
  double fork = tasks > 1 ? double(kFork) : 0;
  return one * (one * imbalance(problem, tiles) + fork);
}

ContractionTiles chooseTiles(std::span<const TileCandidate> candidates,
                             const std::function<TileProblem(int64_t)> &pose) {
  assert(!candidates.empty() && "a target has register tiles");
  ContractionTiles best;
  double least = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < candidates.size(); ++i) {
    TileProblem problem = pose(i);
    ContractionTiles tiles = chooseBlocks(problem, candidates, i);
    int64_t most = tiles.taskColumns;
    for (int64_t cut = 0; cut <= kFurtherCuts; ++cut) {
      tiles.taskColumns = most - cut * tiles.tileColumns;
      if (tiles.taskColumns <= 0)
        break;
      double score = scoreOf(problem, tiles, candidates);
      if (score >= least)
        continue;
      best = tiles;
      least = score;
    }
  }
  return best;
}

/// Other sizes of the blocks around a register tile.
static std::vector<ContractionTiles> varyBlocks(const TileProblem &problem,
                                                const ContractionTiles &base) {
  std::vector<ContractionTiles> list;
  auto add = [&](int64_t depth, int64_t rows, int64_t columns, int64_t group) {
    ContractionTiles tiles = base;
    auto fit = [](int64_t block, int64_t extent, int64_t quantum) {
      return std::min(roundUp(std::max<int64_t>(block, 1), quantum),
                      roundUp(extent, quantum));
    };
    tiles.depth = fit(depth, problem.k, kDepthQuantum);
    tiles.taskRows = fit(rows, problem.m, base.tileRows);
    tiles.taskColumns = fit(columns, problem.n, base.tileColumns);
    tiles.groupRows = fit(group, tiles.taskRows, base.tileRows);
    list.push_back(tiles);
  };
  int64_t depth = base.depth, rows = base.taskRows, columns = base.taskColumns,
          group = base.groupRows;
  add(2 * depth, rows, columns, group);
  add(depth / 2, rows, columns, group);
  add(depth, rows / 2, columns, group);
  add(depth, rows, columns / 2, group);
  add(depth, rows * 2, columns / 2, group);
  add(depth, rows / 2, columns * 2, group);
  add(depth, rows * 2, columns, group);
  add(depth, rows, columns * 2, group);
  add(depth, rows, columns, group / 2);
  add(depth, rows, columns, group * 2);
  add(2 * depth, rows, columns / 2, group);
  add(depth / 2, rows, columns * 2, group);
  return list;
}

std::vector<ContractionTiles>
listTrials(const TileProblem &problem,
           std::span<const TileCandidate> candidates,
           const ContractionTiles &model) {
  auto countTasks = [&](const ContractionTiles &tiles) {
    return problem.products * tiles.rowTasks(problem.m) *
           tiles.columnTasks(problem.n);
  };
  int64_t fewest = std::min(kEnoughTasks, countTasks(model));
  std::vector<ContractionTiles> list = {model};
  auto add = [&](const ContractionTiles &tiles) {
    if (list.size() < kMostTrials && countTasks(tiles) >= fewest &&
        std::find(list.begin(), list.end(), tiles) == list.end())
      list.push_back(tiles);
  };
  // The model may err, but not by that much.
  auto costOf = [&](int64_t candidate) {
    return cost(problem.m, problem.n, problem.lanes, candidates[candidate],
                problem.listsRows, problem.readsBOnce);
  };
  std::vector<std::pair<int64_t, int64_t>> order;
  for (int64_t i = 0; i < int64_t(candidates.size()); ++i)
    if (10 * costOf(i) <= 13 * costOf(model.candidate))
      order.push_back({costOf(i), i});
  std::sort(order.begin(), order.end());
  for (auto [time, candidate] : order)
    add(chooseBlocks(problem, candidates, candidate));
  for (auto [time, candidate] : order)
    for (const ContractionTiles &tiles :
         varyBlocks(problem, chooseBlocks(problem, candidates, candidate)))
      add(tiles);
  return list;
}

std::string checkTiles(const TileProblem &problem,
                       std::span<const TileCandidate> candidates,
                       ContractionTiles &tiles) {
  auto spell = [](const char *what, int64_t number, const std::string &why) {
    return std::string(what) + " " + std::to_string(number) + " " + why;
  };
  auto checkBlock = [&](const char *what, int64_t block, int64_t extent,
                        int64_t quantum) -> std::string {
    if (block < 1 || block % quantum != 0)
      return spell(what, block, "is no multiple of " + std::to_string(quantum));
    if (block > roundUp(extent, quantum))
      return spell(what, block,
                   "is more than there is, " + std::to_string(extent));
    return "";
  };
  auto found = std::find_if(
      candidates.begin(), candidates.end(), [&](const TileCandidate &tile) {
        return tile.rows == tiles.tileRows && tile.columns == tiles.tileColumns;
      });
  if (found == candidates.end())
    return spell("the target has no register tile of", tiles.tileRows,
                 "rows and " + std::to_string(tiles.tileColumns) + " columns");
  tiles.candidate = found - candidates.begin();
  for (const std::string &why :
       {checkBlock("a depth of", tiles.depth, problem.k, kDepthQuantum),
        checkBlock("a task's number of rows", tiles.taskRows, problem.m,
                   tiles.tileRows),
        checkBlock("a task's number of columns", tiles.taskColumns, problem.n,
                   tiles.tileColumns),
        checkBlock("a group's number of rows", tiles.groupRows, tiles.taskRows,
                   tiles.tileRows)})
    if (!why.empty())
      return why;
  return "";
}

} // namespace dlcc
