//===- Elements.h - element types as C++ types ----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_ELEMENTS_H
#define DLCC_RUNTIME_TRAIN_ELEMENTS_H

#include "dlcc/abi.h"

#include <bit>
#include <cstdint>
#include <type_traits>

namespace dlcc::train {

/// A byte that is 0 or 1.
struct Bool {
  Bool() = default;
  explicit Bool(int64_t value) : byte(value != 0) {}
  explicit operator int64_t() const { return byte != 0; }
  explicit operator double() const { return byte != 0; }
  uint8_t byte;
};

/// The upper half of an f32, rounded to nearest even.
struct BFloat16 {
  BFloat16() = default;
  explicit BFloat16(double value);
  explicit operator double() const {
    return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
  }
  uint16_t bits;
};

/// IEEE half precision.
struct Float16 {
  Float16() = default;
  explicit Float16(double value);
  explicit operator double() const;
  uint16_t bits;
};

template <typename T>
inline constexpr bool isReal =
    std::is_floating_point_v<T> || std::is_same_v<T, Float16> ||
    std::is_same_v<T, BFloat16>;

/// Calls `action` with a value of the C++ type behind a dlcc_element_type.
template <typename Action> auto withType(int32_t type, Action &&action) {
  switch (type) {
  case DLCC_BOOL:
    return action(Bool());
  case DLCC_I8:
    return action(int8_t());
  case DLCC_I16:
    return action(int16_t());
  case DLCC_I32:
    return action(int32_t());
  case DLCC_I64:
    return action(int64_t());
  case DLCC_U8:
    return action(uint8_t());
  case DLCC_U16:
    return action(uint16_t());
  case DLCC_U32:
    return action(uint32_t());
  case DLCC_U64:
    return action(uint64_t());
  case DLCC_F16:
    return action(Float16());
  case DLCC_BF16:
    return action(BFloat16());
  case DLCC_F32:
    return action(float());
  default:
    return action(double());
  }
}

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_ELEMENTS_H
