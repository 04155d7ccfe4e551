//===- ArenaPacker.h - places for buffers in one arena ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Pure algorithm: knows no MLIR. Buffers live from the step that writes them
// first to the step that reads them last; two that live at one step get places
// that do not overlap. Packing largest first at the lowest place that fits
// comes within a few per cent of the largest live set on networks (Pisarchyk
// and Lee, Efficient Memory Management for Deep Neural Net Inference, 2020,
// call it greedy by size). Where that leaves gaps, the buffer that ends highest
// comes first the next time, a number of times, and the best plan is taken.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_ARENAPACKER_H
#define DLCC_PASSES_ARENAPACKER_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace dlcc {

/// A buffer that lives from step `first` to step `last`, both included.
struct ArenaBuffer {
  int64_t bytes = 0;
  int64_t first = 0;
  int64_t last = 0;

  bool livesWith(const ArenaBuffer &other) const {
    return first <= other.last && other.first <= last;
  }
};

struct ArenaPlan {
  std::vector<int64_t> offsets; ///< of each buffer, in the order given
  int64_t bytes = 0;            ///< of the arena, a multiple of the alignment
};

/// Gives every buffer a place at a multiple of `alignment`. The same buffers
/// give the same plan.
ArenaPlan packArena(llvm::ArrayRef<ArenaBuffer> buffers, int64_t alignment);

/// The bytes that live at the fullest step, each buffer rounded up to
/// `alignment`: no plan can take less.
int64_t largestLiveSet(llvm::ArrayRef<ArenaBuffer> buffers, int64_t alignment);

} // namespace dlcc

#endif // DLCC_PASSES_ARENAPACKER_H
