//===- DataSet.cpp - data as it was read ----------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/DataSet.h"
#include "runtime/Tensors.h"
#include "runtime/train/Refusal.h"

#include <algorithm>
#include <new>

using namespace dlcc;
using namespace dlcc::train;

std::string Field::typeText() const {
  std::vector<int64_t> all = {rows};
  all.insert(all.end(), dims.begin(), dims.end());
  std::string text = rt::typeText(type, all);
  // Of a size that differs from row to row.
  for (size_t at; (at = text.find("-1")) != text.npos;)
    text.replace(at, 2, "?");
  return text;
}

int64_t Field::firstElement(int64_t row) const {
  int64_t count = rowElements();
  if (!streams)
    return row * count;
  return row % streams->streams * streams->length +
         row / streams->streams * count + streams->shift;
}

int64_t Field::rowElements() const {
  int64_t count = 1;
  for (int64_t dim : dims)
    count *= dim;
  return count;
}

void Split::add(Field field) {
  if (field.rows == 0)
    throw Refusal(field.file + " has no rows");
  if (!fields.empty() && field.rows != rows)
    throw Refusal(field.file + " has " + std::to_string(field.rows) +
                  " rows, but " + fields.front().file + " has " +
                  std::to_string(rows));
  rows = field.rows;
  fields.push_back(std::move(field));
}

const Field *Split::find(const std::string &name) const {
  for (const Field &field : fields)
    if (field.name == name)
      return &field;
  return nullptr;
}

std::string Split::fieldsText() const {
  std::string text;
  for (const Field &field : fields)
    text += (text.empty() ? "'" : ", '") + field.name + "' " + field.typeText();
  return text;
}

void dlcc::train::checkSameClasses(const Split &train, const Split &test) {
  if (train.classes.empty() || test.classes.empty())
    return;
  auto checkAll = [](const Split &some, const Split &others) {
    for (const std::string &name : some.classes)
      if (!std::binary_search(others.classes.begin(), others.classes.end(),
                              name))
        throw Refusal(others.fields.front().file + " has no class '" + name +
                      "', which " + some.fields.front().file +
                      " has: training and test data need the same classes");
  };
  checkAll(train, test);
  checkAll(test, train);
}

int64_t dlcc::train::checkedBytes(const std::string &file,
                                  const std::vector<int64_t> &dims,
                                  int64_t elementBytes) {
  constexpr int64_t most = int64_t{1} << 46;
  int64_t bytes = elementBytes;
  for (int64_t dim : dims)
    if (dim < 0 || __builtin_mul_overflow(bytes, dim, &bytes) || bytes > most)
      throw Refusal(file + " asks for more than memory can hold");
  return bytes;
}

std::unique_ptr<unsigned char[]>
dlcc::train::allocateFor(const std::string &file, int64_t bytes) {
  try {
    return std::make_unique_for_overwrite<unsigned char[]>(bytes);
  } catch (const std::bad_alloc &) {
    throw Refusal(file + ": no memory for its " + std::to_string(bytes) +
                  " bytes");
  }
}
