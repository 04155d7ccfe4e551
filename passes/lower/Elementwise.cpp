//===- Elementwise.cpp - elementwise ops to scalar code in linalg ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/lower/Patterns.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::lower;

namespace {

/// Emits the scalar code of one op. `element` is the operands' type with its
/// sign; values are signless.
class ScalarEmitter {
public:
  ScalarEmitter(OpBuilder &builder, Location loc, Type element)
      : builder(builder), loc(loc), element(element) {}

  Value emit(Operation *op, ValueRange in);

private:
  bool isFloat() const { return isa<FloatType>(element); }
  bool isUnsigned() const {
    return element.isUnsignedInteger() || element.isInteger(1);
  }
  template <typename OpTy, typename... Args> Value create(Args &&...args) {
    return OpTy::create(builder, loc, std::forward<Args>(args)...);
  }
  Value constant(Value like, double value) {
    Type type = like.getType();
    if (isa<FloatType>(type))
      return create<arith::ConstantOp>(builder.getFloatAttr(type, value));
    return create<arith::ConstantOp>(
        builder.getIntegerAttr(type, int64_t(value)));
  }
  template <typename FloatOp, typename IntOp> Value either(ValueRange in) {
    return isFloat() ? create<FloatOp>(in[0], in[1])
                     : create<IntOp>(in[0], in[1]);
  }

  Value emitSigmoid(Value x);
  Value emitSign(Value x);
  Value emitIntegerDivision(Value lhs, Value rhs, bool remainder);
  Value emitComparison(dlc::Comparison comparison, Value lhs, Value rhs);

  OpBuilder &builder;
  Location loc;
  Type element;
};

} // namespace

/// 1 / (1 + e^-x) with e^-|x|, which never overflows.
Value ScalarEmitter::emitSigmoid(Value x) {
  Value one = constant(x, 1.0);
  Value size = create<math::AbsFOp>(x);
  Value e = create<math::ExpOp>(create<arith::NegFOp>(size));
  Value denominator = create<arith::AddFOp>(one, e);
  Value isNegative =
      create<arith::CmpFOp>(arith::CmpFPredicate::OLT, x, constant(x, 0.0));
  Value numerator = create<arith::SelectOp>(isNegative, e, one);
  return create<arith::DivFOp>(numerator, denominator);
}

Value ScalarEmitter::emitSign(Value x) {
  Value zero = constant(x, 0.0);
  if (isFloat()) {
    // Zero and NaN stay what they are.
    Value isPositive =
        create<arith::CmpFOp>(arith::CmpFPredicate::OGT, x, zero);
    Value isNegative =
        create<arith::CmpFOp>(arith::CmpFPredicate::OLT, x, zero);
    Value rest = create<arith::SelectOp>(isNegative, constant(x, -1.0), x);
    return create<arith::SelectOp>(isPositive, constant(x, 1.0), rest);
  }
  Value isZero = create<arith::CmpIOp>(arith::CmpIPredicate::eq, x, zero);
  Value sign = constant(x, 1);
  if (!isUnsigned()) {
    Value isNegative =
        create<arith::CmpIOp>(arith::CmpIPredicate::slt, x, zero);
    sign = create<arith::SelectOp>(isNegative, constant(x, -1), sign);
  }
  return create<arith::SelectOp>(isZero, zero, sign);
}

/// Towards zero; a division by zero gives 0, its remainder the dividend, and
/// the lowest value by -1 wraps around, so that no input traps.
Value ScalarEmitter::emitIntegerDivision(Value lhs, Value rhs, bool remainder) {
  Value zero = constant(rhs, 0), one = constant(rhs, 1);
  Value isZero = create<arith::CmpIOp>(arith::CmpIPredicate::eq, rhs, zero);
  Value divisor = create<arith::SelectOp>(isZero, one, rhs);
  if (isUnsigned()) {
    Value quotient = create<arith::DivUIOp>(lhs, divisor);
    if (remainder)
      return create<arith::SelectOp>(isZero, lhs,
                                     create<arith::RemUIOp>(lhs, divisor));
    return create<arith::SelectOp>(isZero, zero, quotient);
  }
  Value isMinusOne =
      create<arith::CmpIOp>(arith::CmpIPredicate::eq, rhs, constant(rhs, -1));
  divisor = create<arith::SelectOp>(isMinusOne, one, divisor);
  if (remainder) {
    // By 1 and -1 it is 0, as the remainder by the safe divisor says.
    return create<arith::SelectOp>(isZero, lhs,
                                   create<arith::RemSIOp>(lhs, divisor));
  }
  Value quotient = create<arith::DivSIOp>(lhs, divisor);
  quotient = create<arith::SelectOp>(
      isMinusOne, create<arith::SubIOp>(zero, lhs), quotient);
  return create<arith::SelectOp>(isZero, zero, quotient);
}

