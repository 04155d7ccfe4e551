//===- MatrixIntrinsics.cpp - products and tiles that a warp shares -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Lane l holds, of a tile, row l / 4 (and eight rows lower) and the columns
// from 2 (l % 4) or l % 4 on; see "Matrix Fragments" of the PTX ISA.
//
//===----------------------------------------------------------------------===//

#include "Intrinsics.h"
#include "Narrow.h"

#include <cmath>
#include <cstring>

using namespace dlcc::emulator;

namespace {

constexpr uint32_t kAllLanes = ~uint32_t(0);

void checkAllLanes(Machine &machine, const WarpCall &call) {
  if (call.lanes != kAllLanes)
    machine.stop(Fault::Kind::DivergentWarp,
                 "an instruction for 32 lanes, of which some have exited or "
                 "never were");
}

/// An operand tile: how many elements of a row of A a register holds, and
/// their values.
struct Bf16 {
  static constexpr int kPerRegister = 2;
  static float at(uint64_t bits, int index) {
    return fromBf16(uint16_t(bits >> (16 * index)));
  }
};
struct F16 {
  static constexpr int kPerRegister = 2;
  static float at(uint64_t bits, int index) {
    return fromF16(uint16_t(bits >> (16 * index)));
  }
};
struct Tf32 {
  static constexpr int kPerRegister = 1;
  static float at(uint64_t bits, int) { return fromTf32(uint32_t(bits)); }
};

/// mma.sync m16n8kK row.col with sums in f32: D = A B + C. Operands are the
/// registers of A (16 x K), B (K x 8) and C (16 x 8); each sum is one chain of
/// fused multiply-adds in the order of k.
template <typename Element, int K>
void multiply(Machine &machine, const WarpCall &call) {
  checkAllLanes(machine, call);
  constexpr int kPer = Element::kPerRegister;
  // Columns that a row of lanes' registers covers, and how often that is.
  constexpr int kSpan = 4 * kPer, kSpans = K / kSpan;
  float a[16][K], b[K][8], c[16][8];
  for (int lane = 0; lane < 32; ++lane) {
    const uint64_t *registers = call.arguments[lane];
    int row = lane / 4, column = lane % 4;
    for (int span = 0; span < kSpans; ++span)
      for (int i = 0; i < kPer; ++i) {
        int k = span * kSpan + column * kPer + i;
        a[row][k] = Element::at(registers[2 * span], i);
        a[row + 8][k] = Element::at(registers[2 * span + 1], i);
        b[k][row] = Element::at(registers[2 * kSpans + span], i);
      }
    for (int i = 0; i < 4; ++i)
      c[row + i / 2 * 8][2 * column + i % 2] =
          asFloat(registers[3 * kSpans + i]);
  }
  for (int m = 0; m < 16; ++m)
    for (int n = 0; n < 8; ++n)
      for (int k = 0; k < K; ++k)
        c[m][n] = std::fma(a[m][k], b[k][n], c[m][n]);
  for (int lane = 0; lane < 32; ++lane)
    for (int i = 0; i < 4; ++i)
      call.results[lane][i] =
          asBits(c[lane / 4 + i / 2 * 8][2 * (lane % 4) + i % 2]);
}

/// The row of 16 bytes that a lane names, in a tile of 8 x 8 x 16 bits.
char *rowOf(const WarpCall &call, int tile, int row) {
  return asPointer<char>(call.arguments[8 * tile + row][0]);
}

/// Where lane `lane` has its element `index` (0, 1) of a tile.
template <bool isTransposed>
char *elementOf(const WarpCall &call, int tile, int lane, int index) {
  int row = lane / 4, column = 2 * (lane % 4) + index;
  if (isTransposed)
    std::swap(row, column);
  return rowOf(call, tile, row) + 2 * column;
}

template <int kTiles, bool isTransposed>
void loadTiles(Machine &machine, const WarpCall &call) {
  checkAllLanes(machine, call);
  for (int lane = 0; lane < 32; ++lane)
    for (int tile = 0; tile < kTiles; ++tile) {
      uint16_t elements[2];
      for (int i : {0, 1})
        std::memcpy(&elements[i], elementOf<isTransposed>(call, tile, lane, i),
                    2);
      call.results[lane][tile] =
          uint32_t(elements[1]) << 16 | uint32_t(elements[0]);
    }
}

template <int kTiles, bool isTransposed>
void storeTiles(Machine &machine, const WarpCall &call) {
  checkAllLanes(machine, call);
  for (int lane = 0; lane < 32; ++lane)
    for (int tile = 0; tile < kTiles; ++tile)
      for (int i : {0, 1}) {
        auto element = uint16_t(call.arguments[lane][1 + tile] >> (16 * i));
        std::memcpy(elementOf<isTransposed>(call, tile, lane, i), &element, 2);
      }
}

template <WarpFunction function>
void warp(Machine &machine, const uint64_t *arguments, uint64_t *results) {
  machine.warpCall(kAllLanes, function, arguments, results);
}

/// The lanes whose addresses count touch a row each.
template <WarpFunction function, int kTiles, uint32_t kFlags>
void tiles(Machine &machine, const uint64_t *arguments, uint64_t *results) {
  if (machine.lane() < 8 * kTiles) {
    const void *row = asPointer<void>(arguments[0]);
    if (!machine.sharedWindow().holds(row))
      machine.stop(Fault::Kind::OutOfBounds,
                   "tiles lie in shared memory; this row does not");
    machine.access(row, 16, 4 | kFlags);
  }
  warp<function>(machine, arguments, results);
}

template <int kTiles, bool isTransposed>
constexpr IntrinsicFunction load =
    tiles<loadTiles<kTiles, isTransposed>, kTiles, 0>;
template <int kTiles, bool isTransposed>
constexpr IntrinsicFunction store =
    tiles<storeTiles<kTiles, isTransposed>, kTiles, AccessFlags::kWrite>;

} // namespace

