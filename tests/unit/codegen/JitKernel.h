//===- JitKernel.h - compiles one kernel and runs it ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// For tests: takes a module with a kernel in tensor form all the way (select,
// plan, loops, LLVM dialect, machine code in memory) for a named processor.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_CODEGEN_JITKERNEL_H
#define DLCC_TESTS_UNIT_CODEGEN_JITKERNEL_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

#include <memory>
#include <string>
#include <vector>

namespace dlcc::test {

/// Processors to compile for that this machine can run: x86-64-v3 and v4 where
/// the machine has them, else its own.
std::vector<std::string> runnableProcessors();
/// The same and, where the machine multiplies pairs of bf16, one that does.
std::vector<std::string> runnableProcessorsForPairs();

/// The name to compile by for a matrix unit that is emulated, on machines that
/// multiply pairs of bf16; only the unit's instructions are.
inline constexpr llvm::StringLiteral kEmulatedUnit = "emulated matrix unit";
/// The processor whose matrix unit this machine has and lets programs use.
inline constexpr llvm::StringLiteral kRealUnit = "sapphirerapids";
/// Those of the two above that can run here.
std::vector<std::string> runnableUnits();

class JitKernel {
public:
  using Function = void (*)(void *const *, int64_t, int64_t, void *);

  /// Compiles function `name` of the MLIR text for `processor`; fails the
  /// test and returns null if that does not work.
  static std::unique_ptr<JitKernel> compile(llvm::StringRef text,
                                            llvm::StringRef name,
                                            llvm::StringRef processor);

  /// Runs all tasks, in reverse order: none may depend on another.
  void run(std::vector<void *> buffers, int64_t rows) const;

  /// Runs one task with the given scratch, aligned to 64 bytes here.
  void runTask(const std::vector<void *> &buffers, int64_t rows, int64_t task,
               char *memory) const;

  int64_t tasks() const { return numTasks; }
  /// Bytes that a task needs; 64 more leave room to align.
  int64_t scratchBytes() const { return scratch; }
  /// Whether the kernel uses a matrix unit.
  bool usesMatrixUnit() const { return onUnit; }
  /// What the runtime calls for each task.
  Function kernel() const { return function; }

private:
  std::unique_ptr<llvm::orc::LLJIT> jit;
  Function function = nullptr;
  int64_t numTasks = 0, scratch = 0;
  bool onUnit = false;
};

} // namespace dlcc::test

#endif // DLCC_TESTS_UNIT_CODEGEN_JITKERNEL_H
