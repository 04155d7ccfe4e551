//===- ExportCommand.cpp - dlcc export ------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/writer/Export.h"
#include "passes/Pipelines.h"
#include "tools/Commands.h"
#include "tools/Compiler.h"
#include "tools/Diagnostics.h"
#include "tools/Files.h"
#include "tools/LoadWeights.h"
#include "tools/LoadedModel.h"
#include "tools/ModelFlags.h"
#include "tools/ReadModel.h"
#include "llvm/Support/FileSystem.h"

#include <memory>

using namespace llvm;

namespace dlcc {

namespace {

/// Writes a model's forward pass, with its weights, as ONNX.
class ExportCommand {
public:
  explicit ExportCommand(CLI::App &app);
  int run();

private:
  Error loadModel(const CompileOptions &options);
  std::string readWeight(const std::string &name, int64_t bytes,
                         const CompileOptions &options);

  ModelFlags flags;
  std::string output, weights;
  uint64_t seed = 0;
  // Weights come from the model as it runs here, as `dlcc run` has them.
  std::optional<LoadedModel> loaded;
  InstancePointer instance;
};

} // namespace

ExportCommand::ExportCommand(CLI::App &app) {
  flags.addModel(app);
  app.add_option("-o", output, "the file to write")
      ->type_name("FILE.onnx")
      ->required();
  app.add_option(
         "--weights", weights,
         "weights file, checkpoint, .npz, .safetensors, or .caffemodel of a "
         "Caffe net; "
         "default: the weights of the model's file, or fresh ones of "
         "--seed")
      ->type_name("FILE");
  app.add_option("--seed", seed, "of fresh weights; default 0")
      ->type_name("N")
      ->check(atLeast(0));
  app.footer("Example:\n  dlcc export models/lenet.dlm --weights lenet.ckpt "
             "-o lenet.onnx\n");
}

/// Compiles the model for this machine and gives it its weights.
Error ExportCommand::loadModel(const CompileOptions &options) {
  CompileOptions native = options;
  native.artefacts = {Artefact::Object};
  native.loads = true;
  std::vector<CompiledModel> models = compile(native, printErrors());
  if (models.empty())
    return createStringError("the model does not compile, so it has no weights "
                             "to export");
  Expected<LoadedModel> model = LoadedModel::load(
      models.front().name, models.front().files.front().second);
  if (!model)
    return model.takeError();
  loaded.emplace(std::move(*model));
  instance.reset(dlcc_create(&loaded->descriptor(), nullptr));
  if (!instance ||
      (weights.empty() && dlcc_init(instance.get(), seed) != DLCC_OK))
    return createStringError(dlcc_last_error());
  return weights.empty() ? Error::success()
                         : loadWeights(instance.get(), weights, options);
}

namespace {
/// Ends the export from inside of it.
struct WeightsRefused {
  std::string text;
};
} // namespace

std::string ExportCommand::readWeight(const std::string &name, int64_t bytes,
                                      const CompileOptions &options) {
  if (!instance)
    if (Error error = loadModel(options))
      throw WeightsRefused{toString(std::move(error))};
  std::string elements(bytes, '\0');
  if (dlcc_get_parameter(instance.get(), name.c_str(), elements.data(),
                         elements.size()) != DLCC_OK)
    throw WeightsRefused{dlcc_last_error()};
  return elements;
}

int ExportCommand::run() {
  CompileOptions options = flags.translate();
  for (const std::string &input : {options.input, weights})
    if (sys::fs::equivalent(input, output))
      throw UsageError("-o " + output + " is '" + input +
                       "' itself, which would be lost");
  mlir::DialectRegistry registry;
  registerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  // The file leaves the rows open, whatever number they have meanwhile.
  DiagnosticSink sink = [&](Severity severity, const std::string &text) {
    if (severity != Severity::Note || options.batch)
      printToStderr()(severity, text);
  };
  DiagnosticPrinter printer(&context, sink);
  std::optional<std::vector<InputModel>> models =
      readModels(context, options, sink);
  if (!models)
    return 1;
  if (models->size() > 1)
    throw UsageError("the file holds several models; --model picks one");
  mlir::ModuleOp module = *models->front().module;
  mlir::PassManager passes(&context, mlir::ModuleOp::getOperationName());
  buildExportPipeline(passes);
  if (failed(passes.run(module)))
    return 1;
  onnx_writer::Options format;
  format.version = DLCC_VERSION;
  format.weight = [&](const std::string &name, int64_t bytes) {
    return readWeight(name, bytes, options);
  };
  Error error = Error::success();
  try {
    std::optional<std::string> bytes = onnx_writer::exportModel(module, format);
    if (!bytes)
      return 1;
    error = writeFile(output, *bytes);
  } catch (const WeightsRefused &refused) {
    error = createStringError(refused.text);
  }
  if (!error)
    return 0;
  std::fprintf(stderr, "error: %s\n", toString(std::move(error)).c_str());
  return 1;
}

Command addExportCommand(CLI::App &app) {
  CLI::App *sub = app.add_subcommand(
      "export", "write a model and its weights as an ONNX file");
  auto command = std::make_shared<ExportCommand>(*sub);
  return {sub, [command] { return command->run(); }};
}

} // namespace dlcc
