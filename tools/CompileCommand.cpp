//===- CompileCommand.cpp - dlcc compile ----------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Commands.h"
#include "tools/Files.h"
#include "tools/LoadedModel.h"
#include "tools/ModelFlags.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

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
  std::string pathOf(StringRef file) const;
  bool write(const std::vector<std::pair<std::string, std::string>> &files);
  bool writeWeights(const CompileOptions &options);
  void printContract(const CompiledModel &model) const;

  ModelFlags flags;
  std::vector<std::string> emit;
  std::string output = ".";
  std::string weights;
  std::optional<uint64_t> seed;
  bool training = false, outputIsFile = false, wantsWeights = false;
};

} // namespace

CompileCommand::CompileCommand(CLI::App &app) {
  flags.addModel(app);
  app.add_flag("--train", training, "add backward pass and update");
  app.add_option("--emit", emit,
                 "obj, header, lib, shared, exe, asm, llvm, mlir, dlc, weights "
                 "(comma between several); default: obj,header, and weights "
                 "where they are known")
      ->type_name("LIST")
      ->delimiter(',');
  app.add_option("-o", output,
                 "folder for the files, or the file where one is asked for; - "
                 "is stdout")
      ->type_name("DIR_OR_FILE");
  app.add_option("--weights", weights,
                 "weights file or checkpoint to write as NAME.dlw")
      ->type_name("FILE");
  app.add_option("--seed", seed, "write fresh weights of this seed as NAME.dlw")
      ->type_name("N");
  flags.addTarget(app);
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
      {"dlc", Artefact::DLC},
  };
  std::vector<Artefact> list;
  for (const std::string &name : emit) {
    if (name == "ptx" || name == "cubin")
      throw UsageError("--emit=" + name + " is not supported yet");
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

std::string CompileCommand::pathOf(StringRef file) const {
  if (outputIsFile)
    return output;
  SmallString<128> path(output);
  sys::path::append(path, file);
  sys::path::remove_dots(path);
  return path.str().str();
}

bool CompileCommand::write(
    const std::vector<std::pair<std::string, std::string>> &files) {
  for (const auto &[name, bytes] : files) {
    if (output == "-") {
      std::fwrite(bytes.data(), 1, bytes.size(), stdout);
      continue;
    }
    bool isProgram = sys::path::extension(name).empty() ||
                     sys::path::extension(name) == ".so";
    if (Error error = writeFile(pathOf(name), bytes, isProgram)) {
      std::fprintf(stderr, "error: %s\n", toString(std::move(error)).c_str());
      return false;
    }
  }
  return true;
}

/// Runs the model in this process, so weights come from a build for this
/// machine, whatever machine the object is for; files are the same everywhere.
bool CompileCommand::writeWeights(const CompileOptions &options) {
  CompileOptions native = options;
  native.training = native.requireTraining = false;
  native.triple.clear();
  native.cpu = "native";
  native.artefacts = {Artefact::Object};
  auto fails = [](const std::string &why) {
    std::fprintf(stderr, "error: %s\n", why.c_str());
    return false;
  };
  for (const CompiledModel &model : compile(native, printToStderr())) {
    Expected<LoadedModel> loaded =
        LoadedModel::load(model.name, model.files.front().second);
    if (!loaded)
      return fails(toString(loaded.takeError()));
    InstancePointer net(dlcc_create(&loaded->descriptor(), nullptr));
    if (!net)
      return fails(dlcc_last_error());
    dlcc_status status = weights.empty()
                             ? dlcc_init(net.get(), *seed)
                             : dlcc_load(net.get(), weights.c_str());
    if (status == DLCC_OK)
      status = dlcc_save(net.get(), pathOf(model.name + ".dlw").c_str());
    if (status != DLCC_OK)
      return fails(dlcc_last_error());
  }
  return true;
}

void CompileCommand::printContract(const CompiledModel &model) const {
  FILE *out = output == "-" ? stderr : stdout;
  const MemoryInfo &memory = model.memory;
  std::fprintf(out,
               "%s: %lld parameters, batch %lld, for %s\n"
               "  weights %lld, optimizer %lld, state %lld, arena %lld bytes; "
               "scratch %lld bytes a thread\n",
               model.name.c_str(), (long long)model.parameters,
               (long long)model.batch, model.cpu.c_str(),
               (long long)memory.weights, (long long)memory.optimizer,
               (long long)memory.state, (long long)memory.arena,
               (long long)memory.scratch);
}

int CompileCommand::run() {
  CompileOptions options = flags.translate();
  options.training = options.requireTraining = training;
  std::vector<Artefact> list = artefacts();
  if (!emit.empty())
    options.artefacts = list;
  bool stops = options.stopAfter != Phase::Object;
  bool isFolder = sys::fs::is_directory(output);
  if (output == "-" && !stops)
    for (Artefact artefact : options.artefacts)
      if (options.artefacts.size() > 1 || wantsWeights ||
          artefact == Artefact::Object || artefact == Artefact::Library ||
          artefact == Artefact::Shared || artefact == Artefact::Executable)
        throw UsageError("-o - takes one text: header, asm, llvm, mlir or dlc");
  outputIsFile = !isFolder && !stops &&
                 options.artefacts.size() + (wantsWeights ? 1 : 0) == 1;
  // IR of a phase goes to stdout where no file is named.
  if (stops && isFolder)
    output = "-";

  std::vector<CompiledModel> models = compile(options, printToStderr());
  if (models.empty())
    return 1;
  if (outputIsFile && models.size() > 1)
    throw UsageError("the file holds several models; -o has to be a folder, "
                     "or --model picks one");
  if (!stops && !outputIsFile && !isFolder && output != "-")
    if (std::error_code code =
            sys::fs::create_directories(output, true, sys::fs::all_all)) {
      std::fprintf(stderr, "error: cannot make the folder '%s': %s\n",
                   output.c_str(), code.message().c_str());
      return 1;
    }
  if (options.cpu == "native" && !stops)
    std::fprintf(stderr,
                 "note: compiled for this machine's processor (%s); --cpu "
                 "names another\n",
                 models.front().cpu.c_str());
  for (const CompiledModel &model : models) {
    if (stops) {
      outputIsFile = true;
      if (!write({{model.name + ".mlir", model.ir}}))
        return 1;
    } else if (!write(model.files)) {
      return 1;
    } else {
      printContract(model);
    }
    if (flags.saveTemps) {
      outputIsFile = false;
      std::string chosen = std::exchange(output, isFolder ? output : ".");
      if (!write(model.temps))
        return 1;
      output = chosen;
    }
    if (flags.timeReport)
      printTimes(model);
  }
  if (wantsWeights && !stops && !writeWeights(options))
    return 1;
  return 0;
}

Command addCompileCommand(CLI::App &app) {
  CLI::App *sub = app.add_subcommand(
      "compile", "turn a model into an object, a header and more");
  auto command = std::make_shared<CompileCommand>(*sub);
  return {sub, [command] { return command->run(); }};
}

} // namespace dlcc
