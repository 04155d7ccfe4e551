//===- WinogradKernel.cpp - convolutions with fewer products --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loops of a task. Forward:
//
//   transform the filters of the task's columns
//   for each block of tiles
//     for each block of channels
//       transform the image under the tiles
//       at each point: add the product of both to the sums
//     for each tile: transform the sums, epilogue on each result
//
// The gradient of filters:
//
//   for each block of tiles
//     transform the image under the tiles, and dy
//     at each point: add the product of both to the sums
//   for each channel: transform the sums, epilogue on each result
//
// All of it happens in the task's own scratch: nothing transformed travels
// through memory. At each point an element of the sums is one chain of fused
// multiply-adds over ascending channels, or tiles.
//
// Tiles at the edge reach beyond the image. There its last line is read again:
// that only enters results that nobody asks for. Of dy zeros are read.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ContractionEpilogue.h"
#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/PointerBuilder.h"
#include "codegen/cpu/WinogradPlan.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

/// A tile: its image, and its first place in it.
struct Tile {
  Value image, place[2];
};

/// Part of the result, of the tiles or of the channels.
struct Range {
  Value from, count;
};

class WinogradEmitter {
public:
  WinogradEmitter(KernelContext &context, const WinogradPlan &plan)
      : context(context), plan(plan), view(plan.view), size(plan.view.size),
        type(plan.type()), p(context.builder, context.loc),
        arithmetic(*p, context.target.hasFusedMultiplyAdd()) {}

  LogicalResult emit();

private:
  void emitForward(Range tiles, Range columns);
  void emitGradient(Range channels, Range columns);
  void transformFilters(Range columns);
  void transformImage(Range tiles, Value channel, Value count);
  void prefetchBelow(Value channel, const Tile &tile);
  void transformResultGradient(Range tiles, Range columns);
  void multiply(Value rows, Value depth, Value columns, Value factorRow,
                Value first);
  void transformSums(Value row, Value columns);
  void eachResult(Value lines, Value pixels,
                  llvm::function_ref<void(Value, Value, Value)> body);
  void finishResult(ArrayRef<Value> inner, Value m, Range columns,
                    Value number);

  Value scratchAt(int64_t bytes) {
    return p.at(context.scratch, p->getI8Type(), bytes);
  }
  Value index(int64_t value) { return p.constant(value); }
  Value tileCount();
  Value inPanels(Value column);
  Tile tileAt(Value number);
  Value groupBase(const Operand &operand);
  Value move(const Operand &operand, Value base, Value by, int64_t dim) {
    return p.at(base, operand.elementType(),
                p.mul(by, WinogradView::step(operand, dim)));
  }
  void storeAll(ArrayRef<Value> values, const PointMatrices &to, Value offset);
  void list(int64_t at, Value count, int64_t room, int64_t step);

  KernelContext &context;
  const WinogradPlan &plan;
  const WinogradView &view;
  const WinogradSize size;
  Type type;
  PointerBuilder p;
  TransformArithmetic arithmetic;
  SmallVector<Value> groups;
  LogicalResult result = success();
};

/// The task's number: rows fastest, so that neighbours share filters.
LogicalResult WinogradEmitter::emit() {
  Value rest = context.task;
  auto take = [&](int64_t extent) {
    Value number = p.rem(rest, extent);
    rest = p.div(rest, extent);
    return number;
  };
  auto takeRange = [&](int64_t tasks, int64_t block, Value extent) {
    Value from = p.mul(take(tasks), block);
    return Range{from, p.min(p.sub(extent, from), index(block))};
  };
  Range rows = takeRange(plan.rowTasks, plan.taskRows,
                         view.isGradient ? index(view.extent(view.channel))
                                         : tileCount());
  Range columns = takeRange(plan.columnTasks, plan.taskColumns,
                            index(view.extent(view.column)));
  Value inside = p.less(index(0), rows.count);
  for (const Axis &axis : ArrayRef(view.view.outer).take_front(view.groups)) {
    groups.push_back(take(axis.extent));
    if (axis.rows)
      inside =
          p.both(inside, p.less(groups.back(), p.mul(context.rows, axis.rows)));
  }
  p.when(inside, [&] {
    if (view.isGradient)
      emitGradient(rows, columns);
    else
      emitForward(rows, columns);
  });
  return result;
}

