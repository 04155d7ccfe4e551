//===- Launch.cpp - what to run and what went wrong -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Launch.h"

#include <bit>

using namespace dlcc::emulator;

Argument Argument::pointer(uint64_t offset, uint64_t bytes, std::string name) {
  Argument result;
  result.offset = offset;
  result.bytes = bytes;
  result.name = std::move(name);
  return result;
}

static Argument scalar(Argument::Kind kind, uint64_t bits) {
  Argument result;
  result.kind = kind;
  result.scalar = bits;
  return result;
}

Argument Argument::i32(int32_t value) {
  return ::scalar(Kind::I32, uint32_t(value));
}

Argument Argument::i64(int64_t value) {
  return ::scalar(Kind::I64, uint64_t(value));
}

Argument Argument::f32(float value) {
  return ::scalar(Kind::F32, std::bit_cast<uint32_t>(value));
}

Argument Argument::tensorMap(const TensorMap &map, uint64_t offset,
                             uint64_t bytes, std::string name) {
  Argument result = pointer(offset, bytes, std::move(name));
  result.kind = Kind::Bytes;
  result.isWritable = false;
  result.map = map;
  result.map->base = offset;
  result.structure = result.map->encoded();
  return result;
}

const char *dlcc::emulator::nameOf(Fault::Kind kind) {
  switch (kind) {
  case Fault::Kind::BadLaunch:
    return "bad launch";
  case Fault::Kind::Race:
    return "race";
  case Fault::Kind::Unwritten:
    return "read of unwritten memory";
  case Fault::Kind::UnfinishedCopy:
    return "unfinished copy";
  case Fault::Kind::OutOfBounds:
    return "out of bounds";
  case Fault::Kind::Misaligned:
    return "misaligned access";
  case Fault::Kind::ReadOnly:
    return "read-only memory";
  case Fault::Kind::DivergentBarrier:
    return "divergent barrier";
  case Fault::Kind::DivergentWarp:
    return "divergent warp";
  case Fault::Kind::Deadlock:
    return "deadlock";
  case Fault::Kind::BadOperand:
    return "bad operand";
  }
  return "";
}
