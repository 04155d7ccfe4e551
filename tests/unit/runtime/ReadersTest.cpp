//===- ReadersTest.cpp - from folders and files to data -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Readers.h"
#include "TemporaryFolder.h"
#include "runtime/train/Refusal.h"

#include <cstring>
#include <gmock/gmock.h>
#include <zlib.h>

using namespace dlcc::train;
using fake::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

std::string bigEndian(uint32_t value) {
  std::string bytes;
  for (int shift : {24, 16, 8, 0})
    bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string idx(unsigned char type, std::vector<uint32_t> dims,
                const std::string &data) {
  std::string bytes = {0, 0, static_cast<char>(type),
                       static_cast<char>(dims.size())};
  for (uint32_t dim : dims)
    bytes += bigEndian(dim);
  return bytes + data;
}

std::string npy(const std::string &dictionary, const std::string &data) {
  std::string header = dictionary + "\n";
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size());
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + data;
}

void gzip(const std::string &path, const std::string &bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_EQ(gzwrite(file, bytes.data(), bytes.size()), int(bytes.size()));
  gzclose(file);
}

/// The sentence that reading throws.
std::string refusal(const std::string &path) {
  try {
    readData(path);
  } catch (const Refusal &refused) {
    return refused.what();
  }
  return "";
}

struct Mnist : testing::Test {
  Mnist() {
    folder.write("train-images-idx3-ubyte", images);
    gzip(folder.path("train-labels-idx1-ubyte.gz"), idx(8, {3}, "\1\2\3"));
  }
  TemporaryFolder folder;
  std::string images = idx(8, {3, 1, 2}, "abcdef");
};

TEST_F(Mnist, ReadsPlainAndGzipped) {
  DataSet data = readData(folder.path(""));
  ASSERT_EQ(data.train.fields.size(), 2u);
  EXPECT_EQ(data.train.rows, 3);
  const Field &image = data.train.fields[0], &label = data.train.fields[1];
  EXPECT_EQ(image.name, "image");
  EXPECT_EQ(image.typeText(), "u8[3, 1, 2]");
  EXPECT_EQ(std::memcmp(image.data.get(), "abcdef", 6), 0);
  EXPECT_EQ(label.name, "label");
  EXPECT_EQ(std::memcmp(label.data.get(), "\1\2\3", 3), 0);
  EXPECT_FALSE(data.test);
}

TEST_F(Mnist, FindsTheTestSplit) {
  folder.write("t10k-images-idx3-ubyte", idx(8, {1, 1, 2}, "ab"));
  folder.write("t10k-labels-idx1-ubyte", idx(8, {1}, "\1"));
  DataSet data = readData(folder.path(""));
  ASSERT_TRUE(data.test);
  EXPECT_EQ(data.test->rows, 1);
  EXPECT_EQ(readTestData(folder.path("")).rows, 1);
}

TEST_F(Mnist, NamesTheFileThatIsBroken) {
  auto broken = [&](const std::string &bytes) {
    folder.write("train-images-idx3-ubyte", bytes);
    std::string text = refusal(folder.path(""));
    EXPECT_THAT(text, HasSubstr("train-images-idx3-ubyte"));
    return text;
  };
  EXPECT_THAT(broken(images.substr(0, images.size() - 1)),
              HasSubstr("is cut off"));
  EXPECT_THAT(broken(images.substr(0, 9)), HasSubstr("is cut off"));
  EXPECT_THAT(broken(""), HasSubstr("is cut off"));
  EXPECT_THAT(broken(images + "x"), HasSubstr("goes on after byte 22"));
  EXPECT_THAT(broken("PNG" + images), HasSubstr("is not an IDX file"));
  EXPECT_THAT(broken(idx(8, {0, 1, 2}, "")), HasSubstr("has no rows"));
  EXPECT_THAT(broken(idx(8, {2, 1, 2}, "abcd")), HasSubstr("has 3 rows, but"));
  uint32_t huge = 0xffffffff;
  EXPECT_THAT(broken(idx(8, {huge, huge, huge}, "abcd")),
              HasSubstr("more than memory can hold"));
  EXPECT_THAT(broken(idx(8, {huge, 1, 100}, "abcd")), HasSubstr("is cut off"));
}

TEST_F(Mnist, NamesTheGzippedFileThatIsBroken) {
  std::string whole = folder.read("train-labels-idx1-ubyte.gz");
  for (size_t size = 1; size < whole.size(); ++size) {
    folder.write("train-labels-idx1-ubyte.gz", whole.substr(0, size));
    EXPECT_THAT(refusal(folder.path("")),
                HasSubstr("train-labels-idx1-ubyte.gz"));
  }
  whole[whole.size() - 6] ^= 1; // its checksum
  folder.write("train-labels-idx1-ubyte.gz", whole);
  EXPECT_THAT(refusal(folder.path("")), HasSubstr("train-labels"));
}

