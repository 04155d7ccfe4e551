//===- ContractionPlan.cpp - tiles, tasks and scratch of a product --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ContractionPlan.h"

#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/Microkernel.h"
#include "codegen/cpu/TileMicrokernel.h"
#include "ir/Target.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

/// All processors choose a set of the first cache level by bits 6 to 11 of the
/// address.
constexpr int64_t kLevel1Sets = 64, kLevel2Ways = 8;

/// Steps of k that take no longer than the epilogue: it then goes through
/// memory row by row, as far as a panel reaches, rather than tile by tile.
constexpr int64_t kShallowProduct = 32;

/// Sizes of the second cache level that a task's scratch may take, where tiles
/// are not the model's: what lies there waits for nothing better.
constexpr int64_t kScratchShare = 2;

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
  case OperandOrder::Panel:
    return shape.panelListed ? 2 + 32 * shape.pieces / shape.panel : 2;
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
  if (packed.direct)
    return 0;
  auto type = cast<RankedTensorType>(operand.tensor.getType());
  int64_t elements = type.getNumElements();
  int64_t bytes = elements * storageBytes(type.getElementType());
  // It is asked for ahead, so the way costs less than it takes.
  int64_t travel = bytes > target.l3Bytes() / 4 ? 8
                   : bytes > target.l2Bytes()   ? 4
                                                : 0;
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

/// A need not be packed where the first cache level holds its rows as they
/// lie. The windows of neighbouring rows overlap, and take a fraction of the
/// room that they need in panels. B need not be packed where its rows are made
/// of whole vectors and the second level holds them as they lie: from there it
/// streams into the micro-kernel just as fast.
void ContractionPlan::readDirectly(const TileCandidate &tile,
                                   const TargetTable &target) {
  auto isAsPacked = [](const PackShape &shape) {
    return shape.source == shape.packed && !shape.isRounded;
  };
  const PackShape &columns = b.shape;
  int64_t bBytes = storageBytes(columns.source);
  int64_t bStride = view.rhs.access.step(view.k) * bBytes;
  b.direct = isAsPacked(columns) && columns.order == OperandOrder::Panel &&
             !columns.panelListed && !columns.depthListed &&
             view.n.extent % tile.columns == 0 &&
             bStride >= tile.columns * bBytes &&
             spreadsOverSets(target.l2Bytes() / (kCacheLine * kLevel2Ways),
                             kDepthBytes / bBytes,
                             std::min(kDepthBytes, bStride), bStride);

  PackShape &shape = a.shape;
  int64_t bytes = storageBytes(shape.source);
  bool isWindow = shape.panelListed || shape.depthListed;
  a.direct =
      isAsPacked(shape) && view.m.extent > 1 &&
      (isWindow || (shape.order == OperandOrder::Depth &&
                    spreadsOverSets(kLevel1Sets, tile.rows, kDepthBytes,
                                    view.lhs.access.step(view.m) * bytes)));
  if (!a.direct)
    return;
  shape.panelListed = true;
  shape.depthListed |= view.k.extent > 1 && view.lhs.access.step(view.k) != 1;
}

void ContractionPlan::planOperands(const TileCandidate &tile,
                                   const TargetTable &target) {
  a = planOperand(view.lhs, view.m, tile.rows, problem.lanes);
  b = planOperand(view.rhs, view.n, tile.columns, problem.lanes);
  readDirectly(tile, target);
}

void ContractionPlan::poseProblem(const TargetTable &target) {
  Type type = packed = view.computeType();
  kPerElement = 1;
  if (target.multipliesPairs() && view.lhs.isRounded && view.rhs.isRounded) {
    packed = IntegerType::get(type.getContext(), 32);
    kPerElement = 2;
  }
  int64_t products = 1;
  for (const Axis &axis : view.outer)
    products *= axis.extent;
  for (const RegisterTile &tile : target.registerTiles(type))
    candidates.push_back({tile.rows, tile.columns});
  problem = {view.m.extent,
             view.n.extent,
             int64_t(llvm::divideCeil(view.k.extent, kPerElement)),
             products,
             type.getIntOrFloatBitWidth() / 8,
             target.lanes(type),
             target.l1Bytes(),
             target.l2Bytes()};
  planOperands(candidates[chooseRegisterTile(problem.m, problem.n,
                                             problem.lanes, candidates)],
               target);
  poseCosts(target);
}

/// What packing costs as the operands are planned now.
void ContractionPlan::poseCosts(const TargetTable &target) {
  auto cost = [&](const Operand &operand, const PackedOperand &packed,
                  const Axis &panel) {
    return packingCost(operand, packed,
                       problem.products * panel.extent * view.k.extent, target);
  };
  problem.packA = cost(view.lhs, a, view.m);
  problem.packB = cost(view.rhs, b, view.n);
}

void ContractionPlan::plan(const ContractionTiles &chosen,
                           const TargetTable &target) {
  tiles = chosen;
  planOperands({tiles.tileRows, tiles.tileColumns}, target);
  if (a.direct)
    tiles.groupRows = tiles.taskRows;
  finish(target);
}

