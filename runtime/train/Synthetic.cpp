//===- Synthetic.cpp - made data, for benchmarks --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Tensors.h"
#include "runtime/train/Philox.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

using namespace dlcc::train;

/// FNV-1a: a key of its own for each input.
static uint64_t hashOf(const char *name) {
  uint64_t hash = 0xcbf29ce484222325;
  for (; *name; ++name)
    hash = (hash ^ static_cast<unsigned char>(*name)) * 0x100000001b3;
  return hash;
}

/// Element `index` of N(0, 1), by Box and Muller.
static float normal(uint64_t seed, uint64_t key, uint64_t index) {
  auto words = philox(seed, key, index);
  double radius = std::sqrt(-2 * std::log((words[0] + 0.5) * 0x1p-32));
  return static_cast<float>(
      radius * std::cos(2 * std::numbers::pi * (words[1] + 0.5) * 0x1p-32));
}

static Field makeField(const dlcc_tensor &input, int64_t rows, uint64_t seed) {
  bool real = input.type >= DLCC_F16;
  std::string what = "synthetic data for '" + std::string(input.name) + "'";
  std::vector<int64_t> dims = {rows, input.row_elements};
  int64_t bytes = checkedBytes(what, dims, real ? 4 : 8);
  Field field = {input.name,           what, real ? DLCC_F32 : DLCC_I64,
                 {input.row_elements}, rows, allocateFor(what, bytes)};
  uint64_t key = hashOf(input.name);
  uint64_t bound = input.bound > 0 ? input.bound : 2;
  for (int64_t e = 0; e < rows * input.row_elements; ++e) {
    if (real) {
      float value = normal(seed, key, e);
      std::memcpy(field.data.get() + e * 4, &value, 4);
      continue;
    }
    auto words = philox(seed, key, e);
    uint64_t value = (uint64_t{words[1]} << 32 | words[0]) % bound;
    std::memcpy(field.data.get() + e * 8, &value, 8);
  }
  return field;
}

Split dlcc::train::makeSynthetic(const dlcc_model &model, int64_t rows,
                                 uint64_t seed) {
  Split split;
  split.holdsInputs = true;
  for (int32_t i = 0; i < model.num_entries; ++i) {
    const dlcc_entry &entry = model.entries[i];
    if (entry.kind != DLCC_ENTRY_TRAIN)
      continue;
    for (int32_t k = 0; k < entry.num_inputs; ++k)
      if (std::none_of(split.fields.begin(), split.fields.end(),
                       [&](const Field &field) {
                         return field.name == entry.inputs[k].name;
                       }))
        split.add(makeField(entry.inputs[k], rows, seed));
  }
  if (split.fields.empty())
    split.rows = rows;
  return split;
}
