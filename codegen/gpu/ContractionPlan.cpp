//===- ContractionPlan.cpp - blocks of a sum of products ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/ContractionPlan.h"

#include "codegen/StorageType.h"
#include "codegen/gpu/BulkStages.h"
#include "codegen/gpu/KernelEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlcc::gpu {

/// A split has at least so many indices of k, and all of them no more bytes of
/// sums than this.
static constexpr int64_t kLeastSplit = 8 * kDepth;
static constexpr int64_t kMostWorkspace = int64_t(64) << 20;
static constexpr int64_t kMostStages = 3, kMostBulkStages = 4;

std::string ContractionPlan::describe() const {
  std::string text = unit == MatrixUnit::None ? "fma"
                     : usesWarpGroups         ? (nameOf(unit) + " wgmma").str()
                                              : (nameOf(unit) + " mma").str();
  text +=
      " " + std::to_string(tileRows()) + "x" + std::to_string(tileColumns());
  if (isBulk)
    text += ", bulk copies";
  if (splits > 1)
    text += ", k in " + std::to_string(splits) + " parts";
  return text;
}

SmallVector<Axis> ContractionPlan::summed() const {
  SmallVector<Axis> axes = view.outerK;
  if (view.k.dim >= 0)
    axes.push_back(view.k);
  return axes;
}

Type ContractionPlan::factorType() const {
  MLIRContext *context = view.computeType().getContext();
  switch (unit) {
  case MatrixUnit::None:
    return view.computeType();
  case MatrixUnit::TF32:
    return FloatTF32Type::get(context);
  case MatrixUnit::BF16:
    return BFloat16Type::get(context);
  case MatrixUnit::F16:
    return Float16Type::get(context);
  }
  llvm_unreachable("all units are listed");
}

int64_t ContractionPlan::aBytes() const {
  return unit == MatrixUnit::None
             ? kDepth * aStep() * storageBytes(view.computeType())
             : tileOf(tileRows()).bytes();
}

int64_t ContractionPlan::bBytes() const {
  return unit == MatrixUnit::None
             ? kDepth * bStep() * storageBytes(view.computeType())
             : tileOf(tileColumns()).bytes();
}

int64_t ContractionPlan::sharedBytes() const {
  return stages * (aBytes() + bBytes()) +
         (isBulk ? BulkStages::barrierBytes(stages) : 0);
}

int64_t ContractionPlan::warpRows() const {
  int64_t warps = kBlockThreads / kWarp, best = 1;
  for (int64_t rows = 1; rows <= warps; rows *= 2) {
    int64_t columns = warps / rows;
    if (tileRows() % (rows * 16) != 0 || tileColumns() % (columns * 8) != 0)
      continue;
    // Square parts of the tile load the least.
    auto loads = [&](int64_t count) {
      return tileRows() / count + tileColumns() / (warps / count);
    };
    bool isFirst = tileColumns() % (warps / best * 8) != 0;
    if (isFirst || loads(rows) < loads(best))
      best = rows;
  }
  return best;
}

MatrixUnit findUnit(const ContractionView &view, bool allowsTf32) {
  if (!view.computeType().isF32())
    return MatrixUnit::None;
  auto isNarrow = [](const Operand &operand) {
    return operand.isRounded || operand.elementType().isBF16();
  };
  auto isF32 = [](const Operand &operand) {
    return operand.elementType().isF32() && !operand.isRounded;
  };
  if (isNarrow(view.lhs) && isNarrow(view.rhs))
    return MatrixUnit::BF16;
  if (view.lhs.elementType().isF16() && view.rhs.elementType().isF16())
    return MatrixUnit::F16;
  return allowsTf32 && isF32(view.lhs) && isF32(view.rhs) ? MatrixUnit::TF32
                                                          : MatrixUnit::None;
}

StringRef nameOf(MatrixUnit unit) {
  static constexpr StringLiteral names[] = {"", "tf32", "bf16", "f16"};
  return names[int(unit)];
}

static MatrixUnit findUnitNamed(StringRef name) {
  for (MatrixUnit unit : {MatrixUnit::TF32, MatrixUnit::BF16, MatrixUnit::F16})
    if (nameOf(unit) == name)
      return unit;
  return MatrixUnit::None;
}

//===----------------------------------------------------------------------===//
// The model of costs
//===----------------------------------------------------------------------===//
//
// Not measured yet. A tile is as good as the product of
//  - what a thread multiplies for each element that it reads of shared memory,
//    as far as that is what it waits for: r c / (r + c) for r by c sums, twice
//    that by warp groups;
//  - the share of the tiles that the result fills, halved where that is not
//  more
//    than half: a smaller tile would do;
//  - the share of the time in which every multiprocessor has the blocks that it
//    can run at one time, where each takes as long: blocks take turns, and the
//    last turn is rarely full. k is split, in as few parts as bring nine tenths
//    of what any number of them could.

/// Blocks that run at one time: two on a multiprocessor, unless a thread has
/// the registers for a large part of a tile.
static int64_t placesFor(int64_t sums, const Chip &chip) {
  return chip.multiprocessors * (sums >= 64 ? 1 : 2);
}

