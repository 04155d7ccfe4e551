//===- PathsTest.cpp - the names of parameters ----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Paths.h"

#include <gtest/gtest.h>

using namespace dlcc::dlm;

static std::shared_ptr<PathNode> child(std::shared_ptr<PathNode> parent,
                                       const char *name) {
  auto node = std::make_shared<PathNode>();
  node->parent = std::move(parent);
  node->candidate = name;
  return node;
}

TEST(PathsTest, EqualSiblingsAreNumbered) {
  auto root = std::make_shared<PathNode>();
  EXPECT_EQ(child(root, "dense")->claim("weight"), "dense.weight");
  EXPECT_EQ(child(root, "dense")->claim("weight"), "dense_1.weight");
  EXPECT_EQ(child(root, "conv")->claim("weight"), "conv.weight");
}

TEST(PathsTest, ACallWithoutParametersTakesNoNumber) {
  auto root = std::make_shared<PathNode>();
  auto first = child(root, "stage"), second = child(root, "stage");
  (void)first->describe();
  EXPECT_EQ(child(second, "dense")->claim("weight"), "stage.dense.weight");
}

TEST(PathsTest, RandomNumbersDoNotRenameParameters) {
  auto root = std::make_shared<PathNode>();
  EXPECT_EQ(child(root, "f")->claimRandom("uniform"), "f.uniform");
  EXPECT_EQ(child(root, "f")->claim("w"), "f.w");
}

TEST(PathsTest, TheHashIsFixedForEver) {
  EXPECT_EQ(hashPath(""), 0xcbf29ce484222325u);
  EXPECT_EQ(hashPath("a"), 0xaf63dc4c8601ec8cu);
}

TEST(PathsTest, Patterns) {
  EXPECT_TRUE(matches("*.bias", "stage_1.dense.bias"));
  EXPECT_TRUE(matches("layer_norm*.*", "layer_norm_2.weight"));
  EXPECT_TRUE(matches("?.w", "a.w"));
  EXPECT_FALSE(matches("*.bias", "dense.bias2"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_FALSE(matches(std::string(1000, '*') + "b", std::string(5000, 'a')));
}
