//===- WarpCalls.cpp - instructions that a whole warp executes ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

using namespace dlcc::emulator;

void Machine::warpCall(uint32_t mask, WarpFunction function,
                       const uint64_t *arguments, uint64_t *results) {
  Thread &me = threads[current];
  if (!(mask >> lane() & 1))
    stop(Fault::Kind::BadOperand,
         "the mask of lanes has not the lane that executes this");
  me.warpFunction = function;
  me.warpMask = mask;
  me.arguments = arguments;
  me.results = results;
  ++waitingInWarp[current / 32];
  if (!completeWarpCall(current))
    wait();
}

/// Executes the instruction that a thread waits at, if all lanes came to it.
bool Machine::completeWarpCall(unsigned waiting) {
  const Thread &first = threads[waiting];
  unsigned warp = waiting / 32 * 32;
  WarpCall call;
  for (unsigned lane = 0; lane < 32; ++lane) {
    unsigned other = warp + lane;
    if (!(first.warpMask >> lane & 1) || other >= threads.size() ||
        threads[other].state == Thread::Exited)
      continue;
    const Thread &thread = threads[other];
    if (!thread.warpFunction)
      return false;
    if (thread.site != first.site || thread.warpMask != first.warpMask) {
      if (thread.warpMask >> (waiting % 32) & 1)
        stop(Fault::Kind::DivergentWarp,
             describeThread(other) +
                 " of its warp waits at another "
                 "instruction or for other lanes: " +
                 (*describeSite)(thread.site));
      return false;
    }
    call.lanes |= uint32_t(1) << lane;
    call.arguments[lane] = thread.arguments;
    call.results[lane] = thread.results;
  }
  first.warpFunction(*this, call);
  for (unsigned lane = 0; lane < 32; ++lane)
    if (call.lanes >> lane & 1) {
      --waitingInWarp[waiting / 32];
      threads[warp + lane].warpFunction = nullptr;
      threads[warp + lane].state = Thread::Ready;
    }
  return true;
}

/// Others may have waited only for a thread that exited.
void Machine::completeWarpCallWithout(unsigned exited) {
  if (waitingInWarp[exited / 32] == 0)
    return;
  unsigned warp = exited / 32 * 32;
  for (unsigned other = warp; other < warp + 32 && other < threads.size();
       ++other)
    if (threads[other].warpFunction &&
        threads[other].warpMask >> (exited % 32) & 1 && completeWarpCall(other))
      return;
}
