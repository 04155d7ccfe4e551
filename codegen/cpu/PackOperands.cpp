//===- PackOperands.cpp - operands of a contraction into panels -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A micro-kernel reads its operands as panels [k][m or n]. An operand that is
// contiguous along m or n is copied vector by vector; one that is contiguous
// along k is transposed in registers: vectors along k of several rows are
// interleaved pairwise until a vector holds neighbours along the panel, or
// square blocks are turned (PanelTiles).
//
// A window's places in memory are listed: those of its rows or columns, those
// of its k, or both. It is contiguous for a run at a time (the channels of a
// pixel, the pixels of a line), and vectors begin anew with each run.
//
// Pairs of bf16 take the places of the elements: [k/2][m or n]. Along k, where
// neighbours lie side by side, two vectors become one of pairs, which then
// is transposed like any other; elsewhere a pair is made of two rows of k.
// Runs of odd length are packed without pairs, whose halves are then riffled.
//
// A matrix unit wants its left operand in tiles, rows of neighbours along k.
// They are copied as they lie where whole rows of tiles are contiguous; else a
// panel of pairs is packed like any other and transposed tile by tile, in
// place. Products with what lies beyond the last k would be added to the sums,
// so panels for such a unit end in zeros.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/PackOperands.h"

#include "codegen/cpu/BrainPairs.h"
#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/PanelTiles.h"
#include "codegen/cpu/PointerBuilder.h"
#include "codegen/cpu/SharedFunction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

/// Indices of k that are copied to a panel before the next one's turn. Where
/// rows are a power of two apart, all fall on one set of the first cache level,
/// and of the lines that the panels share it holds as many as it has ways.
constexpr int64_t kRowsAtOnce = 8;

/// The arguments of a packing function.
struct PackArguments {
  Value to, from, extent, kc, panel, depth, run, inRun, panelBytes;
};

class PackBuilder {
public:
  PackBuilder(OpBuilder &builder, Location loc, const PackShape &shape,
              const PackArguments &arguments)
      : p(builder, loc), shape(shape), args(arguments) {}

  void build() {
    if (shape.hasWholeRows)
      return copyRowsOfTiles();
    pack();
    if (!shape.hasOddRuns && !shape.filled)
      return;
    p.loop(p.constant(0), p.ceilDiv(args.extent, shape.panel), 1,
           [&](Value number) {
             Value panel = panelAt(number);
             if (shape.hasOddRuns)
               pairRows(p, panel, args.kc, shape.panel);
             if (shape.filled)
               fillPanel(p, panel, packedElements(), wholeTiles(), shape.panel);
             if (shape.inTiles)
               transposeTiles(p, panel, wholeTiles());
           });
  }

private:
  void pack() {
    switch (shape.order) {
    case OperandOrder::Panel:
      return shape.panelListed ? copyPieces() : copyRows();
    case OperandOrder::Depth:
      return transposeGroups();
    case OperandOrder::StridedPanel:
      return copyElementsAcross();
    case OperandOrder::StridedDepth:
      return copyElementsAlong();
    }
  }

  Value listed(Value offsets, Value index) {
    return p.load(p.at(offsets, p->getI64Type(), index), p->getI64Type(), 0);
  }

  /// The offset of an index along the panel's axis, of an index of k.
  Value panelOffset(Value index) {
    return shape.panelListed ? listed(args.panel, index)
                             : p.mul(index, args.panel);
  }
  Value depthOffset(Value k) {
    return shape.depthListed ? listed(args.depth, k) : p.mul(k, args.depth);
  }

  Value panelAt(Value number) {
    return p.at(args.to, p->getI8Type(), p.mul(number, args.panelBytes));
  }

  /// The elements that are stored: those of the panels, or their halves.
  Type stored() {
    return shape.hasOddRuns ? Type(IntegerType::get(p->getContext(), 16))
                            : shape.packed;
  }
  /// The indices of k in one of them.
  int64_t step() const {
    return shape.isOfPairs() && !shape.hasOddRuns ? 2 : 1;
  }

  /// `value` in the type that is stored, where that is not pairs.
  Value convert(Value value) {
    if (shape.hasOddRuns)
      return roundToBrain(*p, value);
    if (shape.isRounded)
      value = arith::TruncFOp::create(
          *p, withElement(value.getType(), p->getBF16Type()), value);
    if (getElementTypeOrSelf(value) == shape.packed)
      return value;
    Type type = withElement(value.getType(), shape.packed);
    if (isa<FloatType>(shape.source))
      return arith::ExtFOp::create(*p, type, value);
    if (shape.isUnsigned)
      return arith::ExtUIOp::create(*p, type, value);
    return arith::ExtSIOp::create(*p, type, value);
  }

