//===- BrainNumbers.h - numbers of f32 rounded to bf16 ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_CODEGEN_BRAINNUMBERS_H
#define DLCC_TESTS_UNIT_CODEGEN_BRAINNUMBERS_H

#include <bit>
#include <cstdint>
#include <vector>

namespace dlcc::test {

/// The number of bf16 nearest to `value`, which is finite.
inline float nearestBrain(float value) {
  auto bits = std::bit_cast<uint32_t>(value);
  uint32_t below = bits & 0xffff0000u;
  uint32_t rest = bits & 0xffffu;
  bool up = rest > 0x8000u || (rest == 0x8000u && (below & 0x10000u));
  return std::bit_cast<float>(up ? below + 0x10000u : below);
}

inline std::vector<float> nearestBrains(std::vector<float> values) {
  for (float &value : values)
    value = nearestBrain(value);
  return values;
}

} // namespace dlcc::test

#endif // DLCC_TESTS_UNIT_CODEGEN_BRAINNUMBERS_H
