//===- Emulation.h - a kernel in the emulator, for tests --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_GPU_EMULATION_H
#define DLCC_TESTS_UNIT_GPU_EMULATION_H

#include "tests/gpu/emulator/Emulator.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/SourceMgr.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

namespace dlcc::test {

using emulator::Argument;
using emulator::Dim3;
using emulator::Emulator;
using emulator::Fault;
using emulator::Launch;

/// A module of kernels and an arena whose buffers begin at multiples of 256.
class Emulation {
public:
  /// Of the text of a module, whose triple may be left out. Null, and a
  /// failure of the test, if the emulator refuses it.
  static std::unique_ptr<Emulation> ofText(const std::string &text);
  /// Of a file of the build: what Inputs/NAME.cu with its -D became.
  static std::unique_ptr<Emulation> ofFile(const std::string &name);
  /// What the emulator says to a text that it refuses.
  static std::string refusal(const std::string &text);

  /// A new buffer with some values, as a kernel's argument.
  template <typename T>
  Argument add(const std::string &name, const std::vector<T> &values) {
    uint64_t bytes = values.size() * sizeof(T);
    uint64_t offset = reserve(bytes);
    std::memcpy(emulator->memory().data() + offset, values.data(), bytes);
    emulator->memory().name(name, offset, bytes);
    return Argument::pointer(offset, bytes, name);
  }

  template <typename T> std::vector<T> get(const Argument &buffer) {
    std::vector<T> values(buffer.bytes / sizeof(T));
    std::memcpy(values.data(), emulator->memory().data() + buffer.offset,
                buffer.bytes);
    return values;
  }

  std::optional<Fault> run(const Launch &launch, uint64_t seed = 0) {
    return emulator->run(launch, seed);
  }
  Emulator &get() { return *emulator; }

private:
  using Parse = llvm::function_ref<std::unique_ptr<llvm::Module>(
      llvm::SMDiagnostic &, llvm::LLVMContext &)>;
  static std::unique_ptr<Emulation> ofModule(Parse parse);
  uint64_t reserve(uint64_t bytes);

  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module;
  std::unique_ptr<Emulator> emulator;
  uint64_t used = 0;
};

/// Succeeds where a launch did not stop; else shows why it did.
testing::AssertionResult isDone(const std::optional<Fault> &fault);
/// Succeeds where it stopped for this reason, with this in the report.
testing::AssertionResult stopped(const std::optional<Fault> &fault,
                                 Fault::Kind kind, const std::string &text);

} // namespace dlcc::test

#endif // DLCC_TESTS_UNIT_GPU_EMULATION_H
