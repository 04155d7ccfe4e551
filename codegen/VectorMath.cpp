//===- VectorMath.cpp - elementary functions as arithmetic ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Coefficients: exp, log, sin and cos of f32 from Cephes (S. Moshier), exp and
// log of f64 from fdlibm (Sun), erf after N. Juffa's two-piece fit.
//
//===----------------------------------------------------------------------===//

#include "codegen/VectorMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using dlcc::VectorMath;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

bool VectorMath::isDouble() const { return getElementTypeOrSelf(type).isF64(); }

static Type withElement(Type type, Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? Type(vector.clone(element)) : element;
}

Type VectorMath::ints() const {
  return withElement(type, b.getIntegerType(isDouble() ? 64 : 32));
}

VectorMath VectorMath::withType(Type element) const {
  return VectorMath(b, loc, withElement(type, element), fused);
}

Value VectorMath::num(double value) {
  TypedAttr scalar = b.getFloatAttr(getElementTypeOrSelf(type), value);
  if (auto vector = dyn_cast<VectorType>(type))
    scalar = DenseElementsAttr::get(vector, Attribute(scalar));
  return arith::ConstantOp::create(b, loc, scalar);
}

Value VectorMath::integer(int64_t value) {
  TypedAttr scalar = b.getIntegerAttr(getElementTypeOrSelf(ints()), value);
  if (auto vector = dyn_cast<VectorType>(ints()))
    scalar = DenseElementsAttr::get(vector, Attribute(scalar));
  return arith::ConstantOp::create(b, loc, scalar);
}

