//===- DotPlan.cpp - products of few rows as inner products ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/DotPlan.h"

#include "codegen/TileModel.h"
#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/PointwisePlan.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

/// Rows up to which they are few: the other operand's elements are then used
/// so little that packing them takes long beside the products.
constexpr int64_t kFew = 24;
/// Steps of k, at least, and for each of the few, that are worth adding up the
/// lanes behind them.
constexpr int64_t kDeepEnough = 32, kDeepEnoughForEach = 6;
/// Elements of the few, at most: all of them pass by each tile of the many, and
/// come from the second cache level.
constexpr int64_t kMostOfFew = int64_t(1) << 17;
/// Rows of the many in a task, at most, whose sums wait in the caches.
constexpr int64_t kMostRows = 1024;
/// Rows of the many in a task that make up for packing the few.
constexpr int64_t kRowsForPacking = 128;

/// Columns of a tile, at most.
constexpr int64_t kMostColumns = 8;

/// Whether the many rows along `axis` of `operand` can be read as they lie.
bool liesAlongK(const ContractionView &view, const Operand &operand,
                const Axis &axis) {
  return operand.access.isLinear(view.k) && operand.access.step(view.k) == 1 &&
         operand.access.isLinear(axis);
}

bool areManyRows(const ContractionView &view) {
  return view.m.extent > view.n.extent;
}

} // namespace

bool DotPlan::applies(const ContractionView &view) {
  auto isPlain = [&](const Operand &operand) {
    return operand.elementType() == view.accumulator() && !operand.isRounded;
  };
  Type type = view.accumulator();
  if (!(type.isF32() || type.isF64()) || !isPlain(view.lhs) ||
      !isPlain(view.rhs) || !view.outerK.empty() || view.n.isReordered)
    return false;
  bool manyRows = areManyRows(view);
  const Operand &many = manyRows ? view.lhs : view.rhs;
  const Operand &few = manyRows ? view.rhs : view.lhs;
  const Axis &manyAxis = manyRows ? view.m : view.n;
  const Axis &fewAxis = manyRows ? view.n : view.m;
  int64_t count = fewAxis.extent, k = view.k.extent;
  return count <= kFew && count * k <= kMostOfFew &&
         k >= std::max(kDeepEnough, kDeepEnoughForEach * count) &&
         liesAlongK(view, many, manyAxis) && few.access.isLinear(view.k) &&
         few.access.isLinear(fewAxis);
}

DotPlan::DotPlan(ContractionView given, const TargetTable &target)
    : view(std::move(given)), manyRows(areManyRows(view)) {
  chooseTile(target);
  planFew(target);
  int64_t products = 1;
  for (const Axis &axis : view.outer)
    products *= axis.extent;
  int64_t all = manyAxis().extent, each = fewAxis().extent * view.k.extent;
  taskMany = std::max({int64_t(llvm::divideCeil(all * products, kEnoughTasks)),
                       int64_t(llvm::divideCeil(kSmallTask, each)),
                       packsFew ? kRowsForPacking : 1});
  taskMany = llvm::alignTo(std::min({taskMany, all, kMostRows}), tileMany);
  tasks = products * llvm::divideCeil(all, taskMany);

  int64_t bytes = storageBytes(view.accumulator());
  scratchBytes = 0;
  auto take = [&](int64_t elements) {
    int64_t at = scratchBytes;
    scratchBytes += llvm::alignTo(elements * bytes, kCacheLine);
    return at;
  };
  int64_t allFew = llvm::alignTo(fewAxis().extent, tileFew);
  panelsAt = take(packsFew ? llvm::divideCeil(view.k.extent, kVirtualLanes) *
                                 fewAdvance
                           : 0);
  // The last tile of a line is written up to a power of two.
  int64_t written = allFew - tileFew + llvm::PowerOf2Ceil(tileFew);
  sumsStep = manyRows ? llvm::alignTo(written, kVirtualLanes)
                      : taskMany + kVirtualLanes;
  sumsAt = take((manyRows ? taskMany : allFew) * sumsStep);
}

/// The few are read as they lie, or packed as panels of k: [few][16 steps].
void DotPlan::planFew(const TargetTable &target) {
  const DimAccess &access = few().access;
  fewStep = access.step(fewAxis());
  fewAdvance = kVirtualLanes;
  packsFew = access.step(view.k) != 1;
  if (!packsFew)
    return;
  packing = {};
  packing.source = packing.packed = view.accumulator();
  // Of a vector of so few most lanes would be thrown away.
  bool byVectors = fewStep == 1 && fewAxis().extent > 4;
  packing.order = byVectors ? OperandOrder::Depth : OperandOrder::StridedPanel;
  packing.panel = kVirtualLanes;
  packing.lanes = target.lanes(view.accumulator());
  fewStep = kVirtualLanes;
  fewAdvance = packing.roomFor(fewAxis().extent) * kVirtualLanes;
}

/// The tile that takes least time for a row of the many: in instructions for 16
/// steps of k. Rows rarely begin with a cache line, so a vector of them takes
/// two loads.
void DotPlan::chooseTile(const TargetTable &target) {
  int64_t parts =
      std::max<int64_t>(1, kVirtualLanes / target.lanes(view.accumulator()));
  int64_t all = fewAxis().extent;
  // Sums on their way, to hide how long a multiply-add takes.
  constexpr int64_t kInFlight = 8;
  int64_t best = 0;
  for (int64_t rows : {8, 4, 2, 1})
    for (int64_t columns = std::min(all, kMostColumns); columns >= 1;
         --columns) {
      int64_t held = std::min(rows, columns) + 1;
      if (parts * (rows * columns + held) > target.registers() &&
          rows * columns > 1)
        continue;
      int64_t sums = std::max(parts * rows * columns, kInFlight);
      int64_t loads = 2 * parts * (rows + columns);
      // They run beside one another, but not entirely.
      int64_t time = int64_t(llvm::divideCeil(all, columns)) *
                     (4 * std::max(sums, loads) + std::min(sums, loads)) * 8 /
                     rows;
      if (best != 0 && time >= best)
        continue;
      best = time;
      tileMany = rows;
      tileFew = columns;
    }
}

} // namespace dlcc::cpu
