//===- TensorMap.cpp - a tensor that bulk copies read ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorMap.h"

#include <cstring>

using namespace dlcc::emulator;

std::string TensorMap::mistake() const {
  if (rank < 1 || rank > 5)
    return "a tensor map has one to five dimensions";
  if (elementBytes != 1 && elementBytes != 2 && elementBytes != 4 &&
      elementBytes != 8)
    return "elements of a tensor map have 1, 2, 4 or 8 bytes";
  if (roundsToTf32 && elementBytes != 4)
    return "elements that are rounded to tf32 have 4 bytes";
  if (base % 16)
    return "a tensor begins at a multiple of 16 bytes";
  for (uint32_t i = 0; i < rank; ++i) {
    if (box[i] < 1 || box[i] > 256)
      return "a box has 1 to 256 elements in each dimension";
    if (extents[i] < 1)
      return "a tensor has elements in each dimension";
    if (i > 0 && strides[i - 1] % 16)
      return "strides are multiples of 16 bytes";
  }
  uint32_t rowBytes = box[0] * elementBytes;
  if (rowBytes % 16)
    return "a row of a box has a multiple of 16 bytes";
  if (swizzle != Swizzle::None && rowBytes > 16u << uint32_t(swizzle))
    return "a row of a box has no more bytes than the swizzle's span";
  return "";
}

uint32_t TensorMap::boxBytes() const {
  uint32_t bytes = elementBytes;
  for (uint32_t i = 0; i < rank; ++i)
    bytes *= box[i];
  return bytes;
}

std::vector<std::byte> TensorMap::encoded() const {
  std::vector<std::byte> result(kBytes);
  std::memcpy(result.data(), this, sizeof *this);
  return result;
}
