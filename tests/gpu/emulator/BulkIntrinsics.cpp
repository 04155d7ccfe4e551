//===- BulkIntrinsics.cpp - mbarriers and bulk copies ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Intrinsics.h"
#include "TensorMap.h"

#include <cstring>

using namespace dlcc::emulator;

namespace {

const char *address(uint64_t bits) { return asPointer<const char>(bits); }

void initialize(Machine &machine, const uint64_t *arguments, uint64_t *) {
  machine.memoryBarriers().initialize(address(arguments[0]),
                                      uint32_t(arguments[1]));
}

void invalidate(Machine &machine, const uint64_t *arguments, uint64_t *) {
  machine.memoryBarriers().invalidate(address(arguments[0]));
}

void arriveOnce(Machine &machine, const uint64_t *arguments,
                uint64_t *results) {
  results[0] = machine.memoryBarriers().arrive(address(arguments[0]), 1);
}

void arrive(Machine &machine, const uint64_t *arguments, uint64_t *results) {
  results[0] = machine.memoryBarriers().arrive(address(arguments[0]),
                                               uint32_t(arguments[1]));
}

void expectBytes(Machine &machine, const uint64_t *arguments, uint64_t *) {
  machine.memoryBarriers().expectBytes(address(arguments[0]),
                                       uint32_t(arguments[1]));
}

void arriveAndExpect(Machine &machine, const uint64_t *arguments,
                     uint64_t *results) {
  expectBytes(machine, arguments, results);
  arriveOnce(machine, arguments, results);
}

/// All waits sleep until they succeed: a program that does nothing but try
/// again cannot tell.
void waitForState(Machine &machine, const uint64_t *arguments,
                  uint64_t *results) {
  machine.memoryBarriers().waitFor(address(arguments[0]), arguments[1]);
  results[0] = 1;
}

void waitForParity(Machine &machine, const uint64_t *arguments,
                   uint64_t *results) {
  machine.memoryBarriers().waitForParity(address(arguments[0]),
                                         uint32_t(arguments[1]));
  results[0] = 1;
}

/// Arrives when the thread's cp.async are done; here they are done now.
void arriveBehindCopies(Machine &machine, const uint64_t *arguments,
                        uint64_t *) {
  machine.finishAllCopies();
  machine.memoryBarriers().arrive(address(arguments[0]), 1);
}

void fenceMemoryBarriers(Machine &machine, const uint64_t *, uint64_t *) {
  machine.memoryBarriers().fence();
}

void fenceProxy(Machine &machine, const uint64_t *, uint64_t *) {
  machine.time().fence(machine.thread());
  machine.memoryBarriers().fence();
}

/// The copies of a row of a box: zeros where the tensor has no elements, and
/// in pieces of 16 bytes where they are swizzled.
void copyRow(Machine &machine, const TensorMap &map, const char *row,
             bool isInside, int64_t first, uint32_t offset,
             std::vector<AsyncCopy> &copies) {
  char *shared = machine.sharedWindow().begin();
  uint32_t perChunk = 16 / map.elementBytes;
  for (uint32_t i = 0; i < map.box[0]; i += perChunk) {
    char *to = shared + swizzled(offset + i * map.elementBytes, map.swizzle);
    int64_t column = first + i, extent = map.extents[0];
    int64_t begin = std::clamp<int64_t>(-column, 0, perChunk);
    int64_t end = std::clamp<int64_t>(extent - column, begin, perChunk);
    if (!isInside)
      begin = end = 0;
    uint32_t before = uint32_t(begin) * map.elementBytes;
    if (before)
      copies.push_back({to, nullptr, before, 0});
    if (before < 16)
      copies.push_back({to + before, row + (column + begin) * map.elementBytes,
                        16 - before, uint32_t(end - begin) * map.elementBytes,
                        map.roundsToTf32});
  }
}

/// A box of a tensor to shared memory: destination, mbarrier, map, and the
/// coordinates of the box, innermost first.
template <unsigned kRank>
void copyBox(Machine &machine, const uint64_t *arguments, uint64_t *) {
  TensorMap map;
  machine.access(address(arguments[2]), TensorMap::kBytes, 0);
  std::memcpy(&map, address(arguments[2]), sizeof map);
  if (map.magic != TensorMap::kMagic || map.rank != kRank)
    machine.stop(Fault::Kind::BadOperand,
                 "no tensor map of " + std::to_string(kRank) + " dimensions");
  const char *to = address(arguments[0]);
  if (!machine.sharedWindow().holds(to) ||
      machine.sharedWindow().offsetOf(to) % 128)
    machine.stop(Fault::Kind::Misaligned,
                 "boxes lie in shared memory at multiples of 128 bytes");
  uint32_t offset = machine.sharedWindow().offsetOf(to);
  std::vector<AsyncCopy> copies;
  uint32_t rows = map.boxBytes() / (map.box[0] * map.elementBytes);
  for (uint32_t row = 0; row < rows; ++row) {
    const char *from = asPointer<const char>(map.base);
    bool isInside = true;
    uint32_t rest = row;
    for (unsigned i = 1; i < kRank; ++i) {
      int64_t at = int32_t(arguments[3 + i]) + int64_t(rest % map.box[i]);
      rest /= map.box[i];
      isInside &= at >= 0 && at < map.extents[i];
      from += at * int64_t(map.strides[i - 1]);
    }
    copyRow(machine, map, from, isInside, int32_t(arguments[3]),
            offset + row * map.box[0] * map.elementBytes, copies);
  }
  machine.beginBulk(copies);
  machine.memoryBarriers().addCopies(address(arguments[1]), std::move(copies),
                                     map.boxBytes());
}

/// Bytes of global memory to shared memory: destination, mbarrier, source,
/// number of bytes.
void copyBytes(Machine &machine, const uint64_t *arguments, uint64_t *) {
  auto bytes = uint32_t(arguments[3]);
  if (bytes % 16 || arguments[0] % 16 || arguments[2] % 16)
    machine.stop(Fault::Kind::Misaligned,
                 "bulk copies are of multiples of 16 bytes, from and to "
                 "multiples of 16");
  std::vector<AsyncCopy> copies{
      {asPointer<char>(arguments[0]), address(arguments[2]), bytes, bytes}};
  machine.beginBulk(copies);
  machine.memoryBarriers().addCopies(address(arguments[1]), std::move(copies),
                                     bytes);
}

void nothing(Machine &, const uint64_t *, uint64_t *) {}

} // namespace

