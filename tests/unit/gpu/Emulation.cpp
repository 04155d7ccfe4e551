//===- Emulation.cpp - a kernel in the emulator, for tests ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emulation.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace dlcc::test;

static constexpr uint64_t kArenaBytes = 16 << 20;

static std::string withTriple(const std::string &text) {
  return "target triple = \"nvptx64-nvidia-cuda\"\n" + text;
}

static std::string textOf(const llvm::SMDiagnostic &diagnostic) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  diagnostic.print("kernels", stream, /*ShowColors=*/false);
  return text;
}

std::unique_ptr<Emulation> Emulation::ofText(const std::string &text) {
  return ofModule(
      [&](llvm::SMDiagnostic &diagnostic, llvm::LLVMContext &context) {
        return llvm::parseAssemblyString(withTriple(text), diagnostic, context);
      });
}

std::unique_ptr<Emulation> Emulation::ofFile(const std::string &name) {
  return ofModule(
      [&](llvm::SMDiagnostic &diagnostic, llvm::LLVMContext &context) {
        std::string path = std::string(DLCC_TEST_KERNELS) + "/" + name + ".ll";
        return llvm::parseIRFile(path, diagnostic, context);
      });
}

std::unique_ptr<Emulation> Emulation::ofModule(Parse parse) {
  auto result = std::make_unique<Emulation>();
  llvm::SMDiagnostic diagnostic;
  result->module = parse(diagnostic, result->context);
  if (!result->module) {
    ADD_FAILURE() << textOf(diagnostic);
    return nullptr;
  }
  auto emulator = Emulator::create(*result->module, kArenaBytes);
  if (!emulator) {
    ADD_FAILURE() << llvm::toString(emulator.takeError());
    return nullptr;
  }
  result->emulator = std::move(*emulator);
  return result;
}

std::string Emulation::refusal(const std::string &text) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module =
      llvm::parseAssemblyString(withTriple(text), diagnostic, context);
  if (!module) {
    ADD_FAILURE() << textOf(diagnostic);
    return "";
  }
  auto emulator = Emulator::create(*module, kArenaBytes);
  if (emulator) {
    ADD_FAILURE() << "the emulator takes the text";
    return "";
  }
  return llvm::toString(emulator.takeError());
}

uint64_t Emulation::reserve(uint64_t bytes) {
  uint64_t offset = used;
  used = (used + bytes + 255) / 256 * 256;
  EXPECT_LE(used, kArenaBytes);
  return offset;
}

testing::AssertionResult dlcc::test::isDone(const std::optional<Fault> &fault) {
  if (!fault)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << fault->text;
}

testing::AssertionResult dlcc::test::stopped(const std::optional<Fault> &fault,
                                             Fault::Kind kind,
                                             const std::string &text) {
  if (!fault)
    return testing::AssertionFailure() << "nothing was wrong";
  if (fault->kind != kind || fault->text.find(text) == std::string::npos)
    return testing::AssertionFailure()
           << "stopped for another reason:\n"
           << fault->text << "\nexpected " << emulator::nameOf(kind) << ": "
           << text;
  return testing::AssertionSuccess();
}
