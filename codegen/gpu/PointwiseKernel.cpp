//===- PointwiseKernel.cpp - elementwise work and reductions --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/PointwiseKernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <numeric>

using namespace mlir;
using namespace dlcc;
using namespace dlcc::gpu;

LogicalResult dlcc::gpu::selectPointwise(func::FuncOp kernel,
                                         const Chip &chip) {
  normalizePointwise(kernel);
  FailureOr<PointwisePlan> plan = PointwisePlan::create(kernel, chip);
  if (failed(plan))
    return failure();
  OpBuilder b(kernel);
  kernel->setAttr(attr::kTasks, b.getI64IntegerAttr(plan->blocks));
  kernel->setAttr(attr::kScratch, b.getI64IntegerAttr(plan->workspaceBytes()));
  return success();
}

static LogicalResult emitPart(KernelContext &context, const PointwisePlan &plan,
                              StringRef suffix, LaunchPart part) {
  context.begin(suffix, plan.threads());
  if (!plan.stages.empty() &&
      failed(PointwiseKernel(context, plan, part).emit()))
    return failure();
  bool isAlone = part.kind == LaunchPart::Points;
  context.end({isAlone ? plan.blocks / plan.splits : plan.blocks});
  return success();
}

/// Whether blocks share reductions of the level.
static bool hasReductions(const PointwisePlan &plan, int64_t level) {
  return llvm::any_of(plan.stages, [&](const Stage &stage) {
    return plan.isSplit(stage) && stage.level == level;
  });
}

LogicalResult dlcc::gpu::emitPointwise(KernelContext &context) {
  normalizePointwise(context.planned);
  FailureOr<PointwisePlan> plan =
      PointwisePlan::create(context.planned, context.chip);
  if (failed(plan))
    return failure();
  if (plan->stages.empty() || plan->splits == 1)
    return emitPart(context, *plan, "", {});
  int64_t deepest = -1;
  bool storesInner = false, storesPoints = false;
  for (const Stage &stage : plan->stages) {
    if (plan->isSplit(stage))
      deepest = std::max(deepest, stage.level);
    bool isInner = stage.firstReduction > plan->parallelDims;
    (isInner ? storesInner : storesPoints) |= stage.sink;
  }
  // The kernel's own name is that of its last launch.
  for (int64_t level = 0; level <= deepest; ++level)
    if (hasReductions(*plan, level) &&
        failed(emitPart(context, *plan, "$level" + std::to_string(level),
                        {LaunchPart::Reductions, level})))
      return failure();
  if (storesInner &&
      failed(emitPart(context, *plan, storesPoints ? "$inner" : "",
                      {LaunchPart::Inner})))
    return failure();
  if (!storesPoints)
    return success();
  return emitPart(context, *plan, "", {LaunchPart::Points});
}

/// A broken rule of the kernel form was diagnosed: everything unwinds with
/// empty values.
PointwiseKernel::Values PointwiseKernel::fail() {
  failed = true;
  return {};
}

//===----------------------------------------------------------------------===//
// Points and loops
//===----------------------------------------------------------------------===//

