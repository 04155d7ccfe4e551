//===- Shuffle.h - the order of samples in an epoch -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_SHUFFLE_H
#define DLCC_RUNTIME_TRAIN_SHUFFLE_H

#include <cstdint>
#include <vector>

namespace dlcc::train {

/// Fills `order` with a permutation of 0 to size-1: a function of the size, the
/// seed and the epoch.
void shuffle(std::vector<uint32_t> &order, uint64_t seed, int64_t epoch);

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_SHUFFLE_H
