//===- WinogradKernelTest.cpp - convolutions with fewer products ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Results are compared with the sums in f64, and between processors with fused
// multiply-adds bit for bit. Operands lie between pages that nobody may read.
//
//===----------------------------------------------------------------------===//

#include "Arrays.h"
#include "ConvolutionSums.h"
#include "GuardedProduct.h"
#include "codegen/cpu/WinogradTransform.h"

#include "gtest/gtest.h"

#include <algorithm>

using namespace dlcc::test;
using dlcc::cpu::WinogradMatrices;

namespace {

struct Tiles {
  int64_t outputs, taps;
};

/// A layer, and the tiles in which it is computed.
struct Tiled {
  Layer layer;
  Tiles forward, gradient;
};

void PrintTo(const Tiled &tiled, std::ostream *out) {
  const Layer &layer = tiled.layer;
  *out << layer.batch << " images of " << layer.image[0] << " by "
       << layer.image[1] << ", window " << layer.window[0] << ", "
       << layer.channels << " to " << layer.features << " channels, "
       << layer.groups << " groups, rows " << layer.given() << ", tiles of "
       << tiled.forward.outputs << " and " << tiled.gradient.taps;
}

/// Brings [groups…, x, channels, window…] into the order [groups…, window…,
/// channels, x], in which columns are contiguous.
void bringColumnsLast(Access &access, size_t groups) {
  std::reverse(access.shape.begin() + groups, access.shape.end());
  std::reverse(access.indices.begin() + groups, access.indices.end());
  std::swap(access.shape[groups], access.shape[groups + 1]);
  std::swap(access.indices[groups], access.indices[groups + 1]);
}

std::string marked(std::string text, Tiles tiles) {
  const std::string rows = "attrs = {dlc.rows";
  size_t at = text.find(rows);
  EXPECT_NE(at, std::string::npos);
  return text.replace(
      at, rows.size(),
      "attrs = {dlc.winograd = array<i64: " + std::to_string(tiles.outputs) +
          ", " + std::to_string(tiles.taps) + ">, dlc.rows");
}

template <typename T>
void expectClose(const std::vector<T> &actual,
                 const std::vector<double> &expected, double tolerance) {
  double largest = 1;
  for (double value : expected)
    largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected[i], tolerance * largest) << "element " << i;
}

template <typename T>
void expectSum(const Sum &sum, Tiles tiles, int64_t rows,
               const std::string &type) {
  auto a = randoms<T>(product(sum.a.shape), 1);
  auto b = randoms<T>(product(sum.b.shape), 2);
  std::vector<double> wideA(a.begin(), a.end()), wideB(b.begin(), b.end());
  std::vector<T> untouched(product(sum.c.shape), T(-12));
  std::vector<double> expected(untouched.begin(), untouched.end());
  sum.expected(wideA.data(), wideB.data(), rows, expected);
  std::string text = marked(sum.kernel(type), tiles);
  SCOPED_TRACE(text);
  std::vector<T> fused;
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(text, "k", processor);
    ASSERT_TRUE(kernel);
    runGuarded(*kernel, a, b, untouched, rows, [&](const std::vector<T> &c) {
      expectClose(c, expected, sizeof(T) == 4 ? 4e-5 : 1e-13);
      if (processor != "x86-64-v3" && processor != "x86-64-v4")
        return;
      if (fused.empty())
        fused = c;
      expectSameBits(c, fused);
    });
  }
}

class Winograd : public testing::TestWithParam<Tiled> {};

Sum forwardSum(const Layer &layer) {
  Sum sum = forward(layer);
  bringColumnsLast(sum.b, layer.groups ? 1 : 0);
  return sum;
}

Sum gradientSum(const Layer &layer) {
  Sum sum = weightGradient(layer);
  bringColumnsLast(sum.c, layer.groups ? 1 : 0);
  return sum;
}

TEST_P(Winograd, Forward) {
  const auto &[layer, tiles, other] = GetParam();
  expectSum<float>(forwardSum(layer), tiles, layer.given(), "f32");
  expectSum<double>(forwardSum(layer), tiles, layer.given(), "f64");
}

TEST_P(Winograd, InputGradient) {
  const auto &[layer, tiles, other] = GetParam();
  Sum sum = inputGradient(layer);
  bringColumnsLast(sum.b, layer.groups ? 1 : 0);
  // The features are summed.
  size_t last = sum.b.shape.size() - 1;
  std::swap(sum.b.shape[last], sum.b.shape[last - 1]);
  std::swap(sum.b.indices[last], sum.b.indices[last - 1]);
  expectSum<float>(sum, tiles, layer.given(), "f32");
}

TEST_P(Winograd, WeightGradient) {
  const auto &[layer, other, tiles] = GetParam();
  expectSum<float>(gradientSum(layer), tiles, layer.given(), "f32");
  expectSum<double>(gradientSum(layer), tiles, layer.given(), "f64");
}

