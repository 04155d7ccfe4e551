//===- Tensors.cpp - sizes of the tensors that a model describes ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Tensors.h"

#include <array>

using namespace dlcc::rt;

namespace {
struct ElementType {
  const char *name;
  int64_t bytes;
};
/// In the order of dlcc_element_type.
constexpr std::array<ElementType, 13> kElementTypes = {{{"bool", 1},
                                                        {"i8", 1},
                                                        {"i16", 2},
                                                        {"i32", 4},
                                                        {"i64", 8},
                                                        {"u8", 1},
                                                        {"u16", 2},
                                                        {"u32", 4},
                                                        {"u64", 8},
                                                        {"f16", 2},
                                                        {"bf16", 2},
                                                        {"f32", 4},
                                                        {"f64", 8}}};

bool known(int32_t type) {
  return type >= 0 && type < static_cast<int32_t>(kElementTypes.size());
}
} // namespace

int64_t dlcc::rt::elementBytes(int32_t type) {
  return known(type) ? kElementTypes[type].bytes : 0;
}

const char *dlcc::rt::elementName(int32_t type) {
  return known(type) ? kElementTypes[type].name : "unknown";
}

int64_t dlcc::rt::elementCount(const dlcc_tensor &tensor) {
  int64_t count = 1;
  for (int32_t i = 0; i < tensor.rank; ++i)
    count *= tensor.dims[i];
  return count;
}

int64_t dlcc::rt::elementCount(const dlcc_tensor &tensor, int64_t rows) {
  return tensor.row_elements ? tensor.row_elements * rows
                             : elementCount(tensor);
}

std::string dlcc::rt::typeText(int32_t type, const std::vector<int64_t> &dims) {
  std::string text = std::string(elementName(type)) + "[";
  for (size_t i = 0; i < dims.size(); ++i)
    text += (i ? ", " : "") + std::to_string(dims[i]);
  return text + "]";
}

std::string dlcc::rt::typeText(const dlcc_tensor &tensor) {
  return typeText(tensor.type, {tensor.dims, tensor.dims + tensor.rank});
}
