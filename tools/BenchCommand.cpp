//===- BenchCommand.cpp - dlcc bench --------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs forward and the training step on made data in this process and compares
// with the peak of the machine, measured just before and after; on a GPU with
// what its chip does at its highest clock. An entry's operations are those of
// its kernels; the floor is what they take at the peak.
//
//===----------------------------------------------------------------------===//

#include "tools/Commands.h"
#include "tools/Compiler.h"
#include "tools/DeviceTimes.h"
#include "tools/KernelTimes.h"
#include "tools/LoadedModel.h"
#include "tools/MadeInputs.h"
#include "tools/MeasurePeak.h"
#include "tools/ModelFlags.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <sys/resource.h>
#include <thread>

using namespace llvm;

namespace dlcc {

namespace {

struct Measurement {
  double median, min; ///< seconds
  int64_t runs;
  double gflop, peak; ///< the peak is 0 where it is not known
  /// On a GPU: its name, and the median of seconds that a call takes, with
  /// copies.
  std::string gpu = {};
  double call = 0;
};

class BenchCommand {
public:
  explicit BenchCommand(CLI::App &app);
  int run();

private:
  bool benchModel(const CompiledModel &model, const CompileOptions &options);
  bool benchEntry(const CompiledModel &model, const dlcc_model &descriptor,
                  int32_t entry, dlcc_instance *instance);
  std::optional<Measurement> measureHere(dlcc_instance *instance, int32_t entry,
                                         void *const *args);
  std::optional<Measurement> measureOnDevice(dlcc_instance &instance,
                                             int32_t entry, void *const *args);
  void print(const CompiledModel &model, const dlcc_entry &entry,
             const Measurement &measured) const;
  bool printKernels(const CompiledModel &model, const dlcc_entry &entry,
                    const Measurement &measured) const;

  ModelFlags flags;
  std::optional<KernelTimes> kernelTimes;
  int64_t runs = 20;
  int threads = 0;
  Precision precision = Precision::F32;
  bool asJson = false, onlyTraining = false, byKernel = false;
};

} // namespace

BenchCommand::BenchCommand(CLI::App &app) {
  flags.addModel(app);
  app.add_flag("--train", onlyTraining,
               "the training step only; default: forward and, where there is "
               "a training block, the training step");
  app.add_option("--threads", threads, "default: one a processor")
      ->type_name("N")
      ->check(atLeast(1));
  app.add_option("--runs", runs, "runs that are measured; default 20")
      ->type_name("N")
      ->check(atLeast(1));
  app.add_flag("--kernels", byKernel,
               "the time of each kernel too, the longest first");
  app.add_flag("--json", asJson, "one JSON object a phase, or a kernel");
  flags.addTarget(app, /*isProgram=*/true);
  flags.addLinks(app);
  flags.addInspection(app);
  flags.addUnsupported(app);
  app.footer("Examples:\n  dlcc bench models/fcn_r.dlm --threads 2\n"
             "  dlcc bench models/lstm.dlm --train --kernels\n");
}

/// Peak resident memory of this process so far, in bytes.
static int64_t peakResident() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return int64_t(usage.ru_maxrss) * 1024;
}

