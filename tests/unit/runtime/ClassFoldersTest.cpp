//===- ClassFoldersTest.cpp - images in a folder for each class ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TemporaryFolder.h"
#include "TestImages.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"

#include <atomic>
#include <gmock/gmock.h>
#include <thread>

using namespace dlcc::train;
using fake::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

struct ClassFolders : testing::Test {
  /// A PNG of one colour.
  void write(const std::string &name, int red, int width = 3, int height = 2) {
    std::string rows;
    for (int i = 0; i < width * height; ++i)
      rows += {static_cast<char>(red), 2, 3};
    fake::writePng(folder.path(name), width, height, rows);
  }
  std::string refusal() {
    try {
      readData(folder.path(""));
    } catch (const Refusal &refused) {
      return refused.what();
    }
    return "";
  }
  std::vector<int32_t> labels(const Split &split) {
    auto *values =
        reinterpret_cast<const int32_t *>(split.fields[1].data.get());
    return {values, values + split.rows};
  }
  TemporaryFolder folder;
};

TEST_F(ClassFolders, LabelsAreTheSortedClasses) {
  write("train/dog/1.png", 10);
  write("train/cat/b.PNG", 21);
  write("train/cat/a.jpg", 20);
  write("train/ant/x.jpeg", 30);
  // What systems and people leave behind is no image and no class.
  folder.write("train/cat/Thumbs.db", "?");
  folder.write("train/cat/._a.jpg", "?");
  folder.write("train/.git/a.jpg", "?");
  folder.write("train/README", "?");
  write("val/cat/1.png", 40);
  write("val/dog/1.png", 41);
  write("val/ant/1.png", 42);
  DataSet data = readData(folder.path(""));
  const Field &image = data.train.fields[0];
  EXPECT_EQ(image.name, "image");
  EXPECT_EQ(image.typeText(), "u8[4, 3, 2, 3]");
  EXPECT_EQ(data.train.fields[1].typeText(), "i32[4]");
  EXPECT_THAT(data.train.classes, ElementsAre("ant", "cat", "dog"));
  EXPECT_THAT(labels(data.train), ElementsAre(0, 1, 1, 2));
  for (int64_t row = 0; int red : {30, 20, 21, 10}) {
    Image pixels = image.decoder->decode(row++);
    EXPECT_EQ(pixels.channels, 3);
    EXPECT_EQ(pixels.pixels[5], red);
    EXPECT_EQ(pixels.pixels[6], 2);
  }
  EXPECT_THAT(image.decoder->fileOf(2), HasSubstr("train/cat/b.PNG"));
  ASSERT_TRUE(data.test);
  EXPECT_EQ(data.test->rows, 3);
}

TEST_F(ClassFolders, StandInAFolderOfTheirOwnToo) {
  write("a/1.png", 1);
  write("b/1.png", 2, 5);
  DataSet data = readData(folder.path(""));
  EXPECT_EQ(data.train.fields[0].typeText(), "u8[2, 3, ?, ?]");
  EXPECT_FALSE(data.test);
}

TEST_F(ClassFolders, SayWhatIsWrong) {
  write("train/1.png", 1);
  EXPECT_THAT(refusal(), HasSubstr("holds images, but no folders"));
  write("train/a/1.png", 1);
  write("train/b/1.png", 1);
  EXPECT_EQ(refusal(), "");
  std::filesystem::create_directory(folder.path("train/c"));
  EXPECT_THAT(refusal(), HasSubstr("train/c is a class without images"));
  std::filesystem::remove(folder.path("train/c"));
  folder.write("train/b/2.jpg", "\xff\xd8\xff");
  EXPECT_THAT(refusal(), HasSubstr("train/b/2.jpg cannot be decoded"));
}

TEST_F(ClassFolders, AreTheSameInBothSplits) {
  for (const char *name : {"train/a/1.png", "train/b/1.png", "test/a/1.png"})
    write(name, 1);
  DataSet data = readData(folder.path(""));
  try {
    checkSameClasses(data.train, *data.test);
    FAIL();
  } catch (const Refusal &refused) {
    EXPECT_THAT(refused.what(), HasSubstr("test has no class 'b', which"));
  }
}

TEST_F(ClassFolders, OfManyImagesNameTheFirstThatIsBroken) {
  char name[32];
  for (int i = 0; i < 3000; ++i) {
    std::snprintf(name, sizeof name, "train/a/%04d.png", i);
    write(name, i);
  }
  Field image = std::move(readData(folder.path("")).train.fields[0]);
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int first = 0; first < 4; ++first)
      threads.emplace_back([&, first] {
        for (int row = first; row < 3000; row += 4)
          wrong += image.decoder->decode(row).pixels[0] != row % 256;
      });
  }
  EXPECT_EQ(wrong, 0);
  for (const char *broken : {"2999", "1700", "1701"})
    folder.write("train/a/" + std::string(broken) + ".png", "broken");
  EXPECT_THAT(refusal(), HasSubstr("1700.png"));
}

} // namespace