static double busyShare(int64_t blocks, int64_t places) {
  return double(blocks) / double(llvm::alignTo(blocks, places));
}

/// Parts of k, at most `most`, and no more than there are places for.
static int64_t fewestParts(int64_t blocks, int64_t places, int64_t most) {
  most = std::max<int64_t>(1, std::min(most, 2 * places / blocks));
  double best = 0;
  for (int64_t parts = 1; parts <= most; ++parts)
    best = std::max(best, busyShare(blocks * parts, places));
  int64_t parts = 1;
  while (busyShare(blocks * parts, places) < 0.9 * best)
    ++parts;
  return parts;
}

void ContractionPlan::chooseTile(const Chip &chip) {
  static constexpr std::pair<int64_t, int64_t> tiles[] = {
      {8, 16}, {8, 8}, {8, 4}, {4, 8}, {4, 4}, {2, 8}, {8, 2},
      {4, 2},  {2, 4}, {2, 2}, {1, 4}, {4, 1}, {1, 1}};
  auto blocksOf = [&](std::pair<int64_t, int64_t> tile) {
    return llvm::divideCeil(view.m.extent, kSide * tile.first) *
           llvm::divideCeil(view.n.extent, kSide * tile.second) * outerCount;
  };
  auto padded = [&](std::pair<int64_t, int64_t> tile) {
    return double(llvm::alignTo(view.m.extent, kSide * tile.first)) *
           double(llvm::alignTo(view.n.extent, kSide * tile.second));
  };
  double elements = double(view.m.extent) * double(view.n.extent);
  double best = 0;
  for (std::pair<int64_t, int64_t> tile : tiles) {
    // Eight warps have a block of 8 columns each, at least.
    if (unit != MatrixUnit::None && tile.first * tile.second < 4)
      continue;
    // Two groups of four warps have 64 rows each, or share the columns.
    bool formsGroups =
        chip.warpGroups && unit != MatrixUnit::None && tile.first >= 4;
    if (tile.second > 8 && !formsGroups)
      continue;
    // Without a loop over k ptxas moves all loads together.
    if (depth <= 2 * kDepth && tile.first * tile.second > 16)
      continue;
    double intensity =
        double(tile.first * tile.second) / double(tile.first + tile.second);
    double use = elements / padded(tile);
    int64_t blocks = blocksOf(tile);
    int64_t places = placesFor(tile.first * tile.second, chip);
    int64_t parts = fewestParts(blocks, places, depth / kLeastSplit);
    double busy = busyShare(blocks * parts, places);
    double score = std::min(intensity, formsGroups ? 6.0 : 4.0) * use * busy;
    if (use <= 0.5)
      score /= 2;
    // Groups multiply about twice as fast.
    if (chip.warpGroups && unit != MatrixUnit::None && !formsGroups)
      score /= 2;
    if (score > best) {
      best = score;
      usesWarpGroups = formsGroups;
      threadRows = tile.first;
      threadColumns = tile.second;
    }
  }
  rowTiles = llvm::divideCeil(view.m.extent, tileRows());
  columnTiles = llvm::divideCeil(view.n.extent, tileColumns());
}

void ContractionPlan::chooseSplits(const Chip &chip) {
  int64_t blocks = rowTiles * columnTiles * outerCount;
  int64_t bytes = outerCount * view.m.extent * view.n.extent *
                  storageBytes(view.computeType());
  splits = fewestParts(blocks, placesFor(threadRows * threadColumns, chip),
                       std::min(depth / kLeastSplit, kMostWorkspace / bytes));
  splitDepth = llvm::alignTo(llvm::divideCeil(depth, splits), stageDepth);
  splits = llvm::divideCeil(depth, splitDepth);
  workspaceBytes = splits > 1 ? splits * bytes : 0;
}

//===----------------------------------------------------------------------===//
// Bulk copies
//===----------------------------------------------------------------------===//

/// Whether an operand is a matrix with the indices of `axis` as rows, equally
/// far apart, and k along each, as bulk copies bring it to wgmma: of 16 bits,
/// or f32 that becomes tf32.
bool ContractionPlan::liesInRows(const Operand &operand,
                                 const Axis &axis) const {
  if (axis.parts.size() != 1 || axis.isReordered || view.k.parts.size() != 1 ||
      operand.isRounded || operand.tensor.getDefiningOp<arith::ConstantOp>())
    return false;
  int64_t bytes = storageBytes(operand.elementType());
  if (bytes != (unit == MatrixUnit::TF32 ? 4 : 2))
    return false;
  int64_t rowBytes = operand.access.strides[axis.parts.front().dim] * bytes;
  // What the hardware asks of addresses and strides.
  return operand.access.strides[view.k.parts.front().dim] == 1 &&
         rowBytes > 0 && rowBytes % kChunkBytes == 0 &&
         operand.access.constant * bytes % kChunkBytes == 0;
}

