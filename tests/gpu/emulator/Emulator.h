//===- Emulator.h - runs GPU kernels on the CPU -----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Takes the LLVM IR that the NVPTX backend gets, makes code of this machine of
// it, and runs launches of its kernels over one arena of memory. See README.md
// for what is checked.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_EMULATOR_H
#define DLCC_TESTS_GPU_EMULATOR_EMULATOR_H

#include "GlobalMemory.h"
#include "Kernel.h"
#include "Launch.h"
#include "Machine.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/Module.h"

#include <memory>
#include <optional>

namespace dlcc::emulator {

class Emulator {
public:
  /// For kernels of `module`, a module for nvptx64, which must live on, over
  /// an arena of `bytes` bytes.
  static llvm::Expected<std::unique_ptr<Emulator>>
  create(const llvm::Module &module, uint64_t bytes);

  GlobalMemory &memory() { return *globalMemory; }
  const std::vector<Kernel> &kernels() const { return allKernels; }

  /// Runs a launch; `seed` decides on the order of blocks and threads. After a
  /// fault the contents of the memory mean nothing.
  std::optional<Fault> run(const Launch &launch, uint64_t seed = 0);

private:
  explicit Emulator(std::unique_ptr<GlobalMemory> memory);
  llvm::Error compile(const llvm::Module &module);
  std::string describeSite(uint32_t site) const;

  std::unique_ptr<GlobalMemory> globalMemory;
  Machine machine;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  std::vector<Kernel> allKernels;
  std::vector<ModuleVariable> variables;
  std::vector<const llvm::Instruction *> sites;
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_EMULATOR_H
