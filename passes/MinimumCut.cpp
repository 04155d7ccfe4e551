//===- MinimumCut.cpp - the least cut of a flow network -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/MinimumCut.h"

#include <algorithm>

using namespace dlcc;

void FlowNetwork::addEdge(int from, int to, int64_t capacity) {
  int back = edges[to].size() + (from == to);
  edges[from].push_back({to, back, capacity});
  edges[to].push_back({from, static_cast<int>(edges[from].size()) - 1, 0});
}

/// Breadth first over what is left; whether the sink is reached.
bool FlowNetwork::findLevels(int source, int sink) {
  level.assign(edges.size(), -1);
  level[source] = 0;
  std::vector<int> work{source};
  for (size_t i = 0; i < work.size(); ++i)
    for (const Edge &edge : edges[work[i]])
      if (edge.capacity > 0 && level[edge.to] < 0) {
        level[edge.to] = level[work[i]] + 1;
        work.push_back(edge.to);
      }
  return level[sink] >= 0;
}

/// Pushes flow along paths that go up a level with each edge until there is no
/// such path. Paths are as long as a model is deep: no recursion.
void FlowNetwork::augment(int source, int sink) {
  std::vector<size_t> next(edges.size(), 0);
  std::vector<Edge *> path;
  auto tail = [&](const Edge *edge) {
    return edges[edge->to][edge->reverse].to;
  };
  while (true) {
    int node = path.empty() ? source : path.back()->to;
    if (node == sink) {
      auto narrowest = [](const Edge *a, const Edge *b) {
        return a->capacity < b->capacity;
      };
      int64_t flow = (*std::ranges::min_element(path, narrowest))->capacity;
      for (Edge *edge : path) {
        edge->capacity -= flow;
        edges[edge->to][edge->reverse].capacity += flow;
      }
      auto full = std::ranges::find(path, 0, &Edge::capacity);
      path.erase(full, path.end());
      continue;
    }
    std::vector<Edge> &leaving = edges[node];
    size_t &at = next[node];
    while (at < leaving.size() && (leaving[at].capacity == 0 ||
                                   level[leaving[at].to] != level[node] + 1))
      ++at;
    if (at < leaving.size()) {
      path.push_back(&leaving[at]);
    } else if (path.empty()) {
      return;
    } else {
      ++next[tail(path.back())];
      path.pop_back();
    }
  }
}

std::vector<bool> FlowNetwork::cut(int source, int sink) {
  while (findLevels(source, sink))
    augment(source, sink);
  // Backwards from the sink over what is left.
  std::vector<bool> side(edges.size(), false);
  side[sink] = true;
  std::vector<int> work{sink};
  for (size_t i = 0; i < work.size(); ++i)
    for (const Edge &edge : edges[work[i]]) {
      const Edge &entering = edges[edge.to][edge.reverse];
      if (entering.capacity > 0 && !side[edge.to]) {
        side[edge.to] = true;
        work.push_back(edge.to);
      }
    }
  return side;
}