TEST_F(Mnist, MissesTheCompanion) {
  std::filesystem::remove(folder.path("train-labels-idx1-ubyte.gz"));
  EXPECT_THAT(refusal(folder.path("")),
              HasSubstr("lies without train-labels-idx1-ubyte"));
}

TEST(Idx, SwapsBytesOfWiderTypes) {
  TemporaryFolder folder;
  Field field = readIdx(
      folder.write("a", idx(0x0C, {2}, bigEndian(7) + bigEndian(0xffffffff))),
      "a");
  int32_t values[2];
  std::memcpy(values, field.data.get(), 8);
  EXPECT_THAT(values, ElementsAre(7, -1));
}

/// A record of CIFAR: labels, and an image whose bytes count from `first`.
std::string picture(const std::string &labels, int first) {
  std::string bytes = labels;
  for (int i = 0; i < 3072; ++i)
    bytes += static_cast<char>(first + i);
  return bytes;
}

TEST(Cifar, ReadsAllBatchesInOrderPlainAndGzipped) {
  TemporaryFolder folder;
  folder.write("data_batch_1.bin",
               picture("\x03", 0) + picture(std::string(1, 0), 7));
  gzip(folder.path("data_batch_2.bin.gz"), picture("\x09", 100));
  gzip(folder.path("test_batch.bin.gz"), picture("\x01", 5));
  DataSet data = readData(folder.path(""));
  ASSERT_EQ(data.train.rows, 3);
  const Field &image = data.train.fields[0], &label = data.train.fields[1];
  EXPECT_EQ(image.name, "image");
  EXPECT_THAT(image.dims, ElementsAre(3, 32, 32));
  EXPECT_EQ(image.data[3072], 7);
  EXPECT_EQ(image.data[2 * 3072 + 3071], (100 + 3071) % 256);
  EXPECT_EQ(label.name, "label");
  EXPECT_THAT(std::vector<int>(label.data.get(), label.data.get() + 3),
              ElementsAre(3, 0, 9));
  ASSERT_TRUE(data.test);
  EXPECT_EQ(data.test->rows, 1);
  EXPECT_EQ(data.test->fields[1].data[0], 1);
}

TEST(Cifar, OfHundredClassesHasCoarseLabels) {
  TemporaryFolder folder;
  folder.write("train.bin", picture("\x13\x63", 1));
  DataSet data = readData(folder.path(""));
  ASSERT_EQ(data.train.fields.size(), 3u);
  EXPECT_EQ(data.train.fields[1].data[0], 99);
  EXPECT_EQ(data.train.fields[2].name, "coarse");
  EXPECT_EQ(data.train.fields[2].data[0], 19);
  EXPECT_FALSE(data.test);
}

TEST(Cifar, NamesTheFileThatIsBroken) {
  TemporaryFolder folder;
  std::string whole = picture("\x03", 0) + picture("\x04", 0);
  for (size_t bytes :
       {size_t(0), size_t(1), size_t(3072), size_t(3074), whole.size() - 1}) {
    folder.write("data_batch_1.bin", whole.substr(0, bytes));
    EXPECT_THAT(refusal(folder.path("")),
                HasSubstr("data_batch_1.bin is cut off: it holds " +
                          std::to_string(bytes) +
                          " bytes, and a record has 3073"));
  }
  folder.write("data_batch_1.bin", picture("\x03", 0) + picture("\x0a", 0));
  EXPECT_THAT(refusal(folder.path("")),
              HasSubstr("the label of row 1 is 10, and there are 10 classes"));
  gzip(folder.path("whole.gz"), whole);
  std::filesystem::remove(folder.path("data_batch_1.bin"));
  folder.write("data_batch_1.bin.gz", folder.read("whole.gz").substr(0, 40));
  EXPECT_THAT(refusal(folder.path("")), HasSubstr("data_batch_1.bin.gz"));
}

TEST(Npy, ReadsAFolderByInputName) {
  TemporaryFolder folder;
  float values[] = {1, 2, 3, 4, 5, 6};
  std::string data(reinterpret_cast<char *>(values), sizeof values);
  folder.write("x.npy", npy("{'descr': '<f4', 'fortran_order': False, "
                            "'shape': (2, 3), }",
                            data));
  folder.write("digit.npy", npy("{'descr': '|u1', 'fortran_order': False, "
                                "'shape': (2,), }",
                                "\1\2"));
  folder.write("test/x.npy", npy("{'descr': '<f4', 'fortran_order': False, "
                                 "'shape': (1, 6), }",
                                 data));
  DataSet set = readData(folder.path(""));
  ASSERT_EQ(set.train.fields.size(), 2u);
  EXPECT_EQ(set.train.fields[0].name, "digit");
  EXPECT_EQ(set.train.fields[0].typeText(), "u8[2]");
  EXPECT_EQ(set.train.fields[1].typeText(), "f32[2, 3]");
  EXPECT_EQ(std::memcmp(set.train.fields[1].data.get(), values, 24), 0);
  ASSERT_TRUE(set.test);
  EXPECT_EQ(set.test->rows, 1);
}

