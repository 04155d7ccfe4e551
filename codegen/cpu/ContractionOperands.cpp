//===- ContractionOperands.cpp - how factors come into panels -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whether an operand is packed or read where it lies, in what order packing
// goes through it, and what that costs.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ContractionPlan.h"
#include "codegen/cpu/MemoryAccess.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

/// All processors choose a set of the first cache level by bits 6 to 11 of the
/// address.
constexpr int64_t kLevel1Sets = 64, kLevel2Ways = 8;

/// Tiles that use a panel of A before packing it is worth while, where it lies
/// in steps of k.
constexpr int64_t kFewTiles = 4;

/// Vectors of a panel's row beyond which it is not put together piece by piece.
constexpr int64_t kManyPieces = 8;
/// A run along k that is worth a vector of which the rest is thrown away.
constexpr int64_t kShortRun = 4;

/// The vectors that the panels' rows are put together of, at most, where
/// `run` neighbours along the axis are contiguous.
int64_t countPieces(int64_t extent, int64_t panel, int64_t run, int64_t lanes) {
  int64_t most = 0;
  for (int64_t first = 0; first < extent; first += panel) {
    int64_t pieces = 0, end = std::min(first + panel, extent);
    for (int64_t at = first; at < end; ++pieces)
      at = std::min({end, at + lanes, (at / run + 1) * run});
    most = std::max(most, pieces);
  }
  return most;
}

/// Time to pack an element, in sixteenths of a multiply-add instruction, where
/// the operand lies in the caches.
int64_t copyCost(const PackedOperand &operand) {
  const PackShape &shape = operand.shape;
  if (operand.direct)
    return 0;
  switch (shape.order) {
  case OperandOrder::Panel: {
    int64_t pieces = shape.panelListed
                         ? shape.pieces + 1
                         : llvm::divideCeil(shape.panel, shape.lanes);
    return 16 * (pieces + 2) / shape.panel;
  }
  case OperandOrder::Depth:
    return shape.hasWholeRows
               ? 2
               : 5 * shape.lanes / std::min(operand.run, shape.lanes);
  case OperandOrder::StridedPanel:
  case OperandOrder::StridedDepth:
    return 24;
  }
  llvm_unreachable("all orders are handled");
}

/// The same with what it takes to bring the operand from memory, of which a
/// window packs each element several times.
int64_t packingCost(const Operand &operand, const PackedOperand &packed,
                    int64_t packedElements, const TargetTable &target) {
  auto type = cast<RankedTensorType>(operand.tensor.getType());
  int64_t elements = type.getNumElements();
  int64_t bytes = elements * storageBytes(type.getElementType());
  // It is asked for ahead, so the way costs less than it takes.
  int64_t travel = bytes > target.l3Bytes() / 4 ? 8
                   : bytes > target.l2Bytes()   ? 4
                                                : 0;
  if (packed.direct)
    return travel * elements / std::max(elements, packedElements);
  // What is transposed by tiles passes through registers twice.
  int64_t copy = copyCost(packed);
  if (packed.shape.inTiles && !packed.shape.hasWholeRows)
    copy += 4;
  int64_t cost = copy + travel * elements / std::max(elements, packedElements);
  // Both elements of a pair have to come for one multiply-add.
  return packed.shape.isOfPairs() ? 2 * cost : cost;
}

} // namespace

PackedOperand ContractionPlan::planOperand(const Operand &operand,
                                           const Axis &panel,
                                           int64_t panelWidth,
                                           int64_t lanes) const {
  const DimAccess &access = operand.access;
  const Axis &k = view.k;
  int64_t panelRun = access.linearRun(panel), depthRun = access.linearRun(k);
  int64_t panelStep = access.step(panel), depthStep = access.step(k);
  PackedOperand result{};
  PackShape &shape = result.shape;
  shape.source = operand.elementType();
  shape.packed = packed;
  shape.isUnsigned = operand.isUnsigned;
  shape.isRounded = operand.isRounded;
  shape.panel = panelWidth;
  shape.lanes = lanes;
  shape.panelListed = panelRun != panel.extent;
  shape.depthListed = depthRun != k.extent;
  result.run = depthRun;

  auto inPanel = [&] {
    if (panel.extent == 1 || panelStep != 1)
      return false;
    if (shape.panelListed)
      shape.pieces = countPieces(panel.extent, panelWidth, panelRun, lanes);
    return shape.pieces <= kManyPieces;
  };
  if (inPanel()) {
    shape.order = OperandOrder::Panel;
    result.run = panelRun;
  } else if (k.extent == 1 ||
             (depthStep == 1 && depthRun >= std::min(k.extent, kShortRun))) {
    shape.order = OperandOrder::Depth;
  } else {
    shape.order = panel.extent > 1 && std::abs(panelStep) < std::abs(depthStep)
                      ? OperandOrder::StridedPanel
                      : OperandOrder::StridedDepth;
  }
  // Blocks of k begin with a pair; runs of even length do then, too.
  shape.hasOddRuns = shape.isOfPairs() && shape.order == OperandOrder::Depth &&
                     shape.depthListed && depthRun % kPerElement != 0;
  return result;
}

