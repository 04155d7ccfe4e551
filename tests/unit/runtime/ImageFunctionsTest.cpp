//===- ImageFunctionsTest.cpp - crops, scaling, flips, normalizing --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ImageFunctions.h"
#include "runtime/train/ImageFeed.h"
#include "runtime/train/Refusal.h"

#include <cmath>
#include <gmock/gmock.h>
#include <map>
#include <numeric>

using namespace dlcc::train;
using testing::ElementsAre;
using testing::FloatEq;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;

namespace {

/// Pixels 1, 2, 3, …
Image counted(int64_t channels, int64_t height, int64_t width) {
  Image image = {channels, height, width, {}};
  image.pixels.resize(channels * height * width);
  std::iota(image.pixels.begin(), image.pixels.end(), 1);
  return image;
}

/// A feed of these calls; it owns their numbers.
struct Calls {
  using List =
      std::vector<std::pair<dlcc_reader_function, std::vector<double>>>;
  Calls(const Calls &) = delete;
  explicit Calls(List given) : list(std::move(given)) {
    for (const auto &[function, numbers] : list)
      calls.push_back(
          {function, static_cast<int32_t>(numbers.size()), numbers.data()});
    feed = {"image", static_cast<int64_t>(calls.size()), calls.data()};
  }
  AnyImage operator()(AnyImage image, int64_t row = 0, int64_t epoch = 0,
                      uint64_t seed = 1) const {
    return applyCalls(feed, std::move(image), RowRandom(seed, epoch, row),
                      "a.png");
  }
  Image bytes(Image image, int64_t row = 0, int64_t epoch = 0,
              uint64_t seed = 1) const {
    return std::get<Image>((*this)(std::move(image), row, epoch, seed));
  }

