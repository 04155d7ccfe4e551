//===- Philox.h - the random numbers of dlc.random --------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one definition of what `dlc.random` yields: a function of seed, path,
// step and element, the same bits on every processor. The oracle calls it; the
// lowering emits the same operations in the same order, each of them one
// integer op, or an IEEE +, -, *, sqrt or fma of f32 (no contraction, no
// branch, so that it vectorises).
//
// Element i of the tensor (row-major) takes word 0 of
//   philox(foldKey(seed, path), {i low, i high, step low, step high})
// and turns it into f32 by `uniform` or `normal`. f64 results are the f32 value
// widened, f16 and bf16 results the f32 value rounded to nearest even.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_PHILOX_H
#define DLCC_IR_PHILOX_H

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace dlcc::philox {

/// Multipliers and key increments of Philox 4x32 (Salmon et al., Parallel
/// random numbers: as easy as 1, 2, 3; SC 2011).
inline constexpr uint32_t kMultiplier0 = 0xD2511F53;
inline constexpr uint32_t kMultiplier1 = 0xCD9E8D57;
inline constexpr uint32_t kWeyl0 = 0x9E3779B9;
inline constexpr uint32_t kWeyl1 = 0xBB67AE85;
inline constexpr int kRounds = 10;

using Counter = std::array<uint32_t, 4>;
using Key = std::array<uint32_t, 2>;

/// Ten rounds of Philox 4x32.
inline Counter philox(Key key, Counter counter) {
  for (int round = 0; round < kRounds; ++round) {
    uint64_t product0 = uint64_t(kMultiplier0) * counter[0];
    uint64_t product1 = uint64_t(kMultiplier1) * counter[2];
    counter = {
        uint32_t(product1 >> 32) ^ counter[1] ^ key[0], uint32_t(product1),
        uint32_t(product0 >> 32) ^ counter[3] ^ key[1], uint32_t(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

/// Multiplier of `foldKey`: 2^64 divided by the golden ratio, odd.
inline constexpr uint64_t kFold = 0x9E3779B97F4A7C15;

/// The key of a call: one-to-one in `path` for a given seed and in `seed` for
/// a given path, so no two calls of one model share a key.
inline Key foldKey(uint64_t seed, uint64_t path) {
  uint64_t folded = (seed ^ path) * kFold;
  folded ^= folded >> 32;
  return {uint32_t(folded), uint32_t(folded >> 32)};
}

/// The word that element `element` of a call is made of.
inline uint32_t word(uint64_t seed, uint64_t path, uint64_t step,
                     uint64_t element) {
  return philox(foldKey(seed, path),
                {uint32_t(element), uint32_t(element >> 32), uint32_t(step),
                 uint32_t(step >> 32)})[0];
}

/// How many bits of a word a uniform number takes: no more than its type
/// holds, for rounding could make a 1 of them.
inline int uniformBits(unsigned significandBits) {
  return significandBits < 24 ? int(significandBits) : 24;
}

/// A multiple of 2^-bits in [0, 1).
inline float uniform(uint32_t word, int bits = 24) {
  return float(int32_t(word >> (32 - bits))) * std::ldexp(1.0f, -bits);
}

/// Bits of the f32 next to sqrt(1/2); `log` splits at it.
inline constexpr uint32_t kSplitBits = 0x3F3504F3;
inline constexpr float kLn2 = 0.693147182f;
/// log(1 + f) = f - f^2/2 + f^3 * P(f) for 1 + f in [sqrt(1/2), sqrt(2)),
/// highest power first: the coefficients of Cephes' logf (S. L. Moshier).
inline constexpr std::array<float, 9> kLogPolynomial = {
    7.0376836292e-2f,  -1.1514610310e-1f, 1.1676998740e-1f,
    -1.2420140846e-1f, 1.4249322787e-1f,  -1.6668057665e-1f,
    2.0000714765e-1f,  -2.4999993993e-1f, 3.3333331174e-1f};

/// Natural logarithm of a normal number; good enough for `normal`, not a
/// general one.
inline float log(float x) {
  uint32_t bits = std::bit_cast<uint32_t>(x);
  int32_t exponent = int32_t(bits - kSplitBits) >> 23; // arithmetic shift
  float f = std::bit_cast<float>(bits - (uint32_t(exponent) << 23)) - 1.0f;
  float square = f * f;
  float p = kLogPolynomial[0];
  for (int i = 1; i < 9; ++i)
    p = std::fma(p, f, kLogPolynomial[i]);
  float tail = std::fma(p * f, square, -0.5f * square);
  return std::fma(float(exponent), kLn2, f + tail);
}

/// erfinv(x) = x * P(w), w = -log((1 - x) * (1 + x)), highest power first:
/// M. Giles, Approximating the erfinv function (GPU Computing Gems, 2010),
/// single precision. The first is in w - 2.5 for w < 5, the second in
/// sqrt(w) - 3 for the others.
inline constexpr std::array<float, 9> kErfinvCentre = {
    2.81022636e-08f,  3.43273939e-07f, -3.5233877e-06f,
    -4.39150654e-06f, 0.00021858087f,  -0.00125372503f,
    -0.00417768164f,  0.246640727f,    1.50140941f};
inline constexpr std::array<float, 9> kErfinvTail = {
    -0.000200214257f, 0.000100950558f, 0.00134934322f,
    -0.00367342844f,  0.00573950773f,  -0.0076224613f,
    0.00943887047f,   1.00167406f,     2.83297682f};
inline constexpr float kSqrt2 = 1.41421354f;

/// A standard normal number: sqrt(2) * erfinv(x) of the odd multiple of 2^-23
/// in (-1, 1) that the word's upper 23 bits choose; symmetric, never infinite.
inline float normal(uint32_t word) {
  // The integer is odd and below 2^23, so x, 1 - x and 1 + x are exact.
  float x = float(int32_t((word >> 9) << 1) - 0x7FFFFF) * 0x1p-23f;
  float w = -log((1.0f - x) * (1.0f + x));
  bool centre = w < 5.0f;
  float v = centre ? w - 2.5f : std::sqrt(w) - 3.0f;
  float p = centre ? kErfinvCentre[0] : kErfinvTail[0];
  for (int i = 1; i < 9; ++i)
    p = std::fma(p, v, centre ? kErfinvCentre[i] : kErfinvTail[i]);
  return kSqrt2 * (x * p);
}

} // namespace dlcc::philox

#endif // DLCC_IR_PHILOX_H
