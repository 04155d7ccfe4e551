//===- BuiltinsModel.cpp - parameters, randomness, optimizers -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Builtins.h"

#include "llvm/ADT/STLExtras.h"

using namespace dlcc;
using namespace dlcc::dlm;
using llvm::StringRef;

llvm::StringRef BuiltinCall::name() const { return builtin.name; }

bool BuiltinCall::flag(Evaluator &evaluator, const std::string &name) {
  const Value *value = get(name);
  return value && evaluator.truthOf(*value, range(name), "'" + name + "'")
                      .value_or(false);
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

static Value makeVariable(Evaluator &evaluator, BuiltinCall &call,
                          dlc::VariableKind kind) {
  std::optional<Extents> shape =
      evaluator.shapeOf(call.arguments.at("shape").first, call.range("shape"));
  if (!shape)
    return Value::poison();
  mlir::Type element = mlir::Float32Type::get(&evaluator.program.context);
  if (const Value *type = call.get("type")) {
    if (!type->is(ValueKind::Type))
      return evaluator.error(call.range("type"),
                             "a type is a name such as f32, not " +
                                 describe(*type));
    element = type->type;
  }
  Value init = Value::ofInt(0);
  if (const Value *given = call.get("init"))
    init = *given;
  bool fits = init.is(ValueKind::Function) || init.isNumber() ||
              init.isTensor() || init.is(ValueKind::List);
  if (!fits && !init.isPoison())
    return evaluator.error(call.range("init"),
                           "an initialiser is a function of a shape, not " +
                               describe(init),
                           "init = zeros() or init = normal(std = 0.01)");
  if (init.isPoison())
    return init;
  return evaluator.makeVariable(kind, *shape, element, init, call);
}
static Value param(Evaluator &evaluator, BuiltinCall &call) {
  return makeVariable(evaluator, call, dlc::VariableKind::Parameter);
}
static Value buffer(Evaluator &evaluator, BuiltinCall &call) {
  return makeVariable(evaluator, call, dlc::VariableKind::Buffer);
}
static Value state(Evaluator &evaluator, BuiltinCall &call) {
  return makeVariable(evaluator, call, dlc::VariableKind::State);
}

/// The input's values lie in [0, n), checked before a step changes anything.
static Value bound(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> x =
      evaluator.tensorOf(call.arguments.at("x").first, call.range("x"));
  std::optional<int64_t> n = evaluator.wholeOf(
      call.arguments.at("n").first, call.range("n"), "an index bound");
  if (!x || !n)
    return Value::poison();
  if (!isInteger(x->element))
    return evaluator.error(call.range("x"),
                           "indices are whole numbers, not " + toString(*x),
                           "declare the input as i32[…]");
  evaluator.emitter->boundArgument(*x, *n);
  return Value::ofTensor(*x);
}

//===----------------------------------------------------------------------===//
// Randomness
//===----------------------------------------------------------------------===//

static Value random(Evaluator &evaluator, BuiltinCall &call,
                    dlc::Distribution distribution, const char *element) {
  std::optional<Extents> shape =
      evaluator.shapeOf(call.arguments.at("shape").first, call.range("shape"));
  if (!shape)
    return Value::poison();
  if (!evaluator.emitter)
    return evaluator.error(call.expr.pointAt, "a constant cannot be random");
  mlir::Type f32 = evaluator.emitter->getBuilder().getF32Type();
  if (!evaluator.checkSize(*shape, f32, call.range("shape")))
    return Value::poison();
  std::string path = evaluator.frame->path->claimRandom(element);
  return Value::ofTensor(
      evaluator.emitter->random(distribution, hashPath(path), f32, *shape));
}
static Value randomUniform(Evaluator &evaluator, BuiltinCall &call) {
  return random(evaluator, call, dlc::Distribution::Uniform, "uniform");
}
static Value randomNormal(Evaluator &evaluator, BuiltinCall &call) {
  return random(evaluator, call, dlc::Distribution::Normal, "normal");
}

//===----------------------------------------------------------------------===//
// Training
//===----------------------------------------------------------------------===//

/// How often a duration has passed, as a float: 2.5 after 25 of `10 epochs`.
static Value elapsed(Evaluator &evaluator, BuiltinCall &call) {
  const Value &duration = call.arguments.at("duration").first;
  Range range = call.range("duration");
  if (duration.isPoison())
    return duration;
  if (!duration.is(ValueKind::Duration))
    return evaluator.error(range,
                           "a duration has a unit, not " + describe(duration),
                           "write 10 epochs or 200 steps");
  Expr name;
  name.kind = ExprKind::Name;
  name.range = name.pointAt = call.expr.pointAt;
  name.text = duration.text == "epochs" ? "epoch" : "step";
  Scope empty;
  Value now = evaluator.evaluate(name, empty);
  if (now.isPoison())
    return now;
  Emitter &emitter = *evaluator.emitter;
  return Value::ofTensor(emitter.binary<dlc::DivOp>(
      now.tensor, emitter.number(duration.number, now.tensor.element)));
}

namespace {
struct Setting {
  StringRef name;
  double value;    ///< where it is not given
  bool omitIfZero; ///< no slot is made then
};
} // namespace

static Value optimizer(Evaluator &evaluator, BuiltinCall &call,
                       dlc::Optimizer kind, llvm::ArrayRef<Setting> settings) {
  Value result;
  result.kind = ValueKind::Optimizer;
  result.optimizer = std::make_shared<OptimizerData>();
  result.optimizer->kind = kind;
  result.optimizer->nesterov = call.flag(evaluator, "nesterov");
  for (const Setting &setting : settings) {
    const Value *given = call.get(setting.name.str());
    Value value = given ? *given : Value::ofFloat(setting.value);
    if (setting.name == "rate_in_momentum")
      value = Value::ofFloat(call.flag(evaluator, setting.name.str()));
    Range range = call.range(setting.name.str());
    if (value.isPoison())
      return Value::poison();
    bool isScalar = value.isNumber() || value.is(ValueKind::Dim) ||
                    (value.isTensor() && value.tensor.rank() == 0 &&
                     isFloat(value.tensor.element));
    if (!isScalar)
      return evaluator.error(range, "'" + setting.name + "' is a scalar, not " +
                                        describe(value));
    if (value.isNumber() && !(value.number >= 0))
      return evaluator.error(range, "'" + setting.name + "' is not negative");
    bool belowOne = setting.name == "momentum" || setting.name == "beta1" ||
                    setting.name == "beta2" || setting.name == "decay" ||
                    setting.name == "rho";
    if (belowOne && value.isNumber() && value.number >= 1)
      return evaluator.error(range, "'" + setting.name + "' is below 1, not " +
                                        describe(value));
    if (setting.omitIfZero && value.isNumber() && value.number == 0)
      continue;
    result.optimizer->settings.emplace_back(setting.name.str(), value);
  }
  bool hasMomentum =
      llvm::any_of(result.optimizer->settings, [](const auto &setting) {
        return setting.first == "momentum";
      });
  if (result.optimizer->nesterov && !hasMomentum)
    return evaluator.error(call.range("nesterov"),
                           "'nesterov' wants a momentum", "momentum = 0.9");
  return result;
}

static Value sgd(Evaluator &evaluator, BuiltinCall &call) {
  return optimizer(evaluator, call, dlc::Optimizer::SGD,
                   {{"learning_rate", 0, false},
                    {"momentum", 0, true},
                    {"rate_in_momentum", 0, true},
                    {"weight_decay", 0, true},
                    {"l1_decay", 0, true}});
}
static Value adam(Evaluator &evaluator, BuiltinCall &call) {
  return optimizer(evaluator, call, dlc::Optimizer::Adam,
                   {{"learning_rate", 1e-3, false},
                    {"beta1", 0.9, false},
                    {"beta2", 0.999, false},
                    {"epsilon", 1e-8, false},
                    {"weight_decay", 0, true},
                    {"l1_decay", 0, true}});
}
static Value adamw(Evaluator &evaluator, BuiltinCall &call) {
  return optimizer(evaluator, call, dlc::Optimizer::AdamW,
                   {{"learning_rate", 1e-3, false},
                    {"beta1", 0.9, false},
                    {"beta2", 0.999, false},
                    {"epsilon", 1e-8, false},
                    {"weight_decay", 0, true}});
}
static Value rmsprop(Evaluator &evaluator, BuiltinCall &call) {
  return optimizer(evaluator, call, dlc::Optimizer::RMSProp,
                   {{"learning_rate", 0.01, false},
                    {"decay", 0.99, false},
                    {"epsilon", 1e-8, false},
                    {"momentum", 0, true},
                    {"weight_decay", 0, true},
                    {"l1_decay", 0, true}});
}
static Value adadelta(Evaluator &evaluator, BuiltinCall &call) {
  return optimizer(evaluator, call, dlc::Optimizer::AdaDelta,
                   {{"learning_rate", 1, false},
                    {"rho", 0.9, false},
                    {"epsilon", 1e-6, false},
                    {"weight_decay", 0, true},
                    {"l1_decay", 0, true}});
}
static Value lamb(Evaluator &evaluator, BuiltinCall &call) {
  return optimizer(evaluator, call, dlc::Optimizer::LAMB,
                   {{"learning_rate", 1e-3, false},
                    {"beta1", 0.9, false},
                    {"beta2", 0.999, false},
                    {"epsilon", 1e-6, false},
                    {"weight_decay", 0, true}});
}
static Value adagrad(Evaluator &evaluator, BuiltinCall &call) {
  return optimizer(evaluator, call, dlc::Optimizer::AdaGrad,
                   {{"learning_rate", 0.01, false},
                    {"epsilon", 1e-10, false},
                    {"initial_accumulator", 0, true},
                    {"weight_decay", 0, true},
                    {"l1_decay", 0, true}});
}

llvm::ArrayRef<Builtin> dlcc::dlm::modelBuiltins() {
  static const Builtin table[] = {
      {"adadelta", "learning_rate? rho? epsilon? weight_decay? l1_decay?",
       adadelta},
      {"adagrad",
       "learning_rate? epsilon? initial_accumulator? weight_decay? l1_decay?",
       adagrad},
      {"adam", "learning_rate? beta1? beta2? epsilon? weight_decay? l1_decay?",
       adam},
      {"adamw", "learning_rate? beta1? beta2? epsilon? weight_decay?", adamw},
      {"bound", "x n", bound},
      {"buffer", "shape init? type?", buffer},
      {"elapsed", "duration", elapsed},
      {"lamb", "learning_rate? beta1? beta2? epsilon? weight_decay?", lamb},
      {"param", "shape init type?", param},
      {"random_normal", "shape", randomNormal},
      {"random_uniform", "shape", randomUniform},
      {"rmsprop",
       "learning_rate? decay? epsilon? momentum? weight_decay? l1_decay?",
       rmsprop},
      {"sgd",
       "learning_rate momentum? weight_decay? nesterov? rate_in_momentum? "
       "l1_decay?",
       sgd},
      {"state", "shape init? type?", state},
  };
  return table;
}

llvm::SmallVector<llvm::ArrayRef<Builtin>> dlcc::dlm::allBuiltins() {
  return {mathBuiltins(),    shapeBuiltins(),  indexedBuiltins(),
          productBuiltins(), windowBuiltins(), convolutionBuiltins(),
          modelBuiltins()};
}

const Builtin *dlcc::dlm::findBuiltin(StringRef name) {
  for (llvm::ArrayRef<Builtin> table : allBuiltins())
    for (const Builtin &builtin : table)
      if (builtin.name == name)
        return &builtin;
  return nullptr;
}
