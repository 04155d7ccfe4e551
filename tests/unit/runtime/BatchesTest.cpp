//===- BatchesTest.cpp - fields of the data to inputs of the model --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Batches.h"
#include "FakeModel.h"
#include "runtime/train/Elements.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"
#include "runtime/train/Shuffle.h"

#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <limits>
#include <numeric>

using namespace dlcc::train;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

template <typename T>
Field field(const char *name, int32_t type, std::vector<int64_t> dims,
            std::vector<T> values) {
  Field result = {name, std::string(name) + ".file", type, dims, 0, nullptr};
  result.rows = static_cast<int64_t>(values.size()) / result.rowElements();
  result.data = allocateFor(name, values.size() * sizeof(T));
  std::memcpy(result.data.get(), values.data(), values.size() * sizeof(T));
  return result;
}

/// An entry with inputs `image: f32[2, 4]` and `digit: i32[2] < 3`.
struct Binding : testing::Test {
  int64_t imageDims[2] = {2, 4}, digitDims[1] = {2};
  dlcc_tensor inputs[2] = {{"image", DLCC_F32, 2, imageDims, 4, 0},
                           {"digit", DLCC_I32, 1, digitDims, 1, 3}};
  dlcc_entry entry = {"train_step", "",      DLCC_ENTRY_TRAIN, 0, 2,      0,
                      inputs,       nullptr, nullptr,          0, nullptr};

  std::string refusal(const Split &split) {
    try {
      bindInputs(entry, split);
    } catch (const Refusal &refused) {
      return refused.what();
    }
    return "";
  }
};

Split pictures(std::vector<uint8_t> labels, const char *image = "image",
               std::vector<int64_t> dims = {2, 2}) {
  Split split;
  std::vector<uint8_t> bytes(labels.size() * dims[0] * dims[1]);
  std::iota(bytes.begin(), bytes.end(), 0);
  split.add(field<uint8_t>(image, DLCC_U8, dims, bytes));
  split.add(field<uint8_t>("label", DLCC_U8, {}, labels));
  return split;
}

TEST_F(Binding, BytesAreDividedBy255AndReshaped) {
  Split split = pictures({0, 1, 2});
  Batch batch(entry, 2);
  BatchFiller filler(entry, split);
  uint32_t samples[] = {2, 0};
  filler.fill(batch, samples, 0, 2, 1, 0);
  auto *image = static_cast<const float *>(batch.inputs()[0]);
  auto *digit = static_cast<const int32_t *>(batch.inputs()[1]);
  EXPECT_EQ(image[0], 8 / 255.0f);
  EXPECT_EQ(image[3], 11 / 255.0f);
  EXPECT_EQ(image[4], 0.0f);
  EXPECT_EQ(digit[0], 2);
  EXPECT_EQ(digit[1], 0);
}

TEST_F(Binding, EqualNamesComeFirst) {
  Split split = pictures({0, 1});
  split.add(field<int64_t>("digit", DLCC_I64, {}, {2, 1}));
  EXPECT_EQ(bindInputs(entry, split)[1].field, &split.fields[2]);
}

TEST_F(Binding, ListsBothSides) {
  EXPECT_THAT(refusal(pictures({0, 1}, "picture")),
              AllOf(HasSubstr("The model wants 'image' f32[2, 4], 'digit' "
                              "i32[2]"),
                    HasSubstr("the data has 'picture' u8[2, 2, 2], 'label' "
                              "u8[2]")));
}

TEST_F(Binding, NamesFileAndShapesThatDoNotFit) {
  EXPECT_EQ(refusal(pictures({0, 1}, "image", {3, 3})),
            "image.file holds u8[2, 3, 3], 9 values a row; input 'image' wants "
            "f32[2, 4], 4 values a row");
}

TEST_F(Binding, ChecksEveryIndex) {
  EXPECT_EQ(refusal(pictures({0, 1, 3})),
            "label.file: row 2 has 3, but input 'digit' takes whole numbers "
            "from 0 to 2");
  Split split = pictures({0, 1});
  split.add(field<double>("digit", DLCC_F64, {}, {1, 0.5}));
  EXPECT_THAT(refusal(split), HasSubstr("row 1 has 0.5"));
}

TEST_F(Binding, RefusesWhatIsTooLargeForTheType) {
  Split split = pictures({0, 1});
  split.fields[0] = field<double>("image", DLCC_F64, {2, 2},
                                  {0, 1, 2, 3, 4, 5, -1e39, INFINITY});
  EXPECT_EQ(refusal(split), "image.file: row 1 has a number that is too large "
                            "for input 'image' f32[2, 4]");
}

/// Pictures of 2 x 2 whose bytes are row, row + 1, ...
struct CountingImages : RowDecoder {
  Image decode(int64_t row) const override {
    Image image = {1, 2, width, std::vector<unsigned char>(2 * width)};
    std::iota(image.pixels.begin(), image.pixels.end(), row);
    return image;
  }
  std::string fileOf(int64_t row) const override {
    return std::to_string(row) + ".png";
  }
  int64_t width = 2;
};

