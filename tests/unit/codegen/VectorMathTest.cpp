//===- VectorMathTest.cpp - accuracy of our elementary functions ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Sweeps bit patterns of f32 (and random ones of f64) through compiled kernels
// and compares with long double libm. With DLCC_VECTOR_MATH_TABLE=FILE set,
// writes the table of docs/vector-math.md from a finer sweep.
//
//===----------------------------------------------------------------------===//

#include "JitKernel.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>

using dlcc::test::JitKernel;
using dlcc::test::runnableProcessors;

namespace {

constexpr int64_t kBlock = 4096;

/// A kernel that applies `op` to vectors of `type`.
std::string kernelText(const std::string &op, const std::string &type,
                       bool binary) {
  std::string tensor = "tensor<4096x" + type + ">";
  std::string second = binary ? ", %b: " + type : "";
  std::string body = binary ? op + " %a, %b" : op + " %a";
  return "#i = affine_map<(i) -> (i)>\n"
         "func.func private @k(%x: " +
         tensor + (binary ? ", %y: " + tensor : "") + ") -> " + tensor +
         " attributes {dlc.parallel_dims = 1 : i64} {\n"
         "  %e = tensor.empty() : " +
         tensor + "\n  %r = linalg.generic {indexing_maps = [#i, #i" +
         (binary ? ", #i" : "") + "], iterator_types = [\"parallel\"]} ins(%x" +
         (binary ? ", %y" : "") + " : " + tensor +
         (binary ? ", " + tensor : "") + ") outs(%e : " + tensor +
         ") {\n  ^bb0(%a: " + type + second + ", %o: " + type +
         "):\n    %0 = " + body + " : " + type +
         "\n    linalg.yield %0 : " + type + "\n  } -> " + tensor +
         "\n  return %r : " + tensor + "\n}\n";
}

template <typename Float> struct Traits;
template <> struct Traits<float> {
  using Bits = uint32_t;
  static constexpr const char *name = "f32";
};
template <> struct Traits<double> {
  using Bits = uint64_t;
  static constexpr const char *name = "f64";
};

template <typename Float> Float fromBits(typename Traits<Float>::Bits bits) {
  Float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// The error of `got` in units of the last place of the exact result. Results
/// that would be subnormal may be zero.
template <typename Float> double ulps(Float got, long double want) {
  using Limits = std::numeric_limits<Float>;
  if (std::isnan(want))
    return std::isnan(got) ? 0 : HUGE_VAL;
  Float rounded = static_cast<Float>(want);
  if (std::isinf(rounded) || std::isinf(got))
    return got == rounded || (std::isinf(rounded) && !std::isinf(want) &&
                              std::fabs(got) == Limits::max())
               ? 0
               : HUGE_VAL;
  if (std::fabs(want) < Limits::min())
    return std::fabs(got) <= Limits::min() ? 0 : HUGE_VAL;
  if (want == 0)
    return got == 0 && std::signbit(got) == std::signbit(want) ? 0 : HUGE_VAL;
  int exponent;
  std::frexp(want, &exponent);
  return std::fabs(
      double((got - want) / std::ldexp(1.0L, exponent - Limits::digits)));
}

struct Worst {
  double error = 0;
  double at = 0;
};

/// All patterns `step` apart.
template <typename Float>
Worst sweep(const JitKernel &kernel, long double (*reference)(long double),
            uint64_t step, double limit) {
  using Bits = typename Traits<Float>::Bits;
  std::vector<Float> x(kBlock), y(kBlock);
  Worst worst;
  uint64_t bits = 0, end = uint64_t(std::numeric_limits<Bits>::max());
  bool done = false;
  while (!done) {
    for (Float &value : x) {
      value = fromBits<Float>(Bits(bits));
      done |= bits > end - step;
      bits = done ? 0 : bits + step;
    }
    kernel.run({x.data(), y.data()}, kBlock);
    for (int64_t i = 0; i < kBlock; ++i) {
      if (!(std::fabs(x[i]) <= limit) && std::isfinite(x[i]))
        continue;
      double error = ulps<Float>(y[i], reference(x[i]));
      if (error > worst.error)
        worst = {error, double(x[i])};
    }
  }
  return worst;
}

long double rsqrtReference(long double x) { return 1.0L / std::sqrt(x); }

struct Function {
  const char *name, *type;
  long double (*reference)(long double);
  double bound; // largest error allowed
  double limit; // largest argument measured
};

const double kAll = HUGE_VAL;
const Function kFunctions[] = {
    {"exp", "f32", std::exp, 1.1, kAll},
    {"expm1", "f32", std::expm1, 2.5, kAll},
    {"log", "f32", std::log, 1.0, kAll},
    {"log1p", "f32", std::log1p, 2.0, kAll},
    {"tanh", "f32", std::tanh, 3.0, kAll},
    {"erf", "f32", std::erf, 2.0, kAll},
    {"sin", "f32", std::sin, 1.75, 0x1p40},
    {"cos", "f32", std::cos, 1.75, 0x1p40},
    {"rsqrt", "f32", rsqrtReference, 1.5, kAll},
    {"exp", "f64", std::exp, 1.5, kAll},
    {"expm1", "f64", std::expm1, 4.0, kAll},
    {"log", "f64", std::log, 1.5, kAll},
    {"log1p", "f64", std::log1p, 4.0, kAll},
};

Worst measure(const Function &function, const std::string &processor,
              uint64_t step32, uint64_t step64) {
  std::string op = std::string("math.") + function.name;
  bool wide = std::string(function.type) == "f64";
  auto kernel =
      JitKernel::compile(kernelText(op, function.type, false), "k", processor);
  if (!kernel)
    return {HUGE_VAL, 0};
  return wide ? sweep<double>(*kernel, function.reference, step64,
                              function.limit)
              : sweep<float>(*kernel, function.reference, step32,
                             function.limit);
}

Worst measurePow(const std::string &processor, int64_t blocks) {
  auto kernel =
      JitKernel::compile(kernelText("math.powf", "f32", true), "k", processor);
  if (!kernel)
    return {HUGE_VAL, 0};
  std::mt19937 random(7);
  std::uniform_real_distribution<float> exponent(-40, 40);
  std::vector<float> x(kBlock), p(kBlock), y(kBlock);
  Worst worst;
  const float special[] = {0.0f, -0.0f, 1,      -1,   HUGE_VALF, -HUGE_VALF,
                           NAN,  2,     -2,     3,    0.5f,      -0.5f,
                           -3,   1e30f, 1e-30f, -1e9f};
  for (int64_t block = 0; block < blocks; ++block) {
    for (int64_t i = 0; i < kBlock; ++i) {
      x[i] = block == 0 ? special[i % 16] : fromBits<float>(random());
      p[i] = block == 0 ? special[i / 16 % 16]
             : i % 4    ? exponent(random)
                        : std::round(exponent(random));
    }
    kernel->run({x.data(), p.data(), y.data()}, kBlock);
    for (int64_t i = 0; i < kBlock; ++i) {
      double error = ulps<float>(y[i], std::pow((long double)(x[i]), p[i]));
      EXPECT_LT(error, 2) << "pow(" << x[i] << ", " << p[i] << ") = " << y[i];
      if (error > worst.error)
        worst = {error, double(x[i])};
    }
  }
  return worst;
}

TEST(VectorMath, ErrorsStayWithinTheirBounds) {
  std::string processor = runnableProcessors().back();
  for (const Function &function : kFunctions) {
    Worst worst = measure(function, processor, 10007, 0x3ffffffffff1);
    EXPECT_LE(worst.error, function.bound)
        << function.name << " of " << function.type << " at " << worst.at;
  }
}

TEST(VectorMath, Pow) {
  EXPECT_LE(measurePow(runnableProcessors().back(), 32).error, 1.0);
}

TEST(VectorMath, SpecialValues) {
  for (const std::string &processor : runnableProcessors())
    for (const Function &function : kFunctions) {
      if (std::string(function.type) != "f32")
        continue;
      auto kernel = JitKernel::compile(
          kernelText(std::string("math.") + function.name, "f32", false), "k",
          processor);
      ASSERT_TRUE(kernel);
      const float special[] = {0.0f,    -0.0f,  HUGE_VALF, -HUGE_VALF,
                               NAN,     1.0f,   -1.0f,     1e-40f,
                               -1e-40f, 1e-38f, 3e38f,     -3e38f};
      std::vector<float> x(kBlock, 0.5f), y(kBlock);
      std::copy(std::begin(special), std::end(special), x.begin());
      kernel->run({x.data(), y.data()}, kBlock);
      for (size_t i = 0; i < std::size(special); ++i)
        if (!(std::fabs(x[i]) > function.limit) || std::isinf(x[i]))
          EXPECT_LE(ulps<float>(y[i], function.reference(x[i])), 3)
              << function.name << "(" << x[i] << ") = " << y[i];
    }
}

TEST(VectorMath, Table) {
  const char *path = std::getenv("DLCC_VECTOR_MATH_TABLE");
  if (!path)
    GTEST_SKIP() << "DLCC_VECTOR_MATH_TABLE names no file";
  std::ofstream out(path);
  out << "# Vector math\n\n"
         "Kernels call no mathematical library for the functions below: they\n"
         "are polynomials (`codegen/cpu/VectorMath.cpp`) whose bits are the\n"
         "same for every vector length and on every processor with fused\n"
         "multiply-add. Largest error found, in units of the last place,\n"
         "against `long double` libm, over every 331st bit pattern of f32\n"
         "(f64: 17 million patterns at equal distance):\n\n"
         "| function | type | largest error (ulp) | at |\n"
         "| --- | --- | --- | --- |\n";
  auto row = [&](const char *name, const char *type, Worst worst) {
    char line[128];
    std::snprintf(line, sizeof line, "| %s | %s | %.2f | %.6g |\n", name, type,
                  worst.error, worst.at);
    out << line;
  };
  std::string processor = runnableProcessors().back();
  for (const Function &function : kFunctions)
    row(function.name, function.type,
        measure(function, processor, 331, 0xffffffffff1));
  row("pow", "f32", measurePow(processor, 1000));
  out << "\n`sqrt` is the processor's instruction, exact to half a unit. f16 "
         "and bf16 are\ncomputed in f32 and rounded. The other functions of "
         "f64 are calls of libm, lane\nby lane: f64 serves to check "
         "gradients.\n\n"
         "Infinities, NaN and signed zeros behave as in C. Two exceptions to "
         "gradual\nbehaviour: a result of `exp` below the smallest normal "
         "number is zero, and\n`sin` and `cos` are measured up to 2^40; their "
         "arguments beyond 2^50 count as 0.\n\n"
         "This page is written by\n"
         "`DLCC_VECTOR_MATH_TABLE=docs/vector-math.md "
         "build/bin/VectorMathTest`.\n";
}

} // namespace
