//===- ExpandNarrowCasts.cpp - conversions of f16 and bf16 as arithmetic --===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM calls a function of the compiler's library for a conversion that the
// processor lacks, one lane at a time, and not every library has it. Here each
// becomes a few operations on whole vectors, rounded once, to nearest even.
//
// What is wider than f32 goes there first by rounding to odd: a result that is
// not exact gets its last bit set, whatever its neighbour. f32 has more than
// two bits beyond f16 and bf16, so the second rounding is then the right one.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/Passes.h"
#include "codegen/cpu/TargetTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dlcc::cpu {
#define GEN_PASS_DEF_EXPANDNARROWCASTSPASS
#include "codegen/cpu/Passes.h.inc"
} // namespace dlcc::cpu

using namespace dlcc::cpu;

static bool isNarrow(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
}

namespace {

/// Writes conversions of one number or one vector.
class CastBuilder {
public:
  CastBuilder(Operation *op, bool hasHalf)
      : b(op->getLoc(), op), like(op->getResult(0).getType()),
        hasHalf(hasHalf) {}

  /// The result of a cast on the operand `x`; null: leave it as it is.
  Value expand(Operation *op, Value x);

private:
  Type withElement(Type element) const {
    auto vector = dyn_cast<VectorType>(like);
    return vector ? Type(vector.clone(element)) : element;
  }
  Type i32() { return withElement(b.getI32Type()); }
  Type f32() { return withElement(b.getF32Type()); }
  Type f64() { return withElement(b.getF64Type()); }

  Value constant(Type type, TypedAttr scalar) {
    if (auto vector = dyn_cast<VectorType>(type))
      scalar = DenseElementsAttr::get(vector, Attribute(scalar));
    return arith::ConstantOp::create(b, scalar);
  }
  Value integer(Value as, int64_t value) {
    Type element = getElementTypeOrSelf(as.getType());
    return constant(as.getType(), b.getIntegerAttr(element, value));
  }
  Value real(Value as, double value) {
    Type element = getElementTypeOrSelf(as.getType());
    return constant(as.getType(), b.getFloatAttr(element, value));
  }

  Value add(Value x, int64_t y) {
    return arith::AddIOp::create(b, x, integer(x, y));
  }
  Value conjoin(Value x, int64_t y) {
    return arith::AndIOp::create(b, x, integer(x, y));
  }
  Value shiftRight(Value x, int64_t bits) {
    return arith::ShRUIOp::create(b, x, integer(x, bits));
  }
  Value shiftLeft(Value x, int64_t bits) {
    return arith::ShLIOp::create(b, x, integer(x, bits));
  }
  Value select(Value condition, Value x, Value y) {
    return arith::SelectOp::create(b, condition, x, y);
  }
  Value below(Value x, int64_t y) {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, x,
                                 integer(x, y));
  }
  /// 1 where `condition` holds, in the type of `as`.
  Value oneIf(Value condition, Value as) {
    return arith::ExtUIOp::create(b, as.getType(), condition);
  }
  /// Half a unit of the last of `dropped` bits less, and one more for an odd
  /// last kept bit: what a carry turns into rounding to nearest even.
  Value roundUp(Value bits, int64_t dropped) {
    Value odd = conjoin(shiftRight(bits, dropped), 1);
    return arith::AddIOp::create(b, add(bits, (1 << (dropped - 1)) - 1), odd);
  }

  Value toOddSingle(Value x);
  Value toDouble(Value x, bool isUnsigned);
  Value toBrain(Value x);
  Value toHalf(Value x);
  Value narrow(Value x, Type to);
  Value fromBrain(Value x);
  Value fromHalf(Value x);

  ImplicitLocOpBuilder b;
  Type like; ///< a type with the number of lanes
  bool hasHalf;
};

} // namespace

