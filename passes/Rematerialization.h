//===- Rematerialization.h - what to compute twice to save memory -*- C++ -*-=//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Pure algorithm: knows no MLIR. A program is a list of steps; a schedule is
// the order in which they run, where a step may come again: it computes the
// same values a second time, and who reads them later reads the new ones. The
// memory of the first ones is free in between. Where nobody reads the first
// ones, the step has only moved.
//
// The search is greedy: by bytes and cost, as in Kirisame et al., "Dynamic
// Tensor Rematerialization" (2021), but with the whole program known. What
// lives beyond the target, summed over the schedule, is the excess. Of all
// repetitions, each with what must be repeated for it, the one comes next that
// takes away most excess for the work it adds. The search ends where no excess
// is left or no repetition lowers it; then what has become needless is taken
// back.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_REMATERIALIZATION_H
#define DLCC_PASSES_REMATERIALIZATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <vector>

namespace dlcc {

struct RematerializationStep {
  llvm::SmallVector<int, 4> reads;  ///< values, each once
  llvm::SmallVector<int, 2> writes; ///< values that no other step writes
  /// Pairs of a value read and one written that may lie in its memory.
  llvm::SmallVector<std::pair<int, int>, 2> inPlace;
  int64_t work = 0;         ///< in any unit
  int64_t ownBytes = 0;     ///< that live while it runs
  bool isRepeatable = true; ///< whether it may run twice, or later
  bool isNeeded = false;    ///< once, whoever reads what it writes
  /// Steps behind which it may not run: what it reads is overwritten there.
  llvm::SmallVector<int, 2> barriers;
};

struct RematerializationValue {
  int64_t bytes = 0;
  /// The first time, the value takes none of the memory that counts.
  bool isElsewhere = false;
};

struct RematerializationProgram {
  std::vector<RematerializationValue> values;
  std::vector<RematerializationStep> steps;
};

/// Numbers of steps, in the order in which they run. A read is of what was
/// written last.
using Schedule = std::vector<int>;

/// Every step once.
Schedule makeSchedule(const RematerializationProgram &program);

/// The bytes that live at each place of the schedule. A value lives from where
/// it is written to its last reader, both included, each time anew.
std::vector<int64_t> countLiveBytes(const RematerializationProgram &program,
                                    llvm::ArrayRef<int> schedule);

/// The work of what runs again.
int64_t countRepeatedWork(const RematerializationProgram &program,
                          llvm::ArrayRef<int> schedule);

/// Adds repetitions until at most `target` bytes live anywhere; whether that is
/// reached. Else none is left that helps, or all work would be done twice. The
/// same program, target and schedule to begin with give the same schedule.
bool rematerialize(const RematerializationProgram &program, int64_t target,
                   Schedule &schedule);

} // namespace dlcc

#endif // DLCC_PASSES_REMATERIALIZATION_H
