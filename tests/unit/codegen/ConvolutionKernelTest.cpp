//===- ConvolutionKernelTest.cpp - products of windows, bit for bit -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Results are compared bit for bit with the chain of fused multiply-adds over
// the product's reduction dimensions in their order. Operands lie between
// pages that nobody may read.
//
//===----------------------------------------------------------------------===//

#include "Arrays.h"
#include "ConvolutionSums.h"
#include "GuardedProduct.h"

#include "gtest/gtest.h"

using namespace dlcc::test;

namespace {

template <typename T>
void expectSum(const Sum &sum, int64_t rows, const std::string &type) {
  auto a = randoms<T>(product(sum.a.shape), 1);
  auto b = randoms<T>(product(sum.b.shape), 2);
  std::vector<T> untouched(product(sum.c.shape), T(-12345));
  std::vector<T> expected = untouched;
  sum.expected(a.data(), b.data(), rows, expected);
  std::string text = sum.kernel(type);
  SCOPED_TRACE(text);
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(text, "k", processor);
    ASSERT_TRUE(kernel);
    runGuarded(*kernel, a, b, untouched, rows,
               [&](const std::vector<T> &c) { expectSameBits(c, expected); });
  }
}

class Convolutions : public testing::TestWithParam<Layer> {};

TEST_P(Convolutions, Forward) {
  expectSum<float>(forward(GetParam()), GetParam().given(), "f32");
}

TEST_P(Convolutions, InputGradient) {
  Layer layer = GetParam();
  std::fill(layer.stride.begin(), layer.stride.end(), 1);
  expectSum<float>(inputGradient(layer), layer.given(), "f32");
}

TEST_P(Convolutions, WeightGradient) {
  expectSum<float>(weightGradient(GetParam()), GetParam().given(), "f32");
}

TEST_P(Convolutions, Doubles) {
  const Layer &layer = GetParam();
  expectSum<double>(forward(layer), layer.given(), "f64");
  expectSum<double>(weightGradient(layer), layer.given(), "f64");
}

INSTANTIATE_TEST_SUITE_P(
    Layers, Convolutions,
    testing::Values(
        // Small odd images, each stride.
        Layer{2, {9, 11}, {3, 3}, {1, 1}, {1, 1}, 5, 7},
        Layer{3, {13, 10}, {5, 3}, {2, 2}, {1, 1}, 3, 10},
        Layer{2, {17, 19}, {4, 4}, {3, 2}, {1, 1}, 16, 33},
        Layer{1, {14, 23}, {2, 7}, {4, 3}, {1, 2}, 4, 50},
        Layer{1, {43, 39}, {11, 11}, {4, 4}, {1, 1}, 3, 20},
        // Dilated; channels that fill vectors, exactly and not.
        Layer{2, {12, 15}, {3, 3}, {1, 1}, {2, 3}, 32, 48},
        Layer{2, {9, 9}, {3, 2}, {2, 1}, {3, 1}, 19, 17},
        // One channel; one feature.
        Layer{5, {12, 12}, {5, 5}, {1, 1}, {1, 1}, 1, 6},
        Layer{2, {8, 7}, {2, 3}, {1, 1}, {1, 1}, 9, 1},
        // Rows below the batch.
        Layer{6, {7, 7}, {3, 3}, {1, 1}, {1, 1}, 8, 16, 0, 4},
        Layer{4, {9, 9}, {3, 3}, {2, 2}, {1, 1}, 3, 5, 0, 1},
        // Windows as large as the image: one place. And of one pixel.
        Layer{7, {4, 5}, {4, 5}, {1, 1}, {1, 1}, 6, 11, 0, 5},
        Layer{3, {5, 6}, {1, 1}, {1, 1}, {1, 1}, 21, 18},
        Layer{3, {5, 7}, {1, 1}, {2, 2}, {1, 1}, 21, 18},
        // Groups.
        Layer{2, {8, 9}, {3, 3}, {1, 1}, {1, 1}, 4, 6, 3},
        Layer{3, {9, 8}, {3, 3}, {2, 2}, {1, 1}, 1, 1, 10, 2},
        // One and three dimensions.
        Layer{3, {40}, {7}, {2}, {1}, 6, 12},
        Layer{2, {33}, {5}, {1}, {4}, 17, 20, 2},
        Layer{2, {6, 7, 8}, {3, 2, 3}, {1, 2, 1}, {1, 1, 2}, 5, 9},
        // Several tasks and blocks of k.
        Layer{4, {16, 17}, {3, 3}, {1, 1}, {1, 1}, 96, 70, 0, 3},
        Layer{9, {15, 15}, {5, 5}, {1, 1}, {1, 1}, 33, 64, 0, 8}));

