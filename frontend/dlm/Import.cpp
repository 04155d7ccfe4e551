//===- Import.cpp - a model file with all it imports ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Import.h"

#include "frontend/dlm/ExternFunctions.h"
#include "frontend/dlm/Parser.h"
#include "frontend/dlm/Prelude.inc"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace dlcc::dlm;

namespace {

/// Loads files depth first, so that what is imported comes before what imports
/// it.
class Loader {
public:
  Loader(Sources &sources, Diagnostics &diagnostics, Files &files)
      : sources(sources), diagnostics(diagnostics), files(files) {}

  /// `shown` is the path for messages; `import` the string that asked for it.
  bool load(const std::string &shown, const Range *import) {
    constexpr uint64_t kMaxBytes = 64u << 20;
    llvm::SmallString<256> real;
    uint64_t bytes = 0;
    std::error_code failure = llvm::sys::fs::real_path(shown, real);
    if (!failure && llvm::sys::fs::is_directory(real))
      failure = std::make_error_code(std::errc::is_a_directory);
    if (!failure)
      failure = llvm::sys::fs::file_size(real, bytes);
    if (!failure && bytes > kMaxBytes)
      failure = std::make_error_code(std::errc::file_too_large);
    std::string key = real.str().str();
    if (!failure && llvm::is_contained(loading, key)) {
      diagnostics.report(
          Diagnostic(*import, "'" + shown + "' imports itself by way of this")
              .withHint("move what both need into a third file"));
      return false;
    }
    if (!failure && llvm::is_contained(loaded, key))
      return true;
    std::string text;
    if (!failure) {
      auto buffer = llvm::MemoryBuffer::getFile(real, /*IsText=*/false,
                                                /*RequiresNullTerminator=*/
                                                false);
      failure = buffer.getError();
      if (!failure)
        text = (*buffer)->getBuffer().str();
    }
    if (failure) {
      std::string reason = "cannot read '" + shown + "': " + failure.message();
      if (import)
        diagnostics.report(Diagnostic(*import, reason));
      else
        diagnostics.reportWithoutPlace(reason);
      return false;
    }
    loading.push_back(key);
    parse(shown, sources.add(shown, std::move(text)));
    loading.pop_back();
    loaded.push_back(key);
    return true;
  }

  void parse(const std::string &shown, uint32_t file) {
    std::unique_ptr<FileAst> ast =
        Parser(sources, file, diagnostics).parseFile();
    for (const ImportDecl &import : ast->imports) {
      llvm::SmallString<256> path(import.path);
      if (!llvm::sys::path::is_absolute(path)) {
        path = llvm::sys::path::parent_path(shown);
        llvm::sys::path::append(path, import.path);
      }
      // What a missing file would have declared is unknown.
      if (!load(path.str().str(), &import.range))
        files.structureBroken = true;
    }
    files.structureBroken |= ast->structureBroken;
    files.asts.push_back(std::move(ast));
  }

private:
  Sources &sources;
  Diagnostics &diagnostics;
  Files &files;
  std::vector<std::string> loading, loaded;
};

/// One table of names for a model's files.
class Declarations {
public:
  explicit Declarations(Diagnostics &diagnostics) : diagnostics(diagnostics) {}

  bool add(const Name &name) {
    auto [it, isNew] = known.try_emplace(name.text, name.range);
    if (isNew)
      return true;
    diagnostics.report(
        Diagnostic(name.range, "'" + name.text + "' is declared twice")
            .note(it->second, "declared here"));
    return false;
  }

private:
  Diagnostics &diagnostics;
  std::map<std::string, Range> known;
};

} // namespace

std::optional<Files> dlcc::dlm::readFiles(Sources &sources,
                                          Diagnostics &diagnostics,
                                          const Options &options) {
  Files files;
  for (const PreludeFile &file : kPrelude) {
    uint32_t id = sources.add(file.name, file.text, /*isPrelude=*/true);
    files.prelude.push_back(Parser(sources, id, diagnostics).parseFile());
  }
  Loader loader(sources, diagnostics, files);
  if (const frontend::Translation *translation = options.translation) {
    uint32_t id = sources.add(translation->library.path,
                              translation->library.text, /*isPrelude=*/true);
    files.prelude.push_back(Parser(sources, id, diagnostics).parseFile());
    loader.parse(options.path, sources.add(*translation));
  } else if (options.path == "-")
    loader.parse("-", sources.add("-", options.text));
  else if (!loader.load(options.path, nullptr))
    return std::nullopt;
  return files;
}

/// `--set NAME=VALUE`: the value is an expression of the language.
static Value evaluateSet(Program &program, Sources &sources, FileAst &into,
                         Evaluator &evaluator, const std::string &name,
                         const std::string &text) {
  uint32_t file = sources.add("--set " + name, text);
  Expr *expr =
      Parser(sources, file, program.diagnostics).parseLoneExpression(into);
  if (expr->kind == ExprKind::Error)
    return Value::poison();
  Scope scope;
  return evaluator.evaluate(*expr, scope);
}

bool dlcc::dlm::declare(Program &program, Sources &sources, Files &files,
                        const Options &options) {
  unsigned before = program.diagnostics.errors();
  for (const auto &ast : files.prelude)
    for (const FunctionDecl &function : ast->functions)
      program.preludeFunctions[function.name.text] = &function;
  Declarations declarations(program.diagnostics);
  for (const auto &ast : files.asts) {
    for (const FunctionDecl &function : ast->functions)
      if (declarations.add(function.name))
        program.functions[function.name.text] = &function;
    for (const Stmt *layer : ast->layers)
      if (!layer->targets.empty() && declarations.add(layer->targets[0]))
        program.layers.push_back(layer);
  }
  for (const auto &[name, text] : options.sets) {
    bool exists = llvm::any_of(files.asts, [&](const auto &ast) {
      return llvm::any_of(ast->constants, [&](const ConstDecl &constant) {
        return constant.name.text == name;
      });
    });
    if (!exists)
      program.diagnostics.reportWithoutPlace(
          "--set " + name + ": the model has no constant of this name");
  }
  DimensionTable noDims;
  Evaluator evaluator(program, noDims, nullptr, nullptr);
  Frame frame;
  frame.path = std::make_shared<PathNode>();
  evaluator.frame = &frame;
  for (const auto &ast : files.asts)
    for (const ConstDecl &constant : ast->constants) {
      if (!declarations.add(constant.name))
        continue;
      const std::string &name = constant.name.text;
      auto set = llvm::find_if(
          options.sets, [&](const auto &entry) { return entry.first == name; });
      Scope scope;
      Value value = set == options.sets.end()
                        ? evaluator.evaluate(*constant.value, scope)
                        : evaluateSet(program, sources, *ast, evaluator, name,
                                      set->second);
      program.constants[name] = {std::move(value), constant.name.range};
    }
  checkExternFunctions(program, files);
  return program.diagnostics.errors() == before;
}
