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

/// The steps of k of a block where so few rows (kFewRows) are computed: B is
/// read along its rows then, rather than down its columns. A single row asks
/// for them faster, and the processor follows fewer of them ahead.
constexpr int64_t kFewRowsDepth = 64, kOneRowDepth = 32;

/// Sizes of the second cache level that a task's scratch may take, where tiles
/// are not the model's: what lies there waits for nothing better.
constexpr int64_t kScratchShare = 2;

} // namespace

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
  candidates.clear();
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
}

/// The tiles with which the product takes least time.
ContractionTiles ContractionPlan::chooseTiles(const TargetTable &target) {
  auto pose = [&](int64_t candidate) {
    planOperands(candidates[candidate], target);
    poseCosts(target);
    return problem;
  };
  ContractionTiles best = dlcc::chooseTiles(candidates, pose);
  pose(best.candidate);
  return best;
}

void ContractionPlan::plan(const ContractionTiles &chosen,
                           const TargetTable &target) {
  tiles = chosen;
  planOperands({tiles.tileRows, tiles.tileColumns}, target);
  streamsB = problem.streamsB && tiles.depth <= streamedDepth(problem);
  b.direct |= streamsB;
  if (a.direct || streamsB)
    tiles.groupRows = tiles.taskRows;
  if (b.direct && view.m.extent <= kFewRows && view.m.extent <= tiles.tileRows)
    tiles.depth = std::min(tiles.depth,
                           view.m.extent == 1 ? kOneRowDepth : kFewRowsDepth);
  finish(target);
}

/// What follows from the tiles and the operands.
void ContractionPlan::finish(const TargetTable &target) {
  tasks = problem.products * tiles.rowTasks(view.m.extent) *
          tiles.columnTasks(view.n.extent);

  planPrefetching(problem.bytes, target);
  keepsSums = !view.outerK.empty() || cutsK();
  isPlain = !unit && view.writesSums();
  finishesPanels = !keepsSums && !isPlain && !streamsB && !view.isTransposed &&
                   problem.k <= kShallowProduct;
  edgeRows = unit ? 0 : view.m.extent % tiles.tileRows;
  edgeColumns = unit ? 0 : view.n.extent % tiles.tileColumns;
  edgeLanes = target.hasMasks() ? edgeColumns % problem.lanes : 0;
  placeScratch(problem.bytes);
}

