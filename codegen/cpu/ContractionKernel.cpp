//===- ContractionKernel.cpp - kernels of contractions --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loops of a sum of products, from the outside in, for one task:
//
//   for each block of k (in order)
//     pack the task's columns of B
//     for each group of rows
//       pack the rows of A
//       for each panel of A, for each panel of B
//         micro-kernel on one tile of sums
//       after the last block of k: the epilogue on the panel's rows
//
// Operands are packed in the task's own scratch memory, block by block, where
// they stay in the caches until they are used: no packed copy takes room in
// the arena or travels through memory, and kernels stay single functions.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ContractionEpilogue.h"
#include "codegen/cpu/ContractionPlan.h"
#include "codegen/cpu/ContractionView.h"
#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/PointerBuilder.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

/// What is known of a task's block while its loops are written.
struct Block {
  Value m, n;             ///< first row and column
  Value rows, columns;    ///< of them inside the result
  Value lhs, rhs;         ///< the operands at the task's outer indices
  Value panelsA, panelsB; ///< scratch
  Value sums;             ///< scratch
};

class ContractionEmitter {
public:
  ContractionEmitter(KernelContext &context, const ContractionPlan &plan)
      : context(context), plan(plan), view(plan.view), tiles(plan.tiles),
        p(context.builder, context.loc) {}

  LogicalResult emit();

private:
  Value extentOf(const Axis &axis);
  Value atOuter(Value tensor, const DimAccess &access);
  void emitBlock(Value m, Value n, Value rows, Value columns);
  void emitDepths(const Block &block, size_t axis, Value lhs, Value rhs,
                  Value first, Value last);
  void emitDepth(const Block &block, Value lhs, Value rhs, Value depth,
                 Value first, Value last);
  void emitGroup(const Block &block, Value lhs, Value group, Value depth,
                 Value first, Value last);
  void emitPanel(const Block &block, Value panelA, Value row, Value depth,
                 Value first, Value last);
  void emitEpilogue(const Block &block, Value row, Value sums);

  KernelContext &context;
  const ContractionPlan &plan;
  const ContractionView &view;
  const ContractionTiles &tiles;
  PointerBuilder p;
  SmallVector<Value> outer;
  LogicalResult result = success();
};

Value ContractionEmitter::extentOf(const Axis &axis) {
  return axis.rows ? p.mul(context.rows, axis.rows) : p.constant(axis.extent);
}

Value ContractionEmitter::atOuter(Value tensor, const DimAccess &access) {
  const Buffer *buffer = context.inputBuffer(tensor);
  Value offset = p.constant(access.constant);
  for (auto [axis, index] : llvm::zip_equal(view.outer, outer))
    if (int64_t stride = access.along(axis))
      offset = p.add(offset, p.mul(index, stride));
  return p.at(buffer->base, buffer->elementType, offset);
}

LogicalResult ContractionEmitter::emit() {
  // The task's number: rows fastest, so that neighbours share columns of B.
  Value rest = context.task;
  auto takeIndex = [&](int64_t extent) {
    Value index = p.rem(rest, extent);
    rest = p.div(rest, extent);
    return index;
  };
  Value m = p.mul(takeIndex(tiles.rowTasks(view.m.extent)), tiles.taskRows);
  Value n =
      p.mul(takeIndex(tiles.columnTasks(view.n.extent)), tiles.taskColumns);
  Value inside = p.less(m, extentOf(view.m));
  inside = p.both(inside, p.less(n, extentOf(view.n)));
  for (const Axis &axis : view.outer) {
    outer.push_back(takeIndex(axis.extent));
    if (axis.rows)
      inside = p.both(inside, p.less(outer.back(), extentOf(axis)));
  }
  p.when(inside, [&] {
    Value rows = p.min(p.sub(extentOf(view.m), m), p.constant(tiles.taskRows));
    Value columns =
        p.min(p.sub(extentOf(view.n), n), p.constant(tiles.taskColumns));
    emitBlock(m, n, rows, columns);
  });
  return result;
}

