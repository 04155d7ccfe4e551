//===- Trainer.cpp - the training loop ------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Trainer.h"
#include "runtime/Team.h"
#include "runtime/Tensors.h"
#include "runtime/train/Refusal.h"
#include "runtime/train/Shuffle.h"
#include "runtime/train/StopSignal.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <numeric>
#include <sys/stat.h>
#include <unistd.h>

using namespace dlcc;
using namespace dlcc::train;

void Trainer::findBlocks() {
  auto find = [&](int32_t kind, const char *block) {
    for (int32_t i = 0; i < model.num_entries; ++i)
      if (model.entries[i].kind == kind &&
          std::strcmp(model.entries[i].block, block) == 0)
        return i;
    return -1;
  };
  for (int32_t i = 0; i < model.num_entries; ++i) {
    const dlcc_entry &entry = model.entries[i];
    if (entry.kind != DLCC_ENTRY_TRAIN)
      continue;
    TrainedBlock block;
    block.train = i;
    block.evaluate = find(DLCC_ENTRY_EVALUATE, entry.block);
    block.report = find(DLCC_ENTRY_REPORT, entry.block);
    block.name = entry.block;
    block.firstMetric = numMetrics;
    block.metrics.resize(entry.num_outputs);
    for (int32_t k = 0; k < entry.num_outputs; ++k)
      if (std::string_view(entry.outputs[k].name) == "loss")
        block.loss = k;
    numMetrics += entry.num_outputs;
    block.trainRows.emplace(entry, data.train);
    if (data.test && block.evaluate >= 0) {
      block.testRows.emplace(model.entries[block.evaluate], *data.test);
      hasTest = true;
    }
    blocks.push_back(std::move(block));
  }
  if (blocks.empty())
    throw Refusal("the model has no training block, so there is nothing to "
                  "train");
  if (numMetrics > std::size(position.sums))
    throw Refusal("the training blocks have more than " +
                  std::to_string(std::size(position.sums)) +
                  " metrics, which checkpoints cannot hold");
}

/// Reader threads pay where rows are decoded or changed. Copying them is done
/// by the step: it takes less than handing them over would.
void Trainer::createReader() {
  std::vector<const dlcc_entry *> entries;
  bool hasWork = false;
  for (const TrainedBlock &block : blocks) {
    entries.push_back(&model.entries[block.train]);
    hasWork |= block.trainRows->hasWork() ||
               (block.testRows && block.testRows->hasWork());
  }
  int64_t threads = std::min<int64_t>(threadCount(), rt::coreCount());
  reader.emplace(entries, model.batch,
                 options.readers.value_or(hasWork ? threads : 0));
}

/// Batches of all blocks for the epoch in which training stands.
ReadPlan
Trainer::planFor(std::optional<BatchFiller> TrainedBlock::*rows) const {
  ReadPlan plan;
  for (const TrainedBlock &block : blocks)
    plan.fillers.push_back(block.*rows ? &*(block.*rows) : nullptr);
  plan.seed = position.seed;
  plan.epoch = position.epoch;
  return plan;
}

int64_t Trainer::threadCount() const {
  return options.threads ? options.threads
         : model.threads ? model.threads
                         : rt::coreCount();
}

/// Whether an entry of some block mixes the rows of a batch.
bool Trainer::needsFullBatches(int32_t TrainedBlock::*entry) const {
  return std::any_of(
      blocks.begin(), blocks.end(), [&](const TrainedBlock &block) {
        return block.*entry >= 0 && model.entries[block.*entry].all_rows;
      });
}

/// Batches in an epoch: the last one may be partial, unless the step mixes
/// rows; then its rows are left out.
static int64_t countBatches(const dlcc_model &model, bool onlyFull,
                            int64_t rows) {
  if (rows >= std::numeric_limits<uint32_t>::max())
    throw Refusal("more than 2^32 - 2 rows of data");
  if (!onlyFull)
    return (rows + model.batch - 1) / model.batch;
  if (rows < model.batch)
    throw Refusal("the training step needs full batches of " +
                  std::to_string(model.batch) + " rows, the data has " +
                  std::to_string(rows));
  return rows / model.batch;
}

