//===- ArenaPacker.cpp - places for buffers in one arena ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/ArenaPacker.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <numeric>

namespace dlcc {

/// Gives one buffer after the other, in that order, the lowest place that is
/// free as long as it lives.
static ArenaPlan packInOrder(llvm::ArrayRef<ArenaBuffer> buffers,
                             llvm::ArrayRef<size_t> order, int64_t alignment) {
  ArenaPlan plan;
  plan.offsets.assign(buffers.size(), 0);
  std::vector<size_t> placed; // by ascending offset
  for (size_t index : order) {
    int64_t bytes = llvm::alignTo(buffers[index].bytes, alignment);
    int64_t offset = 0;
    for (size_t other : placed) {
      if (!buffers[other].livesWith(buffers[index]))
        continue;
      if (plan.offsets[other] >= offset + bytes)
        break; // fits into the gap before `other`
      offset = std::max(
          offset, plan.offsets[other] +
                      int64_t(llvm::alignTo(buffers[other].bytes, alignment)));
    }
    plan.offsets[index] = offset;
    plan.bytes = std::max(plan.bytes, offset + bytes);
    auto place = llvm::upper_bound(placed, index, [&](size_t a, size_t b) {
      return plan.offsets[a] < plan.offsets[b];
    });
    placed.insert(place, index);
  }
  return plan;
}

ArenaPlan packArena(llvm::ArrayRef<ArenaBuffer> buffers, int64_t alignment) {
  constexpr int kRounds = 64;
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, [&](size_t a, size_t b) {
    return buffers[a].bytes > buffers[b].bytes;
  });
  int64_t bound = largestLiveSet(buffers, alignment);
  ArenaPlan best = packInOrder(buffers, order, alignment), plan = best;
  for (int i = 0; i != kRounds && best.bytes > bound; ++i) {
    auto highest = llvm::find_if(order, [&](size_t index) {
      return plan.offsets[index] + buffers[index].bytes + alignment >
             plan.bytes;
    });
    std::rotate(order.begin(), highest, std::next(highest));
    plan = packInOrder(buffers, order, alignment);
    if (plan.bytes < best.bytes)
      best = plan;
  }
  return best;
}

int64_t largestLiveSet(llvm::ArrayRef<ArenaBuffer> buffers, int64_t alignment) {
  int64_t largest = 0;
  for (const ArenaBuffer &at : buffers) {
    int64_t bytes = 0;
    for (const ArenaBuffer &other : buffers)
      if (other.first <= at.first && at.first <= other.last)
        bytes += llvm::alignTo(other.bytes, alignment);
    largest = std::max(largest, bytes);
  }
  return largest;
}

} // namespace dlcc
