//===- TrainCommand.cpp - dlcc train --------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles the training program, puts it into memory that no folder knows, and
// becomes it: signals reach the program, and nothing is left behind.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/CountValues.h"
#include "runtime/train/Options.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"
#include "runtime/train/Text.h"
#include "tools/Commands.h"
#include "tools/Compiler.h"
#include "tools/ModelFlags.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>

namespace dlcc {

namespace {

class TrainCommand {
public:
  explicit TrainCommand(CLI::App &app);
  int run();

private:
  /// Options of the training program; they are handed on as they stand.
  void addProgramOption(CLI::App &app, const char *flag, const char *type,
                        const char *what);
  void addProgramFlag(CLI::App &app, const char *flag, const char *what);
  /// What the program was told by an option; "" where it was not given.
  std::string programOption(const std::string &flag) const;
  /// Reads the data for a dimension whose number nothing else says.
  int64_t countValues(const std::vector<std::string> &fields,
                      std::string &whyNot);

  ModelFlags flags;
  std::vector<std::string> arguments;
  std::optional<train::DataSet> data;
};

} // namespace

void TrainCommand::addProgramOption(CLI::App &app, const char *flag,
                                    const char *type, const char *what) {
  app.add_option_function<std::string>(
         flag,
         [this, flag](const std::string &value) {
           arguments.push_back(flag);
           arguments.push_back(value);
         },
         what)
      ->type_name(type)
      ->group("Training program");
}

void TrainCommand::addProgramFlag(CLI::App &app, const char *flag,
                                  const char *what) {
  app.add_flag_callback(
         flag, [this, flag] { arguments.push_back(flag); }, what)
      ->group("Training program");
}

TrainCommand::TrainCommand(CLI::App &app) {
  flags.addModel(app);
  flags.addTarget(app, /*isProgram=*/true);
  flags.addLinks(app);
  flags.addInspection(app);
  flags.addUnsupported(app);
  addProgramOption(app, "--data", "DIR", "the data, or synthetic");
  addProgramOption(app, "--test-data", "DIR", "the test data");
  addProgramOption(app, "--rows", "N", "rows of synthetic data");
  addProgramOption(app, "--epochs", "N", "default: the training block's");
  addProgramOption(app, "--learning-rate", "X",
                   "instead of the training block's");
  addProgramOption(app, "--learning-rate-scale", "X",
                   "factor on the model's learning rate");
  addProgramOption(app, "--weights", "FILE", "weights to start from");
  addProgramOption(app, "--checkpoint", "FILE", "where to keep the state");
  addProgramOption(app, "--checkpoint-every", "N", "save every N steps too");
  addProgramFlag(app, "--resume", "go on from the checkpoint, if there is one");
  addProgramOption(app, "--threads", "N", "default: one a processor");
  addProgramOption(app, "--readers", "N",
                   "threads that fill batches ahead of the step");
  addProgramOption(app, "--seed", "N",
                   "of weights, shuffling, augmentation and dropout");
  addProgramOption(app, "--limit-steps", "N", "stop after N steps");
  addProgramOption(app, "--log-every", "N", "a line every N steps");
  addProgramFlag(app, "--json", "one JSON object a line");
  app.footer("Examples:\n  dlcc train models/mlp.dlm --data mnist/ --epochs 10 "
             "--checkpoint mlp.dlw\n"
             "  dlcc train models/vgg11.dlm --data images/ --max-memory=2GB\n");
}

/// Becomes the program; returns only where that fails.
static int execute(const std::string &name, const std::string &program,
                   const std::vector<std::string> &arguments) {
  int file = memfd_create(name.c_str(), MFD_CLOEXEC);
  size_t written = 0;
  while (file >= 0 && written != program.size()) {
    ssize_t n = write(file, program.data() + written, program.size() - written);
    if (n <= 0)
      break;
    written += n;
  }
  if (file >= 0 && written == program.size()) {
    std::vector<char *> argv = {const_cast<char *>(name.c_str())};
    for (const std::string &argument : arguments)
      argv.push_back(const_cast<char *>(argument.c_str()));
    argv.push_back(nullptr);
    fexecve(file, argv.data(), environ);
  }
  std::fprintf(stderr, "error: cannot start the training program: %s\n",
               std::strerror(errno));
  return 1;
}

std::string TrainCommand::programOption(const std::string &flag) const {
  std::string value;
  for (size_t i = 0; i + 1 < arguments.size(); ++i)
    if (arguments[i] == flag)
      value = arguments[i + 1];
  return value;
}

int64_t TrainCommand::countValues(const std::vector<std::string> &fields,
                                  std::string &whyNot) {
  train::Options program;
  program.data = programOption("--data");
  program.weights = programOption("--weights");
  program.checkpoint = programOption("--checkpoint");
  program.resume = std::find(arguments.begin(), arguments.end(), "--resume") !=
                   arguments.end();
  if (program.data.empty() || program.data == "synthetic") {
    whyNot = program.data.empty() ? "without --data there is nothing to take "
                                    "it from"
                                  : "synthetic data are made by it";
    return 0;
  }
  try {
    if (!data)
      data = train::readData(program.data);
    return train::countValues(*data, fields,
                              train::vocabularyOf(firstWeights(program)));
  } catch (const train::Refusal &refusal) {
    whyNot = refusal.what();
  } catch (const std::bad_alloc &) {
    whyNot = "out of memory";
  }
  return 0;
}

int TrainCommand::run() {
  CompileOptions options = flags.translate();
  options.training = options.requireTraining = true;
  options.artefacts = {Artefact::Executable};
  // A wrong number is for the program to refuse.
  options.threads = std::max(0L, std::atol(programOption("--threads").c_str()));
  options.countValues = [this](const std::vector<std::string> &fields,
                               std::string &whyNot) {
    return countValues(fields, whyNot);
  };
  if (options.stopAfter != Phase::Object)
    throw UsageError("--stop-after belongs to dlcc compile");
  if (!flags.tuneIfAsked(options))
    return 1;
  std::optional<CompiledModel> compiled = compileOneModel(options);
  if (!compiled)
    return 1;
  const CompiledModel &model = *compiled;
  if (flags.timeReport)
    printTimes(model);
  printTrade(model, countThreads(options));
  std::fflush(nullptr);
  return execute(model.name, model.files.front().second, arguments);
}

Command addTrainCommand(CLI::App &app) {
  CLI::App *sub =
      app.add_subcommand("train", "compile a model and train it on data");
  auto command = std::make_shared<TrainCommand>(*sub);
  return {sub, [command] { return command->run(); }};
}

} // namespace dlcc
