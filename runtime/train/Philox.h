//===- Philox.h - the counter-based generator -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Philox 4x32-10 (Salmon et al., 2011): a random function of a key and a
// counter. Data order and synthetic data are functions of (seed, what for,
// index), so nothing has to be stored to continue them.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_PHILOX_H
#define DLCC_RUNTIME_TRAIN_PHILOX_H

#include <array>
#include <cstdint>

namespace dlcc::train {

/// Four random words for key (key) and counter (high, low).
inline std::array<uint32_t, 4> philox(uint64_t key, uint64_t high,
                                      uint64_t low) {
  auto k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  std::array<uint32_t, 4> x = {
      static_cast<uint32_t>(low), static_cast<uint32_t>(low >> 32),
      static_cast<uint32_t>(high), static_cast<uint32_t>(high >> 32)};
  for (int round = 0; round < 10; ++round) {
    uint64_t a = uint64_t{0xD2511F53} * x[0], b = uint64_t{0xCD9E8D57} * x[2];
    x = {static_cast<uint32_t>(b >> 32) ^ x[1] ^ k0, static_cast<uint32_t>(b),
         static_cast<uint32_t>(a >> 32) ^ x[3] ^ k1, static_cast<uint32_t>(a)};
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return x;
}

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_PHILOX_H
