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

using namespace dlcc::emulator;
using namespace llvm;

namespace {

struct Options {
  std::string kernels, launches, entry, memory, output;
  std::vector<std::string> load, save;
  uint64_t seed = 0;
  bool showTimes = false;
};

/// Every error is one line and exit code 1.
Error fail(const Twine &text) { return createStringError(text); }

/// Fills bytes from a file that has as many.
Error readBytes(StringRef path, MutableArrayRef<char> bytes) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file)
    return fail(path + ": " + file.getError().message());
  if ((*file)->getBufferSize() != bytes.size())
    return fail(path + " has " + Twine((*file)->getBufferSize()) +
                " bytes; what it is for has " + Twine(bytes.size()));
  copy((*file)->getBuffer(), bytes.begin());
  return Error::success();
}

Error writeBytes(StringRef path, ArrayRef<char> bytes) {
  std::error_code error;
  raw_fd_ostream file(path, error, sys::fs::OF_None);
  if (!error) {
    file.write(bytes.data(), bytes.size());
    file.close();
    error = file.error();
  }
  if (!error)
    return Error::success();
  file.clear_error();
  return fail(path + ": " + error.message());
}

/// Calls transfer(path, bytes) for each "BUFFER=PATH".
template <typename Function>
Error forEachBuffer(ArrayRef<std::string> pairs, const LaunchTable &table,
                    GlobalMemory &memory, Function transfer) {
  for (StringRef pair : pairs) {
    auto [name, path] = pair.split('=');
    const NamedBuffer *buffer = table.find(name);
    if (!buffer)
      return fail("the table has no buffer '" + name + "'");
    if (Error error =
            transfer(path, MutableArrayRef<char>(memory.data() + buffer->offset,
                                                 buffer->bytes)))
      return error;
  }
  return Error::success();
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
  auto table = parseLaunchTable((*file)->getBuffer(), options.entry);
  if (!table)
    return fail(options.launches + ": " + toString(table.takeError()));
  auto emulator = Emulator::create(*module, table->arenaBytes);
  if (!emulator)
    return emulator.takeError();
  GlobalMemory &memory = (*emulator)->memory();
  for (const NamedBuffer &buffer : table->buffers)
    memory.name(buffer.name, buffer.offset, buffer.bytes, buffer.isDefined);
  MutableArrayRef<char> arena(memory.data(), memory.size());
  if (!options.memory.empty())
    if (Error error = readBytes(options.memory, arena))
      return error;
  if (Error error = forEachBuffer(options.load, *table, memory, readBytes))
    return error;
  if (Error error = runAll(options, *table, **emulator))
    return error;
  if (!options.output.empty())
    if (Error error = writeBytes(options.output, arena))
      return error;
  return forEachBuffer(options.save, *table, memory, writeBytes);
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
  app.add_option("--entry", options.entry, "which entry of the table");
  app.add_option("--load", options.load,
                 "BUFFER=FILE: a buffer before, raw bytes");
  app.add_option("--save", options.save,
                 "BUFFER=FILE: a buffer after, raw bytes");
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