/// What follows from the tiles and the operands.
void ContractionPlan::finish(const TargetTable &target) {
  tasks = problem.products * tiles.rowTasks(view.m.extent) *
          tiles.columnTasks(view.n.extent);

  planPrefetching(problem.bytes, target);
  keepsSums = !view.outerK.empty() || cutsK();
  finishesPanels = !keepsSums && problem.k <= kShallowProduct;
  placeScratch(problem.bytes);
}

FailureOr<ContractionPlan> ContractionPlan::create(func::FuncOp kernel,
                                                   const TargetTable &target) {
  FailureOr<ContractionView> view = ContractionView::create(kernel);
  if (failed(view))
    return failure();
  ContractionPlan plan;
  plan.view = std::move(*view);
  plan.poseProblem(target);
  plan.plan(chooseTiles(plan.problem, plan.candidates), target);
  plan.mostScratch =
      std::max(plan.scratchBytes, kScratchShare * target.l2Bytes());
  if (target.matrixUnit() && plan.kPerElement == 2)
    plan.chooseForUnit(target);
  auto chosen = kernel->getAttrOfType<DenseI64ArrayAttr>(dlcc::attr::kTiles);
  // A unit's blocks are those of its model.
  if (!chosen || plan.unit)
    return plan;
  TileSizes sizes = {};
  if (chosen.size() != int64_t(sizes.size()))
    return kernel.emitOpError("has ")
           << chosen.size() << " numbers of tiles, not " << sizes.size();
  llvm::copy(chosen.asArrayRef(), sizes.begin());
  std::string whyNot = plan.setTiles(sizes, target);
  if (!whyNot.empty())
    return kernel.emitOpError("has tiles that do not fit: ") << whyNot;
  return plan;
}

/// Takes the matrix unit where it needs less time than vectors.
void ContractionPlan::chooseForUnit(const TargetTable &target) {
  const MatrixUnit &offered = *target.matrixUnit();
  ContractionPlan other = *this;
  other.unit = &offered;
  auto planOperands = [&](const TileCandidate &block) {
    other.a = planOperand(view.lhs, view.m, offered.rows, offered.depth);
    other.b = planOperand(view.rhs, view.n, block.columns * offered.columns,
                          offered.depth);
    other.a.shape.filled = other.b.shape.filled = offered.depth;
    PackShape &rows = other.a.shape;
    rows.inTiles = true;
    rows.hasWholeRows =
        rows.order == OperandOrder::Depth &&
        (!rows.depthListed || other.a.run % (offered.depth * kPerElement) == 0);
  };
  planOperands(kUnitBlocks[0]);
  other.poseCosts(target);
  other.tiles = chooseTiles(other.problem, offered);
  planOperands(kUnitBlocks[other.tiles.candidate]);
  other.poseCosts(target);
  if (timeOf(other.problem, other.tiles, offered) >=
      timeOf(problem, tiles, candidates))
    return;
  other.finish(target);
  *this = std::move(other);
}

TileSizes ContractionPlan::tileSizes() const {
  return {tiles.tileRows, tiles.tileColumns, blockK(),
          tiles.taskRows, tiles.taskColumns, tiles.groupRows};
}

std::string ContractionPlan::setTiles(const TileSizes &sizes,
                                      const TargetTable &target) {
  if (sizes[2] % kPerElement != 0)
    return "a block of k is of pairs";
  ContractionTiles chosen = {0,        sizes[0], sizes[1],
                             sizes[0], sizes[1], sizes[2] / kPerElement,
                             sizes[5], sizes[3], sizes[4]};
  std::string whyNot = checkTiles(problem, candidates, chosen);
  if (!whyNot.empty())
    return whyNot;
  ContractionTiles before = tiles;
  plan(chosen, target);
  if (scratchBytes <= mostScratch)
    return "";
  whyNot = "a task takes " + std::to_string(scratchBytes) +
           " bytes of scratch, more than " + std::to_string(mostScratch);
  plan(before, target);
  return whyNot;
}

std::vector<TileSizes>
ContractionPlan::listTrials(const TargetTable &target) const {
  std::vector<TileSizes> list;
  ContractionPlan trial = *this;
  for (const ContractionTiles &tiles : dlcc::listTrials(problem, candidates)) {
    trial.plan(tiles, target);
    if (trial.scratchBytes <= mostScratch &&
        !llvm::is_contained(list, trial.tileSizes()))
      list.push_back(trial.tileSizes());
  }
  return list;
}

