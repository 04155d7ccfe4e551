//===- Narrow.cpp - floats of fewer than 32 bits --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Narrow.h"

using namespace dlcc::emulator;

float dlcc::emulator::fromF16(uint16_t bits) {
  int exponent = bits >> 10 & 31;
  float fraction = float(bits & 1023);
  float size = exponent == 0    ? std::ldexp(fraction, -24)
               : exponent == 31 ? (bits & 1023 ? NAN : INFINITY)
                                : std::ldexp(fraction + 1024, exponent - 25);
  return std::copysign(size, bits & 0x8000 ? -1.0f : 1.0f);
}

uint16_t dlcc::emulator::toF16(double value) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value))
    return 0x7fff;
  double size = std::fabs(value);
  if (size >= 65520)
    return sign | 0x7c00;
  int exponent = size == 0 ? -14 : std::max(std::ilogb(size), -14);
  // In units of the last place, to even by the default rounding mode; a carry
  // into the exponent is what the sum below makes of it.
  auto units = uint16_t(std::nearbyint(std::ldexp(size, 10 - exponent)));
  if (units < 1024)
    return sign | units;
  return uint16_t(sign | ((exponent + 15 - 1) * 1024 + units));
}
