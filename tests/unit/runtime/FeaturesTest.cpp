//===- FeaturesTest.cpp - which code of an object runs --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Features.h"
#include "runtime/Status.h"

#include <gmock/gmock.h>
#include <set>

using namespace dlcc::rt;
using testing::HasSubstr;

namespace {

/// A processor with these features.
FeatureTest processor(std::set<std::string, std::less<>> features) {
  return [features = std::move(features)](std::string_view name) {
    return features.count(name) != 0;
  };
}

const std::set<std::string, std::less<>> kFeaturesV2 = {
    "popcnt", "sse3", "sse4.1", "sse4.2", "ssse3"};

const dlcc_level kLevels[] = {
    {"wide", "+avx,+avx2,+avx512f,+fma", nullptr},
    {"middle", "+avx,+avx2,+fma", nullptr},
    {"narrow", "+sse3", nullptr},
};

dlcc_model modelOf(int64_t numLevels) {
  dlcc_model model{};
  model.name = "net";
  model.levels = kLevels;
  model.num_levels = numLevels;
  return model;
}

std::string chosen(const FeatureTest &has, int64_t numLevels = 3) {
  return chooseLevel(modelOf(numLevels), has).cpu;
}

/// The sentence of a refusal.
template <typename Body> std::string refusal(Body &&body) {
  EXPECT_NE(guarded(body), DLCC_OK);
  return dlcc_last_error();
}

TEST(Features, FirstMissingOneIsNamed) {
  FeatureTest has = processor({"avx2"});
  EXPECT_EQ(firstMissingFeature("", has), "");
  EXPECT_EQ(firstMissingFeature("+avx2", has), "");
  EXPECT_EQ(firstMissingFeature("+avx2,-avx512f", has), "");
  EXPECT_EQ(firstMissingFeature("+avx2,+fma,+avx512f", has), "fma");
}

TEST(Features, TheMostDemandingLevelThatFitsIsChosen) {
  EXPECT_EQ(chosen(processor({"sse3", "avx", "avx2", "fma", "avx512f"})),
            "wide");
  EXPECT_EQ(chosen(processor({"sse3", "avx", "avx2", "fma"})), "middle");
  EXPECT_EQ(chosen(processor({"sse3"})), "narrow");
}

TEST(Features, OneMissingFeatureIsEnoughForTheNextLevel) {
  EXPECT_EQ(chosen(processor({"sse3", "avx", "avx2", "avx512f"})), "narrow");
}

TEST(Features, AProcessorBelowAllLevelsIsRefused) {
  EXPECT_EQ(refusal([] { chosen(processor({"avx"}), 2); }),
            "model 'net' was compiled for wide, middle; even middle needs "
            "avx2, which this processor does not have");
  EXPECT_EQ(refusal([] { chosen(processor({"avx"}), 1); }),
            "model 'net' was compiled for wide and needs avx2, which this "
            "processor does not have");
  EXPECT_EQ(guarded([] { chosen(processor({})); }), DLCC_UNSUPPORTED);
}

TEST(Features, TilesAreAskedForOnlyWhereTheProcessorHasThem) {
  int asked = 0;
  auto refuses = [&] { return ++asked, false; };
  auto gives = [&] { return ++asked, true; };
  EXPECT_TRUE(withTiles(processor({"avx2"}), refuses)("avx2"));
  EXPECT_FALSE(withTiles(processor({"avx2"}), gives)("amx-tile"));
  EXPECT_EQ(asked, 0);
  EXPECT_TRUE(withTiles(processor({"amx-tile"}), gives)("amx-tile"));
  EXPECT_FALSE(withTiles(processor({"amx-tile"}), refuses)("amx-tile"));
  EXPECT_EQ(asked, 2);
}

TEST(Features, WhereTilesAreRefusedTheNextLevelIsChosen) {
  const dlcc_level levels[] = {{"tiles", "+amx-bf16,+amx-tile,+avx2", nullptr},
                               {"vectors", "+avx2", nullptr}};
  dlcc_model model = modelOf(1);
  model.levels = levels;
  FeatureTest has = processor({"amx-bf16", "amx-tile", "avx2"});
  FeatureTest refused = withTiles(has, [] { return false; });
  EXPECT_EQ(refusal([&] { chooseLevel(model, refused); }),
            "model 'net' was compiled for tiles and needs amx-bf16, which this "
            "processor does not have or its operating system does not give");
  model.num_levels = 2;
  EXPECT_STREQ(chooseLevel(model, refused).cpu, "vectors");
  EXPECT_STREQ(chooseLevel(model, withTiles(has, [] { return true; })).cpu,
               "tiles");
}

TEST(Features, ALimitTakesFeaturesAway) {
  auto everything = [](std::string_view) { return true; };
  EXPECT_EQ(chosen(limitedTo("x86-64-v4", everything)), "wide");
  EXPECT_EQ(chosen(limitedTo("x86-64-v3", everything)), "middle");
  EXPECT_EQ(chosen(limitedTo("x86-64-v2", everything)), "narrow");
  EXPECT_FALSE(limitedTo("x86-64", everything)("sse3"));
  EXPECT_FALSE(limitedTo("x86-64-v4", everything)("amx-tile"));
}

TEST(Features, ALimitGivesNoFeatures) {
  FeatureTest limited = limitedTo("x86-64-v4", processor(kFeaturesV2));
  EXPECT_TRUE(limited("sse4.2"));
  EXPECT_FALSE(limited("avx2"));
}

TEST(Features, ALimitIsALevel) {
  EXPECT_THAT(refusal([] { limitedTo("x86-64-v5", processor({})); }),
              HasSubstr("DLCC_CPU_LIMIT is 'x86-64-v5'"));
}

} // namespace
