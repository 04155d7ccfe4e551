//===- ModelFlags.cpp - the flags that say what to compile ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/ModelFlags.h"

#include "tools/Compiler.h"
#include "tools/Tune.h"

#include <cstdio>

namespace dlcc {

CLI::Validator atLeast(int least) {
  auto check = [least](std::string &text) {
    double value = 0;
    if (CLI::detail::lexical_cast(text, value) && value >= least)
      return std::string();
    return "'" + text + "' is not a number of at least " +
           std::to_string(least);
  };
  return CLI::Validator(check, "");
}

std::pair<std::string, std::string> splitAssignment(const std::string &flag,
                                                    const std::string &text) {
  size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw UsageError(flag + " takes NAME=VALUE, not '" + text + "'");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

void ModelFlags::addModel(CLI::App &app) {
  app.add_option("MODEL", options.input,
                 "model file: .dlm, .onnx, or .prototxt (a net or "
                 "solver of Caffe's)")
      ->type_name("")
      ->required();
  app.add_option("--model", options.model,
                 "which model, where the file holds several")
      ->type_name("NAME");
  app.add_option("--batch", options.batch,
                 "largest number of rows of a call; default: the training "
                 "block's, else 1")
      ->type_name("N")
      ->check(atLeast(1));
  app.add_option("--dim", dims, "number of a named dimension (repeatable)")
      ->type_name("NAME=N");
  app.add_option("--set", constants,
                 "value of a constant of the file (repeatable)")
      ->type_name("NAME=V");
  app.add_option("--loss", options.loss,
                 "train an ONNX model for this loss of the model language, of "
                 "its output or of VALUE: softmax_cross_entropy, nll_loss, "
                 "sigmoid_cross_entropy, mean_squared_error, "
                 "mean_absolute_error, huber; or a scalar of the model")
      ->type_name("NAME[(VALUE)]");
  app.add_option(
         "--optimizer", options.optimizer,
         "of --loss, with settings as the model language has them, such "
         "as 'adam(learning_rate = 0.01)'; default: sgd with a learning "
         "rate of 0.01 and a momentum of 0.9")
      ->type_name("NAME[(…)]");
  app.add_option("--import", options.imports,
                 "functions in the model language for the layers of a Caffe "
                 "net's own types (repeatable)")
      ->type_name("FILE.dlm")
      ->allow_extra_args(false);
  app.add_option("--trainable", options.trainable,
                 "train only parameters whose names match, such as 'head.*'; "
                 "several with commas (repeatable)")
      ->type_name("PATTERNS")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void ModelFlags::addTarget(CLI::App &app, bool isProgram) {
  app.add_option(
         "--target", target,
         "cpu (default); cuda:CHIP, NVIDIA's GPUs from that one on, "
         "such as cuda:sm_90; with commas several, of which the program "
         "takes the best that its GPU runs; cuda: from sm_80 on")
      ->type_name("KIND");
  app.add_option("--cpu", options.cpu,
                 "processor to compile for: native (default), a level such as "
                 "x86-64-v3, or LLVM's name; with commas several, of which the "
                 "program takes the best that it can run")
      ->type_name("NAMES");
  app.add_option("--triple", options.triple,
                 "target triple; default: this machine's")
      ->type_name("TRIPLE");
  app.add_option("--precision", precision,
                 "f32: as the model's text says (default); strict: no "
                 "transformation that widens the bounds of errors; bf16: the "
                 "factors of sums of products are rounded to bf16, what is "
                 "stored and summed stays; f64: every float, inputs and "
                 "weights too; tf32, on GPUs: factors are rounded to tf32")
      ->type_name("KIND");
  app.add_option("--max-memory", maxMemory,
                 "bytes, KB, MB or GB that the model may take with its "
                 "threads: where it would take more, kernels run twice and "
                 "store less, or the batch is gone through in parts")
      ->type_name("SIZE");
  CLI::Option *tune = app.add_flag(
      "--tune", tuning,
      "measure on this machine which blocks the sums of products are fastest "
      "in, at most " +
          std::to_string(kTuningSeconds) +
          " seconds each (compiling what is compared takes as long again), and "
          "keep that for the next time; results stay the same bit for bit");
  app.add_option("--tune-cache", tuneCache,
                 "where --tune keeps what it measured; default: "
                 "dlcc/tiles.txt in $XDG_CACHE_HOME or ~/.cache")
      ->type_name("FILE")
      ->needs(tune);
  if (!isProgram)
    app.add_option(
           "--threads", options.threads,
           "default number of threads of the program; 0: one a processor")
        ->type_name("N")
        ->check(atLeast(0));
  app.add_option(
         "-O", options.optimization,
         "0: none; 2: what kernels need (default); 3: all of LLVM's passes")
      ->type_name("0..3")
      ->check(CLI::Range(0, 3));
}

void ModelFlags::addLinks(CLI::App &app) {
  app.add_option("--link", options.links,
                 "object (.o), archive (.a) or shared library (.so) with the "
                 "model's 'extern' functions (repeatable)")
      ->type_name("FILE")
      ->allow_extra_args(false);
}

void ModelFlags::addInspection(CLI::App &app) {
  app.add_option("--name", options.name,
                 "prefix of all symbols; default: the model's name")
      ->type_name("NAME");
  app.add_flag("-g", options.debugInfo, "debug information with model lines");
  app.add_option("--debug-prefix-map", prefixes,
                 "replace the beginning of paths in debug information")
      ->type_name("OLD=NEW");
  app.add_option("--stop-after", stopAfter,
                 "print the IR after a phase: parsed, graph, differentiated, "
                 "fused, planned, loops, llvm")
      ->type_name("PHASE");
  app.add_option("--print-after", options.printAfter,
                 "print the IR after a pass (its flag without dashes), or "
                 "after all, on stderr")
      ->type_name("PASS");
  app.add_flag("--save-temps", saveTemps, "keep the IR of every phase");
  app.add_flag("--time-report", timeReport, "time of every phase on stderr");
  app.add_flag("-v", verbose, "say what is done");
}

void ModelFlags::addUnsupported(CLI::App &app) {
  app.add_option_function<std::string>("--rename",
                                       [](const std::string &) {
                                         throw UsageError(
                                             "--rename is not supported yet");
                                       })
      ->group("");
  for (const char *flag : {"--embed-weights", "--trap"})
    app.add_flag_function(flag,
                          [flag](int64_t) {
                            throw UsageError(std::string(flag) +
                                             " is not supported yet");
                          })
        ->group("");
}

/// The bytes that "1500000", "1500 KB", "1.5MB" and "1.5 GB" mean.
static int64_t parseSize(const std::string &text) {
  static const std::pair<const char *, double> units[] = {
      {"", 1},         {"B", 1},       {"KB", 1e3},     {"MB", 1e6},
      {"GB", 1e9},     {"TB", 1e12},   {"KiB", 0x1p10}, {"MiB", 0x1p20},
      {"GiB", 0x1p30}, {"TiB", 0x1p40}};
  size_t end = text.find_first_not_of("0123456789.");
  std::string unit = end == std::string::npos ? "" : text.substr(end);
  unit.erase(0, unit.find_first_not_of(' '));
  double number = 0;
  if (end != 0 && CLI::detail::lexical_cast(text.substr(0, end), number))
    for (const auto &[name, factor] : units)
      if (unit == name && number * factor >= 1 && number * factor < 0x1p62)
        return static_cast<int64_t>(number * factor);
  throw UsageError("--max-memory takes a size such as 1500000, 800KB, 1.5MB or "
                   "2GB, not '" +
                   text + "'");
}

/// The GPU that --target names; empty for CPUs.
std::string ModelFlags::chip() const {
  if (target == "cpu")
    return {};
  if (target == "cuda")
    return "sm_80";
  if (target.rfind("cuda:", 0) != 0 || target.size() == 5)
    throw UsageError("--target=" + target +
                     " is not supported; targets are cpu and cuda:CHIP");
  return target.substr(5);
}

/// What is for CPUs only.
void ModelFlags::refuseOnGpu() const {
  auto refuse = [&](bool isGiven, const std::string &flag) {
    if (isGiven)
      throw UsageError(flag + " is not supported with --target=" + target);
  };
  refuse(options.cpu != "native", "--cpu");
  refuse(!options.triple.empty(), "--triple");
  refuse(tuning, "--tune");
  refuse(precision == "f64", "--precision=f64");
}

CompileOptions ModelFlags::translate() const {
  CompileOptions result = options;
  result.chip = chip();
  if (!result.chip.empty())
    refuseOnGpu();
  std::optional<Precision> kind = precisionOf(precision);
  if (!kind)
    throw UsageError("--precision=" + precision +
                     " is not supported yet; precisions are f32, strict, bf16, "
                     "tf32 and f64");
  result.precision = *kind;
  if (*kind == Precision::TF32 && result.chip.empty())
    throw UsageError("--precision=tf32 needs --target=cuda:CHIP");
  if (tuning && (options.cpu != "native" || !options.triple.empty()))
    throw UsageError("--tune measures on this machine, so it needs "
                     "--cpu=native, the default, and no --triple");
  if (!maxMemory.empty())
    result.maxMemory = parseSize(maxMemory);
  for (const std::string &text : dims) {
    auto [name, value] = splitAssignment("--dim", text);
    char *end;
    long long number = std::strtoll(value.c_str(), &end, 10);
    if (value.empty() || *end || number < 1)
      throw UsageError("--dim " + name + " takes a number from 1 on, not '" +
                       value + "'");
    result.dims.push_back({name, number});
  }
  for (const std::string &text : constants)
    result.constants.push_back(splitAssignment("--set", text));
  for (const std::string &text : prefixes)
    result.debugPrefixes.push_back(splitAssignment("--debug-prefix-map", text));
  if (!stopAfter.empty()) {
    std::optional<Phase> phase = phaseOf(stopAfter);
    if (!phase)
      throw UsageError("--stop-after takes parsed, graph, differentiated, "
                       "fused, planned, loops, llvm or object, not '" +
                       stopAfter + "'");
    result.stopAfter = *phase;
  }
  if (!options.printAfter.empty() && options.printAfter != "all" &&
      !isPassOfAnyPhase(options.printAfter))
    throw UsageError("--print-after knows no pass '" + options.printAfter +
                     "'; --print-after=all shows their names");
  result.saveTemps = saveTemps;
  return result;
}

bool ModelFlags::tuneIfAsked(CompileOptions &compiled) const {
  return !tuning || tune(compiled, tuneCache);
}

DiagnosticSink printToStderr() {
  return [](Severity, const std::string &text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
  };
}

DiagnosticSink printErrors() {
  return [print = printToStderr()](Severity severity, const std::string &text) {
    if (severity == Severity::Error)
      print(severity, text);
  };
}

void printTrade(const CompiledModel &model, int64_t threads) {
  std::fputs(model.memoryTrade(threads).c_str(), stderr);
}

std::optional<CompiledModel> compileOneModel(const CompileOptions &options) {
  std::vector<CompiledModel> models = compile(options, printToStderr());
  if (models.empty())
    return std::nullopt;
  if (models.size() > 1)
    throw UsageError("the file holds several models; --model picks one");
  return std::move(models.front());
}

void printTimes(const CompiledModel &model) {
  double total = 0;
  for (const PhaseTime &time : model.times) {
    std::fprintf(stderr, "  %-16s %8.1f ms\n", time.phase.c_str(),
                 1e3 * time.seconds);
    total += time.seconds;
  }
  std::fprintf(stderr, "  %-16s %8.1f ms\n", "total", 1e3 * total);
}

} // namespace dlcc
