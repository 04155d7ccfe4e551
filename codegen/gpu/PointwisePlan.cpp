//===- PointwisePlan.cpp - threads of a pointwise kernel ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/PointwisePlan.h"

#include "codegen/StorageType.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::gpu;

/// Threads of a block, where the kernel has no other wish.
static constexpr int64_t kThreads = 256;
/// Bodies with more operations, or of more tensors, are not written for several
/// elements at a time: they would take too many registers.
static constexpr int64_t kLongBody = 200, kManyTensors = 12,
                         kManyReductions = 8;
/// A reduction of fewer elements is made again in each block.
static constexpr int64_t kSmallReduction = 256;
static constexpr int64_t kMostSplits = 64;
/// Threads of a multiprocessor that hide the time that memory takes.
static constexpr int64_t kBusyThreads = 1024;

void PointwisePlan::shapeParallel() {
  extents.assign(stages.front().extents.begin(),
                 stages.front().extents.begin() + parallelDims);
  rows.assign(parallelDims, 0);
  for (const Stage &stage : stages)
    for (int64_t i = 0; i < parallelDims; ++i)
      rows[i] = std::max(rows[i], stage.rows[i]);
}

bool PointwisePlan::hasInner() const {
  return llvm::any_of(stages, [&](const Stage &stage) {
    return stage.used && stage.rank() > parallelDims;
  });
}

/// The largest inner space.
int64_t PointwisePlan::innerElements() const {
  int64_t most = 1;
  for (const Stage &stage : stages) {
    if (!stage.used)
      continue;
    int64_t elements = 1;
    for (int64_t i = parallelDims; i < stage.rank(); ++i)
      elements *= stage.extents[i];
    most = std::max(most, elements);
  }
  return most;
}

static int64_t lastWide(const Stage &stage, int64_t from, int64_t to) {
  for (int64_t i = to; i-- > from;)
    if (stage.extents[i] != 1)
      return i;
  return -1;
}

/// Compares how much of what is moved lies next to one another along the last
/// parallel dimension, and along inner ones.
void PointwisePlan::chooseDirection() {
  if (!hasInner())
    return;
  double alongPoints = 0, alongInner = 0;
  for (const Stage &stage : stages) {
    if (!stage.used || stage.rank() == parallelDims)
      continue;
    double elements = 1;
    for (int64_t extent : stage.extents)
      elements *= extent;
    int64_t point = lastWide(stage, 0, parallelDims);
    int64_t inner = lastWide(stage, parallelDims, stage.rank());
    Coordinates coordinates = stage.coordinates();
    for (OpOperand &operand : stage.op->getOpOperands()) {
      bool moves = stage.op.isDpsInit(&operand)
                       ? stage.sink && !stage.reduces()
                       : source(operand.get()).kind == Source::Memory;
      if (!moves)
        continue;
      auto linear = access(stage.op.getMatchingIndexingMap(&operand),
                           cast<ShapedType>(operand.get().getType()).getShape(),
                           coordinates);
      if (linear && point >= 0 && linear->stride(point) == 1)
        alongPoints += elements;
      if (linear && inner >= 0 && linear->stride(inner) == 1)
        alongInner += elements;
    }
  }
  alongRows = alongInner > alongPoints || parallelDims == 0;
}

/// Whether neighbouring points along the last parallel dimension can be moved
/// several at a time.
bool PointwisePlan::mayTakeLanes() const {
  int64_t last = parallelDims - 1, operations = 0, tensors = 0;
  if (parallelDims == 0 || extents[last] % kLanes != 0 ||
      rows[last] % kLanes != 0)
    return false;
  bool isContiguous = false;
  for (const Stage &stage : stages) {
    if (!stage.used)
      continue;
    if (stage.op->hasAttr(attr::kArgReduce))
      return false;
    for (Operation &op : *stage.op.getBody()) {
      ++operations;
      if (isa<tensor::ExtractOp>(op))
        return false;
    }
    Coordinates coordinates = stage.coordinates();
    for (OpOperand &operand : stage.op->getOpOperands()) {
      bool moves = stage.op.isDpsInit(&operand)
                       ? stage.sink
                       : source(operand.get()).kind == Source::Memory;
      if (!moves || !isa<ShapedType>(operand.get().getType()))
        continue;
      auto linear = access(stage.op.getMatchingIndexingMap(&operand),
                           cast<ShapedType>(operand.get().getType()).getShape(),
                           coordinates);
      int64_t stride = linear ? linear->stride(last) : 2;
      if (stride != 0 && stride != 1)
        return false;
      isContiguous |= stride == 1;
      ++tensors;
    }
  }
  return isContiguous && operations <= kLongBody && tensors <= kManyTensors;
}