Value ScalarEmitter::emitComparison(dlc::Comparison comparison, Value lhs,
                                    Value rhs) {
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  struct Row {
    F ofFloats;
    I ofSigned, ofUnsigned;
  };
  static constexpr Row rows[] = {
      {F::OEQ, I::eq, I::eq},   {F::UNE, I::ne, I::ne},
      {F::OLT, I::slt, I::ult}, {F::OLE, I::sle, I::ule},
      {F::OGT, I::sgt, I::ugt}, {F::OGE, I::sge, I::uge}};
  const Row &row = rows[static_cast<int>(comparison)];
  if (isFloat())
    return create<arith::CmpFOp>(row.ofFloats, lhs, rhs);
  return create<arith::CmpIOp>(isUnsigned() ? row.ofUnsigned : row.ofSigned,
                               lhs, rhs);
}

Value ScalarEmitter::emit(Operation *op, ValueRange in) {
  using namespace dlc;
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](ExpOp) { return create<math::ExpOp>(in[0]); })
      .Case([&](Expm1Op) { return create<math::ExpM1Op>(in[0]); })
      .Case([&](LogOp) { return create<math::LogOp>(in[0]); })
      .Case([&](Log1pOp) { return create<math::Log1pOp>(in[0]); })
      .Case([&](SqrtOp) { return create<math::SqrtOp>(in[0]); })
      .Case([&](RsqrtOp) {
        return create<arith::DivFOp>(constant(in[0], 1.0),
                                     create<math::SqrtOp>(in[0]));
      })
      .Case([&](SinOp) { return create<math::SinOp>(in[0]); })
      .Case([&](CosOp) { return create<math::CosOp>(in[0]); })
      .Case([&](TanhOp) { return create<math::TanhOp>(in[0]); })
      .Case([&](SigmoidOp) { return emitSigmoid(in[0]); })
      .Case([&](ErfOp) { return create<math::ErfOp>(in[0]); })
      .Case([&](FloorOp) { return create<math::FloorOp>(in[0]); })
      .Case([&](CeilOp) { return create<math::CeilOp>(in[0]); })
      .Case([&](RoundOp) { return create<math::RoundEvenOp>(in[0]); })
      .Case([&](NegOp) {
        return isFloat() ? create<arith::NegFOp>(in[0])
                         : create<arith::SubIOp>(constant(in[0], 0), in[0]);
      })
      .Case([&](AbsOp) -> Value {
        if (isFloat())
          return create<math::AbsFOp>(in[0]);
        return isUnsigned() ? in[0] : create<math::AbsIOp>(in[0]);
      })
      .Case([&](SignOp) { return emitSign(in[0]); })
      .Case([&](NotOp) {
        return create<arith::XOrIOp>(in[0], constant(in[0], -1));
      })
      .Case([&](StopGradientOp) { return in[0]; })
      .Case([&](AddOp) { return either<arith::AddFOp, arith::AddIOp>(in); })
      .Case([&](SubOp) { return either<arith::SubFOp, arith::SubIOp>(in); })
      .Case([&](MulOp) { return either<arith::MulFOp, arith::MulIOp>(in); })
      .Case([&](DivOp) {
        return isFloat() ? create<arith::DivFOp>(in[0], in[1])
                         : emitIntegerDivision(in[0], in[1], false);
      })
      .Case([&](RemOp) {
        return isFloat() ? create<arith::RemFOp>(in[0], in[1])
                         : emitIntegerDivision(in[0], in[1], true);
      })
      .Case([&](PowOp) { return create<math::PowFOp>(in[0], in[1]); })
      .Case([&](MaxOp) {
        return isUnsigned() ? create<arith::MaxUIOp>(in[0], in[1])
                            : either<arith::MaximumFOp, arith::MaxSIOp>(in);
      })
      .Case([&](MinOp) {
        return isUnsigned() ? create<arith::MinUIOp>(in[0], in[1])
                            : either<arith::MinimumFOp, arith::MinSIOp>(in);
      })
      .Case([&](AndOp) { return create<arith::AndIOp>(in[0], in[1]); })
      .Case([&](OrOp) { return create<arith::OrIOp>(in[0], in[1]); })
      .Case([&](XorOp) { return create<arith::XOrIOp>(in[0], in[1]); })
      .Case([&](CompareOp compare) {
        return emitComparison(compare.getComparison(), in[0], in[1]);
      })
      .Case([&](SelectOp) {
        return create<arith::SelectOp>(in[0], in[1], in[2]);
      })
      .Case([&](CastOp cast) {
        return emitCast(builder, loc, in[0], element,
                        getElementTypeOrSelf(cast.getResult().getType()));
      })
      .Default([](Operation *) { return Value(); });
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

