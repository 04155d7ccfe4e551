//===- MeasurePeak.cpp - what this machine can do at most -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/MeasurePeak.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dlcc {

/// Keeps a result alive without storing it.
template <typename T> static void use(T &value) {
  asm volatile("" : "+m"(value));
}

// Enough independent chains to hide the latency of an FMA on two units, few
// enough for the registers. Each returns the operations of one round.
#if defined(__x86_64__)
__attribute__((target("avx512f"))) static double fma512(int64_t rounds) {
  __m512 sum[24], factor = _mm512_set1_ps(0.999f), term = _mm512_set1_ps(1e-3f);
  for (int i = 0; i != 24; ++i)
    sum[i] = _mm512_set1_ps(float(i));
  for (int64_t round = 0; round != rounds; ++round)
#pragma GCC unroll 24
    for (int i = 0; i != 24; ++i)
      sum[i] = _mm512_fmadd_ps(sum[i], factor, term);
  for (int i = 0; i != 24; ++i)
    use(sum[i]);
  return double(rounds) * 24 * 16 * 2;
}

__attribute__((target("avx512f,avx512bf16"))) static double
pairs512(int64_t rounds) {
  __m512 sum[24];
  __m512bh factor =
      _mm512_cvtne2ps_pbh(_mm512_set1_ps(0.75f), _mm512_set1_ps(-0.5f));
  for (int i = 0; i != 24; ++i)
    sum[i] = _mm512_set1_ps(float(i));
  for (int64_t round = 0; round != rounds; ++round)
#pragma GCC unroll 24
    for (int i = 0; i != 24; ++i)
      sum[i] = _mm512_dpbf16_ps(sum[i], factor, factor);
  for (int i = 0; i != 24; ++i)
    use(sum[i]);
  return double(rounds) * 24 * 32 * 2;
}

/// Four tiles of sums, so that a product need not wait for the one before.
__attribute__((target("amx-tile,amx-bf16"))) static double
tiles(int64_t rounds) {
  constexpr int rows = 16, rowBytes = 64, numTiles = 8;
  // What LDTILECFG reads: all tiles have the same shape.
  alignas(64) struct {
    uint8_t palette = 1, startRow = 0, reserved[14] = {};
    uint16_t rowBytes[16] = {};
    uint8_t rows[16] = {};
  } shapes;
  for (int i = 0; i != numTiles; ++i) {
    shapes.rowBytes[i] = rowBytes;
    shapes.rows[i] = rows;
  }
  _tile_loadconfig(&shapes);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_zero(4);
  _tile_zero(5);
  _tile_zero(6);
  _tile_zero(7);
  for (int64_t round = 0; round != rounds; ++round) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_release();
  return double(rounds) * 4 * rows * (rowBytes / 4) * (rowBytes / 2) * 2;
}

__attribute__((target("avx2,fma"))) static double fma256(int64_t rounds) {
  __m256 sum[12], factor = _mm256_set1_ps(0.999f), term = _mm256_set1_ps(1e-3f);
  for (int i = 0; i != 12; ++i)
    sum[i] = _mm256_set1_ps(float(i));
  for (int64_t round = 0; round != rounds; ++round)
#pragma GCC unroll 12
    for (int i = 0; i != 12; ++i)
      sum[i] = _mm256_fmadd_ps(sum[i], factor, term);
  for (int i = 0; i != 12; ++i)
    use(sum[i]);
  return double(rounds) * 12 * 8 * 2;
}
#endif

/// Any machine: the compiler vectorises to what the baseline has.
static double multiplyAdd(int64_t rounds) {
  float sum[64];
  for (int i = 0; i != 64; ++i)
    sum[i] = float(i);
  for (int64_t round = 0; round != rounds; ++round)
    for (int i = 0; i != 64; ++i)
      sum[i] = sum[i] * 0.999f + 1e-3f;
  use(sum);
  return double(rounds) * 64 * 2;
}

static double runChains(int64_t rounds, Factors factors) {
#if defined(__x86_64__)
  if (factors == Factors::Tiles)
    return tiles(rounds);
  if (factors == Factors::Pairs && __builtin_cpu_supports("avx512bf16"))
    return pairs512(rounds);
  if (__builtin_cpu_supports("avx512f"))
    return fma512(rounds);
  if (__builtin_cpu_supports("fma"))
    return fma256(rounds);
#endif
  return multiplyAdd(rounds);
}

double measurePeak(int threads, Factors factors) {
  using Clock = std::chrono::steady_clock;
  constexpr int64_t rounds = 2'000'000;
  double best = 0;
  for (int attempt = 0; attempt != 3; ++attempt) {
    std::vector<double> operations(threads);
    std::vector<std::thread> team;
    Clock::time_point start = Clock::now();
    for (int i = 1; i < threads; ++i)
      team.emplace_back([&, i] { operations[i] = runChains(rounds, factors); });
    operations[0] = runChains(rounds, factors);
    for (std::thread &thread : team)
      thread.join();
    std::chrono::duration<double> seconds = Clock::now() - start;
    double sum = 0;
    for (double count : operations)
      sum += count;
    best = std::max(best, sum / seconds.count() / 1e9);
  }
  return best;
}

} // namespace dlcc
