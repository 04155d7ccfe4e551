//===- MathIntrinsicsTest.cpp - arithmetic and conversions ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"

#include "tests/gpu/emulator/Narrow.h"

#include <gmock/gmock.h>

#include <cmath>

using namespace dlcc;
using namespace dlcc::test;

namespace {

constexpr float kInfinity = INFINITY;

/// "%r0 = intrinsic(%a0, ...)" on floats.
std::string onFloats(const std::string &name, int operands) {
  std::string body, call;
  for (int i = 0; i < operands; ++i) {
    std::string n = std::to_string(i);
    body += "%f" + n + " = bitcast i32 %a" + n + " to float\n";
    call += (i ? ", float %f" : "float %f") + n;
  }
  return body + "%x = call float @llvm.nvvm." + name + "(" + call +
         ")\n%r0 = bitcast float %x to i32";
}

std::vector<float> run(const std::string &name,
                       const std::vector<std::vector<float>> &rows) {
  Lanes lanes(rows[0].size(), 1, onFloats(name, rows[0].size()));
  Words words;
  for (const auto &row : rows) {
    words.emplace_back();
    for (float value : row)
      words.back().push_back(bitsOf(value));
  }
  std::vector<float> result;
  for (const auto &row : lanes.run(words))
    result.push_back(floatOf(row[0]));
  return result;
}

TEST(MathIntrinsics, OfOneOperand) {
  const std::vector<std::vector<float>> values = {{0.25f}, {1}, {3}, {10}};
  struct {
    const char *name;
    double (*function)(double);
  } cases[] = {
      {"ex2.approx.f32", [](double x) { return std::exp2(x); }},
      {"ex2.approx.ftz.f32", [](double x) { return std::exp2(x); }},
      {"lg2.approx.f", [](double x) { return std::log2(x); }},
      {"rcp.rn.f", [](double x) { return 1 / x; }},
      {"rcp.approx.ftz.f", [](double x) { return 1 / x; }},
      {"rsqrt.approx.f", [](double x) { return 1 / std::sqrt(x); }},
      {"sqrt.rn.f", [](double x) { return std::sqrt(x); }},
      {"sqrt.approx.f", [](double x) { return std::sqrt(x); }},
  };
  for (auto &[name, function] : cases) {
    std::vector<float> result = run(name, values);
    for (size_t i = 0; i < values.size(); ++i)
      EXPECT_NEAR(result[i], function(values[i][0]),
                  1e-6 * std::fabs(function(values[i][0])))
          << name << " of " << values[i][0];
  }
}

TEST(MathIntrinsics, FlushSubnormals) {
  EXPECT_EQ(run("rcp.approx.ftz.f", {{1e-40f}})[0], kInfinity);
  EXPECT_EQ(run("rcp.approx.ftz.f", {{-2e38f}})[0], 0);
  EXPECT_GT(run("ex2.approx.f32", {{-130}})[0], 0);
  EXPECT_EQ(run("ex2.approx.ftz.f32", {{-130}})[0], 0);
}

TEST(MathIntrinsics, TheLessAndTheGreater) {
  const std::vector<std::vector<float>> pairs = {
      {1, 2}, {2, 1}, {-0.0f, 0.0f}, {0.0f, -0.0f}, {NAN, 1}, {1, NAN}};
  std::vector<float> least = run("fmin.f", pairs), most = run("fmax.f", pairs);
  EXPECT_EQ(least[0], 1);
  EXPECT_EQ(most[1], 2);
  EXPECT_TRUE(std::signbit(least[2]) && std::signbit(least[3]));
  EXPECT_FALSE(std::signbit(most[2]) || std::signbit(most[3]));
  EXPECT_EQ(least[4], 1);
  EXPECT_EQ(most[5], 1);
  for (const char *name : {"fmin.nan.f", "fmax.nan.f"}) {
    std::vector<float> result = run(name, pairs);
    EXPECT_TRUE(std::isnan(result[4]) && std::isnan(result[5])) << name;
    EXPECT_FALSE(std::isnan(result[0])) << name;
  }
}

TEST(MathIntrinsics, AMultiplyAddRoundsOnce) {
  // The square is 1 + 2^-11 + 2^-24, of which a float has no last bit.
  float x = 1 + 0x1p-12f;
  EXPECT_EQ(run("fma.rn.f", {{x, x, -1}})[0], 0x1p-11f + 0x1p-24f);
}

TEST(MathIntrinsics, FlagsJoinNoRoundings) {
  // The host may have an instruction for both, and must not use it.
  Lanes lanes(1, 1, R"(
  %x = bitcast i32 %a0 to float
  %square = fmul contract float %x, %x
  %y = fadd contract float %square, -1.0
  %r0 = bitcast float %y to i32)");
  EXPECT_EQ(floatOf(lanes.run({{bitsOf(1 + 0x1p-12f)}})[0][0]), 0x1p-11f);
}

TEST(MathIntrinsics, ToTf32) {
  Lanes lanes(1, 3, R"(
  %x = bitcast i32 %a0 to float
  %r0 = call i32 @llvm.nvvm.f2tf32.rna(float %x)
  %r1 = call i32 @llvm.nvvm.f2tf32.rn(float %x)
  %r2 = call i32 asm "cvt.rna.tf32.f32 $0, $1;", "=r,f"(float %x))");
  // A tie between 0x3f800000 (even) and its successor, and one between that
  // and the next; just below and just above the first.
  Words result = lanes.run(
      {{0x3f801000}, {0x3f803000}, {0x3f800fff}, {0x3f801001}, {0x7f800000}});
  EXPECT_EQ(result[0],
            (std::vector<uint32_t>{0x3f802000, 0x3f800000, 0x3f802000}));
  EXPECT_EQ(result[1],
            (std::vector<uint32_t>{0x3f804000, 0x3f804000, 0x3f804000}));
  EXPECT_EQ(result[2], (std::vector<uint32_t>(3, 0x3f800000)));
  EXPECT_EQ(result[3], (std::vector<uint32_t>(3, 0x3f802000)));
  EXPECT_EQ(result[4], (std::vector<uint32_t>(3, 0x7f800000)));
}

TEST(MathIntrinsics, PairsOfNarrowFloats) {
  Lanes lanes(2, 3, R"(
  %x = bitcast i32 %a0 to float
  %y = bitcast i32 %a1 to float
  %b = call <2 x bfloat> @llvm.nvvm.ff2bf16x2.rn(float %x, float %y)
  %r0 = bitcast <2 x bfloat> %b to i32
  %h = call <2 x half> @llvm.nvvm.ff2f16x2.rn(float %x, float %y)
  %r1 = bitcast <2 x half> %h to i32
  %n = call <2 x bfloat> @llvm.nvvm.ff2bf16x2.rn.relu(float %x, float %y)
  %r2 = bitcast <2 x bfloat> %n to i32)");
  // The first becomes the upper half.
  EXPECT_EQ(lanes.run({{bitsOf(1.5f), bitsOf(-2)}})[0],
            (std::vector<uint32_t>{0x3fc0c000, 0x3e00c000, 0x3fc00000}));
}

TEST(MathIntrinsics, NarrowFloatsInTheIr) {
  // Where the host has no instructions for them, calls of the emulator.
  Lanes lanes(1, 2, R"(
  %x = bitcast i32 %a0 to float
  %b = fptrunc float %x to bfloat
  %b3 = fmul bfloat %b, 3.0
  %bw = fpext bfloat %b3 to float
  %r0 = bitcast float %bw to i32
  %h = fptrunc float %x to half
  %h3 = fmul half %h, 3.0
  %hw = fpext half %h3 to float
  %r1 = bitcast float %hw to i32)");
  std::vector<uint32_t> result = lanes.run({{bitsOf(1 + 0x1p-7f)}})[0];
  // 3 + 3/128: eight bits of fraction are not enough.
  EXPECT_EQ(floatOf(result[0]), 3.03125f);
  EXPECT_EQ(floatOf(result[1]), 3.0234375f);
}

TEST(MathIntrinsics, HalvesAsTheCompilerMakesThem) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    auto half = std::bit_cast<_Float16>(uint16_t(bits));
    float expected = float(half), value = emulator::fromF16(uint16_t(bits));
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(value)) << bits;
      continue;
    }
    ASSERT_EQ(bitsOf(value), bitsOf(expected)) << bits;
    ASSERT_EQ(emulator::toF16(value), bits);
  }
  for (float value : {65519.0f, 65520.0f, 1e-8f, 2.9802322e-8f, 3.0e-8f,
                      6.097555e-5f, 1.00048828125f, 1.0014648f, -70000.0f})
    EXPECT_EQ(emulator::toF16(value), std::bit_cast<uint16_t>(_Float16(value)))
        << value;
}

