//===- CountValuesTest.cpp - how many values data have --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/CountValues.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"
#include "tests/unit/runtime/TemporaryFolder.h"

#include <gtest/gtest.h>

using namespace dlcc::train;

namespace {

template <typename T>
Field fieldOf(const std::string &name, int32_t type, std::vector<T> values) {
  auto rows = static_cast<int64_t>(values.size());
  auto bytes = std::make_shared<unsigned char[]>(values.size() * sizeof(T));
  std::copy(values.begin(), values.end(), reinterpret_cast<T *>(bytes.get()));
  return {name, "made", type, {}, rows, bytes};
}

DataSet labelled() {
  DataSet data;
  data.train.add(fieldOf<uint8_t>("label", DLCC_U8, {3, 0, 9}));
  data.train.add(fieldOf<float>("column", DLCC_F32, {2, -1, 1}));
  data.train.add(fieldOf<int64_t>("huge", DLCC_I64, {0, INT64_MAX, 1}));
  return data;
}

} // namespace

TEST(CountValues, IsOneMoreThanTheLargest) {
  DataSet data = labelled();
  EXPECT_EQ(countValues(data, {"label"}, {}), 10);
  EXPECT_EQ(countValues(data, {"column"}, {}), 3);
  EXPECT_GT(countValues(data, {"huge"}, {}), int64_t{1} << 40);
}

TEST(CountValues, TakesTheFirstFieldThatThereIs) {
  DataSet data = labelled();
  EXPECT_EQ(countValues(data, {"digit", "label"}, {}), 10);
  EXPECT_EQ(countValues(data, {"column", "label"}, {}), 3);
  EXPECT_THROW(countValues(data, {"digit"}, {}), Refusal);
}

TEST(CountValues, OfClassFoldersIsTheirNumber) {
  DataSet data = labelled();
  data.train.classes.assign(12, "class");
  EXPECT_EQ(countValues(data, {"label"}, {}), 12);
  EXPECT_EQ(countValues(data, {"column"}, {}), 3);
}

TEST(CountValues, OfATextIsItsVocabulary) {
  fake::TemporaryFolder folder;
  DataSet data = readData(folder.write("text.txt", "to be or not to be"));
  EXPECT_EQ(countValues(data, {"word"}, {}), 5); // and <unk>
  EXPECT_EQ(countValues(data, {"x", "token"}, {}), 8);
  EXPECT_EQ(countValues(data, {"word"}, {"be", "<unk>"}), 2);
  EXPECT_THROW(countValues(data, {"letter", "label"}, {}), Refusal);
}