TEST_F(Binding, DecodesTheRowsOfABatch) {
  Split split = pictures({0, 1, 2});
  auto images = std::make_shared<CountingImages>();
  split.fields[0] = {"image", "folder", DLCC_U8, {1, 2, 2}, 3, nullptr, images};
  Batch batch(entry, 2);
  BatchFiller filler(entry, split);
  uint32_t samples[] = {2, 0};
  filler.fill(batch, samples, 0, 2, 1, 0);
  auto *image = static_cast<const float *>(batch.inputs()[0]);
  EXPECT_EQ(image[0], 2 / 255.0f);
  EXPECT_EQ(image[3], 5 / 255.0f);
  EXPECT_EQ(image[7], 3 / 255.0f);
}

TEST_F(Binding, RefusesAnImageThatHasChanged) {
  Split split = pictures({0, 1, 2});
  auto images = std::make_shared<CountingImages>();
  split.fields[0] = {"image", "folder", DLCC_U8, {1, 2, 2}, 3, nullptr, images};
  Batch batch(entry, 2);
  BatchFiller filler(entry, split);
  images->width = 3;
  uint32_t sample = 1;
  EXPECT_THROW(
      {
        try {
          filler.fill(batch, &sample, 0, 1, 1, 0);
        } catch (const Refusal &refused) {
          EXPECT_THAT(refused.what(), HasSubstr("1.png"));
          throw;
        }
      },
      Refusal);
}

TEST_F(Binding, RefusesImagesOfDifferentSizes) {
  Split split = pictures({0, 1, 2});
  split.fields[0] = {"image",
                     "folder",
                     DLCC_U8,
                     {1, -1, -1},
                     3,
                     nullptr,
                     std::make_shared<CountingImages>()};
  EXPECT_THAT(refusal(split),
              HasSubstr("folder holds u8[3, 1, ?, ?], images of different"));
}

/// What data blocks say of the two inputs.
struct NamedBinding : Binding {
  double numbers[3] = {2, 2, 1};
  dlcc_reader_call crop = {DLCC_RANDOM_CROP, 3, numbers};
  dlcc_feed feeds[2] = {{"photo", 0, nullptr}, {"label", 0, nullptr}};
  NamedBinding() { entry.feeds = feeds; }
};

TEST_F(NamedBinding, TakesTheFieldThatIsNamed) {
  Split split = pictures({0, 1});
  split.add(field<uint8_t>("photo", DLCC_U8, {4}, std::vector<uint8_t>(8)));
  split.add(field<uint8_t>("digit", DLCC_U8, {}, {1, 1}));
  std::vector<BoundInput> bound = bindInputs(entry, split);
  EXPECT_EQ(bound[0].field, &split.fields[2]);
  EXPECT_EQ(bound[1].field, &split.fields[1]);
  // An input that no block names keeps to the rule.
  feeds[0].field = feeds[1].field = nullptr;
  bound = bindInputs(entry, split);
  EXPECT_EQ(bound[0].field, &split.fields[0]);
  EXPECT_EQ(bound[1].field, &split.fields[3]);
}

TEST_F(NamedBinding, SyntheticDataIsWhatTheInputsTake) {
  Split split = pictures({0, 1});
  split.holdsInputs = true;
  EXPECT_EQ(bindInputs(entry, split)[0].field, &split.fields[0]);
}

TEST_F(NamedBinding, AFieldThatIsNotThereIsRefused) {
  EXPECT_EQ(refusal(pictures({0, 1})),
            "input 'image' is fed by the field 'photo', which the data does "
            "not have; it has 'image' u8[2, 2, 2], 'label' u8[2]");
}

