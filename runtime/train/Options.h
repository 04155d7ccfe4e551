//===- Options.h - the command line of a training program -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_OPTIONS_H
#define DLCC_RUNTIME_TRAIN_OPTIONS_H

#include "dlcc/abi.h"

#include <optional>
#include <string>

namespace dlcc::train {

struct Options {
  std::string data, testData;    ///< folder or file; data may be "synthetic"
  std::optional<int64_t> rows;   ///< of synthetic data
  std::optional<int64_t> epochs; ///< else limitSteps rules, or the model
  std::optional<double> learningRate;
  double learningRateScale = 1;
  std::string weights;    ///< file to start from; "": initialisers
  std::string checkpoint; ///< "": none
  int64_t checkpointEvery = 0;
  bool resume = false;
  int32_t threads = 0;            ///< 0: the number given to the compiler
  std::optional<int64_t> readers; ///< threads that read ahead
  uint64_t seed = 1;
  int64_t limitSteps = 0; ///< 0: no limit
  int64_t logEvery = 0;   ///< 0: no step lines
  bool json = false;
};

/// The file with the weights that training begins with; "" where there is none.
std::string firstWeights(const Options &options);

/// Times through the data where the command line names neither epochs nor
/// steps.
int64_t defaultEpochs(const dlcc_model &model);

/// Parses the command line. An empty result means that there is nothing to
/// run (help, or wrong usage, both printed): exit with `exitCode`.
std::optional<Options> parseOptions(const dlcc_model &model, int argc,
                                    char **argv, int &exitCode);

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_OPTIONS_H
