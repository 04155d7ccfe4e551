//===- Tensors.h - sizes of the tensors that a model describes ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TENSORS_H
#define DLCC_RUNTIME_TENSORS_H

#include "dlcc/abi.h"

#include <string>
#include <vector>

namespace dlcc::rt {

/// Everything that kernels read starts on a cache line.
inline constexpr int64_t kAlignment = 64;

constexpr int64_t alignUp(int64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/// Bytes of one element; 0 for a number that is no dlcc_element_type.
int64_t elementBytes(int32_t type);

/// As in the model language: f32, i64, bool.
const char *elementName(int32_t type);

/// Elements of the whole tensor, with the compiled batch.
int64_t elementCount(const dlcc_tensor &tensor);

/// Elements that a call with `rows` rows reads or writes.
int64_t elementCount(const dlcc_tensor &tensor, int64_t rows);

/// "f32[300, 784]".
std::string typeText(int32_t type, const std::vector<int64_t> &dims);
std::string typeText(const dlcc_tensor &tensor);

} // namespace dlcc::rt

#endif // DLCC_RUNTIME_TENSORS_H
