//===- ContractionKernelTest.cpp - products against plain loops -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every kernel runs on each processor that this machine offers. An element of
// a product is one chain of fused multiply-adds over ascending k, or 16 of them
// where it is an inner product, so results are compared bit for bit with the
// chains written out in MatrixProduct.h.
//
//===----------------------------------------------------------------------===//

#include "GuardedProduct.h"
#include "MatrixProduct.h"

#include <functional>
#include <random>

using dlcc::test::expectProduct;
using dlcc::test::expectSameBits;
using dlcc::test::JitKernel;
using dlcc::test::kUntouched;
using dlcc::test::Product;
using dlcc::test::randoms;
using dlcc::test::runGuarded;
using dlcc::test::runnableProcessors;
using dlcc::test::tensor;

namespace {

class ContractionShapes
    : public testing::TestWithParam<std::array<int64_t, 3>> {};

TEST_P(ContractionShapes, AllFormsAddInTheirOrder) {
  auto [m, n, k] = GetParam();
  expectProduct<float>({m, n, k});
  expectProduct<float>({m, n, k, false, true});
  expectProduct<float>({m, n, k, true, false});
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, ContractionShapes,
    testing::Values(
        std::array<int64_t, 3>{1, 1, 1}, std::array<int64_t, 3>{1, 1, 37},
        std::array<int64_t, 3>{1, 300, 70}, std::array<int64_t, 3>{300, 1, 19},
        std::array<int64_t, 3>{64, 10, 100}, std::array<int64_t, 3>{9, 49, 1},
        std::array<int64_t, 3>{7, 5, 3}, std::array<int64_t, 3>{33, 65, 17},
        std::array<int64_t, 3>{3, 97, 531},
        std::array<int64_t, 3>{300, 200, 600},
        std::array<int64_t, 3>{20, 600, 1100},
        // Few columns or rows, with edges in the other direction.
        std::array<int64_t, 3>{301, 5, 70}, std::array<int64_t, 3>{150, 2, 400},
        std::array<int64_t, 3>{1030, 17, 120},
        std::array<int64_t, 3>{5, 301, 70}, std::array<int64_t, 3>{24, 40, 145},
        std::array<int64_t, 3>{8, 2000, 48}, std::array<int64_t, 3>{4, 4, 64},
        std::array<int64_t, 3>{1, 20, 300},
        // Edges of one row, and vectors of which one lane is there.
        std::array<int64_t, 3>{41, 33, 50}, std::array<int64_t, 3>{25, 97, 40},
        // Whole panels of B, as they lie, and rows of it a power of two apart.
        std::array<int64_t, 3>{29, 96, 300},
        std::array<int64_t, 3>{20, 4096, 300}));

/// Extents as they come: from 1 to 300, evenly over their logarithms.
TEST(ContractionKernel, ShapesThatNobodyChose) {
  std::mt19937 generator(11);
  auto extent = [&] {
    return int64_t(std::exp2(double(generator() >> 8) * 0x1p-24 * 8.2));
  };
  for (int i = 0; i < 20; ++i) {
    Product product{extent(), extent(), extent()};
    product.transposeA = generator() % 2;
    product.transposeB = generator() % 2;
    product.transposeC = generator() % 4 == 0;
    expectProduct<float>(product);
  }
}

TEST(ContractionKernel, BothOperandsTransposed) {
  expectProduct<float>({37, 51, 29, true, true});
}

TEST(ContractionKernel, TransposedResultSwapsTheOperands) {
  expectProduct<float>({37, 51, 29, false, false, true});
  expectProduct<float>({37, 51, 29, true, true, true});
}

TEST(ContractionKernel, RowsLimitEachDimension) {
  Product product{40, 60, 50};
  product.rows[0] = 2;
  expectProduct<float>(product, 7);
  product.rows[0] = 0;
  product.rows[1] = 3;
  expectProduct<float>(product, 11);
  product.rows[1] = 0;
  product.rows[2] = 5;
  expectProduct<float>(product, 3);
}

TEST(ContractionKernel, RowsThatACallDoesNotGiveAreNotThere) {
  Product product{41, 50, 70};
  product.rows[0] = 1;
  auto b = randoms<float>(product.k * product.n, 2);
  std::vector<float> untouched(product.m * product.n, kUntouched);
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(product.kernel(), "k", processor);
    ASSERT_TRUE(kernel);
    for (int64_t rows = 1; rows <= product.m; ++rows) {
      SCOPED_TRACE(rows);
      auto a = randoms<float>(rows * product.k, 1);
      runGuarded(*kernel, a, b, untouched, rows,
                 [&](const std::vector<float> &c) {
                   expectSameBits(c, product.expected(a, b, rows));
                 });
    }
  }
}

