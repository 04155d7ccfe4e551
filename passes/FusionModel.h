//===- FusionModel.h - which ops become one kernel --------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rules of fusion, on a graph of nodes that knows no op classes.
//
// A node runs over a loop space: the dims of its result or, for a reduction,
// of its operand. A group of nodes is a kernel: it runs over a parallel space
// of its own, and each node says for each of its loop dims which parallel dim
// that is, or that the dim lies inside (a loop of each parallel point). A
// softmax over the columns of (m, n) is parallel over m with n inside; a column
// sum of (m, n) is parallel over n with m inside; a chain of elementwise nodes
// is parallel over all of its dims, and takes the parallel space of the
// reduction that it joins.
//
// A group has at most kMostNodes nodes: what emits a kernel's code recurses
// over them, no machine has registers for more, and the time to compile a
// kernel grows faster than its size.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_FUSIONMODEL_H
#define DLCC_PASSES_FUSIONMODEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <vector>

namespace dlcc {

enum class FusionKind {
  Elementwise, ///< one result element from elements at the same point
  Reduction,   ///< combines its loop space along some axes
  Contraction, ///< a sum of products; starts a kernel, never joins another
  Barrier      ///< stays alone (an alias, which is no kernel at all)
};

/// Of a group. No model of the zoo makes one half as large.
inline constexpr unsigned kMostNodes = 256;

/// A dimension: its extent, and how many indices of it a row takes.
struct Extent {
  int64_t size = 1;
  int64_t rows = 0;
  bool operator==(const Extent &) const = default;
};

/// How a consumer's loop space reads a producer's result.
struct FusionEdge {
  int producer = 0;
  int consumer = 0;
  /// Dim i of the result is loop dim axes[i] of the consumer.
  llvm::SmallVector<int, 4> axes;
  /// Not at one point for each point (the operand of a contraction, of a
  /// slice): both never stand in one group.
  bool opaque = false;
  /// No value flows: the producer must merely run no later, since it reads at
  /// the same point a variable that the consumer overwrites.
  bool orderOnly = false;
};

struct FusionNode {
  FusionKind kind = FusionKind::Elementwise;
  llvm::SmallVector<Extent, 4> space;
  llvm::SmallVector<int, 4> reducedAxes; ///< of the loop space, ascending
  /// Its result is needed outside of all kernels (returned, written).
  bool escapes = false;
  /// Not needed in every call; never in one group with what is.
  bool guarded = false;
};

/// Nodes in program order: edges lead from lower to higher numbers.
struct FusionGraph {
  std::vector<FusionNode> nodes;
  std::vector<FusionEdge> edges;
};

struct FusionGroup {
  llvm::SmallVector<int> nodes; ///< ascending
  /// The parallel dims that loop dim d of nodes[i] is: place[i][d], -1 inside.
  std::vector<llvm::SmallVector<int, 4>> places;
  int parallelDims = 0;
};

/// Partitions the nodes into groups, in an order in which they can run.
std::vector<FusionGroup> planFusion(const FusionGraph &graph);

} // namespace dlcc

#endif // DLCC_PASSES_FUSIONMODEL_H
