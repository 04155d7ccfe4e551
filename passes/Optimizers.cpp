//===- Optimizers.cpp - hyper-parameters and formulas of the optimizers ---===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Optimizers.h"

#include "mlir/IR/Matchers.h"
#include "passes/ExpressionBuilder.h"
#include "passes/StepVariables.h"

#include <cmath>

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

//===----------------------------------------------------------------------===//
// Hyper-parameters
//===----------------------------------------------------------------------===//

static constexpr HyperParameter kMomentum = {"momentum", {}, true};
static constexpr HyperParameter kWeightDecay = {"weight_decay", {}, true};
static constexpr HyperParameter kL1Decay = {"l1_decay", {}, true};

ArrayRef<HyperParameter> getHyperParameters(Optimizer optimizer) {
  static constexpr HyperParameter sgd[] = {{"learning_rate", {}},
                                           kMomentum,
                                           {"rate_in_momentum", {}, true},
                                           kWeightDecay,
                                           kL1Decay};
  static constexpr HyperParameter adam[] = {
      {"learning_rate", 1e-3}, {"beta1", 0.9}, {"beta2", 0.999},
      {"epsilon", 1e-8},       kWeightDecay,   kL1Decay};
  static constexpr HyperParameter rmsprop[] = {{"learning_rate", 1e-2},
                                               {"decay", 0.99},
                                               {"epsilon", 1e-8},
                                               kMomentum,
                                               kWeightDecay,
                                               kL1Decay};
  static constexpr HyperParameter adagrad[] = {{"learning_rate", 1e-2},
                                               {"epsilon", 1e-10},
                                               {"initial_accumulator", 0.0},
                                               kWeightDecay,
                                               kL1Decay};
  static constexpr HyperParameter adadelta[] = {{"learning_rate", 1.0},
                                                {"rho", 0.9},
                                                {"epsilon", 1e-6},
                                                kWeightDecay,
                                                kL1Decay};
  static constexpr HyperParameter lamb[] = {{"learning_rate", 1e-3},
                                            {"beta1", 0.9},
                                            {"beta2", 0.999},
                                            {"epsilon", 1e-6},
                                            kWeightDecay};
  switch (optimizer) {
  case Optimizer::SGD:
    return sgd;
  case Optimizer::Adam:
    return adam;
  case Optimizer::AdamW:
    return ArrayRef(adam).drop_back(); // its decay is apart from gradients
  case Optimizer::RMSProp:
    return rmsprop;
  case Optimizer::AdaGrad:
    return adagrad;
  case Optimizer::AdaDelta:
    return adadelta;
  case Optimizer::LAMB:
    return lamb;
  }
  llvm_unreachable("an optimizer without hyper-parameters");
}

ArrayRef<StringLiteral> getCommonSettings() {
  static constexpr StringLiteral names[] = {kAccumulate, kClipValue, kClipNorm,
                                            kAverage};
  return names;
}

Value getHyperParameter(UpdateOp update, StringRef name) {
  for (auto [given, value] : llvm::zip_equal(
           update.getNames().getAsRange<StringAttr>(), update.getValues()))
    if (given == name)
      return value;
  return {};
}

/// The number that a hyper-parameter always is, if it is one.
static std::optional<double> getConstant(Value value) {
  DenseFPElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return std::nullopt;
  return elements.getSplatValue<FloatAttr>().getValueAsDouble();
}

int64_t getAccumulation(UpdateOp update) {
  Value calls = getHyperParameter(update, kAccumulate);
  return calls ? int64_t(*getConstant(calls)) : 1;
}

LogicalResult
verifyHyperParameters(Optimizer optimizer, ArrayAttr names, ValueRange values,
                      function_ref<InFlightDiagnostic()> emitError) {
  ArrayRef<HyperParameter> known = getHyperParameters(optimizer);
  auto isGiven = [&](StringRef name) {
    return llvm::any_of(names.getAsRange<StringAttr>(),
                        [&](StringAttr given) { return given == name; });
  };
  for (auto [name, value] :
       llvm::zip_equal(names.getAsRange<StringAttr>(), values)) {
    bool isKnown = llvm::any_of(known, [&](const HyperParameter &parameter) {
      return parameter.name == name.getValue();
    });
    isKnown |= llvm::is_contained(getCommonSettings(), name.getValue());
    if (!isKnown) {
      InFlightDiagnostic diagnostic =
          emitError() << "optimizer '" << stringifyOptimizer(optimizer)
                      << "' has no hyper-parameter '" << name.getValue()
                      << "'; it knows ";
      llvm::interleaveComma(known, diagnostic, [&](const auto &parameter) {
        diagnostic << "'" << parameter.name << "'";
      });
      return diagnostic;
    }
    if (name == "initial_accumulator" && !getConstant(value))
      return emitError() << "hyper-parameter 'initial_accumulator' must be a "
                            "constant, since slots are filled before the "
                            "first step";
    if (name != kAccumulate)
      continue;
    std::optional<double> calls = getConstant(value);
    if (!calls || *calls < 1 || *calls != std::floor(*calls))
      return emitError() << "hyper-parameter 'accumulate' must be a constant, "
                            "a whole number of at least 1";
  }
  for (const HyperParameter &parameter : known)
    if (!parameter.value && !parameter.optional && !isGiven(parameter.name))
      return emitError() << "optimizer '" << stringifyOptimizer(optimizer)
                         << "' needs '" << parameter.name << "'";
  return success();
}

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

