//===- WarpgroupReads.cpp - what asynchronous products read ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpgroupReads.h"

#include "Machine.h"

using namespace dlcc::emulator;

static constexpr uint32_t kFlags = 4 | AccessFlags::kBulk;

WarpgroupReads::OfWarp &WarpgroupReads::own() {
  return warps[machine.thread() / 32];
}

void WarpgroupReads::begin(const char *address) {
  machine.access(address, 16, kFlags);
  own().open.push_back(address);
}

void WarpgroupReads::commit() {
  OfWarp &warp = own();
  warp.groups.push_back(std::move(warp.open));
  warp.open.clear();
}

void WarpgroupReads::wait(unsigned pending, uint32_t lanes) {
  OfWarp &warp = own();
  if (warp.groups.size() <= pending)
    return;
  for (; warp.groups.size() > pending; warp.groups.pop_front())
    for (const char *address : warp.groups.front())
      machine.access(address, 16, kFlags);
  // Whichever lane tells others that the warp has read, tells of all of it.
  unsigned first = machine.thread() / 32 * 32;
  Clocks::Known read = machine.time().release(machine.thread());
  for (unsigned lane = 0; lane < 32; ++lane)
    if (lanes >> lane & 1)
      machine.time().acquire(first + lane, read);
}

std::string WarpgroupReads::unfinished() const {
  for (size_t warp = 0; warp < warps.size(); ++warp)
    if (!warps[warp].open.empty() || !warps[warp].groups.empty())
      return "the block ends while products of warp " + std::to_string(warp) +
             " are unfinished: it did not wait for their group";
  return "";
}
