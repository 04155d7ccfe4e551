//===- FusionModel.cpp - which ops become one kernel ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every node starts as a group of its own; groups are merged along edges as
// long as they have one parallel space and no path leads from one to the other
// through a third. The order of the merges is the policy:
//
//  1. epilogues: what follows a contraction at the same points, unless that
//     only makes one more tensor to store; then what such an epilogue alone
//     needs (a momentum's old value times its factor).
//  2. row and column groups around reductions.
//  3. elementwise chains, producers with one consumer first, so that what a
//     backward kernel recomputes cheaply is not stored by a forward one.
//  4. scalars, whether connected or not.
//
//===----------------------------------------------------------------------===//

#include "passes/FusionModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <optional>
#include <queue>

using namespace dlcc;
using llvm::ArrayRef;
using llvm::SmallVector;

using Places = SmallVector<int, 4>;
using NodeSet = llvm::SmallSetVector<int, 16>;

namespace {

class Planner {
public:
  explicit Planner(const FusionGraph &graph);
  std::vector<FusionGroup> run();

private:
  struct Group {
    SmallVector<int> nodes;
    SmallVector<Extent, 4> parallel;
    bool hasReduction = false, hasContraction = false, isBarrier = false;
    bool guarded = false;
    /// Elementwise nodes over one space: takes any parallel space it is given.
    bool isFlexible() const {
      return !hasReduction && !hasContraction && !isBarrier;
    }
  };

  const FusionNode &node(int n) const { return graph.nodes[n]; }
  int groupOf(int n) const { return owner[n]; }
  ArrayRef<Extent> flexibleSpace(const Group &group) const {
    return node(group.nodes.front()).space;
  }

  /// Where the dims of a node's result lie.
  Places resultPlaces(int n) const;
  /// Where the dims of the edge's value must lie for its consumer.
  Places wantedPlaces(const FusionEdge &edge) const;

  bool reaches(int from, int to, bool skipDirect) const;
  bool haveIndirectPath(int a, int b) const {
    return reaches(a, b, true) || reaches(b, a, true);
  }
  SmallVector<const FusionEdge *> edgesBetween(int a, int b) const;

  bool fitFlexible(int flexible, int other, Places &places) const;
  bool agreeOnEdges(int a, int b) const;
  /// Whether both can be one kernel; `places` is what a flexible group takes.
  bool canMerge(int a, int b, std::optional<Places> &places) const;
  bool merge(int a, int b);

  /// The only group that uses values of group `g` and lets them lie inside a
  /// kernel; -1 where there are several, or a value escapes.
  int onlyUser(int g) const;
  bool isNeededAsTensor(int n) const;
  int countOutputs(const NodeSet &members) const;
  bool canFollow(int g, const NodeSet &members) const;
  bool growEpilogue(int g);
  bool pullProducers(int g);
  bool isWelcome(int consumer, int producer) const;

  void fuseEpilogues();
  void fuseReductions();
  void fuseChains();
  void fuseScalars();
  std::vector<FusionGroup> sortGroups() const;

  const FusionGraph &graph;
  std::vector<SmallVector<const FusionEdge *>> in, out;
  std::vector<int> owner; ///< the group of each node
  std::vector<Group> groups;
  std::vector<Places> places; ///< of each node's loop dims
};

} // namespace

Planner::Planner(const FusionGraph &graph)
    : graph(graph), in(graph.nodes.size()), out(graph.nodes.size()),
      owner(graph.nodes.size()), groups(graph.nodes.size()),
      places(graph.nodes.size()) {
  for (const FusionEdge &edge : graph.edges) {
    assert(edge.producer < edge.consumer && "nodes stand in program order");
    in[edge.consumer].push_back(&edge);
    out[edge.producer].push_back(&edge);
  }
  for (int n = 0, e = graph.nodes.size(); n < e; ++n) {
    owner[n] = n;
    Group &group = groups[n];
    group.nodes = {n};
    group.hasReduction = node(n).kind == FusionKind::Reduction;
    group.hasContraction = node(n).kind == FusionKind::Contraction;
    group.isBarrier = node(n).kind == FusionKind::Barrier;
    group.guarded = node(n).guarded;
    for (auto [d, extent] : llvm::enumerate(node(n).space)) {
      if (llvm::is_contained(node(n).reducedAxes, int(d))) {
        places[n].push_back(-1);
        continue;
      }
      places[n].push_back(group.parallel.size());
      group.parallel.push_back(extent);
    }
  }
}

