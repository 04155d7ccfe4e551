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

#include "codegen/LoopBuilder.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <cstdint>

namespace dlcc::cpu {

/// Everything is i64 or a pointer.
class PointerBuilder : public LoopBuilder {
public:
  PointerBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : LoopBuilder(builder, loc, /*bits=*/64,
                    mlir::arith::IntegerOverflowFlags::none) {}

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

  /// if (condition) yes(); else no(); decided here where it is constant.
  void choose(mlir::Value condition, llvm::function_ref<void()> yes,
              llvm::function_ref<void()> no);
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_POINTERBUILDER_H
