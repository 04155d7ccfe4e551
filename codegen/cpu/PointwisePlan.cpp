//===- PointwisePlan.cpp - how a pointwise kernel is scheduled ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Decides; PointwiseKernel.cpp writes the loops.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/PointwisePlan.h"
#include "codegen/cpu/MemoryAccess.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::cpu;

/// Vectors of a row in which columns are summed as many at a time as registers
/// allow.
static constexpr int64_t kLongRow = 64;
/// Larger rows are computed again rather than kept.
static constexpr int64_t kScratchLimit = 1 << 20;

SmallVector<int64_t> PointwisePlan::scratchStrides(const Stage &stage) const {
  SmallVector<int64_t> strides(stage.rank(), 0);
  int64_t stride = std::max<int64_t>(1, parallelLanes);
  for (int64_t i = stage.firstReduction - 1; i >= parallelDims; --i) {
    strides[stage.order[i]] = stride;
    stride *= stage.extents[i];
  }
  return strides;
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

/// What a stage costs with lanes along a nest position (-1: none), in vector
/// instructions.
double PointwisePlan::cost(const Stage &stage, int64_t vectorPosition) const {
  double elements = 1, contiguous = 1;
  for (int64_t extent : stage.extents)
    elements *= extent;
  if (vectorPosition >= 0 && stage.extents[vectorPosition] > 0) {
    int64_t extent = stage.extents[vectorPosition];
    contiguous = double(llvm::divideCeil(extent, kVirtualLanes)) / extent;
  }
  double total = elements * contiguous;
  Coordinates coordinates = stage.coordinates();
  for (OpOperand &operand : stage.op->getOpOperands()) {
    Value tensor = operand.get();
    Source from = source(tensor);
    if (stage.op.isDpsInit(&operand)) {
      if (!isStored(stage.op.getTiedOpResult(&operand)))
        continue;
    } else if (from.kind != Source::Memory) {
      continue;
    }
    auto linear =
        access(stage.op.getMatchingIndexingMap(&operand),
               cast<ShapedType>(tensor.getType()).getShape(), coordinates);
    int64_t stride = linear ? linear->stride(vectorPosition) : 2;
    total += elements * (stride == 0 || stride == 1 ? contiguous : 1.0);
  }
  return total;
}

void PointwisePlan::chooseLanes(const TargetTable &target) {
  extents.assign(stages.front().extents.begin(),
                 stages.front().extents.begin() + parallelDims);
  rows.assign(parallelDims, 0);
  bool inner = false;
  double alongParallel = 0, alongInner = 0;
  int64_t bytes = 4;
  for (const Stage &stage : stages) {
    if (!stage.used)
      continue;
    for (int64_t i = 0; i < parallelDims; ++i)
      rows[i] = std::max(rows[i], stage.rows[i]);
    for (Value operand : stage.op->getOperands())
      if (isa<FloatType>(getElementTypeOrSelf(operand.getType())))
        bytes = std::max(bytes,
                         storageBytes(getElementTypeOrSelf(operand.getType())));
    alongParallel += cost(stage, parallelDims - 1);
    double best = cost(stage, -1);
    for (int64_t p = parallelDims; p < stage.rank(); ++p) {
      best = std::min(best, cost(stage, p));
      inner = true;
    }
    alongInner += best;
  }
  if (parallelDims == 0 || extents.back() == 1 ||
      (inner && alongInner <= alongParallel))
    return;
  // Columns that are summed go several registers at a time: their chains are
  // independent and a row of a matrix is read in longer runs, which memory
  // likes where rows are long.
  parallelLanes = target.lanes(
      IntegerType::get(stages.front().op->getContext(), bytes * 8));
  bool isCheap =
      llvm::none_of(stages, [](const Stage &stage) { return stage.expensive; });
  int64_t registers = isCheap && extents.back() >= kLongRow * parallelLanes
                          ? target.registers() / 2
                          : 4;
  if (inner && extents.back() >= registers * parallelLanes)
    parallelLanes *= registers;
}

void PointwisePlan::keepExpensive() {
  for (auto [number, stage] : llvm::enumerate(stages)) {
    if (!stage.used || stage.rank() == parallelDims)
      continue;
    bool innerResult = stage.reduces() && stage.firstReduction > parallelDims;
    bool readLater = false;
    for (const Stage &reader : stages)
      for (Value operand : reader.op->getOperands())
        if (Source from = source(operand); reader.used &&
                                           from.kind == Source::Stage &&
                                           from.stage == int64_t(number))
          readLater |= reader.level > stage.level || innerResult;
    if (stage.sink || !readLater || !(stage.expensive || innerResult) ||
        (stage.reduces() && !innerResult))
      continue;
    int64_t elements = std::max<int64_t>(1, parallelLanes);
    for (int64_t i = parallelDims; i < stage.firstReduction; ++i)
      elements *= stage.extents[i];
    int64_t bytes = 0;
    for (Value result : stage.op->getResults())
      bytes += llvm::alignTo(
          elements * storageBytes(getElementTypeOrSelf(result.getType())), 64);
    if (!innerResult && scratchBytes + bytes > kScratchLimit)
      continue;
    stage.scratchOffset = scratchBytes;
    scratchBytes += bytes;
  }
}

void PointwisePlan::makePasses() {
  auto sameSpace = [&](const Stage &a, const Stage &b) {
    return ArrayRef(a.extents).drop_front(parallelDims) ==
               ArrayRef(b.extents).drop_front(parallelDims) &&
           ArrayRef(a.rows).drop_front(parallelDims) ==
               ArrayRef(b.rows).drop_front(parallelDims);
  };
  auto isRoot = [&](const Stage &stage) {
    return stage.used && stage.rank() > parallelDims &&
           (stage.reduces() || stage.sink || stage.scratchOffset >= 0);
  };
  // A store that nobody reads back goes to the last pass over its space: no
  // buffer is read after an output that shares its memory is written.
  for (Stage &stage : stages) {
    if (!isRoot(stage) || stage.reduces() || !stage.sink)
      continue;
    bool readBack = llvm::any_of(stage.op->getUsers(), [&](Operation *user) {
      return llvm::any_of(stages, [&](const Stage &other) {
        return other.op == user && other.used && other.level > stage.level;
      });
    });
    for (const Stage &other : stages)
      if (!readBack && isRoot(other) && sameSpace(stage, other))
        stage.level = std::max(stage.level, other.level);
  }
  for (auto [number, stage] : llvm::enumerate(stages)) {
    if (!isRoot(stage))
      continue;
    auto pass = llvm::find_if(passes, [&](const Pass &pass) {
      return pass.level == stage.level &&
             sameSpace(stages[pass.roots.front()], stage);
    });
    if (pass == passes.end()) {
      passes.push_back({stage.level, {}, -1});
      pass = std::prev(passes.end());
    }
    pass->roots.push_back(number);
  }
  llvm::stable_sort(
      passes, [](const Pass &a, const Pass &b) { return a.level < b.level; });
  for (Pass &pass : passes) {
    if (parallelLanes > 0) {
      pass.vectorPosition = parallelDims - 1;
      continue;
    }
    // Stages inlined into a root run in its space: they vote too.
    const Stage &shape = stages[pass.roots.front()];
    double best = 0;
    for (int64_t p = parallelDims; p < shape.rank(); ++p) {
      double total = 0;
      for (const Stage &stage : stages)
        if (stage.used && stage.rank() == shape.rank() &&
            sameSpace(stage, shape))
          total += cost(stage, p);
      if (pass.vectorPosition < 0 || total <= best) {
        pass.vectorPosition = p;
        best = total;
      }
    }
  }
}

FailureOr<PointwisePlan> PointwisePlan::create(func::FuncOp kernel,
                                               const TargetTable &target) {
  PointwisePlan plan;
  if (failed(plan.collect(kernel)))
    return failure();
  if (plan.stages.empty())
    return plan;
  plan.chooseLanes(target);
  plan.keepExpensive();
  plan.makePasses();
  plan.chooseTasks();
  return plan;
}