void ContractionEmitter::emitBlock(Value m, Value n, Value rows,
                                   Value columns) {
  Type byte = p->getI8Type();
  Block block{m, n, rows, columns, {}, {}, {}, {}, {}};
  const Buffer *lhs = context.inputBuffer(view.lhs);
  const Buffer *rhs = context.inputBuffer(view.rhs);
  block.lhs = p.at(atOuter(view.lhs, view.lhsAccess), lhs->elementType,
                   p.mul(m, view.lhsAccess.along(view.m)));
  block.rhs = p.at(atOuter(view.rhs, view.rhsAccess), rhs->elementType,
                   p.mul(n, view.rhsAccess.along(view.n)));
  block.panelsB = context.scratch;
  block.panelsA = p.at(context.scratch, byte, plan.panelsAOffset);
  block.sums = p.at(context.scratch, byte, plan.sumsOffset);
  Value yes = p.boolean(true);
  emitDepths(block, 0, block.lhs, block.rhs, yes, yes);
}

/// Loops over the axes of k that did not merge, then over blocks of the last.
void ContractionEmitter::emitDepths(const Block &block, size_t number,
                                    Value lhs, Value rhs, Value first,
                                    Value last) {
  bool isInner = number == view.outerK.size();
  const Axis &axis = isInner ? view.k : view.outerK[number];
  int64_t step = isInner ? tiles.depth : 1;
  auto body = [&](Value index, Value extent) {
    auto move = [&](Value base, Value tensor, const DimAccess &access) {
      return p.at(base, getElementTypeOrSelf(tensor.getType()),
                  p.mul(index, access.along(axis)));
    };
    Value left = move(lhs, view.lhs, view.lhsAccess);
    Value right = move(rhs, view.rhs, view.rhsAccess);
    Value remaining = p.sub(extent, index);
    Value isFirst = p.both(first, p.equal(index, p.constant(0)));
    Value isLast = p.both(last, p.notAbove(remaining, p.constant(step)));
    if (!isInner)
      return emitDepths(block, number + 1, left, right, isFirst, isLast);
    emitDepth(block, left, right, p.min(remaining, p.constant(step)), isFirst,
              isLast);
  };
  Value extent = extentOf(axis);
  if (axis.extent <= step)
    return body(p.constant(0), extent);
  p.loop(p.constant(0), extent, step,
         [&](Value index) { body(index, extent); });
}

/// One block of k.
void ContractionEmitter::emitDepth(const Block &block, Value lhs, Value rhs,
                                   Value depth, Value first, Value last) {
  func::CallOp::create(*p, plan.packB,
                       ValueRange{block.panelsB, rhs, block.columns, depth,
                                  p.constant(view.rhsAccess.along(view.n)),
                                  p.constant(view.rhsAccess.along(view.k)),
                                  p.constant(plan.panelBytesB)});
  auto group = [&](Value row) {
    emitGroup(block, lhs, row, depth, first, last);
  };
  if (tiles.groupRows >= tiles.taskRows)
    return group(p.constant(0));
  p.loop(p.constant(0), block.rows, tiles.groupRows, group);
}

/// One group of rows from `row` on.
void ContractionEmitter::emitGroup(const Block &block, Value lhs, Value row,
                                   Value depth, Value first, Value last) {
  Type type = getElementTypeOrSelf(view.lhs.getType());
  int64_t step = view.lhsAccess.along(view.m);
  Value count = p.min(p.sub(block.rows, row), p.constant(tiles.groupRows));
  func::CallOp::create(
      *p, plan.packA,
      ValueRange{block.panelsA, p.at(lhs, type, p.mul(row, step)), count, depth,
                 p.constant(step), p.constant(view.lhsAccess.along(view.k)),
                 p.constant(plan.panelBytesA)});
  auto panel = [&](Value inGroup) {
    Value number = p.div(inGroup, tiles.tileRows);
    Value panelA =
        p.at(block.panelsA, p->getI8Type(), p.mul(number, plan.panelBytesA));
    emitPanel(block, panelA, p.add(row, inGroup), depth, first, last);
  };
  if (tiles.groupRows == tiles.tileRows)
    return panel(p.constant(0));
  p.loop(p.constant(0), count, tiles.tileRows, panel);
}