/// A limit of steps alone asks for just as many epochs as it takes.
static int64_t countEpochs(const dlcc_model &model, const Options &options,
                           int64_t batches) {
  if (options.epochs)
    return *options.epochs;
  if (options.limitSteps)
    return (options.limitSteps + batches - 1) / batches;
  return defaultEpochs(model);
}

Trainer::Trainer(const dlcc_model &model, const Options &options,
                 const DataSet &data, Reporter &reporter)
    : model(model), options(options), data(data), reporter(reporter) {
  findBlocks();
  batches = countBatches(model, needsFullBatches(&TrainedBlock::train),
                         data.train.rows);
  epochs = countEpochs(model, options, batches);
  createReader();
  memory.emplace(); // the data and the batches are in memory by now
  createInstance();
}

void Trainer::check(dlcc_status status) const {
  if (status != DLCC_OK)
    throw Refusal(dlcc_last_error());
}

void Trainer::createInstance() {
  dlcc_options host = DLCC_OPTIONS_INIT;
  host.threads = options.threads;
  host.seed = options.seed;
  host.steps_per_epoch = batches;
  host.log = [](void *, const char *message) {
    std::fprintf(stderr, "note: %s\n", message);
  };
  instance.reset(dlcc_create(&model, &host));
  if (!instance)
    throw Refusal(dlcc_last_error());
  position.seed = options.seed;
  position.data_rows = data.train.rows;
  setWeights();
  applyLearningRate();
}

