//===- TuningDatabase.cpp - tiles settled by measurement ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/TuningDatabase.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <tuple>

namespace dlcc {
namespace {

/// Everything beyond is a typing error, and would overflow somewhere.
constexpr int64_t kLargest = int64_t(1) << 40;

auto keyOf(const TunedTiles &entry) {
  return std::tie(entry.target, entry.product, entry.threads);
}

/// Reads a line from its start to its end; the first thing that is wrong with
/// it stays.
class LineParser {
public:
  LineParser(std::string_view line, int number)
      : line(line), number(number), error{number, 0, ""} {}

  TunedTiles parse();
  bool failed() const { return !error.text.empty(); }
  const DatabaseError &whatFailed() const { return error; }

private:
  void fail(const std::string &text) {
    if (!failed())
      error = {number, int(at) + 1, text};
  }
  void skipSpaces() {
    while (at < line.size() && line[at] == ' ')
      ++at;
  }
  std::string takeField(const char *what);
  void take(std::string_view word, const char *what);
  template <typename T> T takeNumber(const char *what);

  std::string_view line;
  int number;
  size_t at = 0;
  DatabaseError error;
};

/// The words up to the next bar, which is taken too.
std::string LineParser::takeField(const char *what) {
  skipSpaces();
  size_t bar = line.find('|', at);
  size_t end = bar == std::string_view::npos ? line.size() : bar;
  std::string_view field = line.substr(at, end - at);
  while (field.ends_with(' '))
    field.remove_suffix(1);
  if (field.empty())
    fail(std::string("expected the ") + what);
  at = end;
  take("|", what);
  return std::string(field);
}

void LineParser::take(std::string_view word, const char *what) {
  skipSpaces();
  if (!line.substr(at).starts_with(word))
    return fail("expected '" + std::string(word) + "' of the " + what);
  at += word.size();
}

template <typename T> T LineParser::takeNumber(const char *what) {
  T value = 0;
  auto [end, code] =
      std::from_chars(line.data() + at, line.data() + line.size(), value);
  if (code != std::errc() || !(value > 0 && value <= T(kLargest)))
    fail(std::string("expected a positive number: the ") + what);
  else
    at = end - line.data();
  return value;
}

TunedTiles LineParser::parse() {
  TunedTiles entry;
  entry.line = number;
  entry.target = takeField("target");
  entry.product = takeField("product");
  skipSpaces();
  auto size = [&](int place, const char *what) {
    entry.sizes[place] = takeNumber<int64_t>(what);
  };
  size(0, "rows of the register tile");
  take("x", "register tile");
  size(1, "columns of the register tile");
  take("k=", "tiles");
  size(2, "indices of k in a block");
  take("task=", "tiles");
  size(3, "rows of a task");
  take("x", "task");
  size(4, "columns of a task");
  take("group=", "tiles");
  size(5, "rows of a group");
  take("|", "tiles");
  take("threads=", "measurement");
  entry.threads = takeNumber<int64_t>("threads measured with");
  take("gain=", "measurement");
  entry.gain = takeNumber<double>("gain");
  skipSpaces();
  if (at != line.size())
    fail("expected the end of the line");
  return entry;
}

} // namespace

std::variant<TuningDatabase, DatabaseError>
TuningDatabase::parse(std::string_view text) {
  TuningDatabase database;
  for (int number = 1; !text.empty(); ++number) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    if (line.find_first_not_of(' ') == std::string_view::npos)
      continue;
    LineParser parser(line, number);
    TunedTiles entry = parser.parse();
    if (parser.failed())
      return parser.whatFailed();
    database.add(std::move(entry));
  }
  return database;
}

void TuningDatabase::add(TunedTiles entry) {
  auto place = std::lower_bound(sorted.begin(), sorted.end(), entry,
                                [](const TunedTiles &a, const TunedTiles &b) {
                                  return keyOf(a) < keyOf(b);
                                });
  if (place != sorted.end() && keyOf(*place) == keyOf(entry))
    *place = std::move(entry);
  else
    sorted.insert(place, std::move(entry));
}

const TunedTiles *TuningDatabase::find(std::string_view target,
                                       std::string_view product,
                                       int64_t threads) const {
  auto found =
      std::find_if(sorted.begin(), sorted.end(), [&](const TunedTiles &entry) {
        return entry.target == target && entry.product == product &&
               (threads == 0 || entry.threads == threads);
      });
  return found == sorted.end() ? nullptr : &*found;
}

std::string TuningDatabase::print() const {
  std::string text = "# Tiles of products as measured: target | product | "
                     "register tile, blocks | how.\n";
  for (const TunedTiles &entry : sorted) {
    char numbers[256];
    std::snprintf(numbers, sizeof numbers,
                  "%lldx%lld k=%lld task=%lldx%lld group=%lld | threads=%lld "
                  "gain=%.2f\n",
                  (long long)entry.sizes[0], (long long)entry.sizes[1],
                  (long long)entry.sizes[2], (long long)entry.sizes[3],
                  (long long)entry.sizes[4], (long long)entry.sizes[5],
                  (long long)entry.threads, entry.gain);
    text += entry.target + " | " + entry.product + " | " + numbers;
  }
  return text;
}

} // namespace dlcc