/// All tiles of one panel of A, whose first row is `row` of the block.
void ContractionEmitter::emitPanel(const Block &block, Value panelA, Value row,
                                   Value depth, Value first, Value last) {
  Type type = view.computeType();
  Value sums = block.sums;
  if (plan.keepsSums)
    sums = p.at(sums, type, p.mul(row, plan.sumsStep));
  p.loop(p.constant(0), block.columns, tiles.tileColumns, [&](Value column) {
    Value number = p.div(column, tiles.tileColumns);
    Value panelB =
        p.at(block.panelsB, p->getI8Type(), p.mul(number, plan.panelBytesB));
    func::CallOp::create(*p, plan.microkernel,
                         ValueRange{panelA, panelB, p.at(sums, type, column),
                                    depth, p.constant(plan.sumsStep), first});
  });
  p.when(last, [&] { emitEpilogue(block, row, sums); });
}

void ContractionEmitter::emitEpilogue(const Block &block, Value row,
                                      Value sums) {
  Value count = p.min(p.sub(block.rows, row), p.constant(tiles.tileRows));
  auto finish = [&](Value inPanel) {
    OpBuilder::InsertionGuard guard(context.builder);
    context.builder.setInsertionPoint(p->getInsertionBlock(),
                                      p->getInsertionPoint());
    ContractionEpilogue epilogue(context, view, outer);
    Value at = p.at(sums, view.computeType(), p.mul(inPanel, plan.sumsStep));
    Value m = p.add(block.m, p.add(row, inPanel));
    if (failed(epilogue.emitRow(m, block.n, block.columns, at)))
      result = failure();
  };
  if (tiles.tileRows == 1)
    return finish(p.constant(0));
  p.loop(p.constant(0), count, 1, finish);
}

} // namespace

LogicalResult selectContraction(func::FuncOp kernel,
                                const TargetTable &target) {
  FailureOr<ContractionPlan> plan = ContractionPlan::create(kernel, target);
  if (failed(plan))
    return failure();
  OpBuilder b(kernel);
  kernel->setAttr(dlcc::attr::kTasks, b.getI64IntegerAttr(plan->tasks));
  kernel->setAttr(dlcc::attr::kScratch,
                  b.getI64IntegerAttr(plan->scratchBytes));
  const ContractionTiles &tiles = plan->tiles;
  kernel->setAttr(
      dlcc::attr::kTiles,
      b.getDenseI64ArrayAttr({tiles.tileRows, tiles.tileColumns, tiles.depth,
                              tiles.taskRows, tiles.taskColumns}));
  return success();
}

LogicalResult emitContraction(KernelContext &context) {
  FailureOr<ContractionPlan> plan =
      ContractionPlan::create(context.planned, context.target);
  if (failed(plan))
    return failure();
  auto tasks = context.planned->getAttrOfType<IntegerAttr>(dlcc::attr::kTasks);
  if (tasks && tasks.getInt() != plan->tasks)
    return context.planned.emitOpError("was selected with ")
           << tasks.getInt() << " tasks and is lowered with " << plan->tasks;
  for (const Buffer &buffer : context.buffers) {
    int64_t stride = 1;
    for (size_t i = buffer.shape.size(); i-- > 0; stride *= buffer.shape[i])
      if (buffer.strides[i] != stride && buffer.shape[i] != 1)
        return context.planned.emitOpError("has a buffer with gaps");
  }
  plan->createFunctions(context.planned->getParentOfType<ModuleOp>(),
                        context.target);
  return ContractionEmitter(context, *plan).emit();
}

} // namespace dlcc::cpu
