//===- GuardedProduct.h - kernels of products, run ---------------*- C++
//-*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_CODEGEN_GUARDEDPRODUCT_H
#define DLCC_TESTS_UNIT_CODEGEN_GUARDEDPRODUCT_H

#include "Guarded.h"
#include "JitKernel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dlcc::test {

/// Runs a kernel of two operands for every place of these between pages that
/// nobody may read, at their end and at their beginning. `check` is given what
/// became of `result`.
template <typename T, typename R, typename Check>
void runGuarded(const JitKernel &kernel, const std::vector<T> &a,
                const std::vector<T> &b, const std::vector<R> &result,
                int64_t rows, Check check) {
  for (bool atEnd : {false, true}) {
    Guarded<T> x(a, atEnd), y(b, atEnd);
    std::vector<R> c = result;
    kernel.run({x.data(), y.data(), c.data()}, rows);
    check(c);
  }
}

/// A product of ones, in three rows of which stand infinity, NaN and what is
/// too large for bf16.
struct NotFiniteProduct {
  NotFiniteProduct(int64_t m, int64_t n, int64_t k, bool transposeA)
      : m(m), n(n), k(k), a(m * k, 1.0f), b(k * n, 1.0f) {
    auto at = [&](int64_t row, int64_t p) {
      return transposeA ? p * m + row : row * k + p;
    };
    a[at(3, k - 1)] = std::numeric_limits<float>::infinity();
    a[at(5, 0)] = std::numeric_limits<float>::quiet_NaN();
    a[at(7, 2)] = -std::numeric_limits<float>::max();
  }

  /// All other rows of the product `c` are as if there were none of them.
  void expect(const std::vector<float> &c) const {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j) {
        float value = c[i * n + j];
        if (i == 5)
          EXPECT_TRUE(std::isnan(value)) << i << ", " << j;
        else
          EXPECT_EQ(value, i == 3   ? infinity
                           : i == 7 ? -infinity
                                    : float(k))
              << i << ", " << j;
      }
  }

  int64_t m, n, k;
  std::vector<float> a, b;
};

} // namespace dlcc::test

#endif // DLCC_TESTS_UNIT_CODEGEN_GUARDEDPRODUCT_H
