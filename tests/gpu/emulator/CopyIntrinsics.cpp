//===- CopyIntrinsics.cpp - asynchronous copies to shared memory ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Bytes arrive as late as the program allows: when their thread waits for the
// group. Until then nobody may touch them.
//
//===----------------------------------------------------------------------===//

#include "Intrinsics.h"

using namespace dlcc::emulator;

namespace {

template <uint32_t bytes>
void copy(Machine &machine, const uint64_t *arguments, uint64_t *) {
  machine.beginCopy({asPointer<char>(arguments[0]),
                     asPointer<const char>(arguments[1]), bytes, bytes});
}

/// With the number of bytes that the source has; the rest are zeros.
template <uint32_t bytes>
void copySome(Machine &machine, const uint64_t *arguments, uint64_t *) {
  auto fromBytes = uint32_t(arguments[2]);
  if (fromBytes > bytes)
    machine.stop(Fault::Kind::BadOperand,
                 "copies " + std::to_string(fromBytes) + " bytes to " +
                     std::to_string(bytes));
  machine.beginCopy({asPointer<char>(arguments[0]),
                     asPointer<const char>(arguments[1]), bytes, fromBytes});
}

void commit(Machine &machine, const uint64_t *, uint64_t *) {
  machine.commitCopies();
}

void wait(Machine &machine, const uint64_t *arguments, uint64_t *) {
  machine.finishCopies(unsigned(arguments[0]));
}

void waitAll(Machine &machine, const uint64_t *, uint64_t *) {
  machine.finishAllCopies();
}

} // namespace

llvm::ArrayRef<Intrinsic> dlcc::emulator::copyIntrinsics() {
  static const Intrinsic table[] = {
      {"cp.async.ca.shared.global.4", copy<4>},
      {"cp.async.ca.shared.global.8", copy<8>},
      {"cp.async.ca.shared.global.16", copy<16>},
      {"cp.async.cg.shared.global.16", copy<16>},
      {"cp.async.ca.shared.global.4.s", copySome<4>},
      {"cp.async.ca.shared.global.8.s", copySome<8>},
      {"cp.async.ca.shared.global.16.s", copySome<16>},
      {"cp.async.cg.shared.global.16.s", copySome<16>},
      {"cp.async.commit.group", commit},
      {"cp.async.wait.group", wait},
      {"cp.async.wait.all", waitAll},
  };
  return table;
}
