//===- MathIntrinsics.cpp - arithmetic and conversions of one thread ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Approximations (ex2.approx, rcp.approx, tanh.approx, ...) are computed as
// well as the host does: a kernel must hold with any value within the error
// that PTX allows, so results are to be compared within it.
//
//===----------------------------------------------------------------------===//

#include "Intrinsics.h"
#include "Narrow.h"

#include <algorithm>
#include <cmath>

using namespace dlcc::emulator;

namespace {

template <float compute(float)>
void unary(Machine &, const uint64_t *arguments, uint64_t *results) {
  results[0] = asBits(compute(asFloat(arguments[0])));
}

template <float compute(float, float)>
void binary(Machine &, const uint64_t *arguments, uint64_t *results) {
  results[0] = asBits(compute(asFloat(arguments[0]), asFloat(arguments[1])));
}

/// Subnormal numbers count as zeros of their sign (.ftz).
float flush(float value) {
  return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0f, value)
                                                : value;
}

float exp2OfFlushed(float x) { return flush(std::exp2(flush(x))); }
float log2OfFlushed(float x) { return std::log2(flush(x)); }
float reciprocal(float x) { return 1.0f / x; }
float reciprocalOfFlushed(float x) { return flush(1.0f / flush(x)); }
float reciprocalRoot(float x) { return float(1.0 / std::sqrt(double(x))); }
float reciprocalRootOfFlushed(float x) { return reciprocalRoot(flush(x)); }
float rootOfFlushed(float x) { return std::sqrt(flush(x)); }
float saturate(float x) { return std::isnan(x) ? 0 : std::clamp(x, 0.f, 1.f); }
float divide(float a, float b) { return a / b; }
float multiply(float a, float b) { return a * b; }
float sum(float a, float b) { return a + b; }

/// -0 is less than +0; one NaN gives the other number.
float least(float a, float b) {
  if (a == b)
    return std::signbit(a) ? a : b;
  return std::fmin(a, b);
}
float most(float a, float b) {
  if (a == b)
    return std::signbit(a) ? b : a;
  return std::fmax(a, b);
}
/// One NaN gives NaN.
float leastOrNan(float a, float b) {
  return std::isnan(a) || std::isnan(b) ? NAN : least(a, b);
}
float mostOrNan(float a, float b) {
  return std::isnan(a) || std::isnan(b) ? NAN : most(a, b);
}

void fusedMultiplyAdd(Machine &, const uint64_t *arguments, uint64_t *results) {
  results[0] = asBits(std::fma(asFloat(arguments[0]), asFloat(arguments[1]),
                               asFloat(arguments[2])));
}

/// To tf32, ties to even.
void toTf32(Machine &, const uint64_t *arguments, uint64_t *results) {
  results[0] = roundToEven(asFloat(arguments[0]), 13);
}
/// To tf32, ties away from zero.
void toTf32Away(Machine &, const uint64_t *arguments, uint64_t *results) {
  auto bits = uint32_t(arguments[0]);
  bool isFinite = std::isfinite(asFloat(bits));
  results[0] = isFinite ? (bits + 0x1000u) & 0xffffe000u
                        : roundToEven(asFloat(bits), 13);
}
void toTf32Truncated(Machine &, const uint64_t *arguments, uint64_t *results) {
  results[0] = asBits(fromTf32(uint32_t(arguments[0])));
}

template <bool isRelu> float positive(uint64_t bits) {
  float value = asFloat(bits);
  return isRelu && !(value > 0) && !std::isnan(value) ? 0.0f : value;
}
template <bool isRelu>
void oneToBf16(Machine &, const uint64_t *arguments, uint64_t *results) {
  results[0] = toBf16(positive<isRelu>(arguments[0]));
}
/// The first operand becomes the upper half.
template <bool isRelu>
void pairToBf16(Machine &, const uint64_t *arguments, uint64_t *results) {
  results[0] = uint32_t(toBf16(positive<isRelu>(arguments[0]))) << 16 |
               toBf16(positive<isRelu>(arguments[1]));
}
template <bool isRelu>
void pairToF16(Machine &, const uint64_t *arguments, uint64_t *results) {
  results[0] = uint32_t(toF16(positive<isRelu>(arguments[0]))) << 16 |
               toF16(positive<isRelu>(arguments[1]));
}

