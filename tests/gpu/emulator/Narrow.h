//===- Narrow.h - floats of fewer than 32 bits ------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_NARROW_H
#define DLCC_TESTS_GPU_EMULATOR_NARROW_H

#include <bit>
#include <cmath>
#include <cstdint>

namespace dlcc::emulator {

inline float fromBf16(uint16_t bits) {
  return std::bit_cast<float>(uint32_t(bits) << 16);
}

float fromF16(uint16_t bits);

/// The upper half of `keptBits` of a float, rounded to nearest, even at ties;
/// NaN stays one.
inline uint32_t roundToEven(float value, int droppedBits) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value))
    return bits | 0x00400000u;
  uint32_t odd = bits >> droppedBits & 1;
  uint32_t half = (1u << (droppedBits - 1)) - 1;
  return (bits + half + odd) >> droppedBits << droppedBits;
}

inline uint16_t toBf16(float value) {
  return uint16_t(roundToEven(value, 16) >> 16);
}

/// To nearest, even at ties.
uint16_t toF16(double value);

/// What a tensor core reads of an operand of 32 bits: 10 bits of fraction, the
/// rest is ignored.
inline float fromTf32(uint32_t bits) {
  return std::bit_cast<float>(bits & 0xffffe000u);
}

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_NARROW_H
