//===- PhiloxTest.cpp - known answers and moments of the generator --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Philox.h"

#include "gtest/gtest.h"
#include <set>

using namespace dlcc;

// The known answers of Random123's kat_vectors.
TEST(Philox, zeroCounterAndKey) {
  philox::Counter expected{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  EXPECT_EQ(philox::philox({0, 0}, {0, 0, 0, 0}), expected);
}

TEST(Philox, allBitsSet) {
  philox::Counter expected{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
  EXPECT_EQ(philox::philox({~0u, ~0u}, {~0u, ~0u, ~0u, ~0u}), expected);
}

TEST(Philox, digitsOfPi) {
  philox::Counter expected{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
  EXPECT_EQ(philox::philox({0xa4093822, 0x299f31d0},
                           {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            expected);
}

TEST(Philox, everyPathHasItsOwnKey) {
  std::set<philox::Key> keys;
  for (uint64_t path = 0; path < 1000; ++path)
    keys.insert(philox::foldKey(7, path * 0x100000001ull));
  EXPECT_EQ(keys.size(), 1000u);
}

TEST(Philox, uniformCoversItsRange) {
  EXPECT_EQ(philox::uniform(0), 0.0f);
  EXPECT_EQ(philox::uniform(~0u), 1.0f - 0x1p-24f);
  EXPECT_EQ(philox::uniform(0x80000000u), 0.5f);
  EXPECT_EQ(philox::uniform(~0u, philox::uniformBits(11)), 1.0f - 0x1p-11f);
  EXPECT_EQ(philox::uniformBits(53), 24);
}

TEST(Philox, logIsCloseToTheLibrarys) {
  for (float x = 0x1p-24f; x <= 1.0f; x *= 1.01f)
    EXPECT_NEAR(philox::log(x), std::log(double(x)), 2e-6) << x;
}

TEST(Philox, normalInvertsTheDistribution) {
  // The word of upper bits k stands for the quantile (2 k + 1) / 2^24.
  for (uint64_t k = 0; k < 0x800000; k += 997) {
    double quantile = (2.0 * k + 1) / 0x1p24;
    double z = philox::normal(uint32_t(k << 9));
    EXPECT_NEAR(0.5 * std::erfc(-z / std::sqrt(2.0)) / quantile, 1.0, 1e-4);
  }
}

TEST(Philox, normalIsSymmetricAndFinite) {
  for (uint32_t k : {0u, 1u, 12345u, 0x3fffffu})
    EXPECT_EQ(philox::normal(k << 9), -philox::normal((0x7fffffu - k) << 9));
  EXPECT_NEAR(philox::normal(~0u), 5.29, 0.1);
}

TEST(Philox, momentsOfManyNormals) {
  double sum = 0, squares = 0, fourths = 0;
  const int count = 1 << 18;
  for (int i = 0; i < count; ++i) {
    double z = philox::normal(philox::word(42, 7, 0, i));
    sum += z;
    squares += z * z;
    fourths += z * z * z * z;
  }
  EXPECT_NEAR(sum / count, 0.0, 0.01);
  EXPECT_NEAR(squares / count, 1.0, 0.01);
  EXPECT_NEAR(fourths / count, 3.0, 0.08);
}
