//===- NarrowCastsTest.cpp - casts and roundings without libraries --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The bits of conversions to and from f16 and bf16, against LLVM's arbitrary
// arithmetic, and of what plain x86-64 has no instruction for, against C's
// functions.
//
//===----------------------------------------------------------------------===//

#include "JitKernel.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <random>

using namespace dlcc::test;
using llvm::APFloat;
using llvm::APInt;

namespace {

constexpr int64_t kBlock = 4096;

/// All processors at hand, and the one with the fewest instructions.
std::vector<std::string> processors() {
  std::vector<std::string> result = runnableProcessors();
  if (llvm::Triple(llvm::sys::getDefaultTargetTriple()).isX86())
    result.push_back("x86-64");
  return result;
}

/// A kernel over `count` operands of type `from` with the body `op`.
std::string kernelText(const std::string &op, const std::string &from,
                       const std::string &to, int count = 1) {
  std::string in = "tensor<4096x" + from + ">", out = "tensor<4096x" + to + ">";
  std::string parameters, names, types, maps, arguments;
  for (int i = 0; i < count; ++i) {
    std::string number = std::to_string(i), comma = i ? ", " : "";
    parameters += comma + "%x" + number + ": " + in;
    names += comma + "%x" + number;
    types += comma + in;
    maps += "#i, ";
    arguments += "%a" + number + ": " + from + ", ";
  }
  return "#i = affine_map<(i) -> (i)>\nfunc.func private @k(" + parameters +
         ") -> " + out + " attributes {dlc.parallel_dims = 1 : i64} {\n" +
         "  %e = tensor.empty() : " + out +
         "\n  %r = linalg.generic {indexing_maps = [" + maps +
         "#i], iterator_types = [\"parallel\"]} ins(" + names + " : " + types +
         ") outs(%e : " + out + ") {\n  ^bb0(" + arguments + "%o: " + to +
         "):\n    %0 = " + op + "\n    linalg.yield %0 : " + to + "\n  } -> " +
         out + "\n  return %r : " + out + "\n}\n";
}

const llvm::fltSemantics &semanticsOf(const std::string &type) {
  return type == "f16"    ? APFloat::IEEEhalf()
         : type == "bf16" ? APFloat::BFloat()
         : type == "f32"  ? APFloat::IEEEsingle()
                          : APFloat::IEEEdouble();
}

unsigned widthOf(const std::string &type) {
  return APFloat::semanticsSizeInBits(semanticsOf(type));
}

template <typename To, typename From> To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

/// Numbers at, and next to, the points where rounding to 8 or 11 bits changes
/// its direction, and arbitrary bits; NaN only quiet.
std::vector<double> someDoubles(std::mt19937_64 &random) {
  std::vector<double> values = {
      0.0,     -0.0,       HUGE_VAL,  -HUGE_VAL, NAN,     1e300,
      -1e300,  5e-324,     65504.0,   65519.999, 65520.0, 0x1p-24,
      0x1p-25, 0x1.8p-25,  0x1p-133,  0x1p-134,  0x1p-14, 3.39e38,
      3.4e38,  0x1.ffp127, 0x1.fep127};
  while (int64_t(values.size()) < kBlock) {
    uint64_t pattern = random();
    double value = bitCast<double>(pattern);
    // A few bits, then a tie or one next to it.
    if (values.size() % 8 != 0)
      value = std::ldexp(double(pattern >> 52 | 1),
                         int(random() % (values.size() % 2 ? 40 : 300)) -
                             (values.size() % 2 ? 36 : 160));
    for (double neighbour :
         {value, std::nextafter(value, HUGE_VAL), std::nextafter(value, 0.0),
          value * (1 + 0x1p-30), value * (1 - 0x1p-30)})
      values.push_back(random() % 2 ? neighbour : -neighbour);
  }
  values.resize(kBlock);
  return values;
}

void expectBits(uint16_t got, const APFloat &wanted, const std::string &what) {
  APFloat result(wanted.getSemantics(), APInt(16, got));
  EXPECT_TRUE(wanted.isNaN() ? result.isNaN() : result.bitwiseIsEqual(wanted))
      << what << " is " << got;
}

} // namespace

TEST(NarrowCasts, FromFloats) {
  for (const std::string &processor : processors())
    for (std::string from : {"f32", "f64"})
      for (std::string to : {"f16", "bf16"}) {
        auto kernel = JitKernel::compile(
            kernelText("arith.truncf %a0 : " + from + " to " + to, from, to),
            "k", processor);
        ASSERT_TRUE(kernel);
        std::mt19937_64 random(5);
        for (int block = 0; block < 16; ++block) {
          std::vector<double> x = someDoubles(random);
          std::vector<float> single(x.begin(), x.end());
          std::vector<uint16_t> y(kBlock);
          bool wide = from == "f64";
          kernel->run({wide ? (void *)x.data() : single.data(), y.data()},
                      kBlock);
          for (int64_t i = 0; i < kBlock; ++i) {
            APFloat wanted = wide ? APFloat(x[i]) : APFloat(single[i]);
            bool loses;
            wanted.convert(semanticsOf(to), APFloat::rmNearestTiesToEven,
                           &loses);
            expectBits(y[i], wanted,
                       processor + ": " + from + " " + std::to_string(x[i]) +
                           " to " + to);
          }
        }
      }
}

