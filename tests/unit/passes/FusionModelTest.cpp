//===- FusionModelTest.cpp - which ops become one kernel ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/FusionModel.h"

#include "llvm/ADT/STLExtras.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <random>

using namespace dlcc;
using testing::ElementsAre;

namespace {

/// Builds graphs in a line or two each.
struct Builder {
  FusionGraph graph;

  int add(FusionKind kind, std::vector<int64_t> dims,
          std::vector<int> reduced = {}) {
    FusionNode node;
    node.kind = kind;
    for (int64_t dim : dims)
      node.space.push_back({dim, 0});
    node.reducedAxes.assign(reduced.begin(), reduced.end());
    graph.nodes.push_back(node);
    return graph.nodes.size() - 1;
  }
  int elementwise(std::vector<int64_t> dims) {
    return add(FusionKind::Elementwise, dims);
  }
  int product(std::vector<int64_t> dims) {
    return add(FusionKind::Contraction, dims);
  }
  int reduce(std::vector<int64_t> dims, std::vector<int> axes) {
    return add(FusionKind::Reduction, dims, axes);
  }
  void use(int producer, int consumer, std::vector<int> axes,
           bool opaque = false) {
    FusionEdge edge{producer, consumer, {}, opaque};
    edge.axes.assign(axes.begin(), axes.end());
    graph.edges.push_back(edge);
  }
  void escape(int node) { graph.nodes[node].escapes = true; }

  std::vector<std::vector<int>> plan() const {
    std::vector<std::vector<int>> result;
    for (const FusionGroup &group : planFusion(graph))
      result.emplace_back(group.nodes.begin(), group.nodes.end());
    return result;
  }
};

using Groups = std::vector<std::vector<int>>;

} // namespace

TEST(FusionModel, BiasAndActivationJoinTheProduct) {
  Builder b;
  int product = b.product({8, 4});
  int bias = b.elementwise({8, 4});
  int activation = b.elementwise({8, 4});
  b.use(product, bias, {0, 1});
  b.use(bias, activation, {0, 1});
  b.escape(activation);
  EXPECT_EQ(b.plan(), (Groups{{product, bias, activation}}));
}

TEST(FusionModel, AProductNeverJoinsAProduct) {
  Builder b;
  int first = b.product({8, 4}), second = b.product({8, 4});
  b.use(first, second, {0, 1}, /*opaque=*/true);
  b.escape(second);
  EXPECT_EQ(b.plan(), (Groups{{first}, {second}}));
}

TEST(FusionModel, WhatTheBackwardPassCanAskAgainIsNotStored) {
  // h = f(x W); g = 1 - h; dh = dy W'; d = dh * g: g goes to the second.
  Builder b;
  int forward = b.product({8, 4});
  int next = b.product({8, 4});
  int slope = b.elementwise({8, 4});
  int backward = b.product({8, 4});
  int gradient = b.elementwise({8, 4});
  b.use(forward, next, {0, 1}, true);
  b.use(forward, slope, {0, 1});
  b.use(next, backward, {0, 1}, true);
  b.use(backward, gradient, {0, 1});
  b.use(slope, gradient, {0, 1});
  b.escape(gradient);
  EXPECT_EQ(b.plan(), (Groups{{forward}, {next}, {slope, backward, gradient}}));
}

TEST(FusionModel, WhatAnEpilogueAloneNeedsIsPulledIn) {
  // v' = g + mu * v, w' = w - r * v'.
  Builder b;
  int scaled = b.elementwise({8, 4});
  int gradient = b.product({8, 4});
  int slot = b.elementwise({8, 4}), weight = b.elementwise({8, 4});
  b.use(scaled, slot, {0, 1});
  b.use(gradient, slot, {0, 1});
  b.use(slot, weight, {0, 1});
  b.escape(slot);
  b.escape(weight);
  EXPECT_EQ(b.plan(), (Groups{{scaled, gradient, slot, weight}}));
}

TEST(FusionModel, AnUpdateWaitsForTheNormOfAllGradients) {
  Builder b;
  int gradient = b.product({8, 4});
  int square = b.elementwise({8, 4});
  int norm = b.reduce({8, 4}, {0, 1});
  int update = b.elementwise({8, 4});
  b.use(gradient, square, {0, 1});
  b.use(square, norm, {0, 1});
  b.use(norm, update, {});
  b.use(gradient, update, {0, 1});
  b.escape(update);
  EXPECT_EQ(b.plan(), (Groups{{gradient}, {square, norm}, {update}}));
}

TEST(FusionModel, WhatCanBeLeftOutIsAKernelOfItsOwn) {
  // a' = a + g; w' = c ? w - r a' : w.
  Builder b;
  int gradient = b.product({8, 4});
  int sum = b.elementwise({8, 4});
  int direction = b.elementwise({8, 4}), weight = b.elementwise({8, 4});
  b.use(gradient, sum, {0, 1});
  b.use(sum, direction, {0, 1});
  b.use(direction, weight, {0, 1});
  b.escape(sum);
  b.escape(weight);
  b.graph.nodes[direction].guarded = b.graph.nodes[weight].guarded = true;
  EXPECT_EQ(b.plan(), (Groups{{gradient, sum}, {direction, weight}}));
}