  static Type withElement(Type like, Type element) {
    auto vector = dyn_cast<VectorType>(like);
    return vector ? Type(vector.clone(element)) : element;
  }

  //===--------------------------------------------------------------------===//
  // One row of a panel from one index of k, or from the two of a pair
  //===--------------------------------------------------------------------===//

  /// Calls `body` for each number in [from, to) of an element of k with the
  /// indices of k that it holds. Behind the last index stands none.
  void eachElement(Value from, Value to,
                   function_ref<void(Value, ArrayRef<Value>)> body) {
    if (step() == 1)
      return p.loop(from, to, 1, [&](Value k) { body(k, k); });
    Value whole = p.div(args.kc, 2);
    auto first = [&](Value number) { return p.mul(number, 2); };
    p.loop(from, p.min(to, whole), 1, [&](Value number) {
      Value k = first(number);
      body(number, {k, p.add(k, p.constant(1))});
    });
    p.when(p.less(whole, to), [&] { body(whole, {first(whole), Value()}); });
  }

  /// Elements along k in `count` indices.
  Value elementsIn(Value count) { return p.ceilDiv(count, step()); }

  /// What is stored of the vectors that `load` gives for the indices `ks`.
  Value rowOf(ArrayRef<Value> ks, function_ref<Value(Value)> load) {
    Value first = load(ks[0]);
    if (ks.size() == 1)
      return convert(first);
    Value second =
        ks[1] ? load(ks[1]) : zeroOf(*p, p->getLoc(), first.getType());
    return pairAcross(*p, first, second);
  }

  //===--------------------------------------------------------------------===//
  // Contiguous along the panel: each row of k is cut into panels
  //===--------------------------------------------------------------------===//

  void copyRows() {
    Value whole = p.div(args.extent, shape.panel);
    Value rest = p.rem(args.extent, shape.panel);
    // Some rows of a panel, then of the next one: rows are read in the order
    // of memory and yet the loop over k is the innermost one.
    int64_t rows = kRowsAtOnce / step();
    Value elements = elementsIn(args.kc);
    p.loop(p.constant(0), elements, rows, [&](Value from) {
      Value end = p.min(p.add(from, p.constant(rows)), elements);
      auto copyPanel = [&](Value panel, Value count) {
        eachElement(from, end, [&](Value number, ArrayRef<Value> ks) {
          copyPanelRow(ks, p.mul(number, shape.panel), panel, count);
        });
      };
      p.loop(p.constant(0), whole, 1,
             [&](Value panel) { copyPanel(panel, Value()); });
      p.when(p.less(p.constant(0), rest), [&] { copyPanel(whole, rest); });
    });
  }

  /// Copies one row of one panel, `count` elements of it where given.
  void copyPanelRow(ArrayRef<Value> ks, Value column, Value panel,
                    Value count) {
    Value to = p.at(panelAt(panel), shape.packed, column);
    for (int64_t at = 0; at < shape.panel;) {
      int64_t width = std::min<int64_t>(
          shape.lanes, llvm::bit_floor<uint64_t>(shape.panel - at));
      Value row = rowOf(ks, [&](Value k) {
        Value from = p.at(args.from, shape.source, depthOffset(k));
        from = p.at(from, shape.source, p.mul(panel, shape.panel));
        Value chunk = p.at(from, shape.source, at);
        return count ? p.loadFirst(chunk, shape.source, width,
                                   p.sub(count, p.constant(at)))
                     : p.load(chunk, shape.source, width);
      });
      p.store(row, p.at(to, shape.packed, at));
      at += width;
    }
  }

  //===--------------------------------------------------------------------===//
  // Runs along the panel: a panel's row is put together of them
  //===--------------------------------------------------------------------===//

  struct Piece {
    Value from, to, mask;
  };

  void copyPieces() {
    p.loop(p.constant(0), args.extent, shape.panel, [&](Value first) {
      SmallVector<Piece> pieces = cutPanel(first);
      eachElement(p.constant(0), elementsIn(args.kc),
                  [&](Value number, ArrayRef<Value> ks) {
                    Value column = p.mul(number, shape.panel);
                    for (const Piece &piece : pieces) {
                      Value row = rowOf(ks, [&](Value k) {
                        return cpu::load(
                            *p, p->getLoc(),
                            p.at(piece.from, shape.source, depthOffset(k)),
                            VectorType::get({shape.lanes}, shape.source),
                            piece.mask);
                      });
                      p.store(row, p.at(piece.to, shape.packed, column));
                    }
                  });
    });
  }

