//===- Options.cpp - the command line of a training program ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

using namespace dlcc::train;

/// Refuses numbers below `least`, in words shorter than CLI11's own.
static CLI::Validator atLeast(int least) {
  auto check = [least](std::string &text) {
    double value = 0;
    if (CLI::detail::lexical_cast(text, value) && value >= least)
      return std::string();
    return "'" + text + "' is not a number of at least " +
           std::to_string(least);
  };
  return CLI::Validator(check, "");
}

int64_t dlcc::train::defaultEpochs(const dlcc_model &model) {
  return std::max<int64_t>(model.default_epochs, 1);
}

static void describe(CLI::App &app, const dlcc_model &model, Options &options) {
  CLI::Validator positive = atLeast(1), notNegative = atLeast(0);
  app.add_option("--data", options.data,
                 "folder or file with training data (MNIST IDX, CIFAR, .npy, "
                 ".npz, CSV, images in class folders), or 'synthetic'")
      ->required();
  app.add_option("--test-data", options.testData,
                 "folder or file with test data, where --data has none");
  CLI::Option *rows =
      app.add_option("--rows", options.rows, "rows of synthetic data")
          ->check(positive);
  app.add_option("--epochs", options.epochs,
                 "times through the data (default: " +
                     std::to_string(defaultEpochs(model)) +
                     ", or as many as --limit-steps takes)")
      ->check(positive);
  CLI::Option *rate =
      app.add_option("--learning-rate", options.learningRate,
                     "instead of the model's, where that is a constant")
          ->check(notNegative);
  app.add_option("--learning-rate-scale", options.learningRateScale,
                 "factor on the model's learning rate, schedule or constant")
      ->check(notNegative)
      ->excludes(rate);
  app.add_option("--weights", options.weights,
                 "weights file or checkpoint to start from");
  CLI::Option *checkpoint = app.add_option("--checkpoint", options.checkpoint,
                                           "file to save training in");
  app.add_option("--checkpoint-every", options.checkpointEvery,
                 "steps between saves (default: at the end only)")
      ->check(positive)
      ->needs(checkpoint);
  app.add_flag("--resume", options.resume,
               "go on from the checkpoint; start anew where there is none yet")
      ->needs(checkpoint);
  app.add_option("--threads", options.threads,
                 "threads (default: " +
                     (model.threads ? std::to_string(model.threads)
                                    : std::string("one a processor")) +
                     ")")
      ->check(CLI::Range(1, 4096).description(""));
  app.add_option("--readers", options.readers,
                 "threads that fill batches ahead of the step (default: as "
                 "many as --threads where images are decoded or changed, else "
                 "none)")
      ->check(CLI::Range(0, 4096).description(""));
  app.add_option(
         "--seed", options.seed,
         "of initial weights, order of the data, augmentation and dropout")
      ->capture_default_str()
      ->check(notNegative);
  app.add_option("--limit-steps", options.limitSteps,
                 "stop after this many steps, counted from the beginning of "
                 "training; with --epochs, at whichever comes first")
      ->check(positive);
  app.add_option("--log-every", options.logEvery,
                 "steps between lines about a step")
      ->check(positive);
  app.add_flag("--json", options.json, "one JSON object a line on stdout");
  app.callback([&options, rows] {
    if (rows->count() && options.data != "synthetic")
      throw CLI::ValidationError("--rows", "belongs to --data synthetic");
  });
}

std::string dlcc::train::firstWeights(const Options &options) {
  std::error_code none;
  bool resumes =
      options.resume && std::filesystem::exists(options.checkpoint, none);
  return resumes ? options.checkpoint : options.weights;
}

std::optional<Options> dlcc::train::parseOptions(const dlcc_model &model,
                                                 int argc, char **argv,
                                                 int &exitCode) {
  Options options;
  std::string name = model.name;
  CLI::App app("Trains the model '" + name + "' (batch " +
                   std::to_string(model.batch) + ", compiled in).",
               name);
  app.footer("Example: " + name + " --data mnist --epochs 5 --checkpoint " +
             name +
             ".dlw --resume\nSIGINT saves the checkpoint and stops; a second "
             "one stops at once.");
  describe(app, model, options);
  try {
    app.parse(argc, argv);
    return options;
  } catch (const CLI::ParseError &error) {
    constexpr int wrongUsage = 2;
    exitCode = app.exit(error) == 0 ? 0 : wrongUsage;
    return std::nullopt;
  }
}
