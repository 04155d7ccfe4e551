//===- ReadModel.cpp - from a file to modules of dlc ops ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/ReadModel.h"

#include "frontend/dlm/Frontend.h"
#include "frontend/onnx/Frontend.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "tools/CaffeFiles.h"

using namespace mlir;

namespace dlcc {

/// Evaluation, training and reports belong to a training block.
static bool isTrainingEntry(func::FuncOp function) {
  auto kind = function->getAttrOfType<StringAttr>(attr::kEntry);
  return kind && (kind.getValue() == "train" || kind.getValue() == "evaluate" ||
                  kind.getValue() == "report");
}

/// Takes a module of a file, prepared as the options ask; nothing where it is
/// no model or another one than asked for.
static std::optional<InputModel> takeModule(ModuleOp module,
                                            const CompileOptions &options) {
  auto name = module->getAttrOfType<StringAttr>(attr::kModel);
  if (!name || (!options.model.empty() && name.getValue() != options.model))
    return std::nullopt;
  InputModel model;
  model.module = module.clone();
  model.name = options.name.empty() ? name.str() : options.name;
  model.module.get()->setAttr(attr::kModel,
                              StringAttr::get(module.getContext(), model.name));
  model.hasTraining = false;
  for (auto function :
       llvm::make_early_inc_range(model.module->getOps<func::FuncOp>())) {
    model.hasTraining |= isTrainingEntry(function);
    if (isTrainingEntry(function) && !options.training)
      function.erase();
  }
  return model;
}

static std::optional<std::vector<InputModel>>
readMlir(MLIRContext &context, const CompileOptions &options) {
  auto file = parseSourceFile<ModuleOp>(options.input, &context);
  if (!file)
    return std::nullopt;
  if (!options.trainable.empty()) {
    emitError(FileLineColLoc::get(&context, options.input, 1, 1))
        << "--trainable needs a .dlm file; here dlc.minimize says what is "
           "trained";
    return std::nullopt;
  }
  std::vector<InputModel> models;
  if (std::optional<InputModel> model = takeModule(*file, options))
    models.push_back(std::move(*model));
  for (auto nested : file->getOps<ModuleOp>())
    if (std::optional<InputModel> model = takeModule(nested, options))
      models.push_back(std::move(*model));
  if (!models.empty())
    return models;
  emitError(FileLineColLoc::get(&context, options.input, 1, 1))
      << "no module with '" << attr::kModel << "'"
      << (options.model.empty() ? "" : " = '" + options.model + "'");
  return std::nullopt;
}

static dlm::Options translate(const CompileOptions &options) {
  dlm::Options result;
  result.path = options.input;
  result.model = options.model;
  result.name = options.name;
  result.batch = options.batch;
  result.dims = options.dims;
  result.sets = options.constants;
  result.training = options.training;
  result.trainable = options.trainable;
  result.countValues = options.countValues;
  return result;
}

/// What only a file without a training block takes.
static bool refuseLoss(const CompileOptions &options,
                       const DiagnosticSink &sink) {
  if (options.loss.empty() && options.optimizer.empty())
    return false;
  sink(Severity::Error,
       options.input + ": error: --loss and --optimizer are for ONNX models; "
                       "here a training block says what to train for\n");
  return true;
}

/// The frontend's diagnostics are texts already.
static dlm::DiagnosticSink translate(const DiagnosticSink &sink) {
  return [sink](dlm::Severity severity, const std::string &text) {
    sink(static_cast<Severity>(severity), text);
  };
}

static_assert(int(dlm::Severity::Note) == int(Severity::Note) &&
              int(dlm::Severity::Error) == int(Severity::Error));

static bool isMlir(const CompileOptions &options) {
  return StringRef(options.input).ends_with(".mlir");
}

static bool isOnnx(const CompileOptions &options) {
  return StringRef(options.input).ends_with(".onnx");
}

static std::optional<std::vector<InputModel>>
readOnnx(MLIRContext &context, const CompileOptions &options,
         const DiagnosticSink &sink) {
  auto refuse = [&](const std::string &what) {
    sink(Severity::Error, options.input + ": error: " + what + "\n");
    return std::nullopt;
  };
  if (!options.constants.empty())
    return refuse("--set needs a .dlm file");
  if (options.loss.empty() && options.requireTraining)
    return refuse("an ONNX model has no training block; --loss says what to "
                  "train it for, such as --loss=softmax_cross_entropy");
  if (options.loss.empty() &&
      !(options.trainable.empty() && options.optimizer.empty()))
    return refuse("--optimizer and --trainable need a --loss");
  onnx_reader::Options frontend;
  frontend.path = options.input;
  frontend.name = options.name;
  frontend.batch = options.batch;
  frontend.dims = options.dims;
  frontend.loss = options.loss;
  frontend.optimizer = options.optimizer;
  frontend.trainable = options.trainable;
  frontend.training = options.training;
  frontend.inputValue = options.inputValue;
  auto read = onnx_reader::readModel(context, frontend, translate(sink));
  if (!read)
    return std::nullopt;
  if (!options.model.empty() && options.model != read->name)
    return refuse("it holds no model called '" + options.model + "'");
  std::vector<InputModel> models;
  models.push_back({read->name, read->hasTraining, std::move(read->module)});
  return models;
}

/// Caffe's files become a text in the model language, which `read` keeps; false
/// where they were refused.
static bool translateCaffe(const CompileOptions &options,
                           dlm::Options &frontend,
                           std::optional<caffe_reader::Result> &read,
                           const DiagnosticSink &sink) {
  if (isCaffeModel(options.input)) {
    sink(Severity::Error,
         options.input + ": error: it holds weights; the model is the net's "
                         ".prototxt, and these go with --weights\n");
    return false;
  }
  read = caffe_reader::readModel(caffeOptions(options), translate(sink));
  if (!read)
    return false;
  frontend.translation = &read->translation;
  // A number of rows in the text is no dimension with a name.
  if (read->hasFixedRows)
    frontend.batch = std::nullopt;
  else if (!frontend.batch && !options.training)
    frontend.batch = read->batch;
  return true;
}

std::optional<std::vector<InputModel>> readModels(MLIRContext &context,
                                                  const CompileOptions &options,
                                                  const DiagnosticSink &sink) {
  if (isOnnx(options))
    return readOnnx(context, options, sink);
  if (refuseLoss(options, sink))
    return std::nullopt;
  if (isMlir(options))
    return readMlir(context, options);
  dlm::Options frontend = translate(options);
  std::optional<caffe_reader::Result> caffe;
  if (isCaffe(options.input) && !translateCaffe(options, frontend, caffe, sink))
    return std::nullopt;
  dlm::Result read = dlm::readModel(context, frontend, translate(sink));
  if (read.errors || read.models.empty())
    return std::nullopt;
  std::vector<InputModel> models;
  for (dlm::ModelModule &model : read.models)
    models.push_back({model.name, model.hasTraining, std::move(model.module)});
  return models;
}

bool checkModels(MLIRContext &context, const CompileOptions &options,
                 const DiagnosticSink &sink) {
  if (isOnnx(options))
    return readOnnx(context, options, sink).has_value();
  if (refuseLoss(options, sink))
    return false;
  if (isMlir(options))
    return readMlir(context, options).has_value();
  dlm::Options frontend = translate(options);
  std::optional<caffe_reader::Result> caffe;
  if (isCaffe(options.input) && !translateCaffe(options, frontend, caffe, sink))
    return false;
  frontend.checkOnly = true;
  return dlm::readModel(context, frontend, translate(sink)).errors == 0;
}

} // namespace dlcc
