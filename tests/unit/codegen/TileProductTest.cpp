//===- TileProductTest.cpp - products on a matrix unit --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Factors of f32 are rounded to bf16, and sums are in the order of AMX, bit for
// bit. Where there is no such unit, its instructions are emulated; all else is
// the machine's. Operands lie between pages that nobody may read.
//
//===----------------------------------------------------------------------===//

#include "Arrays.h"
#include "BrainNumbers.h"
#include "ConvolutionSums.h"
#include "GuardedProduct.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace dlcc::test;

namespace {

float flushed(float value) {
  return std::abs(value) < std::numeric_limits<float>::min()
             ? std::copysign(0.0f, value)
             : value;
}

/// The sum in the order of the unit: of 32 products at a time those of even and
/// of odd number by themselves, both together, then all of them. `parts` sums
/// follow one another, each of which begins with a tile of its own.
float sumOfTiles(const std::vector<float> &x, const std::vector<float> &y,
                 int64_t parts) {
  float sum = 0;
  auto length = static_cast<int64_t>(x.size()) / parts;
  for (int64_t part = 0; part < parts; ++part)
    for (int64_t first = 0; first < length; first += 32) {
      float chains[2] = {0, 0};
      for (int64_t k = first; k < std::min(first + 32, length); ++k) {
        int64_t at = part * length + k;
        float &chain = chains[k % 2];
        chain = flushed(std::fma(flushed(x[at]), flushed(y[at]), chain));
      }
      sum = flushed(sum + flushed(chains[0] + chains[1]));
    }
  return sum;
}

class TileProduct : public testing::Test {
protected:
  void SetUp() override {
    if (runnableUnits().empty())
      GTEST_SKIP() << "neither AMX nor AVX512-BF16 here";
  }
};

/// Compares with the order of the unit, or with one chain where the kernel does
/// without it. Says in `onUnit` which.
void expectTiles(Sum sum, int64_t rows, int64_t parts, bool *onUnit = nullptr) {
  if (runnableUnits().empty())
    GTEST_SKIP() << "neither AMX nor AVX512-BF16 here";
  auto a = randoms<float>(product(sum.a.shape), 1);
  auto b = randoms<float>(product(sum.b.shape), 2);
  std::vector<float> untouched(product(sum.c.shape), -12345.0f);
  std::vector<float> x = nearestBrains(a), y = nearestBrains(b);
  std::vector<float> chains = untouched, tiles = untouched;
  sum.expected(x.data(), y.data(), rows, chains);
  sum.eachFactors(x.data(), y.data(), rows,
                  [&](int64_t result, const std::vector<float> &left,
                      const std::vector<float> &right) {
                    tiles[result] = sumOfTiles(left, right, parts);
                  });
  sum.isRounded = true;
  std::string text = sum.kernel("f32");
  SCOPED_TRACE(text);
  for (const std::string &processor : runnableUnits()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(text, "k", processor);
    ASSERT_TRUE(kernel);
    if (onUnit)
      *onUnit = kernel->usesMatrixUnit();
    runGuarded(*kernel, a, b, untouched, rows,
               [&](const std::vector<float> &c) {
                 expectSameBits(c, kernel->usesMatrixUnit() ? tiles : chains);
               });
  }
}

void expectOnUnit(const Sum &sum, int64_t rows) {
  bool onUnit = false;
  expectTiles(sum, rows, 1, &onUnit);
  if (!runnableUnits().empty())
    EXPECT_TRUE(onUnit) << "vectors were thought to be faster";
}

using Sizes = std::array<int64_t, 3>;
class TileProducts : public testing::TestWithParam<Sizes> {};

TEST_P(TileProducts, AllFormsAreInTheOrderOfTheUnit) {
  auto [m, n, k] = GetParam();
  for (bool transposeA : {false, true})
    for (bool transposeB : {false, true}) {
      expectOnUnit(matrixProduct(m, n, k, transposeA, transposeB), 1);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, TileProducts,
    testing::Values(
        // Whole tiles; edges of m, n, k; few rows, few columns.
        Sizes{64, 64, 64}, Sizes{33, 65, 97}, Sizes{31, 47, 33},
        Sizes{17, 130, 70}, Sizes{16, 200, 31}, Sizes{9, 300, 129},
        Sizes{64, 10, 700}, Sizes{600, 16, 701}, Sizes{600, 7, 901},
        // Several blocks of k, several tasks, several calls in a panel.
        Sizes{70, 300, 601}, Sizes{130, 150, 1101}, Sizes{20, 600, 1101},
        Sizes{600, 12, 700}, Sizes{520, 530, 40}));

TEST_F(TileProduct, SmallProductsAreLeftToVectors) {
  for (Sizes sizes : {Sizes{1, 1, 1}, Sizes{1, 1, 37}, Sizes{1, 300, 70},
                      Sizes{7, 5, 3}, Sizes{9, 49, 1}}) {
    bool onUnit = true;
    expectTiles(matrixProduct(sizes[0], sizes[1], sizes[2], false, false), 1, 1,
                &onUnit);
    EXPECT_FALSE(onUnit) << sizes[0] << 'x' << sizes[1] << 'x' << sizes[2];
  }
}

TEST_F(TileProduct, RowsEndTheSumAnywhere) {
  for (bool transposed : {false, true})
    for (int64_t rows : {1, 2, 31, 32, 33, 90}) {
      Sum sum = matrixProduct(61, 70, 90, transposed, !transposed);
      sum.batch = 2;
      expectTiles(sum, rows, 1);
    }
}

TEST_F(TileProduct, RowsEndTheResultsAnywhere) {
  for (int64_t rows : {1, 16, 17, 80}) {
    Sum sum = matrixProduct(80, 70, 50, false, false);
    sum.batch = 0;
    expectTiles(sum, rows, 1);
  }
}

TEST_F(TileProduct, AnOuterSumBeginsWithATile) {
  // The rows are the inner one of two summed dimensions, which therefore do
  // not merge.
  constexpr int64_t m = 40, n = 50, outer = 3, inner = 45;
  auto dim = [](int64_t number) { return Index{{{number, 1}}, 0}; };
  Sum sum;
  sum.extents = {m, n, outer, inner};
  sum.parallel = 2;
  sum.batch = 3;
  sum.a = {{m, outer, inner}, {dim(0), dim(2), dim(3)}};
  sum.b = {{outer, inner, n}, {dim(2), dim(3), dim(1)}};
  sum.c = {{m, n}, {dim(0), dim(1)}};
  for (int64_t rows : {1, 33, 45})
    expectTiles(sum, rows, outer);
}

class TileConvolutions : public testing::TestWithParam<Layer> {};

TEST_P(TileConvolutions, Forward) {
  expectOnUnit(forward(GetParam()), GetParam().given());
}

TEST_P(TileConvolutions, InputGradient) {
  Layer layer = GetParam();
  std::fill(layer.stride.begin(), layer.stride.end(), 1);
  expectOnUnit(inputGradient(layer), layer.given());
}

TEST_P(TileConvolutions, WeightGradient) {
  expectOnUnit(weightGradient(GetParam()), GetParam().given());
}

INSTANTIATE_TEST_SUITE_P(
    Layers, TileConvolutions,
    testing::Values(
        // Runs of odd length along k, of even length, of whole tiles.
        Layer{3, {13, 10}, {5, 3}, {2, 2}, {1, 1}, 3, 40},
        Layer{1, {43, 39}, {11, 11}, {4, 4}, {1, 1}, 3, 20},
        Layer{2, {17, 19}, {4, 4}, {3, 2}, {1, 1}, 16, 33},
        Layer{2, {12, 15}, {3, 3}, {1, 1}, {2, 3}, 32, 48},
        Layer{2, {9, 9}, {3, 2}, {2, 1}, {3, 1}, 19, 17},
        // Rows below the batch; groups; one and three dimensions.
        Layer{6, {7, 7}, {3, 3}, {1, 1}, {1, 1}, 64, 16, 0, 3},
        Layer{4, {14, 14}, {3, 3}, {2, 2}, {1, 1}, 9, 64, 3, 3},
        Layer{2, {33}, {5}, {1}, {4}, 17, 20, 2},
        Layer{2, {6, 7, 8}, {3, 2, 3}, {1, 2, 1}, {1, 1, 2}, 5, 24},
        // Several tasks and blocks of k.
        Layer{4, {16, 17}, {3, 3}, {1, 1}, {1, 1}, 96, 70, 0, 3}));

TEST_F(TileProduct, AnEpilogueFollows) {
  constexpr int64_t m = 70, n = 90, k = 600;
  Sum sum = matrixProduct(m, n, k, false, false);
  sum.isRounded = true;
  auto a = randoms<float>(m * k, 1), b = randoms<float>(k * n, 2);
  auto bias = randoms<float>(n, 3), other = randoms<float>(m * n, 4);
  std::vector<float> expected(m * n);
  std::vector<float> x = nearestBrains(a), y = nearestBrains(b);
  sum.eachFactors(x.data(), y.data(), 1,
                  [&](int64_t at, const std::vector<float> &left,
                      const std::vector<float> &right) {
                    float value = sumOfTiles(left, right, 1) + bias[at % n];
                    expected[at] = std::max(value, 0.0f) - other[at];
                  });
  for (const std::string &processor : runnableUnits()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(sum.kernelWithBias(1), "k", processor);
    ASSERT_TRUE(kernel);
    EXPECT_TRUE(kernel->usesMatrixUnit());
    std::vector<float> c(m * n);
    kernel->run({a.data(), b.data(), bias.data(), other.data(), c.data()}, 1);
    expectSameBits(c, expected);
  }
}

TEST_F(TileProduct, WhatIsNotFiniteStaysInItsRow) {
  // k is odd, so zeros stand beside the last one, and scratch memory is full
  // of NaN.
  for (bool transposed : {false, true}) {
    NotFiniteProduct product(40, 50, 35, transposed);
    Sum sum =
        matrixProduct(product.m, product.n, product.k, transposed, transposed);
    sum.isRounded = true;
    for (const std::string &processor : runnableUnits()) {
      SCOPED_TRACE(processor);
      auto kernel = JitKernel::compile(sum.kernel("f32"), "k", processor);
      ASSERT_TRUE(kernel);
      ASSERT_TRUE(kernel->usesMatrixUnit());
      std::vector<float> c(product.m * product.n);
      std::vector<char> scratch(kernel->scratchBytes() + 64, char(0xff));
      for (int64_t task = 0; task < kernel->tasks(); ++task)
        kernel->runTask({product.a.data(), product.b.data(), c.data()}, 1, task,
                        scratch.data());
      product.expect(c);
    }
  }
}

TEST_F(TileProduct, SubnormalNumbersAreZeros) {
  constexpr int64_t m = 32, n = 32, k = 32;
  Sum sum = matrixProduct(m, n, k, false, false);
  sum.isRounded = true;
  // Factors that are subnormal, and normal ones whose product is.
  for (auto [left, right] :
       {std::pair(1e-39f, 1e20f), std::pair(1e-20f, 1e-20f)})
    for (const std::string &processor : runnableUnits()) {
      std::vector<float> a(m * k, left), b(k * n, right), c(m * n, 1.0f);
      auto kernel = JitKernel::compile(sum.kernel("f32"), "k", processor);
      ASSERT_TRUE(kernel);
      ASSERT_TRUE(kernel->usesMatrixUnit());
      kernel->run({a.data(), b.data(), c.data()}, 1);
      for (float value : c)
        EXPECT_EQ(value, 0.0f);
    }
}

TEST(RealUnit, Runs) {
  for (const std::string &processor : runnableUnits())
    if (processor == kRealUnit)
      return; // All tests above have run on it.
  GTEST_SKIP() << "this machine has no AMX, or does not give it";
}

} // namespace
