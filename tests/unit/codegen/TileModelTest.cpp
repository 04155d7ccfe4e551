//===- TileModelTest.cpp - the choice of blocks ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/TileModel.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <vector>

using dlcc::chooseTiles;
using dlcc::ContractionTiles;
using dlcc::TileCandidate;
using dlcc::TileProblem;

namespace {

const std::vector<TileCandidate> kCandidates = {{8, 48}, {12, 32}, {24, 16},
                                                {4, 96}, {2, 128}, {1, 128}};

TileProblem problem(int64_t m, int64_t n, int64_t k) {
  return {m, n, k, 1, 4, 16, 32 << 10, 1 << 20};
}

/// With costs of packing that do not depend on the tile.
ContractionTiles tilesOf(const TileProblem &problem) {
  return chooseTiles(kCandidates, [&](int64_t) { return problem; });
}

ContractionTiles tilesOf(int64_t m, int64_t n, int64_t k) {
  return tilesOf(problem(m, n, k));
}

TEST(TileModel, FewColumnsTakeTheNarrowTile) {
  EXPECT_EQ(tilesOf(1024, 10, 1024).tileColumns, 16);
}

TEST(TileModel, OneRowTakesTheFlatTile) {
  // One row of the tile for two is as good as the tile for one.
  EXPECT_EQ(tilesOf(1, 4096, 1024).tileColumns, 128);
  EXPECT_EQ(tilesOf(2, 4096, 1024).tileRows, 2);
  EXPECT_EQ(tilesOf(4, 4608, 1024).tileRows, 4);
}

TEST(TileModel, LargeProductsWasteLittle) {
  for (int64_t m : {1000, 1024, 2048})
    for (int64_t n : {784, 1000, 1024, 4096}) {
      // The multiply-adds of steps of k, loads beside them, and calls.
      TileProblem all = problem(m, n, 512);
      all.packA = all.packB = 0;
      double time = double(timeOf(all, tilesOf(m, n, 512), kCandidates));
      EXPECT_LT(time / double(m * n * 512), 1.09) << m << "x" << n;
    }
}

TEST(TileModel, EdgesTakeTheTimeOfTheirRowsAndVectors) {
  auto time = [](int64_t m, int64_t n) {
    TileProblem edge = problem(m, n, 512);
    edge.packA = edge.packB = 0;
    return double(timeOf(edge, tilesOf(m, n, 512), kCandidates));
  };
  EXPECT_LT(time(801, 480), 1.01 * time(800, 480));
  EXPECT_LT(time(800, 481), 1.04 * time(800, 480));
  EXPECT_GT(time(804, 480), 1.004 * time(800, 480));
}

TEST(TileModel, WithoutEdgesWholeTilesAreComputed) {
  // 25 rows are a row more than two tiles of 12, or than three of 8; whole
  // tiles have 36 rows, or 32.
  const std::vector<TileCandidate> two = {{8, 48}, {12, 48}};
  EXPECT_EQ(dlcc::chooseRegisterTile(25, 480, 16, two, true), 1);
  EXPECT_EQ(dlcc::chooseRegisterTile(25, 480, 16, two, false), 0);
}

TEST(TileModel, BlocksAreMultiplesOfTheirParts) {
  for (int64_t m : {1, 3, 64, 1000})
    for (int64_t n : {1, 10, 300, 4096})
      for (int64_t k : {1, 100, 513, 5000}) {
        ContractionTiles tiles = tilesOf(m, n, k);
        EXPECT_EQ(tiles.taskRows % tiles.tileRows, 0);
        EXPECT_EQ(tiles.taskColumns % tiles.tileColumns, 0);
        EXPECT_EQ(tiles.groupRows % tiles.tileRows, 0);
        EXPECT_LE(tiles.groupRows, tiles.taskRows);
        EXPECT_GE(tiles.depth * tiles.depthBlocks(k), k);
        EXPECT_LT(tiles.depth * (tiles.depthBlocks(k) - 1), k);
        EXPECT_LT(tiles.taskRows * (tiles.rowTasks(m) - 1), m);
        EXPECT_LT(tiles.taskColumns * (tiles.columnTasks(n) - 1), n);
      }
}

TEST(TileModel, PanelsFitTheirCaches) {
  TileProblem large = problem(4096, 4096, 4096);
  ContractionTiles tiles = tilesOf(large);
  EXPECT_LE(tiles.tileRows * tiles.depth * large.bytes, large.l1Bytes / 2);
  EXPECT_LE(tiles.taskColumns * tiles.depth * large.bytes, large.l2Bytes / 2);
}

TEST(TileModel, TasksOfOneRowAreNotHalved) {
  // Nothing to pack, and a tile of one row.
  TileProblem narrow = problem(8, 5, 4551);
  narrow.packA = narrow.packB = 0;
  narrow.streamsB = true;
  const std::vector<TileCandidate> row = {{1, 128}};
  ContractionTiles tiles = chooseTiles(row, [&](int64_t) { return narrow; });
  EXPECT_GE(tiles.taskRows, 1);
}

TEST(TileModel, StreamedColumnsComeByOnce) {
  TileProblem few = problem(64, 2048, 8192);
  few.streamsB = true;
  ContractionTiles tiles = tilesOf(few);
  EXPECT_EQ(tiles.rowTasks(64), 1);
  EXPECT_EQ(tiles.groupRows, tiles.taskRows);
  // All rows of A, and the sums, wait in the second level.
  EXPECT_GT(tiles.depth, tilesOf(64, 2048, 8192).depth);
  EXPECT_LE(tiles.depth, dlcc::streamedDepth(few));
  EXPECT_LE(64 * tiles.taskColumns * few.bytes, few.l2Bytes / 8);
}

TEST(TileModel, AddressesOfRowsTakeRegisters) {
  TileProblem listed = problem(1200, 64, 512);
  ASSERT_EQ(tilesOf(listed).tileRows, 12);
  listed.listsRows = true;
  EXPECT_EQ(tilesOf(listed).tileRows, 8);
}

TEST(TileModel, TilesThatMakeAnOddTaskAreLeft) {
  // 11 tasks of 96 columns would keep one of two threads waiting.
  TileProblem step = problem(256, 1024, 256);
  step.streamsB = true;
  EXPECT_EQ(tilesOf(step).columnTasks(1024) % 2, 0);
}

TEST(TileModel, TasksAreNarrowerWhereTwoThreadsThenEndTogether) {
  // 288 columns a task would be six tasks, the last one of 83.
  TileProblem row = problem(4, 1523, 445);
  row.packA = 0;
  ContractionTiles tiles = tilesOf(row);
  EXPECT_EQ(tiles.tileColumns, 96);
  EXPECT_LT(tiles.taskColumns, 288);
}

TEST(TileModel, PiecesOfBThatComeOnceAreWide) {
  TileProblem once = problem(4, 3190, 171);
  once.readsBOnce = true;
  EXPECT_EQ(tilesOf(once).tileColumns, 96);
}

TEST(TileModel, TurnedResultsFillVectors) {
  // Eleven rows in three tiles of four would be turned three times.
  TileProblem turned = problem(11, 2019, 85);
  turned.finishesRows = true;
  turned.finish = 160;
  EXPECT_EQ(tilesOf(turned).rowTasks(11), 1);
  EXPECT_GE(tilesOf(turned).tileRows, 11);
}

TEST(TileModel, LargeProductsHaveTasksForManyThreads) {
  ContractionTiles tiles = tilesOf(1024, 1024, 1024);
  EXPECT_GE(tiles.rowTasks(1024) * tiles.columnTasks(1024), 16);
}

TEST(TileModel, DearOperandsAreNotPackedOverAndOver) {
  // Deep and narrow, as the gradients of a convolution's weights are.
  TileProblem deep = problem(32, 800, 200000);
  ContractionTiles cheap = tilesOf(deep);
  deep.packA = 18;
  ContractionTiles dear = tilesOf(deep);
  EXPECT_GT(dear.taskColumns, cheap.taskColumns);
  // A task multiplies for much longer than it packs its rows of A.
  EXPECT_GE(dear.taskColumns / deep.lanes, 8 * deep.packA / 16);
}

TEST(TileModel, TasksAreHalvedAlongTheSideThatIsCheaperToPackAgain) {
  // The gradient of a recurrent layer's weights: A comes from memory, B from
  // the third cache level.
  TileProblem gradient = problem(1024, 256, 256);
  gradient.packA = 10;
  gradient.packB = 6;
  ContractionTiles tiles = tilesOf(gradient);
  EXPECT_EQ(tiles.taskRows, 132);
  EXPECT_EQ(tiles.taskColumns, 128);
  gradient.packA = 18;
  EXPECT_EQ(tilesOf(gradient).taskColumns, 256);
}

TEST(TileModel, RoundingToTilesMakesNoTaskMore) {
  // 16 tasks of 43 tiles of 12 rows; of 42 tiles they would be 17, and two
  // threads would wait for the last one.
  ContractionTiles tiles = tilesOf(8192, 256, 10000);
  EXPECT_EQ(tiles.tileRows, 12);
  EXPECT_EQ(tiles.rowTasks(8192), 16);
}

TEST(TileModel, SmallProductsAreOneTask) {
  ContractionTiles tiles = tilesOf(64, 10, 100);
  EXPECT_EQ(tiles.rowTasks(64) * tiles.columnTasks(10), 1);
}

/// AMX.
const dlcc::MatrixUnit kUnit = {"unit", 16, 16, 16, 512, 768, 6400, 128};

TileProblem pairs(int64_t m, int64_t n, int64_t k) {
  return {m, n, k, 1, 4, 16, 48 << 10, 2 << 20, 20, 20};
}

TEST(UnitTileModel, BlocksAreMultiplesOfTheirParts) {
  for (int64_t m : {1, 3, 16, 64, 1000, 5000})
    for (int64_t n : {1, 10, 300, 4096})
      for (int64_t k : {1, 50, 257, 2500}) {
        ContractionTiles tiles = chooseTiles(pairs(m, n, k), kUnit);
        EXPECT_EQ(tiles.tileRows % tiles.panelRows, 0);
        EXPECT_EQ(tiles.taskRows % tiles.tileRows, 0);
        EXPECT_EQ(tiles.groupRows % tiles.tileRows, 0);
        EXPECT_EQ(tiles.tileColumns % tiles.panelColumns, 0);
        EXPECT_EQ(tiles.taskColumns % tiles.panelColumns, 0);
        EXPECT_LE(tiles.tileColumns, tiles.taskColumns);
        // Sums depend on where tiles of k begin.
        EXPECT_EQ(tiles.depth % kUnit.depth, 0);
        EXPECT_GE(tiles.depth * tiles.depthBlocks(k), k);
        EXPECT_LT(tiles.taskRows * (tiles.rowTasks(m) - 1), m);
        EXPECT_LT(tiles.taskColumns * (tiles.columnTasks(n) - 1), n);
      }
}

TEST(UnitTileModel, PanelsAndSumsFitTheirCaches) {
  TileProblem large = pairs(4096, 4096, 2048);
  ContractionTiles tiles = chooseTiles(large, kUnit);
  EXPECT_LE((tiles.tileRows + tiles.panelColumns) * tiles.depth * large.bytes,
            large.l1Bytes);
  EXPECT_LE(tiles.taskRows * tiles.taskColumns * large.bytes,
            large.l2Bytes / 2);
  // Operands are packed anew for each task, so its block is large.
  EXPECT_GE(tiles.taskRows, 256);
  EXPECT_GE(tiles.taskColumns, 256);
}

TEST(UnitTileModel, FewRowsAndFewColumnsWasteNoTiles) {
  EXPECT_EQ(chooseTiles(pairs(16, 512, 512), kUnit).tileRows, 16);
  EXPECT_EQ(chooseTiles(pairs(512, 10, 512), kUnit).panelColumns, 16);
  EXPECT_EQ(chooseTiles(pairs(512, 512, 512), kUnit).tileRows, 32);
}

TEST(UnitTileModel, OnlySmallProductsAreFasterOnVectors) {
  auto isFaster = [](int64_t m, int64_t n, int64_t k) {
    TileProblem problem = pairs(m, n, k);
    return timeOf(problem, chooseTiles(problem, kUnit), kUnit) <
           timeOf(problem, tilesOf(problem), kCandidates);
  };
  EXPECT_TRUE(isFaster(1024, 1024, 512));
  EXPECT_TRUE(isFaster(64, 10, 500));
  EXPECT_TRUE(isFaster(16, 1024, 512));
  EXPECT_FALSE(isFaster(1, 4096, 512));
  EXPECT_FALSE(isFaster(8, 8, 4));
}

TEST(TileModel, TrialsBeginWithTheModelAndCanBeComputed) {
  for (int64_t m : {1, 3, 64, 1000})
    for (int64_t n : {1, 10, 300, 4096})
      for (int64_t k : {1, 100, 513, 5000}) {
        std::vector<ContractionTiles> trials =
            listTrials(problem(m, n, k), kCandidates, tilesOf(m, n, k));
        EXPECT_EQ(trials.front(), tilesOf(m, n, k));
        EXPECT_LE(trials.size(), dlcc::kMostTrials);
        for (ContractionTiles &tiles : trials) {
          ContractionTiles listed = tiles;
          EXPECT_EQ(checkTiles(problem(m, n, k), kCandidates, tiles), "");
          EXPECT_EQ(tiles, listed);
          EXPECT_EQ(std::count(trials.begin(), trials.end(), tiles), 1);
        }
      }
}

TEST(TileModel, TrialsVaryEverything) {
  std::vector<ContractionTiles> trials = listTrials(
      problem(1024, 2048, 784), kCandidates, tilesOf(1024, 2048, 784));
  const ContractionTiles &model = trials.front();
  auto differs = [&](auto member) {
    return std::any_of(trials.begin(), trials.end(),
                       [&](const ContractionTiles &tiles) {
                         return tiles.*member != model.*member;
                       });
  };
  EXPECT_TRUE(differs(&ContractionTiles::tileRows));
  EXPECT_TRUE(differs(&ContractionTiles::depth));
  EXPECT_TRUE(differs(&ContractionTiles::taskRows));
  EXPECT_TRUE(differs(&ContractionTiles::taskColumns));
  EXPECT_TRUE(differs(&ContractionTiles::groupRows));
}

TEST(TileModel, TrialsLeaveNoThreadWithoutTasks) {
  for (const ContractionTiles &tiles : listTrials(
           problem(1024, 2048, 784), kCandidates, tilesOf(1024, 2048, 784)))
    EXPECT_GE(tiles.rowTasks(1024) * tiles.columnTasks(2048), 16);
}

TEST(TileModel, TilesThatDoNotFitAreRefused) {
  ContractionTiles good = tilesOf(1024, 2048, 784);
  auto check = [](ContractionTiles tiles) {
    return checkTiles(problem(1024, 2048, 784), kCandidates, tiles);
  };
  EXPECT_EQ(check(good), "");
  auto refuses = [&](int64_t ContractionTiles::*member, int64_t value,
                     const std::string &why) {
    ContractionTiles tiles = good;
    tiles.*member = value;
    EXPECT_NE(check(tiles).find(why), std::string::npos) << check(tiles);
  };
  refuses(&ContractionTiles::tileRows, 7, "no register tile of 7 rows");
  refuses(&ContractionTiles::depth, 100, "depth of 100 is no multiple of 16");
  refuses(&ContractionTiles::depth, 0, "no multiple");
  refuses(&ContractionTiles::depth, 800, "more than there is, 784");
  refuses(&ContractionTiles::taskRows, good.tileRows + 1, "no multiple");
  refuses(&ContractionTiles::taskRows, 1024 * good.tileRows, "more than");
  refuses(&ContractionTiles::taskColumns, -good.tileColumns, "no multiple");
  refuses(&ContractionTiles::groupRows, good.taskRows + good.tileRows,
          "more than");
}

} // namespace