TEST(FusionModel, SoftmaxIsOneKernelOverItsRows) {
  Builder b;
  int maximum = b.reduce({8, 4}, {1});
  int shifted = b.elementwise({8, 4}), power = b.elementwise({8, 4});
  int sum = b.reduce({8, 4}, {1});
  int quotient = b.elementwise({8, 4});
  b.use(maximum, shifted, {0});
  b.use(shifted, power, {0, 1});
  b.use(power, sum, {0, 1});
  b.use(power, quotient, {0, 1});
  b.use(sum, quotient, {0});
  b.escape(quotient);
  std::vector<FusionGroup> groups = planFusion(b.graph);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].parallelDims, 1);
  for (const auto &places : groups[0].places)
    EXPECT_THAT(places, ElementsAre(0, -1));
}

TEST(FusionModel, AColumnSumTakesItsConsumersAndOnlyProducersOfItsOwn) {
  Builder b;
  int shared = b.elementwise({8, 4}), own = b.elementwise({8, 4});
  int product = b.product({4, 4});
  int sum = b.reduce({8, 4}, {0});
  int update = b.elementwise({4});
  b.use(shared, own, {0, 1});
  b.use(shared, product, {0, 1}, true);
  b.use(own, sum, {0, 1});
  b.use(sum, update, {0});
  b.escape(update);
  b.escape(product);
  EXPECT_EQ(b.plan(), (Groups{{shared}, {own, sum, update}, {product}}));
}

TEST(FusionModel, ASumToAScalarTakesNoWideConsumer) {
  Builder b;
  int sum = b.reduce({8}, {0});
  int wide = b.elementwise({8, 4});
  b.use(sum, wide, {});
  b.escape(wide);
  EXPECT_EQ(b.plan(), (Groups{{sum}, {wide}}));
}

TEST(FusionModel, ScalarsAreOneKernel) {
  Builder b;
  int rate = b.elementwise({}), decay = b.elementwise({});
  b.escape(rate);
  b.escape(decay);
  EXPECT_EQ(b.plan(), (Groups{{rate, decay}}));
}

TEST(FusionModel, TheKernelThatOverwritesAVariableRunsAfterItsReaders) {
  // The reader has no data for the writer, but must come first.
  Builder b;
  int reader = b.product({8, 8});
  int writer = b.product({8, 4});
  b.escape(reader);
  b.escape(writer);
  b.graph.edges.push_back({reader, writer, {}, true, true});
  EXPECT_EQ(b.plan(), (Groups{{reader}, {writer}}));
}

TEST(FusionModel, AChainWithoutEndBecomesSeveralKernels) {
  Builder b;
  const int count = 3 * kMostNodes + 1;
  b.elementwise({8});
  for (int n = 1; n < count; ++n) {
    b.elementwise({8});
    b.use(n - 1, n, {0});
  }
  b.escape(count - 1);
  std::vector<FusionGroup> groups = planFusion(b.graph);
  EXPECT_EQ(groups.size(), 4u);
  for (const FusionGroup &group : groups)
    EXPECT_LE(group.nodes.size(), kMostNodes);
}

TEST(FusionModel, GroupsOfRandomGraphsCoverAllNodesInAnOrderThatRuns) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    Builder b;
    int count = 3 + random() % 25;
    for (int n = 0; n < count; ++n) {
      switch (random() % 4) {
      case 0:
        b.product({8, 4});
        break;
      case 1:
        b.reduce({8, 4}, {int(random() % 2)});
        break;
      default:
        b.elementwise({8, 4});
      }
      const FusionNode &node = b.graph.nodes.back();
      for (int i = 0; n > 0 && i < 2; ++i) {
        int producer = random() % n;
        const FusionNode &from = b.graph.nodes[producer];
        bool opaque = node.kind == FusionKind::Contraction;
        if (from.kind == FusionKind::Reduction)
          b.use(producer, n, {1 - from.reducedAxes[0]}, opaque);
        else
          b.use(producer, n, {0, 1}, opaque);
      }
      if (random() % 4 == 0)
        b.escape(n);
    }
    std::vector<int> position(count, -1);
    std::vector<FusionGroup> groups = planFusion(b.graph);
    for (auto [g, group] : llvm::enumerate(groups))
      for (int n : group.nodes) {
        EXPECT_EQ(position[n], -1);
        position[n] = g;
      }
    for (int n = 0; n < count; ++n)
      ASSERT_NE(position[n], -1);
    for (const FusionEdge &edge : b.graph.edges) {
      EXPECT_LE(position[edge.producer], position[edge.consumer]);
      if (edge.opaque)
        EXPECT_NE(position[edge.producer], position[edge.consumer]);
    }
  }
}
