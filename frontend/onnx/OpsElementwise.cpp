//===- OpsElementwise.cpp - arithmetic, comparisons, casts ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ReadFile.h"

#include <cmath>
#include <numbers>

using namespace dlcc;
using namespace dlcc::onnx_reader;
using dlc::Comparison;

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

template <typename Op> static Values unary(Node &node) {
  return {node.b.unary<Op>(node.input(0))};
}

/// Computes in f32 what a formula of several steps would round too often in a
/// narrower type.
template <Value (*formula)(Builder &, Value)>
static Values composed(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  Type element = b.elementOf(x);
  bool isNarrow = element.getIntOrFloatBitWidth() < 32;
  Value result = formula(b, isNarrow ? b.cast(x, b.f32()) : x);
  return {b.cast(result, element)};
}

static Value absolute(Builder &b, Value x) { return b.unary<dlc::AbsOp>(x); }
static Value sign(Builder &b, Value x) { return b.unary<dlc::SignOp>(x); }
static Value isAbove(Builder &b, Value x, double number) {
  return b.compare(Comparison::GT, x, b.like(number, x));
}

static Value reciprocal(Builder &b, Value x) { return b.div(b.like(1, x), x); }

static Value tangent(Builder &b, Value x) {
  return b.div(b.unary<dlc::SinOp>(x), b.unary<dlc::CosOp>(x));
}

static Value polynomial(Builder &b, Value x,
                        std::initializer_list<double> coefficients) {
  Value result;
  for (double coefficient : coefficients)
    result = result ? b.add(b.mul(result, x), coefficient)
                    : b.filled(coefficient, b.shapeOf(x), b.elementOf(x));
  return result;
}

/// Reference: Moshier, Cephes mathematical library, atan.c: the argument is
/// brought to [0, 0.66], where a rational function is the arc tangent.
static Value arcTangent(Builder &b, Value x) {
  Value size = absolute(b, x);
  Value isLarge = isAbove(b, size, 1 + std::numbers::sqrt2);
  Value isMiddle = isAbove(b, size, 0.66);
  Value one = b.like(1, x);
  Value small = b.select(
      isLarge, b.neg(b.div(one, size)),
      b.select(isMiddle, b.div(b.sub(size, one), b.add(size, one)), size));
  Value start = b.select(
      isLarge, b.like(std::numbers::pi / 2, x),
      b.select(isMiddle, b.like(std::numbers::pi / 4, x), b.like(0, x)));
  Value z = b.mul(small, small);
  Value p = polynomial(b, z,
                       {-8.750608600031904122785e-1, -1.615753718733365076637e1,
                        -7.500855792314704667340e1, -1.228866684490136173410e2,
                        -6.485021904942025371773e1});
  Value q = polynomial(b, z,
                       {1, 2.485846490142306297962e1, 1.650270098316988542046e2,
                        4.328810604912902668951e2, 4.853903996359136964868e2,
                        1.945506571482613964425e2});
  Value rest = b.add(b.mul(small, b.div(b.mul(z, p), q)), small);
  return b.mul(b.add(start, rest), sign(b, x));
}

static Value arcSine(Builder &b, Value x) {
  Value one = b.like(1, x);
  return arcTangent(b, b.div(x, b.sqrt(b.mul(b.sub(one, x), b.add(one, x)))));
}

static Value arcCosine(Builder &b, Value x) {
  Value one = b.like(1, x);
  return b.mul(arcTangent(b, b.sqrt(b.div(b.sub(one, x), b.add(one, x)))), 2);
}

static Value hyperbolicSine(Builder &b, Value x) {
  Value size = absolute(b, x);
  Value e = b.unary<dlc::Expm1Op>(size);
  Value small = b.mul(b.add(e, b.div(e, b.add(e, 1))), 0.5);
  Value half = b.exp(b.mul(size, 0.5));
  Value large = b.mul(b.mul(half, 0.5), half);
  return b.mul(b.select(isAbove(b, size, 20), large, small), sign(b, x));
}

static Value hyperbolicCosine(Builder &b, Value x) {
  Value half = b.exp(b.mul(absolute(b, x), 0.5));
  return b.add(b.mul(b.mul(half, 0.5), half),
               b.div(b.div(b.like(0.5, x), half), half));
}

static Value areaSine(Builder &b, Value x) {
  Value size = absolute(b, x), square = b.mul(size, size);
  Value root = b.sqrt(b.add(square, 1));
  Value small =
      b.unary<dlc::Log1pOp>(b.add(size, b.div(square, b.add(root, 1))));
  Value large = b.add(b.log(size), std::numbers::ln2);
  return b.mul(b.select(isAbove(b, size, 1e8), large, small), sign(b, x));
}

