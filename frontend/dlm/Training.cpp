//===- Training.cpp - training blocks to evaluate, train_step and report --===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Elaborate.h"

#include "ir/Target.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlcc;
using namespace dlcc::dlm;

/// Names in a training block that mean something to the compiler.
static bool isSetting(llvm::StringRef name) {
  return name == "batch" || name == "epochs" || name == "optimizer";
}
static bool isPlannedSetting(llvm::StringRef name) {
  return name == "clip_norm" || name == "clip_value" || name == "ema" ||
         name == "accumulate";
}

static std::string entryName(const TrainingDecl &block, const char *name) {
  return block.block.text.empty() ? name : block.block.text + "_" + name;
}

/// `loss` and metrics leave as f32 scalars.
static Tensor asMetric(Emitter &emitter, const Tensor &tensor) {
  return emitter.cast(tensor, emitter.getBuilder().getF32Type());
}

/// Runs the block's statements but for reports, groups and settings. The
/// optimizer's expression is evaluated where its value is asked for.
void ModelBuilder::runBlock(const TrainingDecl &block, Evaluator &evaluator,
                            Scope &scope, Value &optimizer,
                            const Stmt *&optimizerStmt) {
  for (const Stmt *stmt : block.body) {
    if (stmt->kind == StmtKind::Report || stmt->kind == StmtKind::Group ||
        stmt->kind == StmtKind::Only || stmt->kind == StmtKind::Data)
      continue;
    bool bindsOne = stmt->kind == StmtKind::Assign && stmt->targets.size() == 1;
    const std::string name = bindsOne ? stmt->targets[0].text : "";
    if (isPlannedSetting(name)) {
      report(Diagnostic(stmt->targets[0].range,
                        "'" + name + "' is not supported yet"));
      continue;
    }
    if (name == "batch" || name == "epochs" ||
        (bindsOne && dims.contains(name)))
      continue;
    if (name != "optimizer") {
      evaluator.run(*stmt, scope);
      continue;
    }
    if (optimizerStmt) {
      report(Diagnostic(stmt->targets[0].range, "a second optimizer")
                 .note(optimizerStmt->targets[0].range, "the first one"));
      continue;
    }
    optimizerStmt = stmt;
    if (evaluator.emitter->isTraining())
      optimizer = evaluator.evaluate(*stmt->value, scope);
  }
}

std::optional<Tensor> ModelBuilder::lossOf(const TrainingDecl &block,
                                           Evaluator &evaluator, Scope &scope) {
  std::string title = block.model.text +
                      (block.block.text.empty() ? "" : "." + block.block.text);
  auto it = scope.names.find("loss");
  if (it == scope.names.end()) {
    if (missesStatements(block.body, evaluator))
      return std::nullopt;
    report(Diagnostic(block.model.range,
                      "training block '" + title + "' has no loss")
               .withHint("loss = softmax_cross_entropy(logits, label)"));
    return std::nullopt;
  }
  const auto &[value, range] = it->second;
  if (value.isPoison())
    return std::nullopt;
  if (!value.isTensor() || value.tensor.rank() ||
      !isFloat(value.tensor.element)) {
    report(
        Diagnostic(range, "the loss is a scalar float, not " + describe(value))
            .withHint(value.isTensor() && value.tensor.rank()
                          ? "mean(…) or sum(…) makes a scalar of it"
                          : ""));
    return std::nullopt;
  }
  return value.tensor;
}

