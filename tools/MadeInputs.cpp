//===- MadeInputs.cpp - arguments for an entry without data ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/MadeInputs.h"

#include "codegen/object/ModelDescription.h"
#include "runtime/Instance.h"

#include <cstring>

namespace dlcc {

int64_t countElements(const dlcc_tensor &tensor) {
  int64_t elements = 1;
  for (int32_t i = 0; i != tensor.rank; ++i)
    elements *= tensor.dims[i];
  return elements;
}

MadeInputs::MadeInputs(const dlcc_entry &entry, uint64_t seed) : random(seed) {
  for (int32_t i = 0; i != entry.num_inputs; ++i)
    add(entry.inputs[i], /*isInput=*/true);
  for (int32_t i = 0; i != entry.num_outputs; ++i)
    add(entry.outputs[i], /*isInput=*/false);
}

MadeInputs::~MadeInputs() = default;

void MadeInputs::add(const dlcc_tensor &tensor, bool isInput) {
  int64_t elements = countElements(tensor);
  auto type = static_cast<dlcc_element_type>(tensor.type);
  int64_t width = elementBytes(type);
  auto array = std::make_unique<rt::Block>(dlcc_options{}, elements * width);
  std::normal_distribution<float> normal;
  uint64_t bound = type == DLCC_U8 ? 256 : 2;
  if (tensor.bound > 0)
    bound = tensor.bound;
  for (int64_t i = 0; isInput && i != elements; ++i) {
    char *place = array->data() + i * width;
    if (type == DLCC_F32) {
      float value = normal(random);
      std::memcpy(place, &value, width);
    } else if (type == DLCC_F64) {
      double value = normal(random);
      std::memcpy(place, &value, width);
    } else if (type != DLCC_F16 && type != DLCC_BF16) {
      uint64_t value = random() % bound; // little-endian: the low bytes
      std::memcpy(place, &value, width);
    }
  }
  arrays.push_back(std::move(array));
  pointers.push_back(arrays.back()->data());
}

} // namespace dlcc
