//===- ContractionKernel.cpp - kernels of contractions --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One block, one tile of the result, one part of k:
//
//   ask for the first stages
//   for each stage of k
//     wait for it, and for all threads
//     ask for the one that takes the place of the one before
//     multiply: for each k, rows of A by columns of B out of shared memory
//   the epilogue on the registers; or, where k is split, the sums to workspace
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuffers.h"
#include "codegen/KernelNotes.h"
#include "codegen/StorageType.h"
#include "codegen/gpu/BulkStages.h"
#include "codegen/gpu/ContractionEpilogue.h"
#include "codegen/gpu/ContractionPlan.h"
#include "codegen/gpu/KernelEmitter.h"
#include "codegen/gpu/OperandTile.h"
#include "codegen/gpu/RoundedTile.h"
#include "codegen/gpu/TensorCore.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace dlcc::gpu {
namespace {

class ContractionKernel {
public:
  ContractionKernel(KernelContext &context, const ContractionPlan &plan)
      : context(context), plan(plan), view(plan.view), p(context.builder()) {}

  LogicalResult emitTiles();
  LogicalResult emitSums();

private:
  using Values = DeviceBuilder::Values;

  void findOuter(Value number);
  Value operandBase(const Operand &operand);
  void findDepth(Value split);
  Values multiply();
  Values multiplyRounded();
  LogicalResult emitBulk(Value split);
  void copyStages(BulkStages &stages);
  Values multiplyBulk(BulkStages &stages);
  Values multiplyStage(Value a, Value b, ValueRange sums);
  Values loadVector(Value shared, Value first, int64_t count);
  Value fuse(Value a, Value b, Value sum);
  LogicalResult finish(ValueRange sums, Value split);
  LogicalResult finishRow(Value m, Value n, Value sums, Value split);
  Values zeroSums();
  LogicalResult finishVector(Value m, Value n, Value sums, Value split);
  void storePartial(Value m, Value n, Value sums, Value split);
  Value workspaceAt(Value split, Value m, Value n);

  /// Where the thread's elements lie in the tile: groups of up to four
  /// neighbours, spread over the tile.
  static int64_t groupWidth(int64_t count) {
    return std::min<int64_t>(4, count);
  }
  Value firstOf(Value number, int64_t count, int64_t group) {
    int64_t width = groupWidth(count);
    return p.add(p.mul(number, width), group * kSide * width);
  }
  int64_t columnGroups() const {
    return plan.threadColumns / groupWidth(plan.threadColumns);
  }
  Type computeType() const { return view.computeType(); }

  KernelContext &context;
  const ContractionPlan &plan;
  const ContractionView &view;
  DeviceBuilder &p;
  SmallVector<Value> outer; ///< indices of the outer axes
  Value outerNumber;
  Value isGiven; ///< whether the outer indices are of rows that are given
  Value firstRow, firstColumn;
  Value threadRow, threadColumn;
  std::unique_ptr<TensorCore> tensorCore;
  Value depthFrom, depthTo;
};

} // namespace

/// The outer indices behind their number.
void ContractionKernel::findOuter(Value number) {
  outerNumber = number;
  isGiven = p.boolean(true);
  outer.resize(view.outer.size());
  for (size_t i = view.outer.size(); i-- > 0;) {
    const Axis &axis = view.outer[i];
    outer[i] = i == 0 ? number : p.rem(number, axis.extent);
    if (i > 0)
      number = p.div(number, axis.extent);
    if (axis.rows != 0)
      isGiven =
          p.both(isGiven, p.less(outer[i], p.mul(context.rows, axis.rows)));
  }
}

/// The address of an operand at the outer indices.
Value ContractionKernel::operandBase(const Operand &operand) {
  Value offset = p.constant(operand.access.constant);
  for (auto [axis, index] : llvm::zip_equal(view.outer, outer))
    offset = p.add(offset, AxisIndex(p, axis, index).offset(p, operand.access));
  return p.at(context.inputBuffer(operand.tensor)->base, operand.elementType(),
              offset);
}

