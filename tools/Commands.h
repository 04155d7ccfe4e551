//===- Commands.h - the subcommands of dlcc ---------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function adds one subcommand to the command line and returns what runs
// once its flags are parsed. Exit codes: 0 done, 1 the input was refused
// (diagnostics on stderr), 2 wrong usage (UsageError).
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_COMMANDS_H
#define DLCC_TOOLS_COMMANDS_H

#include <CLI/CLI.hpp>
#include <functional>

namespace dlcc {

struct Command {
  CLI::App *app;
  std::function<int()> run;
};

Command addCompileCommand(CLI::App &app);
Command addRunCommand(CLI::App &app);
Command addTrainCommand(CLI::App &app);
Command addExplainCommand(CLI::App &app);
Command addExportCommand(CLI::App &app);
Command addBenchCommand(CLI::App &app);
Command addCheckCommand(CLI::App &app);
Command addConfigCommand(CLI::App &app);

} // namespace dlcc

#endif // DLCC_TOOLS_COMMANDS_H