/// prmt.b32 (a, b, selector): bytes of a pair of words, or their signs.
void permuteBytes(Machine &, const uint64_t *arguments, uint64_t *results) {
  uint64_t bytes = arguments[1] << 32 | uint32_t(arguments[0]);
  uint32_t result = 0;
  for (int i = 0; i < 4; ++i) {
    unsigned selector = arguments[2] >> (4 * i) & 15;
    uint32_t byte = bytes >> (8 * (selector & 7)) & 0xff;
    if (selector & 8)
      byte = byte & 0x80 ? 0xff : 0;
    result |= byte << (8 * i);
  }
  results[0] = result;
}

template <typename Narrow, typename Wide>
void upperHalf(Machine &, const uint64_t *arguments, uint64_t *results) {
  constexpr int kBits = 8 * sizeof(Narrow);
  results[0] = std::make_unsigned_t<Narrow>(
      (Wide(Narrow(arguments[0])) * Wide(Narrow(arguments[1]))) >> kBits);
}

} // namespace

llvm::ArrayRef<Intrinsic> dlcc::emulator::mathIntrinsics() {
  static const Intrinsic table[] = {
      {"ex2.approx.f32", unary<std::exp2>},
      {"ex2.approx.ftz.f32", unary<exp2OfFlushed>},
      {"lg2.approx.f", unary<std::log2>},
      {"lg2.approx.ftz.f", unary<log2OfFlushed>},
      {"tanh.approx.f32", unary<std::tanh>},
      {"sin.approx.f", unary<std::sin>},
      {"cos.approx.f", unary<std::cos>},
      {"rcp.rn.f", unary<reciprocal>},
      {"rcp.approx.ftz.f", unary<reciprocalOfFlushed>},
      {"rsqrt.approx.f", unary<reciprocalRoot>},
      {"rsqrt.approx.ftz.f", unary<reciprocalRootOfFlushed>},
      {"sqrt.f", unary<std::sqrt>},
      {"sqrt.rn.f", unary<std::sqrt>},
      {"sqrt.approx.f", unary<std::sqrt>},
      {"sqrt.approx.ftz.f", unary<rootOfFlushed>},
      {"saturate.f", unary<saturate>},
      {"fabs.f32", unary<std::fabs>},
      {"floor.f", unary<std::floor>},
      {"ceil.f", unary<std::ceil>},
      {"trunc.f", unary<std::trunc>},
      {"round.f", unary<std::nearbyint>},
      {"add.rn.f", binary<sum>},
      {"mul.rn.f", binary<multiply>},
      {"div.rn.f", binary<divide>},
      {"div.full", binary<divide>},
      {"div.approx.f", binary<divide>},
      {"fmin.f", binary<least>},
      {"fmax.f", binary<most>},
      {"fmin.nan.f", binary<leastOrNan>},
      {"fmax.nan.f", binary<mostOrNan>},
      {"fma.rn.f", fusedMultiplyAdd},
      {"f2tf32.rn", toTf32},
      {"f2tf32.rna", toTf32Away},
      {"f2tf32.rz", toTf32Truncated},
      {"f2bf16.rn", oneToBf16<false>},
      {"f2bf16.rn.relu", oneToBf16<true>},
      {"ff2bf16x2.rn", pairToBf16<false>},
      {"ff2bf16x2.rn.relu", pairToBf16<true>},
      {"ff2f16x2.rn", pairToF16<false>},
      {"ff2f16x2.rn.relu", pairToF16<true>},
      {"cvt.rn.tf32.f32", toTf32},
      {"cvt.rna.tf32.f32", toTf32Away},
      {"cvt.rn.bf16x2.f32", pairToBf16<false>},
      {"prmt", permuteBytes},
      {"mulhi.i", upperHalf<int32_t, int64_t>},
      {"mulhi.ui", upperHalf<uint32_t, uint64_t>},
      {"mulhi.ll", upperHalf<int64_t, __int128>},
      {"mulhi.ull", upperHalf<uint64_t, unsigned __int128>},
  };
  return table;
}
