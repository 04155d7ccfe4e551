//===- Lanes.h - a few instructions run by each lane ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_GPU_LANES_H
#define DLCC_TESTS_UNIT_GPU_LANES_H

#include "Emulation.h"

#include <bit>

namespace dlcc::test {

/// Words of 32 bits, one row for each thread.
using Words = std::vector<std::vector<uint32_t>>;

/// A kernel of one block that runs `body` on each row of words: %a0, %a1, ...
/// are the thread's operands (i32), %tid its number, and %r0, %r1, ... what it
/// stores.
class Lanes {
public:
  Lanes(unsigned operands, unsigned results, const std::string &body,
        const std::string &declarations = "");

  /// The results of each row; fails the test where the launch stops.
  Words run(const Words &rows);
  /// Why the launch stops.
  std::optional<Fault> fault(const Words &rows);

private:
  std::optional<Fault> launch(const Words &rows, Argument &results);

  unsigned operands, results;
  std::unique_ptr<Emulation> emulation;
};

inline uint32_t bitsOf(float value) { return std::bit_cast<uint32_t>(value); }
inline float floatOf(uint32_t bits) { return std::bit_cast<float>(bits); }

} // namespace dlcc::test

#endif // DLCC_TESTS_UNIT_GPU_LANES_H