TEST(ContractionKernel, RowsLimitEachDimensionOfInnerProducts) {
  for (bool manyRows : {false, true}) {
    Product product{12, 60, 100, false, true};
    if (manyRows)
      std::swap(product.m, product.n);
    for (int which : {0, 1, 2}) {
      product.rows[0] = product.rows[1] = product.rows[2] = 0;
      product.rows[which] = 4;
      for (int64_t rows : {1, 2, 3})
        expectProduct<float>(product, rows);
    }
  }
}

TEST(ContractionKernel, InnerProductsOfDoubles) {
  expectProduct<double>({7, 70, 301, false, true, false, "f64"});
  expectProduct<double>({70, 3, 50, false, false, false, "f64"});
}

TEST(ContractionKernel, InnerProductsOfTransposedResults) {
  expectProduct<float>({7, 70, 100, false, true, true});
  expectProduct<float>({70, 7, 100, false, true, true});
}

TEST(ContractionKernel, FewRowsEndWholeTasks) {
  Product product{600, 64, 128};
  product.rows[0] = 1;
  expectProduct<float>(product, 5);
}

TEST(ContractionKernel, Doubles) {
  expectProduct<double>({33, 70, 300, false, true, false, "f64"});
  expectProduct<double>({33, 70, 30, true, false, false, "f64"});
}

TEST(ContractionKernel, Integers) {
  expectProduct<int32_t>({33, 70, 21, false, true, false, "i32"});
  expectProduct<int64_t>({33, 17, 21, true, false, false, "i64"});
}

TEST(ContractionKernel, NarrowIntegers) {
  for (int64_t n : {5, 24, 48, 70, 96, 130})
    for (bool transposeA : {false, true}) {
      expectProduct<int8_t>({9, n, 5, transposeA, false, false, "i8"});
      expectProduct<int16_t>({20, n, 37, transposeA, false, false, "i16"});
    }
  expectProduct<int8_t>({130, 3, 40, true, false, false, "i8"});
  expectProduct<int16_t>({130, 3, 40, true, false, false, "i16"});
}

TEST(ContractionKernel, NarrowFloatsAreSummedInF32) {
  constexpr int64_t m = 21, n = 40, k = 50;
  const char *text = R"(
func.func private @k(%a: tensor<21x50xf16>, %b: tensor<40x50xf16>) -> tensor<21x40xf32>
    attributes {dlc.kernel = "k"} {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<21x40xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<21x40xf32>) -> tensor<21x40xf32>
  %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>,
      affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<21x50xf16>, tensor<40x50xf16>) outs(%init : tensor<21x40xf32>) {
  ^bb0(%l: f16, %r: f16, %acc: f32):
    %0 = arith.extf %l : f16 to f32
    %1 = arith.extf %r : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %acc, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<21x40xf32>
  return %p : tensor<21x40xf32>
})";
  auto narrow = [](size_t count, unsigned seed) {
    std::vector<_Float16> values;
    for (float value : randoms<float>(count, seed))
      values.push_back(static_cast<_Float16>(value));
    return values;
  };
  auto a = narrow(m * k, 1), b = narrow(n * k, 2);
  std::vector<float> wideA(a.begin(), a.end()), wideB(b.begin(), b.end());
  Product product{m, n, k, false, true};
  std::vector<float> expected = product.expected(wideA, wideB);
  for (const std::string &processor : runnableProcessors()) {
    auto kernel = JitKernel::compile(text, "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<float> c(m * n);
    kernel->run({a.data(), b.data(), c.data()}, 1);
    expectSameBits(c, expected);
  }
}

//===----------------------------------------------------------------------===//
// Epilogues
//===----------------------------------------------------------------------===//

/// An elementwise op of the epilogue over (m, n).
std::string stage(const std::string &result, const std::string &maps,
                  const std::string &ins, const std::string &outs,
                  const std::string &arguments, const std::string &body) {
  return "  " + result + " = linalg.generic {indexing_maps = [" + maps +
         "], iterator_types = [\"parallel\", \"parallel\"]} ins(" + ins +
         ") outs(" + outs + ") {\n  ^bb0(" + arguments + "):\n" + body + "  }";
}

const char *const kBoth = "affine_map<(m, n) -> (m, n)>";
const char *const kColumn = "affine_map<(m, n) -> (n)>";
const char *const kRow = "affine_map<(m, n) -> (m)>";
const char *const kScalar = "affine_map<(m, n) -> ()>";

