//===- MatrixProduct.h - products of matrices, as plain loops ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_CODEGEN_MATRIXPRODUCT_H
#define DLCC_TESTS_UNIT_CODEGEN_MATRIXPRODUCT_H

#include "Arrays.h"
#include "Guarded.h"
#include "JitKernel.h"

#include "gtest/gtest.h"

#include <array>
#include <cmath>
#include <cstring>
#include <sstream>

namespace dlcc::test {

inline constexpr float kUntouched = -12345.0f;

inline std::string tensor(std::initializer_list<int64_t> shape,
                          const std::string &type = "f32") {
  std::ostringstream text;
  text << "tensor<";
  for (int64_t extent : shape)
    text << extent << 'x';
  text << type << '>';
  return text.str();
}

/// Shapes and indexing of C[m][n] = sum of A times B, as in the kernel's text.
struct Product {
  int64_t m, n, k;
  bool transposeA = false, transposeB = false, transposeC = false;
  std::string type = "f32";
  /// Indices of m, n and k for each row given.
  int64_t rows[3] = {0, 0, 0};

  std::string a() const {
    return transposeA ? tensor({k, m}, type) : tensor({m, k}, type);
  }
  std::string b() const {
    return transposeB ? tensor({n, k}, type) : tensor({k, n}, type);
  }
  std::string c() const {
    return transposeC ? tensor({n, m}, type) : tensor({m, n}, type);
  }
  size_t atA(int64_t i, int64_t p) const {
    return transposeA ? p * m + i : i * k + p;
  }
  size_t atB(int64_t p, int64_t j) const {
    return transposeB ? j * k + p : p * n + j;
  }
  size_t atC(int64_t i, int64_t j) const {
    return transposeC ? j * m + i : i * n + j;
  }

  /// The product %p of %a and %b.
  std::string text() const {
    bool isFloat = type[0] == 'f';
    std::ostringstream out;
    out << "  %zero = arith.constant " << (isFloat ? "0.0" : "0") << " : "
        << type << "\n  %empty = tensor.empty() : " << c()
        << "\n  %init = linalg.fill ins(%zero : " << type
        << ") outs(%empty : " << c() << ") -> " << c()
        << "\n  %p = linalg.generic {indexing_maps = ["
        << "affine_map<(m, n, k) -> (" << (transposeA ? "k, m" : "m, k")
        << ")>, affine_map<(m, n, k) -> (" << (transposeB ? "n, k" : "k, n")
        << ")>, affine_map<(m, n, k) -> (" << (transposeC ? "n, m" : "m, n")
        << ")>], iterator_types = [\"parallel\", \"parallel\", "
           "\"reduction\"]} ins(%a, %b : "
        << a() << ", " << b() << ") outs(%init : " << c()
        << ") attrs = {dlc.rows = array<i64: " << rows[0] << ", " << rows[1]
        << ", " << rows[2] << ">} {\n  ^bb0(%l: " << type << ", %r: " << type
        << ", %acc: " << type << "):\n    %x = arith."
        << (isFloat ? "mulf" : "muli") << " %l, %r : " << type
        << "\n    %y = arith." << (isFloat ? "addf" : "addi")
        << " %acc, %x : " << type << "\n    linalg.yield %y : " << type
        << "\n  } -> " << c() << "\n";
    return out.str();
  }

  /// A kernel that returns the product alone.
  std::string kernel() const {
    return "func.func private @k(%a: " + a() + ", %b: " + b() + ") -> " + c() +
           " attributes {dlc.kernel = \"k\"} {\n" + text() +
           "  return %p : " + c() + "\n}\n";
  }

  /// Whether elements are inner products (docs/contraction-kernels.md): few
  /// rows or columns, and the other operand's lie along k.
  bool isInner() const {
    bool manyRows = m > n || (m == n && transposeC);
    int64_t few = std::min(m, n);
    bool liesAlongK = manyRows ? !transposeA || m == 1 : transposeB || n == 1;
    return type[0] == 'f' && few <= 24 && few * k <= 1 << 17 &&
           k >= std::max<int64_t>(32, 6 * few) && liesAlongK;
  }

  /// One chain; 16 of them, added by halves, where it is an inner product.
  template <typename T>
  T sum(const std::vector<T> &a, const std::vector<T> &b, int64_t i, int64_t j,
        int64_t depth) const {
    std::array<T, 16> sums = {};
    size_t chains = isInner() ? sums.size() : 1;
    for (int64_t p = 0; p < depth; ++p) {
      T &sum = sums[p % chains];
      if constexpr (std::is_floating_point_v<T>)
        sum = std::fma(a[atA(i, p)], b[atB(p, j)], sum);
      else
        sum += a[atA(i, p)] * b[atB(p, j)];
    }
    for (; chains > 1; chains /= 2)
      for (size_t lane = 0; lane < chains / 2; ++lane)
        sums[lane] += sums[lane + chains / 2];
    return sums.front();
  }

  template <typename T>
  std::vector<T> expected(const std::vector<T> &a, const std::vector<T> &b,
                          int64_t given = -1) const {
    auto limit = [&](int which, int64_t extent) {
      return given >= 0 && rows[which] ? given * rows[which] : extent;
    };
    std::vector<T> c(m * n, static_cast<T>(kUntouched));
    for (int64_t i = 0; i < limit(0, m); ++i)
      for (int64_t j = 0; j < limit(1, n); ++j)
        c[atC(i, j)] = sum(a, b, i, j, limit(2, k));
    return c;
  }
};

template <typename T>
void expectProduct(const Product &product, int64_t rows = 1) {
  SCOPED_TRACE(product.kernel());
  auto a = randoms<T>(product.m * product.k, 1);
  auto b = randoms<T>(product.k * product.n, 2);
  std::vector<T> expected = product.expected(a, b, rows);
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(product.kernel(), "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<T> untouched(product.m * product.n, static_cast<T>(kUntouched));
    for (bool atEnd : {false, true}) {
      Guarded<T> x(a, atEnd), y(b, atEnd), z(untouched, atEnd);
      kernel->run({x.data(), y.data(), z.data()}, rows);
      std::vector<T> c(untouched.size());
      std::memcpy(c.data(), z.data(), c.size() * sizeof(T));
      expectSameBits(c, expected);
    }
  }
}

} // namespace dlcc::test

#endif // DLCC_TESTS_UNIT_CODEGEN_MATRIXPRODUCT_H
