//===- BarrierIntrinsics.cpp - barriers of threads, and fences ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Intrinsics.h"

using namespace dlcc::emulator;

namespace {

template <bool isAligned>
void syncAll(Machine &machine, const uint64_t *arguments, uint64_t *) {
  machine.namedBarriers().arrive(uint32_t(arguments[0]), 0, isAligned, false);
}

template <bool isAligned, bool passes>
void syncCount(Machine &machine, const uint64_t *arguments, uint64_t *) {
  if (arguments[1] == 0)
    machine.stop(Fault::Kind::BadOperand, "a barrier of no threads");
  machine.namedBarriers().arrive(uint32_t(arguments[0]), uint32_t(arguments[1]),
                                 isAligned, passes);
}

/// What has no effect on one thread after another: fences order nothing by
/// themselves, and hints change no value.
void nothing(Machine &, const uint64_t *, uint64_t *) {}

} // namespace

llvm::ArrayRef<Intrinsic> dlcc::emulator::barrierIntrinsics() {
  static const Intrinsic table[] = {
      {"barrier.cta.sync.aligned.all", syncAll<true>, true},
      {"barrier.cta.sync.all", syncAll<false>, true},
      {"barrier.cta.sync.aligned.count", syncCount<true, false>, true},
      {"barrier.cta.sync.count", syncCount<false, false>, true},
      {"barrier.cta.arrive.aligned.count", syncCount<true, true>, true},
      {"barrier.cta.arrive.count", syncCount<false, true>, true},
      {"membar.cta", nothing},
      {"membar.gl", nothing},
      {"membar.sys", nothing},
      {"nanosleep", nothing},
      {"prefetch.L1", nothing},
      {"prefetch.L2", nothing},
      {"prefetch.global.L1", nothing},
      {"prefetch.global.L2", nothing},
  };
  return table;
}