Places Planner::resultPlaces(int n) const {
  Places result;
  for (auto [d, place] : llvm::enumerate(places[n]))
    if (!llvm::is_contained(node(n).reducedAxes, int(d)))
      result.push_back(place);
  return result;
}

Places Planner::wantedPlaces(const FusionEdge &edge) const {
  Places wanted;
  for (int axis : edge.axes)
    wanted.push_back(places[edge.consumer][axis]);
  return wanted;
}

/// Whether a path leads from group `from` to group `to`; with `skipDirect`
/// only paths through a third group count.
bool Planner::reaches(int from, int to, bool skipDirect) const {
  std::vector<bool> seen(groups.size());
  SmallVector<int> work{from};
  seen[from] = true;
  while (!work.empty()) {
    int g = work.pop_back_val();
    for (int n : groups[g].nodes)
      for (const FusionEdge *edge : out[n]) {
        int next = groupOf(edge->consumer);
        if (next == to && !(skipDirect && g == from))
          return true;
        if (next == to || seen[next])
          continue;
        seen[next] = true;
        work.push_back(next);
      }
  }
  return false;
}

SmallVector<const FusionEdge *> Planner::edgesBetween(int a, int b) const {
  SmallVector<const FusionEdge *> found;
  for (auto [from, to] : {std::pair(a, b), std::pair(b, a)})
    for (int n : groups[from].nodes)
      for (const FusionEdge *edge : out[n])
        if (groupOf(edge->consumer) == to)
          found.push_back(edge);
  return found;
}

/// Where the dims of the flexible group's space would lie in the other's
/// parallel space. Fails where edges disagree or a parallel dim is missing.
bool Planner::fitFlexible(int flexible, int other, Places &result) const {
  ArrayRef<Extent> space = flexibleSpace(groups[flexible]);
  std::optional<Places> found;
  for (const FusionEdge *edge : edgesBetween(flexible, other)) {
    if (edge->orderOnly)
      continue;
    Places candidate(space.size(), -1);
    if (groupOf(edge->producer) == flexible) {
      candidate = wantedPlaces(*edge);
    } else {
      for (auto [i, place] : llvm::enumerate(resultPlaces(edge->producer)))
        candidate[edge->axes[i]] = place;
    }
    if (found && *found != candidate)
      return false;
    found = candidate;
  }
  if (!found)
    return false;
  ArrayRef<Extent> parallel = groups[other].parallel;
  SmallVector<int> seen(parallel.size(), 0);
  for (auto [d, place] : llvm::enumerate(*found)) {
    if (place < 0)
      continue;
    if (space[d] != parallel[place])
      return false;
    ++seen[place];
  }
  result = *found;
  return llvm::all_of(seen, [](int count) { return count == 1; });
}

bool Planner::agreeOnEdges(int a, int b) const {
  return llvm::all_of(edgesBetween(a, b), [&](const FusionEdge *edge) {
    return edge->orderOnly ||
           wantedPlaces(*edge) == resultPlaces(edge->producer);
  });
}

bool Planner::canMerge(int a, int b, std::optional<Places> &newPlaces) const {
  const Group &left = groups[a], &right = groups[b];
  if (a == b || left.isBarrier || right.isBarrier ||
      left.guarded != right.guarded ||
      left.nodes.size() + right.nodes.size() > kMostNodes)
    return false;
  if ((left.hasContraction || left.hasReduction) &&
      (right.hasContraction || right.hasReduction) &&
      (left.hasContraction || right.hasContraction))
    return false;
  if (llvm::any_of(edgesBetween(a, b),
                   [](const FusionEdge *edge) { return edge->opaque; }))
    return false;

  if (left.isFlexible() != right.isFlexible() &&
      (left.hasReduction || right.hasReduction)) {
    Places found;
    bool fits =
        left.isFlexible() ? fitFlexible(a, b, found) : fitFlexible(b, a, found);
    if (!fits)
      return false;
    newPlaces = found;
  } else if (left.parallel != right.parallel || !agreeOnEdges(a, b)) {
    return false;
  }
  return !haveIndirectPath(a, b);
}

