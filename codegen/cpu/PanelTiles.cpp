//===- PanelTiles.cpp - panels turned in registers ------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/PanelTiles.h"

#include "codegen/cpu/MemoryAccess.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlcc::cpu {

/// lhs[from], rhs[from], lhs[from + 1], rhs[from + 1], … of half the elements.
static Value riffle(ImplicitLocOpBuilder &b, Value lhs, Value rhs,
                    bool isUpperHalf) {
  int64_t count = cast<VectorType>(lhs.getType()).getNumElements();
  int64_t from = isUpperHalf ? count / 2 : 0;
  SmallVector<int64_t> mask;
  for (int64_t i = from; i < from + count / 2; ++i)
    mask.append({i, count + i});
  return vector::ShuffleOp::create(b, lhs, rhs, mask);
}

// The even and the odd rows are brought into order by themselves, then riffled.
SmallVector<Value> interleave(ImplicitLocOpBuilder &b, ArrayRef<Value> rows) {
  if (rows.size() == 1)
    return {rows.front()};
  SmallVector<Value> even, odd;
  for (auto [number, row] : llvm::enumerate(rows))
    (number % 2 ? odd : even).push_back(row);
  SmallVector<Value> mixed;
  SmallVector<Value> odds = interleave(b, odd);
  for (auto [number, value] : llvm::enumerate(interleave(b, even))) {
    mixed.push_back(riffle(b, value, odds[number], /*isUpperHalf=*/false));
    mixed.push_back(riffle(b, value, odds[number], /*isUpperHalf=*/true));
  }
  return mixed;
}

/// Two vectors one after the other.
static Value join(ImplicitLocOpBuilder &b, Value lhs, Value rhs) {
  int64_t count = cast<VectorType>(lhs.getType()).getNumElements();
  return vector::ShuffleOp::create(
      b, lhs, rhs, llvm::to_vector(llvm::seq<int64_t>(0, 2 * count)));
}

/// In each part of a vector the elements `order` of that of `lhs` (0 to 3) and
/// of that of `rhs` (4 to 7).
static Value mixParts(ImplicitLocOpBuilder &b, Value lhs, Value rhs,
                      ArrayRef<int64_t> order) {
  int64_t count = cast<VectorType>(lhs.getType()).getNumElements();
  SmallVector<int64_t> mask;
  for (int64_t part = 0; part < count; part += kPartLanes)
    for (int64_t at : order)
      mask.push_back(part + at % kPartLanes + (at < kPartLanes ? 0 : count));
  return vector::ShuffleOp::create(b, lhs, rhs, mask);
}

SmallVector<Value> turnSquare(ImplicitLocOpBuilder &b, int64_t lanes,
                              function_ref<Value(int64_t, int64_t)> load) {
  SmallVector<Value> columns;
  for (int64_t column = 0; column < lanes; column += kPartLanes) {
    // Part number i of row[j] comes from row 4 * i + j.
    SmallVector<Value> row;
    for (int64_t j = 0; j < kPartLanes; ++j) {
      SmallVector<Value> parts;
      for (int64_t from = j; from < lanes; from += kPartLanes)
        parts.push_back(load(from, column));
      for (; parts.size() > 1; parts.resize(parts.size() / 2))
        for (size_t i = 0; i < parts.size() / 2; ++i)
          parts[i] = join(b, parts[2 * i], parts[2 * i + 1]);
      row.push_back(parts.front());
    }
    Value low = mixParts(b, row[0], row[1], {0, 4, 1, 5});
    Value high = mixParts(b, row[0], row[1], {2, 6, 3, 7});
    Value lowBehind = mixParts(b, row[2], row[3], {0, 4, 1, 5});
    Value highBehind = mixParts(b, row[2], row[3], {2, 6, 3, 7});
    columns.push_back(mixParts(b, low, lowBehind, {0, 1, 4, 5}));
    columns.push_back(mixParts(b, low, lowBehind, {2, 3, 6, 7}));
    columns.push_back(mixParts(b, high, highBehind, {0, 1, 4, 5}));
    columns.push_back(mixParts(b, high, highBehind, {2, 3, 6, 7}));
  }
  return columns;
}

void fillPanel(PointerBuilder &p, Value panel, Value from, Value to,
               int64_t width) {
  Type pair = p->getI32Type();
  Value zeros = zeroOf(*p, p->getLoc(), VectorType::get({kTileSide}, pair));
  p.loop(from, to, 1, [&](Value k) {
    Value row = p.at(panel, pair, p.mul(k, width));
    for (int64_t at = 0; at < width; at += kTileSide)
      p.store(zeros, p.at(row, pair, at));
  });
}

void transposeTiles(PointerBuilder &p, Value panel, Value depth) {
  Type pair = p->getI32Type();
  p.loop(p.constant(0), depth, kTileSide, [&](Value k) {
    Value tile = p.at(panel, pair, p.mul(k, kTileSide));
    auto at = [&](int64_t row) { return p.at(tile, pair, row * kTileSide); };
    SmallVector<Value> rows;
    for (int64_t row = 0; row < kTileSide; ++row)
      rows.push_back(p.load(at(row), pair, kTileSide));
    for (auto [row, value] : llvm::enumerate(interleave(*p, rows)))
      p.store(value, at(row));
  });
}

} // namespace dlcc::cpu
