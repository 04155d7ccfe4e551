//===- TensorMap.h - a tensor that bulk copies read -------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The driver's encoding of tensor maps (cuTensorMapEncodeTiled) is not public.
// The emulator puts its own into the 128 bytes that a kernel gets.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_TENSORMAP_H
#define DLCC_TESTS_GPU_EMULATOR_TENSORMAP_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dlcc::emulator {

/// How rows of a box are laid out in shared memory: bits 4.. of an address are
/// combined (exclusive or) with bits 7.. of it, as many as the enumerator says.
enum class Swizzle : uint32_t { None, B32, B64, B128 };

inline uint32_t swizzled(uint32_t address, Swizzle swizzle) {
  uint32_t mask = (1u << uint32_t(swizzle)) - 1;
  return address ^ ((address >> 7 & mask) << 4);
}

/// What cuTensorMapEncodeTiled is told; dimension 0 is the innermost.
struct TensorMap {
  static constexpr uint32_t kMagic = 0x70616d74;
  static constexpr size_t kBytes = 128;

  uint32_t magic = kMagic;
  uint32_t rank = 0;
  uint32_t elementBytes = 0;
  Swizzle swizzle = Swizzle::None;
  /// Elements of f32 are rounded to the nearest of tf32 on their way; ties, of
  /// which the hardware says nothing, away from zero.
  bool roundsToTf32 = false;
  /// Of global memory: an offset in the arena, an address once it is launched.
  uint64_t base = 0;
  std::array<uint32_t, 5> extents{}, box{};
  /// Bytes between neighbours of dimensions 1 and up.
  std::array<uint64_t, 4> strides{};

  /// What the hardware does not allow, empty if it does.
  std::string mistake() const;
  /// Bytes of a box.
  uint32_t boxBytes() const;
  std::vector<std::byte> encoded() const;
};
static_assert(sizeof(TensorMap) <= TensorMap::kBytes);

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_TENSORMAP_H
