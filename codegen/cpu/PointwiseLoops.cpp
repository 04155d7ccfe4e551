//===- PointwiseLoops.cpp - the loops of a pointwise kernel ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Loops are scf.for over i64. A loop along the lanes takes whole vectors and
// writes its body once more for what remains, under a mask.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/PointwiseEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <numeric>

using namespace mlir;
using namespace dlcc;
using namespace dlcc::cpu;

//===----------------------------------------------------------------------===//
// One loop
//===----------------------------------------------------------------------===//

PointwiseEmitter::Values PointwiseEmitter::insideScope(Value index,
                                                       Operation *nested,
                                                       Values carried,
                                                       LoopBody body) {
  scopes.back().nested = nested;
  scopes.push_back({});
  scopes.back().index = index;
  Values result = body(std::move(carried));
  scopes.pop_back();
  scopes.back().nested = nullptr;
  return result;
}

PointwiseEmitter::Values PointwiseEmitter::scalarLoop(Value from, Value to,
                                                      int64_t step,
                                                      const Values &init,
                                                      LoopBody body) {
  auto loop =
      scf::ForOp::create(b, loc, from, to, constant(step), ValueRange(init));
  OpBuilder::InsertionGuard guard(b);
  Block *block = loop.getBody();
  if (init.empty())
    b.setInsertionPoint(block->getTerminator());
  else
    b.setInsertionPointToEnd(block);
  Values carried =
      insideScope(loop.getInductionVar(), loop,
                  llvm::to_vector_of<Value>(loop.getRegionIterArgs()), body);
  if (!init.empty())
    scf::YieldOp::create(b, loc, failed ? Values(init) : carried);
  return llvm::to_vector_of<Value>(loop.getResults());
}

PointwiseEmitter::Values PointwiseEmitter::vectorLoop(const Range &range,
                                                      Values carried,
                                                      LoopBody body) {
  int64_t tail = range.multiple % lanes == 0 ? 0
                 : range.trips               ? *range.trips % lanes
                                             : -1; // known when it runs
  Value whole = range.to;
  if (tail > 0)
    whole = arith::SubIOp::create(b, loc, range.to, constant(tail));
  if (tail < 0) {
    Value trips = arith::SubIOp::create(b, loc, range.to, range.from);
    Value rest =
        arith::RemSIOp::create(b, loc, trips, constant(lanes)).getResult();
    whole = arith::SubIOp::create(b, loc, range.to, rest);
  }
  if (!range.trips || *range.trips >= lanes)
    carried = scalarLoop(range.from, whole, lanes, carried, body);
  if (tail == 0)
    return carried;

  Value rest = arith::SubIOp::create(b, loc, range.to, whole);
  if (tail > 0) {
    mask = firstLanes(b, loc, constant(tail), lanes);
    carried = insideScope(whole, nullptr, carried, body);
    mask = Value();
    return carried;
  }
  Value some = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, rest,
                                     constant(0));
  SmallVector<Type> types =
      llvm::map_to_vector(carried, [](Value value) { return value.getType(); });
  auto branch = scf::IfOp::create(b, loc, types, some, !carried.empty());
  OpBuilder::InsertionGuard guard(b);
  Block *then = branch.thenBlock();
  if (carried.empty())
    b.setInsertionPoint(then->getTerminator());
  else
    b.setInsertionPointToEnd(then);
  mask = firstLanes(b, loc, rest, lanes);
  Values result = insideScope(whole, branch, carried, body);
  mask = Value();
  if (carried.empty())
    return {};
  scf::YieldOp::create(b, loc, failed ? carried : result);
  b.setInsertionPointToEnd(branch.elseBlock());
  scf::YieldOp::create(b, loc, carried);
  return llvm::to_vector_of<Value>(branch.getResults());
}

PointwiseEmitter::Values PointwiseEmitter::loop(const Range &range, bool vector,
                                                Values init, LoopBody body) {
  if (vector)
    return vectorLoop(range, std::move(init), body);
  if (range.trips == 1)
    return insideScope(range.from, nullptr, std::move(init), body);
  return scalarLoop(range.from, range.to, 1, init, body);
}

//===----------------------------------------------------------------------===//
// Parallel dimensions
//===----------------------------------------------------------------------===//

PointwiseEmitter::Range PointwiseEmitter::innerRange(int64_t extent,
                                                     int64_t rows) {
  Range range;
  range.from = constant(0);
  if (rows == 0) {
    range.to = constant(extent);
    range.trips = extent;
    range.multiple = std::max<int64_t>(1, extent);
    return range;
  }
  range.to = context.rows;
  if (rows != 1)
    range.to = arith::MulIOp::create(b, loc, range.to, constant(rows));
  range.multiple = rows;
  return range;
}