  /// The pieces of the panel with column `first`. A piece that is not needed
  /// stands behind the last column and copies nothing.
  SmallVector<Piece> cutPanel(Value first) {
    Value columns = p.min(p.sub(args.extent, first), p.constant(shape.panel));
    Value to = panelAt(p.div(first, shape.panel));
    Value last = p.sub(columns, p.constant(1));
    Value inRun = p.rem(p.add(args.inRun, first), args.run);
    Value column = p.constant(0);
    SmallVector<Piece> pieces;
    for (int64_t i = 0; i < shape.pieces; ++i) {
      Value count = p.min(p.sub(columns, column), p.sub(args.run, inRun));
      count = p.min(count, p.constant(shape.lanes));
      Value offset = panelOffset(p.add(first, p.min(column, last)));
      pieces.push_back({p.at(args.from, shape.source, offset),
                        p.at(to, shape.packed, column),
                        firstLanes(*p, p->getLoc(), count, shape.lanes)});
      column = p.add(column, count);
      inRun = p.rem(p.add(inRun, count), args.run);
    }
    return pieces;
  }

  //===--------------------------------------------------------------------===//
  // Contiguous along k: groups of rows are transposed in registers
  //===--------------------------------------------------------------------===//

  /// Rows transposed together: a power of two that divides the panel.
  int64_t groupRows() const {
    int64_t powerOfTwo = shape.panel & -shape.panel;
    return std::min(powerOfTwo, shape.lanes);
  }

  void transposeGroups() {
    int64_t rows = groupRows();
    p.loop(p.constant(0), args.extent, rows, [&](Value first) {
      SmallVector<Value> sources = rowsFrom(first, rows);
      Value to = rowInPanel(first);
      if (!shape.depthListed)
        return transposeRun(sources, to, args.kc);
      eachRun([&](Value from, Value count) {
        Value offset = depthOffset(from);
        SmallVector<Value> moved;
        for (Value source : sources)
          moved.push_back(p.at(source, shape.source, offset));
        Value row = p.mul(p.div(from, step()), shape.panel);
        transposeRun(moved, p.at(to, stored(), row), count);
      });
    });
  }

  /// Calls `body` with the first index and the length of each run along k.
  void eachRun(function_ref<void(Value, Value)> body) {
    p.loop(p.sub(p.constant(0), args.inRun), args.kc, args.run,
           [&](Value head) {
             Value from = p.max(head, p.constant(0));
             Value end = p.min(p.add(head, args.run), args.kc);
             body(from, p.sub(end, from));
           });
  }

  /// The places of `count` rows. Rows past the end repeat the last one: nobody
  /// reads their products.
  SmallVector<Value> rowsFrom(Value first, int64_t count) {
    Value last = p.sub(args.extent, p.constant(1));
    SmallVector<Value> sources;
    for (int64_t i = 0; i < count; ++i) {
      Value row = p.min(p.add(first, p.constant(i)), last);
      sources.push_back(p.at(args.from, shape.source, panelOffset(row)));
    }
    return sources;
  }

  Value rowInPanel(Value row) {
    return p.at(panelAt(p.div(row, shape.panel)), stored(),
                p.rem(row, shape.panel));
  }

  /// Transposes `count` neighbours along k.
  void transposeRun(ArrayRef<Value> sources, Value to, Value count) {
    int64_t block = shape.lanes * step();
    Value whole = p.mul(p.div(count, block), block);
    p.loop(p.constant(0), whole, block,
           [&](Value k) { transposeBlock(sources, to, k, Value()); });
    Value rest = p.rem(count, block);
    p.when(p.less(p.constant(0), rest),
           [&] { transposeBlock(sources, to, whole, rest); });
  }

  /// `lanes` elements from `from` on, of `count` indices of k where given.
  Value loadAlong(Value from, Value count) {
    auto load = [&](int64_t skipped) {
      Value chunk = p.at(from, shape.source, skipped);
      return count ? p.loadFirst(chunk, shape.source, shape.lanes,
                                 p.sub(count, p.constant(skipped)))
                   : p.load(chunk, shape.source, shape.lanes);
    };
    return step() == 1 ? convert(load(0))
                       : pairAlong(*p, load(0), load(shape.lanes));
  }