/// f64 to f32, to odd.
Value CastBuilder::toOddSingle(Value x) {
  Value nearest = arith::TruncFOp::create(b, f32(), x);
  Value back = arith::ExtFOp::create(b, f64(), nearest);
  Value inexact = arith::CmpFOp::create(b, arith::CmpFPredicate::ONE, back, x);
  Value away = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT,
                                     math::AbsFOp::create(b, back),
                                     math::AbsFOp::create(b, x));
  Value bits = arith::BitcastOp::create(b, i32(), nearest);
  bits = arith::SubIOp::create(b, bits, oneIf(away, bits));
  bits = arith::OrIOp::create(b, bits, oneIf(inexact, bits));
  return arith::BitcastOp::create(b, f32(), bits);
}

/// Integers to f64; those of more than 52 bits to odd.
Value CastBuilder::toDouble(Value x, bool isUnsigned) {
  if (getElementTypeOrSelf(x.getType()).getIntOrFloatBitWidth() < 64)
    return isUnsigned ? Value(arith::UIToFPOp::create(b, f64(), x))
                      : Value(arith::SIToFPOp::create(b, f64(), x));
  constexpr int64_t exact = int64_t(1) << 52;
  Value small = isUnsigned ? below(x, exact) : below(add(x, exact), 2 * exact);
  Value rest = conjoin(x, 0xffff), by = integer(x, 16);
  Value sticky = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, rest,
                                       integer(rest, 0));
  Value high = isUnsigned ? Value(arith::ShRUIOp::create(b, x, by))
                          : Value(arith::ShRSIOp::create(b, x, by));
  high = arith::OrIOp::create(b, high, oneIf(sticky, high));
  Value y = arith::SIToFPOp::create(b, f64(), select(small, x, high));
  Value scale = select(small, real(y, 1.0), real(y, 0x1p16));
  return arith::MulFOp::create(b, y, scale);
}

/// f32 to the bits of a bf16, in the lower half of an i32.
Value CastBuilder::toBrain(Value x) {
  Value bits = arith::BitcastOp::create(b, i32(), x);
  Value rounded = shiftRight(roundUp(bits, 16), 16);
  Value quiet =
      arith::OrIOp::create(b, shiftRight(bits, 16), integer(bits, 0x40));
  Value isNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, x, x);
  return select(isNaN, quiet, rounded);
}

/// f32 to the bits of an f16, in the lower half of an i32.
Value CastBuilder::toHalf(Value x) {
  constexpr int64_t infinity = 0x7f800000, tooLarge = 0x47800000; // 2^16
  constexpr int64_t normal = 0x38800000;                          // 2^-14
  Value bits = arith::BitcastOp::create(b, i32(), x);
  Value sign = conjoin(shiftRight(bits, 16), 0x8000);
  Value size = conjoin(bits, 0x7fffffff);
  // The exponents' biases are 127 and 15.
  Value y = shiftRight(add(roundUp(size, 13), -(int64_t(127 - 15) << 23)), 13);
  // Below, the sum with 1/2 has the wanted number of bits.
  Value half = real(x, 0.5);
  Value sum =
      arith::AddFOp::create(b, arith::BitcastOp::create(b, f32(), size), half);
  Value subnormal = arith::SubIOp::create(
      b, arith::BitcastOp::create(b, i32(), sum), integer(bits, 0x3f000000));
  y = select(below(size, normal), subnormal, y);
  y = select(below(size, tooLarge), y, integer(y, 0x7c00));
  Value payload = conjoin(shiftRight(size, 13), 0x3ff);
  Value quiet = arith::OrIOp::create(b, payload, integer(payload, 0x7e00));
  y = select(below(size, infinity + 1), y, quiet);
  return arith::OrIOp::create(b, y, sign);
}

Value CastBuilder::narrow(Value x, Type to) {
  bool isHalf = getElementTypeOrSelf(to).isF16();
  if (isHalf && hasHalf)
    return arith::TruncFOp::create(b, to, x);
  Value bits = isHalf ? toHalf(x) : toBrain(x);
  bits = arith::TruncIOp::create(b, withElement(b.getI16Type()), bits);
  return arith::BitcastOp::create(b, to, bits);
}

