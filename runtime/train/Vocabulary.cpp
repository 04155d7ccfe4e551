//===- Vocabulary.cpp - the tokens of a text and their numbers ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Status.h"
#include "runtime/TensorFile.h"
#include "runtime/train/Text.h"

#include <algorithm>

using namespace dlcc;
using namespace dlcc::train;

static constexpr std::string_view kUnknown = "<unk>";

Vocabulary::Vocabulary(const std::vector<std::string_view> &text,
                       int64_t most) {
  std::unordered_map<std::string_view, int64_t> counts;
  for (std::string_view token : text)
    ++counts[token];
  std::vector<std::pair<std::string_view, int64_t>> order(counts.begin(),
                                                          counts.end());
  std::sort(order.begin(), order.end(), [](const auto &a, const auto &b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  auto size = static_cast<int64_t>(order.size());
  int64_t room = most ? most : size + 1;
  bool isNamed = counts.contains(kUnknown);
  // A text that has "<unk>" says itself what it does not know.
  if (size > room) {
    auto named = std::find_if(order.begin(), order.end(), [](const auto &a) {
      return a.first == kUnknown;
    });
    isNamed &= named - order.begin() < room;
    order.resize(isNamed ? room : room - 1);
  }
  for (const auto &[token, count] : order)
    list.emplace_back(token);
  if (!isNamed && static_cast<int64_t>(list.size()) < room)
    list.emplace_back(kUnknown);
  number();
}

Vocabulary::Vocabulary(std::vector<std::string> tokens)
    : list(std::move(tokens)) {
  number();
}

void Vocabulary::number() {
  for (size_t i = 0; i < list.size(); ++i)
    numbers.try_emplace(list[i], static_cast<int32_t>(i));
}

int32_t Vocabulary::find(std::string_view token) const {
  auto it = numbers.find(token);
  if (it == numbers.end())
    it = numbers.find(kUnknown);
  return it == numbers.end() ? -1 : it->second;
}

std::vector<std::string> dlcc::train::vocabularyOf(const std::string &weights) {
  if (weights.empty())
    return {};
  try {
    return rt::TensorFile(weights).vocabulary;
  } catch (const rt::Failure &) {
    return {};
  }
}