void WinogradEmitter::emitForward(Range tiles, Range columns) {
  transformFilters(columns);
  int64_t channels = view.extent(view.channel);
  p.loop(index(0), tiles.count, plan.blockTiles, [&](Value inTask) {
    Range block{p.add(tiles.from, inTask),
                p.min(p.sub(tiles.count, inTask), index(plan.blockTiles))};
    list(plan.rowListAt, block.count, plan.blockTiles, plan.image.row);
    p.loop(index(0), index(channels), plan.blockChannels, [&](Value channel) {
      Value count =
          p.min(p.sub(index(channels), channel), index(plan.blockChannels));
      transformImage(block, channel, count);
      multiply(block.count, count, columns.count, channel,
               p.equal(channel, index(0)));
    });
    p.loop(index(0), block.count, 1, [&](Value number) {
      transformSums(number, columns.count);
      Tile tile = tileAt(p.add(block.from, number));
      auto inside = [&](int side) {
        Value extent = index(view.extent(view.sides[side].kept));
        return p.min(p.sub(extent, tile.place[side]), index(size.outputs));
      };
      eachResult(inside(0), inside(1), [&](Value i, Value j, Value number) {
        finishResult({tile.image, p.add(tile.place[0], i)},
                     p.add(tile.place[1], j), columns, number);
      });
    });
  });
}

void WinogradEmitter::emitGradient(Range channels, Range columns) {
  Value tiles = tileCount();
  list(plan.rowListAt, channels.count, plan.taskRows, 1);
  list(plan.depthListAt, index(plan.blockTiles), plan.blockTiles,
       plan.image.row);
  p.loop(index(0), tiles, plan.blockTiles, [&](Value from) {
    Range block{from, p.min(p.sub(tiles, from), index(plan.blockTiles))};
    transformImage(block, channels.from, channels.count);
    transformResultGradient(block, columns);
    multiply(channels.count, block.count, columns.count, index(0),
             p.equal(from, index(0)));
  });
  p.loop(index(0), channels.count, 1, [&](Value number) {
    transformSums(number, columns.count);
    Value channel = p.add(channels.from, number);
    eachResult(index(size.outputs), index(size.outputs),
               [&](Value i, Value j, Value number) {
                 finishResult({i, j}, channel, columns, number);
               });
  });
}

/// Tiles of the images of this call.
Value WinogradEmitter::tileCount() {
  Value images = index(view.imageCount());
  if (int64_t perRow = view.imagesOfRow())
    images = p.mul(context.rows, perRow);
  return p.mul(images, view.tiles(0) * view.tiles(1));
}

/// Where `column` lies in the factor's panels, from their first row.
Value WinogradEmitter::inPanels(Value column) {
  int64_t width = plan.tile.columns;
  return p.add(p.mul(p.div(column, width), plan.factor.panel),
               p.rem(column, width));
}

Tile WinogradEmitter::tileAt(Value number) {
  int64_t step = view.isGradient ? size.taps : size.outputs;
  Value across = p.rem(number, view.tiles(1));
  Value rest = p.div(number, view.tiles(1));
  return {p.div(rest, view.tiles(0)),
          {p.mul(p.rem(rest, view.tiles(0)), step), p.mul(across, step)}};
}

/// The operand at the indices of the task's groups.
Value WinogradEmitter::groupBase(const Operand &operand) {
  const Buffer *buffer = context.inputBuffer(operand.tensor);
  Value offset = index(operand.access.constant);
  for (auto [axis, group] : llvm::zip(view.view.outer, groups))
    offset = p.add(offset, p.mul(group, operand.access.along(axis)));
  return p.at(buffer->base, buffer->elementType, offset);
}

