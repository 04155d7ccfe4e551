//===- Tune.cpp - tiles by measurement on this machine --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The model is compiled once more, with a level for each choice of tiles, and
// runs here on made data: every kernel is measured between its neighbours, with
// its own epilogue, on operands where they lie.
//
//===----------------------------------------------------------------------===//

#include "tools/Tune.h"

#include "codegen/TileModel.h"
#include "tools/Compiler.h"
#include "tools/LoadedModel.h"
#include "tools/MadeInputs.h"
#include "tools/TileTrials.h"
#include "tools/TuningCache.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>
#include <unistd.h>

using namespace llvm;

namespace dlcc {

static bool fail(const std::string &text) {
  std::fprintf(stderr, "error: %s\n", text.c_str());
  return false;
}

/// Errors on stderr. What else there is to say is said when the model is
/// compiled for good.
static DiagnosticSink printErrors() {
  return [](Severity severity, const std::string &text) {
    if (severity == Severity::Error)
      std::fwrite(text.data(), 1, text.size(), stderr);
  };
}

/// The names of the sums of products without measured tiles, by how databases
/// call them; nothing where a model was refused.
static std::optional<std::map<std::string, std::string>>
findUnmeasured(const CompileOptions &options) {
  CompileOptions plan = options;
  plan.artefacts.clear();
  plan.stopAfter = Phase::Planned;
  plan.printAfter.clear();
  plan.saveTemps = false;
  std::vector<CompiledModel> models = compile(plan, printErrors());
  if (models.empty())
    return std::nullopt;
  std::map<std::string, std::string> names;
  for (const CompiledModel &model : models)
    for (const KernelInfo &kernel : model.kernels)
      if (!kernel.product.empty() && kernel.tilesFrom != "tuning")
        names.insert({kernel.product, kernel.name});
  return names;
}

namespace {

/// Shows on a terminal how far an entry is; the line is wiped out at the end.
class Progress {
public:
  explicit Progress(std::string what) : what(std::move(what)) {}
  ~Progress() {
    if (isShown)
      std::fprintf(stderr, "\r\033[K");
  }
  void show(double seconds, double most, size_t settled, size_t all) {
    if (!isatty(STDERR_FILENO))
      return;
    isShown = true;
    std::fprintf(stderr,
                 "\r\033[K%s: %.0f of at most %.0f s, %zu of %zu "
                 "products are settled",
                 what.c_str(), seconds, most, settled, all);
  }

private:
  std::string what;
  bool isShown = false;
};

} // namespace

/// Runs an entry until it is clear which tiles its products take.
static bool measureEntry(const dlcc_model &descriptor, int32_t index,
                         dlcc_instance *instance, TileTrials &trials) {
  using Clock = std::chrono::steady_clock;
  const dlcc_entry &entry = descriptor.entries[index];
  MadeInputs data(entry, /*seed=*/1);
  Progress progress(std::string("tuning ") + descriptor.name + " " +
                    entry.name);
  trials.beginEntry();
  Clock::time_point start = Clock::now();
  do {
    if (dlcc_run(instance, index, descriptor.batch, data.arguments()) !=
        DLCC_OK)
      return fail(std::string(entry.name) + ": " + dlcc_last_error());
    trials.endCall();
    std::chrono::duration<double> taken = Clock::now() - start;
    double most = kTuningSeconds * double(trials.countMeasured());
    progress.show(taken.count(), most, trials.countSettled(),
                  trials.countMeasured());
    if (taken.count() > most)
      return true;
  } while (trials.countSettled() != trials.countMeasured());
  return true;
}

/// Measures the products of a model in each of its entries; those of the
/// training step first, which does most.
static bool measureModel(const CompiledModel &model,
                         const CompileOptions &options, TileTrials &trials) {
  Expected<LoadedModel> loaded = LoadedModel::load(
      model.name, model.files.front().second, options.links, &TileTrials::run);
  if (!loaded)
    return fail(toString(loaded.takeError()));
  const dlcc_model &descriptor = loaded->descriptor();
  trials.setTables(descriptor);
  dlcc_options create = DLCC_OPTIONS_INIT;
  create.threads = int32_t(countThreads(options));
  create.steps_per_epoch = 1000;
  InstancePointer instance(dlcc_create(&descriptor, &create));
  // Weights stay as they are, so that numbers stay ordinary ones.
  if (!instance || dlcc_init(instance.get(), 1) != DLCC_OK ||
      dlcc_set_learning_rate_scale(instance.get(), 0) != DLCC_OK)
    return fail(dlcc_last_error());
  for (int32_t kind :
       {DLCC_ENTRY_TRAIN, DLCC_ENTRY_EVALUATE, DLCC_ENTRY_FORWARD})
    for (int32_t i = 0; i != descriptor.num_entries; ++i)
      if (descriptor.entries[i].kind == kind &&
          !measureEntry(descriptor, i, instance.get(), trials))
        return false;
  return true;
}

static TunedTiles entryOf(const TrialResult &result, int64_t threads) {
  TunedTiles entry = {result.target, result.product, {},
                      threads,       result.gain,    /*line=*/0};
  std::copy(result.tiles.begin(), result.tiles.end(), entry.sizes.begin());
  return entry;
}

bool tune(CompileOptions &options, const std::string &file) {
  Expected<std::string> path =
      file.empty() ? TuningCache::defaultPath() : Expected<std::string>(file);
  if (!path)
    return fail(toString(path.takeError()));
  TuningCache cache(*path);
  if (Error error = cache.prepare())
    return fail(toString(std::move(error)));
  options.tuning = cache.exists() ? *path : "";
  auto names = findUnmeasured(options);
  if (!names)
    return false;
  if (names->empty()) {
    std::fprintf(stderr, "note: nothing to tune; measured tiles are in '%s'\n",
                 path->c_str());
    return true;
  }
  std::fprintf(stderr,
               "note: tuning %zu sums of products with %lld threads; this "
               "takes up to %zu s, and as long again to compile what is "
               "compared\n",
               names->size(), (long long)countThreads(options),
               kTuningSeconds * names->size());
  CompileOptions compared = options;
  compared.artefacts = {Artefact::Object};
  compared.stopAfter = Phase::Object;
  compared.printAfter.clear();
  compared.saveTemps = compared.debugInfo = false;
  compared.loads = true;
  compared.trials = int64_t(kMostTrials) + 1;
  std::vector<CompiledModel> models = compile(compared, printErrors());
  if (models.empty())
    return false;
  for (const CompiledModel &model : models) {
    TileTrials trials(model);
    if (!measureModel(model, compared, trials))
      return false;
    std::vector<TunedTiles> entries;
    for (const TrialResult &result : trials.results()) {
      entries.push_back(entryOf(result, countThreads(options)));
      if (result.gain > 1)
        std::fprintf(stderr, "  %s: %.2f times as fast\n",
                     (*names)[result.product].c_str(), result.gain);
    }
    if (Error error = cache.add(entries))
      return fail(toString(std::move(error)));
  }
  std::fprintf(stderr, "note: measured tiles are in '%s'\n", path->c_str());
  options.tuning = *path;
  return true;
}

} // namespace dlcc
