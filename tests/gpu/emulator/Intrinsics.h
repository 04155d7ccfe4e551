//===- Intrinsics.h - what NVVM's intrinsics do, by name --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_INTRINSICS_H
#define DLCC_TESTS_GPU_EMULATOR_INTRINSICS_H

#include "Machine.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <bit>
#include <cstdint>

namespace dlcc::emulator {

/// Computes an intrinsic for the current thread. Eight bytes for each operand
/// and for each value of the result; smaller values lie in the lowest bytes.
using IntrinsicFunction = void (*)(Machine &, const uint64_t *arguments,
                                   uint64_t *results);

struct Intrinsic {
  /// Without "llvm.nvvm." and without the suffixes of pointer types; or, of
  /// inline assembly, the instruction.
  const char *name;
  IntrinsicFunction function;
  /// Whether the thread may have to wait for others.
  bool waits = false;
};

llvm::ArrayRef<Intrinsic> barrierIntrinsics();
llvm::ArrayRef<Intrinsic> bulkIntrinsics();
llvm::ArrayRef<Intrinsic> copyIntrinsics();
llvm::ArrayRef<Intrinsic> mathIntrinsics();
llvm::ArrayRef<Intrinsic> matrixIntrinsics();
llvm::ArrayRef<Intrinsic> warpIntrinsics();
llvm::ArrayRef<Intrinsic> warpgroupIntrinsics();

/// The intrinsic of a name, null if the emulator does not know it.
const Intrinsic *findIntrinsic(llvm::StringRef name);

inline float asFloat(uint64_t bits) {
  return std::bit_cast<float>(uint32_t(bits));
}
inline uint64_t asBits(float value) { return std::bit_cast<uint32_t>(value); }
inline double asDouble(uint64_t bits) { return std::bit_cast<double>(bits); }
template <typename T> T *asPointer(uint64_t bits) {
  return reinterpret_cast<T *>(uintptr_t(bits));
}

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_INTRINSICS_H
