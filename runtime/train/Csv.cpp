//===- Csv.cpp - tables of numbers as text --------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first line names the columns; every other line has a number for each. A
// column of whole numbers becomes i64, any other f64.
//
//===----------------------------------------------------------------------===//

#include "runtime/Tensors.h"
#include "runtime/train/ByteReader.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>

using namespace dlcc::train;

static std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  size_t from = text.find_first_not_of(blanks);
  if (from == text.npos)
    return "";
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

/// A cell without the quotes around it. A comma within quotes is not known
/// here, so a cell may have one quote only, and keeps it.
static std::string_view unquoted(std::string_view cell) {
  bool isQuoted = cell.size() >= 2 && cell.front() == '"' && cell.back() == '"';
  return isQuoted ? trimmed(cell.substr(1, cell.size() - 2)) : cell;
}

static std::vector<std::string_view> cells(std::string_view line) {
  std::vector<std::string_view> result;
  for (size_t from = 0;;) {
    size_t comma = line.find(',', from);
    result.push_back(unquoted(trimmed(line.substr(from, comma - from))));
    if (comma == line.npos)
      return result;
    from = comma + 1;
  }
}

/// The beginning of a cell, for a message.
static std::string shown(std::string_view cell) {
  constexpr size_t most = 40;
  std::string text(cell.substr(0, most));
  std::replace_if(
      text.begin(), text.end(),
      [](unsigned char byte) { return byte < ' ' || byte == 0x7f; }, '?');
  return text;
}

static bool parseNumber(std::string_view text, double &value) {
  if (text.starts_with('+'))
    text.remove_prefix(1);
  const char *end = text.data() + text.size();
  auto [next, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && next == end && std::isfinite(value);
}

static bool isWhole(double value) {
  constexpr double exact = 0x1p53;
  return value >= -exact && value <= exact &&
         value == static_cast<double>(static_cast<int64_t>(value));
}

static Field makeColumn(const std::string &path, std::string_view name,
                        const std::vector<double> &values) {
  bool whole = std::all_of(values.begin(), values.end(), isWhole);
  auto rows = static_cast<int64_t>(values.size());
  Field field = {std::string(name),
                 path + ", column '" + std::string(name) + "'",
                 whole ? DLCC_I64 : DLCC_F64,
                 {},
                 rows,
                 allocateFor(path, rows * 8)};
  for (int64_t r = 0; r < rows; ++r) {
    auto integer = static_cast<int64_t>(whole ? values[r] : 0.0);
    std::memcpy(field.data.get() + r * 8,
                whole ? static_cast<const void *>(&integer) : &values[r], 8);
  }
  return field;
}

static std::vector<std::string> readNames(const std::string &path,
                                          std::string_view line) {
  if (line.starts_with("\xEF\xBB\xBF"))
    line.remove_prefix(3);
  std::vector<std::string> names;
  double number;
  for (std::string_view cell : cells(line)) {
    if (cell.empty() || cell.find('"') != cell.npos ||
        parseNumber(cell, number))
      throw Refusal(path + ":1: the first line names the columns, and '" +
                    shown(cell) + "' is no name");
    if (std::find(names.begin(), names.end(), cell) != names.end())
      throw Refusal(path + ":1: two columns are called '" + shown(cell) + "'");
    names.emplace_back(cell);
  }
  return names;
}

Split dlcc::train::readCsv(const std::string &path) {
  ByteReader check(path); // refuses what is no regular file
  std::ifstream file(path, std::ios::binary);
  std::string line;
  if (!std::getline(file, line))
    throw Refusal(path + " is empty");
  std::vector<std::string> names = readNames(path, line);
  std::vector<std::vector<double>> columns(names.size());
  for (int64_t number = 2; std::getline(file, line); ++number) {
    if (trimmed(line).empty())
      continue;
    std::string place = path + ":" + std::to_string(number) + ": ";
    std::vector<std::string_view> row = cells(line);
    if (row.size() != names.size())
      throw Refusal(place + std::to_string(row.size()) + " values, but " +
                    std::to_string(names.size()) + " columns are named");
    for (size_t i = 0; i < row.size(); ++i)
      if (double value; parseNumber(row[i], value))
        columns[i].push_back(value);
      else
        throw Refusal(place + "'" + shown(row[i]) + "' in column '" +
                      shown(names[i]) + "' is not a number");
  }
  if (columns.front().empty())
    throw Refusal(path + " has a header line and no rows");
  Split split;
  for (size_t i = 0; i < names.size(); ++i)
    split.add(makeColumn(path, names[i], columns[i]));
  return split;
}
