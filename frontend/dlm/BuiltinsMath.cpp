//===- BuiltinsMath.cpp - functions that map to one op of arithmetic ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Builtins.h"

#include <cmath>

using namespace dlcc;
using namespace dlcc::dlm;

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

using Number = double (*)(double);

/// A number stays a number; a tensor of floats becomes an op.
template <typename Op>
static Value floatUnary(Evaluator &evaluator, BuiltinCall &call,
                        Number compute) {
  const Value &x = call.arguments.at("x").first;
  Range range = call.range("x");
  if (x.isNumber())
    return Value::ofFloat(compute(x.number));
  std::optional<Tensor> tensor = evaluator.tensorOf(x, range);
  if (!tensor)
    return Value::poison();
  if (!isFloat(tensor->element))
    return evaluator.error(
        range, "'" + call.name() + "' wants floats, not " + toString(*tensor),
        "f32(x) converts");
  return Value::ofTensor(evaluator.emitter->unary<Op>(*tensor));
}

/// As above, and integers keep their type.
template <typename Op>
static Value numberUnary(Evaluator &evaluator, BuiltinCall &call,
                         Number compute) {
  const Value &x = call.arguments.at("x").first;
  Range range = call.range("x");
  if (x.is(ValueKind::Int) && x.integer > INT64_MIN)
    return Value::ofInt(static_cast<int64_t>(compute(x.number)));
  if (x.isNumber())
    return Value::ofFloat(compute(x.number));
  std::optional<Tensor> tensor = evaluator.tensorOf(x, range);
  if (!tensor)
    return Value::poison();
  if (isBool(tensor->element))
    return evaluator.error(range, "'" + call.name() + "' wants numbers, not " +
                                      toString(*tensor));
  return Value::ofTensor(evaluator.emitter->unary<Op>(*tensor));
}

static double rsqrtOf(double x) { return 1 / std::sqrt(x); }
static double sigmoidOf(double x) { return 1 / (1 + std::exp(-x)); }
static double signOf(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }

#define FLOAT_UNARY(name, Op, compute)                                         \
  static Value name(Evaluator &evaluator, BuiltinCall &call) {                 \
    return floatUnary<dlc::Op>(evaluator, call, compute);                      \
  }
FLOAT_UNARY(exp, ExpOp, std::exp)
FLOAT_UNARY(expm1, Expm1Op, std::expm1)
FLOAT_UNARY(log, LogOp, std::log)
FLOAT_UNARY(log1p, Log1pOp, std::log1p)
FLOAT_UNARY(sqrt, SqrtOp, std::sqrt)
FLOAT_UNARY(rsqrt, RsqrtOp, rsqrtOf)
FLOAT_UNARY(sin, SinOp, std::sin)
FLOAT_UNARY(cos, CosOp, std::cos)
FLOAT_UNARY(tanh, TanhOp, std::tanh)
FLOAT_UNARY(sigmoid, SigmoidOp, sigmoidOf)
FLOAT_UNARY(erf, ErfOp, std::erf)
FLOAT_UNARY(floor, FloorOp, std::floor)
FLOAT_UNARY(ceil, CeilOp, std::ceil)
FLOAT_UNARY(round, RoundOp, std::nearbyint)
#undef FLOAT_UNARY

static Value abs(Evaluator &evaluator, BuiltinCall &call) {
  return numberUnary<dlc::AbsOp>(evaluator, call, std::fabs);
}
static Value sign(Evaluator &evaluator, BuiltinCall &call) {
  return numberUnary<dlc::SignOp>(evaluator, call, signOf);
}

static Value stopGradient(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> tensor =
      evaluator.tensorOf(call.arguments.at("x").first, call.range("x"));
  return tensor ? Value::ofTensor(
                      evaluator.emitter->unary<dlc::StopGradientOp>(*tensor))
                : Value::poison();
}

//===----------------------------------------------------------------------===//
// Several operands
//===----------------------------------------------------------------------===//

template <typename Op>
static Value extreme(Evaluator &evaluator, BuiltinCall &call, bool larger) {
  Value operands[] = {call.arguments.at("a").first,
                      call.arguments.at("b").first};
  Range ranges[] = {call.range("a"), call.range("b")};
  if (operands[0].isNumber() && operands[1].isNumber())
    return operands[(operands[0].number < operands[1].number) == larger];
  if (!evaluator.unify(operands, ranges, call.expr.pointAt,
                       ("'" + call.name() + "'").str()))
    return Value::poison();
  if (isBool(operands[0].tensor.element))
    return evaluator.error(ranges[0],
                           "'" + call.name() + "' wants numbers, not bools");
  return Value::ofTensor(
      evaluator.emitter->binary<Op>(operands[0].tensor, operands[1].tensor));
}
static Value maximum(Evaluator &evaluator, BuiltinCall &call) {
  return extreme<dlc::MaxOp>(evaluator, call, true);
}
static Value minimum(Evaluator &evaluator, BuiltinCall &call) {
  return extreme<dlc::MinOp>(evaluator, call, false);
}

