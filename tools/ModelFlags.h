//===- ModelFlags.h - the flags that say what to compile --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_MODELFLAGS_H
#define DLCC_TOOLS_MODELFLAGS_H

#include "dlcc/compiler.h"

#include <CLI/CLI.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace dlcc {

/// Wrong usage: the driver prints the sentence and ends with 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The flags that several subcommands share, as they stand on the command
/// line, and their translation.
class ModelFlags {
public:
  /// MODEL and what chooses sizes and names in it.
  void addModel(CLI::App &app);
  /// The machine to compile for; `isProgram`: the subcommand's --threads is
  /// not the compiler's but the program's own.
  void addTarget(CLI::App &app, bool isProgram = false);
  /// Files with the C functions of the model.
  void addLinks(CLI::App &app);
  /// What to see of the compiler's work.
  void addInspection(CLI::App &app);
  /// What later releases will know, so that nobody takes it for a typing
  /// error or believes it worked.
  void addUnsupported(CLI::App &app);

  /// Throws UsageError.
  CompileOptions translate() const;

  /// Measures tiles where --tune is given (see Tune.h); false where that
  /// failed.
  bool tuneIfAsked(CompileOptions &options) const;

  bool timeReport = false, saveTemps = false, verbose = false;

private:
  std::string chip() const;
  void refuseOnGpu() const;

  CompileOptions options;
  std::vector<std::string> dims, constants, prefixes;
  std::string stopAfter, maxMemory, tuneCache;
  bool tuning = false;
  std::string target = "cpu", precision = "f32";
};

/// Refuses numbers below `least`, in a shorter sentence than CLI11's.
CLI::Validator atLeast(int least);

/// Splits NAME=VALUE; throws UsageError without the sign.
std::pair<std::string, std::string> splitAssignment(const std::string &flag,
                                                    const std::string &text);

/// Prints diagnostics on stderr.
DiagnosticSink printToStderr();

/// Prints errors only: of a file that is compiled a second time, the rest was
/// heard before.
DiagnosticSink printErrors();

/// What --max-memory has changed, on stderr; nothing where the model fits.
void printTrade(const CompiledModel &model, int64_t threads);

/// A table of --time-report on stderr.
void printTimes(const CompiledModel &model);
/// Compiles a file of one model; null after an error, which is on stderr.
/// Throws UsageError where it holds several.
std::optional<CompiledModel> compileOneModel(const CompileOptions &options);

} // namespace dlcc

#endif // DLCC_TOOLS_MODELFLAGS_H
