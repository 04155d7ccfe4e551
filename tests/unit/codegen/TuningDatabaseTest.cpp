//===- TuningDatabaseTest.cpp - measured tiles as a text ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/TuningDatabase.h"

#include "gtest/gtest.h"

using dlcc::DatabaseError;
using dlcc::TileSizes;
using dlcc::TunedTiles;
using dlcc::TuningDatabase;

namespace {

constexpr const char *kLine =
    "znver4 avx512 | f32 m=64 n=48 | 8x48 k=256 task=64x48 group=16 | "
    "threads=2 gain=1.07";

TuningDatabase parse(const std::string &text) {
  auto parsed = TuningDatabase::parse(text);
  if (const auto *error = std::get_if<DatabaseError>(&parsed)) {
    ADD_FAILURE() << error->line << ":" << error->column << ": " << error->text;
    return {};
  }
  return std::get<TuningDatabase>(parsed);
}

std::string errorOf(const std::string &text) {
  auto parsed = TuningDatabase::parse(text);
  const auto *error = std::get_if<DatabaseError>(&parsed);
  return error ? std::to_string(error->line) + ":" +
                     std::to_string(error->column) + ": " + error->text
               : "none";
}

TEST(TuningDatabase, ALineIsAnEntry) {
  TuningDatabase database = parse(std::string("# tiles\n\n") + kLine + "\n");
  ASSERT_EQ(database.entries().size(), 1u);
  const TunedTiles &entry = database.entries().front();
  EXPECT_EQ(entry.target, "znver4 avx512");
  EXPECT_EQ(entry.product, "f32 m=64 n=48");
  EXPECT_EQ(entry.sizes, (TileSizes{8, 48, 256, 64, 48, 16}));
  EXPECT_EQ(entry.threads, 2);
  EXPECT_EQ(entry.gain, 1.07);
  EXPECT_EQ(entry.line, 3);
}

TEST(TuningDatabase, WhatIsPrintedCanBeRead) {
  TuningDatabase database;
  database.add({"b", "y", {8, 48, 256, 64, 48, 16}, 2, 1.5});
  database.add({"a", "z", {1, 2, 3, 4, 5, 6}, 1, 1});
  database.add({"a", "x", {1, 2, 3, 4, 5, 6}, 1, 1});
  std::string text = database.print();
  EXPECT_EQ(parse(text).print(), text);
  EXPECT_LT(text.find("a | x"), text.find("a | z"));
  EXPECT_LT(text.find("a | z"), text.find("b | y"));
}

TEST(TuningDatabase, IsFoundByTargetProductAndThreads) {
  TuningDatabase database;
  database.add({"t", "p", {1, 2, 3, 4, 5, 6}, 4, 1});
  database.add({"t", "p", {2, 2, 3, 4, 5, 6}, 2, 1});
  EXPECT_EQ(database.find("t", "p", 4)->sizes[0], 1);
  EXPECT_EQ(database.find("t", "p", 2)->sizes[0], 2);
  EXPECT_EQ(database.find("t", "p", 0)->threads, 2);
  EXPECT_EQ(database.find("t", "p", 1), nullptr);
  EXPECT_EQ(database.find("t", "q", 0), nullptr);
  EXPECT_EQ(database.find("u", "p", 0), nullptr);
}

TEST(TuningDatabase, TheLaterEntryHolds) {
  TuningDatabase database;
  database.add({"t", "p", {1, 2, 3, 4, 5, 6}, 2, 1});
  database.add({"t", "p", {7, 2, 3, 4, 5, 6}, 2, 1});
  ASSERT_EQ(database.entries().size(), 1u);
  EXPECT_EQ(database.find("t", "p", 2)->sizes[0], 7);
}

TEST(TuningDatabase, BadLinesAreRefusedAtTheirPlace) {
  EXPECT_EQ(errorOf("\nnonsense\n"), "2:9: expected '|' of the target");
  EXPECT_EQ(errorOf("t | | 8x48"), "1:5: expected the product");
  EXPECT_EQ(errorOf("t | p | 8y48"), "1:10: expected 'x' of the register tile");
  EXPECT_EQ(errorOf("t | p | 0x48"),
            "1:9: expected a positive number: the rows of the register tile");
  EXPECT_EQ(errorOf("t | p | 8x48 k=99999999999999999999"),
            "1:16: expected a positive number: the indices of k in a block");
  EXPECT_EQ(errorOf("t | p | 8x48 k=16 task=8x48 group=8"),
            "1:36: expected '|' of the tiles");
  EXPECT_EQ(errorOf("t | p | 8x48 k=16 task=8x48 group=8 | threads=1 gain=nan"),
            "1:54: expected a positive number: the gain");
  EXPECT_EQ(errorOf(std::string(kLine) + " more"),
            "1:" + std::to_string(std::string(kLine).size() + 2) +
                ": expected the end of the line");
  EXPECT_EQ(errorOf(std::string(kLine).substr(0, 60)).substr(0, 2), "1:");
}

} // namespace
