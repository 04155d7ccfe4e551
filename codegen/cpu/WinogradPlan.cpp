//===- WinogradPlan.cpp - blocks, tasks and scratch of Winograd -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/WinogradPlan.h"

#include "codegen/TileModel.h"
#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/Microkernel.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;

namespace dlcc::cpu {
namespace {

/// Tasks wanted where the work allows it, so that threads end together.
constexpr int64_t kEnoughTasks = 16;
/// Tiles of a task, at least: enough to make up for transforming its filters.
constexpr int64_t kManyTiles = 128;
/// Tasks of a gradient, at least, where there are channels enough.
constexpr int64_t kFewTasks = 4;
/// Tiles of a gradient that are transformed at a time, at least: the sums go
/// through the cache for each block of them.
constexpr int64_t kFewTiles = 16;

} // namespace

FailureOr<WinogradPlan> WinogradPlan::create(func::FuncOp kernel,
                                             const TargetTable &target) {
  FailureOr<WinogradView> view = WinogradView::create(kernel);
  if (failed(view))
    return failure();
  WinogradSize size = view->size;
  WinogradPlan plan(std::move(*view),
                    WinogradMatrices::create(size.outputs, size.taps));
  plan.lanes = target.lanes(plan.type());
  SmallVector<RegisterTile> tiles = target.registerTiles(plan.type());
  SmallVector<TileCandidate> candidates;
  for (const RegisterTile &tile : tiles)
    candidates.push_back({tile.rows, tile.columns});
  plan.tile = tiles[chooseRegisterTile(
      plan.view.isGradient ? plan.view.extent(plan.view.channel)
                           : plan.view.tileCount(),
      plan.view.extent(plan.view.column), plan.lanes,
      {candidates.data(), candidates.size()}, /*hasEdges=*/false)];
  plan.products = 1;
  for (const Axis &axis :
       ArrayRef(plan.view.view.outer).take_front(plan.view.groups))
    plan.products *= axis.extent;
  if (plan.view.isGradient)
    plan.chooseGradient(target);
  else
    plan.chooseForward(target);
  plan.tasks = plan.products * plan.rowTasks * plan.columnTasks;
  plan.placeScratch();
  return plan;
}

/// The sums of a block of tiles stay in half of the second cache level, its
/// transformed channels in a quarter; the filters, transformed once for all
/// tiles of a task, come from wherever they fit.
void WinogradPlan::chooseForward(const TargetTable &target) {
  int64_t bytes = storageBytes(type()), tiles = view.tileCount();
  int64_t columns = view.extent(view.column);
  int64_t channels = view.extent(view.channel);
  blockTiles =
      std::min(3 * tile.rows, int64_t(llvm::alignTo(tiles, tile.rows)));
  int64_t perTile = points() * blockTiles * bytes;
  taskColumns =
      balancedBlock(columns, target.l2Bytes() / 2 / perTile, tile.columns);
  blockChannels =
      balancedBlock(channels, target.l2Bytes() / 4 / perTile, lanes);

  columnTasks = llvm::divideCeil(columns, taskColumns);
  int64_t wanted = llvm::divideCeil(kEnoughTasks, products * columnTasks);
  taskRows =
      balancedBlock(tiles, std::max(kManyTiles, tiles / wanted), blockTiles);
  rowTasks = llvm::divideCeil(tiles, taskRows);
}

/// The sums of a task stay in half of the second cache level while blocks of
/// tiles pass by. The image is transformed for each task along the columns, dy
/// for each along the channels: as few times as possible, by their cost, as
/// long as there are tasks enough.
void WinogradPlan::chooseGradient(const TargetTable &target) {
  int64_t bytes = storageBytes(type()), l2 = target.l2Bytes();
  int64_t columns = view.extent(view.column);
  int64_t channels = view.extent(view.channel);
  int64_t room = l2 / 2 / (points() * bytes);
  int64_t quantum = std::lcm(tile.rows, lanes), least = -1;
  for (int64_t rows = quantum; rows < channels + quantum; rows += quantum) {
    int64_t width = balancedBlock(columns, room / rows, tile.columns);
    int64_t alongRows = llvm::divideCeil(channels, rows);
    int64_t alongColumns = llvm::divideCeil(columns, width);
    int64_t cost = countOperations(matrices.input) * channels * alongColumns +
                   countOperations(matrices.filter) * columns * alongRows;
    bool isFeasible = rows * width <= room &&
                      products * alongRows * alongColumns >= kFewTasks;
    if (least >= 0 && (!isFeasible || cost >= least))
      continue;
    least = cost;
    taskRows = rows;
    taskColumns = width;
  }
  blockChannels = std::min<int64_t>(taskRows, llvm::alignTo(channels, lanes));
  blockTiles = l2 * 3 / 8 / (points() * bytes * (blockChannels + taskColumns));
  blockTiles =
      balancedBlock(view.tileCount(), std::max(kFewTiles, blockTiles), 4);
  columnTasks = llvm::divideCeil(columns, taskColumns);
  rowTasks = llvm::divideCeil(channels, taskRows);
}

/// Matrices and rows are a cache line longer than what they hold, so that they
/// do not fall on the same sets of a cache.
void WinogradPlan::placeScratch() {
  int64_t bytes = storageBytes(type()), line = kCacheLine / bytes;
  scratchBytes = 0;
  auto take = [&](int64_t size) {
    int64_t at = scratchBytes;
    scratchBytes += llvm::alignTo(size, kCacheLine);
    return at;
  };
  auto takeMatrices = [&](int64_t rows, int64_t columns) {
    int64_t row = llvm::alignTo(columns, line) + line;
    int64_t matrix = rows * row;
    return PointMatrices{take(points() * matrix * bytes), matrix, row};
  };
  auto takePanels = [&](int64_t depth) {
    int64_t panel = llvm::alignTo(depth * tile.columns, line) + line;
    int64_t matrix = taskColumns / tile.columns * panel;
    return PointMatrices{take(points() * matrix * bytes), matrix, tile.columns,
                         panel};
  };
  image = takeMatrices(blockTiles, blockChannels);
  factor = takePanels(view.isGradient ? blockTiles : view.extent(view.channel));
  sums = takeMatrices(view.isGradient ? taskRows : blockTiles, taskColumns);
  rowListAt = take((view.isGradient ? taskRows : blockTiles) * sizeof(int64_t));
  depthListAt = take(view.isGradient ? blockTiles * sizeof(int64_t) : 0);
  resultsRow = taskColumns + line;
  resultsAt = take(view.size.outputs * view.size.outputs * resultsRow * bytes);
}

void WinogradPlan::createFunctions(ModuleOp module, const TargetTable &target) {
  microkernel = getOrCreateMicrokernel(
      module,
      {type(), type(), tile.rows, tile.columns, tile.unroll, lanes,
       target.hasFusedMultiplyAdd(),
       view.isGradient ? PanelSource::DirectList : PanelSource::DirectLine});
}

} // namespace dlcc::cpu
