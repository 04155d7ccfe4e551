//===- ArenaPackerTest.cpp - places for buffers in one arena --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/ArenaPacker.h"

#include "gtest/gtest.h"

#include <random>

namespace dlcc {
namespace {

constexpr int64_t kAlignment = 64;

/// No two buffers that live at one step overlap, and all lie in the arena.
void expectSound(const std::vector<ArenaBuffer> &buffers,
                 const ArenaPlan &plan) {
  ASSERT_EQ(plan.offsets.size(), buffers.size());
  for (size_t i = 0; i != buffers.size(); ++i) {
    EXPECT_EQ(plan.offsets[i] % kAlignment, 0);
    EXPECT_LE(plan.offsets[i] + buffers[i].bytes, plan.bytes);
    for (size_t j = 0; j != i; ++j) {
      if (!buffers[i].livesWith(buffers[j]))
        continue;
      bool apart = plan.offsets[i] + buffers[i].bytes <= plan.offsets[j] ||
                   plan.offsets[j] + buffers[j].bytes <= plan.offsets[i];
      EXPECT_TRUE(apart) << "buffers " << i << " and " << j;
    }
  }
}

TEST(ArenaPacker, TakesNothingForNothing) {
  EXPECT_EQ(packArena({}, kAlignment).bytes, 0);
  EXPECT_EQ(packArena({ArenaBuffer{0, 0, 5}}, kAlignment).bytes, 0);
}

TEST(ArenaPacker, SharesMemoryOverTime) {
  std::vector<ArenaBuffer> chain = {{100, 0, 1}, {100, 1, 2}, {100, 2, 3}};
  ArenaPlan plan = packArena(chain, kAlignment);
  expectSound(chain, plan);
  EXPECT_EQ(plan.bytes, 256);
}

TEST(ArenaPacker, FillsGapsBetweenLargerBuffers) {
  std::vector<ArenaBuffer> buffers = {
      {640, 0, 9}, {320, 0, 4}, {320, 0, 9}, {320, 5, 9}};
  ArenaPlan plan = packArena(buffers, kAlignment);
  expectSound(buffers, plan);
  EXPECT_EQ(plan.bytes, 1280);
}

TEST(ArenaPacker, PlacesAgainWhatEndsHighest) {
  // Largest first, the two of 256 bytes lie side by side, and what lives beside
  // the second one comes on top of them.
  std::vector<ArenaBuffer> buffers = {
      {128, 1, 2}, {192, 0, 1}, {256, 3, 5}, {256, 1, 3}};
  ArenaPlan plan = packArena(buffers, kAlignment);
  expectSound(buffers, plan);
  EXPECT_EQ(plan.bytes, largestLiveSet(buffers, kAlignment));
}

TEST(ArenaPacker, LargestLiveSetIsTheFullestStep) {
  std::vector<ArenaBuffer> buffers = {{64, 0, 1}, {64, 1, 3}, {128, 2, 3}};
  EXPECT_EQ(largestLiveSet(buffers, kAlignment), 192);
}

TEST(ArenaPacker, IsSoundAndTightOnRandomBuffers) {
  std::mt19937 random(7);
  double ratios = 0;
  for (int round = 0; round != 200; ++round) {
    std::vector<ArenaBuffer> buffers(1 + random() % 60);
    for (ArenaBuffer &buffer : buffers) {
      buffer.bytes = random() % 5000;
      buffer.first = random() % 40;
      buffer.last = buffer.first + random() % 10;
    }
    ArenaPlan plan = packArena(buffers, kAlignment);
    expectSound(buffers, plan);
    int64_t bound = largestLiveSet(buffers, kAlignment);
    EXPECT_GE(plan.bytes, bound);
    EXPECT_LE(plan.bytes, bound + bound / 4);
    ratios += double(plan.bytes) / double(bound);
    EXPECT_EQ(plan.offsets, packArena(buffers, kAlignment).offsets);
  }
  EXPECT_LE(ratios / 200, 1.02);
}

} // namespace
} // namespace dlcc