/// Whether a cache holds `rows` rows of `length` bytes that lie `stride` bytes
/// apart: not where they fall on the same of its sets, which are chosen by the
/// address of a line. Half of the ways, of which all caches have eight or more,
/// are left to the other operand.
static bool spreadsOverSets(int64_t sets, int64_t rows, int64_t length,
                            int64_t stride) {
  constexpr int64_t kWays = 4;
  SmallVector<int64_t> lines(sets, 0);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t line = 0; line * kCacheLine < length; ++line) {
      int64_t set = (row * stride / kCacheLine + line) % sets;
      if (++lines[set] > kWays)
        return false;
    }
  return true;
}

static bool isAsPacked(const PackShape &shape) {
  return shape.source == shape.packed && !shape.isRounded;
}

/// Whether the micro-kernel can go from row to row of B as it lies. These end
/// with a whole vector, or lanes can be masked.
bool ContractionPlan::mayReadColumns(const TargetTable &target) const {
  const PackShape &columns = b.shape;
  return isAsPacked(columns) && columns.order == OperandOrder::Panel &&
         !columns.panelListed && !columns.depthListed &&
         view.rhs.access.step(view.k) > 0 &&
         (view.n.extent % problem.lanes == 0 || target.hasMasks());
}

/// A need not be packed where the first cache level holds its rows as they
/// lie. The windows of neighbouring rows overlap, and take a fraction of the
/// room that they need in panels. B need not be packed where the second level
/// holds its rows as they lie, from where it streams into the micro-kernel just
/// as fast, or where it is used up panel by panel: by a single panel of A, or
/// by so few that they wait in the second level.
void ContractionPlan::readDirectly(const TileCandidate &tile,
                                   const TargetTable &target) {
  int64_t bBytes = storageBytes(b.shape.source);
  int64_t level2Sets = target.l2Bytes() / (kCacheLine * kLevel2Ways);
  int64_t bStride = view.rhs.access.step(view.k) * bBytes;
  bool mayRead = mayReadColumns(target);
  b.direct =
      mayRead && (view.m.extent <= tile.rows ||
                  spreadsOverSets(level2Sets, kDepthBytes / bBytes,
                                  std::min(kDepthBytes, bStride), bStride));
  problem.readsBOnce = b.direct && view.m.extent <= tile.rows;
  problem.streamsB =
      mayRead && view.m.extent > kFewRows && problem.k > kShallowProduct &&
      streamedDepth(problem) >= std::min(problem.k, kDepthBytes / bBytes);

  PackShape &shape = a.shape;
  int64_t bytes = storageBytes(shape.source);
  bool isWindow = shape.panelListed || shape.depthListed;
  // Rows of k, of which each has a panel's row: one line for each step, which
  // may as well come from the second level.
  if (shape.order == OperandOrder::Panel && !isWindow) {
    int64_t step = view.lhs.access.step(view.k) * bytes;
    a.direct =
        isAsPacked(shape) && view.n.extent <= kFewTiles * tile.columns &&
        step > 0 &&
        spreadsOverSets(level2Sets, kDepthBytes / bytes, kCacheLine, step);
    problem.listsRows = false;
    return;
  }
  a.direct =
      isAsPacked(shape) && view.m.extent > 1 &&
      (isWindow || (shape.order == OperandOrder::Depth &&
                    spreadsOverSets(kLevel1Sets, tile.rows, kDepthBytes,
                                    view.lhs.access.step(view.m) * bytes)));
  problem.listsRows = a.direct && isWindow;
  if (!a.direct)
    return;
  if (!isWindow)
    a.rowStep = view.lhs.access.step(view.m);
  // Where a call may end within a tile, its rows are listed nonetheless.
  shape.panelListed = !a.rowStep || view.m.rows;
  shape.depthListed |= view.k.extent > 1 && view.lhs.access.step(view.k) != 1;
}

void ContractionPlan::planOperands(const TileCandidate &tile,
                                   const TargetTable &target) {
  a = planOperand(view.lhs, view.m, tile.rows, problem.lanes);
  b = planOperand(view.rhs, view.n, tile.columns, problem.lanes);
  readDirectly(tile, target);
}

/// What packing costs as the operands are planned now.
void ContractionPlan::poseCosts(const TargetTable &target) {
  auto cost = [&](const Operand &operand, const PackedOperand &packed,
                  const Axis &panel) {
    return packingCost(operand, packed,
                       problem.products * panel.extent * view.k.extent, target);
  };
  problem.packA = cost(view.lhs, a, view.m);
  PackedOperand columns = b;
  columns.direct |= problem.streamsB;
  problem.packB = cost(view.rhs, columns, view.n);
  // Sixteenths of a multiply-add instruction for each vector of results: to
  // store it; to load it, apply the epilogue and store it; to transpose it.
  constexpr int64_t kStore = 16, kFinish = 64, kTranspose = 96;
  problem.finishesRows = view.isTransposed;
  problem.finish = view.isTransposed   ? kTranspose + kFinish
                   : view.writesSums() ? kStore
                                       : kFinish;
}

} // namespace dlcc::cpu