namespace {
/// The tensors and scalars of one update. All have the element type in which
/// the update computes: the parameter's, but at least f32.
class UpdateExpansion : ExpressionBuilder {
public:
  UpdateExpansion(UpdateOp update, OpBuilder &builder, SymbolTable &symbols)
      : ExpressionBuilder(builder, update.getLoc()), update(update),
        builder(builder), variables(update, builder, symbols),
        type(getUpdateType(update)) {}

  void run();

private:
  void runSgd(Value g);
  void runAdam(Value g, bool decoupled);
  void runRmsProp(Value g);
  void runAdaGrad(Value g);
  void runAdaDelta(Value g);
  void runLamb(Value g);

  Value given(StringRef name) { return getHyperParameter(update, name); }
  Value scalar(StringRef name);
  Value splat(Value scalar) { return ExpressionBuilder::splat(scalar, type); }
  Value times(Value tensor, Value scalar) { return mul(tensor, splat(scalar)); }
  Value mixed(Value old, Value fresh, Value share);
  Value learningRate();
  Value biasCorrection(Value beta);
  Value decayed(Value g);
  Value norm(Value tensor);

  Value readSlot(StringRef slot, double initial = 0);
  void writeSlot(StringRef slot, Value value);
  void step(Value direction, Value rate);

  UpdateOp update;
  OpBuilder &builder;
  StepVariables variables;
  RankedTensorType type;
  Value w;
};
} // namespace

/// The hyper-parameter of this name, its default, or null where its term is
/// left out.
Value UpdateExpansion::scalar(StringRef name) {
  auto scalarType = RankedTensorType::get({}, type.getElementType());
  const auto *known = llvm::find_if(
      getHyperParameters(update.getOptimizer()),
      [&](const HyperParameter &parameter) { return parameter.name == name; });
  if (Value value = given(name)) {
    bool isAbsent = known->optional && getConstant(value) == 0.0;
    return isAbsent ? Value() : cast(value, type.getElementType());
  }
  return known->value ? constant(scalarType, *known->value) : Value();
}

/// share old + (1 - share) fresh.
Value UpdateExpansion::mixed(Value old, Value fresh, Value share) {
  return add(times(old, share), times(fresh, subFrom(1, share)));
}

Value UpdateExpansion::learningRate() {
  Value scale =
      variables.readControl("$learning_rate_scale", builder.getF32Type());
  return mul(scalar("learning_rate"), cast(scale, type.getElementType()));
}

/// 1 - beta^t. As -expm1(t log1p(beta - 1)) it loses nothing in the first
/// steps, where beta^t is close to 1: beta - 1 is exact for beta >= 1/2.
Value UpdateExpansion::biasCorrection(Value beta) {
  Value t = cast(add(variables.readUpdates(), 1), type.getElementType());
  Value power = mul(t, create<Log1pOp>(add(beta, -1)));
  return neg(create<Expm1Op>(power));
}

/// g with the gradients of weight_decay / 2 |w|^2 and l1_decay sum |w|.
Value UpdateExpansion::decayed(Value g) {
  if (Value decay = scalar("weight_decay"))
    g = add(g, times(w, decay));
  if (Value decay = scalar("l1_decay"))
    g = add(g, times(create<SignOp>(w), decay));
  return g;
}

void UpdateExpansion::runSgd(Value g) {
  g = decayed(g);
  Value momentum = scalar("momentum");
  if (momentum && scalar("rate_in_momentum")) {
    Value old = readSlot("momentum"), rate = learningRate();
    Value v = add(times(old, momentum), times(g, rate));
    writeSlot("momentum", v);
    if (update.getNesterov())
      v = add(v, times(sub(v, old), momentum));
    return step(v, constant(rate.getType(), 1));
  }
  if (momentum) {
    Value v = add(times(readSlot("momentum"), momentum), g);
    writeSlot("momentum", v);
    g = update.getNesterov() ? add(g, times(v, momentum)) : v;
  }
  step(g, learningRate());
}

void UpdateExpansion::runAdam(Value g, bool decoupled) {
  Value rate = learningRate();
  Value decay = scalar("weight_decay");
  if (decoupled && decay)
    w = times(w, subFrom(1, mul(rate, decay)));
  else
    g = decayed(g);
  Value beta1 = scalar("beta1"), beta2 = scalar("beta2");
  Value m = mixed(readSlot("first_moment"), g, beta1);
  Value v = mixed(readSlot("second_moment"), mul(g, g), beta2);
  writeSlot("first_moment", m);
  writeSlot("second_moment", v);
  Value unbiased = create<RsqrtOp>(biasCorrection(beta2));
  Value deviation =
      add(times(create<SqrtOp>(v), unbiased), splat(scalar("epsilon")));
  step(div(m, deviation), div(rate, biasCorrection(beta1)));
}

