//===- Extent.cpp - a dimension as a product of numbers and names ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Extent.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace dlcc::dlm;

Extent Extent::named(std::string name) {
  Extent extent;
  extent.names.push_back(std::move(name));
  return extent;
}

bool Extent::hasBatch() const { return llvm::is_contained(names, "batch"); }

bool Extent::hasBatchTwice() const { return llvm::count(names, "batch") > 1; }

std::optional<Extent> Extent::times(const Extent &other) const {
  Extent result;
  if (llvm::MulOverflow(number, other.number, result.number))
    return std::nullopt;
  std::merge(names.begin(), names.end(), other.names.begin(), other.names.end(),
             std::back_inserter(result.names));
  return result;
}

std::optional<Extent> Extent::dividedBy(const Extent &other) const {
  if (other.number == 0 || number % other.number != 0 ||
      !std::includes(names.begin(), names.end(), other.names.begin(),
                     other.names.end()))
    return std::nullopt;
  Extent result(number / other.number);
  std::set_difference(names.begin(), names.end(), other.names.begin(),
                      other.names.end(), std::back_inserter(result.names));
  return result;
}

std::string Extent::str() const {
  if (isNumber())
    return std::to_string(number);
  std::string text = llvm::join(names, "*");
  if (hasBatch()) {
    std::vector<std::string> others = names;
    others.erase(llvm::find(others, "batch"));
    others.insert(others.begin(), "batch");
    text = llvm::join(others, "*");
    return number == 1 ? text : text + "*" + std::to_string(number);
  }
  return number == 1 ? text : std::to_string(number) + "*" + text;
}

std::string dlcc::dlm::toString(llvm::ArrayRef<Extent> extents) {
  std::string text = "[";
  for (const Extent &extent : extents)
    text += (text.size() > 1 ? ", " : "") + extent.str();
  return text + "]";
}

std::optional<Extent> dlcc::dlm::product(llvm::ArrayRef<Extent> extents) {
  std::optional<Extent> result = Extent();
  for (const Extent &extent : extents)
    if (result)
      result = result->times(extent);
  return result;
}

void DimensionTable::bind(const std::string &name,
                          std::optional<int64_t> number) {
  // Made-up sizes differ, so that a slip shows as a mismatch.
  if (!number)
    madeUp += 24;
  table[name] = {number ? *number : madeUp, !number || name == "batch"};
}

Extent DimensionTable::lookup(const std::string &name) const {
  const Entry &entry = table.at(name);
  return entry.symbolic ? Extent::named(name) : Extent(entry.size);
}

int64_t DimensionTable::size(const Extent &extent) const {
  int64_t size = extent.factor();
  for (const std::string &name : extent.getNames())
    if (llvm::MulOverflow(size, table.at(name).size, size))
      return INT64_MAX;
  return size;
}

dlcc::Dim DimensionTable::toDim(const Extent &extent) const {
  Dim dim{size(extent), ""};
  if (!extent.hasBatch())
    return dim;
  int64_t others = dim.size / table.at("batch").size;
  dim.name = others == 1 ? "batch" : "batch*" + std::to_string(others);
  return dim;
}