TEST(ConvolutionKernel, Integers) {
  Layer layer{2, {9, 10}, {3, 3}, {2, 1}, {1, 2}, 18, 21, 0, 1};
  expectSum<int32_t>(forward(layer), 1, "i32");
  expectSum<int64_t>(weightGradient(layer), 1, "i64");
}

TEST(ConvolutionKernel, NarrowFloatsAreSummedInF32) {
  Layer layer{2, {9, 10}, {3, 3}, {2, 1}, {1, 1}, 18, 21, 0, 1};
  for (const Sum &sum : {forward(layer), weightGradient(layer)}) {
    auto narrow = [](const Access &access, unsigned seed) {
      auto values = randoms<float>(product(access.shape), seed);
      return std::vector<_Float16>(values.begin(), values.end());
    };
    auto a = narrow(sum.a, 1), b = narrow(sum.b, 2);
    std::vector<float> wideA(a.begin(), a.end()), wideB(b.begin(), b.end());
    std::vector<float> untouched(product(sum.c.shape), -12345.0f);
    std::vector<float> expected = untouched;
    sum.expected(wideA.data(), wideB.data(), layer.given(), expected);
    for (const std::string &processor : runnableProcessors()) {
      SCOPED_TRACE(processor);
      auto kernel = JitKernel::compile(sum.kernel("f16"), "k", processor);
      ASSERT_TRUE(kernel);
      runGuarded(
          *kernel, a, b, untouched, layer.given(),
          [&](const std::vector<float> &c) { expectSameBits(c, expected); });
    }
  }
}

/// The epilogue max(sum + bias, 0) - other, the result in other's place.
void expectWithBias(const Layer &layer, const Sum &sum, size_t dim) {
  auto a = randoms<float>(product(sum.a.shape), 1);
  auto b = randoms<float>(product(sum.b.shape), 2);
  auto bias = randoms<float>(sum.c.shape[dim], 3);
  auto other = randoms<float>(product(sum.c.shape), 4);
  std::vector<float> sums(other.size()), expected = other;
  sum.expected(a.data(), b.data(), layer.given(), sums);
  int64_t repeats = 1;
  for (size_t i = dim + 1; i < sum.c.shape.size(); ++i)
    repeats *= sum.c.shape[i];
  // The result has a batch unless it is summed.
  size_t given = other.size();
  if (sum.batch < sum.parallel)
    given = given / layer.batch * layer.given();
  for (size_t i = 0; i < given; ++i)
    expected[i] =
        std::max(sums[i] + bias[i / repeats % bias.size()], 0.0f) - other[i];
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(sum.kernelWithBias(dim), "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<float> c = other;
    kernel->run({a.data(), b.data(), bias.data(), c.data(), c.data()},
                layer.given());
    expectSameBits(c, expected);
  }
}

TEST(ConvolutionKernel, BiasAndReluOverPixels) {
  Layer layer{4, {13, 12}, {3, 3}, {1, 1}, {1, 1}, 7, 53, 0, 3};
  expectWithBias(layer, forward(layer), 3);
}

TEST(ConvolutionKernel, UpdateOfAWeightInPlace) {
  // Columns are computed in the order (kh, kw, c) and stored as (c, kh, kw).
  Layer layer{3, {11, 9}, {3, 3}, {1, 1}, {1, 1}, 40, 26, 0, 2};
  expectWithBias(layer, weightGradient(layer), 0);
  layer.channels = 3;
  expectWithBias(layer, weightGradient(layer), 0);
}

TEST(ConvolutionKernel, EpilogueThatKeepsColumnsApart) {
  Layer layer{3, {11, 9}, {3, 3}, {1, 1}, {1, 1}, 40, 26, 0, 2};
  expectWithBias(layer, weightGradient(layer), 3);
}

} // namespace