TEST(MathIntrinsics, BrainFloatsToEven) {
  EXPECT_EQ(emulator::toBf16(floatOf(0x3f808000)), 0x3f80);
  EXPECT_EQ(emulator::toBf16(floatOf(0x3f818000)), 0x3f82);
  EXPECT_EQ(emulator::toBf16(floatOf(0x3f808001)), 0x3f81);
  EXPECT_EQ(emulator::toBf16(kInfinity), 0x7f80);
  EXPECT_TRUE(std::isnan(emulator::fromBf16(emulator::toBf16(NAN))));
  EXPECT_TRUE(
      std::isnan(emulator::fromBf16(emulator::toBf16(floatOf(0x7f800001)))));
}

TEST(MathIntrinsics, PermutesBytes) {
  Lanes lanes(3, 1,
              "%r0 = call i32 @llvm.nvvm.prmt(i32 %a0, i32 %a1, i32 "
              "%a2)");
  EXPECT_EQ(lanes.run({{0x83828180, 0x87868504, 0x7540}})[0][0], 0x87850480u);
  EXPECT_EQ(lanes.run({{0x03028100, 0, 0x9810}})[0][0], 0xff008100u);
}

TEST(MathIntrinsics, UpperHalvesOfProducts) {
  Lanes lanes(2, 2,
              "%r0 = call i32 @llvm.nvvm.mulhi.ui(i32 %a0, i32 %a1)\n"
              "%r1 = call i32 @llvm.nvvm.mulhi.i(i32 %a0, i32 %a1)");
  EXPECT_EQ(lanes.run({{0xffffffff, 3}})[0],
            (std::vector<uint32_t>{2, 0xffffffff}));
}

