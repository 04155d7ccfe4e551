//===- Trainer.h - the training loop --------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_TRAINER_H
#define DLCC_RUNTIME_TRAIN_TRAINER_H

#include "runtime/train/DataSet.h"
#include "runtime/train/Options.h"
#include "runtime/train/ReadAhead.h"
#include "runtime/train/Reporter.h"
#include "runtime/train/ResidentMemory.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlcc::train {

/// A training block: its entries (-1 where it has none), what feeds them, and
/// where its metrics stand among those of all blocks.
struct TrainedBlock {
  int32_t train = -1, evaluate = -1, report = -1;
  std::string name; ///< empty where the block has none
  size_t firstMetric = 0;
  size_t loss = 0;            ///< among its metrics
  std::vector<float> metrics; ///< outputs of the latest call
  std::optional<BatchFiller> trainRows, testRows;
};

/// Trains a model on a data set: every training block takes one step on each
/// batch, in the order of the text; epochs of shuffled batches, evaluation on
/// the whole test split after each, checkpoints. Where it stands is a
/// dlcc_position at every step, so that going on from a checkpoint gives the
/// same bits as never having stopped. Throws Refusal.
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
  void step();
  void reportStep(double loss);
  void finishEpoch(bool whole);
  void save();
  std::optional<Averages> evaluate();
  Averages average(const double *sums, int64_t rows) const;
  void findBlocks();
  bool needsFullBatches(int32_t TrainedBlock::*entry) const;
  /// Runs one entry of a block on the rows in `from` and adds its metrics,
  /// times the rows, to `sums`.
  void runBlock(TrainedBlock &block, int32_t entry, const Batch &from,
                int64_t rows, double *sums);
  void createReader();
  ReadPlan planFor(std::optional<BatchFiller> TrainedBlock::*rows) const;
  void check(dlcc_status status) const;
  bool limitReached() const;
  double secondsInEpoch() const;
  int64_t threadCount() const;

  const dlcc_model &model;
  const Options &options;
  const DataSet &data;
  Reporter &reporter;
  std::vector<TrainedBlock> blocks;
  size_t numMetrics = 0;
  bool hasTest = false;
  std::optional<ReadAhead> reader;
  int64_t batches = 0; ///< in an epoch
  int64_t epochs = 0;
  std::optional<ResidentMemory> memory; ///< from before create
  std::unique_ptr<dlcc_instance, Destroy> instance;

  dlcc_position position{};
  Clock::time_point epochStart;
  int64_t rowsHere = 0; ///< trained in this epoch by this process
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_TRAINER_H
