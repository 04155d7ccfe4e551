//===- VectorMath.h - elementary functions as arithmetic --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Our own exp, log, tanh, … for scalars and vectors of f32, and exp and log of
// f64: polynomials after an exact reduction of the argument, no tables, no
// branches, no calls. The bits depend on the argument only: not on the number
// of lanes, not on the processor (all that fuse a multiply-add; without the
// instruction a product is rounded before it is added).
//
// NaN gives NaN, infinities and zeros give what C's functions give. A result
// of exp that would be subnormal is zero: such numbers are a hundred times
// slower than others on common processors, and nothing that learns needs them.
// docs/vector-math.md lists the measured errors.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_VECTORMATH_H
#define DLCC_CODEGEN_VECTORMATH_H

#include "mlir/IR/Builders.h"
#include "llvm/ADT/ArrayRef.h"

namespace dlcc {

/// Writes functions of values of one type: f32 or f64, scalar or vector.
class VectorMath {
public:
  VectorMath(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type,
             bool fusedMultiplyAdd)
      : b(builder), loc(loc), type(type), fused(fusedMultiplyAdd) {}

  using Value = mlir::Value;

  /// The function that an op of the math dialect stands for, on operands of
  /// the builder's type; null where there is none here.
  Value expand(mlir::Operation *op, mlir::ValueRange x);

  // f32 and f64.
  Value exp(Value x);
  Value log(Value x);
  Value rsqrt(Value x);
  Value expm1(Value x);
  Value log1p(Value x);
  // f32.
  Value tanh(Value x);
  Value erf(Value x);
  Value sin(Value x) { return sinCos(x, 0); }
  Value cos(Value x) { return sinCos(x, 1); }
  Value pow(Value x, Value y);

  // What most processors have an instruction for, to the last bit.
  Value exactRound(Value x); ///< to nearest even
  Value exactFloor(Value x);
  Value exactCeil(Value x);
  Value exactFma(Value x, Value y, Value z); ///< f32

private:
  bool isDouble() const;
  Value exp32(Value x);
  Value exp64(Value x);
  Value expm1Wide(Value x);
  Value log1pWide(Value x);
  Value log64(Value x);
  Value sinCos(Value x, int64_t quarter);
  /// log of `mantissa * 2^exponent` for a mantissa around 1 of which `f` is
  /// the part beyond 1; `tail` is added to it.
  Value logReduced(Value f, Value exponent, Value tail);
  /// x as n ln 2 + r for the integer n next to x / ln 2.
  struct Reduced {
    Value exponent; ///< n where a float's exponent lies: added to bits, 2^n
    Value rest;     ///< r
  };
  Reduced reduceByLn2(Value x);
  /// e^r - 1 for |r| <= ln(2)/2.
  Value expm1Reduced(Value r);

  // Arithmetic.
  mlir::Type floats() const { return type; }
  mlir::Type ints() const;
  VectorMath withType(mlir::Type element) const;
  Value num(double value);
  Value integer(int64_t value);
  Value add(Value x, Value y);
  Value sub(Value x, Value y);
  Value mul(Value x, Value y);
  Value div(Value x, Value y);
  Value neg(Value x);
  Value abs(Value x);
  Value fma(Value x, Value y, Value z);
  /// The polynomial with these coefficients, that of the highest power first.
  Value horner(Value x, llvm::ArrayRef<double> coefficients);
  Value round(Value x);
  Value min(Value x, Value y);
  Value max(Value x, Value y);
  Value copySign(Value magnitude, Value sign);
  Value select(Value condition, Value x, Value y);
  Value less(Value x, Value y);
  Value notAtMost(Value x, Value y); ///< x > y, or one of them is NaN
  Value equal(Value x, Value y);
  Value unordered(Value x);
  Value toFloat(Value x);
  Value bitsOf(Value x);
  Value fromBits(Value x);
  Value addInt(Value x, Value y);
  Value subInt(Value x, Value y);
  Value andInt(Value x, Value y);
  Value shiftLeft(Value x, int64_t bits);
  Value shiftRight(Value x, int64_t bits);
  Value convert(Value x, mlir::Type to);

  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Type type;
  bool fused;
};

} // namespace dlcc

#endif // DLCC_CODEGEN_VECTORMATH_H
