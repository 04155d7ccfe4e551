//===- dlcc-emulate.cpp - runs a table of launches on the CPU -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emulator.h"
#include "LaunchTable.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstring>

using namespace dlcc::emulator;
using namespace llvm;

namespace {

struct Options {
  std::string kernels, launches, memory, output;
  uint64_t seed = 0;
  bool showTimes = false;
};

/// Every error is one line and exit code 1.
Error fail(const Twine &text) { return createStringError(text); }

Error readMemory(const std::string &path, GlobalMemory &memory) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file)
    return fail(path + ": " + file.getError().message());
  if ((*file)->getBufferSize() != memory.size())
    return fail(path + " has " + Twine((*file)->getBufferSize()) +
                " bytes; the arena has " + Twine(memory.size()));
  std::memcpy(memory.data(), (*file)->getBufferStart(), memory.size());
  return Error::success();
}

Error writeMemory(const std::string &path, GlobalMemory &memory) {
  std::error_code error;
  raw_fd_ostream file(path, error, sys::fs::OF_None);
  if (!error) {
    file.write(memory.data(), memory.size());
    file.close();
    error = file.error();
  }
  if (!error)
    return Error::success();
  file.clear_error();
  return fail(path + ": " + error.message());
}

Error runAll(const Options &options, const LaunchTable &table,
             Emulator &emulator) {
  uint64_t seed = options.seed;
  for (const Launch &launch : table.launches) {
    auto begin = std::chrono::steady_clock::now();
    if (std::optional<Fault> fault = emulator.run(launch, seed++))
      return fail(fault->text);
    std::chrono::duration<double, std::milli> time =
        std::chrono::steady_clock::now() - begin;
    if (options.showTimes)
      outs() << formatv("{0,8:f1} ms  {1}\n", time.count(), launch.kernel);
  }
  return Error::success();
}

Error emulate(const Options &options) {
  LLVMContext context;
  SMDiagnostic diagnostic;
  std::unique_ptr<Module> module =
      parseIRFile(options.kernels, diagnostic, context);
  if (!module) {
    std::string text;
    raw_string_ostream stream(text);
    diagnostic.print(nullptr, stream, /*ShowColors=*/false);
    return fail(StringRef(text).trim());
  }
  auto file = MemoryBuffer::getFile(options.launches);
  if (!file)
    return fail(options.launches + ": " + file.getError().message());
  auto table = parseLaunchTable((*file)->getBuffer());
  if (!table)
    return fail(options.launches + ": " + toString(table.takeError()));
  auto emulator = Emulator::create(*module, table->arenaBytes);
  if (!emulator)
    return emulator.takeError();
  GlobalMemory &memory = (*emulator)->memory();
  for (const NamedBuffer &buffer : table->buffers)
    memory.name(buffer.name, buffer.offset, buffer.bytes, buffer.isDefined);
  if (!options.memory.empty())
    if (Error error = readMemory(options.memory, memory))
      return error;
  if (Error error = runAll(options, *table, **emulator))
    return error;
  return options.output.empty() ? Error::success()
                                : writeMemory(options.output, memory);
}

} // namespace

int main(int argc, char **argv) {
  CLI::App app("Runs launches of GPU kernels on the CPU, and checks every "
               "access to memory.");
  Options options;
  app.add_option("KERNELS", options.kernels,
                 "LLVM IR for nvptx64, text or bitcode")
      ->required();
  app.add_option("--launches", options.launches, "table of launches, JSON")
      ->required();
  app.add_option("--memory", options.memory,
                 "the arena before, raw bytes; zeros without");
  app.add_option("-o,--output", options.output, "the arena after, raw bytes");
  app.add_option("--seed", options.seed,
                 "decides on the order of blocks and threads");
  app.add_flag("--times", options.showTimes, "how long each launch took here");
  CLI11_PARSE(app, argc, argv);
  if (Error error = emulate(options)) {
    errs() << "error: " << toString(std::move(error)) << '\n';
    return 1;
  }
  return 0;
}
