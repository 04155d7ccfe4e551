//===- Elaborate.cpp - models to modules ----------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Elaborate.h"

#include "frontend/Bounds.h"
#include "ir/Target.h"
#include "mlir/IR/Verifier.h"

using namespace dlcc;
using namespace dlcc::dlm;

ModelBuilder::ModelBuilder(Program &program, const Options &options,
                           const ModelDecl &model,
                           std::vector<const TrainingDecl *> trainings,
                           const DiagnosticSink &sink)
    : program(program), options(options), model(model),
      trainings(std::move(trainings)), sink(sink) {}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

mlir::Location ModelBuilder::placeOf(Range range) const {
  Place at = program.sources.place(range);
  return mlir::FileLineColLoc::get(&program.context, at.path, at.line,
                                   at.column);
}

/// Makes the function's arguments and binds the inputs' names to them.
bool ModelBuilder::bindInputs(const std::vector<ParameterDecl> &inputs,
                              Evaluator &evaluator, Scope &scope) {
  for (const ParameterDecl &input : inputs) {
    const TypeExpr &type = *input.type;
    mlir::Type element = typeNamed(&program.context, type.element.text);
    if (!element) {
      report(Diagnostic(type.element.range,
                        "'" + type.element.text + "' is no type")
                 .withHint("types are bool u8 i8 i32 i64 bf16 f16 f32 f64"));
      scope.bind(input.name, Value::poison());
      continue;
    }
    Extents shape;
    bool ok = true;
    Scope empty;
    for (const Expr *dim : type.dims) {
      std::optional<Extent> extent =
          evaluator.extentOf(evaluator.evaluate(*dim, empty), dim->range);
      ok = ok && extent;
      if (extent)
        shape.push_back(*extent);
    }
    for (unsigned i = 1; ok && i < shape.size(); ++i)
      if (shape[i].hasBatch()) {
        report(Diagnostic(type.dims[i]->range,
                          "'batch' is the first dimension of an input")
                   .withHint("rows lie one after the other"));
        ok = false;
      }
    ok = ok && evaluator.checkSize(shape, element, type.range);
    auto same = scope.names.find(input.name.text);
    if (ok && same != scope.names.end()) {
      report(Diagnostic(input.name.range,
                        "a second input called '" + input.name.text + "'")
                 .note(same->second.range, "the first one"));
      ok = false;
    }
    if (!ok) {
      scope.bind(input.name, Value::poison());
      continue;
    }
    evaluator.emitter->setLocation(placeOf(input.name.range));
    Tensor tensor =
        evaluator.emitter->argument(input.name.text, element, shape);
    scope.bind(input.name, Value::ofTensor(tensor));
    declaredInputs[input.name.text] = {input.name.text, element, shape,
                                       type.range};
    if (!type.bound)
      continue;
    std::optional<int64_t> bound =
        evaluator.wholeOf(evaluator.evaluate(*type.bound, empty),
                          type.bound->range, "an index bound");
    if (bound && (*bound < 1 || !isInteger(element)))
      report(Diagnostic(type.bound->range,
                        isInteger(element)
                            ? "an index bound is at least 1"
                            : "a bound belongs to an input of whole numbers"));
    else if (bound)
      evaluator.emitter->boundArgument(tensor, *bound);
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

void ModelBuilder::runModel(Evaluator &evaluator, Scope &file, Scope &top) {
  top.parent = &file;
  evaluator.bindFileLayers(file);
  bindInputs(model.inputs, evaluator, top);
  evaluator.runBody(model.body, top);
}

/// Writes down what the data blocks say of the entry's inputs.
void ModelBuilder::bindData(const TrainingDecl &block, Emitter &emitter) {
  Evaluator evaluator(program, dims, nullptr, nullptr);
  Frame frame;
  frame.path = std::make_shared<PathNode>();
  evaluator.frame = &frame;
  mlir::Builder &builder = emitter.getBuilder();
  llvm::SmallVector<mlir::NamedAttribute> feeds;
  for (const Stmt *stmt :
       dataBindings(program.data, block, emitter.isTraining())) {
    const std::string &name = stmt->targets[0].text;
    auto isNamed = [&](const ParameterDecl &input) {
      return input.name.text == name;
    };
    // One of the file's blocks may name an input of another model.
    if (llvm::none_of(model.inputs, isNamed) &&
        llvm::none_of(block.inputs, isNamed))
      continue;
    std::optional<Feed> feed = readFeed(*stmt->value, evaluator);
    auto input = declaredInputs.find(name);
    if (feed && input != declaredInputs.end() &&
        checkFeed(*feed, input->second, evaluator))
      feeds.push_back(builder.getNamedAttr(name, feedAttr(*feed, builder)));
  }
  if (!feeds.empty())
    emitter.getFunction()->setAttr(attr::kFeeds,
                                   builder.getDictionaryAttr(feeds));
}

static bool holdsError(const std::vector<Stmt *> &body) {
  return llvm::any_of(body, [](const Stmt *stmt) {
    return stmt->kind == StmtKind::Error || holdsError(stmt->body) ||
           holdsError(stmt->otherwise);
  });
}

bool ModelBuilder::missesStatements(const std::vector<Stmt *> &body,
                                    const Evaluator &evaluator) {
  return evaluator.isExhausted() || holdsError(body);
}

void ModelBuilder::buildForward() {
  Emitter emitter(*module, "forward", "forward", dims, /*training=*/false);
  Evaluator evaluator(program, dims, &variables, &emitter);
  Frame frame;
  frame.path = std::make_shared<PathNode>();
  evaluator.frame = &frame;
  Scope file, top;
  runModel(evaluator, file, top);
  if (model.outputs.size() > frontend::kMostOutputs)
    report(Diagnostic(
        model.name.range,
        "a model has at most " + llvm::Twine(frontend::kMostOutputs) +
            " outputs, not " + llvm::Twine(model.outputs.size())));
  std::vector<std::pair<std::string, Tensor>> results;
  std::set<std::string> seen;
  for (const Name &output : model.outputs) {
    auto it = top.names.find(output.text);
    if (it == top.names.end()) {
      if (missesStatements(model.body, evaluator))
        break;
      report(Diagnostic(output.range, "the model never binds its output '" +
                                          output.text + "'")
                 .withHint(output.text + " = … in the model's body"));
      continue;
    }
    if (!seen.insert(output.text).second)
      report(Diagnostic(output.range,
                        "output '" + output.text + "' is named twice"));
    if (it->second.value.isPoison())
      continue;
    Value value = it->second.value;
    if (value.is(ValueKind::Variable))
      value =
          Value::ofTensor(emitter.read(*evaluator.findVariable(value.text)));
    if (!value.isTensor()) {
      report(Diagnostic(output.range, "output '" + output.text +
                                          "' is no tensor but " +
                                          describe(value))
                 .note(it->second.range, "bound here"));
      continue;
    }
    results.emplace_back(output.text, value.tensor);
  }
  // Poison without a diagnostic would leave a model that lacks an output.
  if (results.size() != model.outputs.size() && !program.diagnostics.errors())
    program.diagnostics.reportWithoutPlace("an output of '" + model.name.text +
                                           "' was lost; this is a bug of "
                                           "dlcc");
  emitter.finish(results);
  for (const auto &[name, variable] : variables.table)
    inferenceVariables.insert(name);
}

mlir::OwningOpRef<mlir::ModuleOp> ModelBuilder::build() {
  unsigned before = program.diagnostics.errors();
  mlir::Location loc = placeOf(model.name.range);
  std::string name = options.name.empty() ? model.name.text : options.name;
  module = mlir::ModuleOp::create(loc, name);
  if (!bindDimensions())
    return {};
  mlir::Builder builder(&program.context);
  (*module)->setAttr(attr::kModel, builder.getStringAttr(name));
  (*module)->setAttr(
      attr::kBatch,
      builder.getI64IntegerAttr(
          dims.contains("batch") ? dims.size(Extent::named("batch")) : 1));
  variables.module = *module;
  init = std::make_unique<Emitter>(*module, "init", "init", dims,
                                   /*training=*/false);
  variables.init = init.get();
  buildForward();
  for (const TrainingDecl *block : trainings) {
    buildStep(*block, /*training=*/false);
    buildStep(*block, /*training=*/true);
    buildReport(*block);
  }
  if (program.diagnostics.errors() != before)
    return {};
  finishModule();
  return std::move(module);
}

void ModelBuilder::finishModule() {
  mlir::Builder builder(&program.context);
  const TrainingDecl *block = nullptr;
  if (std::optional<int64_t> epochs = defaultOf("epochs", nullptr, block))
    (*module)->setAttr(attr::kEpochs, builder.getI64IntegerAttr(*epochs));
  // A parameter that no block trains is frozen.
  for (auto &[name, variable] : variables.table)
    if (!trainings.empty() && !trained.count(name))
      variable.op.setTrainable(false);
  if (!options.training)
    removeTraining();
  init->finish({});
  for (auto variable :
       llvm::make_early_inc_range(module->getOps<dlc::VariableOp>()))
    if (variable.getKind() == dlc::VariableKind::Control &&
        mlir::SymbolTable::symbolKnownUseEmpty(variable, *module))
      variable.erase();
}

/// Leaves what inference needs: no function of a training block and no
/// parameter that only a training block made.
void ModelBuilder::removeTraining() {
  for (auto function :
       llvm::make_early_inc_range(module->getOps<mlir::func::FuncOp>())) {
    llvm::StringRef entry =
        function->getAttrOfType<mlir::StringAttr>(attr::kEntry).getValue();
    if (entry != "init" && entry != "forward")
      function.erase();
  }
  for (auto &[name, variable] : variables.table)
    if (!inferenceVariables.count(name)) {
      init->forget(name);
      variable.op.erase();
    }
  (*module)->removeAttr(attr::kEpochs);
  (*module)->removeAttr(attr::kLearningRate);
}
