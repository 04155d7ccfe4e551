//===- ContractionPlan.cpp - tiles, tasks and scratch of a product --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ContractionPlan.h"

#include "codegen/cpu/Microkernel.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

constexpr int64_t kCacheLine = 64;

/// Bytes from one packed panel to the next: whole vectors of k, and one line
/// more, so that panels do not fall on the same sets of a cache.
int64_t panelBytes(int64_t panel, int64_t depth, int64_t lanes, int64_t bytes) {
  return llvm::alignTo(llvm::alignTo(depth, lanes) * panel * bytes,
                       kCacheLine) +
         kCacheLine;
}

OperandOrder orderOf(const DimAccess &access, const Axis &panel,
                     const Axis &k) {
  if (panel.extent > 1 && access.along(panel) == 1)
    return OperandOrder::Panel;
  if (k.extent == 1 || access.along(k) == 1)
    return OperandOrder::Depth;
  return OperandOrder::Strided;
}

} // namespace

FailureOr<ContractionPlan> ContractionPlan::create(func::FuncOp kernel,
                                                   const TargetTable &target) {
  FailureOr<ContractionView> view = ContractionView::create(kernel);
  if (failed(view))
    return failure();
  ContractionPlan plan;
  plan.view = std::move(*view);
  Type type = plan.view.computeType();
  int64_t lanes = target.lanes(type);
  int64_t bytes = type.getIntOrFloatBitWidth() / 8;
  int64_t products = 1;
  for (const Axis &axis : plan.view.outer)
    products *= axis.extent;

  SmallVector<TileCandidate> candidates;
  for (const RegisterTile &tile : target.registerTiles(type))
    candidates.push_back({tile.rows, tile.columns});
  plan.tiles =
      chooseTiles({plan.view.m.extent, plan.view.n.extent, plan.view.k.extent,
                   products, bytes, lanes, target.l1Bytes(), target.l2Bytes()},
                  {candidates.data(), candidates.size()});
  const ContractionTiles &tiles = plan.tiles;
  plan.tasks = products * tiles.rowTasks(plan.view.m.extent) *
               tiles.columnTasks(plan.view.n.extent);

  plan.panelBytesA = panelBytes(tiles.tileRows, tiles.depth, lanes, bytes);
  plan.panelBytesB = panelBytes(tiles.tileColumns, tiles.depth, lanes, bytes);
  plan.keepsSums =
      !plan.view.outerK.empty() || tiles.depthBlocks(plan.view.k.extent) > 1;
  plan.sumsStep = tiles.taskColumns + kCacheLine / bytes;
  plan.panelsAOffset = tiles.taskColumns / tiles.tileColumns * plan.panelBytesB;
  plan.sumsOffset =
      plan.panelsAOffset + tiles.groupRows / tiles.tileRows * plan.panelBytesA;
  int64_t sumsRows = plan.keepsSums ? tiles.taskRows : tiles.tileRows;
  plan.scratchBytes = plan.sumsOffset + sumsRows * plan.sumsStep * bytes;
  return plan;
}

void ContractionPlan::createFunctions(ModuleOp module,
                                      const TargetTable &target) {
  Type type = view.computeType();
  int64_t lanes = target.lanes(type);
  RegisterTile tile = target.registerTiles(type)[tiles.candidate];
  microkernel = getOrCreateMicrokernel(module, {type, tile.rows, tile.columns,
                                                tile.unroll, lanes,
                                                target.hasFusedMultiplyAdd()});
  packA = getOrCreatePacking(
      module, {getElementTypeOrSelf(view.lhs.getType()), type, view.lhsUnsigned,
               orderOf(view.lhsAccess, view.m, view.k), tile.rows, lanes});
  packB = getOrCreatePacking(
      module, {getElementTypeOrSelf(view.rhs.getType()), type, view.rhsUnsigned,
               orderOf(view.rhsAccess, view.n, view.k), tile.columns, lanes});
}

} // namespace dlcc::cpu