INSTANTIATE_TEST_SUITE_P(
    Layers, Winograd,
    testing::Values(
        // Images of whole tiles, and such that tiles reach beyond them.
        Tiled{{2, {10, 10}, {3, 3}, {1, 1}, {1, 1}, 32, 48}, {2, 3}, {3, 2}},
        Tiled{{3, {9, 12}, {3, 3}, {1, 1}, {1, 1}, 17, 21}, {2, 3}, {3, 2}},
        Tiled{{2, {15, 13}, {3, 3}, {1, 1}, {1, 1}, 16, 33}, {4, 3}, {3, 4}},
        Tiled{{2, {11, 8}, {5, 5}, {1, 1}, {1, 1}, 32, 32}, {2, 5}, {5, 2}},
        Tiled{{3, {12, 9}, {5, 5}, {1, 1}, {1, 1}, 5, 70}, {2, 5}, {5, 2}},
        // One place; one image; one column.
        Tiled{{4, {3, 3}, {3, 3}, {1, 1}, {1, 1}, 8, 16}, {2, 3}, {3, 2}},
        Tiled{{1, {7, 6}, {5, 5}, {1, 1}, {1, 1}, 19, 3}, {2, 5}, {5, 2}},
        Tiled{{1, {5, 5}, {3, 3}, {1, 1}, {1, 1}, 2, 2}, {4, 3}, {3, 4}},
        // Rows below the batch, groups, and both.
        Tiled{
            {6, {9, 9}, {3, 3}, {1, 1}, {1, 1}, 12, 20, 0, 4}, {4, 3}, {3, 4}},
        Tiled{{2, {8, 9}, {3, 3}, {1, 1}, {1, 1}, 4, 6, 3}, {2, 3}, {3, 2}},
        Tiled{{5, {8, 7}, {5, 5}, {1, 1}, {1, 1}, 7, 9, 2, 1}, {2, 5}, {5, 2}},
        // Several tasks, and blocks of tiles, channels and columns.
        Tiled{{4, {18, 17}, {3, 3}, {1, 1}, {1, 1}, 130, 200, 0, 3},
              {4, 3},
              {3, 4}},
        Tiled{{9, {15, 15}, {5, 5}, {1, 1}, {1, 1}, 96, 64, 0, 8},
              {2, 5},
              {5, 2}}));

TEST(Winograd, BiasAndReluOverPixels) {
  Layer layer{4, {13, 12}, {3, 3}, {1, 1}, {1, 1}, 7, 53, 0, 3};
  Sum sum = forwardSum(layer);
  auto a = randoms<float>(product(sum.a.shape), 1);
  auto b = randoms<float>(product(sum.b.shape), 2);
  auto bias = randoms<float>(layer.features, 3);
  auto other = randoms<float>(product(sum.c.shape), 4);
  std::vector<double> wideA(a.begin(), a.end()), wideB(b.begin(), b.end());
  std::vector<double> sums(other.size()), expected(other.begin(), other.end());
  sum.expected(wideA.data(), wideB.data(), layer.given(), sums);
  size_t given = other.size() / layer.batch * layer.given();
  for (size_t i = 0; i < given; ++i)
    expected[i] = std::max(sums[i] + bias[i % bias.size()], 0.0) - other[i];
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(marked(sum.kernelWithBias(3), {4, 3}), "k",
                                     processor);
    ASSERT_TRUE(kernel);
    std::vector<float> c = other;
    kernel->run({a.data(), b.data(), bias.data(), c.data(), c.data()},
                layer.given());
    expectClose(c, expected, 4e-5);
  }
}

TEST(WinogradMatrices, ComputeCorrelations) {
  for (auto [outputs, taps] : {std::pair<int64_t, int64_t>{2, 3},
                               {3, 2},
                               {4, 3},
                               {3, 4},
                               {2, 5},
                               {5, 2}}) {
    WinogradMatrices matrices = WinogradMatrices::create(outputs, taps);
    ASSERT_EQ(matrices.points(), outputs + taps - 1);
    auto g = randoms<double>(taps, 1), d = randoms<double>(outputs + taps - 1);
    for (int64_t i = 0; i < outputs; ++i) {
      double expected = 0, actual = 0;
      for (int64_t k = 0; k < taps; ++k)
        expected += g[k] * d[i + k];
      for (int64_t point = 0; point < matrices.points(); ++point) {
        double x = 0, w = 0;
        for (int64_t j = 0; j < matrices.points(); ++j)
          x += matrices.input.at(point, j) * d[j];
        for (int64_t k = 0; k < taps; ++k)
          w += matrices.filter.at(point, k) * g[k];
        actual += matrices.output.at(i, point) * x * w;
      }
      EXPECT_NEAR(actual, expected, 1e-12);
    }
  }
}

} // namespace
