//===- Trainer.h - the training loop --------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_TRAINER_H
#define DLCC_RUNTIME_TRAIN_TRAINER_H

#include "runtime/train/Batches.h"
#include "runtime/train/DataSet.h"
#include "runtime/train/Options.h"
#include "runtime/train/Reporter.h"
#include "runtime/train/ResidentMemory.h"

#include <chrono>
#include <memory>
#include <optional>

namespace dlcc::train {

/// The entries that a training program calls; -1 where the model has none.
struct Entries {
  explicit Entries(const dlcc_model &model);
  int32_t train = -1, evaluate = -1, report = -1;
};

/// Trains a model on a data set: epochs of shuffled batches, evaluation on the
/// whole test split after each, checkpoints. Where it stands is a dlcc_position
/// at every step, so that going on from a checkpoint gives the same bits as
/// never having stopped. Throws Refusal.
class Trainer {
public:
  Trainer(const dlcc_model &model, const Options &options, const DataSet &data,
          Reporter &reporter);

  /// Runs to the end, or until a signal asks to stop; returns that signal, or
  /// 0.
  int run();

private:
  using Clock = std::chrono::steady_clock;
  struct Destroy {
    void operator()(dlcc_instance *instance) const { dlcc_destroy(instance); }
  };

  void createInstance();
  void setWeights();
  void resume();
  void applyLearningRate();
  void announce();
  bool trainEpoch();
  void step(const std::vector<uint32_t> &order);
  void reportStep(double loss);
  void finishEpoch(bool whole);
  void save();
  std::optional<Averages> evaluate();
  Averages average(const double *sums, int64_t rows) const;
  void check(dlcc_status status) const;
  bool limitReached() const;
  double secondsInEpoch() const;

  const dlcc_model &model;
  const Options &options;
  const DataSet &data;
  Reporter &reporter;
  Entries entries;
  int64_t batches; ///< in an epoch
  int64_t epochs;
  Batches trainBatches;
  std::optional<Batches> testBatches;
  std::vector<float> metrics;           ///< outputs of the latest call
  std::optional<ResidentMemory> memory; ///< from before create
  std::unique_ptr<dlcc_instance, Destroy> instance;

  dlcc_position position{};
  Clock::time_point epochStart;
  int64_t rowsHere = 0; ///< trained in this epoch by this process
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_TRAINER_H
