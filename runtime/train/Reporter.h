//===- Reporter.h - what a training program says while it runs ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_REPORTER_H
#define DLCC_RUNTIME_TRAIN_REPORTER_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlcc::train {

/// Averages over rows: loss, metrics and reports, in the text's order.
struct Averages {
  int64_t rows = 0;
  std::vector<std::pair<std::string, double>> values;
};

struct StartEvent {
  std::string model;
  std::string cpu; ///< the processor that the code which runs was compiled for
  int64_t parameters, plannedBytes, threads, batch;
  int64_t trainRows, testRows; ///< testRows is 0 without a test split
  int64_t epochs;
};

struct StepEvent {
  int64_t step;           ///< from 1
  double loss;            ///< of this step
  bool logged;            ///< --log-every asks for this one
  int64_t epoch;          ///< from 1
  int64_t batch, batches; ///< in this epoch; batch from 1
  double samplesPerSecond, secondsLeft;
  const Averages *soFar; ///< of this epoch
};

struct EpochEvent {
  int64_t epoch;  ///< from 1
  double seconds; ///< of training, in this process
  double samplesPerSecond;
  Averages train;
  std::optional<Averages> test;
};

struct EndEvent {
  int64_t step;
  int64_t measuredBytes; ///< peak resident minus resident before create
  bool interrupted;
  std::string checkpoint; ///< "": none was written
};

class Reporter {
public:
  virtual ~Reporter() = default;
  virtual void start(const StartEvent &event) = 0;
  virtual void step(const StepEvent &event) = 0;
  virtual void epoch(const EpochEvent &event) = 0;
  virtual void end(const EndEvent &event) = 0;
  /// Whether `step` wants to hear of every step, not only of logged ones.
  virtual bool wantsEveryStep() const = 0;
};

/// One JSON object a line on stdout.
std::unique_ptr<Reporter> makeJsonReporter();

/// Lines for people on stdout; on a terminal a progress bar too.
std::unique_ptr<Reporter> makeTextReporter();

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_REPORTER_H