int64_t PointwisePlan::elementsInside(const Stage &stage) const {
  int64_t elements = 1;
  for (int64_t i = parallelDims; i < stage.rank(); ++i)
    elements *= stage.extents[i];
  return elements;
}

/// Whether an output of inner stores may take the place of what the stage is
/// made of: those are of one type.
bool PointwisePlan::readsOverwritten(const Stage &stage) const {
  return llvm::any_of(stage.op.getInputs(), [&](Value tensor) {
    Source from = source(tensor);
    if (from.kind == Source::Stage)
      return readsOverwritten(stages[from.stage]);
    return from.kind == Source::Memory &&
           llvm::any_of(stages, [&](const Stage &other) {
             return other.sink && other.firstReduction > parallelDims &&
                    llvm::is_contained(other.op->getResultTypes(),
                                       tensor.getType());
           });
  });
}

bool PointwisePlan::isSplit(const Stage &stage) const {
  return splits > 1 && stage.used && stage.reduces() &&
         stage.firstReduction == parallelDims &&
         (elementsInside(stage) >= kSmallReduction || readsOverwritten(stage));
}

int64_t PointwisePlan::partsAt(int64_t stage, int64_t result) const {
  int64_t bytes = 0;
  for (int64_t number = 0; number <= stage; ++number) {
    if (number == int64_t(stages.size()) || !isSplit(stages[number]))
      continue;
    for (OpResult value : stages[number].op->getResults()) {
      if (number == stage && int64_t(value.getResultNumber()) == result)
        return bytes;
      bytes += llvm::alignTo(splits * teams * std::max<int64_t>(1, lanes) *
                                 storageBytes(getElementTypeOrSelf(value)),
                             256);
    }
  }
  return bytes;
}

void PointwisePlan::chooseThreads(const Chip &chip) {
  int64_t wanted = chip.multiprocessors * kBusyThreads;
  teams = 1;
  for (int64_t extent : extents)
    teams *= extent;
  int64_t inner = hasInner() ? innerElements() : 1;
  int64_t turns = alongRows ? 2 : 8;
  int64_t shares = std::clamp<int64_t>(inner / turns, 1, kMostSplits);
  if (!alongRows && mayTakeLanes() && teams * shares / kLanes * 2 >= wanted) {
    lanes = kLanes;
    teams /= kLanes;
  }
  // Each thread of a team has several turns.
  int64_t most = alongRows ? kThreads : kThreads / 8;
  while (team < most && teams * team < wanted && team * 2 * turns <= inner)
    team *= 2;
  // Rows are read by neighbours.
  if (alongRows)
    team = std::max(
        team, std::min<int64_t>(8, llvm::bit_floor(uint64_t(
                                       std::max<int64_t>(1, inner / 2)))));
  points = std::max<int64_t>(1, kThreads / team);
  int64_t needed = llvm::PowerOf2Ceil(std::max<int64_t>(1, teams));
  points = std::min(points, std::max(needed, std::max<int64_t>(1, 32 / team)));
  blocks = llvm::divideCeil(teams, points);
  splits = std::clamp<int64_t>(
      std::min(wanted / (blocks * threads()), inner / (team * turns)), 1,
      kMostSplits);
  blocks *= splits;
}

int64_t PointwisePlan::vectorPosition(const Stage &stage, int64_t end) const {
  if (!alongRows)
    return -1;
  int64_t last = lastWide(stage, parallelDims, end);
  if (last < 0 || stage.extents[last] % kLanes != 0 ||
      stage.rows[last] % kLanes != 0 || innerElements() < 2 * kLanes * team)
    return -1;
  // Each reduction of the loop has an accumulator for every lane.
  if (llvm::count_if(stages, [](const Stage &other) {
        return other.used && other.reduces();
      }) > kManyReductions)
    return -1;
  for (const Stage &other : stages)
    for (Operation &op : *other.op.getBody())
      if (isa<tensor::ExtractOp>(op) || other.op->hasAttr(attr::kArgReduce))
        return -1;
  return last;
}

FailureOr<PointwisePlan> PointwisePlan::create(func::FuncOp kernel,
                                               const Chip &chip) {
  PointwisePlan plan;
  if (failed(plan.collect(kernel)))
    return failure();
  if (plan.stages.empty())
    return plan;
  plan.shapeParallel();
  plan.chooseDirection();
  plan.chooseThreads(chip);
  return plan;
}