TEST_F(NamedBinding, AnImageThatTheCallsCannotTakeIsRefused) {
  feeds[0] = {"image", 1, &crop};
  EXPECT_EQ(refusal(pictures({0, 1})), "");
  EXPECT_EQ(refusal(pictures({0, 1}, "image", {3, 5})), "");
  numbers[2] = 0;
  EXPECT_EQ(refusal(pictures({0, 1}, "image", {3, 1})),
            "image.file: a crop of 2 x 2 does not fit into the image [1, 3, "
            "1]; resize(image, 2) before it makes room");
  Split rows = pictures({0, 1});
  rows.fields[0] =
      field<float>("image", DLCC_F32, {4}, {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(refusal(rows), "readers change images [channels, height, width]; "
                           "image.file holds f32[2, 4]");
  numbers[0] = 1;
  EXPECT_EQ(refusal(pictures({0, 1})),
            "image.file holds u8[2, 2, 2], of which the data block makes [1, "
            "1, 2]; input 'image' wants f32[2, 4]");
}

TEST_F(NamedBinding, TheHintNamesTheSizeThatIsWanted) {
  int64_t dims[4] = {2, 1, 3, 5};
  inputs[0] = {"image", DLCC_F32, 4, dims, 15, 0};
  feeds[0].field = nullptr;
  EXPECT_EQ(refusal(pictures({0, 1})),
            "image.file holds u8[2, 2, 2], 4 values a row; input 'image' wants "
            "f32[2, 1, 3, 5], 15 values a row; in a data block resize(image, "
            "3, 5) gives that size, or center_crop(resize(image, 5), 3, 5)");
  Split split = pictures({0, 1});
  split.fields[0] = {"image",
                     "folder",
                     DLCC_U8,
                     {1, -1, -1},
                     2,
                     nullptr,
                     std::make_shared<CountingImages>()};
  EXPECT_THAT(refusal(split),
              AllOf(HasSubstr("u8[2, 1, ?, ?], images of different sizes"),
                    HasSubstr("resize(image, 3, 5) gives that size")));
  double size[] = {3, 5};
  dlcc_reader_call resize = {DLCC_RESIZE, 2, size};
  feeds[0] = {"image", 1, &resize};
  EXPECT_EQ(refusal(split), "");
  Batch batch(entry, 2);
  uint32_t sample = 1;
  BatchFiller(entry, split).fill(batch, &sample, 0, 1, 1, 0);
  auto *image = static_cast<const float *>(batch.inputs()[0]);
  EXPECT_EQ(image[0], 1 / 255.0f);
  EXPECT_EQ(image[14], 4 / 255.0f);
}

TEST_F(NamedBinding, WholeNumbersStayWholeWhenScaled) {
  int64_t dims[4] = {1, 1, 1, 3};
  inputs[0] = {"image", DLCC_I32, 4, dims, 3, 0};
  double size[] = {1, 3};
  dlcc_reader_call resize = {DLCC_RESIZE, 2, size};
  feeds[0] = {"image", 1, &resize};
  Split split;
  split.add(field<int16_t>("image", DLCC_I16, {1, 2}, {-7, 0}));
  split.add(field<uint8_t>("label", DLCC_U8, {}, {0}));
  Batch batch(entry, 1);
  uint32_t sample = 0;
  BatchFiller(entry, split).fill(batch, &sample, 0, 1, 1, 0);
  auto *image = static_cast<const int32_t *>(batch.inputs()[0]);
  EXPECT_THAT(std::vector<int32_t>(image, image + 3), ElementsAre(-7, -4, 0));
}

TEST(Elements, HalfPrecisionRoundsToNearestEven) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    Float16 half;
    half.bits = static_cast<uint16_t>(bits);
    auto value = static_cast<double>(half);
    if (!std::isnan(value))
      EXPECT_EQ(Float16(value).bits, bits) << value;
  }
  EXPECT_EQ(Float16(1 + 0x1p-11).bits, 0x3c00); // a tie, to even
  EXPECT_EQ(Float16(1 + 3 * 0x1p-11).bits, 0x3c02);
  EXPECT_EQ(Float16(2047.9).bits, Float16(2048.0).bits);
  EXPECT_EQ(Float16(1e6).bits, 0x7c00);
  EXPECT_TRUE(std::isnan(static_cast<double>(Float16(NAN))));
}

TEST(Elements, BFloat16RoundsToNearestEven) {
  EXPECT_EQ(BFloat16(1.0).bits, 0x3f80);
  EXPECT_EQ(BFloat16(1 + 0x1p-8).bits, 0x3f80);
  EXPECT_EQ(BFloat16(1 + 3 * 0x1p-8).bits, 0x3f82);
  EXPECT_TRUE(std::isnan(static_cast<double>(BFloat16(NAN))));
}

TEST(Shuffle, IsAPermutationThatSeedAndEpochChoose) {
  std::vector<uint32_t> a(1000), b(1000), c(1000), d(1000);
  shuffle(a, 7, 0);
  shuffle(b, 7, 0);
  shuffle(c, 7, 1);
  shuffle(d, 8, 0);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
  EXPECT_NE(a, d);
  std::sort(c.begin(), c.end());
  std::vector<uint32_t> identity(1000);
  std::iota(identity.begin(), identity.end(), 0);
  EXPECT_EQ(c, identity);
}

TEST(Shuffle, GivesEachOrderEquallyOften) {
  int counts[3][3] = {};
  for (int epoch = 0; epoch < 3000; ++epoch) {
    std::vector<uint32_t> order(3);
    shuffle(order, 1, epoch);
    for (int place = 0; place < 3; ++place)
      ++counts[place][order[place]];
  }
  for (auto &row : counts)
    for (int count : row)
      EXPECT_NEAR(count, 1000, 100);
}

TEST(Synthetic, HasTheMomentsAndBoundsItPromises) {
  dlcc_model model = fake::model();
  Split split = makeSynthetic(model, 5000, 3);
  ASSERT_EQ(split.fields.size(), 2u);
  const float *image =
      reinterpret_cast<const float *>(split.fields[0].data.get());
  double sum = 0, squares = 0;
  for (int i = 0; i < 20000; ++i) {
    sum += image[i];
    squares += image[i] * image[i];
  }
  EXPECT_NEAR(sum / 20000, 0, 0.03);
  EXPECT_NEAR(squares / 20000, 1, 0.05);
  EXPECT_EQ(bindInputs(model.entries[fake::Train], split).size(), 2u);
}

} // namespace