bool Planner::merge(int a, int b) {
  std::optional<Places> newPlaces;
  if (!canMerge(a, b, newPlaces))
    return false;
  if (groups[a].isFlexible())
    std::swap(a, b);
  Group &into = groups[a], &from = groups[b];
  for (int n : from.nodes) {
    owner[n] = a;
    if (newPlaces)
      places[n] = *newPlaces;
  }
  into.nodes.append(from.nodes);
  llvm::sort(into.nodes);
  into.hasReduction |= from.hasReduction;
  into.hasContraction |= from.hasContraction;
  from.nodes.clear();
  return true;
}

int Planner::onlyUser(int g) const {
  int user = -1;
  for (int n : groups[g].nodes) {
    if (node(n).escapes)
      return -1;
    for (const FusionEdge *edge : out[n]) {
      int consumer = groupOf(edge->consumer);
      if (edge->orderOnly || consumer == g)
        continue;
      if (edge->opaque || (user >= 0 && user != consumer))
        return -1;
      user = consumer;
    }
  }
  return user;
}

/// Whether the result has to lie in memory whatever is fused.
bool Planner::isNeededAsTensor(int n) const {
  return node(n).escapes || llvm::any_of(out[n], [](const FusionEdge *edge) {
           return edge->opaque && !edge->orderOnly;
         });
}

/// How many results a kernel of these nodes has.
int Planner::countOutputs(const NodeSet &members) const {
  return llvm::count_if(members, [&](int n) {
    return node(n).escapes || llvm::any_of(out[n], [&](const FusionEdge *e) {
             return !e->orderOnly && !members.contains(e->consumer);
           });
  });
}

/// Whether the nodes, which lie behind group `g`, can all become part of it:
/// they run over its space, and nothing outside them leads from it to them.
bool Planner::canFollow(int g, const NodeSet &members) const {
  return llvm::all_of(members, [&](int n) {
    return node(n).space == groups[g].parallel &&
           llvm::all_of(in[n], [&](const FusionEdge *edge) {
             int producer = groupOf(edge->producer);
             if (producer == g || members.contains(edge->producer))
               return !edge->opaque;
             return !reaches(g, producer, false);
           });
  });
}

/// Adds to a contraction one node that follows it, with all that lies between,
/// where that stores no further tensor or the node's result is stored anyway.
bool Planner::growEpilogue(int g) {
  // The nodes that follow at the same points, through nothing but such nodes.
  std::vector<bool> follows(graph.nodes.size());
  for (int n : groups[g].nodes)
    follows[n] = true;
  int first = groups[g].nodes.front();
  for (int n = first + 1, e = graph.nodes.size(); n < e; ++n) {
    if (follows[n] || groups[groupOf(n)].nodes.size() != 1 ||
        !groups[groupOf(n)].isFlexible())
      continue;
    follows[n] = llvm::any_of(in[n], [&](const FusionEdge *edge) {
      return follows[edge->producer] && !edge->orderOnly;
    });
    if (!follows[n])
      continue;

    // n, and the nodes between the group and n.
    NodeSet closure;
    closure.insert(n);
    unsigned most =
        kMostNodes - std::min<size_t>(groups[g].nodes.size(), kMostNodes);
    for (unsigned i = 0; i < closure.size() && closure.size() <= most; ++i)
      for (const FusionEdge *edge : in[closure[i]])
        if (follows[edge->producer] && groupOf(edge->producer) != g)
          closure.insert(edge->producer);
    if (closure.size() > most || !canFollow(g, closure))
      continue;
    NodeSet together(groups[g].nodes.begin(), groups[g].nodes.end());
    int before = countOutputs(together);
    together.insert_range(closure);
    if (countOutputs(together) > before && !isNeededAsTensor(n))
      continue;
    bool merged = false;
    SmallVector<int> members = closure.takeVector();
    llvm::sort(members);
    for (int member : members)
      merged |= merge(g, groupOf(member));
    if (merged)
      return true;
  }
  return false;
}

/// Takes in elementwise producers that only this group uses.
bool Planner::pullProducers(int g) {
  SmallVector<int> nodes(groups[g].nodes);
  for (int n : llvm::reverse(nodes))
    for (const FusionEdge *edge : in[n]) {
      int producer = groupOf(edge->producer);
      if (producer != g && groups[producer].isFlexible() &&
          onlyUser(producer) == g && merge(g, producer))
        return true;
    }
  return false;
}

