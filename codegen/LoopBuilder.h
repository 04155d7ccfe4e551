//===- LoopBuilder.h - numbers, conditions and loops ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_LOOPBUILDER_H
#define DLCC_CODEGEN_LOOPBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <optional>

namespace dlcc {

/// Writes the arithmetic of indices and the loops around it, in short. All
/// numbers are integers of one width; constants fold on the way.
class LoopBuilder {
public:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<mlir::Value>;

  mlir::ImplicitLocOpBuilder &operator*() { return builder; }
  mlir::ImplicitLocOpBuilder *operator->() { return &builder; }

  Value constant(int64_t value);
  Value add(Value lhs, Value rhs);
  Value add(Value lhs, int64_t rhs) { return add(lhs, constant(rhs)); }
  Value sub(Value lhs, Value rhs);
  Value mul(Value lhs, Value rhs);
  Value mul(Value lhs, int64_t rhs) { return mul(lhs, constant(rhs)); }
  // Of numbers that are not negative.
  Value div(Value lhs, Value rhs);
  Value div(Value lhs, int64_t rhs) { return div(lhs, constant(rhs)); }
  Value rem(Value lhs, Value rhs);
  Value rem(Value lhs, int64_t rhs) { return rem(lhs, constant(rhs)); }
  Value ceilDiv(Value lhs, int64_t rhs);
  Value min(Value lhs, Value rhs);
  Value max(Value lhs, Value rhs);

  Value boolean(bool value);
  Value less(Value lhs, Value rhs);
  Value notAbove(Value lhs, Value rhs);
  Value equal(Value lhs, Value rhs);
  Value both(Value lhs, Value rhs);
  Value select(Value condition, Value yes, Value no);

  /// for (i = from; i < to; i += step) body(i).
  void loop(Value from, Value to, int64_t step,
            llvm::function_ref<void(Value)> body);
  void loop(Value from, Value to, Value step,
            llvm::function_ref<void(Value)> body);
  /// The same with values carried from turn to turn.
  Values loop(Value from, Value to, int64_t step, mlir::ValueRange init,
              llvm::function_ref<Values(Value, mlir::ValueRange)> body);
  /// if (condition) body(); decided here where the condition is constant.
  void when(Value condition, llvm::function_ref<void()> body);

protected:
  /// At the place of `builder`. `overflow`: what sums and products never do.
  LoopBuilder(mlir::OpBuilder &builder, mlir::Location loc, unsigned bits,
              mlir::arith::IntegerOverflowFlags overflow)
      : builder(loc, builder), bits(bits), overflow(overflow) {}

  mlir::ImplicitLocOpBuilder builder;

private:
  unsigned bits;
  mlir::arith::IntegerOverflowFlags overflow;
};

/// The constant behind `value`, if it is one.
std::optional<int64_t> constantOf(mlir::Value value);

} // namespace dlcc

#endif // DLCC_CODEGEN_LOOPBUILDER_H
