//===- Launch.h - what to run and what went wrong ---------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_LAUNCH_H
#define DLCC_TESTS_GPU_EMULATOR_LAUNCH_H

#include "TensorMap.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dlcc::emulator {

/// Extents or coordinates, x innermost.
struct Dim3 {
  uint32_t x = 1, y = 1, z = 1;

  uint64_t count() const { return uint64_t(x) * y * z; }
};

/// What a kernel gets for one of its parameters.
struct Argument {
  enum class Kind { Pointer, I32, I64, F32, Bytes };

  Kind kind = Kind::Pointer;
  /// A pointer: the bytes of global memory that the kernel may touch through
  /// it. An access that begins or ends outside of them is a fault, even where
  /// another argument's bytes lie.
  uint64_t offset = 0, bytes = 0;
  /// A pointer: whether the kernel may write there.
  bool isWritable = true;
  /// An integer, or the bits of a float.
  uint64_t scalar = 0;
  /// A structure that is passed by value.
  std::vector<std::byte> structure;
  /// The structure is this map of a tensor in the `bytes` bytes from `offset`.
  std::optional<TensorMap> map;
  /// For reports; may be empty.
  std::string name;

  static Argument pointer(uint64_t offset, uint64_t bytes,
                          std::string name = "");
  static Argument i32(int32_t value);
  static Argument i64(int64_t value);
  static Argument f32(float value);
  static Argument tensorMap(const TensorMap &map, uint64_t offset,
                            uint64_t bytes, std::string name = "");
};

/// One launch of a kernel.
struct Launch {
  std::string kernel;
  Dim3 grid, block;
  /// Bytes of dynamic shared memory.
  uint32_t sharedBytes = 0;
  std::vector<Argument> arguments;
};

/// Why a launch was stopped.
struct Fault {
  enum class Kind {
    /// The launch does not fit the kernel or the machine; nothing ran.
    BadLaunch,
    /// Two accesses to one byte, a write among them, that nothing orders.
    Race,
    /// A read of bytes that nobody wrote.
    Unwritten,
    /// An access to bytes that an asynchronous copy still owns.
    UnfinishedCopy,
    OutOfBounds,
    Misaligned,
    /// A write to memory that is read only for this kernel, or a read through
    /// the read-only cache of what this launch wrote.
    ReadOnly,
    /// Some threads wait at a barrier that others never reach.
    DivergentBarrier,
    /// Lanes of a warp do not execute the same instruction for all of the warp.
    DivergentWarp,
    /// All threads wait, and none at a barrier of threads.
    Deadlock,
    /// Operands that the instruction is not defined for.
    BadOperand,
  };

  Kind kind;
  /// Kernel, block, thread, instruction, address, conflict; several lines.
  std::string text;
};

/// The name of a kind of fault, as reports begin.
const char *nameOf(Fault::Kind kind);

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_LAUNCH_H