llvm::ArrayRef<Intrinsic> dlcc::emulator::matrixIntrinsics() {
  static const Intrinsic table[] = {
      {"mma.m16n8k16.row.col.bf16", warp<multiply<Bf16, 16>>, true},
      {"mma.m16n8k8.row.col.bf16", warp<multiply<Bf16, 8>>, true},
      {"mma.m16n8k16.row.col.f32.f32", warp<multiply<F16, 16>>, true},
      {"mma.m16n8k8.row.col.f32.f32", warp<multiply<F16, 8>>, true},
      {"mma.m16n8k8.row.col.tf32", warp<multiply<Tf32, 8>>, true},
      {"mma.m16n8k4.row.col.tf32", warp<multiply<Tf32, 4>>, true},
      {"ldmatrix.sync.aligned.m8n8.x1.b16", load<1, false>, true},
      {"ldmatrix.sync.aligned.m8n8.x2.b16", load<2, false>, true},
      {"ldmatrix.sync.aligned.m8n8.x4.b16", load<4, false>, true},
      {"ldmatrix.sync.aligned.m8n8.x1.trans.b16", load<1, true>, true},
      {"ldmatrix.sync.aligned.m8n8.x2.trans.b16", load<2, true>, true},
      {"ldmatrix.sync.aligned.m8n8.x4.trans.b16", load<4, true>, true},
      // The same as inline assembly.
      {"mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32",
       warp<multiply<Bf16, 16>>, true},
      {"mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32",
       warp<multiply<F16, 16>>, true},
      {"mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32",
       warp<multiply<Tf32, 8>>, true},
      {"ldmatrix.sync.aligned.m8n8.x1.shared.b16", load<1, false>, true},
      {"ldmatrix.sync.aligned.m8n8.x2.shared.b16", load<2, false>, true},
      {"ldmatrix.sync.aligned.m8n8.x4.shared.b16", load<4, false>, true},
      {"ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16", load<1, true>, true},
      {"ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16", load<2, true>, true},
      {"ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16", load<4, true>, true},
      {"stmatrix.sync.aligned.m8n8.x1.b16", store<1, false>, true},
      {"stmatrix.sync.aligned.m8n8.x2.b16", store<2, false>, true},
      {"stmatrix.sync.aligned.m8n8.x4.b16", store<4, false>, true},
      {"stmatrix.sync.aligned.m8n8.x1.trans.b16", store<1, true>, true},
      {"stmatrix.sync.aligned.m8n8.x2.trans.b16", store<2, true>, true},
      {"stmatrix.sync.aligned.m8n8.x4.trans.b16", store<4, true>, true},
  };
  return table;
}
