//===- CompiledCases.h - cases of ops, compiled and run ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each case is the body of an entry function over %a, %b, … that makes %r.
// The cases of a test are compiled as one module and run with all rows of the
// batch and with fewer, beside the oracle.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_PASSES_COMPILEDCASES_H
#define DLCC_TESTS_UNIT_PASSES_COMPILEDCASES_H

#include <cstdint>
#include <string>
#include <vector>

namespace dlcc {

inline constexpr int64_t kBatch = 5;

struct Case {
  std::string name;
  std::vector<std::string> inputs; ///< types
  std::string body, result;        ///< ops, and the type of %r
};

/// Expects of every case that both answers agree, but for `slack` times the
/// usual roundings.
void check(const std::vector<Case> &cases, double slack = 1.0);

} // namespace dlcc

#endif // DLCC_TESTS_UNIT_PASSES_COMPILEDCASES_H