static Value areaCosine(Builder &b, Value x) {
  Value more = b.sub(x, b.like(1, x));
  Value small = b.unary<dlc::Log1pOp>(
      b.add(more, b.sqrt(b.add(b.mul(more, 2), b.mul(more, more)))));
  Value large = b.add(b.log(x), std::numbers::ln2);
  return b.select(isAbove(b, x, 1e8), large, small);
}

static Value areaTangent(Builder &b, Value x) {
  Value size = absolute(b, x);
  Value ratio = b.div(b.mul(size, 2), b.sub(b.like(1, x), size));
  return b.mul(b.mul(b.unary<dlc::Log1pOp>(ratio), 0.5), sign(b, x));
}

static Values abs(Node &node) {
  Value x = node.input(0);
  return {node.b.isUnsigned(x) ? x : absolute(node.b, x)};
}

static Values signs(Node &node) {
  Value x = node.input(0);
  return {node.b.isUnsigned(x) ? node.b.min(x, node.b.like(1, x))
                               : sign(node.b, x)};
}

static Values identity(Node &node) { return {node.input(0)}; }

static Values isNaN(Node &node) { return {node.b.isNaN(node.input(0))}; }

static Values isInfinite(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0), result;
  double infinity = std::numeric_limits<double>::infinity();
  for (auto [name, value] :
       {std::pair("detect_positive", infinity), {"detect_negative", -infinity}})
    if (node.integer(name, 1)) {
      Value is = b.compare(Comparison::EQ, x, b.like(value, x));
      result = result ? b.binary<dlc::OrOp>(result, is) : is;
    }
  return {result ? result : b.filled(0, b.shapeOf(x), b.boolean())};
}

//===----------------------------------------------------------------------===//
// Two and more
//===----------------------------------------------------------------------===//

template <typename Op> static Values binary(Node &node) {
  return {node.b.binary<Op>(node.input(0), node.input(1))};
}

template <Comparison comparison> static Values compare(Node &node) {
  return {node.b.compare(comparison, node.input(0), node.input(1))};
}

static Values power(Node &node) {
  Builder &b = node.b;
  Value base = node.input(0), exponent = node.input(1);
  Type element = b.elementOf(base);
  // Whole numbers are exact up to 2^53.
  Type wide = b.isFloat(base) ? element : b.builder.getF64Type();
  Value result =
      b.binary<dlc::PowOp>(b.cast(base, wide), b.cast(exponent, wide));
  return {b.cast(result, element)};
}

/// The remainder with the sign of the divisor, or with fmod of the dividend.
static Values modulo(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0), y = node.input(1);
  b.align(x, y);
  Value rest = b.binary<dlc::RemOp>(x, y);
  if (node.integer("fmod", 0) || b.isUnsigned(x))
    return {rest};
  Value zero = b.like(0, x);
  Value differs = b.binary<dlc::XorOp>(b.compare(Comparison::LT, rest, zero),
                                       b.compare(Comparison::LT, y, zero));
  Value isRest = b.compare(Comparison::NE, rest, zero);
  return {
      b.select(b.binary<dlc::AndOp>(differs, isRest), b.add(rest, y), rest)};
}

/// Products with and quotients by powers of two, made bit by bit of the count.
/// The quotient that is rounded down, of whole numbers and a positive one.
static Value divideDown(Builder &b, Value x, Value by) {
  if (b.isUnsigned(x))
    return b.div(x, by);
  auto inverted = [&](Value value) { return b.unary<dlc::NotOp>(value); };
  return b.select(b.compare(Comparison::LT, x, b.like(0, x)),
                  inverted(b.div(inverted(x), by)), b.div(x, by));
}

static Values bitShift(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0), count = node.input(1);
  b.align(x, count);
  if (b.isFloat(x) || b.isBool(x))
    throw Refusal("it takes whole numbers");
  std::string direction = node.text("direction", "");
  if (direction != "LEFT" && direction != "RIGHT")
    throw Refusal("'direction' is LEFT or RIGHT");
  unsigned width = b.elementOf(x).getIntOrFloatBitWidth();
  for (unsigned bit = 0; (1u << bit) < width; ++bit) {
    Value mask = b.like(double(1u << bit), x);
    Value isSet =
        b.compare(Comparison::NE,
                  b.binary<dlc::AndOp>(count, b.broadcast(mask, b.shapeOf(x))),
                  b.like(0, x));
    Value factor = b.like(std::ldexp(1.0, 1 << bit), x);
    Value moved =
        direction == "LEFT" ? b.mul(x, factor) : divideDown(b, x, factor);
    x = b.select(isSet, moved, x);
  }
  // Nothing but the sign is left of what is shifted by its width or more.
  Value rest = b.like(0, x);
  if (direction == "RIGHT" && !b.isUnsigned(x))
    rest = b.select(b.compare(Comparison::LT, x, rest), b.like(-1, x), rest);
  Value isAll = b.compare(Comparison::GE, count, b.like(width, x));
  if (!b.isUnsigned(x))
    isAll = b.binary<dlc::OrOp>(
        isAll, b.compare(Comparison::LT, count, b.like(0, count)));
  return {b.select(isAll, rest, x)};
}