Value VectorMath::add(Value x, Value y) {
  return arith::AddFOp::create(b, loc, x, y);
}
Value VectorMath::sub(Value x, Value y) {
  return arith::SubFOp::create(b, loc, x, y);
}
Value VectorMath::mul(Value x, Value y) {
  return arith::MulFOp::create(b, loc, x, y);
}
Value VectorMath::div(Value x, Value y) {
  return arith::DivFOp::create(b, loc, x, y);
}
Value VectorMath::neg(Value x) { return arith::NegFOp::create(b, loc, x); }
Value VectorMath::abs(Value x) { return math::AbsFOp::create(b, loc, x); }
Value VectorMath::fma(Value x, Value y, Value z) {
  if (!fused)
    return add(mul(x, y), z);
  return math::FmaOp::create(b, loc, x, y, z);
}
Value VectorMath::horner(Value x, ArrayRef<double> coefficients) {
  Value result = num(coefficients.front());
  for (double coefficient : coefficients.drop_front())
    result = fma(result, x, num(coefficient));
  return result;
}
Value VectorMath::round(Value x) {
  return math::RoundEvenOp::create(b, loc, x);
}
Value VectorMath::less(Value x, Value y) {
  return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLT, x, y);
}
Value VectorMath::notAtMost(Value x, Value y) {
  return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UGT, x, y);
}
Value VectorMath::equal(Value x, Value y) {
  return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, x, y);
}
Value VectorMath::unordered(Value x) {
  return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, x, x);
}
Value VectorMath::select(Value condition, Value x, Value y) {
  return arith::SelectOp::create(b, loc, condition, x, y);
}
// One instruction each: the second operand for a NaN.
Value VectorMath::min(Value x, Value y) { return select(less(x, y), x, y); }
Value VectorMath::max(Value x, Value y) { return select(less(y, x), x, y); }
Value VectorMath::copySign(Value magnitude, Value sign) {
  return math::CopySignOp::create(b, loc, magnitude, sign);
}
Value VectorMath::toFloat(Value x) {
  return arith::SIToFPOp::create(b, loc, floats(), x);
}
Value VectorMath::bitsOf(Value x) {
  return arith::BitcastOp::create(b, loc, ints(), x);
}
Value VectorMath::fromBits(Value x) {
  return arith::BitcastOp::create(b, loc, floats(), x);
}
Value VectorMath::addInt(Value x, Value y) {
  return arith::AddIOp::create(b, loc, x, y);
}
Value VectorMath::subInt(Value x, Value y) {
  return arith::SubIOp::create(b, loc, x, y);
}
Value VectorMath::andInt(Value x, Value y) {
  return arith::AndIOp::create(b, loc, x, y);
}
Value VectorMath::shiftLeft(Value x, int64_t bits) {
  return arith::ShLIOp::create(b, loc, x, integer(bits));
}
Value VectorMath::shiftRight(Value x, int64_t bits) {
  return arith::ShRSIOp::create(b, loc, x, integer(bits));
}
Value VectorMath::convert(Value x, Type to) {
  Type wanted = withElement(type, to);
  if (x.getType() == wanted)
    return x;
  unsigned from = getElementTypeOrSelf(x.getType()).getIntOrFloatBitWidth();
  if (from < to.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(b, loc, wanted, x);
  return arith::TruncFOp::create(b, loc, wanted, x);
}

//===----------------------------------------------------------------------===//
// Exponentials
//===----------------------------------------------------------------------===//

VectorMath::Reduced VectorMath::reduceByLn2(Value x) {
  bool wide = isDouble();
  // Added to this, a number below 2^22 (2^51) is rounded to an integer, which
  // the lowest bits of the sum are.
  Value shifter = num(wide ? 0x1.8p52 : 0x1.8p23);
  Value shifted = fma(x, num(1.44269504088896341), shifter);
  Value n = sub(shifted, shifter);
  // ln 2 in two parts of which the first has few bits: n times it is exact.
  Value r = fma(n, num(wide ? -6.93147180369123816490e-01 : -0.693359375), x);
  r = fma(n, num(wide ? -1.90821492927058770002e-10 : 2.12194440e-4), r);
  return {shiftLeft(bitsOf(shifted), wide ? 52 : 23), r};
}

Value VectorMath::expm1Reduced(Value r) {
  Value p = horner(r, {1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3,
                       4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1});
  return fma(mul(p, r), r, r);
}

Value VectorMath::exp(Value x) { return isDouble() ? exp64(x) : exp32(x); }

Value VectorMath::exp32(Value x) {
  const double smallest = -87.33654; // ln of the smallest normal number
  const double largest = 88.72283;
  // Outside, what comes of this is replaced.
  auto [n, r] = reduceByLn2(x);
  Value y = add(expm1Reduced(r), num(1));
  // Not a factor of 2^n, which does not exist where n is 128 and y below 1.
  y = fromBits(addInt(bitsOf(y), n));
  y = select(less(x, num(smallest)), num(0), y);
  return select(notAtMost(x, num(largest)), add(x, num(kInfinity)), y);
}

Value VectorMath::exp64(Value x) {
  const double smallest = -708.396418532264106;
  const double largest = 709.782712893383996;
  auto [n, r] = reduceByLn2(x);
  Value square = mul(r, r);
  Value p =
      horner(square, {4.13813679705723846039e-08, -1.65339022054652515390e-06,
                      6.61375632143793436117e-05, -2.77777777770155933842e-03,
                      1.66666666666666019037e-01});
  Value c = sub(r, mul(square, p));
  Value y = add(add(div(mul(r, c), sub(num(2), c)), r), num(1));
  y = fromBits(addInt(bitsOf(y), n));
  y = select(less(x, num(smallest)), num(0), y);
  return select(notAtMost(x, num(largest)), add(x, num(kInfinity)), y);
}

/// For f64, after W. Kahan: u = e^x is off by a rounding, and so is its log;
/// their quotient says what x would have given.
Value VectorMath::expm1Wide(Value x) {
  Value u = exp64(x), less1 = sub(u, num(1));
  Value y = mul(less1, div(x, log64(u)));
  y = select(equal(u, num(1)), x, y);
  // Far out nothing is lost, and the quotient may not exist.
  y = select(less(num(1), abs(x)), less1, y);
  return select(unordered(x), x, y);
}

Value VectorMath::expm1(Value x) {
  if (isDouble())
    return expm1Wide(x);
  const double largest = 88.72283;
  // Below -20 the result is -1, and n stays small.
  Value inside = max(x, num(-20));
  auto [n, r] = reduceByLn2(inside);
  // Computed for n - 1 and doubled: 2^n itself may not exist.
  Value scale = fromBits(addInt(n, bitsOf(num(0.5))));
  Value y = fma(expm1Reduced(r), scale, sub(scale, num(0.5)));
  y = add(y, y);
  y = select(equal(x, num(0)), x, y); // keeps -0
  return select(notAtMost(x, num(largest)), add(x, num(kInfinity)), y);
}

Value VectorMath::tanh(Value x) {
  // tanh a = -t / (2 + t) with t = e^(-2a) - 1; beyond 9.02 it rounds to 1.
  Value a = min(num(9.02), abs(x));
  auto [n, r] = reduceByLn2(mul(num(-2), a));
  Value scale = fromBits(addInt(n, bitsOf(num(1))));
  Value t = fma(expm1Reduced(r), scale, sub(scale, num(1)));
  Value y = copySign(div(t, add(t, num(2))), x);
  return select(unordered(x), x, y);
}

Value VectorMath::erf(Value x) {
  Value a = min(num(4), abs(x)), square = mul(a, a);
  Value near = horner(square, {-5.96761703e-4, 4.99119423e-3, -2.67681349e-2,
                               1.12819925e-1, -3.76125336e-1, 1.28379166e-1});
  near = fma(near, x, x);
  Value far =
      horner(a, {-1.72853470e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2,
                 -1.06777877e-1, -6.34846687e-1, -1.28717512e-1});
  far = sub(num(1), exp32(fma(far, a, neg(a))));
  Value y = select(less(num(0.927734375), a), copySign(far, x), near);
  return select(unordered(x), x, y);
}

//===----------------------------------------------------------------------===//
// Logarithms
//===----------------------------------------------------------------------===//

Value VectorMath::logReduced(Value f, Value exponent, Value tail) {
  Value p = horner(f, {7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1,
                       -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
                       2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1});
  Value square = mul(f, f);
  Value y = mul(mul(p, f), square);
  y = fma(exponent, num(-2.12194440e-4), add(y, tail));
  y = fma(num(-0.5), square, y);
  return fma(exponent, num(0.693359375), add(f, y));
}

/// The bits of the float sqrt(1/2): mantissas are taken from [0.707, 1.414).
static constexpr int64_t kSqrtHalf = 0x3f3504f3;

Value VectorMath::log(Value x) {
  if (isDouble())
    return log64(x);
  Value small = less(x, num(1.17549435e-38));
  Value normal = select(small, mul(x, num(8388608.0)), x);
  Value shifted = subInt(bitsOf(normal), integer(kSqrtHalf));
  Value exponent = toFloat(shiftRight(shifted, 23));
  exponent = select(small, sub(exponent, num(23)), exponent);
  Value mantissa =
      fromBits(addInt(andInt(shifted, integer(0x7fffff)), integer(kSqrtHalf)));
  Value y = logReduced(sub(mantissa, num(1)), exponent, num(0));
  y = select(less(x, num(0)), num(std::nan("")), y);
  y = select(equal(x, num(0)), num(-kInfinity), y);
  y = select(equal(x, num(kInfinity)), x, y);
  return select(unordered(x), x, y);
}

/// For f64, by the same thought as expm1Wide.
Value VectorMath::log1pWide(Value x) {
  Value u = add(x, num(1));
  Value y = mul(log64(u), div(x, sub(u, num(1))));
  y = select(equal(u, num(1)), x, y);
  y = select(less(num(1), abs(x)), log64(u), y);
  return select(equal(x, num(-1)), num(-kInfinity), y);
}

Value VectorMath::log1p(Value x) {
  if (isDouble())
    return log1pWide(x);
  Value u = add(x, num(1));
  Value shifted = subInt(bitsOf(u), integer(kSqrtHalf));
  Value n = shiftRight(shifted, 23);
  Value mantissa =
      fromBits(addInt(andInt(shifted, integer(0x7fffff)), integer(kSqrtHalf)));
  // What the addition lost, relative to u: the larger operand comes first.
  Value swap = less(num(1), x);
  Value large = select(swap, x, num(1)), little = select(swap, num(1), x);
  Value lost = div(sub(little, sub(u, large)), u);
  Value y = logReduced(sub(mantissa, num(1)), toFloat(n), lost);
  y = select(equal(x, num(0)), x, y);
  y = select(less(x, num(-1)), num(std::nan("")), y);
  y = select(equal(x, num(-1)), num(-kInfinity), y);
  y = select(equal(x, num(kInfinity)), x, y);
  return select(unordered(x), x, y);
}

Value VectorMath::log64(Value x) {
  constexpr int64_t sqrtHalf = 0x3fe6a09e667f3bcd;
  Value small = less(x, num(2.2250738585072014e-308));
  Value normal = select(small, mul(x, num(0x1p54)), x);
  Value shifted = subInt(bitsOf(normal), integer(sqrtHalf));
  Value k = toFloat(shiftRight(shifted, 52));
  k = select(small, sub(k, num(54)), k);
  Value f = sub(fromBits(addInt(andInt(shifted, integer((1LL << 52) - 1)),
                                integer(sqrtHalf))),
                num(1));
  Value s = div(f, add(num(2), f)), z = mul(s, s), w = mul(z, z);
  Value even =
      mul(w, horner(w, {1.531383769920937332e-01, 2.222219843214978396e-01,
                        3.999999999940941908e-01}));
  Value odd =
      mul(z, horner(w, {1.479819860511658591e-01, 1.818357216161805012e-01,
                        2.857142874366239149e-01, 6.666666666666735130e-01}));
  Value half = mul(num(0.5), mul(f, f));
  Value low = fma(k, num(1.90821492927058770002e-10),
                  mul(s, add(half, add(even, odd))));
  Value y = fma(k, num(6.93147180369123816490e-01), sub(f, sub(half, low)));
  y = select(less(x, num(0)), num(std::nan("")), y);
  y = select(equal(x, num(0)), num(-kInfinity), y);
  y = select(equal(x, num(kInfinity)), x, y);
  return select(unordered(x), x, y);
}

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

Value VectorMath::rsqrt(Value x) {
  return div(num(1), math::SqrtOp::create(b, loc, x));
}

/// sin(x + quarter * pi/2). The reduction is done in f64, exact enough up to
/// 2^50; beyond, where neighbouring floats are many periods apart, the
/// argument counts as 0.
Value VectorMath::sinCos(Value x, int64_t quarter) {
  VectorMath wide = withType(b.getF64Type());
  Value big = wide.convert(x, b.getF64Type());
  Value inside =
      wide.select(wide.less(wide.abs(big), wide.num(0x1p50)), big, wide.num(0));
  Value n = wide.round(wide.mul(inside, wide.num(0.63661977236758134308)));
  Value r64 = wide.fma(n, wide.num(-1.57079632679489655800), inside);
  r64 = wide.fma(n, wide.num(-6.12323399573676603587e-17), r64);
  Value turns = math::FloorOp::create(b, loc, wide.mul(n, wide.num(0.25)));
  Value rest = wide.sub(n, wide.mul(turns, wide.num(4)));
  Value quadrant =
      addInt(arith::FPToSIOp::create(b, loc, ints(), rest), integer(quarter));

  Value r = convert(r64, b.getF32Type()), z = mul(r, r);
  Value sine = horner(z, {-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1});
  sine = fma(mul(sine, z), r, r);
  Value cosine = horner(
      z, {2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2});
  cosine = fma(mul(cosine, z), z, fma(num(-0.5), z, num(1)));
  Value odd = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne,
                                    andInt(quadrant, integer(1)), integer(0));
  Value negative =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne,
                            andInt(quadrant, integer(2)), integer(0));
  Value y = select(odd, cosine, sine);
  y = select(negative, neg(y), y);
  if (quarter == 0)
    y = select(equal(x, num(0)), x, y); // keeps -0
  // Infinities and NaN.
  return select(less(abs(x), num(kInfinity)), y, num(std::nan("")));
}