TEST(Npy, NamesWhatIsWrong) {
  TemporaryFolder folder;
  auto broken = [&](const std::string &bytes) {
    std::string path = folder.write("x.npy", bytes);
    std::string text = refusal(path);
    EXPECT_THAT(text, HasSubstr(path));
    return text;
  };
  auto header = [](const std::string &descr, const std::string &order,
                   const std::string &shape) {
    return "{'descr': " + descr + ", 'fortran_order': " + order +
           ", 'shape': " + shape + ", }";
  };
  EXPECT_THAT(broken("not numpy at all"), HasSubstr("is not a .npy file"));
  EXPECT_THAT(broken("\x93NUMPY\x09 and what follows"),
              HasSubstr("version 9 of the .npy format"));
  EXPECT_THAT(broken(npy(header("'>f4'", "False", "(1,)"), "abcd")),
              HasSubstr("big-endian"));
  EXPECT_THAT(broken(npy(header("'<f4'", "True", "(1, 1)"), "abcd")),
              HasSubstr("Fortran order"));
  EXPECT_THAT(broken(npy(header("'<c8'", "False", "(1,)"), "abcdefgh")),
              HasSubstr("'<c8' are not supported"));
  EXPECT_THAT(broken(npy(header("[('a', 'i4')]", "False", "(1,)"), "abcd")),
              HasSubstr("not supported"));
  EXPECT_THAT(broken(npy(header("'<f4'", "False", "()"), "abcd")),
              HasSubstr("single number"));
  EXPECT_THAT(broken(npy(header("'<f4'", "False", "(3"), "abcd")),
              HasSubstr("no readable shape"));
  EXPECT_THAT(broken(npy(header("'<f4'", "False", "(2,)"), "abcd")),
              HasSubstr("is cut off"));
  EXPECT_THAT(broken(npy(header("'<f4'", "False", "(1,)"), "abcde")),
              HasSubstr("goes on"));
  EXPECT_THAT(broken(npy("{'descr': '<f4'}", "")), HasSubstr("lacks"));
  EXPECT_THAT(
      broken(npy(header("'<f4'", "False", "(99999999999, 99999999999)"), "")),
      HasSubstr("more than memory can hold"));
}

TEST(Csv, ColumnsAreFields) {
  TemporaryFolder folder;
  Split split = readCsv(
      folder.write("a.csv", "x, \"y\" ,n\r\n1.5,-2e3,4\r\n\r\n+3,.5,-1"));
  ASSERT_EQ(split.fields.size(), 3u);
  EXPECT_EQ(split.rows, 2);
  EXPECT_EQ(split.fields[1].name, "y");
  EXPECT_EQ(split.fields[1].typeText(), "f64[2]");
  EXPECT_EQ(split.fields[2].typeText(), "i64[2]");
  double y[2];
  std::memcpy(y, split.fields[1].data.get(), 16);
  EXPECT_THAT(y, ElementsAre(-2000, 0.5));
  EXPECT_EQ(readData(folder.path("")).train.rows, 2);
}

TEST(Csv, NamesTheLineThatIsWrong) {
  TemporaryFolder folder;
  auto broken = [&](const std::string &text) {
    return refusal(folder.write("a.csv", text));
  };
  EXPECT_THAT(broken(""), HasSubstr("is empty"));
  EXPECT_THAT(broken("x,y\n"), HasSubstr("no rows"));
  EXPECT_THAT(broken("1,2\n3,4\n"), HasSubstr("a.csv:1: "));
  EXPECT_THAT(broken("x,x\n3,4\n"), HasSubstr("two columns are called 'x'"));
  EXPECT_THAT(broken("x,y\n3,4\n5\n"), HasSubstr("a.csv:3: 1 values"));
  EXPECT_THAT(broken("x,y\n3,four\n"),
              HasSubstr("a.csv:2: 'four' in column 'y' is not a number"));
  for (const char *value : {"nan", "-inf", "1e999", ""})
    EXPECT_THAT(broken("x,y\n3," + std::string(value) + "\n"),
                HasSubstr("a.csv:2: '" + std::string(value) +
                          "' in column 'y' is not a number"));
  EXPECT_THAT(broken(std::string("x\n\0\n", 4)),
              HasSubstr("a.csv:2: '?' in column 'x'"));
  EXPECT_THAT(broken("\"x,y\n3,4\n"), HasSubstr("a.csv:1: "));
  EXPECT_THAT(broken("x,y\n\"3,4\n"), HasSubstr("a.csv:2: '\"3' in"));
}

TEST(Data, SaysWhatItLooksFor) {
  TemporaryFolder folder;
  EXPECT_THAT(refusal(folder.path("")), HasSubstr("holds no data"));
  EXPECT_THAT(refusal(folder.path("nothing")), HasSubstr("there is no folder"));
  EXPECT_THAT(refusal(folder.write("a.doc", "x")), HasSubstr("neither"));
}

} // namespace