static Value where(Evaluator &evaluator, BuiltinCall &call) {
  const Value &condition = call.arguments.at("condition").first;
  std::optional<Tensor> chosen =
      evaluator.tensorOf(condition, call.range("condition"));
  if (!chosen)
    return Value::poison();
  if (!isBool(chosen->element))
    return evaluator.error(call.range("condition"),
                           "'where' decides by bools, not by " +
                               toString(*chosen),
                           "a comparison gives bools: x > 0");
  Value operands[] = {call.arguments.at("a").first,
                      call.arguments.at("b").first};
  Range ranges[] = {call.range("a"), call.range("b")};
  if (!evaluator.unify(operands, ranges, call.expr.pointAt, "'where'"))
    return Value::poison();
  Emitter &emitter = *evaluator.emitter;
  Tensor a = operands[0].tensor, b = operands[1].tensor;
  std::optional<Extents> shape = evaluator.broadcastShapes(
      {*chosen, a}, {call.range("condition"), ranges[0]}, call.expr.pointAt,
      "'where'");
  if (!shape || !evaluator.checkSize(*shape, a.element, call.expr.pointAt))
    return Value::poison();
  return Value::ofTensor(emitter.select(emitter.broadcast(*chosen, *shape),
                                        emitter.broadcast(a, *shape),
                                        emitter.broadcast(b, *shape)));
}

/// Products over the last axis of a and the last but one of b (or as
/// transpose_a and transpose_b say); leading axes go in step, or b has none.
//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

static Value reduce(Evaluator &evaluator, BuiltinCall &call,
                    dlc::ReduceKind kind) {
  std::optional<Tensor> x =
      evaluator.tensorOf(call.arguments.at("x").first, call.range("x"));
  if (!x)
    return Value::poison();
  auto axes = evaluator.axesOf(call.get("axis"), call.range("axis"), *x);
  if (!axes)
    return Value::poison();
  Emitter &emitter = *evaluator.emitter;
  // true counts as 1.
  if (isBool(x->element) && kind == dlc::ReduceKind::Sum)
    *x = emitter.cast(*x, emitter.getBuilder().getI32Type());
  if (isBool(x->element))
    return evaluator.error(call.range("x"),
                           "'" + call.name() + "' wants numbers, not " +
                               toString(*x),
                           "i32(x) makes 0 and 1 of it");
  return Value::ofTensor(
      emitter.reduce(kind, *x, *axes, call.flag(evaluator, "keepdims")));
}
static Value sum(Evaluator &evaluator, BuiltinCall &call) {
  return reduce(evaluator, call, dlc::ReduceKind::Sum);
}
static Value prod(Evaluator &evaluator, BuiltinCall &call) {
  return reduce(evaluator, call, dlc::ReduceKind::Prod);
}
static Value max(Evaluator &evaluator, BuiltinCall &call) {
  return reduce(evaluator, call, dlc::ReduceKind::Max);
}
static Value min(Evaluator &evaluator, BuiltinCall &call) {
  return reduce(evaluator, call, dlc::ReduceKind::Min);
}

static Value argReduce(Evaluator &evaluator, BuiltinCall &call,
                       dlc::ReduceKind kind) {
  std::optional<Tensor> x =
      evaluator.tensorOf(call.arguments.at("x").first, call.range("x"));
  if (!x)
    return Value::poison();
  const Value *given = call.get("axis");
  std::optional<int64_t> axis =
      given ? evaluator.wholeOf(*given, call.range("axis"), "an axis") : -1;
  if (axis)
    axis = evaluator.axisOf(*axis, call.range("axis"), x->rank());
  if (!axis)
    return Value::poison();
  if (isBool(x->element))
    return evaluator.error(call.range("x"), "'" + call.name() +
                                                "' wants numbers, not " +
                                                toString(*x));
  return Value::ofTensor(evaluator.emitter->argReduce(kind, *x, *axis));
}
static Value argmax(Evaluator &evaluator, BuiltinCall &call) {
  return argReduce(evaluator, call, dlc::ReduceKind::Max);
}
static Value argmin(Evaluator &evaluator, BuiltinCall &call) {
  return argReduce(evaluator, call, dlc::ReduceKind::Min);
}

llvm::ArrayRef<Builtin> dlcc::dlm::mathBuiltins() {
  static const Builtin table[] = {
      {"abs", "x", abs},
      {"argmax", "x axis?", argmax},
      {"argmin", "x axis?", argmin},
      {"ceil", "x", ceil},
      {"cos", "x", cos},
      {"erf", "x", erf},
      {"exp", "x", exp},
      {"expm1", "x", expm1},
      {"floor", "x", floor},
      {"log", "x", log},
      {"log1p", "x", log1p},
      {"max", "x axis? keepdims?", max},
      {"maximum", "a b", maximum},
      {"min", "x axis? keepdims?", min},
      {"minimum", "a b", minimum},
      {"prod", "x axis? keepdims?", prod},
      {"round", "x", round},
      {"rsqrt", "x", rsqrt},
      {"sigmoid", "x", sigmoid},
      {"sign", "x", sign},
      {"sin", "x", sin},
      {"sqrt", "x", sqrt},
      {"stop_gradient", "x", stopGradient},
      {"sum", "x axis? keepdims?", sum},
      {"tanh", "x", tanh},
      {"where", "condition a b", where},
  };
  return table;
}
