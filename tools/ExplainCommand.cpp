//===- ExplainCommand.cpp - dlcc explain ----------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Commands.h"
#include "tools/Compiler.h"
#include "tools/ModelFlags.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>

using namespace llvm;

namespace dlcc {

namespace {

class ExplainCommand {
public:
  explicit ExplainCommand(CLI::App &app);
  int run();

private:
  ModelFlags flags;
  bool training = false, asJson = false;
};

} // namespace

ExplainCommand::ExplainCommand(CLI::App &app) {
  flags.addModel(app);
  app.add_flag("--train", training, "the training step too");
  app.add_flag("--json", asJson, "one JSON object");
  flags.addTarget(app);
  flags.addInspection(app);
  flags.addUnsupported(app);
  app.footer("Examples:\n  dlcc explain models/mlp.dlm --train\n"
             "  dlcc explain models/resnet20.dlm --train --max-memory=150MB\n");
}

static void printModel(json::OStream &out, const CompiledModel &model) {
  out.attribute("model", model.name);
  out.attribute("parameters", model.parameters);
  out.attribute("precision", model.precision);
  out.attributeArray("levels", [&] {
    for (const LevelInfo &level : model.levels)
      out.object([&] {
        out.attribute("cpu", level.cpu);
        out.attribute("features", level.features);
      });
  });
  out.attributeArray("parameter_list", [&] {
    for (const ParameterInfo &parameter : model.parameterList)
      out.object([&] {
        out.attribute("name", parameter.name);
        out.attributeArray("shape", [&] {
          for (int64_t dim : parameter.shape)
            out.value(dim);
        });
        out.attribute("dtype", parameter.type);
        out.attribute("trainable", parameter.trainable);
      });
  });
  out.attributeObject("bytes", [&] {
    out.attribute("weights", model.memory.weights);
    out.attribute("optimizer", model.memory.optimizer);
    out.attribute("state", model.memory.state);
    out.attribute("arena", model.memory.arena);
    out.attribute("scratch", model.memory.scratch);
    out.attribute("live", model.memory.live);
    out.attribute("unlimited_arena", model.memory.unlimitedArena);
  });
  if (!model.parts.empty())
    out.attributeObject("parts", [&] {
      for (const PartsInfo &entry : model.parts)
        out.attribute(entry.entry, entry.parts);
    });
  out.attributeArray("kernels", [&] {
    for (const KernelInfo &kernel : model.kernels)
      out.object([&] {
        out.attribute("name", kernel.name);
        out.attribute("symbol", kernel.symbol);
        out.attribute("entry", kernel.entry);
        out.attribute("line", kernel.line);
        out.attribute("phase", kernel.phase);
        if (!kernel.algorithm.empty())
          out.attribute("algorithm", kernel.algorithm);
        if (!kernel.product.empty()) {
          out.attribute("product", kernel.product);
          out.attributeArray("tiles", [&] {
            for (int64_t size : kernel.tiles)
              out.value(size);
          });
          out.attribute("tiles_from", kernel.tilesFrom);
        }
        out.attribute("flops", kernel.flops);
        out.attribute("bytes", kernel.bytes);
        out.attribute("runs", kernel.runs);
        out.attribute("tasks", kernel.tasks);
        out.attribute("offset", kernel.offset);
        out.attribute("repeated", kernel.isRepeated);
      });
  });
}

/// The first model of the file; with several, the others in a list.
static void printJson(ArrayRef<CompiledModel> models) {
  json::OStream out(outs());
  out.object([&] {
    printModel(out, models.front());
    if (models.size() > 1)
      out.attributeArray("others", [&] {
        for (const CompiledModel &model : models.drop_front())
          out.object([&] { printModel(out, model); });
      });
  });
  outs() << '\n';
}

/// 1234567 as "1.23 M".
static std::string shorten(int64_t number) {
  static const char *const units[] = {"", " k", " M", " G", " T"};
  double value = double(number);
  unsigned unit = 0;
  for (; value >= 1000 && unit != 4; ++unit)
    value /= 1000;
  char text[32];
  std::snprintf(text, sizeof text, unit ? "%.2f%s" : "%.0f%s", value,
                units[unit]);
  return text;
}

/// How the kernel is computed, where that is not what its shapes alone say.
static std::string choiceOf(const KernelInfo &kernel) {
  if (!kernel.algorithm.empty() || kernel.tilesFrom.empty() ||
      kernel.tilesFrom == "model")
    return kernel.algorithm;
  return "tiles from the " + kernel.tilesFrom;
}

static void printTable(const CompiledModel &model, int64_t threads,
                       bool isGpu) {
  std::printf("%s: %lld parameters, batch %lld, for %s, in %s\n",
              model.name.c_str(), (long long)model.parameters,
              (long long)model.batch, model.processors().c_str(),
              model.precision.c_str());
  if (model.levels.size() > 1)
    std::printf("tasks are those of the code for %s\n",
                model.levels.front().cpu.c_str());
  std::printf("\n");
  std::printf("%-40s %5s  %-9s %9s %9s %5s %6s  %-12s %s\n", "kernel", "line",
              "phase", "flops", "bytes", "runs", "tasks", "arena offset",
              "algorithm");
  std::string entry;
  for (const KernelInfo &kernel : model.kernels) {
    if (kernel.entry != entry) {
      entry = kernel.entry;
      std::printf("%s:\n", entry.c_str());
    }
    std::string choice = choiceOf(kernel);
    std::printf("  %-38s %5lld  %-9s %9s %9s %5lld %6lld  %*s%s\n",
                (kernel.name + (kernel.isRepeated ? " (again)" : "")).c_str(),
                (long long)kernel.line, kernel.phase.c_str(),
                shorten(kernel.flops).c_str(), shorten(kernel.bytes).c_str(),
                (long long)kernel.runs, (long long)kernel.tasks,
                // Padded only where something follows.
                choice.empty() ? 0 : -13,
                kernel.offset < 0 ? "-" : std::to_string(kernel.offset).c_str(),
                choice.c_str());
  }
  const MemoryInfo &memory = model.memory;
  std::printf("\nmemory in bytes: weights %lld, optimizer %lld, state %lld, "
              "arena %lld, scratch %lld%s\n",
              (long long)memory.weights, (long long)memory.optimizer,
              (long long)memory.state, (long long)memory.arena,
              (long long)memory.scratch, isGpu ? "" : " a thread");
  std::printf("at most %lld bytes of the arena live at one time: it is %.2f "
              "times as large\n",
              (long long)memory.live,
              memory.live ? double(memory.arena) / double(memory.live) : 1.0);
  std::fputs(model.memoryTrade(threads).c_str(), stdout);
}

int ExplainCommand::run() {
  CompileOptions options = flags.translate();
  options.training = options.requireTraining = training;
  options.artefacts.clear();
  options.stopAfter = Phase::Planned;
  if (!flags.tuneIfAsked(options))
    return 1;
  std::vector<CompiledModel> models = compile(options, printToStderr());
  if (models.empty())
    return 1;
  if (asJson)
    printJson(models);
  else
    for (const CompiledModel &model : models)
      printTable(model, countThreads(options), !options.chip.empty());
  return 0;
}

Command addExplainCommand(CLI::App &app) {
  CLI::App *sub = app.add_subcommand(
      "explain", "list the kernels of a model, with lines, flops and memory");
  auto command = std::make_shared<ExplainCommand>(*sub);
  return {sub, [command] { return command->run(); }};
}

} // namespace dlcc
