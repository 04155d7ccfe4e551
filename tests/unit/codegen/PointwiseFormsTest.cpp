//===- PointwiseFormsTest.cpp - the many forms of pointwise kernels -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// One kernel for each thing that a schedule can hold: several passes, rows kept
// in scratch, lanes along either side, movement of elements, narrow types.
//
//===----------------------------------------------------------------------===//

#include "Arrays.h"
#include "JitKernel.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <functional>

using dlcc::test::JitKernel;
using dlcc::test::randoms;
using dlcc::test::runnableProcessors;

namespace {

/// Compiles for each processor, runs `body`, compares the bits it returns.
template <typename T>
void onAllProcessors(
    const std::string &text,
    const std::function<std::vector<T>(const JitKernel &)> &body) {
  std::vector<T> first;
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(text, "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<T> result = body(*kernel);
    if (first.empty())
      first = result;
    ASSERT_EQ(first.size(), result.size());
    EXPECT_EQ(
        0, std::memcmp(first.data(), result.data(), first.size() * sizeof(T)));
  }
}

std::string replaced(std::string text,
                     std::vector<std::pair<std::string, std::string>> changes) {
  for (auto &[from, to] : changes)
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
         at += to.size())
      text.replace(at, from.size(), to);
  return text;
}

/// Softmax along one dimension: XMAP says which is in memory last.
const char kSoftmax[] = R"mlir(
#x = affine_map<(m, n) -> (XMAP)>
#mn = affine_map<(m, n) -> (m, n)>
#m = affine_map<(m, n) -> (m)>
func.func private @k(%x: tensor<XSHAPExTYPE>) -> tensor<XSHAPExTYPE>
    attributes {dlc.parallel_dims = 1 : i64} {
  %ninf = arith.constant NINF : TYPE
  %zero = arith.constant 0.0 : TYPE
  %rows = tensor.empty() : tensor<$MxTYPE>
  %out = tensor.empty() : tensor<XSHAPExTYPE>
  %full = tensor.empty() : tensor<$Mx$NxTYPE>
  %max0 = linalg.fill ins(%ninf : TYPE) outs(%rows : tensor<$MxTYPE>) -> tensor<$MxTYPE>
  %max = linalg.generic {indexing_maps = [#x, #m], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<XSHAPExTYPE>) outs(%max0 : tensor<$MxTYPE>) attrs = {dlc.rows = array<i64: ROWS>} {
  ^bb0(%e: TYPE, %acc: TYPE):
    %0 = arith.maximumf %acc, %e : TYPE
    linalg.yield %0 : TYPE
  } -> tensor<$MxTYPE>
  %e = linalg.generic {indexing_maps = [#x, #m, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %max : tensor<XSHAPExTYPE>, tensor<$MxTYPE>) outs(%full : tensor<$Mx$NxTYPE>)
      attrs = {dlc.rows = array<i64: ROWS>} {
  ^bb0(%l: TYPE, %r: TYPE, %o: TYPE):
    %0 = arith.subf %l, %r : TYPE
    %1 = math.exp %0 : TYPE
    linalg.yield %1 : TYPE
  } -> tensor<$Mx$NxTYPE>
  %sum0 = linalg.fill ins(%zero : TYPE) outs(%rows : tensor<$MxTYPE>) -> tensor<$MxTYPE>
  %sum = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
      ins(%e : tensor<$Mx$NxTYPE>) outs(%sum0 : tensor<$MxTYPE>) attrs = {dlc.rows = array<i64: ROWS>} {
  ^bb0(%in: TYPE, %acc: TYPE):
    %0 = arith.addf %acc, %in : TYPE
    linalg.yield %0 : TYPE
  } -> tensor<$MxTYPE>
  %y = linalg.generic {indexing_maps = [#mn, #m, #x], iterator_types = ["parallel", "parallel"]}
      ins(%e, %sum : tensor<$Mx$NxTYPE>, tensor<$MxTYPE>) outs(%out : tensor<XSHAPExTYPE>)
      attrs = {dlc.rows = array<i64: ROWS>} {
  ^bb0(%l: TYPE, %r: TYPE, %o: TYPE):
    %0 = arith.divf %l, %r : TYPE
    linalg.yield %0 : TYPE
  } -> tensor<XSHAPExTYPE>
  return %y : tensor<XSHAPExTYPE>
}
)mlir";

template <typename T>
void testSoftmax(int64_t m, int64_t n, bool columns, const char *type,
                 const char *lowest, double tolerance) {
  std::string ms = std::to_string(m), ns = std::to_string(n);
  std::string text =
      replaced(kSoftmax, {{"XSHAPE", columns ? ns + "x" + ms : ms + "x" + ns},
                          {"XMAP", columns ? "n, m" : "m, n"},
                          {"$M", ms},
                          {"$N", ns},
                          {"ROWS", "0, 0"},
                          {"TYPE", type},
                          {"NINF", lowest}});
  auto x = randoms<T>(m * n);
  onAllProcessors<T>(text, [&](const JitKernel &kernel) {
    EXPECT_GT(kernel.scratchBytes(), 0) << "exp is computed twice";
    std::vector<T> y(m * n, -1);
    kernel.run({x.data(), y.data()}, 1);
    for (int64_t i = 0; i < m; ++i) {
      auto at = [&](int64_t j) { return columns ? j * m + i : i * n + j; };
      double most = -1e30, sum = 0;
      for (int64_t j = 0; j < n; ++j)
        most = std::max<double>(most, x[at(j)]);
      for (int64_t j = 0; j < n; ++j)
        sum += std::exp(x[at(j)] - most);
      for (int64_t j = 0; j < n; ++j)
        EXPECT_NEAR(y[at(j)], std::exp(x[at(j)] - most) / sum, tolerance);
    }
    return y;
  });
}

TEST(PointwiseForms, SoftmaxOfRowsKeepsTheExponentials) {
  testSoftmax<float>(30, 37, false, "f32", "0xFF800000", 1e-6);
  testSoftmax<float>(3, 2000, false, "f32", "0xFF800000", 1e-6);
  testSoftmax<double>(30, 37, false, "f64", "0xFFF0000000000000", 1e-15);
}

TEST(PointwiseForms, SoftmaxOfColumnsHasItsLanesAlongThem) {
  testSoftmax<float>(37, 30, true, "f32", "0xFF800000", 1e-6);
  testSoftmax<float>(1000, 5, true, "f32", "0xFF800000", 1e-6);
  testSoftmax<double>(130, 30, true, "f64", "0xFFF0000000000000", 1e-15);
}

TEST(PointwiseForms, MovesElements) {
  // The transpose of x, a slice of it and a part with two columns of padding.
  const char text[] = R"mlir(
#mn = affine_map<(m, n) -> (m, n)>
#nm = affine_map<(m, n) -> (n, m)>
func.func private @k(%x: tensor<20x21xf32>, %pad: tensor<f32>)
    -> (tensor<21x20xf32>, tensor<21x20xf32>, tensor<21x20xf32>)
    attributes {dlc.parallel_dims = 2 : i64} {
  %e = tensor.empty() : tensor<21x20xf32>
  %t = linalg.generic {indexing_maps = [#nm, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<20x21xf32>) outs(%e : tensor<21x20xf32>) {
  ^bb0(%l: f32, %o: f32):
    linalg.yield %l : f32
  } -> tensor<21x20xf32>
  // A slice: rows 0..20 clamped to 19, columns 1..20.
  %s = linalg.generic {indexing_maps = [#mn], iterator_types = ["parallel", "parallel"]}
      outs(%e : tensor<21x20xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c1 = arith.constant 1 : index
    %c19 = arith.constant 19 : index
    %row = arith.minsi %i, %c19 : index
    %column = arith.addi %j, %c1 : index
    %0 = tensor.extract %x[%row, %column] : tensor<20x21xf32>
    linalg.yield %0 : f32
  } -> tensor<21x20xf32>
  // A pad: two columns of it on the left.
  %p = linalg.generic {indexing_maps = [affine_map<(m, n) -> ()>, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%pad : tensor<f32>) outs(%e : tensor<21x20xf32>) {
  ^bb0(%around: f32, %o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c0 = arith.constant 0 : index
    %c2 = arith.constant 2 : index
    %c19 = arith.constant 19 : index
    %row = arith.minsi %i, %c19 : index
    %column = arith.subi %j, %c2 : index
    %inside = arith.cmpi sge, %column, %c0 : index
    %clamped = arith.maxsi %column, %c0 : index
    %0 = tensor.extract %x[%row, %clamped] : tensor<20x21xf32>
    %1 = arith.select %inside, %0, %around : f32
    linalg.yield %1 : f32
  } -> tensor<21x20xf32>
  return %t, %s, %p : tensor<21x20xf32>, tensor<21x20xf32>, tensor<21x20xf32>
}
)mlir";
  auto x = randoms<float>(420);
  float pad = 7;
  onAllProcessors<float>(text, [&](const JitKernel &kernel) {
    std::vector<float> t(420), s(420), p(420);
    kernel.run({x.data(), &pad, t.data(), s.data(), p.data()}, 1);
    for (int i = 0; i < 21; ++i)
      for (int j = 0; j < 20; ++j) {
        int row = std::min(i, 19);
        EXPECT_EQ(t[i * 20 + j], x[j * 21 + i]);
        EXPECT_EQ(s[i * 20 + j], x[row * 21 + j + 1]);
        EXPECT_EQ(p[i * 20 + j], j < 2 ? pad : x[row * 21 + j - 2]);
      }
    return p;
  });
}

TEST(PointwiseForms, ClampedRunsAreOutsideInsideAndAcrossTheEnds) {
  // Columns 70 to 119 of y are x, between padding of more than a vector.
  const char text[] = R"mlir(
#mn = affine_map<(m, n) -> (m, n)>
func.func private @k(%x: tensor<9x50xf32>) -> tensor<9x190xf32>
    attributes {dlc.parallel_dims = 2 : i64} {
  %e = tensor.empty() : tensor<9x190xf32>
  %p = linalg.generic {indexing_maps = [#mn], iterator_types = ["parallel", "parallel"]}
      outs(%e : tensor<9x190xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c0 = arith.constant 0 : index
    %c49 = arith.constant 49 : index
    %c50 = arith.constant 50 : index
    %c70 = arith.constant 70 : index
    %around = arith.constant 7.0 : f32
    %column = arith.subi %j, %c70 : index
    %from = arith.cmpi sge, %column, %c0 : index
    %to = arith.cmpi slt, %column, %c50 : index
    %inside = arith.andi %from, %to : i1
    %low = arith.maxsi %column, %c0 : index
    %clamped = arith.minsi %low, %c49 : index
    %0 = tensor.extract %x[%i, %clamped] : tensor<9x50xf32>
    %1 = arith.select %inside, %0, %around : f32
    linalg.yield %1 : f32
  } -> tensor<9x190xf32>
  return %p : tensor<9x190xf32>
}
)mlir";
  auto x = randoms<float>(450);
  onAllProcessors<float>(text, [&](const JitKernel &kernel) {
    std::vector<float> y(9 * 190);
    kernel.run({x.data(), y.data()}, 1);
    for (int i = 0; i < 9; ++i)
      for (int j = 0; j < 190; ++j)
        EXPECT_EQ(y[i * 190 + j],
                  j < 70 || j >= 120 ? 7.0F : x[i * 50 + j - 70]);
    return y;
  });
}

TEST(PointwiseForms, ReducesBesideInnerParallelDimensions) {
  // s[b, c] = sum over k of x[b, c, k]; y = x - s, with one task per b.
  const char text[] = R"mlir(
#bck = affine_map<(b, c, k) -> (b, c, k)>
#bc = affine_map<(b, c, k) -> (b, c)>
func.func private @k(%x: tensor<6x5x23xf32>) -> (tensor<6x5x23xf32>, tensor<6x5xf32>)
    attributes {dlc.parallel_dims = 1 : i64} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<6x5xf32>
  %full = tensor.empty() : tensor<6x5x23xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<6x5xf32>) -> tensor<6x5xf32>
  %s = linalg.generic {indexing_maps = [#bck, #bc], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x : tensor<6x5x23xf32>) outs(%s0 : tensor<6x5xf32>) {
  ^bb0(%l: f32, %acc: f32):
    %0 = arith.addf %acc, %l : f32
    linalg.yield %0 : f32
  } -> tensor<6x5xf32>
  %y = linalg.generic {indexing_maps = [#bck, #bc, #bck], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %s : tensor<6x5x23xf32>, tensor<6x5xf32>) outs(%full : tensor<6x5x23xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %0 = arith.subf %l, %r : f32
    linalg.yield %0 : f32
  } -> tensor<6x5x23xf32>
  RETURN
}
)mlir";
  auto x = randoms<float>(6 * 5 * 23);
  for (bool both : {true, false}) {
    SCOPED_TRACE(both ? "sum is a result" : "sum lies in scratch");
    std::string source = replaced(
        text, both ? std::vector<std::pair<
                         std::string,
                         std::string>>{{"RETURN",
                                        "return %y, %s : tensor<6x5x23xf32>, "
                                        "tensor<6x5xf32>"}}
                   : std::vector<std::pair<std::string, std::string>>{
                         {"RETURN", "return %y : tensor<6x5x23xf32>"},
                         {"(tensor<6x5x23xf32>, tensor<6x5xf32>)",
                          "tensor<6x5x23xf32>"}});
    onAllProcessors<float>(source, [&](const JitKernel &kernel) {
      std::vector<float> y(x.size()), s(30);
      if (both)
        kernel.run({x.data(), y.data(), s.data()}, 1);
      else
        kernel.run({x.data(), y.data()}, 1);
      for (int i = 0; i < 30; ++i) {
        double sum = 0;
        for (int k = 0; k < 23; ++k)
          sum += x[i * 23 + k];
        for (int k = 0; k < 23; ++k)
          EXPECT_NEAR(y[i * 23 + k], x[i * 23 + k] - sum, 1e-5);
        if (both)
          EXPECT_NEAR(s[i], sum, 1e-5);
      }
      return y;
    });
  }
}

/// One op on two vectors of 1003 elements.
std::string binaryKernel(const std::string &body, const std::string &in,
                         const std::string &out) {
  return replaced(R"mlir(
#i = affine_map<(i) -> (i)>
func.func private @k(%x: tensor<1003xIN>, %y: tensor<1003xIN>) -> tensor<1003xOUT>
    attributes {dlc.parallel_dims = 1 : i64} {
  %e = tensor.empty() : tensor<1003xOUT>
  %r = linalg.generic {indexing_maps = [#i, #i, #i], iterator_types = ["parallel"]}
      ins(%x, %y : tensor<1003xIN>, tensor<1003xIN>) outs(%e : tensor<1003xOUT>)
      attrs = {dlc.rows = array<i64: 1>} {
  ^bb0(%a: IN, %b: IN, %o: OUT):
    BODY
    linalg.yield %r : OUT
  } -> tensor<1003xOUT>
  return %r : tensor<1003xOUT>
}
)mlir",
                  {{"BODY", body}, {"IN", in}, {"OUT", out}});
}

TEST(PointwiseForms, NarrowAndWideTypes) {
  auto bytes = randoms<int8_t>(1003), others = randoms<int8_t>(1003, 2);
  onAllProcessors<int8_t>(
      binaryKernel("%r = arith.addi %a, %b : i8", "i8", "i8"),
      [&](const JitKernel &kernel) {
        std::vector<int8_t> r(1003, 99);
        kernel.run({bytes.data(), others.data(), r.data()}, 1001);
        for (int i = 0; i < 1003; ++i)
          EXPECT_EQ(r[i], i < 1001 ? int8_t(bytes[i] + others[i]) : 99);
        return r;
      });
  auto wide = randoms<int64_t>(1003), widths = randoms<int64_t>(1003, 2);
  onAllProcessors<uint8_t>(
      binaryKernel("%r = arith.cmpi slt, %a, %b : i64", "i64", "i1"),
      [&](const JitKernel &kernel) {
        std::vector<uint8_t> r(1003, 9);
        kernel.run({wide.data(), widths.data(), r.data()}, 1003);
        for (int i = 0; i < 1003; ++i)
          EXPECT_EQ(r[i], wide[i] < widths[i]);
        return r;
      });
  std::vector<uint16_t> halves(1003), others16(1003);
  auto f = randoms<float>(1003), g = randoms<float>(1003, 2);
  auto bf16 = [](float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, 4);
    bits += 0x7fff + ((bits >> 16) & 1);
    return uint16_t(bits >> 16);
  };
  auto asFloat = [](uint16_t bits) {
    uint32_t wide = uint32_t(bits) << 16;
    float value;
    std::memcpy(&value, &wide, 4);
    return value;
  };
  for (int i = 0; i < 1003; ++i)
    halves[i] = bf16(f[i]), others16[i] = bf16(g[i]);
  onAllProcessors<uint16_t>(
      binaryKernel("%r = arith.mulf %a, %b : bf16", "bf16", "bf16"),
      [&](const JitKernel &kernel) {
        std::vector<uint16_t> r(1003);
        kernel.run({halves.data(), others16.data(), r.data()}, 1003);
        for (int i = 0; i < 1003; ++i)
          EXPECT_EQ(r[i], bf16(asFloat(halves[i]) * asFloat(others16[i])));
        return r;
      });
}

TEST(PointwiseForms, ResultsOfOneOpAreBothUsed) {
  // 32 x 32 -> 64 bits, as random numbers need it.
  auto x = randoms<int32_t>(1003), y = randoms<int32_t>(1003, 2);
  onAllProcessors<int32_t>(
      binaryKernel("%low, %high = arith.mului_extended %a, %b : i32\n"
                   "    %r = arith.xori %low, %high : i32",
                   "i32", "i32"),
      [&](const JitKernel &kernel) {
        std::vector<int32_t> r(1003);
        kernel.run({x.data(), y.data(), r.data()}, 1003);
        for (int i = 0; i < 1003; ++i) {
          uint64_t product = uint64_t(uint32_t(x[i])) * uint32_t(y[i]);
          EXPECT_EQ(uint32_t(r[i]),
                    uint32_t(product) ^ uint32_t(product >> 32));
        }
        return r;
      });
}

/// combine(x) over the last dimension of 7 rows, accumulated from INIT.
TEST(PointwiseForms, ReductionsOfIntegersAndExtremes) {
  const std::string text = R"mlir(
#mn = affine_map<(m, n) -> (m, n)>
#m = affine_map<(m, n) -> (m)>
func.func private @k(%x: tensor<7x45xi32>) -> tensor<7xi32>
    attributes {dlc.parallel_dims = 1 : i64} {
  %init = arith.constant INIT : i32
  %e = tensor.empty() : tensor<7xi32>
  %r0 = linalg.fill ins(%init : i32) outs(%e : tensor<7xi32>) -> tensor<7xi32>
  %r = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<7x45xi32>) outs(%r0 : tensor<7xi32>) {
  ^bb0(%l: i32, %acc: i32):
    %0 = arith.OP %acc, %l : i32
    linalg.yield %0 : i32
  } -> tensor<7xi32>
  return %r : tensor<7xi32>
}
)mlir";
  auto x = randoms<int32_t>(7 * 45);
  struct Case {
    const char *op;
    int32_t init;
    int32_t (*combine)(int32_t, int32_t);
  };
  const Case cases[] = {
      {"addi", 1000, [](int32_t a, int32_t b) { return a + b; }},
      {"muli", 1,
       [](int32_t a, int32_t b) { return int32_t(uint32_t(a) * uint32_t(b)); }},
      {"minsi", 0, [](int32_t a, int32_t b) { return std::min(a, b); }},
      {"maxsi", -5, [](int32_t a, int32_t b) { return std::max(a, b); }}};
  for (const Case &test : cases)
    onAllProcessors<int32_t>(
        replaced(text, {{"INIT", std::to_string(test.init)}, {"OP", test.op}}),
        [&](const JitKernel &kernel) {
          std::vector<int32_t> r(7);
          kernel.run({x.data(), r.data()}, 1);
          for (int m = 0; m < 7; ++m) {
            int32_t want = test.init;
            for (int n = 0; n < 45; ++n)
              want = test.combine(want, x[m * 45 + n]);
            EXPECT_EQ(r[m], want) << test.op;
          }
          return r;
        });
}

TEST(PointwiseForms, NothingToDoForEmptyTensors) {
  const char text[] = R"mlir(
#i = affine_map<(i) -> (i)>
func.func private @k(%x: tensor<0xf32>) -> tensor<0xf32>
    attributes {dlc.parallel_dims = 1 : i64} {
  %e = tensor.empty() : tensor<0xf32>
  %r = linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]}
      ins(%x : tensor<0xf32>) outs(%e : tensor<0xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<0xf32>
  return %r : tensor<0xf32>
}
)mlir";
  onAllProcessors<float>(text, [&](const JitKernel &kernel) {
    kernel.run({nullptr, nullptr}, 1);
    return std::vector<float>{};
  });
}

TEST(PointwiseForms, CopiesWhatItOnlyReturns) {
  const char text[] = R"mlir(
func.func private @k(%x: tensor<4x5xf32>) -> (tensor<4x5xf32>, tensor<4x5xf32>)
    attributes {dlc.parallel_dims = 2 : i64} {
  %two = arith.constant 2.0 : f32
  %e = tensor.empty() : tensor<4x5xf32>
  %r = linalg.fill ins(%two : f32) outs(%e : tensor<4x5xf32>) -> tensor<4x5xf32>
  return %x, %r : tensor<4x5xf32>, tensor<4x5xf32>
}
)mlir";
  auto x = randoms<float>(20);
  onAllProcessors<float>(text, [&](const JitKernel &kernel) {
    std::vector<float> y(20), z(20);
    kernel.run({x.data(), y.data(), z.data()}, 1);
    EXPECT_EQ(y, x);
    EXPECT_EQ(z, std::vector<float>(20, 2.0f));
    return y;
  });
}

} // namespace
