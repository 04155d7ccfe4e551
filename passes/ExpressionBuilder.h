//===- ExpressionBuilder.h - dlc arithmetic in one word each -- -*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Gradient rules and optimizers are formulas; this builder lets them read so.
// Every op it makes has the one location it was given.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_EXPRESSIONBUILDER_H
#define DLCC_PASSES_EXPRESSIONBUILDER_H

#include "ir/Ops.h"

namespace dlcc {

class ExpressionBuilder {
public:
  ExpressionBuilder(mlir::OpBuilder &builder, mlir::Location location)
      : builder(builder), location(location) {}

  template <typename OpT, typename... Args> mlir::Value create(Args &&...args) {
    return OpT::create(builder, location, std::forward<Args>(args)...);
  }

  /// A tensor of `type` (integer or float) whose elements are all `value`.
  mlir::Value constant(mlir::Type type, double value);

  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value neg(mlir::Value a);
  /// With a constant on the right.
  mlir::Value add(mlir::Value a, double b);
  mlir::Value mul(mlir::Value a, double b);
  /// b - a.
  mlir::Value subFrom(double b, mlir::Value a);

  mlir::Value compare(dlc::Comparison comparison, mlir::Value a, mlir::Value b);
  mlir::Value compare(dlc::Comparison comparison, mlir::Value a, double b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// `a` where the condition holds, else zero.
  mlir::Value selectOrZero(mlir::Value condition, mlir::Value a);

  /// `operand` with another element type; itself where it has it already.
  mlir::Value cast(mlir::Value operand, mlir::Type element);
  mlir::Value reduce(dlc::ReduceKind kind, mlir::Value operand,
                     llvm::ArrayRef<int64_t> axes);
  mlir::Value broadcast(mlir::Value operand, llvm::ArrayRef<int64_t> axes,
                        mlir::Type type);
  /// A scalar repeated to `type`; itself where it has that type.
  mlir::Value splat(mlir::Value scalar, mlir::Type type);
  /// `operand` as `type`; itself where it has it already.
  mlir::Value reshape(mlir::Value operand, mlir::Type type);
  mlir::Value transpose(mlir::Value operand,
                        llvm::ArrayRef<int64_t> permutation);

private:
  mlir::OpBuilder &builder;
  mlir::Location location;
};

} // namespace dlcc

#endif // DLCC_PASSES_EXPRESSIONBUILDER_H