/// Lists `room` multiples of `step`, the last of `count` from there on.
void WinogradEmitter::list(int64_t at, Value count, int64_t room,
                           int64_t step) {
  Value last = p.sub(count, index(1));
  p.loop(index(0), index(room), 1, [&](Value number) {
    p.store(p.mul(p.min(number, last), step),
            p.at(scratchAt(at), p->getI64Type(), number));
  });
}

/// One vector for each point, at the same offset of their matrices.
void WinogradEmitter::storeAll(ArrayRef<Value> values, const PointMatrices &to,
                               Value offset) {
  Value first = p.at(scratchAt(to.at), type, offset);
  for (auto [point, value] : llvm::enumerate(values))
    p.store(value, p.at(first, type, int64_t(point) * to.matrix));
}

/// Panels [channel][columns] of each point.
void WinogradEmitter::transformFilters(Range columns) {
  Value base =
      move(view.factor, groupBase(view.factor), columns.from, view.column);
  p.loop(index(0), columns.count, plan.lanes, [&](Value column) {
    Value remaining = p.sub(columns.count, column);
    Value panel = inPanels(column);
    p.loop(index(0), index(view.extent(view.channel)), 1, [&](Value channel) {
      Value from = move(view.factor, base, channel, view.channel);
      from = move(view.factor, from, column, view.column);
      SmallVector<Value> taps;
      for (int64_t i = 0; i < size.taps; ++i)
        for (int64_t j = 0; j < size.taps; ++j) {
          auto tap = [&](int64_t number, const WinogradView::Side &side) {
            return index(side.isFlipped ? size.taps - 1 - number : number);
          };
          Value line = move(view.factor, from, tap(i, view.sides[0]),
                            view.sides[0].summed);
          Value at = move(view.factor, line, tap(j, view.sides[1]),
                          view.sides[1].summed);
          taps.push_back(p.loadFirst(at, type, plan.lanes, remaining));
        }
      storeAll(applyTwice(plan.matrices.filter, taps, arithmetic), plan.factor,
               p.add(panel, p.mul(channel, plan.factor.row)));
    });
  });
}

/// Rows [tile][channels] of each point.
void WinogradEmitter::transformImage(Range tiles, Value channel, Value count) {
  int64_t points = plan.matrices.points();
  Value base = move(view.image, groupBase(view.image), channel, view.channel);
  // Where windows are read from their far end, the image begins there.
  for (const WinogradView::Side &side : view.sides)
    if (side.isFlipped)
      base = move(view.image, base, index(size.taps - 1), side.summed);
  bool isWhole = view.extent(view.channel) % plan.lanes == 0 &&
                 (!view.isGradient || plan.rowTasks == 1 ||
                  plan.taskRows % plan.lanes == 0);
  p.loop(index(0), tiles.count, 1, [&](Value number) {
    Tile tile = tileAt(p.add(tiles.from, number));
    Value from = move(view.image, base, tile.image, view.images);
    // The places of a tile's lines and pixels in the image.
    auto offsets = [&](int number) {
      const WinogradView::Side &side = view.sides[number];
      int64_t last = view.extent(side.kept) + view.extent(side.summed) - 2;
      SmallVector<Value> result;
      for (int64_t i = 0; i < points; ++i) {
        Value at = p.min(p.add(tile.place[number], index(i)), index(last));
        result.push_back(p.mul(at, WinogradView::step(view.image, side.kept)));
      }
      return result;
    };
    SmallVector<Value> lines = offsets(0), pixels = offsets(1);
    p.loop(index(0), count, plan.lanes, [&](Value vector) {
      Value remaining = p.sub(count, vector);
      Value first = p.at(from, type, vector);
      SmallVector<Value> elements;
      for (Value line : lines)
        for (Value pixel : pixels) {
          Value at = p.at(p.at(first, type, line), type, pixel);
          elements.push_back(
              isWhole ? p.load(at, type, plan.lanes)
                      : p.loadFirst(at, type, plan.lanes, remaining));
        }
      prefetchBelow(first, tile);
      storeAll(applyTwice(plan.matrices.input, elements, arithmetic),
               plan.image, p.add(p.mul(number, plan.image.row), vector));
    });
  });
}