void ModelBuilder::buildStep(const TrainingDecl &block, bool training) {
  Emitter emitter(*module,
                  entryName(block, training ? "train_step" : "evaluate"),
                  training ? "train" : "evaluate", dims, training);
  mlir::Builder &builder = emitter.getBuilder();
  if (!block.block.text.empty())
    emitter.getFunction()->setAttr(attr::kBlock,
                                   builder.getStringAttr(block.block.text));
  Evaluator evaluator(program, dims, &variables, &emitter);
  Frame frame;
  frame.path = std::make_shared<PathNode>();
  evaluator.frame = &frame;
  Scope file, top, scope;
  runModel(evaluator, file, top);
  scope.parent = &top;
  for (const ParameterDecl &input : block.inputs)
    // An unknown name that was reported is bound, to poison.
    if (auto it = top.names.find(input.name.text);
        it != top.names.end() && !it->second.value.isPoison())
      report(Diagnostic(input.name.range,
                        "the model has a '" + input.name.text + "' already")
                 .note(it->second.range, "this one")
                 .withHint("a training block reads the model's names"));
  // An output that the model never binds was reported with the forward pass.
  for (const Name &output : model.outputs)
    if (!top.names.count(output.text))
      top.bind(output, Value::poison());
  Scope inputs;
  inputs.parent = &top;
  bindInputs(block.inputs, evaluator, inputs);
  bindData(block, emitter);
  scope.parent = &inputs;
  evaluator.inTraining = true;
  Value optimizer;
  const Stmt *optimizerStmt = nullptr;
  runBlock(block, evaluator, scope, optimizer, optimizerStmt);
  if (!optimizerStmt && !missesStatements(block.body, evaluator))
    report(Diagnostic(block.keyword, "this training block has no optimizer")
               .withHint("optimizer = sgd(learning_rate = 0.1)"));
  std::optional<Tensor> loss = lossOf(block, evaluator, scope);
  if (loss && training && optimizerStmt)
    minimize(block, evaluator, scope, *loss, optimizer,
             optimizerStmt->value->range);

  std::vector<std::pair<std::string, Tensor>> results;
  metrics.clear();
  for (const std::string &name : scope.order) {
    const Scope::Binding &binding = scope.names[name];
    const Value &value = binding.value;
    bool isMetric = value.isTensor() && value.tensor.rank() == 0 &&
                    emitter.owns(value.tensor.value);
    if (!isMetric || isSetting(name))
      continue;
    emitter.setLocation(emitter.getFunction().getLoc());
    results.emplace_back(name, asMetric(emitter, value.tensor));
    metrics.push_back(name);
    if (metrics.size() == 17)
      report(
          Diagnostic(binding.range, "a training block has 16 metrics at most")
              .withHint("every scalar of it is a metric; compute "
                        "intermediate ones in a function"));
  }
  emitter.finish(results);
}

//===----------------------------------------------------------------------===//
// Parameter groups
//===----------------------------------------------------------------------===//

std::string ModelBuilder::Treatment::key() const {
  auto text = [](const Value &value) {
    return value.isTensor() ? std::to_string(reinterpret_cast<uintptr_t>(
                                  value.tensor.value.getAsOpaquePointer()))
                            : describe(value);
  };
  return text(weightDecay) + "/" + text(scale);
}

