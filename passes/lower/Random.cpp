//===- Random.cpp - counter-based random numbers to linalg ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Emits the operations of ir/Philox.h in their order, one for one, so that
// every target yields the bits of the oracle.
//
//===----------------------------------------------------------------------===//

#include "ir/Philox.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/lower/Patterns.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::lower;

namespace {

class PhiloxEmitter {
public:
  PhiloxEmitter(OpBuilder &builder, Location loc)
      : builder(builder), loc(loc) {}

  /// The word for a 64-bit element index.
  Value emitWord(Value seed, int64_t path, Value step, Value element);
  Value emitUniform(Value word, int bits);
  Value emitNormal(Value word);

private:
  template <typename OpTy, typename... Args> Value create(Args &&...args) {
    return OpTy::create(builder, loc, std::forward<Args>(args)...);
  }
  Value word(uint32_t value) {
    return create<arith::ConstantOp>(
        builder.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  Value wide(uint64_t value) {
    return create<arith::ConstantOp>(
        builder.getI64IntegerAttr(static_cast<int64_t>(value)));
  }
  Value real(float value) {
    return create<arith::ConstantOp>(builder.getF32FloatAttr(value));
  }
  Value low(Value value) {
    return create<arith::TruncIOp>(builder.getI32Type(), value);
  }
  Value high(Value value) {
    return low(create<arith::ShRUIOp>(value, wide(32)));
  }
  Value mul(Value a, Value b) { return create<arith::MulFOp>(a, b); }
  Value add(Value a, Value b) { return create<arith::AddFOp>(a, b); }
  Value sub(Value a, Value b) { return create<arith::SubFOp>(a, b); }
  Value fma(Value a, Value b, Value c) { return create<math::FmaOp>(a, b, c); }
  Value bits(Type type, Value value) {
    return create<arith::BitcastOp>(type, value);
  }
  Value emitLog(Value x);

  OpBuilder &builder;
  Location loc;
};

} // namespace

Value PhiloxEmitter::emitWord(Value seed, int64_t path, Value step,
                              Value element) {
  Value folded = create<arith::XOrIOp>(seed, wide(path));
  folded = create<arith::MulIOp>(folded, wide(philox::kFold));
  folded =
      create<arith::XOrIOp>(folded, create<arith::ShRUIOp>(folded, wide(32)));
  Value key[] = {low(folded), high(folded)};
  Value counter[] = {low(element), high(element), low(step), high(step)};
  for (int round = 0; round < philox::kRounds; ++round) {
    auto product0 = arith::MulUIExtendedOp::create(
        builder, loc, word(philox::kMultiplier0), counter[0]);
    auto product1 = arith::MulUIExtendedOp::create(
        builder, loc, word(philox::kMultiplier1), counter[2]);
    Value next0 = create<arith::XOrIOp>(
        create<arith::XOrIOp>(product1.getHigh(), counter[1]), key[0]);
    Value next2 = create<arith::XOrIOp>(
        create<arith::XOrIOp>(product0.getHigh(), counter[3]), key[1]);
    counter[0] = next0;
    counter[1] = product1.getLow();
    counter[2] = next2;
    counter[3] = product0.getLow();
    key[0] = create<arith::AddIOp>(key[0], word(philox::kWeyl0));
    key[1] = create<arith::AddIOp>(key[1], word(philox::kWeyl1));
  }
  return counter[0];
}

Value PhiloxEmitter::emitUniform(Value value, int bits) {
  Value shifted = create<arith::ShRUIOp>(value, word(32 - bits));
  return mul(create<arith::SIToFPOp>(builder.getF32Type(), shifted),
             real(std::ldexp(1.0f, -bits)));
}

Value PhiloxEmitter::emitLog(Value x) {
  Value pattern = bits(builder.getI32Type(), x);
  Value exponent = create<arith::ShRSIOp>(
      create<arith::SubIOp>(pattern, word(philox::kSplitBits)), word(23));
  Value mantissa =
      create<arith::SubIOp>(pattern, create<arith::ShLIOp>(exponent, word(23)));
  Value f = sub(bits(builder.getF32Type(), mantissa), real(1.0f));
  Value square = mul(f, f);
  Value p = real(philox::kLogPolynomial[0]);
  for (int i = 1; i < 9; ++i)
    p = fma(p, f, real(philox::kLogPolynomial[i]));
  Value tail = fma(mul(p, f), square, mul(real(-0.5f), square));
  Value scale = create<arith::SIToFPOp>(builder.getF32Type(), exponent);
  return fma(scale, real(philox::kLn2), add(f, tail));
}

Value PhiloxEmitter::emitNormal(Value value) {
  Value odd =
      create<arith::ShLIOp>(create<arith::ShRUIOp>(value, word(9)), word(1));
  odd = create<arith::SubIOp>(odd, word(0x7FFFFF));
  Value x =
      mul(create<arith::SIToFPOp>(builder.getF32Type(), odd), real(0x1p-23f));
  Value w = create<arith::NegFOp>(
      emitLog(mul(sub(real(1.0f), x), add(real(1.0f), x))));
  Value centre =
      create<arith::CmpFOp>(arith::CmpFPredicate::OLT, w, real(5.0f));
  auto choose = [&](Value inCentre, Value inTail) {
    return create<arith::SelectOp>(centre, inCentre, inTail);
  };
  Value v =
      choose(sub(w, real(2.5f)), sub(create<math::SqrtOp>(w), real(3.0f)));
  auto coefficient = [&](int i) {
    return choose(real(philox::kErfinvCentre[i]), real(philox::kErfinvTail[i]));
  };
  Value p = coefficient(0);
  for (int i = 1; i < 9; ++i)
    p = fma(p, v, coefficient(i));
  return mul(real(philox::kSqrt2), mul(x, p));
}

bool lower::lowerRandom(Operation *op, KernelLowering &kernel) {
  auto random = dyn_cast<dlc::RandomOp>(op);
  if (!random)
    return false;
  auto type = cast<RankedTensorType>(random.getResult().getType());
  LoopNest loops = kernel.getLoops(op, getDims(type));
  SmallVector<Source> sources;
  for (Value operand : random->getOperands())
    sources.push_back(kernel.getSource(operand, loops, {}));
  kernel.setTensor(
      random.getResult(),
      kernel.emitPointwise(
          op->getLoc(), type, loops, sources,
          [&](OpBuilder &body, Location loc, ValueRange in) {
            // The row-major index of the element.
            Value element = arith::ConstantIndexOp::create(body, loc, 0);
            for (auto [d, extent] : llvm::enumerate(random.getCountedShape())) {
              Value size = arith::ConstantIndexOp::create(body, loc, extent);
              Value index = linalg::IndexOp::create(body, loc, loops.loopOf[d]);
              element = arith::MulIOp::create(body, loc, element, size);
              element = arith::AddIOp::create(body, loc, element, index);
            }
            element = arith::IndexCastOp::create(body, loc, body.getI64Type(),
                                                 element);
            if (random.getFirst())
              element = arith::AddIOp::create(body, loc, element, in[2]);
            PhiloxEmitter emitter(body, loc);
            Value word =
                emitter.emitWord(in[0], random.getPath(), in[1], element);
            int bits = philox::uniformBits(
                cast<FloatType>(type.getElementType()).getFPMantissaWidth());
            bool isNormal =
                random.getDistribution() == dlc::Distribution::Normal;
            Value number = isNormal ? emitter.emitNormal(word)
                                    : emitter.emitUniform(word, bits);
            return emitCast(body, loc, number, body.getF32Type(),
                            type.getElementType());
          }));
  return true;
}
