//===- Optimizer.cpp - what --optimizer asks for --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/Optimizer.h"

#include "frontend/onnx/FlagCall.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;

namespace {

struct Setting {
  const char *name;
  double preset;
  /// An optimizer has less to do without it.
  bool omitIfZero = false;
  bool isBelowOne = false;
};

struct Rule {
  const char *name;
  dlc::Optimizer kind;
  std::vector<Setting> settings; ///< the rate first
};

} // namespace

/// The names and presets of docs/language.md; sgd, which has no rate of its own
/// there, gets one.
static const std::vector<Rule> &rules() {
  static const Setting decay = {"weight_decay", 0, true};
  static const Setting momentum = {"momentum", 0, true, true};
  static const std::vector<Setting> moments = {{"learning_rate", 1e-3},
                                               {"beta1", 0.9, false, true},
                                               {"beta2", 0.999, false, true},
                                               {"epsilon", 1e-8},
                                               decay};
  static const std::vector<Rule> list = {
      {"sgd", dlc::Optimizer::SGD, {{"learning_rate", 0.01}, momentum, decay}},
      {"adam", dlc::Optimizer::Adam, moments},
      {"adamw", dlc::Optimizer::AdamW, moments},
      {"rmsprop",
       dlc::Optimizer::RMSProp,
       {{"learning_rate", 0.01},
        {"decay", 0.99, false, true},
        {"epsilon", 1e-8},
        momentum,
        decay}},
      {"adagrad",
       dlc::Optimizer::AdaGrad,
       {{"learning_rate", 0.01},
        {"epsilon", 1e-10},
        {"initial_accumulator", 0, true},
        decay}},
      {"adadelta",
       dlc::Optimizer::AdaDelta,
       {{"learning_rate", 1},
        {"rho", 0.9, false, true},
        {"epsilon", 1e-6},
        decay}},
      {"lamb",
       dlc::Optimizer::LAMB,
       {{"learning_rate", 1e-3},
        {"beta1", 0.9, false, true},
        {"beta2", 0.999, false, true},
        {"epsilon", 1e-6},
        decay}},
  };
  return list;
}

/// What every optimizer takes beside its own settings.
static const std::vector<Setting> &commonSettings() {
  static const std::vector<Setting> list = {
      {"clip_norm", 0, true}, {"clip_value", 0, true}, {"ema", 0, true, true}};
  return list;
}

Optimizer Optimizer::parse(const std::string &text) {
  FlagCall call = FlagCall::parse("--optimizer",
                                  text.empty() ? "sgd(momentum = 0.9)" : text);
  auto rule = llvm::find_if(
      rules(), [&](const Rule &rule) { return rule.name == call.function; });
  if (rule == rules().end())
    throw Refusal("--optimizer: '" + call.function +
                  "' is none of sgd, adam, adamw, rmsprop, adagrad, adadelta "
                  "and lamb");
  if (!call.argument.empty())
    throw Refusal("--optimizer: '" + call.argument +
                  "' has to be NAME = NUMBER");
  std::vector<Setting> known = rule->settings;
  llvm::append_range(known, commonSettings());
  llvm::SmallVector<llvm::StringRef> names;
  for (const Setting &setting : known)
    names.push_back(setting.name);
  Optimizer result;
  result.kind = rule->kind;
  if (result.kind == dlc::Optimizer::SGD) {
    names.push_back("nesterov");
    result.hasNesterov = call.number("nesterov").value_or(0) != 0;
  }
  call.allow(names);
  for (const Setting &setting : known) {
    double value = call.number(setting.name).value_or(setting.preset);
    if (!(value >= 0) || (setting.isBelowOne && value >= 1))
      throw Refusal(llvm::Twine("--optimizer: '") + setting.name +
                    (setting.isBelowOne ? "' is at least 0 and below 1"
                                        : "' is not negative"));
    if (value != 0 || !setting.omitIfZero)
      result.settings.emplace_back(setting.name, value);
  }
  bool hasMomentum = llvm::any_of(result.settings, [](const auto &setting) {
    return setting.first == "momentum";
  });
  if (result.hasNesterov && !hasMomentum)
    throw Refusal("--optimizer: 'nesterov' wants a momentum");
  return result;
}

void Optimizer::minimize(Builder &b, Value loss,
                         ArrayRef<std::string> parameters) const {
  mlir::MLIRContext *context = b.builder.getContext();
  llvm::SmallVector<mlir::Attribute> symbols, names;
  for (const std::string &parameter : parameters)
    symbols.push_back(mlir::FlatSymbolRefAttr::get(context, parameter));
  Values values;
  for (const auto &[name, value] : settings) {
    names.push_back(b.builder.getStringAttr(name));
    values.push_back(b.number(value, b.elementOf(loss)));
  }
  dlc::MinimizeOp::create(b.builder, b.loc, loss, kind,
                          b.builder.getArrayAttr(symbols),
                          b.builder.getArrayAttr(names), values, hasNesterov);
}