static double median(std::vector<double> times) {
  auto middle = times.begin() + times.size() / 2;
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

std::optional<Measurement> BenchCommand::measureHere(dlcc_instance *instance,
                                                     int32_t entry,
                                                     void *const *args) {
  using Clock = std::chrono::steady_clock;
  const dlcc_model &descriptor = *dlcc_get_model(instance);
  auto step = [&] {
    Clock::time_point start = Clock::now();
    dlcc_status status = dlcc_run(instance, entry, descriptor.batch, args);
    std::chrono::duration<double> seconds = Clock::now() - start;
    if (status != DLCC_OK) {
      std::fprintf(stderr, "error: %s: %s\n", descriptor.entries[entry].name,
                   dlcc_last_error());
      return -1.0;
    }
    return seconds.count();
  };
  for (int i = 0; i != 2; ++i)
    if (step() < 0)
      return std::nullopt;
  Factors factors = Factors::Numbers;
  if (precision == Precision::BF16)
    factors = StringRef(dlcc_get_level(instance)->features).contains("amx-bf16")
                  ? Factors::Tiles
                  : Factors::Pairs;
  double before = measurePeak(threads, factors);
  if (kernelTimes)
    kernelTimes->clear();
  std::vector<double> times;
  for (int64_t i = 0; i != runs; ++i) {
    times.push_back(step());
    if (kernelTimes)
      kernelTimes->endCall();
  }
  double after = measurePeak(threads, factors);
  // The peak is that of f32, of pairs of bf16 or of tiles of them; half as many
  // doubles as f32 fit into a register.
  double peak = std::max(before, after) / (precision == Precision::F64 ? 2 : 1);
  return Measurement{median(times),
                     *std::min_element(times.begin(), times.end()), runs, 0,
                     peak};
}

std::optional<Measurement>
BenchCommand::measureOnDevice(dlcc_instance &instance, int32_t entry,
                              void *const *args) {
  const dlcc_model &descriptor = *dlcc_get_model(&instance);
  if (kernelTimes)
    kernelTimes->clear();
  try {
    DeviceFacts gpu = describeDevice(instance, precision);
    DeviceTimes times =
        timeOnDevice(instance, entry, descriptor.batch, args, runs,
                     kernelTimes ? &*kernelTimes : nullptr);
    return Measurement{
        median(times.graphs),
        *std::min_element(times.graphs.begin(), times.graphs.end()),
        runs,
        0,
        gpu.peak,
        gpu.name,
        median(times.calls)};
  } catch (const std::exception &failure) {
    std::fprintf(stderr, "error: %s: %s\n", descriptor.entries[entry].name,
                 failure.what());
    return std::nullopt;
  }
}

bool BenchCommand::benchEntry(const CompiledModel &model,
                              const dlcc_model &descriptor, int32_t index,
                              dlcc_instance *instance) {
  const dlcc_entry &entry = descriptor.entries[index];
  MadeInputs data(entry, /*seed=*/1);
  std::optional<Measurement> measured =
      descriptor.devices ? measureOnDevice(*instance, index, data.arguments())
                         : measureHere(instance, index, data.arguments());
  if (!measured)
    return false;
  for (const KernelInfo &kernel : model.kernels)
    if (kernel.entry == entry.name)
      measured->gflop += double(kernel.flops) / 1e9;
  print(model, entry, *measured);
  return !kernelTimes || printKernels(model, entry, *measured);
}

/// A share of a peak; "-" where that is not known.
static std::string share(double gflops, double peak) {
  char text[32] = "-";
  if (peak > 0)
    std::snprintf(text, sizeof text, "%.0f%%", 100 * gflops / peak);
  return text;
}

void BenchCommand::print(const CompiledModel &model, const dlcc_entry &entry,
                         const Measurement &measured) const {
  double gflops = measured.gflop / measured.median;
  if (!asJson && !measured.gpu.empty()) {
    std::printf("%s %s, batch %lld, %s: median %.3f ms, min %.3f ms, %.3f ms "
                "with copies; %.1f GFLOP/s",
                model.name.c_str(), entry.name, (long long)model.batch,
                measured.gpu.c_str(), 1e3 * measured.median, 1e3 * measured.min,
                1e3 * measured.call, gflops);
    if (measured.peak > 0)
      std::printf(", %.0f%% of the chip's %.0f", 100 * gflops / measured.peak,
                  measured.peak);
    std::printf("\n");
    return;
  }
  if (!asJson) {
    std::printf("%s %s, batch %lld, %d threads: median %.3f ms, min %.3f ms; "
                "%.1f GFLOP/s, %.0f%% of the machine's %.0f\n",
                model.name.c_str(), entry.name, (long long)model.batch, threads,
                1e3 * measured.median, 1e3 * measured.min, gflops,
                100 * gflops / measured.peak, measured.peak);
    return;
  }
  json::OStream out(outs());
  out.object([&] {
    out.attribute("model", model.name);
    out.attribute("phase", entry.kind == DLCC_ENTRY_TRAIN ? "train" : "infer");
    out.attribute("entry", entry.name);
    out.attribute("target", model.processors());
    out.attribute("precision", precisionName(precision));
    out.attribute("batch", model.batch);
    if (measured.gpu.empty()) {
      out.attribute("threads", threads);
    } else {
      out.attribute("gpu", measured.gpu);
      out.attribute("call_s", measured.call);
    }
    out.attribute("median_s", measured.median);
    out.attribute("min_s", measured.min);
    out.attribute("runs", measured.runs);
    out.attribute("gflop", measured.gflop);
    out.attribute("gflops", gflops);
    if (measured.peak > 0) {
      out.attribute("peak_gflops", measured.peak);
      out.attribute("share_of_peak", gflops / measured.peak);
      out.attribute("floor_s", measured.gflop / measured.peak);
    }
    bool isHere = measured.gpu.empty();
    out.attribute("planned_bytes", model.memory.total(isHere ? threads : 1));
    if (isHere)
      out.attribute("peak_rss_bytes", peakResident());
  });
  outs() << '\n';
  outs().flush();
}

/// The kernels of an entry, the longest first, and what the kernels leave of
/// its time.
bool BenchCommand::printKernels(const CompiledModel &model,
                                const dlcc_entry &entry,
                                const Measurement &measured) const {
  std::vector<KernelTime> rows = kernelTimes->summarize(model, entry.name);
  if (rows.empty()) {
    std::fprintf(stderr,
                 "error: %s: the kernels that ran are not those of the plan\n",
                 entry.name);
    return false;
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const KernelTime &a, const KernelTime &b) {
                     return a.seconds > b.seconds;
                   });
  if (!asJson)
    std::printf("%10s %6s %9s %6s %7s %5s  %s\n", "ms", "time", "GFLOP/s",
                "peak", "GB/s", "runs", "kernel (line, phase)");
  double rest = measured.median;
  for (const KernelTime &row : rows) {
    rest -= row.seconds;
    double gflops = double(row.flops) / 1e9 / row.seconds;
    double gigabytes = double(row.bytes) / 1e9 / row.seconds;
    if (!asJson) {
      std::printf("%10.3f %5.1f%% %9.1f %6s %7.1f %5lld  %s (%lld, %s)\n",
                  1e3 * row.seconds, 100 * row.seconds / measured.median,
                  gflops, share(gflops, measured.peak).c_str(), gigabytes,
                  (long long)row.runs, row.names.c_str(), (long long)row.line,
                  row.phase.c_str());
      continue;
    }
    json::OStream out(outs());
    out.object([&] {
      out.attribute("model", model.name);
      out.attribute("entry", entry.name);
      out.attribute("kernel", row.names);
      out.attribute("line", row.line);
      out.attribute("phase", row.phase);
      out.attribute("runs", row.runs);
      out.attribute("median_s", row.seconds);
      out.attribute("gflop", double(row.flops) / 1e9);
      if (measured.peak > 0)
        out.attribute("share_of_peak", gflops / measured.peak);
      out.attribute("bytes", row.bytes);
    });
    outs() << '\n';
  }
  if (!asJson)
    std::printf("%10.3f %5.1f%%  between kernels\n", 1e3 * rest,
                100 * rest / measured.median);
  outs().flush();
  return true;
}