void Planner::fuseEpilogues() {
  for (int n = 0, e = graph.nodes.size(); n < e; ++n) {
    if (node(n).kind != FusionKind::Contraction)
      continue;
    while (growEpilogue(groupOf(n)) || pullProducers(groupOf(n)))
      continue;
  }
}

/// What may join a group with a reduction: a reduction over the same parallel
/// space; an elementwise consumer, as long as parallel work is left for it; a
/// producer, but one that others need as well only where the parallel dims
/// come first in memory, so that rows are walked as they lie.
bool Planner::isWelcome(int consumer, int producer) const {
  const Group &into = groups[consumer], &from = groups[producer];
  if (into.isBarrier || from.isBarrier || into.hasContraction ||
      from.hasContraction || !(into.hasReduction || from.hasReduction))
    return false;
  if (into.hasReduction && from.hasReduction)
    return true;
  if (into.isFlexible())
    return !from.parallel.empty() || flexibleSpace(into).empty();
  if (onlyUser(producer) == consumer)
    return true;
  if (into.parallel.empty())
    return false;
  std::optional<Places> newPlaces;
  return canMerge(consumer, producer, newPlaces) && newPlaces &&
         (newPlaces->empty() || newPlaces->front() == 0);
}

void Planner::fuseReductions() {
  for (bool changed = true; changed;) {
    changed = false;
    for (const FusionEdge &edge : graph.edges) {
      int producer = groupOf(edge.producer), consumer = groupOf(edge.consumer);
      if (producer != consumer && !edge.orderOnly &&
          isWelcome(consumer, producer))
        changed |= merge(consumer, producer);
    }
  }
}

void Planner::fuseChains() {
  for (int n = graph.nodes.size() - 1; n >= 0; --n) {
    int user = groups[groupOf(n)].isFlexible() ? onlyUser(groupOf(n)) : -1;
    if (user >= 0 &&
        (!groups[user].hasReduction || isWelcome(user, groupOf(n))))
      merge(user, groupOf(n));
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const FusionEdge &edge : graph.edges) {
      int producer = groupOf(edge.producer), consumer = groupOf(edge.consumer);
      if (producer != consumer && !edge.orderOnly &&
          !groups[producer].hasReduction && !groups[consumer].hasReduction)
        changed |= merge(consumer, producer);
    }
  }
}

/// Scalar work is all latency: what can run at one time is one kernel.
void Planner::fuseScalars() {
  SmallVector<int> scalars;
  for (int n = 0, e = graph.nodes.size(); n < e; ++n)
    if (groups[n].nodes.size() && groups[n].isFlexible() &&
        flexibleSpace(groups[n]).empty())
      scalars.push_back(n);
  for (unsigned i = 0; i < scalars.size(); ++i)
    for (unsigned j = i + 1; j < scalars.size(); ++j)
      if (groups[scalars[i]].nodes.size() && groups[scalars[j]].nodes.size())
        merge(scalars[i], scalars[j]);
}

/// Groups in an order in which they can run, as near to program order as that
/// allows: of those that can run, the one that starts first in the program.
std::vector<FusionGroup> Planner::sortGroups() const {
  std::vector<int> waiting(groups.size(), 0);
  std::vector<std::vector<int>> successors(groups.size());
  for (const FusionEdge &edge : graph.edges) {
    int from = groupOf(edge.producer), to = groupOf(edge.consumer);
    if (from == to)
      continue;
    successors[from].push_back(to);
    ++waiting[to];
  }
  using Entry = std::pair<int, int>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
  for (int g = 0, e = groups.size(); g < e; ++g)
    if (!groups[g].nodes.empty() && waiting[g] == 0)
      ready.push({groups[g].nodes.front(), g});
  std::vector<FusionGroup> sorted;
  while (!ready.empty()) {
    int g = ready.top().second;
    ready.pop();
    FusionGroup group;
    group.nodes = groups[g].nodes;
    group.parallelDims = groups[g].parallel.size();
    for (int n : group.nodes)
      group.places.push_back(places[n]);
    sorted.push_back(std::move(group));
    for (int next : successors[g])
      if (--waiting[next] == 0)
        ready.push({groups[next].nodes.front(), next});
  }
  return sorted;
}

std::vector<FusionGroup> Planner::run() {
  fuseEpilogues();
  fuseReductions();
  fuseChains();
  fuseScalars();
  return sortGroups();
}

std::vector<FusionGroup> dlcc::planFusion(const FusionGraph &graph) {
  return Planner(graph).run();
}
