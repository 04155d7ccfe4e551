//===- TrainMain.cpp - the training program -------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Options, data, model, loop: in this order, so that everything the reader
// needs is in memory before the model's own memory is taken and measured.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Options.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"
#include "runtime/train/Reporter.h"
#include "runtime/train/StopSignal.h"
#include "runtime/train/Text.h"
#include "runtime/train/Trainer.h"

#include <cstdio>
#include <new>

using namespace dlcc::train;

static DataSet loadData(const dlcc_model &model, const Options &options) {
  DataSet data;
  if (options.data == "synthetic") {
    data.train =
        makeSynthetic(model, options.rows.value_or(model.batch), options.seed);
  } else {
    data = readData(options.data);
  }
  if (!options.testData.empty())
    data.test = readTestData(options.testData);
  if (data.test)
    checkSameClasses(data.train, *data.test);
  data.vocabulary =
      makeStreams(model, data, vocabularyOf(firstWeights(options)));
  return data;
}

int dlcc_train_main(const dlcc_model *model, int argc, char **argv) {
  int exitCode = 0;
  std::optional<Options> options = parseOptions(*model, argc, argv, exitCode);
  if (!options)
    return exitCode;
  constexpr int refused = 1, signalled = 128;
  try {
    DataSet data = loadData(*model, *options);
    std::unique_ptr<Reporter> reporter =
        options->json ? makeJsonReporter() : makeTextReporter();
    Trainer trainer(*model, *options, data, *reporter);
    catchStopSignals();
    int signal = trainer.run();
    if (std::fflush(stdout) != 0 || std::ferror(stdout))
      throw Refusal("cannot write to the standard output");
    return signal ? signalled + signal : 0;
  } catch (const Refusal &refusal) {
    std::fprintf(stderr, "error: %s\n", refusal.what());
  } catch (const std::bad_alloc &) {
    std::fprintf(stderr, "error: out of memory\n");
  }
  return refused;
}
