//===- dlcc.cpp - the driver ----------------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Commands.h"
#include "tools/ModelFlags.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>

/// Flushes stdout; the exit code, which is 1 where something could not be
/// written there.
static int finishOutput(int exitCode) {
  llvm::outs().flush();
  bool failed = llvm::outs().has_error();
  llvm::outs().clear_error();
  if (std::fflush(stdout) == 0 && !std::ferror(stdout) && !failed)
    return exitCode;
  std::fprintf(stderr, "error: cannot write to the standard output\n");
  return 1;
}

int main(int argc, char **argv) {
  CLI::App app("dlcc compiles deep-learning models to native code.", "dlcc");
  app.set_version_flag("--version",
                       "dlcc " DLCC_VERSION " (LLVM " LLVM_VERSION_STRING ")");
  app.require_subcommand(1);
  app.footer("Examples:\n  dlcc compile models/mlp.dlm --train -o build/\n"
             "  dlcc compile deploy.prototxt --weights net.caffemodel -o "
             "build/\n"
             "  dlcc export models/lenet.dlm --weights lenet.ckpt -o "
             "lenet.onnx\n"
             "  dlcc COMMAND --help says more about each.\n");
  const dlcc::Command commands[] = {
      dlcc::addCompileCommand(app), dlcc::addRunCommand(app),
      dlcc::addTrainCommand(app),   dlcc::addBenchCommand(app),
      dlcc::addExplainCommand(app), dlcc::addCheckCommand(app),
      dlcc::addExportCommand(app),  dlcc::addConfigCommand(app)};
  try {
    app.parse(argc, argv);
    for (const dlcc::Command &command : commands)
      if (command.app->parsed())
        return finishOutput(command.run());
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const dlcc::UsageError &error) {
    std::fprintf(stderr, "dlcc: %s\n", error.what());
  }
  return 2;
}
