//===- TrainedParameters.cpp - what a training block does to which --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The settings of a training block, of all parameters and of groups of them,
// as `dlc.minimize` ops.
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Elaborate.h"

#include "ir/Target.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlcc;
using namespace dlcc::dlm;

//===----------------------------------------------------------------------===//
// Settings of the step
//===----------------------------------------------------------------------===//

bool ModelBuilder::StepSettings::isSetting(llvm::StringRef name) {
  return name == "optimizer" || name == "clip_norm" || name == "clip_value" ||
         name == "ema" || name == "accumulate";
}

const Stmt *ModelBuilder::StepSettings::find(const std::string &name) const {
  auto it = statements.find(name);
  return it == statements.end() ? nullptr : it->second;
}

/// Reads one statement of the block. Its expression is evaluated where its
/// value is asked for, in the training step.
void ModelBuilder::readSetting(const Stmt &stmt, Evaluator &evaluator,
                               Scope &scope, StepSettings &settings) {
  const Name &name = stmt.targets[0];
  auto [first, isFirst] = settings.statements.emplace(name.text, &stmt);
  if (!isFirst) {
    report(Diagnostic(name.range, name.text == "optimizer"
                                      ? std::string("a second optimizer")
                                      : "a second '" + name.text + "'")
               .note(first->second->targets[0].range, "the first one"));
    return;
  }
  if (!evaluator.emitter->isTraining())
    return;
  if (name.text == "accumulate") {
    if (evaluator.callsPerStep > 1)
      settings.common.emplace_back(name.text,
                                   Value::ofInt(evaluator.callsPerStep));
    return;
  }
  Value value = evaluator.evaluate(*stmt.value, scope);
  if (name.text == "optimizer") {
    settings.optimizer = value;
    return;
  }
  if (value.isPoison())
    return;
  bool isScalar =
      value.isNumber() || (value.isTensor() && value.tensor.rank() == 0 &&
                           isFloat(value.tensor.element));
  Range range = stmt.value->range;
  if (!isScalar)
    report(Diagnostic(range, "'" + name.text + "' is a scalar, not " +
                                 describe(value)));
  else if (name.text == "ema" && value.isNumber() &&
           !(value.number >= 0 && value.number < 1))
    report(Diagnostic(range,
                      "'ema' is at least 0 and below 1, not " + describe(value))
               .withHint("ema = 0.999 keeps 0.999 of the average and adds "
                         "0.001 of the weight"));
  else if (name.text != "ema" && value.isNumber() && !(value.number > 0))
    report(Diagnostic(range, "'" + name.text + "' is above 0, not " +
                                 describe(value)));
  else
    settings.common.emplace_back(name.text, value);
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
  return text(weightDecay) + "/" + text(l1Decay) + "/" + text(rate) + "/" +
         text(scale);
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
      if (name != "weight_decay" && name != "l1_decay" &&
          name != "learning_rate" && name != "learning_rate_scale" &&
          name != "frozen") {
        report(Diagnostic(at, name.empty()
                                  ? std::string("a group holds settings only")
                                  : "a group has no setting '" + name + "'")
                   .withHint("settings are weight_decay, l1_decay, "
                             "learning_rate, learning_rate_scale and frozen"));
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
      if (value.isNumber() && !(value.number >= 0))
        report(
            Diagnostic(inner->value->range, "'" + name + "' is not negative"));
      (name == "weight_decay"    ? settings.weightDecay
       : name == "l1_decay"      ? settings.l1Decay
       : name == "learning_rate" ? settings.rate
                                 : settings.scale) = value;
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
        if (given.count("l1_decay"))
          treatment.l1Decay = settings.l1Decay;
        if (given.count("learning_rate"))
          treatment.rate = settings.rate;
        if (given.count("learning_rate_scale"))
          treatment.scale = settings.scale;
        if (given.count("frozen"))
          treatment.frozen = settings.frozen;
      }
      if (!found && !result.empty())
        report(Diagnostic(pattern.range,
                          "no parameter matches \"" + pattern.text + "\"")
                   .withHint("parameters are " + someParameters()));
    }
  }
  freezeOthers(result);
  return result;
}

std::string ModelBuilder::someParameters() const {
  llvm::ArrayRef<std::string> names(variables.parameters);
  constexpr size_t kMost = 8;
  return llvm::join(names.take_front(kMost), ", ") +
         (names.size() > kMost ? ", …" : "");
}

/// What `--trainable` leaves out is frozen, whatever the text says of it.
void ModelBuilder::freezeOthers(std::map<std::string, Treatment> &treated) {
  if (options.trainable.empty() || treated.empty())
    return;
  std::set<std::string> kept;
  for (const std::string &pattern : options.trainable) {
    bool found = false;
    for (const auto &[name, treatment] : treated)
      if (matches(pattern, name)) {
        found = true;
        kept.insert(name);
      }
    if (!found && unmatched.insert(pattern).second)
      program.diagnostics.reportWithoutPlace(
          "--trainable=" + pattern + ": no parameter of '" + model.name.text +
          "' matches; parameters are " + someParameters());
  }
  for (auto &[name, treatment] : treated)
    treatment.frozen |= !kept.count(name);
}

/// One `dlc.minimize` for all parameters that are treated alike.
void ModelBuilder::minimize(const TrainingDecl &block, Evaluator &evaluator,
                            Scope &scope, const Tensor &loss,
                            const StepSettings &settings, Range place) {
  std::map<std::string, Treatment> treated =
      treatments(block, evaluator, scope);
  const Value &optimizer = settings.optimizer;
  if (optimizer.isPoison())
    return;
  if (!optimizer.is(ValueKind::Optimizer)) {
    report(
        Diagnostic(place, "the optimizer cannot be " + describe(optimizer))
            .withHint("sgd, adam, adamw, rmsprop, adagrad, adadelta or lamb"));
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
                          : "no parameter is left to train")
               .withHint(
                   options.trainable.empty()
                       ? ""
                       : "--trainable=" + llvm::join(options.trainable, ",") +
                             " leaves out all others"));
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
    const std::pair<const char *, const Value *> decays[] = {
        {"weight_decay", &treatment.weightDecay},
        {"l1_decay", &treatment.l1Decay}};
    bool ownRate = !treatment.rate.isPoison();
    for (const auto &[name, value] : data.settings)
      if (llvm::none_of(decays, [&](const auto &own) {
            return name == own.first && !own.second->isPoison();
          }))
        add(name, name == "learning_rate" && ownRate ? treatment.rate : value);
    for (const auto &[name, own] : decays)
      if (!own->isPoison() && !(own->isNumber() && own->number == 0))
        add(name, *own);
    for (const auto &[name, value] : settings.common)
      add(name, value);
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
