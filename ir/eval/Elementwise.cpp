//===- Elementwise.cpp - the oracle of elementwise ops --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/eval/Evaluate.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc::eval {
namespace {

/// An op's operands and the type of its result, with the loops over elements.
struct Elements {
  ArrayRef<Tensor> operands;
  RankedTensorType type;

  Type element() const { return operands[0].type.getElementType(); }
  /// u64 is the one type whose elements are not their stored integers.
  bool isWide() const { return element().isUnsignedInteger(64); }

  template <typename Function> Tensor unaryFloat(Function function) const {
    Tensor result(type);
    for (int64_t i = 0; i < result.size(); ++i)
      result.floats[i] = function(operands[0].floats[i]);
    return result;
  }

  template <typename Float, typename Int>
  Tensor unary(Float onFloats, Int onInts) const {
    if (operands[0].isFloat())
      return unaryFloat(onFloats);
    Tensor result(type);
    for (int64_t i = 0; i < result.size(); ++i)
      result.ints[i] = wrap(onInts(operands[0].ints[i]), element());
    return result;
  }

  /// `onInts` gets 64-bit two's complement numbers without their overflows.
  template <typename Float, typename Int>
  Tensor binary(Float onFloats, Int onInts) const {
    Tensor result(type);
    for (size_t i = 0; i < result.floats.size(); ++i)
      result.floats[i] = onFloats(operands[0].floats[i], operands[1].floats[i]);
    for (size_t i = 0; i < result.ints.size(); ++i)
      result.ints[i] =
          wrap(onInts(operands[0].ints[i], operands[1].ints[i]), element());
    return result;
  }

  template <typename Order> Tensor compare(Order order) const {
    const Tensor &lhs = operands[0], &rhs = operands[1];
    Tensor result(type);
    for (int64_t i = 0; i < result.size(); ++i) {
      if (lhs.isFloat())
        result.ints[i] = order(lhs.floats[i], rhs.floats[i]);
      else if (isWide())
        result.ints[i] = order(uint64_t(lhs.ints[i]), uint64_t(rhs.ints[i]));
      else
        result.ints[i] = order(lhs.ints[i], rhs.ints[i]);
    }
    return result;
  }
};

} // namespace

/// Towards zero; by 0 gives 0. -2^63 / -1 wraps around.
static int64_t divide(int64_t a, int64_t b, bool wide) {
  if (b == 0)
    return 0;
  if (wide)
    return int64_t(uint64_t(a) / uint64_t(b));
  return b == -1 ? int64_t(-uint64_t(a)) : a / b;
}

static int64_t multiply(int64_t a, int64_t b) {
  return int64_t(uint64_t(a) * uint64_t(b));
}

static int64_t subtract(int64_t a, int64_t b) {
  return int64_t(uint64_t(a) - uint64_t(b));
}

static Tensor compare(Comparison comparison, const Elements &elements) {
  switch (comparison) {
  case Comparison::EQ:
    return elements.compare([](auto a, auto b) { return a == b; });
  case Comparison::NE:
    return elements.compare([](auto a, auto b) { return a != b; });
  case Comparison::LT:
    return elements.compare([](auto a, auto b) { return a < b; });
  case Comparison::LE:
    return elements.compare([](auto a, auto b) { return a <= b; });
  case Comparison::GT:
    return elements.compare([](auto a, auto b) { return a > b; });
  case Comparison::GE:
    return elements.compare([](auto a, auto b) { return a >= b; });
  }
  llvm_unreachable("no such comparison");
}

static Tensor select(ArrayRef<Tensor> operands, RankedTensorType type) {
  Tensor result(type);
  for (int64_t i = 0; i < result.size(); ++i)
    result.set(i, operands[operands[0].ints[i] ? 1 : 2], i);
  return result;
}

/// Towards zero, saturating; NaN gives 0.
static int64_t toInteger(double value, Type element) {
  unsigned width = element.getIntOrFloatBitWidth();
  bool isUnsigned = element.isUnsignedInteger();
  if (std::isnan(value))
    return 0;
  value = std::trunc(value);
  double low = isUnsigned ? 0.0 : -std::ldexp(1.0, int(width) - 1);
  double beyond = std::ldexp(1.0, int(width) - (isUnsigned ? 0 : 1));
  if (value <= low)
    return int64_t(low);
  if (value >= beyond)
    return wrap(isUnsigned ? -1 : subtract(int64_t(low), 1), element);
  return isUnsigned ? int64_t(uint64_t(value)) : int64_t(value);
}

static Tensor castElements(const Tensor &operand, RankedTensorType type) {
  Type element = type.getElementType();
  Tensor result(type);
  for (int64_t i = 0; i < result.size(); ++i) {
    if (result.isFloat())
      result.floats[i] = operand.asDouble(i, cast<FloatType>(element));
    else if (element.isInteger(1))
      result.ints[i] =
          operand.isFloat() ? operand.floats[i] != 0 : operand.ints[i] != 0;
    else if (operand.isFloat())
      result.ints[i] = toInteger(operand.floats[i], element);
    else
      result.ints[i] = wrap(operand.ints[i], element);
  }
  return result;
}