void UpdateExpansion::runRmsProp(Value g) {
  g = decayed(g);
  Value s = mixed(readSlot("square_average"), mul(g, g), scalar("decay"));
  writeSlot("square_average", s);
  Value u = div(g, add(create<SqrtOp>(s), splat(scalar("epsilon"))));
  if (Value momentum = scalar("momentum")) {
    u = add(times(readSlot("momentum"), momentum), u);
    writeSlot("momentum", u);
  }
  step(u, learningRate());
}

void UpdateExpansion::runAdaGrad(Value g) {
  g = decayed(g);
  Value accumulator = given("initial_accumulator");
  double initial = accumulator ? *getConstant(accumulator) : 0;
  Value s = add(readSlot("square_sum", initial), mul(g, g));
  writeSlot("square_sum", s);
  Value u = div(g, add(create<SqrtOp>(s), splat(scalar("epsilon"))));
  step(u, learningRate());
}

/// As PyTorch's: `sqrt(d + epsilon) / sqrt(s + epsilon)` of averages of
/// squares, d of the steps and s of the gradients.
void UpdateExpansion::runAdaDelta(Value g) {
  g = decayed(g);
  Value rho = scalar("rho"), epsilon = splat(scalar("epsilon"));
  Value s = mixed(readSlot("square_average"), mul(g, g), rho);
  Value d = readSlot("step_average");
  Value u = mul(
      g, div(create<SqrtOp>(add(d, epsilon)), create<SqrtOp>(add(s, epsilon))));
  writeSlot("square_average", s);
  writeSlot("step_average", mixed(d, mul(u, u), rho));
  step(u, learningRate());
}

/// The Euclidean norm of all elements.
Value UpdateExpansion::norm(Value tensor) {
  auto axes = llvm::to_vector(llvm::seq<int64_t>(type.getRank()));
  return create<SqrtOp>(reduce(ReduceKind::Sum, mul(tensor, tensor), axes));
}

void UpdateExpansion::runLamb(Value g) {
  Value beta1 = scalar("beta1"), beta2 = scalar("beta2");
  Value m = mixed(readSlot("first_moment"), g, beta1);
  Value v = mixed(readSlot("second_moment"), mul(g, g), beta2);
  writeSlot("first_moment", m);
  writeSlot("second_moment", v);
  Value deviation =
      add(times(create<SqrtOp>(v), create<RsqrtOp>(biasCorrection(beta2))),
          splat(scalar("epsilon")));
  Value u = div(m, times(deviation, biasCorrection(beta1)));
  if (Value decay = scalar("weight_decay"))
    u = add(u, times(w, decay));
  Value weight = norm(w), change = norm(u);
  Value one = constant(weight.getType(), 1);
  Value ratio = select(
      compare(Comparison::GT, weight, 0.0),
      select(compare(Comparison::GT, change, 0.0), div(weight, change), one),
      one);
  step(u, mul(learningRate(), ratio));
}

/// w -= rate direction. Where inference takes an average of w, that follows;
/// a block that keeps none sets it to w.
void UpdateExpansion::step(Value direction, Value rate) {
  w = sub(w, times(direction, rate));
  variables.write(variables.getTrainedName(), w);
  StringRef average = update.getVariable();
  if (variables.getTrainedName() == average)
    return;
  Value mean = w;
  if (Value share = given(kAverage))
    mean = mixed(cast(variables.read(average), type.getElementType()), w,
                 cast(share, type.getElementType()));
  variables.write(average, mean);
}

Value UpdateExpansion::readSlot(StringRef slot, double initial) {
  return variables.readSlot(slot, type, initial);
}

void UpdateExpansion::writeSlot(StringRef slot, Value value) {
  variables.write(variables.getSlotName(slot), value);
}

void UpdateExpansion::run() {
  w = cast(variables.readTrained(), type.getElementType());
  Value g = cast(update.getGradient(), type.getElementType());
  switch (update.getOptimizer()) {
  case Optimizer::SGD:
    runSgd(g);
    break;
  case Optimizer::Adam:
    runAdam(g, /*decoupled=*/false);
    break;
  case Optimizer::AdamW:
    runAdam(g, /*decoupled=*/true);
    break;
  case Optimizer::RMSProp:
    runRmsProp(g);
    break;
  case Optimizer::AdaGrad:
    runAdaGrad(g);
    break;
  case Optimizer::AdaDelta:
    runAdaDelta(g);
    break;
  case Optimizer::LAMB:
    runLamb(g);
    break;
  }
  update.erase();
}

void expandUpdate(UpdateOp update, SymbolTable &symbols) {
  OpBuilder builder(update);
  UpdateExpansion(update, builder, symbols).run();
}

} // namespace dlcc
