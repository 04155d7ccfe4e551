//===- Optimizers.cpp - hyper-parameters and formulas of the optimizers ---===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Optimizers.h"

#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/ExpressionBuilder.h"
#include "passes/Phase.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

//===----------------------------------------------------------------------===//
// Hyper-parameters
//===----------------------------------------------------------------------===//

static constexpr HyperParameter kMomentum = {"momentum", {}, true};
static constexpr HyperParameter kWeightDecay = {"weight_decay", {}, true};

ArrayRef<HyperParameter> getHyperParameters(Optimizer optimizer) {
  static constexpr HyperParameter sgd[] = {
      {"learning_rate", {}}, kMomentum, kWeightDecay};
  static constexpr HyperParameter adam[] = {{"learning_rate", 1e-3},
                                            {"beta1", 0.9},
                                            {"beta2", 0.999},
                                            {"epsilon", 1e-8},
                                            kWeightDecay};
  static constexpr HyperParameter adamw[] = {{"learning_rate", 1e-3},
                                             {"beta1", 0.9},
                                             {"beta2", 0.999},
                                             {"epsilon", 1e-8},
                                             {"weight_decay", 1e-2}};
  static constexpr HyperParameter rmsprop[] = {{"learning_rate", 1e-2},
                                               {"decay", 0.99},
                                               {"epsilon", 1e-8},
                                               kMomentum,
                                               kWeightDecay};
  static constexpr HyperParameter adagrad[] = {{"learning_rate", 1e-2},
                                               {"epsilon", 1e-10},
                                               {"initial_accumulator", 0.0},
                                               kWeightDecay};
  switch (optimizer) {
  case Optimizer::SGD:
    return sgd;
  case Optimizer::Adam:
    return adam;
  case Optimizer::AdamW:
    return adamw;
  case Optimizer::RMSProp:
    return rmsprop;
  case Optimizer::AdaGrad:
    return adagrad;
  }
  llvm_unreachable("an optimizer without hyper-parameters");
}

/// The number that a hyper-parameter always is, if it is one.
static std::optional<double> getConstant(Value value) {
  DenseFPElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return std::nullopt;
  return elements.getSplatValue<FloatAttr>().getValueAsDouble();
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
        builder(builder), symbols(symbols) {
    auto stored = update.getGradient().getType();
    Type element = stored.getElementType();
    if (element.getIntOrFloatBitWidth() < 32)
      element = builder.getF32Type();
    type = stored.clone(element);
  }

  void run();

private:
  void runSgd(Value g);
  void runAdam(Value g, bool decoupled);
  void runRmsProp(Value g);
  void runAdaGrad(Value g);

  Value given(StringRef name);
  Value scalar(StringRef name);
  Value splat(Value scalar) { return ExpressionBuilder::splat(scalar, type); }
  Value times(Value tensor, Value scalar) { return mul(tensor, splat(scalar)); }
  Value mixed(Value old, Value fresh, Value share);
  Value learningRate();
  Value biasCorrection(Value beta);
  Value decayed(Value g);

  Value read(StringRef name, Type type);
  Value readControl(StringRef name, Type type);
  Value readSlot(StringRef slot, double initial = 0);
  std::string getSlotName(StringRef slot);
  void write(StringRef name, Value value);
  void writeSlot(StringRef slot, Value value);
  void fillInInit(VariableOp slot, double value);
  void step(Value direction, Value rate);

  UpdateOp update;
  OpBuilder &builder;
  SymbolTable &symbols;
  RankedTensorType type;
  Value w;
};
} // namespace

/// The hyper-parameter of this name as the update gives it, or null.
Value UpdateExpansion::given(StringRef name) {
  for (auto [given, value] : llvm::zip_equal(
           update.getNames().getAsRange<StringAttr>(), update.getValues()))
    if (given == name)
      return value;
  return {};
}

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
  Value scale = readControl("$learning_rate_scale",
                            RankedTensorType::get({}, builder.getF32Type()));
  return mul(scalar("learning_rate"), cast(scale, type.getElementType()));
}

/// 1 - beta^t. As -expm1(t log1p(beta - 1)) it loses nothing in the first
/// steps, where beta^t is close to 1: beta - 1 is exact for beta >= 1/2.
Value UpdateExpansion::biasCorrection(Value beta) {
  Value done =
      readControl("$step", RankedTensorType::get({}, builder.getI64Type()));
  Value t = cast(add(done, 1), type.getElementType());
  Value power = mul(t, create<Log1pOp>(add(beta, -1)));
  return neg(create<Expm1Op>(power));
}