  List list;
  std::vector<dlcc_reader_call> calls;
  dlcc_feed feed;
};

std::string refusal(const Calls &calls, Image image) {
  try {
    calls(std::move(image));
  } catch (const Refusal &refused) {
    return refused.what();
  }
  return "";
}

TEST(Crop, TakesAWindowOfEachChannel) {
  Image part = crop(counted(2, 3, 4), {1, 2, 2, 2});
  EXPECT_THAT(part.pixels, ElementsAre(7, 8, 11, 12, 19, 20, 23, 24));
}

TEST(Crop, OutsideIsZero) {
  EXPECT_THAT(crop(counted(1, 2, 2), {-1, -1, 3, 3}).pixels,
              ElementsAre(0, 0, 0, 0, 1, 2, 0, 3, 4));
  EXPECT_THAT(crop(counted(1, 2, 2), {1, 1, 2, 3}).pixels,
              ElementsAre(4, 0, 0, 0, 0, 0));
  EXPECT_THAT(crop(counted(1, 2, 2), {5, -9, 1, 2}).pixels, ElementsAre(0, 0));
}

TEST(Flip, MirrorsEveryLine) {
  Image image = counted(2, 1, 3);
  flip(image);
  EXPECT_THAT(image.pixels, ElementsAre(3, 2, 1, 6, 5, 4));
}

TEST(Normalize, TakesOneSetOrOneAChannel) {
  ImageOf<float> image = {2, 1, 2, {1, 2, 3, 4}};
  double numbers[] = {1, 3, 0.5, 2};
  normalize(image, numbers, 4);
  EXPECT_THAT(image.pixels, ElementsAre(0, 2, 0, 0.5f));
  double one[] = {1, 2};
  normalize(image, one, 2);
  EXPECT_THAT(image.pixels, ElementsAre(-0.5f, 0.5f, -0.5f, -0.25f));
}

TEST(Resize, LargerIsInterpolatedBetweenCentres) {
  ImageOf<float> image = {1, 1, 2, {10, 50}};
  EXPECT_THAT(resize(image, 1, 4).pixels, ElementsAre(10, 20, 40, 50));
  image = {1, 2, 1, {10, 50}};
  EXPECT_THAT(resize(image, 4, 1).pixels, ElementsAre(10, 20, 40, 50));
}

TEST(Resize, SmallerTakesEveryPixelThatItCovers) {
  // Triangles of width 4 around 1 and 3, cut at the ends: 3 3 1 of 7.
  ImageOf<float> image = {1, 1, 4, {7, 14, 21, 70}};
  EXPECT_THAT(resize(image, 1, 2).pixels,
              Pointwise(FloatNear(1e-5f), {12.f, 41.f}));
}

TEST(Resize, BytesAreRoundedToTheNearest) {
  Image image = {1, 1, 2, {0, 3}};
  EXPECT_THAT(resize(image, 1, 4).pixels, ElementsAre(0, 1, 2, 3));
  image = {1, 1, 2, {255, 255}};
  EXPECT_THAT(resize(image, 1, 3).pixels, ElementsAre(255, 255, 255));
}

/// The definition, in two dimensions at once and in double precision.
double oracle(const ImageOf<float> &image, int64_t channel, int64_t y,
              int64_t x, int64_t height, int64_t width) {
  auto weight = [](int64_t from, int64_t to, int64_t source, int64_t target) {
    double scale = double(from) / to, reach = std::max(scale, 1.0);
    return std::max(
        0.0, 1 - std::fabs((source + 0.5) - (target + 0.5) * scale) / reach);
  };
  double sum = 0, all = 0;
  for (int64_t i = 0; i < image.height; ++i)
    for (int64_t j = 0; j < image.width; ++j) {
      double w =
          weight(image.height, height, i, y) * weight(image.width, width, j, x);
      sum += w * image.pixels[(channel * image.height + i) * image.width + j];
      all += w;
    }
  return sum / all;
}

TEST(Resize, AgreesWithTheDefinition) {
  ImageOf<float> image = {2, 7, 10, {}};
  for (int i = 0; i < 140; ++i)
    image.pixels.push_back(static_cast<float>(i * 37 % 101));
  for (auto [height, width] : {std::pair<int64_t, int64_t>{3, 4},
                               {7, 3},
                               {20, 11},
                               {5, 30},
                               {1, 1},
                               {7, 10}}) {
    ImageOf<float> scaled = resize(image, height, width);
    ASSERT_EQ(int64_t(scaled.pixels.size()), 2 * height * width);
    for (int64_t c = 0; c < 2; ++c)
      for (int64_t y = 0; y < height; ++y)
        for (int64_t x = 0; x < width; ++x)
          EXPECT_NEAR(scaled.pixels[(c * height + y) * width + x],
                      oracle(image, c, y, x, height, width), 1e-4);
  }
}

TEST(ReaderCalls, ShorterSideKeepsTheProportion) {
  Calls calls(Calls::List{{DLCC_RESIZE, {4}}});
  EXPECT_EQ(shapeOf(calls(counted(3, 6, 9))).str(), "[3, 4, 6]");
  EXPECT_EQ(shapeOf(calls(counted(3, 9, 7))).str(), "[3, 5, 4]");
  EXPECT_EQ(shapeAfter(calls.feed, {3, -1, -1}, "").str(), "[3, ?, ?]");
  EXPECT_THAT(refusal(calls, counted(1, 1, 60)), "");
  Calls large(Calls::List{{DLCC_RESIZE, {2000}}});
  EXPECT_THAT(refusal(large, counted(1, 1, 60)),
              HasSubstr("a.png: the image [1, 1, 60] is too long"));
}

TEST(ReaderCalls, CentreCropIsInTheMiddle) {
  Calls calls(Calls::List{{DLCC_CENTER_CROP, {1, 2}}});
  EXPECT_THAT(calls.bytes(counted(1, 3, 4)).pixels, ElementsAre(6, 7));
  EXPECT_EQ(refusal(calls, counted(1, 3, 1)),
            "a.png: a crop of 1 x 2 does not fit into the image [1, 3, 1]; "
            "resize(image, 2) before it makes room");
}

TEST(ReaderCalls, InnermostComesFirst) {
  Calls calls(Calls::List{{DLCC_CENTER_CROP, {2, 2}}, {DLCC_RESIZE, {1, 1}}});
  EXPECT_THAT(calls.bytes(counted(1, 2, 4)).pixels, ElementsAre(5));
}

TEST(ReaderCalls, BytesBecomeRealsForNormalize) {
  Calls calls(
      Calls::List{{DLCC_NORMALIZE, {0.5, 0.25}}, {DLCC_CENTER_CROP, {1, 1}}});
  auto reals = std::get<ImageOf<float>>(calls(Image{1, 1, 1, {51}}));
  EXPECT_THAT(reals.pixels, ElementsAre(FloatEq((51 / 255.f - 0.5f) / 0.25f)));
  Calls three(Calls::List{{DLCC_NORMALIZE, {0, 0, 0, 1, 1, 1}}});
  EXPECT_EQ(refusal(three, counted(1, 2, 2)),
            "a.png: normalize is for 3 channels, the image is [1, 2, 2]");
}

TEST(ReaderCalls, RandomCropReachesEveryPlaceEquallyOften) {
  Calls calls(Calls::List{{DLCC_RANDOM_CROP, {2, 2, 1}}});
  std::map<std::vector<unsigned char>, int> counts;
  for (int row = 0; row < 9000; ++row)
    ++counts[calls.bytes(counted(1, 2, 2), row).pixels];
  EXPECT_EQ(counts.size(), 9u);
  for (auto &[pixels, count] : counts)
    EXPECT_NEAR(count, 1000, 150);
  EXPECT_NE(counts.count({0, 0, 0, 1}), 0u);
  EXPECT_NE(counts.count({4, 0, 0, 0}), 0u);
  EXPECT_NE(counts.count({1, 2, 3, 4}), 0u);
}

TEST(ReaderCalls, FlipsHalfOfTheRows) {
  Calls calls(Calls::List{{DLCC_RANDOM_FLIP, {}}});
  int flipped = 0;
  for (int row = 0; row < 4000; ++row)
    flipped += calls.bytes(counted(1, 1, 2), row).pixels[0] == 2;
  EXPECT_NEAR(flipped, 2000, 150);
}

TEST(ReaderCalls, SeedEpochAndRowChooseAndNothingElse) {
  Calls calls(
      Calls::List{{DLCC_RANDOM_CROP, {4, 4, 0}}, {DLCC_RANDOM_FLIP, {}}});
  auto choices = [&](int64_t epoch, uint64_t seed) {
    std::vector<unsigned char> all;
    for (int row = 0; row < 40; ++row)
      for (unsigned char pixel :
           calls.bytes(counted(1, 12, 12), row, epoch, seed).pixels)
        all.push_back(pixel);
    return all;
  };
  EXPECT_EQ(choices(0, 1), choices(0, 1));
  EXPECT_NE(choices(0, 1), choices(1, 1));
  EXPECT_NE(choices(0, 1), choices(0, 2));
}

TEST(ReaderCalls, AnImageAndItsMaskMoveAlike) {
  // What is not random between the random calls changes nothing.
  Calls image(Calls::List{{DLCC_RANDOM_CROP, {3, 3, 1}},
                          {DLCC_NORMALIZE, {0, 1. / 255}},
                          {DLCC_RANDOM_FLIP, {}}});
  Calls mask(
      Calls::List{{DLCC_RANDOM_CROP, {3, 3, 1}}, {DLCC_RANDOM_FLIP, {}}});
  for (int row = 0; row < 50; ++row) {
    auto reals = std::get<ImageOf<float>>(image(counted(1, 5, 5), row));
    EXPECT_THAT(mask.bytes(counted(1, 5, 5), row).pixels,
                Pointwise(FloatNear(1e-3f), reals.pixels));
  }
}

TEST(ReaderCalls, RandomResizedCropKeepsWithinAreaAndRatio) {
  // On a ramp, the spread of the result shows the width of the part.
  ImageOf<float> ramp = {1, 40, 40, {}};
  for (int i = 0; i < 1600; ++i)
    ramp.pixels.push_back(static_cast<float>(i % 40));
  Calls calls(
      Calls::List{{DLCC_RANDOM_RESIZED_CROP, {8, 8, 0.25, 0.25, 1, 1}}});
  std::map<float, int> places;
  for (int row = 0; row < 200; ++row) {
    auto part = std::get<ImageOf<float>>(calls(ramp, row));
    ASSERT_EQ(part.pixels.size(), 64u);
    // A quarter of the area: 20 wide, so that new pixels lie 2.5 apart.
    EXPECT_NEAR(part.pixels[5] - part.pixels[3], 5, 0.01);
    ++places[part.pixels[3]];
  }
  EXPECT_GT(places.size(), 15u);
  // What no part of the image allows is taken from the middle.
  Calls wide(Calls::List{{DLCC_RANDOM_RESIZED_CROP, {1, 1, 1, 1, 4, 4}}});
  auto part = std::get<ImageOf<float>>(wide(ramp));
  EXPECT_NEAR(part.pixels[0], 19.5, 0.01);
}

} // namespace
