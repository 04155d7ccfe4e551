//===- WarpIntrinsics.cpp - exchange between the lanes of a warp ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Intrinsics.h"

#include <bit>

using namespace dlcc::emulator;

namespace {

enum class Shuffle { Up, Down, Butterfly, Index };

/// shfl.sync, as PTX defines it; (mask, value, b, c) -> value, valid.
template <Shuffle mode> void shuffle(Machine &machine, const WarpCall &call) {
  for (int lane = 0; lane < 32; ++lane) {
    if (!(call.lanes >> lane & 1))
      continue;
    const uint64_t *arguments = call.arguments[lane];
    int b = int(arguments[2] & 31);
    int clamp = int(arguments[3] & 31), segments = int(arguments[3] >> 8 & 31);
    int most = (lane & segments) | (clamp & ~segments), least = lane & segments;
    int from = lane;
    bool isValid = false;
    switch (mode) {
    case Shuffle::Up:
      from = lane - b;
      isValid = from >= most;
      break;
    case Shuffle::Down:
      from = lane + b;
      isValid = from <= most;
      break;
    case Shuffle::Butterfly:
      from = lane ^ b;
      isValid = from <= most;
      break;
    case Shuffle::Index:
      from = least | (b & ~segments);
      isValid = from <= most;
      break;
    }
    if (!isValid)
      from = lane;
    if (!(call.lanes >> from & 1))
      machine.stop(Fault::Kind::DivergentWarp, "lane " + std::to_string(lane) +
                                                   " takes the value of lane " +
                                                   std::to_string(from) +
                                                   ", which takes no part");
    call.results[lane][0] = uint32_t(call.arguments[from][1]);
    call.results[lane][1] = isValid;
  }
}

/// The bit of each lane that takes part.
uint32_t ballot(const WarpCall &call) {
  uint32_t result = 0;
  for (int lane = 0; lane < 32; ++lane)
    if (call.lanes >> lane & 1 && call.arguments[lane][1] & 1)
      result |= uint32_t(1) << lane;
  return result;
}

void giveAll(const WarpCall &call, uint64_t first, uint64_t second = 0) {
  for (int lane = 0; lane < 32; ++lane)
    if (call.lanes >> lane & 1) {
      call.results[lane][0] = first;
      call.results[lane][1] = second;
    }
}

void voteAll(Machine &, const WarpCall &call) {
  giveAll(call, ballot(call) == call.lanes);
}
void voteAny(Machine &, const WarpCall &call) {
  giveAll(call, ballot(call) != 0);
}
void voteUniform(Machine &, const WarpCall &call) {
  uint32_t votes = ballot(call);
  giveAll(call, votes == 0 || votes == call.lanes);
}
void voteBallot(Machine &, const WarpCall &call) {
  giveAll(call, ballot(call));
}

/// The lanes that have the value of this one.
template <typename T> uint32_t lanesLike(const WarpCall &call, int lane) {
  uint32_t result = 0;
  for (int other = 0; other < 32; ++other)
    if (call.lanes >> other & 1 &&
        T(call.arguments[other][1]) == T(call.arguments[lane][1]))
      result |= uint32_t(1) << other;
  return result;
}

template <typename T> void matchAny(Machine &, const WarpCall &call) {
  for (int lane = 0; lane < 32; ++lane)
    if (call.lanes >> lane & 1)
      call.results[lane][0] = lanesLike<T>(call, lane);
}

template <typename T> void matchAll(Machine &, const WarpCall &call) {
  bool isSame = lanesLike<T>(call, std::countr_zero(call.lanes)) == call.lanes;
  giveAll(call, isSame ? call.lanes : 0, isSame);
}

template <typename T, T combine(T, T)>
void reduce(Machine &, const WarpCall &call) {
  int first = std::countr_zero(call.lanes);
  T result = T(call.arguments[first][0]);
  for (int lane = first + 1; lane < 32; ++lane)
    if (call.lanes >> lane & 1)
      result = combine(result, T(call.arguments[lane][0]));
  giveAll(call, uint32_t(result));
}

uint32_t add(uint32_t a, uint32_t b) { return a + b; }
uint32_t bitAnd(uint32_t a, uint32_t b) { return a & b; }
uint32_t bitOr(uint32_t a, uint32_t b) { return a | b; }
uint32_t bitXor(uint32_t a, uint32_t b) { return a ^ b; }
template <typename T> T least(T a, T b) { return a < b ? a : b; }
template <typename T> T most(T a, T b) { return a < b ? b : a; }

/// bar.warp.sync: what its lanes did before, all of them know afterwards.
void synchronize(Machine &machine, const WarpCall &call) {
  std::vector<unsigned> threads;
  for (unsigned lane = 0; lane < 32; ++lane)
    if (call.lanes >> lane & 1)
      threads.push_back(machine.thread() / 32 * 32 + lane);
  machine.time().synchronize(threads);
}

/// elect.sync: the lowest lane is the leader.
void elect(Machine &, const WarpCall &call) {
  int leader = std::countr_zero(call.lanes);
  giveAll(call, uint64_t(leader), 0);
  call.results[leader][1] = 1;
}

/// An instruction for the lanes in its operand number `mask`.
template <WarpFunction function, int mask = 0>
void warp(Machine &machine, const uint64_t *arguments, uint64_t *results) {
  machine.warpCall(uint32_t(arguments[mask]), function, arguments, results);
}

} // namespace