static std::optional<Tensor> evaluateUnary(Operation *op, const Elements &e) {
  using Result = std::optional<Tensor>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](ExpOp) {
        return e.unaryFloat([](double x) { return std::exp(x); });
      })
      .Case([&](Expm1Op) {
        return e.unaryFloat([](double x) { return std::expm1(x); });
      })
      .Case([&](LogOp) {
        return e.unaryFloat([](double x) { return std::log(x); });
      })
      .Case([&](Log1pOp) {
        return e.unaryFloat([](double x) { return std::log1p(x); });
      })
      .Case([&](SqrtOp) {
        return e.unaryFloat([](double x) { return std::sqrt(x); });
      })
      .Case([&](RsqrtOp) {
        return e.unaryFloat([](double x) { return 1 / std::sqrt(x); });
      })
      .Case([&](SinOp) {
        return e.unaryFloat([](double x) { return std::sin(x); });
      })
      .Case([&](CosOp) {
        return e.unaryFloat([](double x) { return std::cos(x); });
      })
      .Case([&](TanhOp) {
        return e.unaryFloat([](double x) { return std::tanh(x); });
      })
      .Case([&](SigmoidOp) {
        return e.unaryFloat([](double x) { return 1 / (1 + std::exp(-x)); });
      })
      .Case([&](ErfOp) {
        return e.unaryFloat([](double x) { return std::erf(x); });
      })
      .Case([&](FloorOp) {
        return e.unaryFloat([](double x) { return std::floor(x); });
      })
      .Case([&](CeilOp) {
        return e.unaryFloat([](double x) { return std::ceil(x); });
      })
      .Case([&](RoundOp) {
        return e.unaryFloat([](double x) { return std::nearbyint(x); });
      })
      .Case([&](NegOp) {
        return e.unary([](double x) { return -x; },
                       [](int64_t x) { return subtract(0, x); });
      })
      .Case([&](AbsOp) {
        bool isUnsigned = e.element().isUnsignedInteger();
        return e.unary([](double x) { return std::fabs(x); },
                       [&](int64_t x) {
                         return x < 0 && !isUnsigned ? subtract(0, x) : x;
                       });
      })
      .Case([&](SignOp) {
        bool isUnsigned = e.element().isUnsignedInteger();
        return e.unary(
            [](double x) {
              return std::isnan(x) ? x : double((x > 0) - (x < 0));
            },
            [&](int64_t x) -> int64_t {
              return isUnsigned ? x != 0 : (x > 0) - (x < 0);
            });
      })
      .Case([&](NotOp) {
        return e.unary([](double x) { return x; },
                       [](int64_t x) { return ~x; });
      })
      .Case([&](StopGradientOp) {
        return e.unary([](double x) { return x; }, [](int64_t x) { return x; });
      })
      .Default([](Operation *) { return std::nullopt; });
}

static std::optional<Tensor> evaluateBinary(Operation *op, const Elements &e) {
  using Result = std::optional<Tensor>;
  bool wide = e.isWide();
  auto less = [wide](int64_t a, int64_t b) {
    return wide ? uint64_t(a) < uint64_t(b) : a < b;
  };
  auto unused = [](double a, double) { return a; };
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](AddOp) {
        return e.binary(
            [](double a, double b) { return a + b; },
            [](int64_t a, int64_t b) { return int64_t(uint64_t(a) + b); });
      })
      .Case([&](SubOp) {
        return e.binary([](double a, double b) { return a - b; }, subtract);
      })
      .Case([&](MulOp) {
        return e.binary([](double a, double b) { return a * b; }, multiply);
      })
      .Case([&](DivOp) {
        return e.binary(
            [](double a, double b) { return a / b; },
            [&](int64_t a, int64_t b) { return divide(a, b, wide); });
      })
      .Case([&](RemOp) {
        return e.binary([](double a, double b) { return std::fmod(a, b); },
                        [&](int64_t a, int64_t b) {
                          return subtract(a, multiply(b, divide(a, b, wide)));
                        });
      })
      .Case([&](PowOp) {
        return e.binary([](double a, double b) { return std::pow(a, b); },
                        [](int64_t a, int64_t) { return a; });
      })
      .Case([&](MaxOp) {
        return e.binary(
            [](double a, double b) {
              return std::isnan(a) || std::isnan(b) ? a + b : std::fmax(a, b);
            },
            [&](int64_t a, int64_t b) { return less(a, b) ? b : a; });
      })
      .Case([&](MinOp) {
        return e.binary(
            [](double a, double b) {
              return std::isnan(a) || std::isnan(b) ? a + b : std::fmin(a, b);
            },
            [&](int64_t a, int64_t b) { return less(b, a) ? b : a; });
      })
      .Case([&](AndOp) {
        return e.binary(unused, [](int64_t a, int64_t b) { return a & b; });
      })
      .Case([&](OrOp) {
        return e.binary(unused, [](int64_t a, int64_t b) { return a | b; });
      })
      .Case([&](XorOp) {
        return e.binary(unused, [](int64_t a, int64_t b) { return a ^ b; });
      })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<Tensor> evaluateElementwise(Operation *op,
                                          ArrayRef<Tensor> operands) {
  if (operands.empty() || op->getNumResults() != 1)
    return std::nullopt;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  Elements elements{operands, type};
  if (auto result = evaluateUnary(op, elements))
    return result;
  if (auto result = evaluateBinary(op, elements))
    return result;
  if (auto comparison = dyn_cast<CompareOp>(op))
    return compare(comparison.getComparison(), elements);
  if (isa<SelectOp>(op))
    return select(operands, type);
  if (isa<CastOp>(op))
    return castElements(operands[0], type);
  return std::nullopt;
}

} // namespace dlcc::eval