/// The part of k that the block has.
void ContractionKernel::findDepth(Value split) {
  SmallVector<Axis> summed = plan.summed();
  Value end = p.constant(plan.depth);
  if (!summed.empty() && summed.front().rows != 0)
    end = p.mul(context.rows,
                summed.front().rows * (plan.depth / summed.front().extent));
  depthFrom = p.mul(split, plan.splitDepth);
  if (plan.splits > 1)
    end = p.min(end, p.add(depthFrom, plan.splitDepth));
  // Rows that are not given are not read.
  depthTo = p.select(isGiven, end, depthFrom);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

Value ContractionKernel::fuse(Value a, Value b, Value sum) {
  if (isa<FloatType>(computeType()))
    return math::FmaOp::create(*p, a, b, sum);
  return arith::AddIOp::create(*p, sum, arith::MulIOp::create(*p, a, b));
}

/// The thread's elements of one index of k, as vectors of neighbours.
ContractionKernel::Values
ContractionKernel::loadVector(Value shared, Value number, int64_t count) {
  int64_t width = groupWidth(count);
  Values vectors;
  for (int64_t group = 0; group < count / width; ++group)
    vectors.push_back(
        p.load(p.at(shared, computeType(), firstOf(number, count, group)),
               computeType(), width == 1 ? 0 : width,
               width * storageBytes(computeType())));
  return vectors;
}

ContractionKernel::Values ContractionKernel::multiplyStage(Value a, Value b,
                                                           ValueRange sums) {
  Values result(sums);
  int64_t rowWidth = groupWidth(plan.threadRows);
  int64_t columnWidth = groupWidth(plan.threadColumns);
  for (int64_t k = 0; k < kDepth; ++k) {
    Values rows = loadVector(p.at(a, computeType(), k * plan.aStep()),
                             threadRow, plan.threadRows);
    Values columns = loadVector(p.at(b, computeType(), k * plan.bStep()),
                                threadColumn, plan.threadColumns);
    for (int64_t i = 0; i < plan.threadRows; ++i) {
      Value row = rows[i / rowWidth];
      if (rowWidth > 1)
        row = p.lane(row, i % rowWidth);
      row = p.splat(row, columnWidth == 1 ? 0 : columnWidth);
      for (auto [j, column] : llvm::enumerate(columns)) {
        Value &sum = result[i * columnGroups() + j];
        sum = fuse(row, column, sum);
      }
    }
  }
  return result;
}

ContractionKernel::Values ContractionKernel::zeroSums() {
  int64_t width = groupWidth(plan.threadColumns);
  Type type = width == 1 ? computeType()
                         : Type(VectorType::get({width}, computeType()));
  return Values(plan.threadRows * columnGroups(), p.zero(type));
}

ContractionKernel::Values ContractionKernel::multiply() {
  Value shared = context.dynamicSharedMemory();
  int64_t aBytes = plan.aBytes(), stageBytes = aBytes + plan.bBytes();
  OperandTile a(context, plan, view.lhs, view.m, plan.tileRows(), plan.aStep(),
                operandBase(view.lhs), firstRow);
  OperandTile b(context, plan, view.rhs, view.n, plan.tileColumns(),
                plan.bStep(), operandBase(view.rhs), firstColumn);
  Type byte = p->getI8Type();
  auto copy = [&](Value stage, Value k) {
    Value place = p.at(shared, byte, p.mul(stage, stageBytes));
    a.copy(place, k, depthTo);
    b.copy(p.at(place, byte, aBytes), k, depthTo);
  };
  Values sums = zeroSums();
  int64_t ahead = plan.stages - 1;
  for (int64_t i = 0; i < ahead; ++i) {
    copy(p.constant(i), p.add(depthFrom, i * kDepth));
    p.commitCopies();
  }
  Value first = p.constant(0);
  sums.push_back(first);
  Values result = p.loop(
      depthFrom, depthTo, kDepth, sums, [&](Value k, ValueRange carried) {
        Value stage = carried.back();
        if (plan.isAsync && ahead > 0) {
          p.waitCopies(ahead - 1);
          p.barrier();
          // The place of the stage that everyone is done with.
          Value free = p.add(stage, ahead);
          Value wrapped = p.add(stage, ahead - plan.stages);
          free = p.select(p.less(free, p.constant(plan.stages)), free, wrapped);
          copy(free, p.add(k, ahead * kDepth));
          p.commitCopies();
        } else {
          p.barrier();
          copy(stage, k);
          if (plan.isAsync) {
            p.commitCopies();
            p.waitCopies(0);
          }
          p.barrier();
        }
        Value place = p.at(shared, byte, p.mul(stage, stageBytes));
        Value other = p.at(place, byte, aBytes);
        Values next = multiplyStage(place, other, carried.drop_back());
        Value after = p.add(stage, 1);
        next.push_back(p.select(p.less(after, p.constant(plan.stages)), after,
                                p.constant(0)));
        return next;
      });
  // No copy may be on its way when the block ends.
  if (plan.isAsync)
    p.waitCopies(0);
  result.pop_back();
  return result;
}

/// The same by tensor cores. A thread loads its part of the next stage, then
/// multiplies this one, then stores what has come to where all are done with
/// the stage before: one barrier for each.
ContractionKernel::Values ContractionKernel::multiplyRounded() {
  Value shared = context.dynamicSharedMemory();
  int64_t aBytes = plan.aBytes(), stageBytes = aBytes + plan.bBytes();
  RoundedTile a(context, plan, view.lhs, view.m, plan.tileRows(),
                operandBase(view.lhs), firstRow);
  RoundedTile b(context, plan, view.rhs, view.n, plan.tileColumns(),
                operandBase(view.rhs), firstColumn);
  Type byte = p->getI8Type();
  auto stageAt = [&](Value stage) {
    return p.at(shared, byte, p.mul(stage, stageBytes));
  };
  auto store = [&](Value place, ValueRange fromA, ValueRange fromB) {
    a.store(place, fromA);
    b.store(p.at(place, byte, aBytes), fromB);
    tensorCore->publishStores();
  };
  Values sums = tensorCore->zeroSums();
  Value stage = p.constant(0);
  {
    Values fromA = a.load(depthFrom, depthTo),
           fromB = b.load(depthFrom, depthTo);
    store(stageAt(stage), fromA, fromB);
  }
  sums.push_back(stage);
  Values result =
      p.loop(depthFrom, depthTo, plan.stageDepth, sums,
             [&](Value k, ValueRange carried) {
               Value stage = carried.back(),
                     other = p.sub(p.constant(1), stage);
               p.barrier();
               Value following = p.add(k, plan.stageDepth);
               Values fromA = a.load(following, depthTo);
               Values fromB = b.load(following, depthTo);
               Value place = stageAt(stage);
               Values next = tensorCore->multiplyStage(
                   place, p.at(place, byte, aBytes), carried.drop_back());
               store(stageAt(other), fromA, fromB);
               tensorCore->waitForSums();
               next.push_back(other);
               return next;
             });
  result.pop_back();
  return result;
}

/// The one thread that copies is ahead of those that multiply, as far as there
/// are places.
void ContractionKernel::copyStages(BulkStages &stages) {
  p.loop(depthFrom, depthTo, plan.stageDepth, [&](Value k) {
    Value stage = p.div(p.sub(k, depthFrom), plan.stageDepth);
    stages.expect(stage, plan.aBytes() + plan.bBytes());
    stages.copy(stage, 0, context.maps[0], k, firstRow);
    stages.copy(stage, plan.aBytes(), context.maps[1], k, firstColumn);
  });
}

ContractionKernel::Values ContractionKernel::multiplyBulk(BulkStages &stages) {
  return p.loop(depthFrom, depthTo, plan.stageDepth, tensorCore->zeroSums(),
                [&](Value k, ValueRange sums) {
                  Value stage = p.div(p.sub(k, depthFrom), plan.stageDepth);
                  stages.waitUntilFull(stage);
                  Value a = stages.place(stage);
                  Values next = tensorCore->multiplyStage(
                      a, p.at(a, p->getI8Type(), plan.aBytes()), sums);
                  tensorCore->waitForSums();
                  stages.release(stage);
                  return next;
                });
}

/// The last warp copies, the others multiply: neither waits for a barrier of
/// the block.
LogicalResult ContractionKernel::emitBulk(Value split) {
  BulkStages stages(p, context.dynamicSharedMemory(), plan.stages,
                    plan.aBytes() + plan.bBytes(), kBlockThreads / kWarp);
  stages.prepare();
  Value copier = p.constant(kBlockThreads);
  p.when(p.equal(p.threadId(), copier), [&] { copyStages(stages); });
  LogicalResult result = success();
  p.when(p.less(p.threadId(), copier),
         [&] { result = finish(multiplyBulk(stages), split); });
  return result;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

Value ContractionKernel::workspaceAt(Value split, Value m, Value n) {
  Value line = p.add(
      p.mul(p.add(p.mul(split, plan.outerCount), outerNumber), view.m.extent),
      m);
  return p.at(context.workspace, computeType(),
              p.add(p.mul(line, view.n.extent), n));
}

void ContractionKernel::storePartial(Value m, Value n, Value sums,
                                     Value split) {
  auto vector = dyn_cast<VectorType>(sums.getType());
  int64_t bytes = storageBytes(computeType());
  p.store(sums, workspaceAt(split, m, n),
          vector ? std::min<int64_t>(16, vector.getNumElements() * bytes) : 0);
}

/// A vector of neighbours, or one column.
LogicalResult ContractionKernel::finishVector(Value m, Value n, Value sums,
                                              Value split) {
  if (plan.splits > 1) {
    storePartial(m, n, sums, split);
    return success();
  }
  Value position = AxisIndex(p, view.n, n).position(p);
  return ContractionEpilogue(context, view, outer).emitPoint(m, position, sums);
}

/// Neighbours of a row from column `n` on, of which some may not be there.
LogicalResult ContractionKernel::finishRow(Value m, Value n, Value sums,
                                           Value split) {
  LogicalResult result = success();
  auto vector = dyn_cast<VectorType>(sums.getType());
  int64_t width = vector ? vector.getNumElements() : 1;
  bool isWhole = plan.finishesWhole(width);
  Value isThere = p.both(isGiven, p.less(m, boundOf(p, view.m, context.rows)));
  Value bound = boundOf(p, view.n, context.rows);
  for (int64_t lane = 0; lane < (isWhole ? 1 : width); ++lane) {
    Value column = p.add(n, lane);
    Value value = isWhole || width == 1 ? sums : p.lane(sums, lane);
    p.when(p.both(isThere, p.less(column, bound)), [&] {
      if (failed(finishVector(m, column, value, split)))
        result = failure();
    });
  }
  return result;
}

LogicalResult ContractionKernel::finish(ValueRange sums, Value split) {
  LogicalResult result = success();
  auto finishAt = [&](Value m, Value n, Value values) {
    if (failed(finishRow(p.add(firstRow, m), p.add(firstColumn, n), values,
                         split)))
      result = failure();
  };
  if (tensorCore) {
    tensorCore->forResults(sums, finishAt);
    return result;
  }
  int64_t rowWidth = groupWidth(plan.threadRows);
  for (int64_t i = 0; i < plan.threadRows; ++i) {
    Value m =
        p.add(firstOf(threadRow, plan.threadRows, i / rowWidth), i % rowWidth);
    for (int64_t j = 0; j < columnGroups(); ++j)
      finishAt(m, firstOf(threadColumn, plan.threadColumns, j),
               sums[i * columnGroups() + j]);
  }
  return result;
}

LogicalResult ContractionKernel::emitTiles() {
  Value block = p.blockId(0);
  Value rowTile = p.rem(block, plan.rowTiles);
  block = p.div(block, plan.rowTiles);
  Value columnTile = p.rem(block, plan.columnTiles);
  block = p.div(block, plan.columnTiles);
  Value split = p.rem(block, plan.splits);
  findOuter(p.div(block, plan.splits));
  firstRow = p.mul(rowTile, plan.tileRows());
  firstColumn = p.mul(columnTile, plan.tileColumns());
  Value thread = p.threadId();
  threadRow = p.div(thread, kSide);
  threadColumn = p.rem(thread, kSide);
  if (plan.unit != MatrixUnit::None)
    tensorCore = plan.usesWarpGroups ? createWarpGroupProducts(p, plan, thread)
                                     : createWarpProducts(p, plan, thread);
  findDepth(split);
  if (plan.isBulk)
    return emitBulk(split);
  return finish(tensorCore ? multiplyRounded() : multiply(), split);
}

/// The second launch: a thread for each element of the result, or for four.
LogicalResult ContractionKernel::emitSums() {
  int64_t width = plan.sumWidth(), columns = view.n.extent / width;
  Value number = p.add(p.mul(p.blockId(0), kBlockThreads), p.threadId());
  Value isThere = p.less(number, p.constant(plan.sumCount()));
  Value n = p.mul(p.rem(number, columns), width);
  Value rest = p.div(number, columns);
  Value m = p.rem(rest, view.m.extent);
  findOuter(p.div(rest, view.m.extent));
  isThere = p.both(isThere, isGiven);
  isThere = p.both(isThere, p.less(m, boundOf(p, view.m, context.rows)));
  isThere = p.both(isThere, p.less(n, boundOf(p, view.n, context.rows)));
  LogicalResult result = success();
  p.when(isThere, [&] {
    int64_t lanes = width == 1 ? 0 : width;
    int64_t bytes = width * storageBytes(computeType());
    Type type =
        lanes ? Type(VectorType::get({lanes}, computeType())) : computeType();
    Values sum =
        p.loop(p.constant(0), p.constant(plan.splits), 1, p.zero(type),
               [&](Value split, ValueRange carried) -> Values {
                 Value part = p.load(workspaceAt(split, m, n), computeType(),
                                     lanes, std::min<int64_t>(16, bytes));
                 if (isa<FloatType>(computeType()))
                   return {arith::AddFOp::create(*p, carried.front(), part)};
                 return {arith::AddIOp::create(*p, carried.front(), part)};
               });
    Value position = AxisIndex(p, view.n, n).position(p);
    result = ContractionEpilogue(context, view, outer)
                 .emitPoint(m, position, sum.front());
  });
  return result;
}

LogicalResult selectContraction(func::FuncOp kernel, const Chip &chip,
                                bool allowsTf32) {
  FailureOr<ContractionView> view = ContractionView::create(kernel);
  if (failed(view))
    return failure();
  if (becomesPointwise(kernel, *view))
    return selectPointwise(kernel, chip);
  OpBuilder b(kernel);
  if (MatrixUnit unit = findUnit(*view, allowsTf32); unit != MatrixUnit::None)
    kernel->setAttr(attr::kUnit, b.getStringAttr(nameOf(unit)));
  FailureOr<ContractionPlan> plan = ContractionPlan::create(kernel, chip);
  if (failed(plan))
    return failure();
  kernel->setAttr(attr::kTasks, b.getI64IntegerAttr(plan->blocks()));
  kernel->setAttr(attr::kScratch, b.getI64IntegerAttr(plan->workspaceBytes));
  kernel->setAttr(attr::kAlgorithm, b.getStringAttr(plan->describe()));
  return success();
}

/// The matrices that a plan with bulk copies reads; none where one of them does
/// not begin at a multiple of what a copy moves.
static SmallVector<TensorMap> mapOperands(const KernelContext &context,
                                          const ContractionPlan &plan) {
  const ContractionView &view = plan.view;
  std::optional<unsigned> a = dlcc::inputNumber(view.lhs.tensor);
  std::optional<unsigned> b = dlcc::inputNumber(view.rhs.tensor);
  auto isAligned = [&](std::optional<unsigned> number) {
    return number && context.alignments[*number] % kChunkBytes == 0;
  };
  if (!isAligned(a) || !isAligned(b))
    return {};
  return {plan.mapOf(view.lhs, view.m, plan.tileRows(), *a),
          plan.mapOf(view.rhs, view.n, plan.tileColumns(), *b)};
}

LogicalResult emitContraction(KernelContext &context) {
  FailureOr<ContractionPlan> plan =
      ContractionPlan::create(context.planned, context.chip);
  if (failed(plan))
    return failure();
  bool isLarge = plan->threadRows * plan->threadColumns >= 64;
  SmallVector<TensorMap> maps;
  if (plan->isBulk) {
    maps = mapOperands(context, *plan);
    if (maps.empty())
      plan->passThroughRegisters();
  }
  context.begin("", plan->threads(), /*takesRegisters=*/isLarge, maps);
  if (failed(ContractionKernel(context, *plan).emitTiles()))
    return failure();
  context.end({plan->blocks()}, plan->sharedBytes());
  if (plan->splits == 1)
    return success();
  context.begin("$sum", kBlockThreads);
  if (failed(ContractionKernel(context, *plan).emitSums()))
    return failure();
  context.end({int64_t(llvm::divideCeil(plan->sumCount(), kBlockThreads))});
  return success();
}

} // namespace dlcc::gpu