llvm::ArrayRef<Intrinsic> dlcc::emulator::warpIntrinsics() {
  static const Intrinsic table[] = {
      {"shfl.sync.up.i32", warp<shuffle<Shuffle::Up>>, true},
      {"shfl.sync.up.f32", warp<shuffle<Shuffle::Up>>, true},
      {"shfl.sync.up.i32p", warp<shuffle<Shuffle::Up>>, true},
      {"shfl.sync.up.f32p", warp<shuffle<Shuffle::Up>>, true},
      {"shfl.sync.down.i32", warp<shuffle<Shuffle::Down>>, true},
      {"shfl.sync.down.f32", warp<shuffle<Shuffle::Down>>, true},
      {"shfl.sync.down.i32p", warp<shuffle<Shuffle::Down>>, true},
      {"shfl.sync.down.f32p", warp<shuffle<Shuffle::Down>>, true},
      {"shfl.sync.bfly.i32", warp<shuffle<Shuffle::Butterfly>>, true},
      {"shfl.sync.bfly.f32", warp<shuffle<Shuffle::Butterfly>>, true},
      {"shfl.sync.bfly.i32p", warp<shuffle<Shuffle::Butterfly>>, true},
      {"shfl.sync.bfly.f32p", warp<shuffle<Shuffle::Butterfly>>, true},
      {"shfl.sync.idx.i32", warp<shuffle<Shuffle::Index>>, true},
      {"shfl.sync.idx.f32", warp<shuffle<Shuffle::Index>>, true},
      {"shfl.sync.idx.i32p", warp<shuffle<Shuffle::Index>>, true},
      {"shfl.sync.idx.f32p", warp<shuffle<Shuffle::Index>>, true},
      {"vote.all.sync", warp<voteAll>, true},
      {"vote.any.sync", warp<voteAny>, true},
      {"vote.uni.sync", warp<voteUniform>, true},
      {"vote.ballot.sync", warp<voteBallot>, true},
      {"match.any.sync.i32", warp<matchAny<uint32_t>>, true},
      {"match.any.sync.i64", warp<matchAny<uint64_t>>, true},
      {"match.all.sync.i32p", warp<matchAll<uint32_t>>, true},
      {"match.all.sync.i64p", warp<matchAll<uint64_t>>, true},
      {"redux.sync.add", warp<reduce<uint32_t, add>, 1>, true},
      {"redux.sync.and", warp<reduce<uint32_t, bitAnd>, 1>, true},
      {"redux.sync.or", warp<reduce<uint32_t, bitOr>, 1>, true},
      {"redux.sync.xor", warp<reduce<uint32_t, bitXor>, 1>, true},
      {"redux.sync.min", warp<reduce<int32_t, least>, 1>, true},
      {"redux.sync.max", warp<reduce<int32_t, most>, 1>, true},
      {"redux.sync.umin", warp<reduce<uint32_t, least>, 1>, true},
      {"redux.sync.umax", warp<reduce<uint32_t, most>, 1>, true},
      {"bar.warp.sync", warp<synchronize>, true},
      {"elect.sync", warp<elect>, true},
  };
  return table;
}
