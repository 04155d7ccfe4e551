//===- Frontend.cpp - from Caffe's files to the model language ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/Frontend.h"

#include "frontend/caffe/Library.inc"
#include "frontend/caffe/MeanFile.h"
#include "frontend/caffe/Solver.h"
#include "frontend/caffe/TextFormat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace dlcc;
using namespace dlcc::caffe_reader;
using frontend::Severity;
using frontend::Translation;
using llvm::StringRef;

namespace {

/// Reads the files and joins what they become.
class ModelReader {
public:
  ModelReader(const Options &options, const frontend::DiagnosticSink &sink)
      : options(options), sink(sink) {}

  std::optional<Result> read();

private:
  unsigned addFile(const std::string &path, const Refusal *asked);
  Message parse(unsigned file) {
    return parseText(result.translation.files[file].text, file);
  }
  void readNetOf(const Message &message, const Solver *solver);
  void write(const Net &net, Translator &translator, const Solver *solver);
  void add(const ModelText &text);
  void report(const Refusal &refusal, const std::string &subject);

  const Options &options;
  const frontend::DiagnosticSink &sink;
  Result result;
  bool failed = false;
};

} // namespace

/// The line with a caret below the place.
static std::string showLine(StringRef text, const Place &place) {
  for (unsigned line = 1; line < place.line; ++line)
    text = text.split('\n').second;
  StringRef line = text.split('\n').first.rtrim('\r');
  // Of a long line what stands around the place.
  constexpr size_t kMost = 160;
  size_t column = place.column - 1, skipped = 0;
  if (line.size() > kMost) {
    skipped = column > kMost / 2 ? column - kMost / 2 : 0;
    line = line.substr(skipped, kMost);
  }
  std::string shown, caret;
  for (auto [i, c] : llvm::enumerate(line)) {
    bool isTab = c == '\t';
    shown += isTab || static_cast<unsigned char>(c) >= 0x20 ? c : '.';
    if (i < column - skipped && (static_cast<unsigned char>(c) & 0xC0) != 0x80)
      caret += isTab ? '\t' : ' ';
  }
  return "  " + shown + "\n  " + caret + "^\n";
}

void ModelReader::report(const Refusal &refusal, const std::string &subject) {
  failed = true;
  const Place &place = refusal.place;
  bool isKnown = place.file < result.translation.files.size();
  std::string text =
      isKnown ? result.translation.files[place.file].path : options.path;
  if (place.line)
    text +=
        ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  text += ": error: " + subject + (subject.empty() ? "" : ": ") +
          refusal.what() + "\n";
  if (place.line && isKnown)
    text += showLine(result.translation.files[place.file].text, place);
  sink(Severity::Error, text);
}

/// Reads a file; `asked` has the place of its name in another.
unsigned ModelReader::addFile(const std::string &path, const Refusal *asked) {
  constexpr uint64_t kMostBytes = 64u << 20;
  auto refuse = [&](const std::string &why) {
    if (asked)
      throw Refusal(asked->place, "cannot read '" + path + "': " + why);
    throw Refusal(Place(), "cannot read it: " + why);
  };
  uint64_t bytes = 0;
  if (llvm::sys::fs::is_directory(path))
    refuse("Is a directory");
  if (std::error_code error = llvm::sys::fs::file_size(path, bytes))
    refuse(error.message());
  if (bytes > kMostBytes)
    refuse("it is larger than 64 MB");
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    refuse(buffer.getError().message());
  if (!llvm::json::isUTF8((*buffer)->getBuffer()) ||
      (*buffer)->getBuffer().contains('\0'))
    refuse("it is no text; weights go with --weights");
  result.translation.files.push_back({path, (*buffer)->getBuffer().str()});
  return result.translation.files.size() - 1;
}

/// A name of the language for the net: its own, else the file's.
static std::string modelName(const Net &net, const std::string &path) {
  std::string name =
      net.name.empty() ? llvm::sys::path::stem(path).str() : net.name;
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  static constexpr StringRef words[] = {"training", "data", "model", "layer",
                                        "const",    "fn",   "import"};
  if (name.empty() || llvm::isDigit(name[0]) || llvm::is_contained(words, name))
    name.insert(0, "net_");
  return name;
}

void ModelReader::add(const ModelText &text) {
  Translation &translation = result.translation;
  for (const ModelText::Line &line : text.lines) {
    translation.text += line.text + "\n";
    translation.places.push_back(
        {line.place.file, std::max(1u, line.place.line),
         std::max(1u, line.place.column), line.subject});
  }
}

void ModelReader::write(const Net &net, Translator &translator,
                        const Solver *solver) {
  std::string name = modelName(net, options.path);
  auto inputs = [](const std::vector<std::string> &list) {
    return "(" + llvm::join(list, ", ") + ")";
  };
  ModelText text;
  auto line = [&](const std::string &words) {
    text.add(words, net.place, "the net");
  };
  for (const std::string &path : options.imports) {
    llvm::SmallString<256> absolute(path);
    llvm::sys::fs::make_absolute(absolute);
    line("import " + quote(absolute));
  }
  line("model " + name + inputs(translator.modelInputs) + " -> " +
       inputs(translator.outputs) + " {");
  text.add(translator.model);
  line("}");
  if (solver) {
    line("training " + name + inputs(translator.labelInputs) + " {");
    text.add(translator.training);
    solver->write(text, translator.trainedBlobs);
    if (translator.batch && !translator.hasFixedRows)
      line("  batch = " + spell(*translator.batch));
    line("}");
    text.add(translator.data);
  }
  add(text);
}

void ModelReader::readNetOf(const Message &message, const Solver *solver) {
  Net net = readNet(message, solver ? solver->stages : Stages());
  Translator translator(net, options, solver != nullptr);
  translator.run();
  constexpr size_t kMostErrors = 100; // shown, as of the model language
  for (const auto &[refusal, subject] :
       llvm::ArrayRef(translator.errors).take_front(kMostErrors))
    report(refusal, subject);
  if (translator.errors.size() > kMostErrors)
    sink(Severity::Error, "error: too many errors; the rest is not shown\n");
  if (failed)
    return;
  write(net, translator, solver);
  result.batch = translator.batch;
  result.hasFixedRows = translator.hasFixedRows;
  result.blobs = translator.blobs;
}

std::optional<Result> ModelReader::read() {
  result.translation.library = {"layers.dlm", kLibrary};
  try {
    Message message = parse(addFile(options.path, nullptr));
    if (!Solver::isSolver(message)) {
      if (options.needsSolver)
        throw Refusal(message.place, "it says nothing of training; give the "
                                     "file of the net's solver");
      readNetOf(message, nullptr);
    } else {
      Solver solver(message);
      result.programOptions = solver.programOptions();
      if (solver.ownNet) {
        readNetOf(*solver.ownNet, &solver);
      } else {
        Refusal asked(solver.netFile->valuePlace, "");
        std::string path = findFile(options.path, textOf(*solver.netFile));
        if (path.empty())
          throw Refusal(asked.place, "there is no net '" +
                                         solver.netFile->text +
                                         "', neither from here nor beside '" +
                                         options.path + "'");
        Message net = parse(addFile(path, &asked));
        readNetOf(net, &solver);
      }
    }
  } catch (const Refusal &refusal) {
    report(refusal, "");
  }
  if (failed)
    return std::nullopt;
  return std::move(result);
}

std::optional<Result>
dlcc::caffe_reader::readModel(const Options &options,
                              const frontend::DiagnosticSink &sink) {
  return ModelReader(options, sink).read();
}