/// Asks for what the tile below, whose turn comes a line of tiles later, sees
/// and this one does not; behind the last line that lies in the next image.
void WinogradEmitter::prefetchBelow(Value channel, const Tile &tile) {
  int64_t step = view.isGradient ? size.taps : size.outputs;
  auto at = [&](Value base, Value place, int side, int64_t number) {
    return p.at(base, type,
                p.mul(p.add(place, index(number)),
                      WinogradView::step(view.image, view.sides[side].kept)));
  };
  for (int64_t i = 0; i < step; ++i) {
    Value line = at(channel, tile.place[0], 0, plan.matrices.points() + i);
    for (int64_t j = 0; j < step; ++j)
      p.prefetch(at(line, tile.place[1], 1, j), /*atOnce=*/true);
  }
}

/// Panels [tile][columns] of each point, from dy.
void WinogradEmitter::transformResultGradient(Range tiles, Range columns) {
  Value base =
      move(view.factor, groupBase(view.factor), columns.from, view.column);
  p.loop(index(0), tiles.count, 1, [&](Value number) {
    Tile tile = tileAt(p.add(tiles.from, number));
    Value from = move(view.factor, base, tile.image, view.images);
    auto place = [&](int side, int64_t number) {
      return p.add(tile.place[side], index(number));
    };
    auto isInside = [&](int side, Value place) {
      int64_t extent = view.extent(view.sides[side].summed);
      return extent % size.taps == 0 ? p.boolean(true)
                                     : p.less(place, index(extent));
    };
    p.loop(index(0), columns.count, plan.lanes, [&](Value column) {
      Value remaining = p.sub(columns.count, column);
      SmallVector<Value> taps;
      for (int64_t i = 0; i < size.taps; ++i)
        for (int64_t j = 0; j < size.taps; ++j) {
          Value line = place(0, i), pixel = place(1, j);
          Value at = move(view.factor, from, line, view.sides[0].summed);
          at = move(view.factor, at, pixel, view.sides[1].summed);
          at = p.at(at, type, column);
          Value counts = p.select(p.both(isInside(0, line), isInside(1, pixel)),
                                  remaining, index(0));
          taps.push_back(p.loadFirst(at, type, plan.lanes, counts));
        }
      storeAll(applyTwice(plan.matrices.filter, taps, arithmetic), plan.factor,
               p.add(inPanels(column), p.mul(number, plan.factor.row)));
    });
  });
}

/// At each point the product of `rows` rows of the image with the factor from
/// its row `factorRow` on, added to the sums.
void WinogradEmitter::multiply(Value rows, Value depth, Value columns,
                               Value factorRow, Value first) {
  const PointMatrices &a = plan.image, &b = plan.factor, &c = plan.sums;
  p.loop(index(0), index(plan.points()), 1, [&](Value point) {
    auto matrix = [&](const PointMatrices &matrices) {
      return p.at(scratchAt(matrices.at), type, p.mul(point, matrices.matrix));
    };
    Value image = matrix(a), sums = matrix(c);
    Value factor = p.at(matrix(b), type, p.mul(factorRow, b.row));
    p.loop(index(0), columns, plan.tile.columns, [&](Value column) {
      Value number = p.div(column, plan.tile.columns);
      Value panel = p.at(factor, type, p.mul(number, b.panel));
      p.loop(index(0), rows, plan.tile.rows, [&](Value row) {
        Value to = p.at(p.at(sums, type, p.mul(row, c.row)), type, column);
        SmallVector<Value> arguments = {
            image,
            panel,
            to,
            depth,
            index(c.row),
            first,
            p.at(scratchAt(plan.rowListAt), p->getI64Type(), row)};
        if (view.isGradient)
          arguments.push_back(scratchAt(plan.depthListAt));
        func::CallOp::create(*p, plan.microkernel, arguments);
      });
    });
  });
}