TEST(NarrowCasts, FromIntegers) {
  for (const std::string &processor : processors())
    for (std::string to : {"f16", "bf16"})
      for (std::string op : {"arith.sitofp", "arith.uitofp"})
        for (int bits : {16, 32, 64}) {
          std::string from = "i" + std::to_string(bits);
          auto kernel = JitKernel::compile(
              kernelText(op + " %a0 : " + from + " to " + to, from, to), "k",
              processor);
          ASSERT_TRUE(kernel);
          std::mt19937_64 random(6);
          std::vector<char> x(kBlock * bits / 8);
          std::vector<uint16_t> y(kBlock);
          std::vector<int64_t> numbers(kBlock);
          for (int64_t i = 0; i < kBlock; ++i) {
            // A tie of a few leading bits, or one more or less.
            int64_t number = int64_t(random() % 4096) << (random() % 53);
            numbers[i] =
                (random() % 2 ? number : -number) + int64_t(random() % 3) - 1;
            if (i == 0)
              numbers[i] = std::numeric_limits<int64_t>::min();
            std::memcpy(x.data() + i * (bits / 8), &numbers[i], bits / 8);
          }
          kernel->run({x.data(), y.data()}, kBlock);
          for (int64_t i = 0; i < kBlock; ++i) {
            APFloat wanted(semanticsOf(to));
            wanted.convertFromAPInt(APInt(64, numbers[i]).trunc(bits),
                                    op == "arith.sitofp",
                                    APFloat::rmNearestTiesToEven);
            expectBits(y[i], wanted,
                       processor + ": " + op + " " + from + " " +
                           std::to_string(numbers[i]) + " to " + to);
          }
        }
}

TEST(NarrowCasts, EveryHalfAndBrainFloatWidens) {
  for (const std::string &processor : processors())
    for (std::string from : {"f16", "bf16"})
      for (std::string to : {"f32", "f64"}) {
        auto kernel = JitKernel::compile(
            kernelText("arith.extf %a0 : " + from + " to " + to, from, to), "k",
            processor);
        ASSERT_TRUE(kernel);
        for (int64_t first = 0; first < 1 << 16; first += kBlock) {
          std::vector<uint16_t> x(kBlock);
          std::vector<char> y(kBlock * widthOf(to) / 8);
          for (int64_t i = 0; i < kBlock; ++i)
            x[i] = first + i;
          kernel->run({x.data(), y.data()}, kBlock);
          for (int64_t i = 0; i < kBlock; ++i) {
            APFloat wanted(semanticsOf(from), APInt(16, x[i]));
            bool loses;
            wanted.convert(semanticsOf(to), APFloat::rmNearestTiesToEven,
                           &loses);
            uint64_t got = 0;
            std::memcpy(&got, y.data() + i * widthOf(to) / 8, widthOf(to) / 8);
            APFloat result(semanticsOf(to), APInt(widthOf(to), got));
            EXPECT_TRUE(wanted.isNaN() ? result.isNaN()
                                       : result.bitwiseIsEqual(wanted))
                << processor << ": " << from << " " << x[i] << " to " << to;
          }
        }
      }
}

TEST(NarrowCasts, RoundingsToIntegers) {
  const std::pair<const char *, double (*)(double)> functions[] = {
      {"math.floor", std::floor},
      {"math.ceil", std::ceil},
      {"math.roundeven", std::nearbyint}};
  for (const std::string &processor : processors())
    for (auto [op, reference] : functions) {
      auto kernel = JitKernel::compile(
          kernelText(std::string(op) + " %a0 : f64", "f64", "f64"), "k",
          processor);
      ASSERT_TRUE(kernel);
      std::mt19937_64 random(7);
      std::vector<double> x = someDoubles(random), y(kBlock);
      for (int64_t i = 100; i < kBlock; i += 2)
        x[i] = double(int64_t(random() % 2001) - 1000) / 4;
      kernel->run({x.data(), y.data()}, kBlock);
      for (int64_t i = 0; i < kBlock; ++i)
        EXPECT_TRUE(std::isnan(x[i]) ? std::isnan(y[i])
                                     : bitCast<uint64_t>(y[i]) ==
                                           bitCast<uint64_t>(reference(x[i])))
            << processor << ": " << op << " " << x[i] << " is " << y[i];
    }
}

TEST(NarrowCasts, FusedMultiplyAddRoundsOnce) {
  for (const std::string &processor : processors()) {
    auto kernel = JitKernel::compile(
        kernelText("math.fma %a0, %a1, %a2 : f32", "f32", "f32", 3), "k",
        processor);
    ASSERT_TRUE(kernel);
    std::mt19937_64 random(8);
    std::vector<float> x(kBlock), y(kBlock), z(kBlock), r(kBlock);
    for (int block = 0; block < 32; ++block) {
      for (int64_t i = 0; i < kBlock; ++i) {
        auto some = [&](int spread) {
          return std::ldexp(float(random() & 0xffffff) - 0x800000,
                            int(random() % spread) - spread / 2 - 23);
        };
        x[i] = some(8), y[i] = some(8), z[i] = some(block % 2 ? 100 : 40);
        if (i % 3 == 0) // x * y ends in a tie of the sum
          x[i] = 1 + 0x1p-12f, y[i] = 1 + 0x1p-12f;
        if (i % 64 == 0)
          x[i] = bitCast<float>(uint32_t(random()));
      }
      kernel->run({x.data(), y.data(), z.data(), r.data()}, kBlock);
      for (int64_t i = 0; i < kBlock; ++i) {
        float wanted = std::fma(x[i], y[i], z[i]);
        EXPECT_TRUE(std::isnan(wanted)
                        ? std::isnan(r[i])
                        : bitCast<uint32_t>(r[i]) == bitCast<uint32_t>(wanted))
            << processor << ": " << x[i] << " * " << y[i] << " + " << z[i]
            << " is " << r[i];
      }
    }
  }
}
