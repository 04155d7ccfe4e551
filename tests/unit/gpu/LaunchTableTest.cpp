//===- LaunchTableTest.cpp - launches as JSON -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/gpu/emulator/LaunchTable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace dlcc::emulator;

namespace {

std::string refusal(const std::string &text, const std::string &entry = "") {
  auto table = parseLaunchTable(text, entry);
  if (!table)
    return llvm::toString(table.takeError());
  ADD_FAILURE() << "taken: " << text;
  return "";
}

TEST(LaunchTable, BuffersLieOneBehindTheOther) {
  auto table = parseLaunchTable(R"({
    "workspace_bytes": 3,
    "buffers": [{"name": "a", "bytes": 1}, {"name": "b", "bytes": 257},
                {"name": "c", "bytes": 4, "offset": 8}],
    "launches": []})");
  ASSERT_TRUE(bool(table)) << llvm::toString(table.takeError());
  EXPECT_EQ(table->find("b")->offset, 256u);
  EXPECT_EQ(table->find("c")->offset, 8u);
  EXPECT_EQ(table->find("workspace")->offset, 256u);
  EXPECT_FALSE(table->find("workspace")->isDefined);
  EXPECT_TRUE(table->find("a")->isDefined);
  EXPECT_EQ(table->arenaBytes, 256u + 257u);
  EXPECT_EQ(table->find("d"), nullptr);
}

TEST(LaunchTable, AWorkspaceMayBeEmpty) {
  auto table = parseLaunchTable(R"({"workspace_bytes": 0, "launches": [
    {"kernel": "k", "grid": [1], "block": [1],
     "args": [{"buffer": "workspace", "offset": 0, "bytes": 0}]}]})");
  ASSERT_TRUE(bool(table)) << llvm::toString(table.takeError());
  EXPECT_EQ(table->launches[0].arguments[0].bytes, 0u);
}

TEST(LaunchTable, Arguments) {
  auto table = parseLaunchTable(R"({
    "arena_bytes": 4096,
    "buffers": [{"name": "a", "bytes": 100, "offset": 1000}],
    "launches": [{"kernel": "k", "grid": [7, 5], "block": [3], "shared": 9,
      "args": [{"buffer": "a"}, {"buffer": "a", "offset": 40, "bytes": 8},
               {"offset": 16, "bytes": 4, "name": "raw", "access": "read"},
               {"i32": -1}, {"i64": -2}, {"f32": 0.5}]}]})");
  ASSERT_TRUE(bool(table)) << llvm::toString(table.takeError());
  const Launch &launch = table->launches[0];
  EXPECT_EQ(launch.kernel, "k");
  EXPECT_EQ(launch.grid.x * 100 + launch.grid.y * 10 + launch.grid.z, 751u);
  EXPECT_EQ(launch.block.count(), 3u);
  EXPECT_EQ(launch.sharedBytes, 9u);
  const auto &arguments = launch.arguments;
  ASSERT_EQ(arguments.size(), 6u);
  EXPECT_EQ(arguments[0].offset, 1000u);
  EXPECT_EQ(arguments[0].bytes, 100u);
  EXPECT_EQ(arguments[0].name, "a");
  EXPECT_TRUE(arguments[0].isWritable);
  EXPECT_EQ(arguments[1].offset, 1040u);
  EXPECT_EQ(arguments[1].bytes, 8u);
  EXPECT_EQ(arguments[2].offset, 16u);
  EXPECT_EQ(arguments[2].name, "raw");
  EXPECT_FALSE(arguments[2].isWritable);
  EXPECT_EQ(arguments[3].scalar, 0xffffffffu);
  EXPECT_EQ(int64_t(arguments[4].scalar), -2);
  EXPECT_EQ(arguments[5].scalar, 0x3f000000u);
}