/// Towards zero, saturating, NaN to 0. Values are clamped as floats first, so
/// that the conversion itself is always defined.
static Value emitFloatToInteger(OpBuilder &builder, Location loc, Value value,
                                Type to) {
  auto create = [&](double number) {
    return arith::ConstantOp::create(
        builder, loc, builder.getFloatAttr(value.getType(), number));
  };
  Type narrow = value.getType();
  if (narrow.getIntOrFloatBitWidth() < 32) {
    value = arith::ExtFOp::create(builder, loc, builder.getF32Type(), value);
    return emitFloatToInteger(builder, loc, value, to);
  }
  unsigned width = to.getIntOrFloatBitWidth();
  bool isUnsigned = to.isUnsignedInteger();
  Type result = getScalarType(to);
  APInt highest =
      isUnsigned ? APInt::getMaxValue(width) : APInt::getSignedMaxValue(width);
  APInt lowest =
      isUnsigned ? APInt::getMinValue(width) : APInt::getSignedMinValue(width);
  // 2^width or 2^(width - 1): the first value that is too large, exact.
  double limit = std::ldexp(1.0, isUnsigned ? width : width - 1);
  double floor = isUnsigned ? 0.0 : -limit;
  Value tooLarge = arith::CmpFOp::create(
      builder, loc, arith::CmpFPredicate::OGE, value, create(limit));
  Value tooSmall = arith::CmpFOp::create(
      builder, loc, arith::CmpFPredicate::OLT, value, create(floor));
  Value isNumber = arith::CmpFOp::create(
      builder, loc, arith::CmpFPredicate::ORD, value, value);
  Value isOutside = arith::OrIOp::create(builder, loc, tooLarge, tooSmall);
  Value safe =
      arith::SelectOp::create(builder, loc, isOutside, create(0.0), value);
  safe = arith::SelectOp::create(builder, loc, isNumber, safe, create(0.0));
  Value inside =
      isUnsigned ? Value(arith::FPToUIOp::create(builder, loc, result, safe))
                 : Value(arith::FPToSIOp::create(builder, loc, result, safe));
  Value high = arith::ConstantOp::create(
      builder, loc, builder.getIntegerAttr(result, highest));
  Value low = arith::ConstantOp::create(builder, loc,
                                        builder.getIntegerAttr(result, lowest));
  inside = arith::SelectOp::create(builder, loc, tooLarge, high, inside);
  return arith::SelectOp::create(builder, loc, tooSmall, low, inside);
}

static Value emitFloatToFloat(OpBuilder &builder, Location loc, Value value,
                              Type to) {
  Type from = value.getType();
  if (from == to)
    return value;
  unsigned fromWidth = from.getIntOrFloatBitWidth();
  unsigned toWidth = to.getIntOrFloatBitWidth();
  if (fromWidth < toWidth)
    return arith::ExtFOp::create(builder, loc, to, value);
  if (fromWidth > toWidth)
    return arith::TruncFOp::create(builder, loc, to, value);
  // Between f16 and bf16 by way of f32.
  value = arith::ExtFOp::create(builder, loc, builder.getF32Type(), value);
  return arith::TruncFOp::create(builder, loc, to, value);
}

Value lower::emitCast(OpBuilder &builder, Location loc, Value value, Type from,
                      Type to) {
  bool fromFloat = isa<FloatType>(from), toFloat = isa<FloatType>(to);
  Type result = getScalarType(to);
  if (to.isInteger(1)) {
    if (from.isInteger(1))
      return value;
    Value zero = arith::ConstantOp::create(
        builder, loc, cast<TypedAttr>(builder.getZeroAttr(value.getType())));
    if (fromFloat)
      return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNE,
                                   value, zero);
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, value,
                                 zero);
  }
  if (fromFloat && toFloat)
    return emitFloatToFloat(builder, loc, value, result);
  if (fromFloat)
    return emitFloatToInteger(builder, loc, value, to);
  bool isUnsigned = from.isUnsignedInteger() || from.isInteger(1);
  if (toFloat && isUnsigned)
    return arith::UIToFPOp::create(builder, loc, result, value);
  if (toFloat)
    return arith::SIToFPOp::create(builder, loc, result, value);
  unsigned fromWidth = from.getIntOrFloatBitWidth();
  unsigned toWidth = to.getIntOrFloatBitWidth();
  if (fromWidth > toWidth)
    return arith::TruncIOp::create(builder, loc, result, value);
  if (fromWidth == toWidth)
    return value;
  if (isUnsigned)
    return arith::ExtUIOp::create(builder, loc, result, value);
  return arith::ExtSIOp::create(builder, loc, result, value);
}

Value lower::emitElementwise(Operation *op, OpBuilder &builder, Location loc,
                             ValueRange operands) {
  Type element = getElementTypeOrSelf(op->getOperand(0).getType());
  return ScalarEmitter(builder, loc, element).emit(op, operands);
}

bool lower::lowerElementwise(Operation *op, KernelLowering &kernel) {
  if (!op->hasTrait<OpTrait::Elementwise>())
    return false;
  Value result = op->getResult(0);
  Dims dims = getDims(cast<RankedTensorType>(result.getType()));
  LoopNest loops = kernel.getLoops(op, dims);
  SmallVector<Source> sources;
  for (Value operand : op->getOperands())
    sources.push_back(kernel.getSource(operand, loops, identity(dims.size())));
  kernel.setTensor(
      result,
      kernel.emitPointwise(op->getLoc(), result.getType(), loops, sources,
                           [&](OpBuilder &body, Location loc, ValueRange in) {
                             return emitElementwise(op, body, loc, in);
                           }));
  return true;
}