/// A checkpoint that can never be written is refused now, not after an epoch.
static void checkFolderOf(const std::string &checkpoint) {
  size_t slash = checkpoint.rfind('/');
  std::string folder =
      slash == checkpoint.npos ? "." : checkpoint.substr(0, slash + 1);
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    throw Refusal("cannot write '" + checkpoint + "': " + std::strerror(errno));
  struct stat status;
  if (stat(checkpoint.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    throw Refusal("cannot write '" + checkpoint +
                  "': it is not a regular file");
}

void Trainer::setWeights() {
  if (!options.checkpoint.empty())
    checkFolderOf(options.checkpoint);
  if (options.resume) {
    if (access(options.checkpoint.c_str(), F_OK) == 0)
      return resume();
    std::fprintf(stderr,
                 "note: there is no checkpoint '%s' yet; training "
                 "starts anew\n",
                 options.checkpoint.c_str());
  }
  check(options.weights.empty()
            ? dlcc_init(instance.get(), options.seed)
            : dlcc_load(instance.get(), options.weights.c_str()));
  std::vector<const char *> tokens;
  for (const std::string &token : data.vocabulary)
    tokens.push_back(token.c_str());
  if (!tokens.empty())
    check(dlcc_set_tokens(instance.get(), tokens.size(), tokens.data()));
}

void Trainer::resume() {
  check(dlcc_load_checkpoint(instance.get(), options.checkpoint.c_str()));
  dlcc_get_position(instance.get(), &position);
  if (position.data_rows != data.train.rows)
    throw Refusal("'" + options.checkpoint + "' was training on " +
                  std::to_string(position.data_rows) + " rows; this data has " +
                  std::to_string(data.train.rows));
  // Rows behind it in this epoch; division, since a product may overflow.
  int64_t rows = position.batch_in_epoch <= position.data_rows / model.batch
                     ? position.batch_in_epoch * model.batch
                     : position.data_rows;
  if (position.batch_in_epoch > batches || position.rows != rows)
    throw Refusal("'" + options.checkpoint + "' stands after batch " +
                  std::to_string(position.batch_in_epoch) + " and row " +
                  std::to_string(position.rows) +
                  " of an epoch, which does not go with the batch of " +
                  std::to_string(model.batch) +
                  " rows that this program was compiled with");
  if (position.seed != options.seed)
    std::fprintf(stderr, "note: going on with the checkpoint's seed %llu\n",
                 static_cast<unsigned long long>(position.seed));
}

void Trainer::applyLearningRate() {
  double scale = options.learningRateScale;
  if (options.learningRate) {
    if (!(model.learning_rate > 0))
      throw Refusal("the model's learning rate is a schedule; "
                    "--learning-rate-scale multiplies it");
    scale = *options.learningRate / model.learning_rate;
  }
  check(
      dlcc_set_learning_rate_scale(instance.get(), static_cast<float>(scale)));
}

void Trainer::announce() {
  int64_t parameters = 0;
  for (int32_t i = 0; i < model.num_variables; ++i)
    if (model.variables[i].kind == DLCC_PARAMETER)
      parameters += rt::elementCount(model.variables[i].tensor);
  int64_t threads = threadCount();
  int64_t planned = model.weight_bytes + model.optimizer_bytes +
                    model.state_bytes + model.arena_bytes +
                    (model.devices ? 1 : threads) * model.scratch_bytes;
  reporter.start({model.name, dlcc_get_level(instance.get())->cpu, parameters,
                  planned, threads, model.batch, data.train.rows,
                  hasTest ? data.test->rows : 0, epochs});
  if (int64_t used = batches * model.batch; used < data.train.rows)
    std::fprintf(stderr,
                 "note: the training step needs full batches; the last %lld "
                 "rows of each epoch are left out\n",
                 static_cast<long long>(data.train.rows - used));
}

bool Trainer::limitReached() const {
  return options.limitSteps && position.step >= options.limitSteps;
}

double Trainer::secondsInEpoch() const {
  return std::chrono::duration<double>(Clock::now() - epochStart).count();
}

int Trainer::run() {
  announce();
  bool whole = true;
  while (position.epoch < epochs && !limitReached() && !stopSignal()) {
    whole = trainEpoch();
    // Before the evaluation, which resets states of the stream.
    if (!whole)
      save();
    if (!stopSignal())
      finishEpoch(whole);
  }
  if (whole)
    save();
  reporter.end(
      {position.step, memory->growth(), stopSignal() != 0, options.checkpoint});
  return stopSignal();
}

/// Trains the rest of an epoch; false if it was ended early.
bool Trainer::trainEpoch() {
  ReadPlan plan = planFor(&TrainedBlock::trainRows);
  plan.samples.resize(data.train.rows);
  if (data.train.text.empty())
    shuffle(plan.samples, position.seed, position.epoch);
  else
    std::iota(plan.samples.begin(), plan.samples.end(), 0);
  plan.firstBatch = position.batch_in_epoch;
  plan.batches = batches;
  if (position.batch_in_epoch == 0)
    dlcc_reset_state(instance.get());
  epochStart = Clock::now();
  rowsHere = 0;
  reader->begin(std::move(plan));
  while (position.batch_in_epoch < batches) {
    if (limitReached() || stopSignal())
      return false;
    step();
  }
  return true;
}

void Trainer::runBlock(TrainedBlock &block, int32_t entry, const Batch &from,
                       int64_t rows, double *sums) {
  std::vector<void *> args = from.inputs();
  for (float &metric : block.metrics)
    args.push_back(&metric);
  check(dlcc_run(instance.get(), entry, rows, args.data()));
  for (size_t i = 0; i < block.metrics.size(); ++i)
    sums[block.firstMetric + i] += static_cast<double>(block.metrics[i]) * rows;
}

void Trainer::step() {
  int64_t first = position.batch_in_epoch * model.batch;
  int64_t rows = std::min(model.batch, data.train.rows - first);
  const std::vector<Batch> &inputs = reader->next();
  for (size_t i = 0; i < blocks.size(); ++i)
    runBlock(blocks[i], blocks[i].train, inputs[i], rows, position.sums);
  position.rows += rows;
  rowsHere += rows;
  ++position.step;
  ++position.batch_in_epoch;
  const TrainedBlock &shown = blocks.front();
  reportStep(shown.metrics.empty() ? 0 : shown.metrics[shown.loss]);
  if (options.checkpointEvery && position.step % options.checkpointEvery == 0)
    save();
}

void Trainer::reportStep(double loss) {
  bool logged = options.logEvery && position.step % options.logEvery == 0;
  if (!logged && !reporter.wantsEveryStep())
    return;
  double rate = rowsHere / std::max(secondsInEpoch(), 1e-9);
  double rowsLeft =
      static_cast<double>(epochs - position.epoch) * data.train.rows -
      position.batch_in_epoch * model.batch;
  if (options.limitSteps)
    rowsLeft = std::min(
        rowsLeft,
        static_cast<double>(options.limitSteps - position.step) * model.batch);
  Averages soFar = average(position.sums, position.rows);
  reporter.step({position.step, loss, logged, position.epoch + 1,
                 position.batch_in_epoch, batches, rate,
                 std::max(rowsLeft, 0.0) / rate, &soFar});
}

/// Says what the epoch gave. A whole one is then left behind.
void Trainer::finishEpoch(bool whole) {
  double seconds = secondsInEpoch();
  EpochEvent event = {position.epoch + 1, seconds,
                      rowsHere / std::max(seconds, 1e-9),
                      average(position.sums, position.rows), std::nullopt};
  if (hasTest) {
    event.test = evaluate();
    if (!event.test)
      return;
  }
  reporter.epoch(event);
  if (!whole)
    return;
  ++position.epoch;
  position.batch_in_epoch = 0;
  std::fill(std::begin(position.sums), std::end(position.sums), 0.0);
  position.rows = 0;
  dlcc_reset_state(instance.get());
}

/// The whole test split, last partial batch included; nothing if a signal
/// came in between.
std::optional<Averages> Trainer::evaluate() {
  dlcc_reset_state(instance.get());
  std::vector<double> sums(std::size(position.sums));
  ReadPlan plan = planFor(&TrainedBlock::testRows);
  plan.samples.resize(data.test->rows);
  std::iota(plan.samples.begin(), plan.samples.end(), 0);
  int64_t full = data.test->rows / model.batch;
  bool hasRest = full * model.batch < data.test->rows &&
                 !needsFullBatches(&TrainedBlock::evaluate);
  plan.batches = full + (hasRest ? 1 : 0);
  int64_t testBatches = plan.batches, rows = 0;
  reader->begin(std::move(plan));
  for (int64_t batch = 0; batch < testBatches; ++batch) {
    if (stopSignal())
      return std::nullopt;
    int64_t count = std::min(model.batch, data.test->rows - rows);
    const std::vector<Batch> &inputs = reader->next();
    for (size_t i = 0; i < blocks.size(); ++i)
      if (blocks[i].testRows)
        runBlock(blocks[i], blocks[i].evaluate, inputs[i], count, sums.data());
    rows += count;
  }
  return average(sums.data(), rows);
}

/// Metrics and reports of all blocks; those of a named one have its name
/// before theirs.
Averages Trainer::average(const double *sums, int64_t rows) const {
  Averages result = {rows, {}};
  for (const TrainedBlock &block : blocks) {
    std::string prefix =
        block.name.empty() || blocks.size() == 1 ? "" : block.name + ".";
    const dlcc_entry &entry = model.entries[block.train];
    std::vector<float> values(block.metrics.size());
    for (size_t i = 0; i < values.size(); ++i) {
      double mean = sums[block.firstMetric + i] / std::max<int64_t>(rows, 1);
      result.values.emplace_back(prefix + entry.outputs[i].name, mean);
      values[i] = static_cast<float>(mean);
    }
    if (block.report < 0)
      continue;
    const dlcc_entry &report = model.entries[block.report];
    std::vector<float> reports(report.num_outputs);
    std::vector<void *> args;
    for (float &value : values)
      args.push_back(&value);
    for (float &value : reports)
      args.push_back(&value);
    check(dlcc_run(instance.get(), block.report, 1, args.data()));
    for (int32_t i = 0; i < report.num_outputs; ++i)
      result.values.emplace_back(prefix + report.outputs[i].name, reports[i]);
  }
  return result;
}

void Trainer::save() {
  if (options.checkpoint.empty())
    return;
  dlcc_set_position(instance.get(), &position);
  check(dlcc_save_checkpoint(instance.get(), options.checkpoint.c_str()));
}
