//===- Stopwatch.h - how long a phase takes ---------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_STOPWATCH_H
#define DLCC_TOOLS_STOPWATCH_H

#include "dlcc/compiler.h"
#include "llvm/ADT/StringRef.h"

#include <chrono>

namespace dlcc {

/// Adds the time from its making to its end to a list.
class Stopwatch {
public:
  Stopwatch(llvm::StringRef phase, std::vector<PhaseTime> &times)
      : phase(phase), times(times), start(Clock::now()) {}
  ~Stopwatch() {
    std::chrono::duration<double> seconds = Clock::now() - start;
    times.push_back({phase.str(), seconds.count()});
  }
  Stopwatch(const Stopwatch &) = delete;
  Stopwatch &operator=(const Stopwatch &) = delete;

private:
  using Clock = std::chrono::steady_clock;
  llvm::StringRef phase;
  std::vector<PhaseTime> &times;
  Clock::time_point start;
};

} // namespace dlcc

#endif // DLCC_TOOLS_STOPWATCH_H
