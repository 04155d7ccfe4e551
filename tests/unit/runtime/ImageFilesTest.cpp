//===- ImageFilesTest.cpp - JPEG and PNG files --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ImageFiles.h"
#include "TemporaryFolder.h"
#include "TestImages.h"
#include "runtime/train/Refusal.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <zlib.h>

using namespace dlcc::train;
using fake::JpegScans;
using fake::TemporaryFolder;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

namespace {

constexpr int kWidth = 19, kHeight = 11;

/// A value that changes slowly, as JPEG likes it.
int value(int channel, int y, int x) {
  return (20 + channel * 60 + 5 * y + 3 * x) % 256;
}

/// What a file with `channels` samples a pixel holds; `wide` has 16 bits each.
std::string samples(int channels, bool wide = false) {
  std::string rows;
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x)
      for (int c = 0; c < channels; ++c) {
        rows += static_cast<char>(value(c, y, x));
        if (wide)
          rows += static_cast<char>(value(c, y, x));
      }
  return rows;
}

/// The planes of an image whose channel c is channel `from[c]` of the file.
std::vector<unsigned char> planes(const int (&from)[3]) {
  std::vector<unsigned char> pixels;
  for (int channel : from)
    for (int y = 0; y < kHeight; ++y)
      for (int x = 0; x < kWidth; ++x)
        pixels.push_back(static_cast<unsigned char>(value(channel, y, x)));
  return pixels;
}

struct ImageFiles : testing::Test {
  TemporaryFolder folder;
  std::string path = folder.path("image");

  std::string refusal() {
    try {
      decodeImage(path);
    } catch (const Refusal &refused) {
      EXPECT_THAT(refused.what(), HasSubstr(path));
      return refused.what();
    }
    return "";
  }
  void expectNear(const std::vector<unsigned char> &wanted, int tolerance) {
    Image image = decodeImage(path);
    EXPECT_EQ(image.height, kHeight);
    EXPECT_EQ(image.width, kWidth);
    ASSERT_EQ(image.pixels.size(), wanted.size());
    for (size_t i = 0; i < wanted.size(); ++i)
      ASSERT_NEAR(image.pixels[i], wanted[i], tolerance) << i;
  }
  void overwrite(const std::string &bytes) { folder.write("image", bytes); }
};

TEST_F(ImageFiles, PngIsExact) {
  struct {
    int colorType, channels;
    int from[3];
  } cases[] = {{PNG_COLOR_TYPE_RGB, 3, {0, 1, 2}},
               {PNG_COLOR_TYPE_RGB_ALPHA, 4, {0, 1, 2}},
               {PNG_COLOR_TYPE_GRAY, 1, {0, 0, 0}},
               {PNG_COLOR_TYPE_GRAY_ALPHA, 2, {0, 0, 0}}};
  for (auto [colorType, channels, from] : cases)
    for (int depth : {8, 16})
      for (int interlace : {PNG_INTERLACE_NONE, PNG_INTERLACE_ADAM7}) {
        fake::writePng(path, kWidth, kHeight, samples(channels, depth == 16),
                       {colorType, depth, interlace});
        expectNear(planes({from[0], from[1], from[2]}), 0);
        EXPECT_EQ(readImageSize(path), (ImageSize{kHeight, kWidth}));
      }
}

TEST_F(ImageFiles, PngOfFewColours) {
  fake::writePng(path, 3, 1, "\x40", {PNG_COLOR_TYPE_GRAY, 1});
  EXPECT_THAT(decodeImage(path).pixels,
              ElementsAre(0, 255, 0, 0, 255, 0, 0, 255, 0));
  fake::writePng(path, 3, 1, "\x40", {PNG_COLOR_TYPE_PALETTE, 1});
  EXPECT_THAT(decodeImage(path).pixels,
              ElementsAre(10, 40, 10, 20, 50, 20, 30, 60, 30));
}

TEST_F(ImageFiles, JpegIsNear) {
  for (JpegScans scans : {JpegScans::One, JpegScans::Progressive}) {
    fake::writeJpeg(path, kWidth, kHeight, samples(3), JCS_RGB, scans);
    expectNear(planes({0, 1, 2}), 8);
    EXPECT_EQ(readImageSize(path), (ImageSize{kHeight, kWidth}));
    fake::writeJpeg(path, kWidth, kHeight, samples(1), JCS_GRAYSCALE, scans);
    expectNear(planes({0, 0, 0}), 4);
  }
}