FailureOr<ContractionPlan> ContractionPlan::create(func::FuncOp kernel,
                                                   ContractionView view,
                                                   const TargetTable &target) {
  ContractionPlan plan;
  plan.view = std::move(view);
  plan.poseProblem(target);
  plan.plan(plan.chooseTiles(target), target);
  plan.mostScratch =
      std::max(plan.scratchBytes, kScratchShare * target.l2Bytes());
  if (plan.kPerElement == 1 && !plan.view.n.isReordered)
    plan.chooseTransposed(target);
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

int64_t ContractionPlan::time() const {
  return timeOf(problem, tiles, candidates) + finishingTime(problem, tiles);
}

/// Computes the transposed product where that takes less time: because there
/// are few columns, and many rows to fill vectors with.
void ContractionPlan::chooseTransposed(const TargetTable &target) {
  ContractionPlan other = *this;
  other.view.transpose();
  other.poseProblem(target);
  other.plan(other.chooseTiles(target), target);
  other.mostScratch = std::max(other.scratchBytes, mostScratch);
  // Results are then written in pieces, and less is asked for ahead.
  if (10 * other.time() < 9 * time())
    *this = std::move(other);
}

/// Takes the matrix unit where it needs less time than vectors.
void ContractionPlan::chooseForUnit(const TargetTable &target) {
  const MatrixUnit &offered = *target.matrixUnit();
  ContractionPlan other = *this;
  other.unit = &offered;
  other.streamsB = false;
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
  other.tiles = dlcc::chooseTiles(other.problem, offered);
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
  for (const ContractionTiles &tiles :
       dlcc::listTrials(problem, candidates, tiles)) {
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
  auto bytesOf = [](const Operand &operand) {
    auto type = cast<RankedTensorType>(operand.tensor.getType());
    return type.getNumElements() * storageBytes(type.getElementType());
  };
  bool isColumn = a.direct && a.shape.order == OperandOrder::Panel;
  a.prefetched =
      !streamsB &&
      bytesOf(view.lhs) > (isColumn ? target.l2Bytes() : target.l1Bytes()) &&
      (a.direct ? !isWindow : inSteps(a.shape));
  bool continues =
      cutsK() || (!view.outerK.empty() &&
                  view.rhs.access.along(view.outerK.back()) ==
                      view.k.extent * view.rhs.access.step(view.k));
  // What is asked for takes part in the traffic; from the third level it comes
  // as fast when it is loaded.
  b.prefetched = streamsB ? bytesOf(view.rhs) > target.l2Bytes() / 2
                          : inSteps(b.shape) && continues &&
                                bytesOf(view.rhs) > 2 * target.l2Bytes() &&
                                tiles.taskColumns * blockK() * bytes * 4 <=
                                    target.l2Bytes();
  if (!b.prefetched)
    return;
  // Each panel of A asks for its share of the steps of k.
  int64_t panels = llvm::divideCeil(tiles.taskRows, tiles.tileRows);
  int64_t steps = llvm::divideCeil(blockK(), panels);
  bool isAlong = view.rhs.access.step(view.k) == 1;
  int64_t line = kCacheLine / storageBytes(b.shape.source);
  b.rowsAhead = isAlong ? tiles.tileColumns : steps;
  b.linesAhead = llvm::divideCeil(isAlong ? steps : tiles.tileColumns, line);
  // Rows that do not begin with a line end in one more.
  if (streamsB && view.rhs.access.step(view.k) % line != 0)
    ++b.linesAhead;
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
  if (view.isTransposed) {
    turning = {};
    turning.source = turning.packed = view.computeType();
    turning.order = OperandOrder::Depth;
    turning.lanes = problem.lanes;
    turnedStep = turning.panel = llvm::alignTo(tiles.tileRows, problem.lanes);
    turnedAt = take(tiles.tileColumns * turnedStep * bytes);
  }
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
  if (unit) {
    microkernels[0][0] =
        getOrCreateTileMicrokernel(module, *unit, kUnitBlocks[tiles.candidate]);
  } else {
    const int64_t rows = view.m.extent, columns = view.n.extent;
    for (auto [kind, isThere] : {std::pair{kAllRows, rows > edgeRows},
                                 {kEdgeRows, edgeRows > 0},
                                 {kRestRows, hasRest()}})
      for (bool isColumnEdge : {false, true})
        if (isThere && (isColumnEdge ? edgeColumns : columns - edgeColumns))
          microkernels[kind][isColumnEdge] = createVectorMicrokernel(
              module, target, epilogueLines, kind, isColumnEdge);
  }
  if (view.isTransposed)
    turn = getOrCreatePacking(module, turning);
  if (!a.direct)
    a.function = getOrCreatePacking(module, a.shape);
  if (!b.direct)
    b.function = getOrCreatePacking(module, b.shape);
}

func::FuncOp ContractionPlan::createVectorMicrokernel(
    ModuleOp module, const TargetTable &target, ArrayRef<int64_t> epilogueLines,
    RowKind kind, bool isColumnEdge) const {
  Type type = view.computeType();
  RegisterTile tile = target.registerTiles(type)[tiles.candidate];
  int64_t rows = kind == kEdgeRows ? edgeRows : tile.rows;
  int64_t columns = isColumnEdge ? edgeColumns : tile.columns;
  PanelSource source = PanelSource::Packed;
  if (a.rowStep && kind != kRestRows)
    source = PanelSource::DirectRows;
  else if (a.direct && a.shape.panelListed)
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
                         rows,
                         int64_t(llvm::alignTo(columns, problem.lanes)),
                         tile.unroll,
                         problem.lanes,
                         target.hasFusedMultiplyAdd(),
                         source};
  if (b.direct)
    shape.bStep = view.rhs.access.step(view.k);
  else if (shape.nr != tile.columns)
    shape.bStep = tile.columns;
  if (source == PanelSource::Packed && a.direct)
    shape.panelRows = view.lhs.access.step(view.k);
  else if (source == PanelSource::Packed && rows != tile.rows)
    shape.panelRows = tile.rows;
  if (source == PanelSource::DirectRows)
    shape.rowStep = a.rowStep;
  shape.lastLanes = isColumnEdge ? edgeLanes : 0;
  if (b.prefetched)
    shape.ahead.push_back({perTurn(b.rowsAhead), b.linesAhead});
  for (int64_t lines : epilogueLines)
    shape.ahead.push_back({perTurn(rows), lines});
  return getOrCreateMicrokernel(module, shape);
}

} // namespace dlcc::cpu