/// g with the gradient of weight_decay / 2 |w|^2.
Value UpdateExpansion::decayed(Value g) {
  Value decay = scalar("weight_decay");
  return decay ? add(g, times(w, decay)) : g;
}

void UpdateExpansion::runSgd(Value g) {
  g = decayed(g);
  if (Value momentum = scalar("momentum")) {
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

/// w -= rate direction.
void UpdateExpansion::step(Value direction, Value rate) {
  write(update.getVariable(), sub(w, times(direction, rate)));
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

/// The function's read of the variable, made where there is none.
Value UpdateExpansion::read(StringRef name, Type type) {
  Block *entry = &update->getParentOfType<func::FuncOp>().getBody().front();
  for (auto existing : entry->getOps<ReadOp>())
    if (existing.getVariable() == name && existing->isBeforeInBlock(update))
      return existing;
  return create<ReadOp>(type, name);
}

Value UpdateExpansion::readControl(StringRef name, Type type) {
  if (!symbols.lookup(name)) {
    OpBuilder declarations(builder.getContext());
    symbols.insert(VariableOp::create(declarations, symbols.getOp()->getLoc(),
                                      VariableKind::Control, name, type,
                                      /*trainable=*/false),
                   cast<ModuleOp>(symbols.getOp()).getBody()->begin());
  }
  return read(name, type);
}

/// `weight/momentum`, or `weight/block/momentum` where several training
/// blocks may update one parameter.
std::string UpdateExpansion::getSlotName(StringRef slot) {
  auto function = update->getParentOfType<func::FuncOp>();
  auto block = function->getAttrOfType<StringAttr>(attr::kBlock);
  return (update.getVariable() + "/" +
          (block ? block.getValue() + "/" : llvm::Twine("")) + slot)
      .str();
}

Value UpdateExpansion::readSlot(StringRef slot, double initial) {
  std::string name = getSlotName(slot);
  if (!symbols.lookup(name)) {
    Operation *parameter = symbols.lookup(update.getVariable());
    OpBuilder declarations(builder.getContext());
    auto variable =
        VariableOp::create(declarations, parameter->getLoc(),
                           VariableKind::Slot, name, type, /*trainable=*/false);
    // Slots follow their parameters, in the order of the formula.
    Operation *last = parameter;
    while (auto next = dyn_cast_or_null<VariableOp>(last->getNextNode())) {
      if (next.getKind() != VariableKind::Slot)
        break;
      last = next;
    }
    symbols.insert(variable, std::next(Block::iterator(last)));
    if (initial != 0)
      fillInInit(variable, initial);
  }
  return read(name, type);
}

/// Slots begin at zero; this one begins at `value`, written by @init.
void UpdateExpansion::fillInInit(VariableOp slot, double value) {
  for (auto function : cast<ModuleOp>(symbols.getOp()).getOps<func::FuncOp>()) {
    auto entry = function->getAttrOfType<StringAttr>(attr::kEntry);
    if (!entry || entry != "init")
      continue;
    OpBuilder end(function.getBody().front().getTerminator());
    ExpressionBuilder initial(end, slot.getLoc());
    WriteOp::create(end, slot.getLoc(), slot.getSymName(),
                    initial.constant(slot.getType(), value));
  }
}

/// Narrows the value to the variable's type and writes it at the end.
void UpdateExpansion::write(StringRef name, Value value) {
  auto variable = cast<VariableOp>(symbols.lookup(name));
  auto stored = llvm::cast<RankedTensorType>(variable.getType());
  value = cast(value, stored.getElementType());
  OpBuilder end(update->getBlock()->getTerminator());
  WriteOp::create(end, update.getLoc(), name, value);
}

void UpdateExpansion::writeSlot(StringRef slot, Value value) {
  write(getSlotName(slot), value);
}

void UpdateExpansion::run() {
  w = cast(read(update.getVariable(), update.getGradient().getType()),
           type.getElementType());
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
  }
  update.erase();
}

void expandUpdate(UpdateOp update, SymbolTable &symbols) {
  OpBuilder builder(update);
  UpdateExpansion(update, builder, symbols).run();
}

} // namespace dlcc