/// Operands that lie in steps are asked for ahead, B's next block of k where it
/// continues the one at hand. It must find room in the second cache level
/// beside that one.
void ContractionPlan::planPrefetching(int64_t bytes,
                                      const TargetTable &target) {
  auto inSteps = [](const PackShape &shape) {
    return !shape.panelListed && !shape.depthListed &&
           (shape.order == OperandOrder::Panel ||
            shape.order == OperandOrder::Depth);
  };
  bool isWindow =
      a.direct && (view.lhs.access.linearRun(view.m) != view.m.extent ||
                   a.shape.depthListed);
  a.prefetched = a.direct ? !isWindow : inSteps(a.shape);
  bool continues =
      cutsK() || (!view.outerK.empty() &&
                  view.rhs.access.along(view.outerK.back()) ==
                      view.k.extent * view.rhs.access.step(view.k));
  b.prefetched = inSteps(b.shape) && continues &&
                 tiles.taskColumns * blockK() * bytes * 4 <= target.l2Bytes();
  if (!b.prefetched)
    return;
  // Each panel of A asks for its share of the steps of k.
  int64_t panels = llvm::divideCeil(tiles.taskRows, tiles.tileRows);
  int64_t steps = llvm::divideCeil(blockK(), panels);
  bool isAlong = view.rhs.access.step(view.k) == 1;
  int64_t line = kCacheLine / storageBytes(b.shape.source);
  b.rowsAhead = isAlong ? tiles.tileColumns : steps;
  b.linesAhead = llvm::divideCeil(isAlong ? steps : tiles.tileColumns, line);
}

/// Panels of B, panels of A, sums, lists of offsets.
void ContractionPlan::placeScratch(int64_t bytes) {
  scratchBytes = 0;
  auto take = [&](int64_t size) {
    int64_t at = scratchBytes;
    scratchBytes += llvm::alignTo(size, kCacheLine);
    return at;
  };
  auto takePanels = [&](PackedOperand &operand, int64_t extent) {
    int64_t panel = operand.shape.panel;
    // One line more, so that panels do not fall on the same sets of a cache.
    operand.panelBytes =
        llvm::alignTo(operand.shape.roomFor(tiles.depth) * panel * bytes,
                      kCacheLine) +
        kCacheLine;
    operand.panelsAt = take(extent / panel * operand.panelBytes);
  };
  if (!b.direct)
    takePanels(b, tiles.taskColumns);
  if (!a.direct)
    takePanels(a, tiles.groupRows);
  // Rows of a power of two would fall on the same sets of a cache.
  sumsStep = keepsSums || finishesPanels
                 ? tiles.taskColumns + kCacheLine / bytes
                 : tiles.tileColumns;
  sumsAt =
      take((keepsSums ? tiles.taskRows : tiles.tileRows) * sumsStep * bytes);
  auto takeLists = [&](PackedOperand &operand, int64_t extent) {
    if (operand.shape.panelListed)
      operand.panelListAt = take(extent * sizeof(int64_t));
    if (operand.shape.depthListed)
      operand.depthListAt = take(blockK() * sizeof(int64_t));
  };
  takeLists(a, tiles.taskRows);
  takeLists(b, tiles.taskColumns);
  // Read in whole vectors.
  positionsAt = view.n.isReordered ? take(tiles.taskColumns * sizeof(int64_t))
                                   : scratchBytes;
}

void ContractionPlan::createFunctions(ModuleOp module,
                                      const TargetTable &target,
                                      ArrayRef<int64_t> epilogueLines) {
  microkernel = unit ? getOrCreateTileMicrokernel(module, *unit,
                                                  kUnitBlocks[tiles.candidate])
                     : createVectorMicrokernel(module, target, epilogueLines);
  if (!a.direct)
    a.function = getOrCreatePacking(module, a.shape);
  if (!b.direct)
    b.function = getOrCreatePacking(module, b.shape);
}

func::FuncOp ContractionPlan::createVectorMicrokernel(
    ModuleOp module, const TargetTable &target,
    ArrayRef<int64_t> epilogueLines) const {
  Type type = view.computeType();
  RegisterTile tile = target.registerTiles(type)[tiles.candidate];
  PanelSource source = PanelSource::Packed;
  if (a.direct)
    source = !a.shape.depthListed ? PanelSource::DirectLine
             : view.lhs.access.step(view.k) == 1 &&
                     view.lhs.access.linearRun(view.k) % tile.unroll == 0
                 ? PanelSource::DirectRuns
                 : PanelSource::DirectList;
  auto perTurn = [&](int64_t rows) -> int64_t {
    return llvm::divideCeil(rows * tile.unroll,
                            std::max(tiles.depth, tile.unroll));
  };
  MicrokernelShape shape{type,
                         packed,
                         tile.rows,
                         tile.columns,
                         tile.unroll,
                         target.lanes(type),
                         target.hasFusedMultiplyAdd(),
                         source,
                         b.direct ? view.rhs.access.step(view.k) : 0};
  if (b.prefetched)
    shape.ahead.push_back({perTurn(b.rowsAhead), b.linesAhead});
  for (int64_t lines : epilogueLines)
    shape.ahead.push_back({perTurn(tile.rows), lines});
  return getOrCreateMicrokernel(module, shape);
}

} // namespace dlcc::cpu
