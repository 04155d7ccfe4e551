//===- Paths.cpp - the names of parameters --------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Paths.h"

using namespace dlcc::dlm;

static std::string numbered(const std::string &name,
                            std::map<std::string, unsigned> &counts) {
  unsigned number = counts[name]++;
  return number ? name + "_" + std::to_string(number) : name;
}

static std::string joined(const std::string &path, const std::string &name) {
  return path.empty() ? name : path + "." + name;
}

const std::string &PathNode::path() {
  if (!parent || assigned)
    return assignedPath;
  assigned = true;
  const std::string &above = parent->path();
  assignedPath =
      joined(above, fixed ? candidate : numbered(candidate, parent->counts));
  return assignedPath;
}

const std::string &PathNode::randomPath() {
  if (!parent || randomAssigned)
    return assignedRandomPath;
  randomAssigned = true;
  const std::string &above = parent->randomPath();
  assignedRandomPath = joined(
      above, fixed ? candidate : numbered(candidate, parent->randomCounts));
  return assignedRandomPath;
}

std::string PathNode::claim(const std::string &name) {
  const std::string &above = path();
  return joined(above, numbered(name, counts));
}

std::string PathNode::claimRandom(const std::string &name) {
  const std::string &above = randomPath();
  return joined(above, numbered(name, randomCounts));
}

void PathNode::beginSharedCall() { counts.clear(); }

std::string PathNode::describe() const {
  if (!parent || assigned)
    return assignedPath;
  return joined(parent->describe(), candidate);
}

uint64_t dlcc::dlm::hashPath(const std::string &path) {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char c : path)
    hash = (hash ^ c) * 0x100000001b3;
  return hash;
}

/// Backtracks to the last star only, which suffices, so the time is at most
/// the product of the lengths.
bool dlcc::dlm::matches(const std::string &pattern, const std::string &text) {
  size_t p = 0, t = 0, star = std::string::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t]) &&
        pattern[p] != '*') {
      ++p, ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (star != std::string::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}
