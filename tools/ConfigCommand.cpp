//===- ConfigCommand.cpp - dlcc config ------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Commands.h"
#include "tools/Link.h"
#include "tools/ModelFlags.h"
#include "llvm/ADT/StringExtras.h"

#include <cstdio>
#include <memory>

namespace dlcc {

namespace {

struct ConfigFlags {
  bool cflags = false, libs = false;
};

} // namespace

static int printConfig(const ConfigFlags &flags) {
  if (!flags.cflags && !flags.libs)
    throw UsageError("config: ask for --cflags, --libs or both");
  Installation installation = Installation::find();
  std::vector<std::string> words;
  if (flags.cflags)
    words = installation.compileFlags();
  if (flags.libs)
    llvm::append_range(words, installation.linkFlags());
  std::printf("%s\n", llvm::join(words, " ").c_str());
  return 0;
}

Command addConfigCommand(CLI::App &app) {
  CLI::App *sub = app.add_subcommand(
      "config", "what an application needs to compile and link");
  auto flags = std::make_shared<ConfigFlags>();
  sub->add_flag("--cflags", flags->cflags, "flags for the compiler");
  sub->add_flag("--libs", flags->libs, "flags for the linker");
  sub->footer("Example:\n  cc app.c mlp.o $(dlcc config --cflags --libs)\n");
  return {sub, [flags] { return printConfig(*flags); }};
}

} // namespace dlcc
