//===- PointwisePrefetch.cpp - what a pointwise kernel asks for ahead -----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Processors foresee the next lines of a page. Where a kernel goes on in
// another page, it says so itself.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/PointerBuilder.h"
#include "codegen/cpu/PointwiseEmitter.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::cpu;

/// Bytes of a step that processors do not foresee, which look ahead in a page.
static constexpr int64_t kLongStep = 2048;
/// Rows of a matrix that are asked for ahead where its columns are summed.
static constexpr int64_t kRowsAhead = 8;
/// Bytes of a row that is asked for while the one before is computed: shorter
/// ones the processor foresees, longer ones would push it out of the cache.
static constexpr int64_t kShortRow = 4096, kLongRow = 256 << 10;

/// The first pass over a row waits for memory, the second finds it in a cache
/// and has time: it asks for the row of the next point, `first` being where it
/// reads its own.
void PointwiseEmitter::prefetchNextPoint(Value first, Type elementType,
                                         const LinearAccess &access) {
  int64_t bytes = storageBytes(elementType);
  int64_t row = access.stride(plan.parallelDims - 1);
  if (!isSecondPass || plan.parallelLanes > 0 || mask ||
      row * bytes < kShortRow || row * bytes > kLongRow)
    return;
  prefetch(first, row * bytes, lanes * bytes);
}

/// Asks for the vector some rows below the one at `first`, where the innermost
/// loop goes down the rows of a matrix.
void PointwiseEmitter::prefetchDown(Value first, Type elementType,
                                    const LinearAccess &access) {
  int64_t innermost = access.depth() - 1;
  int64_t bytes = storageBytes(elementType);
  int64_t step = access.stride(innermost) * bytes;
  if (plan.parallelLanes == 0 || mask || innermost < plan.parallelDims ||
      step < kLongStep)
    return;
  prefetch(first, kRowsAhead * step, lanes * bytes);
}

/// Asks for so many bytes that begin `ahead` bytes behind `first`.
void PointwiseEmitter::prefetch(Value first, int64_t ahead, int64_t bytes) {
  PointerBuilder p(b, loc);
  for (int64_t at = 0; at < bytes; at += kCacheLine)
    p.prefetch(p.at(first, b.getI8Type(), ahead + at), /*atOnce=*/false);
}
