//===- Shuffle.cpp - the order of samples in an epoch ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Shuffle.h"
#include "runtime/train/Philox.h"

#include <cstddef>
#include <numeric>
#include <utility>

void dlcc::train::shuffle(std::vector<uint32_t> &order, uint64_t seed,
                          int64_t epoch) {
  std::iota(order.begin(), order.end(), 0);
  // Fisher and Yates. A 64-bit word times the number of choices, high half: the
  // bias is below 2^-32 of a choice.
  for (std::size_t left = order.size(); left > 1; --left) {
    auto words = philox(seed, static_cast<uint64_t>(epoch), left);
    uint64_t random = uint64_t{words[1]} << 32 | words[0];
    auto pick = static_cast<std::size_t>(
        static_cast<unsigned __int128>(random) * left >> 64);
    std::swap(order[left - 1], order[pick]);
  }
}