/// s = p + bias[n] + shift[m]; y = max(s, 0); both are results.
void expectBiasAndRelu(Product product) {
  const auto [m, n, k] = std::array{product.m, product.n, product.k};
  product.rows[0] = 1;
  std::string mn = tensor({m, n});
  std::string join = std::string(kBoth) + ", ";
  std::string text =
      "func.func private @k(%a: " + product.a() + ", %b: " + product.b() +
      ", %bias: " + tensor({n}) + ", %shift: " + tensor({m}) + ") -> (" + mn +
      ", " + mn + ") attributes {dlc.kernel = \"k\"} {\n" + product.text() +
      stage("%s", join + kColumn + ", " + kRow + ", " + kBoth,
            "%p, %bias, %shift : " + mn + ", " + tensor({n}) + ", " +
                tensor({m}),
            "%empty : " + mn, "%x: f32, %y: f32, %z: f32, %o: f32",
            "    %0 = arith.addf %x, %y : f32\n"
            "    %1 = arith.addf %0, %z : f32\n"
            "    linalg.yield %1 : f32\n") +
      " -> " + mn + "\n" +
      stage("%y", join + kBoth, "%s : " + mn, "%empty : " + mn,
            "%x: f32, %o: f32",
            "    %c = arith.constant 0.0 : f32\n"
            "    %0 = arith.cmpf ogt, %x, %c : f32\n"
            "    %1 = arith.select %0, %x, %c : f32\n"
            "    linalg.yield %1 : f32\n") +
      " -> " + mn + "\n  return %s, %y : " + mn + ", " + mn + "\n}\n";

  const int64_t rows = m - 2;
  auto a = randoms<float>(m * k, 1), b = randoms<float>(n * k, 2);
  auto bias = randoms<float>(n, 3), shift = randoms<float>(m, 4);
  std::vector<float> sums = product.expected(a, b, rows), relu = sums;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < n; ++j) {
      float sum = (sums[i * n + j] + bias[j]) + shift[i];
      sums[i * n + j] = sum;
      relu[i * n + j] = sum > 0 ? sum : 0;
    }
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(text, "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<float> s(m * n, kUntouched), y = s;
    kernel->run(
        {a.data(), b.data(), bias.data(), shift.data(), s.data(), y.data()},
        rows);
    expectSameBits(s, sums);
    expectSameBits(y, relu);
  }
}

TEST(ContractionKernel, BiasAndReluWithTwoResults) {
  expectBiasAndRelu({45, 83, 600, false, true});
}

TEST(ContractionKernel, BiasAndReluOfInnerProducts) {
  expectBiasAndRelu({9, 83, 300, false, true});
  expectBiasAndRelu({203, 7, 100, false, true});
}

TEST(ContractionKernel, BiasAndReluOfFewColumns) {
  expectBiasAndRelu({203, 7, 100, true, false});
  expectBiasAndRelu({203, 19, 600, true, false});
}

/// The gradient stays in registers: v' = mu * v + g, w' = w - rate * v'.
void expectMomentumUpdate(int64_t m, int64_t n) {
  constexpr int64_t k = 64;
  Product product{m, n, k, true, false};
  product.rows[2] = 1;
  std::string mn = tensor({m, n});
  std::string join = std::string(kBoth) + ", ";
  std::string text =
      "func.func private @k(%a: " + product.a() + ", %b: " + product.b() +
      ", %w: " + mn + ", %v: " + mn +
      ", %mu: tensor<f32>, %rate: tensor<f32>) -> (" + mn + ", " + mn +
      ") attributes {dlc.kernel = \"k\"} {\n" + product.text() +
      stage("%u:2",
            join + kBoth + ", " + kBoth + ", " + kScalar + ", " + kScalar +
                ", " + kBoth + ", " + kBoth,
            "%p, %w, %v, %mu, %rate : " + mn + ", " + mn + ", " + mn +
                ", tensor<f32>, tensor<f32>",
            "%empty, %empty : " + mn + ", " + mn,
            "%g: f32, %x: f32, %y: f32, %m: f32, %r: f32, %o: f32, %q: f32",
            "    %0 = arith.mulf %m, %y : f32\n"
            "    %1 = arith.addf %0, %g : f32\n"
            "    %2 = arith.mulf %r, %1 : f32\n"
            "    %3 = arith.subf %x, %2 : f32\n"
            "    linalg.yield %3, %1 : f32, f32\n") +
      " -> (" + mn + ", " + mn + ")\n  return %u#0, %u#1 : " + mn + ", " + mn +
      "\n}\n";

  constexpr int64_t rows = 50;
  auto a = randoms<float>(m * k, 1), b = randoms<float>(n * k, 2);
  auto weight = randoms<float>(m * n, 3), velocity = randoms<float>(m * n, 4);
  float mu = 0.9f, rate = 0.1f;
  std::vector<float> gradient = product.expected(a, b, rows);
  std::vector<float> newWeight = weight, newVelocity = velocity;
  for (int64_t i = 0; i < m * n; ++i) {
    volatile float kept = mu * velocity[i];
    newVelocity[i] = kept + gradient[i];
    volatile float change = rate * newVelocity[i];
    newWeight[i] = weight[i] - change;
  }
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(text, "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<float> w = weight, v = velocity;
    kernel->run({a.data(), b.data(), w.data(), v.data(), &mu, &rate, w.data(),
                 v.data()},
                rows);
    expectSameBits(w, newWeight);
    expectSameBits(v, newVelocity);
  }
}

