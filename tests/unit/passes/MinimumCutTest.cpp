//===- MinimumCutTest.cpp - the least cut of a flow network ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/MinimumCut.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <random>

namespace dlcc {
namespace {

struct Edge {
  int from, to;
  int64_t capacity;
};

std::vector<bool> cut(int nodes, const std::vector<Edge> &edges) {
  FlowNetwork network(nodes);
  for (const Edge &edge : edges)
    network.addEdge(edge.from, edge.to, edge.capacity);
  return network.cut(0, 1);
}

int64_t getCapacity(const std::vector<bool> &side,
                    const std::vector<Edge> &edges) {
  int64_t sum = 0;
  for (const Edge &edge : edges)
    if (!side[edge.from] && side[edge.to])
      sum += edge.capacity;
  return sum;
}

using Side = std::vector<bool>;

TEST(MinimumCut, LeavesWhatDoesNotReachTheSink) {
  EXPECT_EQ(cut(2, {}), Side({false, true}));
  EXPECT_EQ(cut(3, {{0, 2, 5}}), Side({false, true, false}));
  EXPECT_EQ(cut(3, {{2, 1, 5}}), Side({false, true, true}));
}

TEST(MinimumCut, CutsTheNarrowestEdgeNearestTheSink) {
  EXPECT_EQ(cut(4, {{0, 2, 3}, {2, 3, 1}, {3, 1, 2}}),
            Side({false, true, false, true}));
  EXPECT_EQ(cut(4, {{0, 2, 1}, {2, 3, 1}, {3, 1, 1}}),
            Side({false, true, false, false}));
  EXPECT_EQ(cut(3, {{0, 2, 0}, {2, 1, 0}}), Side({false, true, false}));
}

TEST(MinimumCut, NeverCutsWhatIsUnlimited) {
  constexpr int64_t kUnlimited = FlowNetwork::kUnlimited;
  EXPECT_EQ(cut(4, {{0, 2, kUnlimited}, {2, 3, 1000}, {3, 1, kUnlimited}}),
            Side({false, true, false, true}));
}

// A loop and an edge in both directions.
TEST(MinimumCut, TakesEdgesOfAnyDirection) {
  EXPECT_EQ(cut(3, {{2, 2, 7}, {0, 2, 4}, {2, 0, 9}, {2, 1, 5}, {1, 2, 1}}),
            Side({false, true, true}));
}

TEST(MinimumCut, GoesAsDeepAsANetworkIs) {
  constexpr int kNodes = 200'000;
  std::vector<Edge> edges{{0, 2, 9}};
  for (int n = 2; n + 1 < kNodes; ++n)
    edges.push_back({n, n + 1, n == 1000 ? 1 : 5});
  edges.push_back({kNodes - 1, 1, 9});
  std::vector<bool> side = cut(kNodes, edges);
  EXPECT_EQ(std::ranges::count(side, true), kNodes - 1001 + 1);
}

// Against every partition of small random networks.
TEST(MinimumCut, IsTheLeastOfAllPartitions) {
  std::mt19937 random(1);
  auto draw = [&](int bound) {
    return static_cast<int>(random() % static_cast<unsigned>(bound));
  };
  for (int round = 0; round < 300; ++round) {
    int nodes = 2 + draw(7);
    std::vector<Edge> edges;
    for (int i = 0, count = draw(20); i < count; ++i)
      edges.push_back({draw(nodes), draw(nodes), draw(10)});
    int64_t least = FlowNetwork::kUnlimited;
    int64_t fewest = nodes;
    for (int bits = 0; bits < 1 << (nodes - 2); ++bits) {
      std::vector<bool> side(nodes);
      side[1] = true;
      for (int n = 2; n < nodes; ++n)
        side[n] = bits >> (n - 2) & 1;
      int64_t capacity = getCapacity(side, edges);
      int64_t size = std::ranges::count(side, true);
      if (capacity < least || (capacity == least && size < fewest))
        fewest = size;
      least = std::min(least, capacity);
    }
    std::vector<bool> side = cut(nodes, edges);
    EXPECT_EQ(getCapacity(side, edges), least) << "round " << round;
    EXPECT_EQ(std::ranges::count(side, true), fewest) << "round " << round;
  }
}

} // namespace
} // namespace dlcc