TEST_F(ImageFiles, JpegOfInk) {
  // Adobe's way, which libjpeg writes: 255 is no ink. Black is 255 throughout.
  std::string rows;
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      for (int c = 0; c < 3; ++c)
        rows += static_cast<char>(value(c, y, x));
      rows += '\xff';
    }
  fake::writeJpeg(path, kWidth, kHeight, rows, JCS_CMYK);
  expectNear(planes({0, 1, 2}), 8);
}

TEST_F(ImageFiles, NamesWhatIsWrong) {
  EXPECT_THAT(refusal(), HasSubstr("cannot open"));
  overwrite("");
  EXPECT_THAT(refusal(), HasSubstr("is empty"));
  overwrite("GIF89a");
  EXPECT_THAT(refusal(), HasSubstr("neither a JPEG nor a PNG file"));
  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(refusal(), HasSubstr("is not a regular file"));
}

TEST_F(ImageFiles, RefusesWhatIsCutAnywhere) {
  for (bool isPng : {true, false}) {
    if (isPng)
      fake::writePng(path, kWidth, kHeight, samples(3));
    else
      fake::writeJpeg(path, kWidth, kHeight, samples(3));
    std::string whole = folder.read("image");
    for (size_t size = 0; size < whole.size(); ++size) {
      overwrite(whole.substr(0, size));
      EXPECT_NE(refusal(), "") << size << " of " << whole.size();
    }
  }
}

TEST_F(ImageFiles, SurvivesAnyChangeOfAByte) {
  int refused = 0;
  for (bool isPng : {true, false}) {
    if (isPng)
      fake::writePng(path, kWidth, kHeight, samples(3),
                     {PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_ADAM7});
    else
      fake::writeJpeg(path, kWidth, kHeight, samples(3), JCS_RGB,
                      JpegScans::Progressive);
    std::string whole = folder.read("image");
    for (size_t i = 0; i < whole.size(); ++i) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ (i % 2 ? 0xff : 0x01));
      overwrite(changed);
      refused += !refusal().empty();
    }
  }
  EXPECT_GT(refused, 500);
}

TEST_F(ImageFiles, RefusesSizesThatNoMemoryHolds) {
  fake::writePng(path, 1, 1, "abc");
  std::string png = folder.read("image");
  png.replace(16, 8, std::string("\0\1\0\0\0\1\0\0", 8));
  uLong crc = crc32(0, reinterpret_cast<const Bytef *>(&png[12]), 17);
  for (int i = 0; i < 4; ++i)
    png[29 + i] = static_cast<char>(crc >> (24 - 8 * i));
  overwrite(png);
  EXPECT_THAT(refusal(), HasSubstr("an image of 65536 x 65536 pixels"));
  EXPECT_THROW(readImageSize(path), Refusal);

  fake::writeJpeg(path, 8, 8, std::string(192, 'a'));
  std::string jpeg = folder.read("image");
  size_t frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, jpeg.npos);
  jpeg.replace(frame + 5, 4, "\xff\xdc\xff\xdc");
  overwrite(jpeg);
  EXPECT_THAT(refusal(), HasSubstr("an image of 65500 x 65500 pixels"));
}

TEST_F(ImageFiles, RefusesAJpegOfEndlessScans) {
  fake::writeJpeg(path, 8, 8, std::string(192, 'a'), JCS_RGB,
                  JpegScans::OneAComponent);
  EXPECT_EQ(refusal(), "");
  std::string whole = folder.read("image");
  size_t last = whole.rfind("\xff\xda");
  ASSERT_NE(last, whole.npos);
  std::string scan = whole.substr(last, whole.size() - last - 2), many;
  for (int i = 0; i < 1000; ++i)
    many += scan;
  overwrite(whole.substr(0, last) + many + "\xff\xd9");
  EXPECT_THAT(refusal(), HasSubstr("more than 500 scans"));
}

} // namespace