  /// Whether blocks have as many rows as columns, of four bytes as they are.
  bool isSquare() const {
    return groupRows() == shape.lanes && shape.lanes % kPartLanes == 0 &&
           shape.source == shape.packed && !shape.isRounded &&
           storageBytes(shape.source) == 4;
  }

  /// Transposes `lanes` columns from k on, of `count` indices where given.
  void transposeBlock(ArrayRef<Value> sources, Value to, Value k, Value count) {
    SmallVector<Value> mixed;
    if (!count && isSquare()) {
      mixed = turnSquare(*p, shape.lanes, [&](int64_t row, int64_t column) {
        Value from = p.at(sources[row], shape.source, k);
        return p.load(p.at(from, shape.source, column), shape.source,
                      kPartLanes);
      });
    } else {
      SmallVector<Value> rows;
      for (Value source : sources)
        rows.push_back(loadAlong(p.at(source, shape.source, k), count));
      mixed = interleave(*p, rows);
    }
    Value target = p.at(to, stored(), p.mul(p.div(k, step()), shape.panel));
    for (auto [number, value] : llvm::enumerate(mixed))
      storeColumns(value, target, number * shape.lanes);
  }

  /// Stores a vector whose elements are numbered [k][row of the group] from
  /// `number` on.
  void storeColumns(Value value, Value to, int64_t number) {
    int64_t rows = groupRows();
    int64_t width = rows == shape.panel ? shape.lanes : rows;
    for (int64_t at = 0; at < shape.lanes; at += width) {
      Value part = value;
      if (width != shape.lanes)
        part = vector::ExtractStridedSliceOp::create(
            *p, value, ArrayRef<int64_t>{at}, ArrayRef<int64_t>{width},
            ArrayRef<int64_t>{1});
      int64_t k = (number + at) / rows, row = (number + at) % rows;
      p.store(part, p.at(to, stored(), k * shape.panel + row));
    }
  }

  //===--------------------------------------------------------------------===//
  // Tiles of a matrix unit
  //===--------------------------------------------------------------------===//

  /// Elements of a panel along k, and those up to the end of its last tile.
  Value packedElements() {
    return p.ceilDiv(args.kc, shape.isOfPairs() ? 2 : 1);
  }
  Value wholeTiles() {
    return p.mul(p.ceilDiv(packedElements(), shape.filled), shape.filled);
  }

  /// Copies rows that are contiguous along k, at least for the row of a tile
  /// at a time. Vectors that go beyond the last k end in zeros.
  void copyRowsOfTiles() {
    p.loop(p.constant(0), args.extent, 1, [&](Value row) {
      Value from = p.at(args.from, shape.source, panelOffset(row));
      Value to = p.at(panelAt(p.div(row, shape.panel)), shape.packed,
                      p.mul(p.rem(row, shape.panel), shape.lanes));
      if (!shape.depthListed)
        return copyRun(from, to, args.kc);
      eachRun([&](Value first, Value count) {
        Value tile = p.mul(p.div(first, step()), shape.panel);
        copyRun(p.at(from, shape.source, depthOffset(first)),
                p.at(to, shape.packed, tile), count);
      });
    });
  }

  /// `count` neighbours along k, which begin with a tile's row.
  void copyRun(Value from, Value to, Value count) {
    int64_t width = shape.lanes * step();
    auto copyTileRow = [&](Value k, Value count) {
      Value tile = p.mul(p.div(k, step()), shape.panel);
      p.store(loadAlong(p.at(from, shape.source, k), count),
              p.at(to, shape.packed, tile));
    };
    Value whole = p.mul(p.div(count, width), width);
    p.loop(p.constant(0), whole, width,
           [&](Value k) { copyTileRow(k, Value()); });
    Value rest = p.rem(count, width);
    p.when(p.less(p.constant(0), rest), [&] { copyTileRow(whole, rest); });
  }

  //===--------------------------------------------------------------------===//
  // Neither: one element at a time
  //===--------------------------------------------------------------------===//

  void copy(Value from, Value to) {
    p.store(convert(p.load(from, shape.source, 0)), to);
  }

  /// Collects a row of pairs from their places in memory.
  void collectPairs(ArrayRef<Value> sources, ArrayRef<Value> ks, Value to) {
    auto count = static_cast<int64_t>(sources.size());
    p.store(rowOf(ks,
                  [&](Value k) {
                    Value offset = depthOffset(k);
                    SmallVector<Value> numbers;
                    for (Value source : sources)
                      numbers.push_back(p.load(
                          p.at(source, shape.source, offset), shape.source, 0));
                    return vector::FromElementsOp::create(
                        *p, VectorType::get({count}, shape.source), numbers);
                  }),
            to);
  }