/// In f64, whose exp and log are good to the last bit of an f32 result.
Value VectorMath::pow(Value x, Value y) {
  VectorMath wide = withType(b.getF64Type());
  Value magnitude = wide.convert(abs(x), b.getF64Type());
  Value power = wide.convert(y, b.getF64Type());
  Value product = wide.mul(power, wide.log(magnitude));
  Value result = convert(wide.exp(product), b.getF32Type());

  // A negative base: NaN without an integral exponent, negative for odd ones.
  auto differs = [&](Value value) -> Value { // from its own floor
    return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNE,
                                 math::FloorOp::create(b, loc, value), value);
  };
  auto both = [&](Value l, Value r) -> Value {
    return arith::AndIOp::create(b, loc, l, r);
  };
  Value fraction = differs(y), halfFraction = differs(mul(y, num(0.5)));
  Value sign = select(halfFraction,
                      select(fraction, num(1), copySign(num(1), x)), num(1));
  result = mul(result, sign);
  Value negative = both(less(x, num(0)), less(num(-kInfinity), x));
  result = select(both(negative, fraction), num(std::nan("")), result);
  // |x| == 1 with an infinite exponent, and NaN with 1 or 0.
  Value one = arith::OrIOp::create(b, loc, equal(y, num(0)), equal(x, num(1)));
  Value minusOne = arith::AndIOp::create(b, loc, equal(x, num(-1)),
                                         equal(abs(y), num(kInfinity)));
  return select(arith::OrIOp::create(b, loc, one, minusOne), num(1), result);
}