/// Which point the team has. One without a point stays, since others of its
/// block may wait for it, but reads and stores nothing.
void PointwiseKernel::findPoint() {
  Value thread = p.threadId();
  if (plan.alongRows) {
    member = p.rem(thread, plan.team);
    teamOfBlock = p.div(thread, plan.team);
  } else {
    member = p.div(thread, plan.points);
    teamOfBlock = p.rem(thread, plan.points);
  }
  if (plan.team == 1) {
    member = p.constant(0);
    teamOfBlock = thread;
  }
  Value block = p.blockId(0);
  split = p.constant(0);
  // The points themselves are stored by one block.
  if (plan.splits > 1 && part.kind != LaunchPart::Points) {
    split = p.rem(block, plan.splits);
    block = p.div(block, plan.splits);
  }
  Value number = p.add(p.mul(block, plan.points), teamOfBlock);
  point = number;
  valid = p.boolean(true);
  if (plan.teams % plan.points != 0)
    valid = p.less(number, p.constant(plan.teams));
  index.assign(plan.parallelDims, Value());
  multiple.assign(plan.parallelDims, 1);
  int64_t width = std::max<int64_t>(1, plan.lanes);
  bool isFirst = true;
  for (int64_t i = plan.parallelDims; i-- > 0; isFirst = false) {
    int64_t extent = plan.extents[i] / (isFirst ? width : 1);
    bool isOutermost =
        std::accumulate(plan.extents.begin(), plan.extents.begin() + i,
                        int64_t(1), std::multiplies<>()) == 1;
    index[i] = extent == 1   ? p.constant(0)
               : isOutermost ? number
                             : p.rem(number, extent);
    if (!isOutermost)
      number = p.div(number, extent);
    if (isFirst && plan.lanes > 0) {
      index[i] = p.mul(index[i], width);
      multiple[i] = width;
    }
    if (plan.rows[i] != 0) {
      Value given = p.less(index[i], p.mul(context.rows, plan.rows[i]));
      valid = p.both(valid, given);
      index[i] = p.select(given, index[i], p.constant(0));
    }
    if (plan.extents[i] == 1)
      multiple[i] = 0;
  }
}

PointwiseKernel::Values PointwiseKernel::inside(function_ref<Values()> body) {
  known.emplace_back();
  bool wasInside = std::exchange(isInside, true);
  Values values = body();
  isInside = wasInside;
  known.pop_back();
  return values;
}

PointwiseKernel::Space PointwiseKernel::spaceOf(const Stage &stage,
                                                int64_t end) const {
  Space space;
  for (int64_t i = plan.parallelDims; i < end; ++i) {
    space.extents.push_back(stage.extents[i]);
    space.rows.push_back(stage.rows[i]);
  }
  space.vectorPosition = plan.vectorPosition(stage, end);
  return space;
}

Value PointwiseKernel::boundOf(int64_t extent, int64_t rows) {
  return whereValid(rows == 0 ? p.constant(extent) : p.mul(context.rows, rows));
}

/// The end of a loop, which a team without a point does not enter.
Value PointwiseKernel::whereValid(Value end) {
  return isInside ? end : p.select(valid, end, p.constant(0));
}

PointwiseKernel::Values
PointwiseKernel::forAll(const Space &space, size_t from, int64_t firstPosition,
                        ValueRange init,
                        function_ref<Values(ValueRange)> body) {
  if (from == space.extents.size())
    return body(init);
  int64_t position = firstPosition + from;
  index.resize(position);
  multiple.resize(position);
  auto step = [&](Value value, int64_t divisor, ValueRange carried) {
    index.resize(position);
    multiple.resize(position);
    index.push_back(value);
    multiple.push_back(divisor);
    return forAll(space, from + 1, firstPosition, carried, body);
  };
  if (space.extents[from] == 1 && space.rows[from] == 0)
    return step(p.constant(0), 0, init);
  int64_t width = position == space.vectorPosition ? kLanes : 1;
  return p.loop(p.constant(0), boundOf(space.extents[from], space.rows[from]),
                width, init, [&](Value value, ValueRange carried) {
                  return inside([&] { return step(value, width, carried); });
                });
}