/// The last group that matches a parameter wins, setting by setting.
std::map<std::string, ModelBuilder::Treatment>
ModelBuilder::treatments(const TrainingDecl &block, Evaluator &evaluator,
                         Scope &scope) {
  std::map<std::string, Treatment> result;
  for (const std::string &name : variables.parameters)
    result[name];
  bool hasOnly = false;
  for (const Stmt *stmt : block.body) {
    if (stmt->kind != StmtKind::Group && stmt->kind != StmtKind::Only)
      continue;
    bool isOnly = stmt->kind == StmtKind::Only;
    if (isOnly && !hasOnly)
      for (auto &[name, treatment] : result)
        treatment.selected = false;
    hasOnly |= isOnly;
    Treatment settings;
    std::set<std::string> given;
    for (const Stmt *inner : stmt->body) {
      if (inner->kind == StmtKind::Error)
        continue;
      std::string name =
          inner->kind == StmtKind::Assign && inner->targets.size() == 1
              ? inner->targets[0].text
              : "";
      Range at = name.empty() ? inner->range : inner->targets[0].range;
      if (name != "weight_decay" && name != "learning_rate_scale" &&
          name != "frozen") {
        report(Diagnostic(at, name.empty()
                                  ? std::string("a group holds settings only")
                                  : "a group has no setting '" + name + "'")
                   .withHint("settings are weight_decay, learning_rate_scale "
                             "and frozen"));
        continue;
      }
      Value value = evaluator.evaluate(*inner->value, scope);
      if (value.isPoison())
        continue;
      given.insert(name);
      if (name == "frozen") {
        settings.frozen =
            evaluator.truthOf(value, inner->value->range, "'frozen'")
                .value_or(false);
        continue;
      }
      bool isScalar =
          value.isNumber() || (value.isTensor() && value.tensor.rank() == 0 &&
                               isFloat(value.tensor.element));
      if (!isScalar) {
        report(
            Diagnostic(inner->value->range,
                       "'" + name + "' is a scalar, not " + describe(value)));
        continue;
      }
      (name == "weight_decay" ? settings.weightDecay : settings.scale) = value;
    }
    for (const Pattern &pattern : stmt->patterns) {
      bool found = false;
      for (auto &[name, treatment] : result) {
        if (!matches(pattern.text, name))
          continue;
        found = true;
        treatment.selected |= isOnly;
        if (given.count("weight_decay"))
          treatment.weightDecay = settings.weightDecay;
        if (given.count("learning_rate_scale"))
          treatment.scale = settings.scale;
        if (given.count("frozen"))
          treatment.frozen = settings.frozen;
      }
      if (!found && !result.empty())
        report(Diagnostic(pattern.range,
                          "no parameter matches \"" + pattern.text + "\"")
                   .withHint(
                       "parameters are " +
                       llvm::join(
                           llvm::ArrayRef(variables.parameters).take_front(8),
                           ", ") +
                       (variables.parameters.size() > 8 ? ", …" : "")));
    }
  }
  return result;
}