PointwiseEmitter::Range PointwiseEmitter::parallelRange(int64_t position) {
  Range range = innerRange(plan.extents[position], plan.rows[position]);
  if (position != plan.taskPosition || plan.tasks == 1)
    return range;
  range.from =
      arith::MulIOp::create(b, loc, context.task, constant(plan.chunk));
  Value end = arith::AddIOp::create(b, loc, range.from, constant(plan.chunk));
  range.to = arith::MinSIOp::create(b, loc, range.to, end);
  // A task beyond the rows given has nothing to do.
  range.to = arith::MaxSIOp::create(b, loc, range.to, range.from);
  range.trips.reset();
  range.multiple = std::gcd(range.multiple, plan.chunk);
  return range;
}

LogicalResult PointwiseEmitter::emit() {
  scopes.push_back({});
  openParallel(0);
  return success(!failed);
}

void PointwiseEmitter::openParallel(int64_t position) {
  if (position == plan.parallelDims)
    return emitPoint();
  bool vector = plan.parallelLanes > 0 && position == plan.parallelDims - 1;
  if (vector) {
    vectorPosition = position;
    lanes = plan.parallelLanes;
  }
  loop(parallelRange(position), vector, {}, [&](const Values &) -> Values {
    openParallel(position + 1);
    return {};
  });
}

//===----------------------------------------------------------------------===//
// One point
//===----------------------------------------------------------------------===//

void PointwiseEmitter::emitPoint() {
  reduced.clear();
  for (auto [number, pass] : llvm::enumerate(plan.passes)) {
    isSecondPass = number == 1;
    emitPass(pass);
  }
  isSecondPass = false;
  level = std::numeric_limits<int64_t>::max();
  storePoint();
}

/// Stores what has no inner dimensions: loads everything first, so that a
/// result may lie in the memory of an operand.
void PointwiseEmitter::storePoint() {
  SmallVector<std::pair<int64_t, Values>> values;
  for (auto [number, stage] : llvm::enumerate(plan.stages))
    if (stage.sink && stage.firstReduction == plan.parallelDims)
      values.push_back({number, evaluate(number, stage.coordinates())});
  for (auto &[number, results] : values)
    if (!failed)
      storeStage(number, results);
}

void PointwiseEmitter::emitPass(const Pass &pass) {
  level = pass.level;
  if (plan.parallelLanes == 0) {
    vectorPosition = pass.vectorPosition;
    lanes = lanesAlong(pass);
  }
  emitInner(pass, plan.parallelDims, {});
  if (plan.parallelLanes == 0) {
    vectorPosition = -1;
    lanes = 0;
  }
}

/// Opens the loop at `position` of a pass, `carried` being the accumulators of
/// the reductions that have begun, in the order of the roots.
PointwiseEmitter::Values PointwiseEmitter::emitInner(const Pass &pass,
                                                     int64_t position,
                                                     Values carried) {
  const Stage &shape = plan.stages[pass.roots.front()];
  auto begun = [&](int64_t root, int64_t at) {
    const Stage &stage = plan.stages[root];
    return stage.reduces() && stage.firstReduction < at;
  };
  if (position == shape.rank()) {
    Values next;
    SmallVector<std::pair<int64_t, Values>> stores;
    const Value *accumulator = carried.begin();
    for (int64_t root : pass.roots) {
      const Stage &stage = plan.stages[root];
      if (!stage.reduces()) {
        stores.push_back({root, evaluate(root, stage.coordinates())});
        continue;
      }
      unsigned count = linalg::GenericOp(stage.op).getNumDpsInits();
      next.append(reduceStep(stage, ArrayRef(accumulator, count)));
      accumulator += count;
    }
    for (auto &[root, values] : stores)
      if (!failed)
        storeStage(root, values);
    return next;
  }

  // Accumulators in the order of roots: those carried in, and new ones.
  Values init;
  const Value *accumulator = carried.begin();
  for (int64_t root : pass.roots) {
    const Stage &stage = plan.stages[root];
    if (begun(root, position)) {
      unsigned count = linalg::GenericOp(stage.op).getNumDpsInits();
      init.append(accumulator, accumulator + count);
      accumulator += count;
    } else if (begun(root, position + 1)) {
      init.append(startReduction(stage));
    }
  }
  Values after = loop(innerRange(shape.extents[position], shape.rows[position]),
                      position == vectorPosition, init, [&](Values inside) {
                        return emitInner(pass, position + 1, std::move(inside));
                      });
  if (failed)
    return {};
  Values result;
  accumulator = after.begin();
  for (int64_t root : pass.roots) {
    if (!begun(root, position + 1))
      continue;
    unsigned count = linalg::GenericOp(plan.stages[root].op).getNumDpsInits();
    Values values(accumulator, accumulator + count);
    accumulator += count;
    if (begun(root, position))
      result.append(values);
    else
      finishReduction(root, values);
  }
  return result;
}
