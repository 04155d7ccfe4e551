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
//         after the last block of k: the epilogue on the tile
//
// Operands are packed in the task's own scratch memory, block by block, where
// they stay in the caches until they are used: no packed copy takes room in
// the arena or travels through memory, and kernels stay single functions.
//
// What comes after a micro-kernel is asked for beside it, see
// ContractionPrefetch.cpp.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ContractionEmitter.h"
#include "codegen/cpu/DotPlan.h"
#include "codegen/cpu/MemoryAccess.h"

using namespace mlir;

namespace dlcc::cpu {

/// `base` moved to an index of an axis that the operand is linear in.
Value ContractionEmitter::move(const Operand &operand, Value base,
                               const Axis &axis, Value index) {
  return p.at(base, operand.elementType(),
              p.mul(index, operand.access.step(axis)));
}

/// The operand at the task's outer indices and, where it is linear in them,
/// the block's first row or column; else lists where the block's lie.
Value ContractionEmitter::beginOperand(const Operand &operand,
                                       const PackedOperand &packed,
                                       const Axis &panel, Value first,
                                       Value count) {
  Value base = part.addressOf(operand);
  if (!packed.shape.panelListed)
    return move(operand, base, panel, first);
  Value list = scratchAt(packed.panelListAt);
  listIndices(list, panel, first, count, [&](const AxisPart &part) {
    return operand.access.strides[part.dim];
  });
  if (packed.direct) {
    // Rows past the end repeat the last one: nobody reads their products.
    auto at = [&](Value number) { return p.at(list, p->getI64Type(), number); };
    Value last =
        p.load(at(p.sub(count, p.constant(1))), p->getI64Type(), /*lanes=*/0);
    Value end = p.mul(p.ceilDiv(count, packed.shape.panel), packed.shape.panel);
    p.loop(count, end, 1, [&](Value number) { p.store(last, at(number)); });
  }
  return base;
}

/// Lists `count` indices of `axis` from `first` on: for each the sum of the
/// indices of its parts times their strides. Indices are taken apart once for
/// each turn of the innermost part.
void ContractionEmitter::listIndices(
    Value list, const Axis &axis, Value first, Value count,
    function_ref<int64_t(const AxisPart &)> stride) {
  auto offsetOf = [&](Value index) {
    Value offset = p.constant(0);
    for (const AxisPart &part : llvm::reverse(axis.parts)) {
      bool isOutermost = &part == axis.parts.begin();
      Value inPart = isOutermost ? index : p.rem(index, part.extent);
      index = p.div(index, part.extent);
      offset = p.add(offset, p.mul(inPart, stride(part)));
    }
    return offset;
  };
  const AxisPart &inner = axis.parts.back();
  Value head = p.sub(p.constant(0), p.rem(first, inner.extent));
  p.loop(head, count, inner.extent, [&](Value head) {
    Value from = p.max(head, p.constant(0));
    Value end = p.min(p.add(head, p.constant(inner.extent)), count);
    Value offset = offsetOf(p.add(first, from));
    p.loop(from, end, 1, [&](Value number) {
      Value moved = p.add(offset, p.mul(p.sub(number, from), stride(inner)));
      p.store(moved, p.at(list, p->getI64Type(), number));
    });
  });
}

LogicalResult ContractionEmitter::emit() {
  // Rows fastest, so that neighbours share columns of B.
  Value m = part.takeBlock(view.m, tiles.taskRows);
  Value n = part.takeBlock(view.n, tiles.taskColumns);
  outer = part.takeOuter();
  p.when(part.isInside(), [&] {
    Value rows =
        p.min(p.sub(part.extentOf(view.m), m), p.constant(tiles.taskRows));
    Value columns =
        p.min(p.sub(part.extentOf(view.n), n), p.constant(tiles.taskColumns));
    emitBlock(m, n, rows, columns);
  });
  return result;
}

void ContractionEmitter::emitBlock(Value m, Value n, Value rows,
                                   Value columns) {
  if (view.n.isReordered)
    listIndices(scratchAt(plan.positionsAt), view.n, n, columns,
                [](const AxisPart &part) { return part.position; });
  Value yes = p.boolean(true);
  emitDepths({m, n, rows, columns}, 0,
             {beginOperand(view.lhs, plan.a, view.m, m, rows),
              beginOperand(view.rhs, plan.b, view.n, n, columns), yes, yes,
              Value(), Value()});
}

/// Loops over the axes of k that did not merge, then over blocks of the last.
void ContractionEmitter::emitDepths(const Block &block, size_t number,
                                    const Depth &outside) {
  bool isInner = number == view.outerK.size();
  const Axis &axis = isInner ? view.k : view.outerK[number];
  int64_t step = isInner ? plan.blockK() : 1;
  auto body = [&](Value index, Value extent) {
    Value remaining = p.sub(extent, index);
    Depth depth = outside;
    depth.first = p.both(outside.first, p.equal(index, p.constant(0)));
    depth.last = p.both(outside.last, p.notAbove(remaining, p.constant(step)));
    if (!isInner) {
      depth.lhs = move(view.lhs, outside.lhs, axis, index);
      depth.rhs = move(view.rhs, outside.rhs, axis, index);
      return emitDepths(block, number + 1, depth);
    }
    depth.from = index;
    depth.count = p.min(remaining, p.constant(step));
    emitDepth(block, depth);
  };
  Value extent = part.extentOf(axis);
  if (axis.extent <= step)
    return body(p.constant(0), extent);
  p.loop(p.constant(0), extent, step,
         [&](Value index) { body(index, extent); });
}

/// One block of k.
void ContractionEmitter::emitDepth(const Block &block, const Depth &depth) {
  auto listDepth = [&](const Operand &operand, const PackedOperand &packed) {
    if (packed.shape.depthListed)
      listIndices(scratchAt(packed.depthListAt), view.k, depth.from,
                  depth.count, [&](const AxisPart &part) {
                    return operand.access.strides[part.dim];
                  });
  };
  listDepth(view.lhs, plan.a);
  listDepth(view.rhs, plan.b);
  if (!plan.b.direct)
    emitPacking(view.rhs, plan.b, view.n, depth.rhs, block.n, p.constant(0),
                block.columns, depth);
  auto group = [&](Value row) { emitGroup(block, depth, row); };
  if (tiles.groupRows >= tiles.taskRows)
    return group(p.constant(0));
  p.loop(p.constant(0), block.rows, tiles.groupRows, group);
}

/// Packs `count` rows or columns from number `first` of the block on, whose
/// own first one is `blockFirst`.
void ContractionEmitter::emitPacking(const Operand &operand,
                                     const PackedOperand &packed,
                                     const Axis &panel, Value base,
                                     Value blockFirst, Value first, Value count,
                                     const Depth &depth) {
  const PackShape &shape = packed.shape;
  Type i64 = p->getI64Type();
  Value alongPanel, alongDepth;
  if (shape.panelListed) {
    alongPanel = p.at(scratchAt(packed.panelListAt), i64, first);
  } else {
    alongPanel = p.constant(operand.access.step(panel));
    base = move(operand, base, panel, first);
  }
  if (shape.depthListed) {
    alongDepth = scratchAt(packed.depthListAt);
  } else {
    alongDepth = p.constant(operand.access.step(view.k));
    base = move(operand, base, view.k, depth.from);
  }
  Value contiguous = shape.order == OperandOrder::Panel
                         ? p.add(blockFirst, first)
                         : depth.from;
  func::CallOp::create(
      *p, packed.function,
      ValueRange{scratchAt(packed.panelsAt), base, count, depth.count,
                 alongPanel, alongDepth, p.constant(packed.run),
                 p.rem(contiguous, packed.run), p.constant(packed.panelBytes)});
}

/// One group of rows from `row` on.
void ContractionEmitter::emitGroup(const Block &block, const Depth &depth,
                                   Value row) {
  Value count = p.min(p.sub(block.rows, row), p.constant(tiles.groupRows));
  if (!plan.a.direct)
    emitPacking(view.lhs, plan.a, view.m, depth.lhs, block.m, row, count,
                depth);
  auto panel = [&](Value inGroup) {
    // The same panel of the next group, or of the first one of the next block
    // of k; what is not packed is needed with the next panel.
    Value own = p.add(row, inGroup);
    Value next = p.add(
        own, p.constant(plan.a.direct ? tiles.tileRows : tiles.groupRows));
    Value isThere = p.less(next, block.rows);
    Value first = plan.a.direct ? p.constant(0) : inGroup;
    emitPanel(block, depth,
              {p.select(isThere, next, first),
               p.select(isThere, depth.from,
                        p.add(depth.from, p.constant(plan.blockK())))},
              own, inGroup);
  };
  if (tiles.groupRows == tiles.tileRows)
    return panel(p.constant(0));
  p.loop(p.constant(0), count, tiles.tileRows, panel);
}

/// All tiles of one panel of A, whose first row is `row` of the block.
void ContractionEmitter::emitPanel(const Block &block, const Depth &depth,
                                   const Ahead &ahead, Value row,
                                   Value inGroup) {
  Value sums = sumsAt(row);
  Value columnTiles = p.ceilDiv(block.columns, tiles.tileColumns);
  p.loop(p.constant(0), block.columns, tiles.tileColumns, [&](Value column) {
    if (plan.a.prefetched) {
      // Each tile asks for its share of the steps of k.
      Value number = p.div(column, tiles.tileColumns);
      auto shareOf = [&](Value number) {
        return p.add(ahead.k, p.div(p.mul(number, plan.blockK()), columnTiles));
      };
      Value base = plan.a.shape.panelListed
                       ? move(view.lhs, depth.lhs, view.m, block.m)
                       : depth.lhs;
      prefetchOperand(view.lhs, view.m, base, ahead.row, tiles.tileRows,
                      shareOf(number), shareOf(p.add(number, p.constant(1))));
    }
    emitTile(block, depth, beginTile(block, row, column, sums), inGroup);
  });
  if (plan.finishesPanels)
    p.when(depth.last, [&] {
      Tile panel = beginTile(block, row, p.constant(0), sums);
      panel.columns = block.columns;
      finishTile(block, panel);
    });
}

/// The sums of the panel whose first row is `row` of the block.
Value ContractionEmitter::sumsAt(Value row) {
  Value sums = scratchAt(plan.sumsAt);
  return plan.keepsSums
             ? p.at(sums, view.computeType(), p.mul(row, plan.sumsStep))
             : sums;
}

/// The tile whose first row and column are given, of a panel of `sums`.
ContractionEmitter::Tile ContractionEmitter::beginTile(const Block &block,
                                                       Value row, Value column,
                                                       Value sums) {
  Tile tile;
  tile.row = row;
  tile.column = column;
  auto cut = [&](Value rest, int64_t most, int64_t edge, bool isExact,
                 Value &inside, Value &isAtEdge) {
    inside = p.min(rest, p.constant(most));
    isAtEdge = !edge     ? p.boolean(false)
               : isExact ? p.equal(inside, p.constant(edge))
                         : p.notAbove(inside, p.constant(edge));
    // Whether the micro-kernel computes nothing else.
    return p.equal(inside,
                   p.select(isAtEdge, p.constant(edge), p.constant(most)));
  };
  tile.hasAllRows =
      cut(p.sub(block.rows, row), tiles.tileRows, plan.edgeRows,
          /*isExact=*/plan.hasRest(), tile.rows, tile.isAtRowEdge);
  Value isWhole = p.both(tile.hasAllRows,
                         cut(p.sub(block.columns, column), tiles.tileColumns,
                             plan.edgeColumns, /*isExact=*/false, tile.columns,
                             tile.isAtColumnEdge));
  bool keepsTile = plan.keepsSums || plan.finishesPanels;
  tile.sums = keepsTile ? p.at(sums, view.computeType(), column) : sums;
  tile.step = p.constant(plan.sumsStep);
  tile.isUnfinished = p.boolean(true);
  if (!plainResult || plan.keepsSums)
    return tile;
  // Vectors that cannot be masked reach beyond the last column.
  if (plan.edgeColumns % plan.problem.lanes != plan.edgeLanes)
    isWhole =
        p.both(isWhole, p.equal(tile.columns, p.constant(tiles.tileColumns)));
  OpBuilder::InsertionGuard guard(context.builder);
  context.builder.setInsertionPoint(p->getInsertionBlock(),
                                    p->getInsertionPoint());
  Value place =
      ContractionEpilogue(context, view, outer)
          .address(*plainResult, p.add(block.m, row), p.add(block.n, column));
  tile.isUnfinished = p.select(isWhole, p.boolean(false), p.boolean(true));
  tile.sums = p.select(isWhole, place, tile.sums);
  tile.step = p.select(isWhole, p.constant(plainResult->access.along(view.m)),
                       tile.step);
  return tile;
}

/// One block of k of a tile.
void ContractionEmitter::emitTile(const Block &block, const Depth &depth,
                                  const Tile &tile, Value inGroup) {
  // A matrix unit loads the sums of the next tile beside its products.
  if (plan.keepsSums && !plan.unit)
    prefetchSums(p.at(tile.sums, view.computeType(), tiles.tileColumns));
  SmallVector<Value> further = rowsAhead(block, depth, tile);
  if (plan.unit) {
    prefetchRows(depth, further);
    further = {p.constant(plan.a.panelBytes), p.constant(plan.b.panelBytes),
               tile.columns};
  }
  callMicrokernel(block, depth, tile, inGroup, further);
  if (plan.finishesPanels)
    return;
  p.when(p.both(depth.last, tile.isUnfinished),
         [&] { finishTile(block, tile); });
}

/// Adds one block of k to a tile. `further` are the arguments of the kind of
/// micro-kernel: what it asks for beside; or, of a matrix unit's, those about
/// panels.
void ContractionEmitter::callMicrokernel(const Block &block, const Depth &depth,
                                         const Tile &tile, Value inGroup,
                                         ValueRange further) {
  Value panelB =
      plan.b.direct
          ? move(view.rhs, move(view.rhs, depth.rhs, view.k, depth.from),
                 view.n, tile.column)
          : p.at(scratchAt(plan.b.panelsAt), p->getI8Type(),
                 p.mul(p.div(tile.column, tiles.panelColumns),
                       plan.b.panelBytes));
  auto call = [&](RowKind kind, bool atColumnEdge) {
    func::FuncOp function = plan.microkernels[kind][atColumnEdge];
    if (!function)
      return;
    SmallVector<Value> arguments = {
        Value(),   panelB,
        tile.sums, p.ceilDiv(depth.count, plan.kPerElement),
        tile.step, depth.first};
    placeRows(block, depth, tile, inGroup, kind, arguments);
    llvm::append_range(arguments, further);
    func::CallOp::create(*p, function, arguments);
  };
  auto chooseColumns = [&](RowKind kind) {
    p.choose(
        tile.isAtColumnEdge, [&] { call(kind, true); },
        [&] { call(kind, false); });
  };
  auto chooseRows = [&] {
    p.choose(
        tile.isAtRowEdge, [&] { chooseColumns(kEdgeRows); },
        [&] { chooseColumns(kAllRows); });
  };
  if (!plan.hasRest())
    return chooseRows();
  p.choose(tile.hasAllRows, chooseRows, [&] { chooseColumns(kRestRows); });
}

/// Says where a tile's rows of A are: the first of a micro-kernel's arguments,
/// and lists behind the others.
void ContractionEmitter::placeRows(const Block &block, const Depth &depth,
                                   const Tile &tile, Value inGroup,
                                   RowKind kind,
                                   SmallVectorImpl<Value> &arguments) {
  if (!plan.a.direct) {
    Value number = p.div(inGroup, tiles.panelRows);
    arguments[0] = p.at(scratchAt(plan.a.panelsAt), p->getI8Type(),
                        p.mul(number, plan.a.panelBytes));
    return;
  }
  bool isListed = plan.a.shape.depthListed;
  arguments[0] =
      isListed ? depth.lhs : move(view.lhs, depth.lhs, view.k, depth.from);
  if (!plan.a.shape.panelListed) {
    arguments[0] = move(view.lhs, arguments[0], view.m, tile.row);
    return;
  }
  if (plan.a.rowStep && kind != kRestRows) {
    arguments[0] =
        move(view.lhs, arguments[0], view.m, p.add(block.m, tile.row));
    return;
  }
  arguments.push_back(
      p.at(scratchAt(plan.a.panelListAt), p->getI64Type(), tile.row));
  if (isListed)
    arguments.push_back(scratchAt(plan.a.depthListAt));
}

/// Finishes a tile, or as many columns as it says.
void ContractionEmitter::finishTile(const Block &block, const Tile &tile) {
  Value m = p.add(block.m, tile.row), n = p.add(block.n, tile.column);
  if (!view.isTransposed) {
    Value positions;
    if (view.n.isReordered)
      positions =
          p.at(scratchAt(plan.positionsAt), p->getI64Type(), tile.column);
    return finishRows(m, n, tile.rows, tile.columns, tile.sums, plan.sumsStep,
                      positions);
  }
  Value turned = scratchAt(plan.turnedAt), zero = p.constant(0);
  func::CallOp::create(*p, plan.turn,
                       ValueRange{turned, tile.sums, tile.rows, tile.columns,
                                  p.constant(plan.sumsStep), p.constant(1),
                                  tile.columns, zero, zero});
  finishRows(n, m, tile.columns, tile.rows, turned, plan.turnedStep, Value());
}

/// Runs the epilogue on results, the first of which is in row `m` and column
/// `n`; rows of their sums are `step` elements apart.
void ContractionEmitter::finishRows(Value m, Value n, Value rows, Value columns,
                                    Value sums, int64_t step, Value positions) {
  auto finish = [&](Value row) {
    OpBuilder::InsertionGuard guard(context.builder);
    context.builder.setInsertionPoint(p->getInsertionBlock(),
                                      p->getInsertionPoint());
    Value at = p.at(sums, view.computeType(), p.mul(row, step));
    if (failed(ContractionEpilogue(context, view, outer)
                   .emitRow(p.add(m, row), n, columns, at, positions)))
      result = failure();
  };
  if (constantOf(rows) == 1)
    return finish(p.constant(0));
  p.loop(p.constant(0), rows, 1, finish);
}

LogicalResult emitContraction(KernelContext &context) {
  FailureOr<ContractionView> view = ContractionView::create(context.planned);
  if (failed(view))
    return failure();
  if (DotPlan::applies(*view))
    return emitDot(context, *view);
  FailureOr<ContractionPlan> plan = ContractionPlan::create(
      context.planned, std::move(*view), context.target);
  if (failed(plan) || failed(context.verifyPlanned(plan->tasks)))
    return failure();
  // Those of a whole panel, and results in another order, are not foreseen.
  SmallVector<ContractionEpilogue::Rows> rows;
  if (!plan->finishesPanels && !plan->view.n.isReordered &&
      !plan->view.isTransposed)
    rows = ContractionEpilogue(context, plan->view, {})
               .rowsOf(plan->tiles.tileColumns);
  SmallVector<int64_t> lines;
  for (const ContractionEpilogue::Rows &row : rows)
    lines.push_back(row.lines);
  plan->createFunctions(context.planned->getParentOfType<ModuleOp>(),
                        context.target, lines);
  std::optional<ContractionEpilogue::Rows> plainResult;
  if (plan->isPlain)
    plainResult = ContractionEpilogue(context, plan->view, {}).soleResult();
  return ContractionEmitter(context, *plan, rows, plainResult).emit();
}

} // namespace dlcc::cpu