Value CastBuilder::fromBrain(Value x) {
  Value bits = arith::BitcastOp::create(b, withElement(b.getI16Type()), x);
  bits = arith::ExtUIOp::create(b, i32(), bits);
  return arith::BitcastOp::create(b, f32(), shiftLeft(bits, 16));
}

Value CastBuilder::fromHalf(Value x) {
  Value bits = arith::BitcastOp::create(b, withElement(b.getI16Type()), x);
  bits = arith::ExtUIOp::create(b, i32(), bits);
  Value sign = shiftLeft(conjoin(bits, 0x8000), 16);
  Value size = conjoin(bits, 0x7fff);
  Value y = add(shiftLeft(size, 13), int64_t(127 - 15) << 23);
  // Infinities and NaN have the largest exponent; a NaN becomes a quiet one.
  Value special = add(y, int64_t(128 - 16) << 23);
  Value quiet = arith::OrIOp::create(b, special, integer(special, 1 << 22));
  y = select(below(size, 0x7c00), y,
             select(below(size, 0x7c01), special, quiet));
  // Subnormals: as if there were a leading one, which is then taken away.
  Value one = arith::BitcastOp::create(b, f32(), add(y, 1 << 23));
  Value difference = arith::SubFOp::create(b, one, real(one, 0x1p-14));
  y = select(below(size, 0x400), arith::BitcastOp::create(b, i32(), difference),
             y);
  return arith::BitcastOp::create(b, f32(), arith::OrIOp::create(b, y, sign));
}

Value CastBuilder::expand(Operation *op, Value x) {
  Type from = x.getType(), to = op->getResult(0).getType();
  if (isa<arith::ExtFOp>(op)) {
    bool isHalf = getElementTypeOrSelf(from).isF16();
    if (isHalf && hasHalf)
      return Value();
    Value single = isHalf ? fromHalf(x) : fromBrain(x);
    if (getElementTypeOrSelf(to).isF32())
      return single;
    return arith::ExtFOp::create(b, to, single);
  }
  if (isa<arith::TruncFOp>(op)) {
    bool isSingle = getElementTypeOrSelf(from).isF32();
    if (isSingle && getElementTypeOrSelf(to).isF16() && hasHalf)
      return Value();
    return narrow(isSingle ? x : toOddSingle(x), to);
  }
  bool isUnsigned = isa<arith::UIToFPOp>(op);
  // Integers of 16 bits are exact in f32 already.
  if (getElementTypeOrSelf(from).getIntOrFloatBitWidth() <= 16)
    return narrow(isUnsigned ? Value(arith::UIToFPOp::create(b, f32(), x))
                             : Value(arith::SIToFPOp::create(b, f32(), x)),
                  to);
  return narrow(toOddSingle(toDouble(x, isUnsigned)), to);
}

namespace {
struct ExpandNarrowCastsPass
    : public dlcc::cpu::impl::ExpandNarrowCastsPassBase<ExpandNarrowCastsPass> {
  void runOnOperation() override {
    std::vector<TargetTable> levels = TargetTable::levels(getOperation());
    SmallVector<Operation *> casts;
    getOperation().walk([&](Operation *op) {
      if (isa<arith::ExtFOp>(op) && isNarrow(op->getOperand(0).getType()))
        casts.push_back(op);
      if (isa<arith::TruncFOp, arith::SIToFPOp, arith::UIToFPOp>(op) &&
          isNarrow(op->getResult(0).getType()))
        casts.push_back(op);
    });
    for (Operation *op : casts) {
      bool hasHalf = levels[levelOf(op)].convertsHalf();
      Value result = CastBuilder(op, hasHalf).expand(op, op->getOperand(0));
      if (!result)
        continue;
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
    }
  }
};
} // namespace
