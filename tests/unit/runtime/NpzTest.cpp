//===- NpzTest.cpp - several NumPy arrays in a file -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TemporaryFolder.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"

#include <cstring>
#include <gmock/gmock.h>
#include <zlib.h>

using namespace dlcc::train;
using fake::TemporaryFolder;
using testing::ElementsAreArray;
using testing::HasSubstr;

namespace {

std::string little(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i, value >>= 8)
    text += static_cast<char>(value);
  return text;
}

std::string npy(const std::vector<float> &values) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                       std::to_string(values.size()) + ",), }\n";
  return std::string("\x93NUMPY\x01\x00", 8) + little(header.size(), 2) +
         header +
         std::string(reinterpret_cast<const char *>(values.data()),
                     values.size() * 4);
}

std::string deflated(const std::string &bytes) {
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(bytes.size() + 100, 0);
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef *>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// A member, and what its entry in the directory may say wrongly.
struct Entry {
  std::string name, bytes;
  bool deflate = false, zip64 = false;
  int flags = 0, method = -1;
  uint32_t crcError = 0;
  int64_t sizeError = 0, place = -1;
};

std::string zip(const std::vector<Entry> &entries, bool zip64End = false) {
  std::string file, directory;
  for (const Entry &entry : entries) {
    std::string data = entry.deflate ? deflated(entry.bytes) : entry.bytes;
    int method = entry.method >= 0 ? entry.method : entry.deflate ? 8 : 0;
    uint64_t size = entry.bytes.size() + entry.sizeError,
             place = entry.place >= 0 ? entry.place : file.size();
    uint32_t crc =
        crc32_z(0, reinterpret_cast<const Bytef *>(entry.bytes.data()),
                entry.bytes.size()) ^
        entry.crcError;
    std::string extra;
    if (entry.zip64)
      extra = little(1, 2) + little(24, 2) + little(size, 8) +
              little(data.size(), 8) + little(place, 8);
    auto in32 = [&](uint64_t value) {
      return little(entry.zip64 ? 0xffffffff : value, 4);
    };
    std::string middle = little(entry.flags, 2) + little(method, 2) +
                         little(0, 4) + little(crc, 4) + in32(data.size()) +
                         in32(size) + little(entry.name.size(), 2) +
                         little(extra.size(), 2);
    directory += little(0x02014b50, 4) + little(45, 2) + little(45, 2) +
                 middle + little(0, 10) + in32(place) + entry.name + extra;
    file += little(0x04034b50, 4) + little(45, 2) + middle + entry.name +
            extra + data;
  }
  uint64_t place = file.size(), end64 = place + directory.size();
  file += directory;
  if (zip64End)
    file += little(0x06064b50, 4) + little(44, 8) + little(45, 2) +
            little(45, 2) + little(0, 8) + little(entries.size(), 8) +
            little(entries.size(), 8) + little(directory.size(), 8) +
            little(place, 8) + little(0x07064b50, 4) + little(0, 4) +
            little(end64, 8) + little(1, 4);
  return file + little(0x06054b50, 4) + little(0, 4) +
         little(zip64End ? 0xffff : entries.size(), 2) +
         little(zip64End ? 0xffff : entries.size(), 2) +
         little(zip64End ? 0xffffffff : directory.size(), 4) +
         little(zip64End ? 0xffffffff : place, 4) + little(0, 2);
}

std::vector<float> values(const Field &field) {
  std::vector<float> result(field.rows);
  std::memcpy(result.data(), field.data.get(), field.rows * 4);
  return result;
}

struct Npz : testing::Test {
  /// The sentence that reading these bytes throws.
  std::string broken(const std::string &bytes) {
    std::string path = folder.write("a.npz", bytes);
    try {
      readData(path);
    } catch (const Refusal &refused) {
      EXPECT_THAT(refused.what(), HasSubstr(path));
      return refused.what();
    }
    return "";
  }
  DataSet read(const std::string &bytes) {
    return readData(folder.write("a.npz", bytes));
  }
  TemporaryFolder folder;
  std::vector<float> x = {1, 2, 3}, y = {4, 5, 6};
};

TEST_F(Npz, ReadsStoredAndDeflatedArrays) {
  for (bool large : {false, true}) {
    std::vector<float> many(100000, 2.5f);
    many[77777] = 3;
    DataSet data = read(zip(
        {{"a.npy", npy(many), true, large}, {"b.npy", npy(many), false, large}},
        large));
    ASSERT_EQ(data.train.fields.size(), 2u);
    EXPECT_EQ(data.train.fields[0].name, "a");
    EXPECT_EQ(data.train.fields[1].typeText(), "f32[100000]");
    EXPECT_THAT(values(data.train.fields[0]), ElementsAreArray(many));
    EXPECT_THAT(values(data.train.fields[1]), ElementsAreArray(many));
    EXPECT_FALSE(data.test);
  }
}

TEST_F(Npz, SplitsWhatIsNamedAsKerasDoes) {
  DataSet data = read(zip({{"x_train.npy", npy(x)},
                           {"x_test.npy", npy({7})},
                           {"y_train.npy", npy(y)},
                           {"y_test.npy", npy({8})}}));
  ASSERT_EQ(data.train.fields.size(), 2u);
  EXPECT_EQ(data.train.fields[1].name, "y");
  EXPECT_THAT(values(data.train.fields[1]), ElementsAreArray(y));
  ASSERT_TRUE(data.test);
  EXPECT_EQ(data.test->fields[0].name, "x");
  EXPECT_THAT(values(data.test->fields[0]), ElementsAreArray({7.f}));
  EXPECT_THAT(broken(zip({{"x_train.npy", npy(x)}, {"z.npy", npy(y)}})),
              HasSubstr("holds 'x_train', of the training data, and 'z', whose "
                        "name ends neither in"));
}

TEST_F(Npz, FindsSplitsInAFolder) {
  folder.write("train.npz", zip({{"x.npy", npy(x)}}));
  folder.write("test.npz", zip({{"x.npy", npy({9})}}));
  DataSet data = readData(folder.path(""));
  EXPECT_EQ(data.train.rows, 3);
  ASSERT_TRUE(data.test);
  EXPECT_EQ(data.test->rows, 1);
}

TEST_F(Npz, NamesWhatIsWrong) {
  EXPECT_THAT(broken("no archive"), HasSubstr("is not a .npz file"));
  EXPECT_THAT(broken(zip({})), HasSubstr("holds no arrays"));
  EXPECT_THAT(broken(zip({{"x.txt", "abc"}})),
              HasSubstr("holds 'x.txt', which is no .npy array"));
  EXPECT_THAT(broken(zip({{"x.npy", "abcdefghijkl"}})),
              HasSubstr("array 'x' is not a .npy file"));
  EXPECT_THAT(broken(zip({{"x.npy", npy(x)}, {"x.npy", npy(y)}})),
              HasSubstr("member 'x.npy' is there twice"));
  EXPECT_THAT(broken(zip({{"x.npy", npy(x)}, {"y.npy", npy({1})}})),
              HasSubstr("array 'y' has 1 rows, but"));
  Entry entry = {"x.npy", npy(x)};
  entry.flags = 1;
  EXPECT_THAT(broken(zip({entry})), HasSubstr("is encrypted"));
  entry = {"x.npy", npy(x)};
  entry.method = 14;
  EXPECT_THAT(broken(zip({entry})), HasSubstr("not known here (method 14)"));
  for (bool deflate : {false, true}) {
    entry = {"x.npy", npy(x), deflate};
    entry.crcError = 1;
    EXPECT_THAT(broken(zip({entry})),
                HasSubstr("array 'x' is damaged: its size"));
  }
  entry = {"x.npy", npy(x), true};
  entry.sizeError = 3;
  EXPECT_THAT(broken(zip({entry})), HasSubstr("array 'x' is damaged"));
  entry.sizeError = -3;
  EXPECT_THAT(broken(zip({entry})),
              HasSubstr("array 'x' is damaged: its size"));
  entry.sizeError = 1 << 30;
  EXPECT_THAT(broken(zip({entry})), HasSubstr("size that cannot be"));
  entry = {"y.npy", npy(x)};
  entry.place = 0;
  EXPECT_THAT(broken(zip({{"x.npy", npy(x)}, entry})),
              HasSubstr("lies over another one"));
}

TEST_F(Npz, RefusesAFileThatIsCutOrChangedAnywhere) {
  std::string whole = zip({{"x.npy", npy(x), true}, {"y.npy", npy(y)}});
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(broken(whole.substr(0, size)), "") << size;
  // Some bytes do not matter (dates, versions); no change may be a crash or
  // give other values.
  for (size_t i = 0; i < whole.size(); ++i)
    for (unsigned char flip : {0x01, 0x80, 0xff}) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      try {
        DataSet data = read(changed);
        EXPECT_THAT(values(data.train.fields.at(0)), ElementsAreArray(x));
      } catch (const Refusal &) {
      }
    }
}

} // namespace
