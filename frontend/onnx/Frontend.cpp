//===- Frontend.cpp - from an .onnx file to a module of dlc ops -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/Frontend.h"

#include "frontend/onnx/ModelReader.h"
#include "frontend/onnx/NameRows.h"
#include "frontend/onnx/ReadFile.h"
#include "ir/Target.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;
using frontend::Severity;

/// A prefix of C symbols made of the file's name.
static std::string prefixOf(const Options &options) {
  if (!options.name.empty())
    return options.name;
  std::string name = llvm::sys::path::stem(options.path).str();
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  if (name.empty() || llvm::isDigit(name[0]))
    name.insert(0, "model_");
  return name;
}

/// The module with its rows named; null where a call takes as many as it was
/// read for. Then `whyNot` says why.
static mlir::OwningOpRef<mlir::ModuleOp> withRows(ModelReader &reader,
                                                  mlir::ModuleOp module,
                                                  int64_t rows,
                                                  std::string &whyNot) {
  whyNot = reader.whyNotRows();
  if (!whyNot.empty())
    return {};
  try {
    return nameRows(module, *reader.read(rows + 1), rows, whyNot);
  } catch (const Refusal &refusal) {
    whyNot = std::string(refusal.what()) + ", with " +
             std::to_string(rows + 1) + " rows";
    return {};
  }
}

static mlir::OwningOpRef<mlir::ModuleOp>
readModule(ModelReader &reader, const Options &options,
           const frontend::DiagnosticSink &sink) {
  auto note = [&](const std::string &text) {
    sink(Severity::Note, options.path + ": note: " + text + "\n");
  };
  int64_t rows = options.batch.value_or(1);
  mlir::OwningOpRef<mlir::ModuleOp> module = reader.read(rows);
  if (reader.hasOpenRows() && !options.batch)
    note("no --batch is given; the first dimension of the inputs is 1");
  // Of a model that is called once with what is known, nothing varies.
  if (options.inputValue)
    return module;
  bool isTrained = options.training && !options.loss.empty();
  std::string whyNot;
  if (auto named = withRows(reader, *module, rows, whyNot))
    return named;
  if (isTrained)
    throw Refusal("--loss needs a model that takes any number of rows; " +
                  whyNot +
                  (reader.hasOpenRows() ? ""
                                        : " (exporters call an open one "
                                          "dynamic)"));
  int64_t batch =
      (*module)->getAttrOfType<mlir::IntegerAttr>(attr::kBatch).getInt();
  if (reader.hasOpenRows() && batch > 1)
    note("a call takes exactly " + std::to_string(batch) + " rows: " + whyNot);
  for (auto function : module->getOps<mlir::func::FuncOp>())
    if (function.getSymName() == "forward")
      function->setAttr(attr::kAllRows,
                        mlir::UnitAttr::get(function.getContext()));
  return module;
}

std::optional<frontend::ModelModule>
dlcc::onnx_reader::readModel(mlir::MLIRContext &context, const Options &options,
                             const frontend::DiagnosticSink &sink) {
  context.loadDialect<dlc::DLCDialect, mlir::func::FuncDialect>();
  try {
    onnx::ModelProto model = readFile(options.path);
    std::string name = prefixOf(options);
    ModelReader reader(context, options, model, name);
    auto module = readModule(reader, options, sink);
    if (mlir::failed(mlir::verify(*module)))
      throw Refusal("the compiler made invalid code of it; this is a bug of "
                    "dlcc");
    return frontend::ModelModule{name, !options.loss.empty(),
                                 std::move(module)};
  } catch (const Refusal &refusal) {
    sink(Severity::Error,
         options.path + ": error: " + std::string(refusal.what()) + "\n");
    return std::nullopt;
  }
}
