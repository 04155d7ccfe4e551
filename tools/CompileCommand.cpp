//===- CompileCommand.cpp - dlcc compile ----------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Commands.h"
#include "tools/Compiler.h"
#include "tools/Files.h"
#include "tools/LoadWeights.h"
#include "tools/LoadedModel.h"
#include "tools/ModelFlags.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>
#include <memory>
#include <optional>

using namespace llvm;

namespace dlcc {

namespace {

class CompileCommand {
public:
  explicit CompileCommand(CLI::App &app);
  int run();

private:
  /// What --emit names; sets wantsWeights.
  std::vector<Artefact> artefacts();
  void checkTarget(const CompileOptions &options) const;
  void chooseOutput(const CompileOptions &options);
  Expected<bool> makeFolder() const;
  std::string pathOf(StringRef file) const;
  Error write(const CompiledModel &model, OutputFiles &files) const;
  Error writeWeights(const CompileOptions &options) const;
  Error writeAll(const std::vector<CompiledModel> &models,
                 const CompileOptions &options) const;
  void printContract(const CompiledModel &model,
                     const CompileOptions &options) const;

  ModelFlags flags;
  std::vector<std::string> emit;
  std::string output = ".";
  std::string weights;
  std::optional<uint64_t> seed;
  bool training = false, outputIsFile = false, wantsWeights = false;
  bool stops = false; ///< before there is an object; the IR is the output
};

} // namespace

CompileCommand::CompileCommand(CLI::App &app) {
  flags.addModel(app);
  app.add_flag("--train", training, "add backward pass and update");
  app.add_option("--emit", emit,
                 "obj, header, lib, shared, exe, asm, llvm, mlir, dlc, weights "
                 "(comma between several); default: obj,header, and weights "
                 "where they are known. For GPUs also: ptx, cubin, launches; "
                 "llvm is that of their kernels, and there is no asm")
      ->type_name("LIST")
      ->delimiter(',');
  app.add_option("-o", output,
                 "folder for the files, or the file where one is asked for; - "
                 "is stdout")
      ->type_name("DIR_OR_FILE");
  app.add_option(
         "--weights", weights,
         "weights file, checkpoint, .npz, .safetensors, or .caffemodel of a "
         "Caffe net, to write as NAME.dlw, or with --emit=weights as the "
         ".npz or .safetensors that -o names")
      ->type_name("FILE");
  app.add_option("--seed", seed, "write fresh weights of this seed as NAME.dlw")
      ->type_name("N")
      ->check(atLeast(0));
  flags.addTarget(app);
  flags.addLinks(app);
  flags.addInspection(app);
  flags.addUnsupported(app);
  app.footer("Example:\n  dlcc compile models/mlp.dlm --train --batch 64 -o "
             "build/\n");
}

std::vector<Artefact> CompileCommand::artefacts() {
  static const std::pair<StringRef, Artefact> known[] = {
      {"obj", Artefact::Object},     {"header", Artefact::Header},
      {"lib", Artefact::Library},    {"shared", Artefact::Shared},
      {"exe", Artefact::Executable}, {"asm", Artefact::Assembly},
      {"llvm", Artefact::LLVM},      {"mlir", Artefact::MLIR},
      {"dlc", Artefact::DLC},        {"ptx", Artefact::PTX},
      {"cubin", Artefact::Cubin},    {"launches", Artefact::Launches},
  };
  std::vector<Artefact> list;
  for (const std::string &name : emit) {
    if (name == "weights") {
      wantsWeights = true;
      continue;
    }
    const auto *found =
        find_if(known, [&](const auto &entry) { return entry.first == name; });
    if (found == std::end(known))
      throw UsageError("--emit knows no '" + name + "'");
    if (!is_contained(list, found->second))
      list.push_back(found->second);
  }
  wantsWeights |= emit.empty() && (!weights.empty() || seed);
  if (wantsWeights && weights.empty() && !seed)
    throw UsageError("--emit=weights needs --weights FILE or --seed N");
  if (is_contained(list, Artefact::Executable) && !training)
    throw UsageError("--emit=exe is the training program; it needs --train");
  return list;
}

/// A GPU has files of its own, and no assembly but PTX.
void CompileCommand::checkTarget(const CompileOptions &options) const {
  bool isGpu = !options.chip.empty();
  for (const std::string &name : emit) {
    bool forGpus = name == "ptx" || name == "cubin" || name == "launches";
    if (isGpu && name == "asm")
      throw UsageError("--emit=asm is not supported with --target=cuda; "
                       "--emit=ptx is the kernels' text");
    if (!isGpu && forGpus)
      throw UsageError("--emit=" + name + " needs --target=cuda:CHIP");
  }
}

std::string CompileCommand::pathOf(StringRef file) const {
  SmallString<128> path(output);
  if (outputIsFile)
    sys::path::remove_filename(path);
  sys::path::append(path, file);
  sys::path::remove_dots(path);
  return path.str().str();
}

/// One model's files, and the IR of its phases beside them.
Error CompileCommand::write(const CompiledModel &model,
                            OutputFiles &files) const {
  auto all = model.files;
  if (stops)
    all = {{model.name + ".mlir", model.ir}};
  for (const auto &[name, bytes] : all) {
    if (output == "-") {
      outs() << bytes;
      continue;
    }
    StringRef ending = sys::path::extension(name);
    if (Error error = files.add(outputIsFile ? output : pathOf(name), bytes,
                                ending.empty() || ending == ".so"))
      return error;
  }
  for (const auto &[name, bytes] : model.temps)
    if (Error error = files.add(output == "-" ? name : pathOf(name), bytes))
      return error;
  return Error::success();
}

/// Runs the model in this process, so weights come from a build for this
/// machine, whatever machine the object is for; files are the same everywhere.
Error CompileCommand::writeWeights(const CompileOptions &options) const {
  CompileOptions native = options;
  native.training = native.requireTraining = false;
  native.triple.clear();
  native.chip.clear();
  native.cpu = "native";
  native.artefacts = {Artefact::Object};
  native.maxMemory.reset();
  auto fails = [] { return createStringError(Twine(dlcc_last_error())); };
  std::vector<CompiledModel> models = compile(native, printErrors());
  if (models.empty())
    return createStringError("the model does not compile for this machine, "
                             "which writes its weights");
  for (const CompiledModel &model : models) {
    Expected<LoadedModel> loaded =
        LoadedModel::load(model.name, model.files.front().second, native.links);
    if (!loaded)
      return loaded.takeError();
    InstancePointer net(dlcc_create(&loaded->descriptor(), nullptr));
    if (!net)
      return fails();
    std::string path = outputIsFile ? output : pathOf(model.name + ".dlw");
    if (weights.empty() && dlcc_init(net.get(), *seed) != DLCC_OK)
      return fails();
    if (!weights.empty())
      if (Error error = loadWeights(net.get(), weights, options))
        return error;
    if (Error error = saveWeights(net.get(), path))
      return error;
  }
  return Error::success();
}

/// Weights first: they may be refused, and then no other file appears.
Error CompileCommand::writeAll(const std::vector<CompiledModel> &models,
                               const CompileOptions &options) const {
  OutputFiles files;
  for (const CompiledModel &model : models)
    if (Error error = write(model, files))
      return error;
  if (wantsWeights && !stops)
    if (Error error = writeWeights(options))
      return error;
  return files.keep();
}

void CompileCommand::printContract(const CompiledModel &model,
                                   const CompileOptions &options) const {
  FILE *out = output == "-" ? stderr : stdout;
  const MemoryInfo &memory = model.memory;
  std::fprintf(out,
               "%s: %lld parameters, batch %lld, for %s\n"
               "  weights %lld, optimizer %lld, state %lld, arena %lld bytes; "
               "scratch %lld bytes%s\n",
               model.name.c_str(), (long long)model.parameters,
               (long long)model.batch, model.processors().c_str(),
               (long long)memory.weights, (long long)memory.optimizer,
               (long long)memory.state, (long long)memory.arena,
               (long long)memory.scratch,
               options.chip.empty() ? " a thread" : "");
  std::fputs(model.memoryTrade(countThreads(options)).c_str(), out);
  if (flags.verbose)
    for (const LevelInfo &level : model.levels)
      std::fprintf(out, "  code for %s needs %s\n", level.cpu.c_str(),
                   level.features.empty() ? "nothing beyond the platform"
                                          : level.features.c_str());
}

/// Makes the folder for the files; whether it is new.
Expected<bool> CompileCommand::makeFolder() const {
  if (stops || outputIsFile || output == "-" || sys::fs::is_directory(output))
    return false;
  std::error_code code =
      sys::fs::create_directories(output, true, sys::fs::all_all);
  if (!code && !sys::fs::is_directory(output))
    code = std::make_error_code(std::errc::not_a_directory);
  if (code)
    return createStringError("cannot make the folder '" + output +
                             "': " + code.message());
  return true;
}

/// Whether there are files of which each of several chips has its own.
static bool hasFilesOfChips(const CompileOptions &options) {
  auto isOfChip = [](Artefact artefact) {
    return artefact == Artefact::LLVM || artefact == Artefact::PTX ||
           artefact == Artefact::Cubin || artefact == Artefact::Launches;
  };
  return StringRef(options.chip).contains(',') &&
         any_of(options.artefacts, isOfChip);
}

/// Whether `output` names a file, a folder or, as "-", stdout.
void CompileCommand::chooseOutput(const CompileOptions &options) {
  stops = options.stopAfter != Phase::Object;
  size_t files = options.artefacts.size() + (wantsWeights ? 1 : 0);
  if (output == "-" && !stops)
    for (Artefact artefact : options.artefacts)
      if (files > 1 || artefact == Artefact::Object ||
          artefact == Artefact::Library || artefact == Artefact::Shared ||
          artefact == Artefact::Executable || artefact == Artefact::Cubin)
        throw UsageError("-o - takes one text: header, asm, llvm, mlir or dlc");
  if (output == "-" && wantsWeights)
    throw UsageError("-o - takes one text: header, asm, llvm, mlir or dlc");
  bool isFolder = sys::fs::is_directory(output);
  // IR of a phase goes to stdout where no file is named.
  if (stops && isFolder)
    output = "-";
  outputIsFile = output != "-" && !isFolder && (stops || files == 1) &&
                 !StringRef(output).ends_with("/");
  if ((output == "-" || outputIsFile) && !stops && hasFilesOfChips(options))
    throw UsageError("each of the chips of --target has a file; -o has to be a "
                     "folder");
}

int CompileCommand::run() {
  CompileOptions options = flags.translate();
  options.training = options.requireTraining = training;
  std::vector<Artefact> list = artefacts();
  if (!emit.empty())
    options.artefacts = list;
  checkTarget(options);
  chooseOutput(options);
  // Weights come from a model that runs here.
  options.loads = wantsWeights;

  if (!flags.tuneIfAsked(options))
    return 1;
  std::vector<CompiledModel> models = compile(options, printToStderr());
  if (models.empty())
    return 1;
  if (outputIsFile && models.size() > 1)
    throw UsageError("the file holds several models; -o has to be a folder, "
                     "or --model picks one");
  if (options.cpu == "native" && options.chip.empty() && !stops)
    std::fprintf(stderr,
                 "note: compiled for this machine's processor (%s); --cpu "
                 "names another\n",
                 models.front().processors().c_str());
  Expected<bool> isNew = makeFolder();
  Error error = isNew ? writeAll(models, options) : isNew.takeError();
  if (error) {
    std::fprintf(stderr, "error: %s\n", toString(std::move(error)).c_str());
    if (isNew && *isNew)
      sys::fs::remove(output);
    return 1;
  }
  for (const CompiledModel &model : models) {
    if (!stops)
      printContract(model, options);
    if (flags.timeReport)
      printTimes(model);
  }
  return 0;
}

Command addCompileCommand(CLI::App &app) {
  CLI::App *sub = app.add_subcommand(
      "compile", "turn a model into an object, a header and more");
  auto command = std::make_shared<CompileCommand>(*sub);
  return {sub, [command] { return command->run(); }};
}

} // namespace dlcc
