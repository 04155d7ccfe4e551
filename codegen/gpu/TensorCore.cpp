//===- TensorCore.cpp - products by tensor cores --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/TensorCore.h"

using namespace mlir;

namespace dlcc::gpu {

TensorCore::TensorCore(DeviceBuilder &p, const ContractionPlan &plan,
                       Value thread)
    : p(p), plan(plan), warp(p.div(thread, kWarp)), lane(p.rem(thread, kWarp)) {
}

TensorCore::Values TensorCore::zeroSums() {
  return Values(rowBlocks * columnBlocks * 4, p.zero(p->getF32Type()));
}

void TensorCore::forResults(
    ValueRange sums, function_ref<void(Value m, Value n, Value pair)> body) {
  Value firstRow = p.add(warpRow, p.div(lane, 4));
  Value firstColumn = p.add(warpColumn, p.mul(p.rem(lane, 4), 2));
  for (int64_t i = 0; i < rowBlocks; ++i)
    for (int64_t j = 0; j < columnBlocks; ++j)
      for (int64_t half = 0; half < 2; ++half) {
        int64_t number = (i * columnBlocks + j) * 4 + 2 * half;
        body(p.add(firstRow, i * kRows + 8 * half),
             p.add(firstColumn, j * kColumns),
             p.vectorOf({sums[number], sums[number + 1]}));
      }
}

} // namespace dlcc::gpu