TEST(SpecialRegisters, AreThoseOfTheThread) {
  auto emulation = Emulation::ofText(R"(
define ptx_kernel void @where(ptr addrspace(1) %out) {
  %tx = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %ty = call i32 @llvm.nvvm.read.ptx.sreg.tid.y()
  %tz = call i32 @llvm.nvvm.read.ptx.sreg.tid.z()
  %bx = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %by = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.y()
  %bz = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.z()
  %nx = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %ny = call i32 @llvm.nvvm.read.ptx.sreg.ntid.y()
  %nz = call i32 @llvm.nvvm.read.ptx.sreg.ntid.z()
  %gx = call i32 @llvm.nvvm.read.ptx.sreg.nctaid.x()
  %gy = call i32 @llvm.nvvm.read.ptx.sreg.nctaid.y()
  %lane = call i32 @llvm.nvvm.read.ptx.sreg.laneid()
  %warp = call i32 @llvm.nvvm.read.ptx.sreg.warpid()
  %less = call i32 @llvm.nvvm.read.ptx.sreg.lanemask.lt()
  %t0 = mul i32 %tz, %ny
  %t1 = add i32 %t0, %ty
  %t2 = mul i32 %t1, %nx
  %thread = add i32 %t2, %tx
  %b0 = mul i32 %bz, %gy
  %b1 = add i32 %b0, %by
  %b2 = mul i32 %b1, %gx
  %block = add i32 %b2, %bx
  %n0 = mul i32 %nx, %ny
  %n = mul i32 %n0, %nz
  %i0 = mul i32 %block, %n
  %i = add i32 %i0, %thread
  %w32 = mul i32 %warp, 32
  %linear = add i32 %w32, %lane
  %sum = add i32 %linear, %less
  %at = getelementptr i32, ptr addrspace(1) %out, i32 %i
  store i32 %sum, ptr addrspace(1) %at
  ret void
}
)");
  Dim3 grid{3, 2, 2}, block{5, 3, 4};
  Argument out = emulation->add("out", std::vector<uint32_t>(12 * 60, ~0u));
  ASSERT_TRUE(isDone(emulation->run({"where", grid, block, 0, {out}})));
  std::vector<uint32_t> result = emulation->get<uint32_t>(out);
  for (uint32_t i = 0; i < result.size(); ++i)
    EXPECT_EQ(result[i], i % 60 + ((1u << (i % 60 % 32)) - 1)) << i;
}

