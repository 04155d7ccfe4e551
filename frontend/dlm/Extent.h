//===- Extent.h - a dimension as a product of numbers and names -*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_EXTENT_H
#define DLCC_FRONTEND_DLM_EXTENT_H

#include "ir/ShapeFunctions.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dlcc::dlm {

/// `12`, `batch`, `batch*12`, `n*m`: what dimensions are while a model is
/// evaluated. Two are equal where number and names are, so `batch*12` is never
/// `batch*5`, and a `batch` of 64 is never the number 64.
class Extent {
public:
  Extent(int64_t number = 1) : number(number) {}
  static Extent named(std::string name);

  bool isNumber() const { return names.empty(); }
  bool isOne() const { return isNumber() && number == 1; }
  bool hasBatch() const;
  /// `batch*batch`, which no dimension of a tensor can be.
  bool hasBatchTwice() const;
  /// The product of the numbers in it.
  int64_t factor() const { return number; }
  const std::vector<std::string> &getNames() const { return names; }

  /// None where the number leaves 64 bits.
  std::optional<Extent> times(const Extent &other) const;
  /// None where the division is not exact.
  std::optional<Extent> dividedBy(const Extent &other) const;
  bool operator==(const Extent &other) const = default;

  std::string str() const;

private:
  int64_t number;
  std::vector<std::string> names; ///< sorted, a square twice
};

using Extents = llvm::SmallVector<Extent, 4>;

/// `[batch, 784]`
std::string toString(llvm::ArrayRef<Extent> extents);
/// The product of all, none on overflow.
std::optional<Extent> product(llvm::ArrayRef<Extent> extents);

/// What the names stand for.
class DimensionTable {
public:
  /// `number` none: `dlcc check` without a number; the name stays symbolic, and
  /// a made-up size stands for it where only the IR asks.
  void bind(const std::string &name, std::optional<int64_t> number);
  bool contains(const std::string &name) const { return table.count(name); }
  /// What an expression sees: `batch` and symbolic names stay names, all
  /// others are numbers.
  Extent lookup(const std::string &name) const;
  int64_t size(const Extent &extent) const;
  Dim toDim(const Extent &extent) const;

private:
  struct Entry {
    int64_t size;
    bool symbolic;
  };
  std::map<std::string, Entry> table;
  int64_t madeUp = 0;
};

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_EXTENT_H
