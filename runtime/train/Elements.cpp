//===- Elements.cpp - element types as C++ types --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Elements.h"

#include <cmath>

using namespace dlcc::train;

BFloat16::BFloat16(double value) {
  auto narrow = static_cast<float>(value);
  auto word = std::bit_cast<uint32_t>(narrow);
  // A NaN keeps a bit that the rounding below could carry away.
  bits = std::isnan(narrow) ? (word >> 16) | 0x40
                            : (word + 0x7fff + (word >> 16 & 1)) >> 16;
}

Float16::Float16(double value) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  double size = std::fabs(value);
  if (std::isnan(value)) {
    bits = sign | 0x7e00;
  } else if (size >= 65520) { // rounds to infinity
    bits = sign | 0x7c00;
  } else if (size < 0x1p-14) { // subnormal: units of 2^-24
    bits = sign | static_cast<uint16_t>(std::nearbyint(size * 0x1p24));
  } else {
    int exponent;
    double fraction = std::frexp(size, &exponent); // [0.5, 1)
    // Ten bits behind the leading one; a carry runs into the exponent.
    auto steps = static_cast<uint32_t>(std::nearbyint(fraction * 0x1p11));
    bits = sign | static_cast<uint16_t>(((exponent + 13) << 10) + steps);
  }
}

Float16::operator double() const {
  int exponent = bits >> 10 & 0x1f;
  int fraction = bits & 0x3ff;
  double size = exponent == 0    ? std::ldexp(fraction, -24)
                : exponent == 31 ? (fraction ? NAN : INFINITY)
                                 : std::ldexp(fraction + 0x400, exponent - 25);
  return bits & 0x8000 ? -size : size;
}
