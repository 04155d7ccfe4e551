//===- ReadAheadTest.cpp - batches filled by reader threads ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ReadAhead.h"
#include "runtime/train/Refusal.h"

#include <atomic>
#include <chrono>
#include <gmock/gmock.h>
#include <numeric>
#include <set>

using namespace dlcc::train;
using testing::HasSubstr;

namespace {

/// Pictures of 4 x 4 that say which row they are; some cannot be decoded.
struct Pictures : RowDecoder {
  Image decode(int64_t row) const override {
    ++decoded;
    if (broken.count(row))
      throw Refusal(fileOf(row) + " is no picture");
    Image image = {1, 4, 4, std::vector<unsigned char>(16)};
    std::iota(image.pixels.begin(), image.pixels.end(),
              static_cast<unsigned char>(row));
    return image;
  }
  std::string fileOf(int64_t row) const override {
    return std::to_string(row) + ".png";
  }
  mutable std::atomic<int64_t> decoded{0};
  std::set<int64_t> broken;
};

/// A training entry of batches of 8, fed by random crops of the pictures.
struct Reading : testing::Test {
  static constexpr int64_t kRows = 8;
  int64_t dims[4] = {kRows, 1, 3, 3};
  dlcc_tensor input = {"image", DLCC_F32, 4, dims, 9, 0};
  double numbers[3] = {3, 3, 1};
  dlcc_reader_call calls[2] = {{DLCC_RANDOM_CROP, 3, numbers},
                               {DLCC_RANDOM_FLIP, 0, nullptr}};
  dlcc_feed feed = {"image", 2, calls};
  dlcc_entry entry = {"train_step", "",      DLCC_ENTRY_TRAIN, 0, 1,    0,
                      &input,       nullptr, nullptr,          0, &feed};
  std::shared_ptr<Pictures> pictures = std::make_shared<Pictures>();
  Split split = makeSplit();
  BatchFiller filler{entry, split};

  Split makeSplit() {
    Split made;
    made.add({"image", "folder", DLCC_U8, {1, 4, 4}, 100, nullptr, pictures});
    return made;
  }

  ReadPlan plan(int64_t first = 0, int64_t epoch = 0) {
    ReadPlan made;
    made.fillers = {&filler};
    made.samples.resize(100);
    std::iota(made.samples.rbegin(), made.samples.rend(), 0);
    made.firstBatch = first;
    made.batches = 13;
    made.seed = 5;
    made.epoch = epoch;
    return made;
  }

  /// All values of the batches from `first` on; the last one has four rows.
  std::vector<float> readAll(ReadAhead &reader, int64_t first = 0) {
    std::vector<float> all;
    for (int64_t batch = first; batch < 13; ++batch) {
      auto *values = static_cast<const float *>(reader.next()[0].inputs()[0]);
      all.insert(all.end(), values, values + (batch == 12 ? 4 : 8) * 9);
    }
    return all;
  }
};

TEST_F(Reading, ThreadsChangeNothing) {
  ReadAhead alone({&entry}, kRows, 0);
  alone.begin(plan());
  std::vector<float> expected = readAll(alone);
  ASSERT_EQ(expected.size(), 900u);
  for (int64_t threads : {1, 2, 5}) {
    ReadAhead reader({&entry}, kRows, threads);
    for (int time = 0; time < 3; ++time) {
      reader.begin(plan());
      EXPECT_EQ(readAll(reader), expected) << threads << " threads";
    }
  }
}

TEST_F(Reading, APlanMayBeginInTheMiddleAndBeLeftAtAnyBatch) {
  ReadAhead reader({&entry}, kRows, 3);
  reader.begin(plan());
  std::vector<float> whole = readAll(reader);
  for (int64_t first : {0, 1, 5, 12}) {
    reader.begin(plan(3));
    for (int64_t batch = 0; batch < first % 4; ++batch)
      reader.next();
    reader.begin(plan(first));
    std::vector<float> rest = readAll(reader, first);
    EXPECT_EQ(rest,
              std::vector<float>(whole.begin() + first * 8 * 9, whole.end()));
  }
  reader.begin(plan(0, /*epoch=*/1));
  EXPECT_NE(readAll(reader), whole);
}

TEST_F(Reading, ThreadsGoAheadAsFarAsTheRing) {
  ReadAhead reader({&entry}, kRows, 2);
  reader.begin(plan());
  reader.next();
  // The batch in use and three ahead of it; no more however long one waits.
  auto waitFor = [&](int64_t count) {
    for (int i = 0; i < 4000 && pictures->decoded < count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return pictures->decoded.load();
  };
  EXPECT_EQ(waitFor(4 * 8), 4 * 8);
  reader.next();
  EXPECT_EQ(waitFor(5 * 8), 5 * 8);
}

TEST_F(Reading, WithoutThreadsNothingIsReadAhead) {
  ReadAhead reader({&entry}, kRows, 0);
  reader.begin(plan());
  EXPECT_EQ(pictures->decoded, 0);
  reader.next();
  EXPECT_EQ(pictures->decoded, 8);
}

TEST_F(Reading, AnImageThatCannotBeDecodedIsRefusedAtItsBatch) {
  pictures->broken = {69, 70, 71}; // rows of the fourth batch go from 75 down
  for (int64_t threads : {0, 3}) {
    ReadAhead reader({&entry}, kRows, threads);
    reader.begin(plan());
    for (int batch = 0; batch < 3; ++batch)
      EXPECT_NO_THROW(reader.next());
    try {
      reader.next();
      FAIL() << "not refused";
    } catch (const Refusal &refused) {
      EXPECT_STREQ(refused.what(), "71.png is no picture");
    }
    // Another plan is not touched by it.
    reader.begin(plan(5));
    EXPECT_EQ(readAll(reader, 5).size(), (7 * 8 + 4) * 9u);
  }
}

TEST_F(Reading, EntriesThatTakeNoPartAreLeftOut) {
  ReadAhead reader({&entry, &entry}, kRows, 1);
  ReadPlan half = plan();
  half.fillers.push_back(nullptr);
  reader.begin(std::move(half));
  const std::vector<Batch> &batches = reader.next();
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(static_cast<float *>(batches[1].inputs()[0])[4], 0);
  EXPECT_NE(static_cast<float *>(batches[0].inputs()[0])[4], 0);
}

} // namespace
