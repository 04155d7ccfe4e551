//===- CheckCommand.cpp - dlcc check --------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Commands.h"
#include "tools/ModelFlags.h"

#include <memory>

namespace dlcc {

namespace {

class CheckCommand {
public:
  explicit CheckCommand(CLI::App &app);
  int run() const { return check(flags.translate(), printToStderr()) ? 0 : 1; }

private:
  ModelFlags flags;
};

} // namespace

CheckCommand::CheckCommand(CLI::App &app) {
  flags.addModel(app);
  app.footer("Example:\n  dlcc check models/mlp.dlm\n");
}

Command addCheckCommand(CLI::App &app) {
  CLI::App *sub =
      app.add_subcommand("check", "diagnostics of a model file, nothing else");
  auto command = std::make_shared<CheckCommand>(*sub);
  return {sub, [command] { return command->run(); }};
}

} // namespace dlcc
