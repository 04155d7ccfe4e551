//===- CountValues.cpp - how many values data have ------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/CountValues.h"

#include "runtime/train/Elements.h"
#include "runtime/train/Refusal.h"
#include "runtime/train/Text.h"

#include <algorithm>

using namespace dlcc;
using namespace dlcc::train;

/// Whether they are whole numbers from 0 on is checked where they are bound.
static int64_t largest(const Field &field) {
  return withType(field.type, [&](auto element) -> int64_t {
    using T = decltype(element);
    const T *values = reinterpret_cast<const T *>(field.data.get());
    double most = 0;
    for (int64_t i = 0; i < field.rows * field.rowElements(); ++i)
      most = std::max(most, static_cast<double>(values[i]));
    // Beyond what a dimension can be, and within what a number can.
    return static_cast<int64_t>(std::min(most, 0x1p41));
  });
}

int64_t dlcc::train::countValues(const DataSet &data,
                                 const std::vector<std::string> &fields,
                                 const std::vector<std::string> &known) {
  const Split &split = data.train;
  if (!split.text.empty()) {
    int64_t count = known.empty() ? countTokens(split.text, fields)
                                  : static_cast<int64_t>(known.size());
    if (count == 0)
      throw Refusal(split.text + ", a text, has no field '" + fields.front() +
                    "'");
    return count;
  }
  for (const std::string &name : fields) {
    const Field *field = split.find(name);
    if (!field)
      continue;
    if (field->decoder)
      throw Refusal("field '" + name + "' of " + field->file + " are images");
    if (name == "label" && !split.classes.empty())
      return static_cast<int64_t>(split.classes.size());
    return largest(*field) + 1;
  }
  throw Refusal("the data have no field '" + fields.front() + "'; they have " +
                split.fieldsText());
}
