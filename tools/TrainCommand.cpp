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
#include "tools/CaffeFiles.h"
#include "tools/Commands.h"
#include "tools/Compiler.h"
#include "tools/Files.h"
#include "tools/LoadWeights.h"
#include "tools/LoadedModel.h"
#include "tools/ModelFlags.h"
#include "tools/WeightsArchive.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
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

  /// The data of --data, once something asks for them; null, with why in
  /// `whyNot`, where there are none to read.
  const train::DataSet *readData(std::string &whyNot);
  bool describeField(const std::string &name, std::vector<int64_t> &dims,
                     bool &isBytes);
  /// What a solver of Caffe's says to the program, unless the command line
  /// does.
  void addSolverOptions(const CompileOptions &options);
  /// Puts --weights in a format of others into a weights file that the program
  /// can read.
  llvm::Error convertWeights(const CompiledModel &model,
                             const CompileOptions &options);

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
  addProgramOption(app, "--weights", "FILE",
                   "weights to start from: a weights file, checkpoint, .npz, "
                   ".safetensors, or "
                   ".caffemodel of a Caffe net");
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
             "  dlcc train models/vgg11.dlm --data images/ --max-memory=2GB\n"
             "  dlcc train lenet_solver.prototxt --data mnist/\n");
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

const train::DataSet *TrainCommand::readData(std::string &whyNot) {
  std::string path = programOption("--data");
  if (path.empty() || path == "synthetic") {
    whyNot = path.empty() ? "without --data there is nothing to take it from"
                          : "synthetic data are made by it";
    return nullptr;
  }
  try {
    if (!data)
      data = train::readData(path);
    return &*data;
  } catch (const train::Refusal &refusal) {
    whyNot = refusal.what();
  } catch (const std::bad_alloc &) {
    whyNot = "out of memory";
  }
  return nullptr;
}

int64_t TrainCommand::countValues(const std::vector<std::string> &fields,
                                  std::string &whyNot) {
  train::Options program;
  program.weights = programOption("--weights");
  program.checkpoint = programOption("--checkpoint");
  program.resume = std::find(arguments.begin(), arguments.end(), "--resume") !=
                   arguments.end();
  const train::DataSet *known = readData(whyNot);
  if (!known)
    return 0;
  try {
    return train::countValues(*known, fields,
                              train::vocabularyOf(firstWeights(program)));
  } catch (const train::Refusal &refusal) {
    whyNot = refusal.what();
  } catch (const std::bad_alloc &) {
    whyNot = "out of memory";
  }
  return 0;
}

bool TrainCommand::describeField(const std::string &name,
                                 std::vector<int64_t> &dims, bool &isBytes) {
  std::string whyNot;
  const train::DataSet *known = readData(whyNot);
  const train::Field *field = known ? known->train.find(name) : nullptr;
  if (!field)
    return false;
  dims = field->dims;
  isBytes = field->type == DLCC_U8;
  return true;
}

void TrainCommand::addSolverOptions(const CompileOptions &options) {
  auto read = caffe_reader::readModel(caffeOptions(options),
                                      [](frontend::Severity, auto &) {});
  if (!read)
    return;
  for (const auto &[flag, value] : read->programOptions) {
    bool isSaid =
        !programOption(flag).empty() ||
        (flag == "--limit-steps" && !programOption("--epochs").empty());
    if (isSaid)
      continue;
    arguments.push_back(flag);
    arguments.push_back(value);
  }
}

/// The file has no name any more when the program opens it by its number.
llvm::Error TrainCommand::convertWeights(const CompiledModel &model,
                                         const CompileOptions &options) {
  llvm::Expected<LoadedModel> loaded =
      LoadedModel::load(model.name, model.files.back().second, options.links);
  if (!loaded)
    return loaded.takeError();
  llvm::Expected<TemporaryFolder> folder = TemporaryFolder::create();
  if (!folder)
    return folder.takeError();
  auto fails = [] {
    return llvm::createStringError(llvm::Twine(dlcc_last_error()));
  };
  InstancePointer net(dlcc_create(&loaded->descriptor(), nullptr));
  long seed = std::atol(programOption("--seed").c_str());
  if (!net || dlcc_init(net.get(), seed > 0 ? seed : 1) != DLCC_OK)
    return fails();
  if (llvm::Error error = loadWeights(net.get(), programOption("--weights"),
                                      options, /*completes=*/true))
    return error;
  std::string path = folder->file("weights.dlw");
  if (dlcc_save(net.get(), path.c_str()) != DLCC_OK)
    return fails();
  int file = open(path.c_str(), O_RDONLY);
  if (file < 0)
    return llvm::errorCodeToError(
        std::error_code(errno, std::generic_category()));
  for (size_t i = 0; i + 1 < arguments.size(); ++i)
    if (arguments[i] == "--weights")
      arguments[i + 1] = "/proc/self/fd/" + std::to_string(file);
  return llvm::Error::success();
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
  options.dataField = [this](const std::string &name,
                             std::vector<int64_t> &dims, bool &isBytes) {
    return describeField(name, dims, isBytes);
  };
  if (options.stopAfter != Phase::Object)
    throw UsageError("--stop-after belongs to dlcc compile");
  bool convertsWeights = isCaffeModel(programOption("--weights")) ||
                         isWeightsArchive(programOption("--weights"));
  if (convertsWeights) {
    options.artefacts.push_back(Artefact::Object);
    options.loads = true;
  }
  if (isCaffe(options.input))
    addSolverOptions(options);
  if (!flags.tuneIfAsked(options))
    return 1;
  std::optional<CompiledModel> compiled = compileOneModel(options);
  if (!compiled)
    return 1;
  const CompiledModel &model = *compiled;
  if (flags.timeReport)
    printTimes(model);
  printTrade(model, countThreads(options));
  if (convertsWeights)
    if (llvm::Error error = convertWeights(model, options)) {
      std::fprintf(stderr, "error: %s\n",
                   llvm::toString(std::move(error)).c_str());
      return 1;
    }
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
