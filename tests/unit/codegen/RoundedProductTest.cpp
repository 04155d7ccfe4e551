//===- RoundedProductTest.cpp - products of factors in bf16 ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Factors of f32 are rounded to bf16, to nearest even, and what they give is
// one chain of fused multiply-adds in f32 over ascending k: bit for bit, on
// processors with instructions for pairs of bf16 and on all others. Operands
// lie between pages that nobody may read.
//
//===----------------------------------------------------------------------===//

#include "Arrays.h"
#include "BrainNumbers.h"
#include "ConvolutionSums.h"
#include "GuardedProduct.h"

#include "gtest/gtest.h"

using namespace dlcc::test;

namespace {

void expectRounded(Sum sum, int64_t rows) {
  auto a = randoms<float>(product(sum.a.shape), 1);
  auto b = randoms<float>(product(sum.b.shape), 2);
  std::vector<float> untouched(product(sum.c.shape), -12345.0f);
  std::vector<float> expected = untouched;
  sum.expected(nearestBrains(a).data(), nearestBrains(b).data(), rows,
               expected);
  sum.isRounded = true;
  std::string text = sum.kernel("f32");
  SCOPED_TRACE(text);
  for (const std::string &processor : runnableProcessorsForPairs()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(text, "k", processor);
    ASSERT_TRUE(kernel);
    runGuarded(
        *kernel, a, b, untouched, rows,
        [&](const std::vector<float> &c) { expectSameBits(c, expected); });
  }
}

class RoundedProducts : public testing::TestWithParam<std::array<int64_t, 3>> {
};

TEST_P(RoundedProducts, AllFormsAreOneChainInOrder) {
  auto [m, n, k] = GetParam();
  for (bool transposeA : {false, true})
    for (bool transposeB : {false, true})
      expectRounded(matrixProduct(m, n, k, transposeA, transposeB), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, RoundedProducts,
    testing::Values(
        std::array<int64_t, 3>{1, 1, 1}, std::array<int64_t, 3>{1, 1, 37},
        std::array<int64_t, 3>{1, 300, 70}, std::array<int64_t, 3>{300, 1, 19},
        std::array<int64_t, 3>{64, 10, 100}, std::array<int64_t, 3>{9, 49, 1},
        std::array<int64_t, 3>{7, 5, 3}, std::array<int64_t, 3>{33, 65, 17},
        std::array<int64_t, 3>{2, 130, 33}, std::array<int64_t, 3>{40, 48, 2},
        std::array<int64_t, 3>{3, 97, 531},
        std::array<int64_t, 3>{300, 200, 601},
        std::array<int64_t, 3>{20, 600, 1101}));

TEST(RoundedProduct, RowsEndTheSumAnywhere) {
  for (bool transposed : {false, true})
    for (int64_t rows : {1, 2, 31, 40}) {
      Sum sum = matrixProduct(21, 50, 40, transposed, !transposed);
      sum.batch = 2;
      expectRounded(sum, rows);
    }
}

class RoundedConvolutions : public testing::TestWithParam<Layer> {};

TEST_P(RoundedConvolutions, Forward) {
  expectRounded(forward(GetParam()), GetParam().given());
}

TEST_P(RoundedConvolutions, InputGradient) {
  Layer layer = GetParam();
  std::fill(layer.stride.begin(), layer.stride.end(), 1);
  expectRounded(inputGradient(layer), layer.given());
}

TEST_P(RoundedConvolutions, WeightGradient) {
  expectRounded(weightGradient(GetParam()), GetParam().given());
}

INSTANTIATE_TEST_SUITE_P(
    Layers, RoundedConvolutions,
    testing::Values(
        // Runs of odd length along k, and of even length.
        Layer{3, {13, 10}, {5, 3}, {2, 2}, {1, 1}, 3, 10},
        Layer{1, {43, 39}, {11, 11}, {4, 4}, {1, 1}, 3, 20},
        Layer{5, {12, 12}, {5, 5}, {1, 1}, {1, 1}, 1, 6},
        Layer{2, {17, 19}, {4, 4}, {3, 2}, {1, 1}, 16, 33},
        Layer{1, {14, 23}, {2, 7}, {4, 3}, {1, 2}, 4, 50},
        Layer{2, {12, 15}, {3, 3}, {1, 1}, {2, 3}, 32, 48},
        Layer{2, {9, 9}, {3, 2}, {2, 1}, {3, 1}, 19, 17},
        // Rows below the batch, an odd number of places.
        Layer{6, {7, 7}, {3, 3}, {1, 1}, {1, 1}, 8, 16, 0, 3},
        Layer{7, {4, 5}, {4, 5}, {1, 1}, {1, 1}, 6, 11, 0, 5},
        Layer{3, {5, 7}, {1, 1}, {2, 2}, {1, 1}, 21, 18},
        // Groups; one and three dimensions.
        Layer{3, {9, 8}, {3, 3}, {2, 2}, {1, 1}, 1, 1, 10, 2},
        Layer{2, {33}, {5}, {1}, {4}, 17, 20, 2},
        Layer{2, {6, 7, 8}, {3, 2, 3}, {1, 2, 1}, {1, 1, 2}, 5, 9},
        // Several tasks and blocks of k.
        Layer{4, {16, 17}, {3, 3}, {1, 1}, {1, 1}, 96, 70, 0, 3},
        Layer{9, {15, 15}, {5, 5}, {1, 1}, {1, 1}, 33, 64, 0, 8}));

TEST(RoundedProduct, WhatIsNotFiniteStaysSo) {
  // k is odd, so padding stands beside the last one.
  for (bool transposed : {false, true}) {
    NotFiniteProduct product(20, 50, 7, transposed);
    Sum sum =
        matrixProduct(product.m, product.n, product.k, transposed, transposed);
    sum.isRounded = true;
    for (const std::string &processor : runnableProcessorsForPairs()) {
      SCOPED_TRACE(processor);
      auto kernel = JitKernel::compile(sum.kernel("f32"), "k", processor);
      ASSERT_TRUE(kernel);
      std::vector<float> c(product.m * product.n);
      kernel->run({product.a.data(), product.b.data(), c.data()}, 1);
      product.expect(c);
    }
  }
}

TEST(RoundedProduct, TiesGoToEven) {
  // 1 + 1/256 lies between 1 and 1 + 1/128, 1 + 3/256 between the latter and
  // 1 + 1/64.
  Sum sum = matrixProduct(2, 1, 1, false, false);
  sum.isRounded = true;
  std::vector<float> a = {1 + 1.0f / 256, 1 + 3.0f / 256}, b = {1.0f};
  for (const std::string &processor : runnableProcessorsForPairs()) {
    auto kernel = JitKernel::compile(sum.kernel("f32"), "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<float> c(2);
    kernel->run({a.data(), b.data(), c.data()}, 1);
    EXPECT_EQ(c[0], 1.0f);
    EXPECT_EQ(c[1], 1 + 1.0f / 64);
  }
}

} // namespace
