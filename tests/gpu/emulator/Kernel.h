//===- Kernel.h - a kernel that the machine can run -------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_KERNEL_H
#define DLCC_TESTS_GPU_EMULATOR_KERNEL_H

#include "Launch.h"

#include "Shadow.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlcc::emulator {

/// A static array in shared memory; offsets are shared addresses.
struct SharedVariable {
  std::string name;
  uint32_t offset, bytes;
};

/// A variable of the module in global or constant memory.
struct ModuleVariable {
  std::string name;
  uint64_t bytes;
  bool isWritable;
  char *address = nullptr;
  std::shared_ptr<Shadow> shadow;
};

/// A parameter, as the function declares it.
struct Parameter {
  Argument::Kind kind;
  /// What the kernel was told about the address; a power of two.
  uint64_t alignment = 1;
  /// Of a structure by value.
  uint64_t bytes = 0;
};

struct Kernel {
  std::string name;
  std::vector<Parameter> parameters;
  std::vector<SharedVariable> shared;
  uint32_t staticSharedBytes = 0;
  /// Where dynamic shared memory begins.
  uint32_t dynamicOffset = 0;
  /// The number of threads that the kernel must have, or may have, if stated.
  std::optional<Dim3> requiredThreads;
  std::optional<uint64_t> maximumThreads;
  /// Whether a thread may have to wait for another.
  bool waits = false;
  /// One thread's run; eight bytes for each argument, a structure's address.
  void (*entry)(const uint64_t *arguments) = nullptr;
};

/// Describes an instruction by the number that accesses and calls carry.
using DescribeSite = std::function<std::string(uint32_t site)>;

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_KERNEL_H