llvm::ArrayRef<Intrinsic> dlcc::emulator::bulkIntrinsics() {
  static const Intrinsic table[] = {
      {"mbarrier.init", initialize},
      {"mbarrier.init.shared", initialize},
      {"mbarrier.inval", invalidate},
      {"mbarrier.inval.shared", invalidate},
      {"mbarrier.arrive", arriveOnce},
      {"mbarrier.arrive.shared", arriveOnce},
      {"mbarrier.arrive.scope.cta.space.cta", arrive},
      {"mbarrier.expect.tx.scope.cta.space.cta", expectBytes},
      {"mbarrier.arrive.expect.tx.scope.cta.space.cta", arriveAndExpect},
      {"mbarrier.test.wait", waitForState, true},
      {"mbarrier.test.wait.shared", waitForState, true},
      {"mbarrier.test.wait.scope.cta.space.cta", waitForState, true},
      {"mbarrier.try.wait.scope.cta.space.cta", waitForState, true},
      {"mbarrier.test.wait.parity.scope.cta.space.cta", waitForParity, true},
      {"mbarrier.try.wait.parity.scope.cta.space.cta", waitForParity, true},
      {"mbarrier.try.wait.parity.tl.scope.cta.space.cta", waitForParity, true},
      // A loop around it in inline assembly.
      {"mbarrier.try_wait.parity.shared.b64", waitForParity, true},
      {"mbarrier.try_wait.parity.b64", waitForParity, true},
      {"cp.async.mbarrier.arrive.noinc.shared", arriveBehindCopies},
      {"fence.mbarrier_init.release.cluster", fenceMemoryBarriers},
      {"fence.proxy.async", fenceProxy},
      {"fence.proxy.async.shared_cta", fenceProxy},
      {"fence.proxy.async.shared_cluster", fenceProxy},
      {"cp.async.bulk.tensor.g2s.tile.1d", copyBox<1>},
      {"cp.async.bulk.tensor.g2s.tile.2d", copyBox<2>},
      {"cp.async.bulk.tensor.g2s.tile.3d", copyBox<3>},
      {"cp.async.bulk.tensor.g2s.tile.4d", copyBox<4>},
      {"cp.async.bulk.tensor.g2s.tile.5d", copyBox<5>},
      {"cp.async.bulk.tensor.g2s.cta.tile.1d", copyBox<1>},
      {"cp.async.bulk.tensor.g2s.cta.tile.2d", copyBox<2>},
      {"cp.async.bulk.tensor.g2s.cta.tile.3d", copyBox<3>},
      {"cp.async.bulk.tensor.g2s.cta.tile.4d", copyBox<4>},
      {"cp.async.bulk.tensor.g2s.cta.tile.5d", copyBox<5>},
      {"cp.async.bulk.global.to.shared.cluster", copyBytes},
      {"cp.async.bulk.global.to.shared.cta", copyBytes},
      {"prefetch.tensormap", nothing},
      {"setmaxnreg.inc.sync.aligned.u32", nothing},
      {"setmaxnreg.dec.sync.aligned.u32", nothing},
  };
  return table;
}
