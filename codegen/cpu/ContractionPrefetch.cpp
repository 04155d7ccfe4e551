//===- ContractionPrefetch.cpp - what a product asks for ahead ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory is slow to answer and the micro-kernel needs none, so whatever comes
// after it is asked for before: the tile's share of the rows and columns that
// are packed next, and what the epilogue will read and write.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ContractionEmitter.h"
#include "codegen/cpu/MemoryAccess.h"

using namespace mlir;

namespace dlcc::cpu {

/// What the micro-kernel asks for beside the multiply-adds of a tile: the
/// panel's share of the columns of B in the next block of k, or of the next
/// panel where B is streamed, and, in the last block, what the epilogue goes
/// through; before that, the tile itself, which is at hand.
SmallVector<Value> ContractionEmitter::rowsAhead(const Block &block,
                                                 const Depth &depth,
                                                 const Tile &tile) {
  SmallVector<Value> ahead;
  if (plan.b.prefetched) {
    Value panels = p.ceilDiv(block.rows, tiles.tileRows);
    Value share =
        p.div(p.mul(p.div(tile.row, tiles.tileRows), plan.blockK()), panels);
    Value k = p.add(depth.from, share), column = tile.column;
    Value nextBlock = p.constant(plan.blockK());
    if (plan.streamsB) {
      column = p.add(column, p.constant(tiles.tileColumns));
      Value isThere = p.less(column, block.columns);
      column = p.select(isThere, column, p.constant(0));
      nextBlock = p.select(isThere, p.constant(0), nextBlock);
    }
    k = p.add(k, nextBlock);
    const DimAccess &access = view.rhs.access;
    int64_t step = access.step(access.step(view.k) == 1 ? view.n : view.k);
    int64_t bytes = storageBytes(view.rhs.elementType());
    Value from = move(view.rhs, depth.rhs, view.n, column);
    ahead.append({move(view.rhs, from, view.k, k), p.constant(step * bytes),
                  p.constant(plan.b.rowsAhead)});
  }
  Value m = p.add(block.m, tile.row), n = p.add(block.n, tile.column);
  for (const ContractionEpilogue::Rows &rows : epilogueRows) {
    OpBuilder::InsertionGuard guard(context.builder);
    context.builder.setInsertionPoint(p->getInsertionBlock(),
                                      p->getInsertionPoint());
    Value from = ContractionEpilogue(context, view, outer).address(rows, m, n);
    int64_t step =
        rows.access.along(view.m) * storageBytes(rows.buffer->elementType);
    ahead.append({p.select(depth.last, from, tile.sums),
                  p.select(depth.last, p.constant(step), p.constant(0)),
                  tile.rows});
  }
  return ahead;
}

/// Asks for the rows ahead before a micro-kernel that does not.
void ContractionEmitter::prefetchRows(const Depth &depth, ValueRange ahead) {
  Type byte = p->getI8Type();
  auto takeRows = [&](int64_t lines) {
    Value from = ahead[0], step = ahead[1];
    p.loop(p.constant(0), ahead[2], 1, [&](Value number) {
      Value row = p.at(from, byte, p.mul(number, step));
      for (int64_t line = 0; line < lines; ++line)
        p.prefetch(p.at(row, byte, line * kCacheLine), /*atOnce=*/false);
    });
    ahead = ahead.drop_front(3);
  };
  if (plan.b.prefetched)
    takeRows(plan.b.linesAhead);
  p.when(depth.last, [&] {
    for (const ContractionEpilogue::Rows &rows : epilogueRows)
      takeRows(rows.lines);
  });
}

/// Asks for `count` rows or columns of an operand, from number `from` of the
/// block on, and those lines of them that begin within steps [firstK, endK).
void ContractionEmitter::prefetchOperand(const Operand &operand,
                                         const Axis &panel, Value base,
                                         Value from, int64_t count,
                                         Value firstK, Value endK) {
  int64_t line = kCacheLine / storageBytes(operand.elementType());
  base = move(operand, base, panel, from);
  if (operand.access.step(view.k) == 1) {
    p.loop(p.mul(p.ceilDiv(firstK, line), line), endK, line, [&](Value k) {
      Value first = move(operand, base, view.k, k);
      for (int64_t i = 0; i < count; ++i)
        p.prefetch(
            p.at(first, operand.elementType(), i * operand.access.step(panel)),
            /*atOnce=*/false);
    });
    return;
  }
  p.loop(firstK, endK, 1, [&](Value k) {
    Value first = move(operand, base, view.k, k);
    for (int64_t i = 0; i < count; i += line)
      p.prefetch(p.at(first, operand.elementType(), i), /*atOnce=*/false);
  });
}

/// Asks for the sums of a tile.
void ContractionEmitter::prefetchSums(Value sums) {
  Type type = view.computeType();
  int64_t line = kCacheLine / storageBytes(type);
  for (int64_t row = 0; row < tiles.tileRows; ++row)
    for (int64_t at = 0; at < tiles.tileColumns; at += line)
      p.prefetch(p.at(sums, type, row * plan.sumsStep + at), /*atOnce=*/true);
}

} // namespace dlcc::cpu