PointwiseKernel::Values
PointwiseKernel::forSpace(const Space &space, bool isSplit, ValueRange init,
                          function_ref<Values(ValueRange)> body) {
  int64_t first = plan.parallelDims;
  int64_t outerPosition = vectorPosition, outerLanes = lanes;
  if (space.vectorPosition >= 0) {
    vectorPosition = space.vectorPosition;
    lanes = kLanes;
  }
  Values result;
  int64_t step = plan.team * (isSplit ? plan.splits : 1);
  if (step == 1) {
    result = forAll(space, 0, first, init, body);
  } else {
    // All dimensions as one, dealt out turn by turn.
    int64_t total = 1, outermost = -1;
    for (auto [i, extent] : llvm::enumerate(space.extents)) {
      total *= extent;
      if (extent != 1 && outermost < 0)
        outermost = i;
    }
    int64_t width = space.vectorPosition >= 0 ? kLanes : 1;
    Value from = member;
    if (isSplit)
      from = p.add(member, p.mul(split, plan.team));
    Value end = p.constant(total / width);
    if (outermost >= 0 && space.rows[outermost] != 0)
      end = p.mul(context.rows, space.rows[outermost] *
                                    (total / space.extents[outermost]) / width);
    result = p.loop(
        from, whereValid(end), step, init,
        [&](Value number, ValueRange carried) {
          return inside([&]() -> Values {
            index.resize(first + space.extents.size());
            multiple.assign(index.size(), 1);
            Value there = p.boolean(true);
            for (int64_t i = space.extents.size(); i-- > 0;) {
              bool isVector = first + i == space.vectorPosition;
              int64_t extent = space.extents[i] / (isVector ? kLanes : 1);
              index[first + i] = extent == 1      ? p.constant(0)
                                 : i == outermost ? number
                                                  : p.rem(number, extent);
              if (extent != 1 && i != outermost)
                number = p.div(number, extent);
              if (isVector)
                index[first + i] = p.mul(index[first + i], kLanes);
              multiple[first + i] = isVector ? kLanes : 1;
              if (space.rows[i] != 0 && i != outermost)
                there =
                    p.both(there, p.less(index[first + i],
                                         p.mul(context.rows, space.rows[i])));
            }
            if (constantOf(there) == 1)
              return body(carried);
            return p.choose(there, carried, [&] {
              return inside([&] { return body(carried); });
            });
          });
        });
  }
  index.resize(first);
  multiple.resize(first);
  vectorPosition = outerPosition;
  lanes = outerLanes;
  return result;
}

void PointwiseKernel::emitStages() {
  int64_t deepest = 0;
  for (const Stage &stage : plan.stages)
    deepest = std::max(deepest, stage.level);
  if (part.kind == LaunchPart::Reductions)
    deepest = part.level;
  for (int64_t level = 0; level <= deepest && !failed; ++level)
    reduceLevel(level);
  if (part.kind == LaunchPart::Reductions)
    return;

  // Stores over inner spaces, those of one space together: no input is read
  // after an output that shares its memory is written.
  SmallVector<std::pair<Space, SmallVector<int64_t>>> groups;
  SmallVector<int64_t> own;
  for (auto [number, stage] : llvm::enumerate(plan.stages)) {
    if (!stage.sink)
      continue;
    if (stage.firstReduction == plan.parallelDims) {
      own.push_back(number);
      continue;
    }
    if (part.kind == LaunchPart::Points)
      continue;
    Space space = spaceOf(stage, stage.firstReduction);
    auto *group = llvm::find_if(
        groups, [&](const auto &other) { return other.first == space; });
    if (group == groups.end())
      group = groups.insert(groups.end(), {space, {}});
    group->second.push_back(number);
  }
  auto storeAll = [&](ArrayRef<int64_t> numbers) {
    SmallVector<Values> values;
    for (int64_t number : numbers) {
      values.push_back(evaluate(number, plan.stages[number].coordinates()));
      if (failed)
        return;
    }
    for (auto [number, stored] : llvm::zip_equal(numbers, values))
      storeStage(plan.stages[number], stored);
  };
  for (auto &[space, numbers] : groups)
    forSpace(space, plan.splits > 1, {},
             [&, &stored = numbers](ValueRange) -> Values {
               storeAll(stored);
               return {};
             });
  if (own.empty() || failed || part.kind == LaunchPart::Inner)
    return;
  // The others of the team may still read what the first one overwrites.
  if (plan.team > 1)
    p.barrier();
  p.when(p.both(valid, p.equal(member, p.constant(0))), [&] {
    inside([&]() -> Values {
      storeAll(own);
      return {};
    });
  });
}

LogicalResult PointwiseKernel::emit() {
  known.emplace_back();
  findPoint();
  vectorPosition = plan.parallelDims - 1;
  lanes = plan.lanes;
  if (plan.team == 1)
    p.when(valid, [&] {
      valid = p.boolean(true);
      isInside = true;
      emitStages();
    });
  else
    emitStages();
  return failure(failed);
}
