//===- DeviceKernelsTest.cpp - whole kernels, and mutants of them ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Numbers are small and whole, so that every sum is exact in any order.
//
//===----------------------------------------------------------------------===//

#include "Emulation.h"

#include "tests/gpu/emulator/Narrow.h"

#include <random>

using namespace dlcc;
using namespace dlcc::test;

namespace {

std::vector<float> draw(size_t count) {
  std::mt19937 random(uint32_t(count) + 1);
  std::vector<float> result(count);
  for (float &value : result)
    value = float(int(random() % 17) - 8);
  return result;
}

uint32_t parts(int extent, int part) {
  return uint32_t((extent + part - 1) / part);
}

std::optional<Fault> transpose(const std::string &name, int rows, int columns,
                               uint64_t seed = 0) {
  auto emulation = Emulation::ofFile(name);
  std::vector<float> x = draw(rows * columns);
  Argument in = emulation->add("x", x);
  Argument out = emulation->add("y", std::vector<float>(x.size(), NAN));
  auto fault =
      emulation->run({"transpose",
                      {parts(columns, 32), parts(rows, 32)},
                      {32, 8},
                      0,
                      {out, in, Argument::i32(rows), Argument::i32(columns)}},
                     seed);
  if (!fault) {
    std::vector<float> y = emulation->get<float>(out);
    for (int row = 0; row < rows; ++row)
      for (int column = 0; column < columns; ++column)
        EXPECT_EQ(y[column * rows + row], x[row * columns + column]);
  }
  return fault;
}

TEST(DeviceKernels, Transposition) {
  for (auto [rows, columns] :
       {std::pair(1, 1), {1, 70}, {33, 5}, {64, 32}, {45, 67}})
    for (uint64_t seed : {0, 1})
      EXPECT_TRUE(isDone(transpose("transpose", rows, columns, seed)))
          << rows << " x " << columns;
}

TEST(DeviceKernels, TranspositionMutants) {
  EXPECT_TRUE(stopped(transpose("transpose.WITHOUT_BARRIER", 45, 67),
                      Fault::Kind::Unwritten, "shared @"));
  // One row too many is the next one's first element, or behind the end.
  EXPECT_TRUE(transpose("transpose.WRONG_EDGE", 45, 67));
}

std::optional<Fault> rowSum(const std::string &name, int rows, int columns) {
  auto emulation = Emulation::ofFile(name);
  std::vector<float> x = draw(rows * columns);
  Argument in = emulation->add("x", x);
  Argument out = emulation->add("sums", std::vector<float>(rows, NAN));
  auto fault = emulation->run({"row_sum",
                               {uint32_t(rows)},
                               {128},
                               0,
                               {out, in, Argument::i32(columns)}});
  if (!fault)
    for (int row = 0; row < rows; ++row) {
      float sum = 0;
      for (int i = 0; i < columns; ++i)
        sum += x[row * columns + i];
      EXPECT_EQ(emulation->get<float>(out)[row], sum) << row;
    }
  return fault;
}

TEST(DeviceKernels, SumsOfRows) {
  for (auto [rows, columns] : {std::pair(1, 1), {3, 31}, {2, 129}, {5, 1000}})
    EXPECT_TRUE(isDone(rowSum("row_sum", rows, columns)))
        << rows << " x " << columns;
}

TEST(DeviceKernels, SumsOfRowsMutants) {
  EXPECT_TRUE(stopped(rowSum("row_sum.WITHOUT_BARRIER", 3, 129),
                      Fault::Kind::Unwritten, "shared @"));
  EXPECT_TRUE(stopped(rowSum("row_sum.DIVERGENT_BARRIER", 3, 129),
                      Fault::Kind::DivergentBarrier,
                      "1 threads wait at barrier 0"));
  EXPECT_TRUE(stopped(rowSum("row_sum.EACH_WARP", 3, 129), Fault::Kind::Race,
                      "sums + "));
  EXPECT_TRUE(stopped(rowSum("row_sum.HALF_A_WARP", 3, 129),
                      Fault::Kind::DivergentWarp, "for other lanes"));
}

/// Checks c against the product of a and b.
void expectProduct(const std::vector<float> &a, const std::vector<float> &b,
                   const std::vector<float> &c, int m, int n, int k) {
  for (int row = 0; row < m; ++row)
    for (int column = 0; column < n; ++column) {
      float sum = 0;
      for (int i = 0; i < k; ++i)
        sum += a[row * k + i] * b[i * n + column];
      ASSERT_EQ(c[row * n + column], sum) << row << ", " << column;
    }
}

std::optional<Fault> product(const std::string &name, int m, int n, int k,
                             uint64_t seed = 0) {
  auto emulation = Emulation::ofFile(name);
  std::vector<float> a = draw(m * k), b = draw(k * n);
  Argument inA = emulation->add("a", a), inB = emulation->add("b", b);
  Argument out = emulation->add("c", std::vector<float>(m * n, NAN));
  auto fault = emulation->run(
      {"product",
       {parts(n, 32), parts(m, 32)},
       {16, 16},
       0,
       {out, inA, inB, Argument::i32(m), Argument::i32(n), Argument::i32(k)}},
      seed);
  if (!fault)
    expectProduct(a, b, emulation->get<float>(out), m, n, k);
  return fault;
}

TEST(DeviceKernels, Product) {
  for (auto [m, n, k] : {std::array{1, 1, 1}, {33, 31, 17}, {70, 65, 50}})
    for (uint64_t seed : {0, 1})
      EXPECT_TRUE(isDone(product("product", m, n, k, seed)))
          << m << " x " << n << " x " << k;
}

TEST(DeviceKernels, ProductMutants) {
  EXPECT_TRUE(stopped(product("product.WITHOUT_BARRIER_BEFORE", 33, 31, 17),
                      Fault::Kind::Unwritten, "shared @"));
  EXPECT_TRUE(stopped(product("product.WITHOUT_BARRIER_BEHIND", 33, 31, 17),
                      Fault::Kind::Race, "shared @"));
  EXPECT_TRUE(stopped(product("product.OVERLAPPING_BLOCKS", 33, 70, 17),
                      Fault::Kind::Race, "in the same launch"));
}

/// With rows of `a` and `b` at multiples of 16 bytes; `isExact` says whether
/// the result was the product.
std::optional<Fault> productMma(const std::string &name, int m, int n, int k,
                                uint64_t seed = 0, bool *isExact = nullptr) {
  auto emulation = Emulation::ofFile(name);
  std::vector<float> a = draw(m * k), b = draw(k * n);
  int aStep = (k + 7) / 8 * 8, bStep = (n + 7) / 8 * 8;
  // The last row ends with its last element.
  auto narrowed = [](const std::vector<float> &values, int columns, int step) {
    int rows = int(values.size()) / columns;
    std::vector<uint16_t> result((rows - 1) * step + columns, 0x7fc0);
    for (int i = 0; i < int(values.size()); ++i)
      result[i / columns * step + i % columns] = emulator::toBf16(values[i]);
    return result;
  };
  Argument inA = emulation->add("a", narrowed(a, k, aStep));
  Argument inB = emulation->add("b", narrowed(b, n, bStep));
  Argument out = emulation->add("c", std::vector<float>(m * n, NAN));
  auto fault = emulation->run(
      {"product_mma",
       {parts(n, 64), parts(m, 64)},
       {128},
       3 * 2 * 64 * 32 * 2,
       {out, inA, inB, Argument::i32(m), Argument::i32(n), Argument::i32(k),
        Argument::i32(aStep), Argument::i32(bStep)}},
      seed);
  if (fault)
    return fault;
  std::vector<float> c = emulation->get<float>(out);
  if (!isExact)
    expectProduct(a, b, c, m, n, k);
  else
    for (int i = 0; i < m * n; ++i) {
      float sum = 0;
      for (int j = 0; j < k; ++j)
        sum += a[i / n * k + j] * b[j * n + i % n];
      *isExact &= c[i] == sum;
    }
  return fault;
}

TEST(DeviceKernels, ProductOnTensorCores) {
  for (auto [m, n, k] :
       {std::array{1, 1, 1}, {64, 64, 32}, {65, 7, 130}, {70, 100, 200}})
    for (uint64_t seed : {0, 1})
      EXPECT_TRUE(isDone(productMma("product_mma", m, n, k, seed)))
          << m << " x " << n << " x " << k;
}

TEST(DeviceKernels, ProductOnTensorCoresMutants) {
  EXPECT_TRUE(stopped(productMma("product_mma.WITHOUT_WAIT", 70, 100, 200),
                      Fault::Kind::UnfinishedCopy, "dynamic shared memory"));
  EXPECT_TRUE(stopped(productMma("product_mma.WAIT_TOO_SHORT", 70, 100, 200),
                      Fault::Kind::UnfinishedCopy, "dynamic shared memory"));
  EXPECT_TRUE(stopped(productMma("product_mma.WRONG_BLOCK", 70, 100, 200),
                      Fault::Kind::OutOfBounds, "(c) + "));
  auto fault = productMma("product_mma.WITHOUT_BARRIER", 70, 100, 200);
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->kind == Fault::Kind::Unwritten ||
              fault->kind == Fault::Kind::UnfinishedCopy ||
              fault->kind == Fault::Kind::Race)
      << fault->text;
  // No access is wrong here, only numbers are.
  bool isExact = true;
  EXPECT_TRUE(isDone(productMma("product_mma.WRONG_TRANSPOSITION", 70, 100, 200,
                                0, &isExact)));
  EXPECT_FALSE(isExact);
}

} // namespace