/// The results of one row of the sums: one row of columns for each.
void WinogradEmitter::transformSums(Value row, Value columns) {
  Value sums = p.at(scratchAt(plan.sums.at), type, p.mul(row, plan.sums.row));
  p.loop(index(0), columns, plan.lanes, [&](Value column) {
    SmallVector<Value> points;
    for (int64_t point = 0; point < plan.points(); ++point)
      points.push_back(
          p.load(p.at(p.at(sums, type, column), type, point * plan.sums.matrix),
                 type, plan.lanes));
    Value to = p.at(scratchAt(plan.resultsAt), type, column);
    for (auto [number, value] :
         llvm::enumerate(applyTwice(plan.matrices.output, points, arithmetic)))
      p.store(value, p.at(to, type, int64_t(number) * plan.resultsRow));
  });
}

/// Calls `body` for the first `lines` by `pixels` results of a tile, with their
/// numbers.
void WinogradEmitter::eachResult(Value lines, Value pixels,
                                 function_ref<void(Value, Value, Value)> body) {
  p.loop(index(0), lines, 1, [&](Value i) {
    p.loop(index(0), pixels, 1,
           [&](Value j) { body(i, j, p.add(p.mul(i, size.outputs), j)); });
  });
}

/// The epilogue of a result, at the indices `inner` of the epilogue's outer
/// axes behind the groups.
void WinogradEmitter::finishResult(ArrayRef<Value> inner, Value m,
                                   Range columns, Value number) {
  OpBuilder::InsertionGuard guard(context.builder);
  context.builder.setInsertionPoint(p->getInsertionBlock(),
                                    p->getInsertionPoint());
  SmallVector<Value> outer(groups);
  llvm::append_range(outer, inner);
  ContractionEpilogue epilogue(context, view.view, outer);
  Value at =
      p.at(scratchAt(plan.resultsAt), type, p.mul(number, plan.resultsRow));
  if (failed(epilogue.emitRow(m, columns.from, columns.count, at, Value())))
    result = failure();
}

} // namespace

bool isWinograd(func::FuncOp kernel) {
  return winogradSizeOf(kernel).has_value();
}

LogicalResult selectWinograd(func::FuncOp kernel, const TargetTable &target) {
  FailureOr<WinogradPlan> plan = WinogradPlan::create(kernel, target);
  if (failed(plan))
    return failure();
  OpBuilder b(kernel);
  kernel->setAttr(attr::kTasks, b.getI64IntegerAttr(plan->tasks));
  kernel->setAttr(attr::kScratch, b.getI64IntegerAttr(plan->scratchBytes));
  kernel->setAttr(
      attr::kTiles,
      b.getDenseI64ArrayAttr(
          {plan->tile.rows, plan->tile.columns,
           plan->view.isGradient ? plan->blockTiles : plan->blockChannels,
           plan->taskRows, plan->taskColumns}));
  WinogradSize size = plan->view.size;
  kernel->setAttr(attr::kWinograd,
                  b.getDenseI64ArrayAttr({size.outputs, size.taps}));
  return success();
}

LogicalResult emitWinograd(KernelContext &context) {
  FailureOr<WinogradPlan> plan =
      WinogradPlan::create(context.planned, context.target);
  if (failed(plan) || failed(context.verifyPlanned(plan->tasks)))
    return failure();
  plan->createFunctions(context.planned->getParentOfType<ModuleOp>(),
                        context.target);
  return WinogradEmitter(context, *plan).emit();
}

} // namespace dlcc::cpu
