//===- CheckCommand.cpp - dlcc check --------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Commands.h"
#include "tools/GradientCheck.h"
#include "tools/ModelFlags.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

using namespace llvm;

namespace dlcc {

namespace {

class CheckCommand {
public:
  explicit CheckCommand(CLI::App &app);
  int run();

private:
  GradientSamples chooseSamples(const CompiledModel &model) const;
  int checkGradients(CompileOptions options);
  Expected<std::vector<GradientResult>>
  checkModel(const CompiledModel &model, ArrayRef<std::string> links) const;

  ModelFlags flags;
  bool gradients = false, asJson = false;
  std::string samples;
  std::optional<int64_t> directions;
  uint64_t seed = 1;
  int threads = 0;
};

} // namespace

CheckCommand::CheckCommand(CLI::App &app) {
  flags.addModel(app);
  flags.addLinks(app);
  auto *check = app.add_flag(
      "--gradients", gradients,
      "compile in f64 and compare every gradient with differences of the loss");
  app.add_option("--samples", samples,
                 "elements of a tensor that are moved one by one; default 32, "
                 "fewer where a step is long")
      ->type_name("N|all")
      ->needs(check);
  app.add_option("--directions", directions,
                 "random directions of a whole tensor; default 4, fewer where "
                 "a step is long")
      ->type_name("N")
      ->check(CLI::Range(0, 1000000).description(""))
      ->needs(check);
  app.add_option("--seed", seed, "of weights, inputs and directions; default 1")
      ->type_name("N")
      ->check(atLeast(0))
      ->needs(check);
  app.add_option("--threads", threads, "default: one a processor")
      ->type_name("N")
      ->check(atLeast(1))
      ->needs(check);
  app.add_flag("--json", asJson, "one JSON object")->needs(check);
  app.footer(
      "--gradients checks every parameter that a training block trains and\n"
      "every float input, along --directions random v of the whole tensor and\n"
      "along --samples single elements. With g the gradient as compiled and L\n"
      "the loss, a = g.v and n = (L(x + h v) - L(x - h v)) / 2h, the relative\n"
      "error is |a - n| / max(|a|, |n|, |g|), for an element with |g| over "
      "the\n"
      "square root of the number of elements. A check fails (exit code 1)\n"
      "above 1e-5. Where L has a corner within the step (a kink, which is\n"
      "reported), n is taken of the branch of L at x. The batch is 3 where\n"
      "--batch does not say otherwise. With a C function of f32 the limit is\n"
      "1e-3, of f16 or bf16 0.1.\n\n"
      "Examples:\n  dlcc check models/mlp.dlm\n"
      "  dlcc check --gradients models/mlp.dlm --samples 100\n");
}

GradientSamples CheckCommand::chooseSamples(const CompiledModel &model) const {
  if (samples.empty() && !directions) {
    int64_t flops = 0, bytes = 0;
    for (const KernelInfo &kernel : model.kernels) {
      if (!StringRef(kernel.entry).ends_with("branch_loss"))
        continue;
      flops += kernel.flops;
      bytes += kernel.bytes;
    }
    return affordableSamples(model.gradients.size(), flops, bytes);
  }
  GradientSamples result;
  result.directions = directions.value_or(result.directions);
  if (samples == "all")
    result.elements = std::numeric_limits<int64_t>::max();
  else if (!samples.empty() &&
           (StringRef(samples).getAsInteger(10, result.elements) ||
            result.elements < 0))
    throw UsageError("--samples takes a number or all, not '" + samples + "'");
  if (result.elements == 0 && result.directions == 0)
    throw UsageError("--samples 0 and --directions 0 leave nothing to check");
  return result;
}

Expected<std::vector<GradientResult>>
CheckCommand::checkModel(const CompiledModel &model,
                         ArrayRef<std::string> links) const {
  GradientSamples count = chooseSamples(model);
  bool isAsUsual = count.elements == GradientSamples().elements;
  if (samples.empty() && !directions && !isAsUsual)
    std::fprintf(stderr,
                 "note: %s is large: %lld random directions and %lld elements "
                 "of each tensor; --samples N checks more\n",
                 model.name.c_str(), (long long)count.directions,
                 (long long)count.elements);
  Expected<LoadedModel> loaded =
      LoadedModel::load(model.name, model.files.front().second, links);
  if (!loaded)
    return loaded.takeError();
  dlcc_options options = DLCC_OPTIONS_INIT;
  options.threads = threads;
  options.seed = seed;
  options.steps_per_epoch = 1;
  InstancePointer instance(dlcc_create(&loaded->descriptor(), &options));
  if (!instance || dlcc_init(instance.get(), seed) != DLCC_OK)
    return createStringError(Twine(dlcc_last_error()));
  GradientCheck check(loaded->descriptor(), instance.get(), seed, count,
                      GradientAccuracy::of(model.significantBits));
  return check.run(model.gradients);
}

/// What was found of one model.
struct ModelGradients {
  const CompiledModel *model;
  std::vector<GradientResult> results;
  bool passes() const {
    return all_of(results,
                  [](const GradientResult &result) { return result.passes(); });
  }
};

/// One object, whatever the number of models; with several, tensors say whose
/// they are.
static void printJson(ArrayRef<ModelGradients> models) {
  json::OStream out(outs());
  out.object([&] {
    out.attribute("model", models.front().model->name);
    out.attributeArray("tensors", [&] {
      for (const ModelGradients &found : models)
        for (const GradientResult &result : found.results)
          out.object([&] {
            if (models.size() > 1)
              out.attribute("model", found.model->name);
            if (!result.block.empty())
              out.attribute("block", result.block);
            out.attribute("name", result.name);
            out.attribute("line", result.line);
            out.attribute("checked", result.checked);
            out.attribute("kinks", result.kinks);
            out.attribute("relative_error", result.error);
          });
    });
    out.attribute(
        "verdict",
        all_of(models, std::mem_fn(&ModelGradients::passes)) ? "pass" : "fail");
  });
  outs() << '\n';
  outs().flush();
}

static void printTable(const ModelGradients &found) {
  const CompiledModel &model = *found.model;
  ArrayRef<GradientResult> results = found.results;
  std::printf("%s: gradients against differences of the loss, batch %lld, "
              "f64\n\n%-32s %5s %8s %6s %15s\n",
              model.name.c_str(), (long long)model.batch, "tensor", "line",
              "checked", "kinks", "relative error");
  auto isBetter = [](const GradientResult &a, const GradientResult &b) {
    return a.error < b.error;
  };
  for (const GradientResult &result : results) {
    std::string name =
        (result.block.empty() ? "" : result.block + ": ") + result.name;
    std::printf("%-32s %5lld %8lld %6lld %15.1e%s\n", name.c_str(),
                (long long)result.line, (long long)result.checked,
                (long long)result.kinks, result.error,
                result.passes() ? "" : "  wrong");
  }
  if (found.passes()) {
    std::printf("\nverdict: pass, all of %zu gradients agree to %g\n",
                results.size(),
                GradientAccuracy::of(model.significantBits).tolerance);
    return;
  }
  const GradientResult &worst =
      *std::max_element(results.begin(), results.end(), isBetter);
  std::printf("\nverdict: fail, the largest relative error is %.1e, of '%s'\n",
              worst.error, worst.name.c_str());
}

int CheckCommand::checkGradients(CompileOptions options) {
  chooseSamples({}); // a wrong number is refused before any work
  options.precision = Precision::F64;
  options.gradients = options.training = true;
  options.artefacts = {Artefact::Object};
  options.loads = true;
  if (!options.batch)
    options.batch = 3;
  if (threads == 0)
    threads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<CompiledModel> models = compile(options, printToStderr());
  std::vector<ModelGradients> found;
  for (const CompiledModel &model : models) {
    Expected<std::vector<GradientResult>> results =
        checkModel(model, options.links);
    if (!results) {
      std::fprintf(stderr, "error: %s: %s\n", model.name.c_str(),
                   toString(results.takeError()).c_str());
      return 1;
    }
    found.push_back({&model, std::move(*results)});
    if (!asJson)
      printTable(found.back());
  }
  if (found.empty())
    return 1;
  if (asJson)
    printJson(found);
  return all_of(found, std::mem_fn(&ModelGradients::passes)) ? 0 : 1;
}

int CheckCommand::run() {
  CompileOptions options = flags.translate();
  if (gradients)
    return checkGradients(options);
  return check(options, printToStderr()) ? 0 : 1;
}

Command addCheckCommand(CLI::App &app) {
  CLI::App *sub = app.add_subcommand(
      "check", "diagnostics of a model file, or a check of its gradients");
  auto command = std::make_shared<CheckCommand>(*sub);
  return {sub, [command] { return command->run(); }};
}

} // namespace dlcc
