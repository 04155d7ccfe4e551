//===- LevelsTest.cpp - lists of processors -------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/object/Levels.h"

#include <gtest/gtest.h>

using namespace dlcc;

namespace {

struct Levels : testing::Test {
  Levels() { context.loadDialect<dlc::DLCDialect>(); }

  std::vector<std::string>
  names(llvm::StringRef cpus,
        llvm::StringRef triple = "x86_64-unknown-linux-gnu") {
    auto levels = describeLevels(&context, triple, cpus, /*usesTiles=*/true);
    if (!levels)
      return {llvm::toString(levels.takeError())};
    std::vector<std::string> result;
    for (dlc::TargetAttr level : *levels)
      result.push_back(level.getCpu().str());
    return result;
  }

  mlir::MLIRContext context;
};

using Names = std::vector<std::string>;

TEST_F(Levels, WhoeverAsksForMoreComesFirst) {
  Names sorted = {"sapphirerapids", "x86-64-v4", "x86-64-v3", "x86-64-v2",
                  "x86-64"};
  EXPECT_EQ(names("x86-64-v3,x86-64,sapphirerapids,x86-64-v2,x86-64-v4"),
            sorted);
  EXPECT_EQ(names("znver4,znver2"), (Names{"znver4", "znver2"}));
  EXPECT_EQ(names("x86-64-v3"), (Names{"x86-64-v3"}));
}

TEST_F(Levels, TheSameTwiceIsRefused) {
  EXPECT_EQ(names("x86-64-v3,x86-64-v3"),
            (Names{"--cpu names 'x86-64-v3' twice"}));
  EXPECT_EQ(names("znver2,x86-64-v2,znver3"),
            (Names{"'znver2' and 'znver3' of --cpu ask for the same features, "
                   "so one of them would never run"}));
}

TEST_F(Levels, OnlyCodeThatUsesTilesAsksForThem) {
  for (bool usesTiles : {false, true}) {
    auto levels = describeLevels(&context, "x86_64-unknown-linux-gnu",
                                 "sapphirerapids", usesTiles);
    ASSERT_TRUE(bool(levels));
    llvm::StringRef features = levels->front().getFeatures();
    EXPECT_EQ(features.contains("+amx-bf16"), usesTiles);
    EXPECT_EQ(features.contains("amx"), usesTiles);
    EXPECT_TRUE(features.contains("+avx512bf16"));
    EXPECT_FALSE(features.contains(",,"));
  }
}

TEST_F(Levels, EachNameIsAProcessor) {
  EXPECT_NE(names("x86-64-v3,z80").front().find("'z80' is no processor"),
            std::string::npos);
  EXPECT_EQ(names("x86-64-v3,"), (Names{"--cpu=x86-64-v3, has an empty name"}));
}

TEST_F(Levels, OtherArchitecturesHaveOne) {
  const char *triple = "aarch64-unknown-linux-gnu";
  EXPECT_EQ(names("generic", triple), (Names{"generic"}));
  EXPECT_EQ(names("generic,neoverse-n1", triple),
            (Names{"several processors in one object are for x86-64 only, not "
                   "for 'aarch64-unknown-linux-gnu'"}));
}

} // namespace
