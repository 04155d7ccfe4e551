//===- WarpgroupIntrinsics.cpp - asynchronous products of four warps ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// wgmma.mma_async, m64nN: each warp of a warpgroup computes 16 rows. The sums
// are there at once, since a program may not look at them before it waits;
// what is read of shared memory counts as read until then (WarpgroupReads).
//
//===----------------------------------------------------------------------===//

#include "Intrinsics.h"
#include "Narrow.h"
#include "TensorMap.h"

#include <cmath>
#include <cstring>

using namespace dlcc::emulator;

namespace {

/// A matrix descriptor: where a tile lies in shared memory.
class Descriptor {
public:
  explicit Descriptor(uint64_t bits)
      : start(field(bits, 0)), leading(field(bits, 16)),
        stride(field(bits, 32)), swizzle(kSwizzles[bits >> 62]) {}

  /// The address of chunk `chunk` (16 bytes along k) of row `row` where k is
  /// innermost.
  uint32_t alongK(uint32_t row, uint32_t chunk) const {
    uint32_t inGroup = row % 8, group = row / 8;
    if (swizzle == Swizzle::None)
      return start + inGroup * 16 + group * stride + chunk * leading;
    return swizzled(start + inGroup * span() + group * stride + chunk * 16,
                    swizzle);
  }

  /// The address of chunk `chunk` (16 bytes along rows) at depth `k` where
  /// rows are innermost.
  uint32_t alongRows(uint32_t chunk, uint32_t k) const {
    uint32_t inGroup = k % 8, group = k / 8;
    if (swizzle == Swizzle::None)
      return start + chunk * stride + inGroup * 16 + group * leading;
    uint32_t chunks = span() / 16;
    return swizzled(start + chunk % chunks * 16 + chunk / chunks * leading +
                        inGroup * span() + group * stride,
                    swizzle);
  }

private:
  static constexpr Swizzle kSwizzles[] = {Swizzle::None, Swizzle::B128,
                                          Swizzle::B64, Swizzle::B32};

  static uint32_t field(uint64_t bits, int from) {
    return uint32_t(bits >> from & 0x3fff) << 4;
  }
  uint32_t span() const { return 16u << uint32_t(swizzle); }

  uint32_t start, leading, stride;
  Swizzle swizzle;
};

struct Bf16 {
  using Bits = uint16_t;
  static float widen(Bits bits) { return fromBf16(bits); }
};
struct F16 {
  using Bits = uint16_t;
  static float widen(Bits bits) { return fromF16(bits); }
};
struct Tf32 {
  using Bits = uint32_t;
  static float widen(Bits bits) { return fromTf32(bits); }
};

/// Reads a tile of `rows` rows, from row `first`, of 32 bytes of k each.
template <typename Element>
void readTile(Machine &machine, const Descriptor &descriptor, uint32_t first,
              uint32_t rows, bool isTransposed, float *tile) {
  using Bits = typename Element::Bits;
  constexpr uint32_t kPerChunk = 16 / sizeof(Bits), kDepth = 2 * kPerChunk;
  char *shared = machine.sharedWindow().begin();
  auto chunkAt = [&](uint32_t address, auto put) {
    // Descriptors have 18 bits.
    const char *at = shared + address % SharedWindow::kBytes;
    machine.warpgroupReads().begin(at);
    Bits bits[kPerChunk];
    std::memcpy(bits, at, sizeof bits);
    for (uint32_t i = 0; i < kPerChunk; ++i)
      put(i, Element::widen(bits[i]));
  };
  if (!isTransposed) {
    for (uint32_t row = 0; row < rows; ++row)
      for (uint32_t chunk = 0; chunk < 2; ++chunk)
        chunkAt(descriptor.alongK(first + row, chunk),
                [&](uint32_t i, float value) {
                  tile[row * kDepth + chunk * kPerChunk + i] = value;
                });
    return;
  }
  for (uint32_t k = 0; k < kDepth; ++k)
    for (uint32_t chunk = 0; chunk < rows / kPerChunk; ++chunk)
      chunkAt(descriptor.alongRows(first / kPerChunk + chunk, k),
              [&](uint32_t i, float value) {
                tile[(chunk * kPerChunk + i) * kDepth + k] = value;
              });
}

/// The operands as the rewriter orders them: n, the descriptors of A and B,
/// whether the sums are added to those so far, signs of A and B, for 16 bits
/// whether A and B have their rows innermost; and the sums so far.
template <typename Element>
void multiply(Machine &machine, const WarpCall &call) {
  if (call.lanes != ~uint32_t(0))
    machine.stop(Fault::Kind::DivergentWarp,
                 "an instruction for whole warps, of which lanes are missing");
  constexpr bool isNarrow = sizeof(typename Element::Bits) == 2;
  constexpr uint32_t kDepth = 32 / sizeof(typename Element::Bits);
  constexpr uint32_t kSums = isNarrow ? 8 : 6;
  const uint64_t *operands = call.arguments[0];
  auto n = uint32_t(operands[0]);
  bool addsUp = operands[3] & 1;
  float sign = float(int32_t(operands[4])) * float(int32_t(operands[5]));
  bool isTransposedA = isNarrow && operands[6] & 1;
  bool isTransposedB = isNarrow && operands[7] & 1;

  float a[16 * kDepth], b[256 * kDepth];
  uint32_t warp = machine.thread() / 32 % 4;
  readTile<Element>(machine, Descriptor(operands[1]), 16 * warp, 16,
                    isTransposedA, a);
  readTile<Element>(machine, Descriptor(operands[2]), 0, n, isTransposedB, b);

  for (uint32_t lane = 0; lane < 32; ++lane)
    for (uint32_t i = 0; i < n / 2; ++i) {
      uint32_t row = lane / 4 + i / 2 % 2 * 8;
      uint32_t column = i / 4 * 8 + lane % 4 * 2 + i % 2;
      float sum = addsUp ? asFloat(call.arguments[lane][kSums + i]) : 0;
      for (uint32_t k = 0; k < kDepth; ++k)
        sum = std::fma(sign * a[row * kDepth + k], b[column * kDepth + k], sum);
      call.results[lane][i] = asBits(sum);
    }
}

void commit(Machine &machine, const WarpCall &) {
  machine.warpgroupReads().commit();
}

void wait(Machine &machine, const WarpCall &call) {
  machine.warpgroupReads().wait(unsigned(call.arguments[0][0]), call.lanes);
}

void nothing(Machine &, const WarpCall &) {}

template <WarpFunction function>
void warp(Machine &machine, const uint64_t *arguments, uint64_t *results) {
  machine.warpCall(~uint32_t(0), function, arguments, results);
}

} // namespace

llvm::ArrayRef<Intrinsic> dlcc::emulator::warpgroupIntrinsics() {
  static const Intrinsic table[] = {
      // Of all n.
      {"wgmma.mma_async.sync.aligned.m64k16.f32.bf16.bf16",
       warp<multiply<Bf16>>, true},
      {"wgmma.mma_async.sync.aligned.m64k16.f32.f16.f16", warp<multiply<F16>>,
       true},
      {"wgmma.mma_async.sync.aligned.m64k8.f32.tf32.tf32", warp<multiply<Tf32>>,
       true},
      {"wgmma.fence.sync.aligned", warp<nothing>, true},
      {"wgmma.commit_group.sync.aligned", warp<commit>, true},
      {"wgmma.wait_group.sync.aligned", warp<wait>, true},
  };
  return table;
}