TEST(LaunchTable, TensorMaps) {
  auto withMap = [](const std::string &swizzle, const std::string &box) {
    return R"({"buffers": [{"name": "a", "bytes": 4096, "offset": 256}],
      "launches": [{"kernel": "k", "grid": [1], "block": [1], "args": [
        {"tensor_map": {"buffer": "a", "offset": 16, "bytes": 4000,
         "element_bytes": 2, "extents": [30, 40], "strides": [64],
         "swizzle": )" +
           swizzle + ", \"box\": " + box + "}}]}]}";
  };
  auto table = parseLaunchTable(withMap("64", "[32, 8]"));
  ASSERT_TRUE(bool(table)) << llvm::toString(table.takeError());
  const Argument &argument = table->launches[0].arguments[0];
  EXPECT_EQ(argument.kind, Argument::Kind::Bytes);
  EXPECT_EQ(argument.structure.size(), 128u);
  EXPECT_EQ(argument.offset, 272u);
  EXPECT_EQ(argument.bytes, 4000u);
  EXPECT_EQ(argument.map->rank, 2u);
  EXPECT_EQ(argument.map->elementBytes, 2u);
  EXPECT_EQ(argument.map->swizzle, Swizzle::B64);
  EXPECT_EQ(argument.map->extents[1], 40u);
  EXPECT_EQ(argument.map->strides[0], 64u);
  EXPECT_EQ(argument.map->box[0], 32u);
  EXPECT_EQ(argument.map->mistake(), "");
  EXPECT_THAT(refusal(withMap("16", "[32, 8]")), testing::HasSubstr("swizzle"));
  EXPECT_THAT(refusal(withMap("0", "[32]")),
              testing::HasSubstr("a stride less"));
  EXPECT_THAT(refusal(withMap("0", "[32, -1]")), testing::HasSubstr("box"));
}

TEST(LaunchTable, Entries) {
  const char *text = R"({"entries": [{"name": "a", "launches": []},
                        {"name": "b", "launches": []}]})";
  EXPECT_TRUE(bool(parseLaunchTable(text, "b")));
  EXPECT_THAT(refusal(text), testing::HasSubstr("There are: a b"));
  EXPECT_THAT(refusal(text, "c"), testing::HasSubstr("no entry 'c'"));
}

TEST(LaunchTable, Mistakes) {
  auto withArgument = [](const std::string &argument) {
    return R"({"buffers": [{"name": "a", "bytes": 10}], "launches": [
      {"kernel": "k", "grid": [1], "block": [1], "args": [)" +
           argument + "]}]}";
  };
  EXPECT_THAT(refusal("[]"), testing::HasSubstr("expected object"));
  EXPECT_THAT(refusal("{}"), testing::HasSubstr("launches"));
  EXPECT_THAT(refusal(R"({"launches": [{"kernel": "k", "grid": [],
                          "block": [1], "args": []}]})"),
              testing::HasSubstr("one to three extents"));
  EXPECT_THAT(refusal(R"({"launches": [{"kernel": "k", "grid": [-1],
                          "block": [1], "args": []}]})"),
              testing::HasSubstr("expected"));
  EXPECT_THAT(refusal(R"({"arena_bytes": 5, "launches": [],
                          "buffers": [{"name": "a", "bytes": 6}]})"),
              testing::HasSubstr("end of the arena"));
  EXPECT_THAT(refusal(withArgument("3")), testing::HasSubstr("object"));
  EXPECT_THAT(refusal(withArgument("{}")), testing::HasSubstr("pointer"));
  EXPECT_THAT(refusal(withArgument(R"({"i32": "x"})")),
              testing::HasSubstr("i32"));
  EXPECT_THAT(refusal(withArgument(R"({"i32": 4294967296})")),
              testing::HasSubstr("i32"));
  EXPECT_THAT(refusal(withArgument(R"({"buffer": "b"})")),
              testing::HasSubstr("buffer 'b'"));
  EXPECT_THAT(refusal(withArgument(R"({"buffer": "a", "bytes": 11})")),
              testing::HasSubstr("ends behind"));
  EXPECT_THAT(refusal(withArgument(R"({"buffer": "a", "offset": 11})")),
              testing::HasSubstr("begins behind"));
  EXPECT_THAT(refusal(withArgument(R"({"buffer": "a", "access": "no"})")),
              testing::HasSubstr("access"));
}

} // namespace