bool BenchCommand::benchModel(const CompiledModel &model,
                              const CompileOptions &compiled) {
  Expected<LoadedModel> loaded =
      LoadedModel::load(model.name, model.files.front().second, compiled.links,
                        byKernel ? &KernelTimes::run : &dlcc_run_kernel);
  if (!loaded) {
    std::fprintf(stderr, "error: %s\n", toString(loaded.takeError()).c_str());
    return false;
  }
  const dlcc_model &descriptor = loaded->descriptor();
  dlcc_options options = DLCC_OPTIONS_INIT;
  options.threads = threads;
  options.steps_per_epoch = 1000;
  InstancePointer instance(dlcc_create(&descriptor, &options));
  if (!instance || dlcc_init(instance.get(), 1) != DLCC_OK) {
    std::fprintf(stderr, "error: %s\n", dlcc_last_error());
    return false;
  }
  for (int32_t i = 0; i != descriptor.num_entries; ++i) {
    int32_t kind = descriptor.entries[i].kind;
    bool isAsked = kind == DLCC_ENTRY_TRAIN ||
                   (kind == DLCC_ENTRY_FORWARD && !onlyTraining);
    if (isAsked && !benchEntry(model, descriptor, i, instance.get()))
      return false;
  }
  return true;
}

int BenchCommand::run() {
  CompileOptions options = flags.translate();
  precision = options.precision;
  options.training = true;
  options.artefacts = {Artefact::Object};
  options.loads = true;
  options.stopAfter = Phase::Object;
  if (byKernel)
    kernelTimes.emplace();
  if (threads == 0)
    threads = std::max(1u, std::thread::hardware_concurrency());
  options.threads = threads;
  if (!flags.tuneIfAsked(options))
    return 1;
  std::vector<CompiledModel> models = compile(options, printToStderr());
  for (const CompiledModel &model : models) {
    printTrade(model, threads);
    if (!benchModel(model, options))
      return 1;
  }
  return models.empty() ? 1 : 0;
}

Command addBenchCommand(CLI::App &app) {
  CLI::App *sub = app.add_subcommand(
      "bench", "time of a step, against the peak of this machine");
  auto command = std::make_shared<BenchCommand>(*sub);
  return {sub, [command] { return command->run(); }};
}

} // namespace dlcc