/// One `dlc.minimize` for all parameters that are treated alike.
void ModelBuilder::minimize(const TrainingDecl &block, Evaluator &evaluator,
                            Scope &scope, const Tensor &loss,
                            const Value &optimizer, Range place) {
  std::map<std::string, Treatment> treated =
      treatments(block, evaluator, scope);
  if (optimizer.isPoison())
    return;
  if (!optimizer.is(ValueKind::Optimizer)) {
    report(Diagnostic(place, "the optimizer cannot be " + describe(optimizer))
               .withHint("sgd, adam, adamw, rmsprop or adagrad"));
    return;
  }
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  bool allDouble = true;
  for (const std::string &name : variables.parameters) {
    const Treatment &treatment = treated[name];
    if (treatment.frozen || !treatment.selected)
      continue;
    trained.insert(name);
    allDouble &= variables.table[name].element.isF64();
    std::string key = treatment.key();
    auto group = llvm::find_if(
        groups, [&](const auto &entry) { return entry.first == key; });
    if (group == groups.end())
      group = groups.insert(groups.end(), {key, {}});
    group->second.push_back(name);
  }
  if (groups.empty()) {
    report(Diagnostic(block.model.range,
                      variables.parameters.empty()
                          ? "the model has no parameter to train"
                          : "no parameter is left to train"));
    return;
  }
  Emitter &emitter = *evaluator.emitter;
  mlir::Builder &builder = emitter.getBuilder();
  mlir::Type element = allDouble ? mlir::Type(builder.getF64Type())
                                 : mlir::Type(builder.getF32Type());
  emitter.setLocation(
      mlir::NameLoc::get(builder.getStringAttr("optimizer"), placeOf(place)));
  auto scalar = [&](const Value &value) -> std::optional<Tensor> {
    std::optional<Tensor> tensor = evaluator.tensorOf(value, place, element);
    if (tensor)
      tensor = emitter.cast(*tensor, element);
    return tensor;
  };
  const OptimizerData &data = *optimizer.optimizer;
  for (const auto &[key, names] : groups) {
    const Treatment &treatment = treated[names.front()];
    llvm::SmallVector<mlir::Attribute> parameters, settingNames;
    llvm::SmallVector<mlir::Value> values;
    for (const std::string &name : names)
      parameters.push_back(
          mlir::FlatSymbolRefAttr::get(&program.context, name));
    auto add = [&](const std::string &name, const Value &value) {
      std::optional<Tensor> tensor = scalar(value);
      if (tensor && name == "learning_rate" && !treatment.scale.isPoison())
        if (std::optional<Tensor> factor = scalar(treatment.scale))
          tensor = emitter.binary<dlc::MulOp>(*tensor, *factor);
      if (!tensor)
        return;
      settingNames.push_back(builder.getStringAttr(name));
      values.push_back(tensor->value);
    };
    bool ownDecay = !treatment.weightDecay.isPoison();
    for (const auto &[name, value] : data.settings)
      if (name != "weight_decay" || !ownDecay)
        add(name, value);
    bool isZero =
        treatment.weightDecay.isNumber() && treatment.weightDecay.number == 0;
    if (ownDecay && !isZero)
      add("weight_decay", treatment.weightDecay);
    dlc::MinimizeOp::create(
        emitter.getBuilder(), emitter.getLocation(), loss.value, data.kind,
        builder.getArrayAttr(parameters), builder.getArrayAttr(settingNames),
        values, data.nesterov);
  }
  const Value &rate = data.settings.front().second;
  if (rate.isNumber())
    (*module)->setAttr(attr::kLearningRate,
                       builder.getF64FloatAttr(rate.number));
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

void ModelBuilder::buildReport(const TrainingDecl &block) {
  auto isReport = [](const Stmt *stmt) {
    return stmt->kind == StmtKind::Report;
  };
  if (llvm::none_of(block.body, isReport))
    return;
  Emitter emitter(*module, entryName(block, "report"), "report", dims,
                  /*training=*/false);
  if (!block.block.text.empty())
    emitter.getFunction()->setAttr(
        attr::kBlock, emitter.getBuilder().getStringAttr(block.block.text));
  Evaluator evaluator(program, dims, &variables, &emitter);
  Frame frame;
  frame.path = std::make_shared<PathNode>();
  evaluator.frame = &frame;
  Scope scope;
  // What the block binds but is no average is unknown to a report; where it
  // was in error, the report's use of it follows from that.
  bool hadErrors = program.diagnostics.errors() > 0;
  for (const Stmt *stmt : block.body)
    if (stmt->kind != StmtKind::Report && hadErrors)
      for (const Name &target : stmt->targets)
        scope.bind(target, Value::poison());
  for (const std::string &metric : metrics)
    scope.bind({metric, block.keyword},
               Value::ofTensor(emitter.argument(
                   metric, emitter.getBuilder().getF32Type(), {})));
  std::vector<std::pair<std::string, Tensor>> results;
  for (const Stmt *stmt : block.body) {
    if (!isReport(stmt))
      continue;
    const Name &name = stmt->targets[0];
    if (llvm::is_contained(metrics, name.text)) {
      report(Diagnostic(name.range,
                        "a metric is called '" + name.text + "' already"));
      continue;
    }
    Value value = evaluator.evaluate(*stmt->value, scope);
    std::optional<Tensor> tensor =
        evaluator.tensorOf(value, stmt->value->range);
    if (!tensor)
      continue;
    if (tensor->rank())
      report(Diagnostic(stmt->value->range,
                        "a report is a scalar, not " + toString(*tensor)));
    else
      results.emplace_back(name.text, asMetric(emitter, *tensor));
    scope.bind(name, Value::ofTensor(*tensor));
  }
  emitter.finish(results);
}