  /// Several rows at a time, which share the offsets along k.
  void copyElementsAlong() {
    int64_t rows = std::min<int64_t>(shape.panel & -shape.panel, 8);
    p.loop(p.constant(0), args.extent, rows, [&](Value first) {
      SmallVector<Value> sources = rowsFrom(first, rows);
      Value to = rowInPanel(first);
      eachElement(p.constant(0), elementsIn(args.kc),
                  [&](Value element, ArrayRef<Value> ks) {
                    Value row =
                        p.at(to, shape.packed, p.mul(element, shape.panel));
                    if (shape.isOfPairs())
                      return collectPairs(sources, ks, row);
                    Value offset = depthOffset(ks[0]);
                    for (auto [number, source] : llvm::enumerate(sources))
                      copy(p.at(source, shape.source, offset),
                           p.at(row, shape.packed, number));
                  });
    });
  }

  void copyElementsAcross() {
    if (shape.isOfPairs())
      return collectPairsAcross();
    p.loop(p.constant(0), args.extent, shape.panel, [&](Value first) {
      Value columns = p.min(p.sub(args.extent, first), p.constant(shape.panel));
      Value to = panelAt(p.div(first, shape.panel));
      p.loop(p.constant(0), args.kc, 1, [&](Value k) {
        Value from = p.at(args.from, shape.source, depthOffset(k));
        Value row = p.at(to, shape.packed, p.mul(k, shape.panel));
        p.loop(p.constant(0), columns, 1, [&](Value column) {
          Value offset = panelOffset(p.add(first, column));
          copy(p.at(from, shape.source, offset),
               p.at(row, shape.packed, column));
        });
      });
    });
  }

  void collectPairsAcross() {
    int64_t rows = std::min<int64_t>(shape.panel & -shape.panel, 8);
    eachElement(p.constant(0), elementsIn(args.kc),
                [&](Value element, ArrayRef<Value> ks) {
                  p.loop(p.constant(0), args.extent, rows, [&](Value first) {
                    Value to = p.at(rowInPanel(first), shape.packed,
                                    p.mul(element, shape.panel));
                    collectPairs(rowsFrom(first, rows), ks, to);
                  });
                });
  }

  PointerBuilder p;
  const PackShape &shape;
  const PackArguments &args;
};

std::string nameOf(const PackShape &shape) {
  static constexpr llvm::StringLiteral orders[] = {"rows", "columns", "across",
                                                   "along"};
  std::string name;
  llvm::raw_string_ostream stream(name);
  stream << "pack_" << shape.source;
  if (shape.isOfPairs())
    stream << "_pairs";
  else if (shape.source != shape.packed)
    stream << (shape.isUnsigned ? "u_" : "_") << shape.packed;
  if (shape.isRounded && !shape.isOfPairs())
    stream << "_rounded";
  stream << '_' << orders[static_cast<int>(shape.order)] << '_' << shape.panel;
  if (shape.panelListed)
    stream << "_listed";
  if (shape.depthListed)
    stream << (shape.hasOddRuns ? "_k_listed_oddly" : "_k_listed");
  if (shape.order == OperandOrder::Panel && shape.panelListed)
    stream << '_' << shape.pieces;
  if (shape.inTiles)
    stream << (shape.hasWholeRows ? "_tile_rows" : "_tiles");
  else if (shape.filled)
    stream << "_filled";
  return name;
}

} // namespace

int64_t PackShape::roomFor(int64_t depth) const {
  bool manyRuns = order == OperandOrder::Depth && depthListed;
  return llvm::alignTo(depth, lanes) + (manyRuns ? lanes : 0);
}

func::FuncOp getOrCreatePacking(ModuleOp module, const PackShape &shape) {
  Builder types(module.getContext());
  Type pointer = LLVM::LLVMPointerType::get(module.getContext());
  Type i64 = types.getI64Type();
  return getOrCreateShared(
      module, nameOf(shape),
      {pointer, pointer, i64, i64, shape.panelListed ? pointer : i64,
       shape.depthListed ? pointer : i64, i64, i64, i64},
      /*apart=*/2, [&](OpBuilder &builder, ValueRange given) {
        PackArguments arguments{given[0], given[1], given[2],
                                given[3], given[4], given[5],
                                given[6], given[7], given[8]};
        PackBuilder(builder, module.getLoc(), shape, arguments).build();
      });
}

} // namespace dlcc::cpu