TEST(ContractionKernel, MomentumUpdateInPlace) {
  expectMomentumUpdate(70, 131);
}

TEST(ContractionKernel, MomentumUpdateOfFewColumns) {
  expectMomentumUpdate(211, 5);
}

/// Below the diagonal the product, above it zero.
void expectIndices(const Product &product) {
  const auto [m, n, k] = std::array{product.m, product.n, product.k};
  std::string mn = tensor({m, n});
  std::string text = "func.func private @k(%a: " + product.a() +
                     ", %b: " + product.b() + ") -> " + mn +
                     " attributes {dlc.kernel = \"k\"} {\n" + product.text() +
                     stage("%y", std::string(kBoth) + ", " + kBoth,
                           "%p : " + mn, "%empty : " + mn, "%x: f32, %o: f32",
                           "    %i = linalg.index 0 : index\n"
                           "    %j = linalg.index 1 : index\n"
                           "    %c = arith.constant 0.0 : f32\n"
                           "    %0 = arith.cmpi sge, %i, %j : index\n"
                           "    %1 = arith.select %0, %x, %c : f32\n"
                           "    linalg.yield %1 : f32\n") +
                     " -> " + mn + "\n  return %y : " + mn + "\n}\n";
  auto a = randoms<float>(m * k, 1), b = randoms<float>(n * k, 2);
  std::vector<float> expected = product.expected(a, b);
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = i + 1; j < n; ++j)
      expected[i * n + j] = 0;
  for (const std::string &processor : runnableProcessors()) {
    auto kernel = JitKernel::compile(text, "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<float> y(m * n);
    kernel->run({a.data(), b.data(), y.data()}, 1);
    expectSameBits(y, expected);
  }
}

TEST(ContractionKernel, IndexOfAnElement) {
  expectIndices({30, 41, 12});
  expectIndices({130, 9, 64, true, false});
  expectIndices({9, 130, 64, false, true});
}

//===----------------------------------------------------------------------===//
// More dimensions
//===----------------------------------------------------------------------===//

/// C[b][t][n] = sum over k; maps and shapes as given.
std::string rank4(const std::string &lhs, const std::string &rhs,
                  const std::string &lhsType, const std::string &rhsType,
                  const std::string &result, const std::string &type,
                  const std::string &iterators) {
  return "func.func private @k(%a: " + lhsType + ", %b: " + rhsType + ") -> " +
         type +
         " attributes {dlc.kernel = \"k\"} {\n"
         "  %zero = arith.constant 0.0 : f32\n  %empty = tensor.empty() : " +
         type +
         "\n  %init = linalg.fill ins(%zero : f32) outs(%empty : " + type +
         ") -> " + type +
         "\n  %p = linalg.generic {indexing_maps = [affine_map<(b, t, n, k) "
         "-> (" +
         lhs + ")>, affine_map<(b, t, n, k) -> (" + rhs +
         ")>, affine_map<(b, t, n, k) -> (" + result +
         ")>], iterator_types = [" + iterators + "]} ins(%a, %b : " + lhsType +
         ", " + rhsType + ") outs(%init : " + type +
         ") attrs = {dlc.rows = array<i64: 1, 0, 0, 0>} {\n"
         "  ^bb0(%l: f32, %r: f32, %acc: f32):\n"
         "    %x = arith.mulf %l, %r : f32\n"
         "    %y = arith.addf %acc, %x : f32\n"
         "    linalg.yield %y : f32\n  } -> " +
         type + "\n  return %p : " + type + "\n}\n";
}