/// Lines of 128 bytes are what memory gives at a time.
void ContractionPlan::chooseBulk() {
  static constexpr int64_t kLineBytes = 128;
  int64_t lineDepth = kLineBytes / (unit == MatrixUnit::TF32 ? 4 : 2);
  isBulk = usesWarpGroups && view.outer.empty() && view.outerK.empty() &&
           view.k.rows == 0 && depth >= 2 * lineDepth &&
           liesInRows(view.lhs, view.m) && liesInRows(view.rhs, view.n);
  if (isBulk)
    stageDepth = lineDepth;
}

void ContractionPlan::passThroughRegisters() {
  isBulk = false;
  stages = 2;
}

TensorMap ContractionPlan::mapOf(const Operand &operand, const Axis &axis,
                                 int64_t extent, int64_t buffer) const {
  int64_t bytes = storageBytes(operand.elementType());
  return {buffer,
          operand.access.constant * bytes,
          depth,
          axis.extent,
          operand.access.strides[axis.parts.front().dim] * bytes,
          axis.rows,
          stageDepth,
          extent,
          factorType()};
}

FailureOr<ContractionPlan> ContractionPlan::create(func::FuncOp kernel,
                                                   const Chip &chip) {
  FailureOr<ContractionView> view = ContractionView::create(kernel);
  if (failed(view))
    return failure();
  ContractionPlan plan;
  plan.view = std::move(*view);
  if (auto unit = kernel->getAttrOfType<StringAttr>(attr::kUnit))
    plan.unit = findUnitNamed(unit.getValue());
  for (const Axis &axis : plan.view.outer)
    plan.outerCount *= axis.extent;
  for (const Axis &axis : plan.summed())
    plan.depth *= axis.extent;
  // Two instructions of 16 bits in a stage, where there is as much.
  if (plan.unit != MatrixUnit::None && plan.unit != MatrixUnit::TF32 &&
      plan.depth > kDepth)
    plan.stageDepth = 2 * kDepth;
  plan.chooseTile(chip);
  plan.chooseBulk();
  plan.chooseSplits(chip);
  if (plan.unit != MatrixUnit::None) {
    plan.stages = 2;
    if (plan.isBulk)
      plan.stages = std::clamp<int64_t>(
          chip.sharedBytes / (plan.aBytes() + plan.bBytes() + 16), 2,
          kMostBulkStages);
    return plan;
  }
  auto isPlain = [&](const Operand &operand) {
    return operand.elementType() == plan.view.computeType() &&
           !operand.isRounded && storageBytes(operand.elementType()) == 4;
  };
  plan.isAsync = isPlain(plan.view.lhs) && isPlain(plan.view.rhs);
  if (plan.isAsync)
    plan.stages = std::min<int64_t>(kMostStages,
                                    llvm::divideCeil(plan.splitDepth, kDepth));
  return plan;
}

//===----------------------------------------------------------------------===//
// As a pointwise kernel
//===----------------------------------------------------------------------===//

/// Loops of an op in another order, and what is noted of them.
static bool reorder(linalg::GenericOp op, ArrayRef<unsigned> order) {
  IRRewriter rewriter(op.getContext());
  rewriter.setInsertionPoint(op);
  SmallVector<int64_t> rows;
  if (auto given = op->getAttrOfType<DenseI64ArrayAttr>(attr::kRows))
    for (unsigned dim : order)
      rows.push_back(given[dim]);
  DictionaryAttr extra = op->getDiscardableAttrDictionary();
  FailureOr<linalg::GenericOp> done =
      linalg::interchangeGenericOp(rewriter, op, order);
  if (failed(done))
    return false;
  (*done)->setDiscardableAttrs(extra);
  if (!rows.empty())
    (*done)->setAttr(attr::kRows, rewriter.getDenseI64ArrayAttr(rows));
  return true;
}

bool becomesPointwise(func::FuncOp kernel, const ContractionView &view) {
  if (view.m.extent != 1 && view.n.extent != 1)
    return false;
  linalg::GenericOp product = view.product;
  if (view.lhs.isUnsigned || view.rhs.isUnsigned)
    return false;
  // Parallel dimensions in the order of the result's memory, then the others.
  SmallVector<unsigned> order;
  for (AffineExpr result : product.getIndexingMapsArray()[2].getResults())
    order.push_back(cast<AffineDimExpr>(result).getPosition());
  size_t parallel = order.size();
  for (const EpilogueStage &stage : view.epilogue)
    if (stage.dims.size() != parallel)
      return false;
  // From the end: ops are replaced.
  for (const EpilogueStage &stage : view.epilogue) {
    SmallVector<unsigned> own;
    for (unsigned dim : ArrayRef(order).take_front(parallel))
      own.push_back(llvm::find(stage.dims, int64_t(dim)) - stage.dims.begin());
    if (llvm::any_of(own, [&](unsigned dim) { return dim >= parallel; }) ||
        !reorder(stage.op, own))
      return false;
  }
  for (auto [dim, iterator] : llvm::enumerate(product.getIteratorTypesArray()))
    if (iterator == utils::IteratorType::reduction)
      order.push_back(dim);
  if (!reorder(product, order))
    return false;
  kernel->setAttr(attr::kParallelDims,
                  IntegerAttr::get(IntegerType::get(kernel.getContext(), 64),
                                   int64_t(parallel)));
  return true;
}

} // namespace dlcc::gpu
