//===- Arrays.h - what kernels read and what they should write --*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_CODEGEN_ARRAYS_H
#define DLCC_TESTS_UNIT_CODEGEN_ARRAYS_H

#include "gtest/gtest.h"

#include <cstdint>
#include <cstring>
#include <random>
#include <type_traits>
#include <vector>

namespace dlcc::test {

/// From N(0, 1); whole numbers from N(0, 50).
template <typename T> std::vector<T> randoms(size_t count, unsigned seed = 1) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal(0, std::is_integral_v<T> ? 50 : 1);
  std::vector<T> values(count);
  for (T &value : values)
    value = static_cast<T>(normal(generator));
  return values;
}

template <typename T>
void expectSameBits(const std::vector<T> &actual,
                    const std::vector<T> &expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i)
    ASSERT_EQ(0, std::memcmp(&actual[i], &expected[i], sizeof(T)))
        << "element " << i << ": " << +actual[i] << " instead of "
        << +expected[i];
}

} // namespace dlcc::test

#endif // DLCC_TESTS_UNIT_CODEGEN_ARRAYS_H
