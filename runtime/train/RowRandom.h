//===- RowRandom.h - random numbers of one row of the data ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_ROWRANDOM_H
#define DLCC_RUNTIME_TRAIN_ROWRANDOM_H

#include "runtime/train/Philox.h"

namespace dlcc::train {

/// What augmentation draws from: a function of (seed, epoch, row of the data,
/// which random call of the feed, which draw). Threads, batches and stops
/// change nothing, and two inputs with the same random calls, such as a picture
/// and its mask, are changed alike.
class RowRandom {
public:
  RowRandom(uint64_t seed, int64_t epoch, int64_t row)
      : seed(seed), epoch(static_cast<uint64_t>(epoch)),
        row(static_cast<uint64_t>(row)) {}

  /// Goes to the numbers of the next random call.
  void beginCall() {
    ++call;
    draws = 0;
  }

  uint32_t word() {
    // The order of the data has the seed itself as its key.
    constexpr uint64_t ofReaders = 0x72656164;
    if (draws % 4 == 0)
      words = philox(seed ^ ofReaders << 32,
                     epoch << 24 | (call & 0xffff) << 8 | draws / 4, row);
    return words[draws++ % 4];
  }

  /// A whole number from 0 to count - 1.
  int64_t below(int64_t count) {
    return static_cast<int64_t>(
        uint64_t{word()} * static_cast<uint64_t>(count) >> 32);
  }

  /// A number from [low, high).
  double between(double low, double high) {
    return low + (high - low) * (word() * 0x1p-32);
  }

private:
  uint64_t seed, epoch, row;
  uint64_t call = 0, draws = 0;
  std::array<uint32_t, 4> words{};
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_ROWRANDOM_H
