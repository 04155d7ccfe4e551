//===- PointwiseKernelTest.cpp - pointwise kernels against plain loops ----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Every kernel runs on each processor that this machine offers; the results
// must agree with plain C++ loops and, bit for bit, with one another.
//
//===----------------------------------------------------------------------===//

#include "Arrays.h"
#include "JitKernel.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>

using dlcc::test::JitKernel;
using dlcc::test::randoms;
using dlcc::test::runnableProcessors;

namespace {

constexpr float kUntouched = -12345.0f;

std::string readExamples() {
  std::ifstream file(DLCC_SOURCE "/tests/passes/Inputs/pointwise.mlir");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Compiles for each processor and runs `body`, which returns the bits to
/// compare.
void onAllProcessors(
    const std::string &text, const char *name,
    const std::function<std::vector<float>(const JitKernel &)> &body) {
  std::vector<float> first;
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(text, name, processor);
    ASSERT_TRUE(kernel);
    std::vector<float> result = body(*kernel);
    if (first.empty())
      first = result;
    ASSERT_EQ(first.size(), result.size());
    EXPECT_EQ(0, std::memcmp(first.data(), result.data(),
                             first.size() * sizeof(float)));
  }
}

/// The order of sums along a contiguous dimension: sixteen lanes, then halves.
float sumLikeKernel(const float *values, int64_t count) {
  float lanes[16] = {};
  for (int64_t i = 0; i < count; ++i)
    lanes[i % 16] += values[i];
  for (int half = 8; half > 0; half /= 2)
    for (int i = 0; i < half; ++i)
      lanes[i] += lanes[i + half];
  return lanes[0];
}

std::string replaceAll(std::string text, const std::string &from,
                       const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// y = x * s + b[column], with `M` rows of `N`.
const char kBias[] = R"mlir(
#mn = affine_map<(m, n) -> (m, n)>
#n = affine_map<(m, n) -> (n)>
#none = affine_map<(m, n) -> ()>
func.func private @k(%x: tensor<MxNxf32>, %s: tensor<f32>, %b: tensor<Nxf32>)
    -> tensor<MxNxf32> attributes {dlc.parallel_dims = 2 : i64} {
  %e = tensor.empty() : tensor<MxNxf32>
  %p = linalg.generic {indexing_maps = [#mn, #none, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : tensor<MxNxf32>, tensor<f32>) outs(%e : tensor<MxNxf32>)
      attrs = {dlc.rows = array<i64: 1, 0>} {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %0 = arith.mulf %l, %r : f32
    linalg.yield %0 : f32
  } -> tensor<MxNxf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%p, %b : tensor<MxNxf32>, tensor<Nxf32>) outs(%e : tensor<MxNxf32>)
      attrs = {dlc.rows = array<i64: 1, 0>} {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %0 = arith.addf %l, %r : f32
    linalg.yield %0 : f32
  } -> tensor<MxNxf32>
  return %y : tensor<MxNxf32>
}
)mlir";

std::string sized(const char *text, int64_t m, int64_t n) {
  return replaceAll(replaceAll(text, "<Mx", "<" + std::to_string(m) + "x"),
                    "Nx", std::to_string(n) + "x");
}

TEST(PointwiseKernel, BroadcastsAlongRowsAndStopsAtTheRowsGiven) {
  const int64_t shapes[][3] = {{5, 3, 5},       {64, 10, 37}, {3, 1000, 2},
                               {700, 100, 699}, {1, 17, 1},   {4, 16, 4}};
  for (auto [m, n, rows] : shapes) {
    SCOPED_TRACE(testing::Message() << m << "x" << n);
    auto x = randoms<float>(m * n), b = randoms<float>(n, 2);
    float s = 1.5f;
    onAllProcessors(sized(kBias, m, n), "k", [&](const JitKernel &kernel) {
      std::vector<float> y(m * n, kUntouched);
      kernel.run({x.data(), &s, b.data(), y.data()}, rows);
      for (int64_t i = 0; i < m * n; ++i)
        EXPECT_EQ(y[i], i < rows * n ? x[i] * s + b[i % n] : kUntouched);
      return y;
    });
  }
}

TEST(PointwiseKernel, LossExample) {
  const int64_t rows = 50;
  auto x = randoms<float>(640);
  for (float &value : x)
    value *= 4;
  std::vector<int32_t> label(64);
  for (int i = 0; i < 64; ++i)
    label[i] = (i * 7) % 10;
  float scale = 0.25f;
  onAllProcessors(readExamples(), "mlp.loss", [&](const JitKernel &kernel) {
    std::vector<float> loss(64, kUntouched), dx(640, kUntouched);
    kernel.run({x.data(), label.data(), &scale, loss.data(), dx.data()}, rows);
    for (int64_t m = 0; m < 64; ++m) {
      double most = -1e30, sum = 0;
      for (int n = 0; n < 10; ++n)
        most = std::max<double>(most, x[m * 10 + n]);
      for (int n = 0; n < 10; ++n)
        sum += std::exp(x[m * 10 + n] - most);
      double want = std::log(sum) - (x[m * 10 + label[m]] - most);
      if (m >= rows) {
        EXPECT_EQ(loss[m], kUntouched);
        EXPECT_EQ(dx[m * 10], kUntouched);
        continue;
      }
      EXPECT_NEAR(loss[m], want, 1e-5);
      for (int n = 0; n < 10; ++n) {
        double p = std::exp(x[m * 10 + n] - most) / sum;
        EXPECT_NEAR(dx[m * 10 + n], (p - (n == label[m])) * scale, 1e-6);
      }
    }
    loss.insert(loss.end(), dx.begin(), dx.end());
    return loss;
  });
}

TEST(PointwiseKernel, ArgMaxTakesTheFirstAndCountsNaNAsTheLargest) {
  std::vector<float> x(640, -std::numeric_limits<float>::infinity());
  std::vector<int32_t> label(64, 0);
  auto nan = std::numeric_limits<float>::quiet_NaN();
  x[10 + 3] = x[10 + 7] = 2; // a tie: 3
  label[1] = 3;
  x[20 + 5] = nan, x[20 + 8] = nan, x[20 + 1] = 9; // the first NaN: 5
  label[2] = 5;
  x[30 + 9] = 0; // the last
  label[3] = 9;
  label[4] = 1; // all are -inf: 0, so this one is wrong
  onAllProcessors(readExamples(), "mlp.accuracy", [&](const JitKernel &kernel) {
    std::vector<float> hit(64, kUntouched);
    kernel.run({x.data(), label.data(), hit.data()}, 64);
    for (int m = 0; m < 64; ++m)
      EXPECT_EQ(hit[m], m == 4 ? 0 : 1) << m;
    return hit;
  });
}

TEST(PointwiseKernel, ColumnSumsAreChainsOverTheRowsGiven) {
  const int64_t rows = 61;
  auto dy = randoms<float>(64 * 300), b0 = randoms<float>(300, 3);
  float rate = 0.1f;
  onAllProcessors(readExamples(), "mlp.dense.bias.update",
                  [&](const JitKernel &kernel) {
                    std::vector<float> b = b0;
                    // In place: the new bias lies in the memory of the old one.
                    kernel.run({dy.data(), b.data(), &rate, b.data()}, rows);
                    for (int n = 0; n < 300; ++n) {
                      float sum = 0;
                      for (int m = 0; m < rows; ++m)
                        sum += dy[m * 300 + n];
                      EXPECT_EQ(b[n], b0[n] - rate * sum);
                    }
                    return b;
                  });
}

TEST(PointwiseKernel, SumOfAVectorHasSixteenLanesAndATree) {
  auto x = randoms<float>(64);
  for (int64_t rows : {64, 33, 16, 5, 1})
    onAllProcessors(readExamples(), "mlp.loss.mean",
                    [&](const JitKernel &kernel) {
                      float mean = kUntouched;
                      kernel.run({x.data(), &rows, &mean}, rows);
                      EXPECT_EQ(mean, sumLikeKernel(x.data(), rows) / rows);
                      return std::vector<float>{mean};
                    });
}

} // namespace
