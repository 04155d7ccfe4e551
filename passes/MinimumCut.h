//===- MinimumCut.h - the least cut of a flow network -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The least cut between a source and a sink, by the algorithm of Dinic
// (Soviet Mathematics Doklady 11, 1970).
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_MINIMUMCUT_H
#define DLCC_PASSES_MINIMUMCUT_H

#include <cstdint>
#include <limits>
#include <vector>

namespace dlcc {

/// A directed network with capacities.
class FlowNetwork {
public:
  /// More than any cut: an edge that is never cut.
  static constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max() / 4;

  explicit FlowNetwork(int nodes) : edges(nodes) {}

  void addEdge(int from, int to, int64_t capacity);

  /// Whether each node lies on the sink's side of a least cut; of several the
  /// one with the fewest nodes there. Some edge of every path from source to
  /// sink must be limited. Uses the network up.
  std::vector<bool> cut(int source, int sink);

private:
  struct Edge {
    int to;
    int reverse;      ///< the number of the opposite edge, at `to`
    int64_t capacity; ///< what is left of it
  };

  bool findLevels(int source, int sink);
  void augment(int source, int sink);

  std::vector<std::vector<Edge>> edges; ///< by the node that they leave
  std::vector<int> level;               ///< distance from the source, -1 none
};

} // namespace dlcc

#endif // DLCC_PASSES_MINIMUMCUT_H
