//===- EvaluateOperator.cpp - operators on numbers, dimensions and tensors ===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Evaluator.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace dlcc;
using namespace dlcc::dlm;
using llvm::StringRef;

static std::optional<dlc::Comparison> comparisonOf(StringRef op) {
  return llvm::StringSwitch<std::optional<dlc::Comparison>>(op)
      .Case("==", dlc::Comparison::EQ)
      .Case("!=", dlc::Comparison::NE)
      .Case("<", dlc::Comparison::LT)
      .Case("<=", dlc::Comparison::LE)
      .Case(">", dlc::Comparison::GT)
      .Case(">=", dlc::Comparison::GE)
      .Default(std::nullopt);
}

template <typename T>
static bool compareNumbers(dlc::Comparison comparison, T a, T b) {
  switch (comparison) {
  case dlc::Comparison::EQ:
    return a == b;
  case dlc::Comparison::NE:
    return a != b;
  case dlc::Comparison::LT:
    return a < b;
  case dlc::Comparison::LE:
    return a <= b;
  case dlc::Comparison::GT:
    return a > b;
  case dlc::Comparison::GE:
    return a >= b;
  }
  return false;
}

Value Evaluator::unary(StringRef op, const Value &operand, const Expr &expr) {
  if (operand.isPoison())
    return operand;
  Range range = expr.operands[0]->range;
  if (op == "not") {
    if (operand.is(ValueKind::Bool))
      return Value::ofBool(!operand.truth);
    if (operand.isTensor() && isBool(operand.tensor.element)) {
      std::optional<Tensor> tensor = tensorOf(operand, range);
      return tensor ? Value::ofTensor(emitter->unary<dlc::NotOp>(*tensor))
                    : Value::poison();
    }
    return error(range, "'not' wants a bool, not " + describe(operand));
  }
  if (operand.is(ValueKind::Int)) {
    int64_t result;
    if (llvm::SubOverflow<int64_t>(0, operand.integer, result))
      return error(expr.pointAt, "this whole number is too large");
    return Value::ofInt(result);
  }
  if (operand.is(ValueKind::Float))
    return Value::ofFloat(-operand.number);
  if (operand.is(ValueKind::Bool) || operand.is(ValueKind::String) ||
      (operand.isTensor() && isBool(operand.tensor.element)))
    return error(range, "'-' wants a number, not " + describe(operand));
  std::optional<Tensor> tensor = tensorOf(operand, range);
  return tensor ? Value::ofTensor(emitter->unary<dlc::NegOp>(*tensor))
                : Value::poison();
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

static std::optional<int64_t> wholePower(int64_t base, int64_t exponent) {
  int64_t result = 1;
  for (int64_t i = 0; i < exponent; ++i) {
    if (llvm::MulOverflow(result, base, result))
      return std::nullopt;
    if (result == 0 || result == 1)
      return exponent % 2 || base != -1 ? std::optional(result) : 1;
    if (i > 64)
      break;
  }
  return base == -1 ? (exponent % 2 ? -1 : 1) : result;
}

Value Evaluator::numberBinary(StringRef op, const Value &lhs, const Value &rhs,
                              const Expr &expr) {
  bool whole = lhs.is(ValueKind::Int) && rhs.is(ValueKind::Int);
  int64_t a = lhs.integer, b = rhs.integer, result = 0;
  double x = lhs.number, y = rhs.number;
  if (std::optional<dlc::Comparison> comparison = comparisonOf(op))
    return Value::ofBool(whole ? compareNumbers(*comparison, a, b)
                               : compareNumbers(*comparison, x, y));
  if ((op == "/" || op == "%") && y == 0 && whole)
    return error(expr.operands[1]->range, "division by zero");
  if (whole) {
    bool overflow = false;
    if (op == "+")
      overflow = llvm::AddOverflow(a, b, result);
    else if (op == "-")
      overflow = llvm::SubOverflow(a, b, result);
    else if (op == "*")
      overflow = llvm::MulOverflow(a, b, result);
    else if (op == "%")
      result = b == -1 ? 0 : ((a % b) + b) % b;
    else if (op == "/" && b != -1 && a % b == 0)
      result = a / b;
    else if (op == "^" && b >= 0)
      overflow = !wholePower(a, b).has_value(),
      result = wholePower(a, b).value_or(0);
    else
      whole = false;
    if (overflow)
      return error(expr.pointAt, "this whole number is too large",
                   "write one side as a float, as in 2.0");
    if (whole)
      return Value::ofInt(result);
  }
  if (op == "+")
    return Value::ofFloat(x + y);
  if (op == "-")
    return Value::ofFloat(x - y);
  if (op == "*")
    return Value::ofFloat(x * y);
  if (op == "/")
    return Value::ofFloat(x / y);
  if (op == "^")
    return Value::ofFloat(std::pow(x, y));
  return Value::ofFloat(x - y * std::floor(x / y));
}

/// Products and exact quotients of dimensions are dimensions; whatever else is
/// computed from one is a number of the run time, since rows are.
Value Evaluator::extentBinary(StringRef op, const Value &lhs, const Value &rhs,
                              const Expr &expr) {
  auto asExtent = [](const Value &value) {
    return value.is(ValueKind::Dim) ? value.extent : Extent(value.integer);
  };
  bool whole = !lhs.is(ValueKind::Float) && !rhs.is(ValueKind::Float);
  if (whole) {
    Extent a = asExtent(lhs), b = asExtent(rhs);
    if (op == "*") {
      std::optional<Extent> result = a.times(b);
      if (result && result->factor() > 0)
        return Value::ofExtent(*result);
    }
    if (op == "/")
      if (std::optional<Extent> result = a.dividedBy(b))
        return Value::ofExtent(*result);
    if (op == "==" || op == "!=") {
      if (a == b)
        return Value::ofBool(op == "==");
      if (!a.hasBatch() && !b.hasBatch())
        return Value::ofBool(op == "!=");
    }
  }
  if (!asExtent(lhs).hasBatch() && !asExtent(rhs).hasBatch()) {
    auto asNumber = [&](const Value &value) {
      return value.is(ValueKind::Dim) ? Value::ofInt(dims.size(value.extent))
                                      : value;
    };
    return numberBinary(op, asNumber(lhs), asNumber(rhs), expr);
  }
  if (comparisonOf(op))
    return error(expr.pointAt,
                 "how many rows are given is known at run time only",
                 "'batch' cannot decide what is compiled");
  return tensorBinary(op, lhs, rhs, expr);
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

Value Evaluator::binary(StringRef op, const Value &lhs, const Value &rhs,
                        const Expr &expr) {
  if (lhs.isPoison() || rhs.isPoison())
    return Value::poison();
  if (op == "and" || op == "or") {
    if (lhs.is(ValueKind::Bool) && rhs.is(ValueKind::Bool))
      return Value::ofBool(op == "and" ? lhs.truth && rhs.truth
                                       : lhs.truth || rhs.truth);
    return tensorBinary(op, lhs, rhs, expr);
  }
  if (lhs.isNumber() && rhs.isNumber())
    return numberBinary(op, lhs, rhs, expr);
  auto isScalar = [](const Value &value) {
    return value.isNumber() || value.is(ValueKind::Dim);
  };
  if (isScalar(lhs) && isScalar(rhs))
    return extentBinary(op, lhs, rhs, expr);
  bool equal = op == "==", different = op == "!=";
  if (equal || different) {
    if (lhs.is(ValueKind::String) && rhs.is(ValueKind::String))
      return Value::ofBool((lhs.text == rhs.text) == equal);
    if (lhs.is(ValueKind::Bool) && rhs.is(ValueKind::Bool))
      return Value::ofBool((lhs.truth == rhs.truth) == equal);
    if (lhs.is(ValueKind::Type) && rhs.is(ValueKind::Type))
      return Value::ofBool((lhs.type == rhs.type) == equal);
    if (lhs.isNone() || rhs.isNone())
      return Value::ofBool((lhs.isNone() && rhs.isNone()) == equal);
  }
  if (op == "+" && lhs.is(ValueKind::List) && rhs.is(ValueKind::List)) {
    std::vector<Value> elements = *lhs.elements;
    elements.insert(elements.end(), rhs.elements->begin(), rhs.elements->end());
    // A list that grows in a loop is copied at every turn.
    constexpr size_t kElementsPerStep = 16;
    if (!takeSteps(expr.pointAt, elements.size() / kElementsPerStep))
      return Value::poison();
    return Value::ofList(std::move(elements));
  }
  return tensorBinary(op, lhs, rhs, expr);
}

Value Evaluator::tensorBinary(StringRef op, const Value &lhs, const Value &rhs,
                              const Expr &expr) {
  Range ranges[] = {expr.operands[0]->range, expr.operands[1]->range};
  const Value *given[] = {&lhs, &rhs};
  std::optional<dlc::Comparison> comparison = comparisonOf(op);
  bool logic = op == "and" || op == "or";
  for (auto [value, range] : llvm::zip(given, ranges)) {
    bool isTruth = value->is(ValueKind::Bool) ||
                   (value->isTensor() && isBool(value->tensor.element));
    bool isOperand = value->isTensor() || value->isNumber() ||
                     value->is(ValueKind::Dim) || value->is(ValueKind::List);
    if (logic && !isTruth)
      return error(range, "'" + op + "' wants bools, not " + describe(*value));
    if (!logic && !isOperand && !isTruth)
      return error(range, "'" + op + "' cannot take " + describe(*value));
    bool mayBeTruth = logic || op == "==" || op == "!=";
    if (isTruth && !mayBeTruth)
      return error(range, "'" + op + "' cannot take " + describe(*value),
                   "f32(x) makes 0 and 1 of it");
  }
  if (op == "^")
    return tensorPower(lhs, rhs, expr);
  Value operands[] = {lhs, rhs};
  if (!unify(operands, ranges, expr.pointAt, ("'" + op + "'").str()))
    return Value::poison();
  const Tensor &a = operands[0].tensor, &b = operands[1].tensor;
  if (comparison)
    return Value::ofTensor(emitter->compare(*comparison, a, b));
  if (op == "+")
    return Value::ofTensor(emitter->binary<dlc::AddOp>(a, b));
  if (op == "-")
    return Value::ofTensor(emitter->binary<dlc::SubOp>(a, b));
  if (op == "*")
    return Value::ofTensor(emitter->binary<dlc::MulOp>(a, b));
  if (op == "/")
    return Value::ofTensor(emitter->binary<dlc::DivOp>(a, b));
  if (op == "and")
    return Value::ofTensor(emitter->binary<dlc::AndOp>(a, b));
  if (op == "or")
    return Value::ofTensor(emitter->binary<dlc::OrOp>(a, b));
  // As Python's: the result has the sign of b.
  Tensor zero = emitter->broadcast(emitter->integer(0, a.element), a.shape);
  Tensor rest = emitter->binary<dlc::RemOp>(a, b);
  Tensor differs = emitter->binary<dlc::XorOp>(
      emitter->compare(dlc::Comparison::LT, rest, zero),
      emitter->compare(dlc::Comparison::LT, b, zero));
  Tensor wrong = emitter->binary<dlc::AndOp>(
      differs, emitter->compare(dlc::Comparison::NE, rest, zero));
  return Value::ofTensor(
      emitter->select(wrong, emitter->binary<dlc::AddOp>(rest, b), rest));
}

/// Small whole exponents are products, which are exact and work on integers
/// and on negative numbers; the rest is `pow`.
Value Evaluator::tensorPower(const Value &lhs, const Value &rhs,
                             const Expr &expr) {
  Range base = expr.operands[0]->range, exponent = expr.operands[1]->range;
  bool isSmall = rhs.isNumber() && rhs.number == std::floor(rhs.number) &&
                 rhs.number >= 1 && rhs.number <= 4;
  if (isSmall) {
    std::optional<Tensor> x = tensorOf(lhs, base);
    if (!x)
      return Value::poison();
    if (rhs.number == 1)
      return Value::ofTensor(*x);
    Tensor square = emitter->binary<dlc::MulOp>(*x, *x);
    if (rhs.number == 2)
      return Value::ofTensor(square);
    return Value::ofTensor(
        emitter->binary<dlc::MulOp>(square, rhs.number == 3 ? *x : square));
  }
  Value operands[] = {lhs, rhs};
  Range ranges[] = {base, exponent};
  if (!unify(operands, ranges, expr.pointAt, "'^'"))
    return Value::poison();
  if (!isFloat(operands[0].tensor.element))
    return error(base, "'^' of whole numbers wants an exponent from 1 to 4",
                 "f32(x) converts");
  return Value::ofTensor(
      emitter->binary<dlc::PowOp>(operands[0].tensor, operands[1].tensor));
}
