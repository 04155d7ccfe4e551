//===- TuningDatabase.h - tiles settled by measurement ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tiles of products that were measured, as a text of one line each:
//
//   target | product | 8x48 k=256 task=512x240 group=128 | threads=2 gain=1.07
//
// Target and product are words of whoever looks them up: a line holds for
// what is spelled exactly so. The tiles are the register tile, indices of k in
// a block, rows and columns of a task, and rows of A packed at a time. What
// stands behind them is how they were measured: the number of threads, and how
// many times faster they were than the tiles of the model. A '#' begins a
// comment. Knows no MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_TUNINGDATABASE_H
#define DLCC_CODEGEN_TUNINGDATABASE_H

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dlcc {

/// Rows and columns of the register tile; indices of k in a block; rows and
/// columns of a task; rows of a group. As `dlc.tiles` has them.
using TileSizes = std::array<int64_t, 6>;

/// A line of the database.
struct TunedTiles {
  std::string target, product;
  TileSizes sizes;
  int64_t threads; ///< that it was measured with
  double gain;     ///< time with the model's tiles / time with these
  int line = 0;    ///< where it was read; 0: nowhere
};

/// What is wrong with a text, and where: line and column from 1.
struct DatabaseError {
  int line, column;
  std::string text;
};

class TuningDatabase {
public:
  /// The text's entries. Of two for the same, the later one holds.
  static std::variant<TuningDatabase, DatabaseError>
  parse(std::string_view text);

  /// The entry measured with so many threads; 0: with any, the fewest first.
  /// Null where there is none.
  const TunedTiles *find(std::string_view target, std::string_view product,
                         int64_t threads) const;

  /// Adds an entry, in the place of one for the same and as many threads.
  void add(TunedTiles entry);

  const std::vector<TunedTiles> &entries() const { return sorted; }

  /// A text that parse() takes, in an order that its entries decide.
  std::string print() const;

private:
  std::vector<TunedTiles> sorted; ///< by target, product and threads
};

} // namespace dlcc

#endif // DLCC_CODEGEN_TUNINGDATABASE_H
