//===- RunCommand.cpp - dlcc run ------------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/object/EmitHeader.h"
#include "codegen/object/ModelDescription.h"
#include "tools/Commands.h"
#include "tools/Compiler.h"
#include "tools/Files.h"
#include "tools/LoadWeights.h"
#include "tools/LoadedModel.h"
#include "tools/MadeInputs.h"
#include "tools/ModelFlags.h"
#include "tools/NumpyFile.h"

#include <memory>

using namespace llvm;

namespace dlcc {

namespace {

/// Compiles a model, loads it and calls its forward pass once.
class RunCommand {
public:
  explicit RunCommand(CLI::App &app);
  int run();

private:
  using Files = std::vector<std::pair<std::string, std::string>>;
  Error runForward(const dlcc_model &model, const CompileOptions &compiled);
  Error call(const dlcc_entry &entry, int32_t index, int64_t batch,
             dlcc_instance *instance);

  ModelFlags flags;
  std::vector<std::string> inputTexts, outputTexts;
  Files inputs, outputs; ///< name and path
  std::string weights;
  uint64_t seed = 0;
  int threads = 0;
};

} // namespace

RunCommand::RunCommand(CLI::App &app) {
  flags.addModel(app);
  app.add_option("--input", inputTexts,
                 "array of an input, of its type and shape (repeatable)")
      ->type_name("NAME=FILE.npy")
      ->allow_extra_args(false);
  app.add_option("--output", outputTexts,
                 "where to write an output (repeatable)")
      ->type_name("NAME=FILE.npy")
      ->allow_extra_args(false);
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
  app.add_option("--threads", threads, "default: one a processor")
      ->type_name("N")
      ->check(atLeast(1));
  flags.addTarget(app, /*isProgram=*/true);
  flags.addLinks(app);
  flags.addInspection(app);
  flags.addUnsupported(app);
  app.footer("Example:\n  dlcc run model.onnx --input x=x.npy --output "
             "y=y.npy\n");
}

/// The path given for a tensor; null where there is none.
static const std::string *
pathOf(const std::vector<std::pair<std::string, std::string>> &files,
       StringRef name) {
  for (const auto &[given, path] : files)
    if (given == name)
      return &path;
  return nullptr;
}

/// Every name that was given has to be a tensor's.
static Error
checkNames(const std::vector<std::pair<std::string, std::string>> &files,
           ArrayRef<dlcc_tensor> tensors, StringRef flag) {
  for (const auto &[name, path] : files)
    if (none_of(tensors,
                [&](const dlcc_tensor &tensor) { return tensor.name == name; }))
      return createStringError(flag + " " + name +
                               ": the model has no such tensor");
  return Error::success();
}

Error RunCommand::call(const dlcc_entry &entry, int32_t index, int64_t batch,
                       dlcc_instance *instance) {
  ArrayRef ins(entry.inputs, entry.num_inputs);
  ArrayRef outs(entry.outputs, entry.num_outputs);
  if (Error error = checkNames(inputs, ins, "--input"))
    return error;
  if (Error error = checkNames(outputs, outs, "--output"))
    return error;
  std::vector<std::vector<char>> arrays;
  for (const dlcc_tensor &tensor : ins) {
    const std::string *path = pathOf(inputs, tensor.name);
    if (!path)
      return createStringError("input '" + Twine(tensor.name) +
                               "' has no --input");
    Expected<std::vector<char>> array = readNumpy(*path, tensor);
    if (!array)
      return array.takeError();
    arrays.push_back(std::move(*array));
  }
  for (const dlcc_tensor &tensor : outs)
    arrays.emplace_back(
        countElements(tensor) *
        elementBytes(static_cast<dlcc_element_type>(tensor.type)));
  std::vector<void *> arguments;
  for (std::vector<char> &array : arrays)
    arguments.push_back(array.data());
  if (dlcc_run(instance, index, batch, arguments.data()) != DLCC_OK)
    return createStringError(dlcc_last_error());
  OutputFiles files;
  for (auto [i, tensor] : enumerate(outs))
    if (const std::string *path = pathOf(outputs, tensor.name))
      if (Error error = files.add(
              *path, writeNumpy(tensor, arrays[ins.size() + i].data())))
        return error;
  return files.keep();
}

Error RunCommand::runForward(const dlcc_model &model,
                             const CompileOptions &compiled) {
  dlcc_options options = DLCC_OPTIONS_INIT;
  options.threads = threads;
  options.seed = seed;
  InstancePointer instance(dlcc_create(&model, &options));
  if (!instance ||
      (weights.empty() && dlcc_init(instance.get(), seed) != DLCC_OK))
    return createStringError(dlcc_last_error());
  if (!weights.empty())
    if (Error error = loadWeights(instance.get(), weights, compiled))
      return error;
  for (int32_t i = 0; i != model.num_entries; ++i)
    if (model.entries[i].kind == DLCC_ENTRY_FORWARD)
      return call(model.entries[i], i, model.batch, instance.get());
  return createStringError("the model has no forward pass");
}

/// An input's elements for the compiler; nothing where they do not fit, which
/// the call will say.
static std::optional<std::string>
elementsOf(const std::string &path, const std::string &name,
           const std::string &type, const std::vector<int64_t> &shape) {
  dlcc_tensor tensor = {name.c_str(), -1,         int32_t(shape.size()),
                        shape.data(), /*rows=*/0, /*bound=*/0};
  for (int32_t i = DLCC_BOOL; i <= DLCC_F64; ++i)
    if (spellElementType(static_cast<dlcc_element_type>(i)) == type)
      tensor.type = i;
  if (tensor.type < 0)
    return std::nullopt;
  Expected<std::vector<char>> bytes = readNumpy(path, tensor);
  if (bytes)
    return std::string(bytes->begin(), bytes->end());
  consumeError(bytes.takeError());
  return std::nullopt;
}

int RunCommand::run() {
  for (const std::string &text : inputTexts)
    inputs.push_back(splitAssignment("--input", text));
  for (const std::string &text : outputTexts)
    outputs.push_back(splitAssignment("--output", text));
  CompileOptions options = flags.translate();
  options.artefacts = {Artefact::Object};
  options.loads = true;
  options.inputValue = [this](const std::string &name, const std::string &type,
                              const std::vector<int64_t> &shape) {
    const std::string *path = pathOf(inputs, name);
    return path ? elementsOf(*path, name, type, shape) : std::nullopt;
  };
  if (!flags.tuneIfAsked(options))
    return 1;
  std::optional<CompiledModel> compiled = compileOneModel(options);
  if (!compiled)
    return 1;
  const CompiledModel &model = *compiled;
  if (options.stopAfter != Phase::Object) {
    std::fputs(model.ir.c_str(), stdout);
    return 0;
  }
  if (flags.timeReport)
    printTimes(model);
  Expected<LoadedModel> loaded =
      LoadedModel::load(model.name, model.files.front().second, options.links);
  Error error =
      loaded ? runForward(loaded->descriptor(), options) : loaded.takeError();
  if (!error)
    return 0;
  std::fprintf(stderr, "error: %s\n", toString(std::move(error)).c_str());
  return 1;
}

Command addRunCommand(CLI::App &app) {
  CLI::App *sub = app.add_subcommand(
      "run", "compile a model and run it once on arrays of .npy files");
  auto command = std::make_shared<RunCommand>(*sub);
  return {sub, [command] { return command->run(); }};
}

} // namespace dlcc