TEST(InlineAssembly, IsReadAsInstructions) {
  Lanes lanes(1, 1, R"(
  %x = bitcast i32 %a0 to float
  %y = call float asm "tanh.approx.f32 $0, $1;", "=f,f"(float %x)
  %r0 = bitcast float %y to i32)");
  EXPECT_FLOAT_EQ(floatOf(lanes.run({{bitsOf(0.5f)}})[0][0]), std::tanh(0.5f));
}

TEST(LocalVariables, AreTheThreads) {
  // An array that is indexed at run time, in the generic address space.
  Lanes lanes(1, 1, R"(
  %array = alloca [4 x i32], align 16
  store <4 x i32> <i32 10, i32 11, i32 12, i32 13>, ptr %array, align 16
  %at = getelementptr i32, ptr %array, i32 %a0
  %old = load i32, ptr %at
  %new = add i32 %old, %tid
  store i32 %new, ptr %at
  %r0 = load i32, ptr %at)");
  Words rows;
  for (uint32_t lane = 0; lane < 40; ++lane)
    rows.push_back({lane % 4});
  Words result = lanes.run(rows);
  for (uint32_t lane = 0; lane < 40; ++lane)
    EXPECT_EQ(result[lane][0], 10 + lane % 4 + lane);
}

TEST(Refusals, NameWhatIsUnknown) {
  auto kernel = [](const std::string &body) {
    return "define ptx_kernel void @k(ptr %p) {\n" + body + "\nret void\n}\n";
  };
  EXPECT_THAT(Emulation::refusal(
                  kernel("%x = call i32 @llvm.nvvm.read.ptx.sreg.smid()")),
              testing::HasSubstr("sreg.smid"));
  EXPECT_THAT(Emulation::refusal(kernel("call void asm \"trap;\", \"\"()")),
              testing::HasSubstr("trap"));
  EXPECT_THAT(Emulation::refusal("declare void @elsewhere()\n" +
                                 kernel("call void @elsewhere()")),
              testing::HasSubstr("@elsewhere"));
  EXPECT_THAT(
      Emulation::refusal("define ptx_kernel void @k(i8 %x) { ret void }"),
      testing::HasSubstr("parameter of type i8"));
  EXPECT_THAT(Emulation::refusal(kernel("%x = alloca [40000 x i8]")),
              testing::HasSubstr("variables of @k take more than"));
  EXPECT_THAT(Emulation::refusal("@x = external addrspace(1) global i32\n" +
                                 kernel("store i32 0, ptr addrspace(1) @x")),
              testing::HasSubstr("@x is defined elsewhere"));
}

} // namespace
