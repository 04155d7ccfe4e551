//===- Paths.h - the names of parameters ------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_PATHS_H
#define DLCC_FRONTEND_DLM_PATHS_H

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace dlcc::dlm {

/// One call's element in the path of a parameter (`stage_1.conv2d.weight`).
///
/// Whether a call owns parameters is known only when its body makes one, so an
/// element gets its number (`_1`) then, and calls without parameters never
/// take one. Random numbers are numbered apart, for the same reason.
struct PathNode {
  std::shared_ptr<PathNode> parent; ///< null at the model's top level
  std::string candidate;            ///< the function's, layer's or fixed name
  bool fixed = false;               ///< `name = "…"`: never numbered
  bool shared = false; ///< in a layer: parameters of the same name are one

  /// The element's full path, numbered on first use; empty at the top.
  const std::string &path();
  /// The full name of something called `name` in this call.
  std::string claim(const std::string &name);
  /// As `claim`, for the calls that take random numbers.
  std::string claimRandom(const std::string &name);
  /// A layer is called anew: what it makes gets the names of the first call.
  void beginSharedCall();
  /// As `path`, but without numbering what has no number yet; for messages and
  /// names of kernels.
  std::string describe() const;

private:
  const std::string &randomPath();

  bool assigned = false, randomAssigned = false;
  std::string assignedPath, assignedRandomPath;
  std::map<std::string, unsigned> counts, randomCounts;
};

/// FNV-1a, 64 bits: the key of a path's random numbers. Never changes.
uint64_t hashPath(const std::string &path);

/// Whether `*` (any characters) and `?` (one) in `pattern` match all of `text`.
bool matches(const std::string &pattern, const std::string &text);

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_PATHS_H
