//===- PointerBuilder.h - address arithmetic on bare pointers ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Packed panels and register tiles have no tensor or memref type: they are
// runs of elements behind a pointer. This builder writes the i64 arithmetic,
// loads and stores on such runs.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_POINTERBUILDER_H
#define DLCC_CODEGEN_CPU_POINTERBUILDER_H

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <cstdint>

namespace dlcc::cpu {

/// Everything is i64 or a pointer; constants fold on the way.
class PointerBuilder {
public:
  PointerBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(loc, builder.getInsertionBlock(), builder.getInsertionPoint()) {
  }

  mlir::ImplicitLocOpBuilder &operator*() { return builder; }
  mlir::ImplicitLocOpBuilder *operator->() { return &builder; }

  mlir::Value constant(int64_t value);
  mlir::Value add(mlir::Value lhs, mlir::Value rhs);
  mlir::Value sub(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mul(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mul(mlir::Value lhs, int64_t rhs);
  mlir::Value div(mlir::Value lhs, int64_t rhs);
  mlir::Value div(mlir::Value lhs, mlir::Value rhs);
  mlir::Value rem(mlir::Value lhs, int64_t rhs);
  mlir::Value rem(mlir::Value lhs, mlir::Value rhs);
  mlir::Value ceilDiv(mlir::Value lhs, int64_t rhs);
  mlir::Value min(mlir::Value lhs, mlir::Value rhs);
  mlir::Value max(mlir::Value lhs, mlir::Value rhs);

  mlir::Value boolean(bool value);
  mlir::Value less(mlir::Value lhs, mlir::Value rhs);
  mlir::Value notAbove(mlir::Value lhs, mlir::Value rhs);
  mlir::Value equal(mlir::Value lhs, mlir::Value rhs);
  mlir::Value both(mlir::Value lhs, mlir::Value rhs);
  mlir::Value select(mlir::Value condition, mlir::Value yes, mlir::Value no);

  /// `pointer + index` elements of `type`.
  mlir::Value at(mlir::Value pointer, mlir::Type type, mlir::Value index);
  mlir::Value at(mlir::Value pointer, mlir::Type type, int64_t index);

  /// Loads `lanes` elements, which need not be aligned to the vector; a scalar
  /// where `lanes` is 0.
  mlir::Value load(mlir::Value pointer, mlir::Type type, int64_t lanes);
  void store(mlir::Value value, mlir::Value pointer);

  /// Loads those of `lanes` elements whose number lies below `count`, zeros
  /// for the others, which are not touched.
  mlir::Value loadFirst(mlir::Value pointer, mlir::Type type, int64_t lanes,
                        mlir::Value count);

  /// Asks for the cache line at `pointer`, which need not be a valid address:
  /// into the first level where it is used at once, else into the second.
  void prefetch(mlir::Value pointer, bool atOnce);

  /// for (i = from; i < to; i += step) body(i).
  void loop(mlir::Value from, mlir::Value to, int64_t step,
            llvm::function_ref<void(mlir::Value)> body);
  void loop(mlir::Value from, mlir::Value to, mlir::Value step,
            llvm::function_ref<void(mlir::Value)> body);
  /// The same with values carried from turn to turn.
  llvm::SmallVector<mlir::Value>
  loop(mlir::Value from, mlir::Value to, int64_t step, mlir::ValueRange init,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                         mlir::ValueRange)>
           body);
  /// if (condition) body(); decided here where the condition is constant.
  void when(mlir::Value condition, llvm::function_ref<void()> body);
  /// The same with something to do where it does not hold.
  void choose(mlir::Value condition, llvm::function_ref<void()> yes,
              llvm::function_ref<void()> no);

private:
  mlir::ImplicitLocOpBuilder builder;
};

/// The constant behind `value`, if it is one.
std::optional<int64_t> constantOf(mlir::Value value);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_POINTERBUILDER_H
