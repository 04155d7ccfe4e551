//===- BrainPairs.cpp - pairs of bf16 in vectors --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The instructions of AVX512-BF16: two vectors of f32 rounded into one of
// bf16, to nearest even, and the product of pairs.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/BrainPairs.h"

#include "codegen/cpu/MemoryAccess.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/bit.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

int64_t lengthOf(Value vector) {
  return cast<VectorType>(vector.getType()).getNumElements();
}

Value bitcast(ImplicitLocOpBuilder &b, Value vector, Type element,
              int64_t count) {
  return vector::BitCastOp::create(b, VectorType::get({count}, element),
                                   vector);
}

Value call(ImplicitLocOpBuilder &b, const Twine &name, Type result,
           ValueRange arguments) {
  auto intrinsic = b.getStringAttr("llvm.x86.avx512bf16." + name);
  return LLVM::CallIntrinsicOp::create(b, result, intrinsic, arguments)
      ->getResult(0);
}

/// The bits of both vectors as bf16, one behind the other. They have 4, 8 or
/// 16 elements.
Value roundBoth(ImplicitLocOpBuilder &b, Value low, Value high) {
  int64_t count = lengthOf(low);
  Value rounded = call(b, "cvtne2ps2bf16." + Twine(32 * count),
                       VectorType::get({2 * count}, b.getBF16Type()),
                       ValueRange{high, low});
  return bitcast(b, rounded, b.getI16Type(), 2 * count);
}

/// `count` elements, of which the first are those of `vector`.
Value widened(ImplicitLocOpBuilder &b, Value vector, int64_t count) {
  SmallVector<int64_t> mask(count, 0);
  for (int64_t i = 0; i < lengthOf(vector); ++i)
    mask[i] = i;
  return vector::ShuffleOp::create(b, vector, vector, mask);
}

/// From a vector of 2 * count halves those with the numbers `at` and
/// `count + at`, for each `at` below `pairs`, as a pair.
Value riffled(ImplicitLocOpBuilder &b, Value halves, int64_t pairs) {
  int64_t count = lengthOf(halves) / 2;
  SmallVector<int64_t> mask;
  for (int64_t at = 0; at < pairs; ++at)
    mask.append({at, count + at});
  Value mixed = vector::ShuffleOp::create(b, halves, halves, mask);
  return bitcast(b, mixed, b.getI32Type(), pairs);
}

/// The pairs of two vectors of i16.
Value pairBits(ImplicitLocOpBuilder &b, Value first, Value second) {
  int64_t count = lengthOf(first);
  SmallVector<int64_t> mask;
  for (int64_t at = 0; at < count; ++at)
    mask.append({count + at, at});
  Value mixed = vector::ShuffleOp::create(b, first, second, mask);
  return bitcast(b, mixed, b.getI32Type(), count);
}

/// Makes pairs of the `width` halves at `row` and those behind them, or zeros.
/// The pairs take their places, so all are read before the first is written.
void pairRow(PointerBuilder &p, Value row, int64_t width, bool hasSecond) {
  Type half = p->getI16Type();
  SmallVector<std::pair<int64_t, Value>> pairs;
  for (int64_t at = 0; at < width;) {
    int64_t count =
        std::min<int64_t>(kPairLanes, llvm::bit_floor<uint64_t>(width - at));
    Value first = p.load(p.at(row, half, at), half, count);
    Value second = hasSecond ? p.load(p.at(row, half, width + at), half, count)
                             : zeroOf(*p, p->getLoc(), first.getType());
    pairs.push_back({at, pairBits(*p, first, second)});
    at += count;
  }
  for (auto [at, value] : pairs)
    p.store(value, p.at(row, p->getI32Type(), at));
}

} // namespace

Value roundToBrain(ImplicitLocOpBuilder &b, Value numbers) {
  Value rounded = call(b, "cvtneps2bf16.512",
                       VectorType::get({kPairLanes}, b.getBF16Type()), numbers);
  return bitcast(b, rounded, b.getI16Type(), kPairLanes);
}

Value pairAcross(ImplicitLocOpBuilder &b, Value first, Value second) {
  int64_t count = lengthOf(first);
  constexpr int64_t kFewest = 4;
  if (count < kFewest) {
    first = widened(b, first, kFewest);
    second = widened(b, second, kFewest);
  }
  return riffled(b, roundBoth(b, second, first), count);
}

Value pairAlong(ImplicitLocOpBuilder &b, Value numbers, Value more) {
  Value halves = roundBoth(b, numbers, more);
  SmallVector<int64_t> mask;
  for (int64_t at = 0; at < 2 * kPairLanes; at += 2)
    mask.append({at + 1, at});
  Value swapped = vector::ShuffleOp::create(b, halves, halves, mask);
  return bitcast(b, swapped, b.getI32Type(), kPairLanes);
}

void pairRows(PointerBuilder &p, Value panel, Value kc, int64_t width) {
  auto rowAt = [&](Value k) {
    return p.at(panel, p->getI16Type(), p.mul(k, width));
  };
  Value whole = p.mul(p.div(kc, 2), 2);
  p.loop(p.constant(0), whole, 2,
         [&](Value k) { pairRow(p, rowAt(k), width, /*hasSecond=*/true); });
  p.when(p.less(whole, kc),
         [&] { pairRow(p, rowAt(whole), width, /*hasSecond=*/false); });
}

Value multiplyAddPairs(ImplicitLocOpBuilder &b, Value x, Value y, Value sums) {
  Type brain = b.getBF16Type();
  return call(b, "dpbf16ps.512", sums.getType(),
              ValueRange{sums, bitcast(b, x, brain, 2 * kPairLanes),
                         bitcast(b, y, brain, 2 * kPairLanes)});
}

} // namespace dlcc::cpu