void expectRank4(const std::string &text, size_t sizeA, size_t sizeB,
                 size_t sizeC, int64_t rows,
                 const std::function<void(const std::vector<float> &,
                                          const std::vector<float> &,
                                          std::vector<float> &)> &reference) {
  auto a = randoms<float>(sizeA, 1), b = randoms<float>(sizeB, 2);
  std::vector<float> expected(sizeC, kUntouched);
  reference(a, b, expected);
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(text, "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<float> c(sizeC, kUntouched);
    kernel->run({a.data(), b.data(), c.data()}, rows);
    expectSameBits(c, expected);
  }
}

TEST(ContractionKernel, TwoLeadingDimensionsBecomeOne) {
  constexpr int64_t b = 5, t = 7, n = 20, k = 9, rows = 3;
  std::string text =
      rank4("b, t, k", "n, k", tensor({b, t, k}), tensor({n, k}), "b, t, n",
            tensor({b, t, n}),
            "\"parallel\", \"parallel\", \"parallel\", \"reduction\"");
  Product flat{b * t, n, k, false, true};
  flat.rows[0] = t;
  expectRank4(
      text, b * t * k, n * k, b * t * n, rows,
      [&](auto &x, auto &w, auto &y) { y = flat.expected(x, w, rows); });
}

TEST(ContractionKernel, BatchOfProducts) {
  constexpr int64_t b = 4, t = 11, n = 18, k = 13, rows = 3;
  std::string text =
      rank4("b, t, k", "b, n, k", tensor({b, t, k}), tensor({b, n, k}),
            "b, t, n", tensor({b, t, n}),
            "\"parallel\", \"parallel\", \"parallel\", \"reduction\"");
  expectRank4(text, b * t * k, b * n * k, b * t * n, rows,
              [&](auto &x, auto &w, auto &y) {
                for (int64_t i = 0; i < rows; ++i)
                  for (int64_t j = 0; j < t; ++j)
                    for (int64_t o = 0; o < n; ++o) {
                      float sum = 0;
                      for (int64_t p = 0; p < k; ++p)
                        sum = std::fma(x[(i * t + j) * k + p],
                                       w[(i * n + o) * k + p], sum);
                      y[(i * t + j) * n + o] = sum;
                    }
              });
}

TEST(ContractionKernel, SumOverStepsAndTheRowsGiven) {
  // The gradient of a recurrent layer's weights. Of each step only the rows
  // given are summed, so steps and rows do not merge.
  constexpr int64_t steps = 3, batch = 50, m = 30, n = 96, rows = 41;
  std::string text =
      rank4("b, t, k", "b, t, n", tensor({steps, batch, m}),
            tensor({steps, batch, n}), "k, n", tensor({m, n}),
            "\"reduction\", \"reduction\", \"parallel\", \"parallel\"");
  const std::string outer = "1, 0, 0, 0", inner = "0, 1, 0, 0";
  text.replace(text.find(outer), outer.size(), inner);
  expectRank4(text, steps * batch * m, steps * batch * n, m * n, rows,
              [&](auto &x, auto &w, auto &y) {
                for (int64_t i = 0; i < m; ++i)
                  for (int64_t j = 0; j < n; ++j) {
                    float sum = 0;
                    for (int64_t s = 0; s < steps; ++s)
                      for (int64_t r = 0; r < rows; ++r)
                        sum = std::fma(x[(s * batch + r) * m + i],
                                       w[(s * batch + r) * n + j], sum);
                    y[i * n + j] = sum;
                  }
              });
}

TEST(ContractionKernel, SumOverTwoDimensionsThatDoNotMerge) {
  // b and k are summed, b outside; the right side has them the other way.
  constexpr int64_t b = 6, t = 10, n = 17, k = 40, rows = 4;
  std::string text =
      rank4("b, t, k", "k, b, n", tensor({b, t, k}), tensor({k, b, n}), "t, n",
            tensor({t, n}),
            "\"reduction\", \"parallel\", \"parallel\", \"reduction\"");
  expectRank4(text, b * t * k, k * b * n, t * n, rows,
              [&](auto &x, auto &w, auto &y) {
                for (int64_t j = 0; j < t; ++j)
                  for (int64_t o = 0; o < n; ++o) {
                    float sum = 0;
                    for (int64_t i = 0; i < rows; ++i)
                      for (int64_t p = 0; p < k; ++p)
                        sum = std::fma(x[(i * t + j) * k + p],
                                       w[(p * b + i) * n + o], sum);
                    y[j * n + o] = sum;
                  }
              });
}

} // namespace