//===----------------------------------------------------------------------===//
// In place of instructions
//===----------------------------------------------------------------------===//

/// Next to 2^23 (f64: 2^52) there are no fractions: a sum with it is rounded.
Value VectorMath::exactRound(Value x) {
  Value large = num(isDouble() ? 0x1p52 : 0x1p23), size = abs(x);
  Value rounded = copySign(sub(add(size, large), large), x);
  return select(less(size, large), rounded, x);
}

Value VectorMath::exactFloor(Value x) {
  Value nearest = exactRound(x);
  Value lower = select(less(x, nearest), sub(nearest, num(1)), nearest);
  return select(equal(lower, x), x, lower); // keeps -0
}

Value VectorMath::exactCeil(Value x) {
  Value nearest = exactRound(x);
  Value upper = select(less(nearest, x), add(nearest, num(1)), nearest);
  return copySign(upper, x); // -0.5 to -0
}

/// The product is exact in f64. The sum is rounded to odd there, so that
/// rounding it to f32 is the only rounding (Boldo and Melquiond).
Value VectorMath::exactFma(Value x, Value y, Value z) {
  VectorMath wide = withType(b.getF64Type());
  Type f64 = b.getF64Type();
  Value product = wide.mul(wide.convert(x, f64), wide.convert(y, f64));
  Value addend = wide.convert(z, f64);
  Value sum = wide.add(product, addend);
  // What the sum lost, exactly (Knuth).
  Value part = wide.sub(sum, product);
  Value lost =
      wide.add(wide.sub(product, wide.sub(sum, part)), wide.sub(addend, part));
  Value bits = wide.bitsOf(sum);
  Value odd = wide.andInt(bits, wide.integer(1));
  auto is = [&](arith::CmpIPredicate predicate, Value value) -> Value {
    return arith::CmpIOp::create(b, loc, predicate, value, wide.integer(0));
  };
  // Away from zero where sum and loss have the same sign.
  Value signs =
      arith::XOrIOp::create(b, loc, bits, wide.bitsOf(lost)).getResult();
  Value step = wide.select(is(arith::CmpIPredicate::slt, signs),
                           wide.integer(-1), wide.integer(1));
  Value inexact = wide.less(wide.num(0), wide.abs(lost));
  Value even = is(arith::CmpIPredicate::eq, odd);
  Value moves = arith::AndIOp::create(b, loc, inexact, even);
  bits = wide.addInt(bits, wide.select(moves, step, wide.integer(0)));
  return convert(wide.fromBits(bits), b.getF32Type());
}

//===----------------------------------------------------------------------===//
// The functions by their ops
//===----------------------------------------------------------------------===//

Value VectorMath::expand(Operation *op, ValueRange x) {
  Value both = TypeSwitch<Operation *, Value>(op)
                   .Case([&](math::ExpOp) { return exp(x[0]); })
                   .Case([&](math::LogOp) { return log(x[0]); })
                   .Case([&](math::RsqrtOp) { return rsqrt(x[0]); })
                   .Case([&](math::ExpM1Op) { return expm1(x[0]); })
                   .Case([&](math::Log1pOp) { return log1p(x[0]); })
                   .Default([](Operation *) { return Value(); });
  if (both || isDouble())
    return both;
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](math::TanhOp) { return tanh(x[0]); })
      .Case([&](math::ErfOp) { return erf(x[0]); })
      .Case([&](math::SinOp) { return sin(x[0]); })
      .Case([&](math::CosOp) { return cos(x[0]); })
      .Case([&](math::PowFOp) { return pow(x[0], x[1]); })
      .Default([](Operation *) { return Value(); });
}
