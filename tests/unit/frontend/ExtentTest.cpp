//===- ExtentTest.cpp - products of numbers and names ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Extent.h"

#include <gtest/gtest.h>

using namespace dlcc::dlm;

static Extent batch() { return Extent::named("batch"); }

TEST(ExtentTest, ProductsWithDifferentNumbersDiffer) {
  EXPECT_EQ(*batch().times(12), *batch().times(12));
  EXPECT_FALSE(*batch().times(12) == *batch().times(5));
  EXPECT_FALSE(batch() == Extent(64));
}

TEST(ExtentTest, ProductsCommute) {
  Extent n = Extent::named("n"), m = Extent::named("m");
  EXPECT_EQ(*n.times(m), *m.times(n));
  EXPECT_EQ(*batch().times(3), *Extent(3).times(batch()));
}

TEST(ExtentTest, DivisionIsExactOrNone) {
  Extent product = *batch().times(12);
  EXPECT_EQ(product.dividedBy(4)->str(), "batch*3");
  EXPECT_EQ(product.dividedBy(batch())->factor(), 12);
  EXPECT_FALSE(product.dividedBy(5));
  EXPECT_FALSE(product.dividedBy(Extent::named("n")));
  EXPECT_FALSE(product.dividedBy(0));
}

TEST(ExtentTest, TheBatchTwice) {
  EXPECT_FALSE(batch().times(12)->hasBatchTwice());
  EXPECT_TRUE(batch().times(batch())->hasBatchTwice());
}

TEST(ExtentTest, OverflowIsNone) {
  EXPECT_FALSE(Extent(int64_t(1) << 62).times(4));
}

TEST(ExtentTest, TextPutsTheBatchFirst) {
  EXPECT_EQ(batch().times(12)->str(), "batch*12");
  EXPECT_EQ(Extent(12).times(batch())->str(), "batch*12");
  EXPECT_EQ(toString({batch(), Extent(784)}), "[batch, 784]");
}

TEST(ExtentTest, ATableGivesSizesAndNames) {
  DimensionTable table;
  table.bind("batch", 64);
  table.bind("n", 5);
  EXPECT_EQ(table.lookup("batch").str(), "batch");
  EXPECT_EQ(table.lookup("n").str(), "5");
  dlcc::Dim dim = table.toDim(*batch().times(12));
  EXPECT_EQ(dim.size, 768);
  EXPECT_EQ(dim.name, "batch*12");
}

TEST(ExtentTest, OpenNamesStaySymbolic) {
  DimensionTable table;
  table.bind("n", std::nullopt);
  EXPECT_EQ(table.lookup("n").times(3)->str(), "3*n");
  EXPECT_GE(table.size(table.lookup("n")), 1);
}