template <typename Op> static Values variadic(Node &node) {
  Value result = node.input(0);
  for (size_t i = 1; i < node.inputs.size(); ++i)
    result = node.b.binary<Op>(result, node.input(i));
  return {result};
}

static Values mean(Node &node) {
  return {
      node.b.div(variadic<dlc::AddOp>(node)[0], double(node.inputs.size()))};
}

static Values where(Node &node) {
  return {node.b.select(node.input(0), node.input(1), node.input(2))};
}

static Values clip(Node &node) {
  Builder &b = node.b;
  Value x = node.input(0);
  auto bound = [&](const char *name, size_t i) {
    if (node.version < 11)
      return node.hasAttribute(name) ? b.like(node.number(name, {}), x)
                                     : Value();
    return node.has(i) ? node.input(i) : Value();
  };
  if (Value low = bound("min", 1))
    x = b.max(x, low);
  if (Value high = bound("max", 2))
    x = b.min(x, high);
  return {x};
}

static Values cast(Node &node) {
  return {node.b.cast(node.input(0), elementType(node.b.builder.getContext(),
                                                 node.integer("to", {})))};
}

static Values castLike(Node &node) {
  return {node.b.cast(node.input(0), node.b.elementOf(node.input(1)))};
}

ArrayRef<OpEntry> dlcc::onnx_reader::elementwiseOps() {
  static const OpEntry table[] = {
      {"Abs", 6, abs},
      {"Acos", 7, composed<arcCosine>},
      {"Acosh", 9, composed<areaCosine>},
      {"Add", 7, binary<dlc::AddOp>},
      {"And", 7, binary<dlc::AndOp>},
      {"Asin", 7, composed<arcSine>},
      {"Asinh", 9, composed<areaSine>},
      {"Atan", 7, composed<arcTangent>},
      {"Atanh", 9, composed<areaTangent>},
      {"BitShift", 11, bitShift},
      {"BitwiseAnd", 18, binary<dlc::AndOp>},
      {"BitwiseNot", 18, unary<dlc::NotOp>},
      {"BitwiseOr", 18, binary<dlc::OrOp>},
      {"BitwiseXor", 18, binary<dlc::XorOp>},
      {"Cast", 6, cast},
      {"CastLike", 15, castLike},
      {"Ceil", 6, unary<dlc::CeilOp>},
      {"Clip", 6, clip},
      {"Cos", 7, unary<dlc::CosOp>},
      {"Cosh", 9, composed<hyperbolicCosine>},
      {"Div", 7, binary<dlc::DivOp>},
      {"Equal", 7, compare<Comparison::EQ>},
      {"Erf", 9, unary<dlc::ErfOp>},
      {"Exp", 6, unary<dlc::ExpOp>},
      {"Floor", 6, unary<dlc::FloorOp>},
      {"Greater", 7, compare<Comparison::GT>},
      {"GreaterOrEqual", 12, compare<Comparison::GE>},
      {"Identity", 1, identity},
      {"IsInf", 10, isInfinite},
      {"IsNaN", 9, isNaN},
      {"Less", 7, compare<Comparison::LT>},
      {"LessOrEqual", 12, compare<Comparison::LE>},
      {"Log", 6, unary<dlc::LogOp>},
      {"Max", 6, variadic<dlc::MaxOp>},
      {"Mean", 6, mean},
      {"Min", 6, variadic<dlc::MinOp>},
      {"Mod", 10, modulo},
      {"Mul", 7, binary<dlc::MulOp>},
      {"Neg", 6, unary<dlc::NegOp>},
      {"Not", 1, unary<dlc::NotOp>},
      {"Or", 7, binary<dlc::OrOp>},
      {"Pow", 7, power},
      {"Reciprocal", 6, composed<reciprocal>},
      {"Round", 11, unary<dlc::RoundOp>},
      {"Sign", 9, signs},
      {"Sin", 7, unary<dlc::SinOp>},
      {"Sinh", 9, composed<hyperbolicSine>},
      {"Sqrt", 6, unary<dlc::SqrtOp>},
      {"Sub", 7, binary<dlc::SubOp>},
      {"Sum", 6, variadic<dlc::AddOp>},
      {"Tan", 7, composed<tangent>},
      {"Tanh", 6, unary<dlc::TanhOp>},
      {"Where", 9, where},
      {"Xor", 7, binary<dlc::XorOp>},
  };
  return table;
}
