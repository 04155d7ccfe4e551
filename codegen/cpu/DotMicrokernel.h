//===- DotMicrokernel.h - several inner products at a time ------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_DOTMICROKERNEL_H
#define DLCC_CODEGEN_CPU_DOTMICROKERNEL_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <cstdint>

namespace dlcc::cpu {

/// What distinguishes one micro-kernel of inner products from another.
struct DotShape {
  /// f32 or f64.
  mlir::Type type;
  /// Rows of either matrix that are multiplied with one another. `many` is a
  /// power of two up to 8.
  int64_t many, few;
  /// Whether the target multiplies and adds in one instruction.
  bool fma;
  /// Whether the results of one of the many rows lie side by side, rather than
  /// those of one of the few.
  bool alongFew;
};

/// The function
///   (many: ptr, few: ptr, sums: ptr, k: i64, manyStep: i64, fewStep: i64,
///    lastMany: i64, lastFew: i64, sumsStep: i64) -> ()
/// that writes the inner products, of length `k`, of rows that lie the given
/// steps of elements apart. Rows behind number `lastMany` or `lastFew` are
/// that one again. Lines of results are `sumsStep` elements apart; each is
/// written up to the next power of two.
///
/// A sum is 16 chains of multiply-adds, of which number i takes the elements
/// i, i + 16, …; then they are added by halves, as in all reductions along a
/// vector (PointwiseReduction.cpp).
/// Created in `module` when first asked for.
mlir::func::FuncOp getOrCreateDotMicrokernel(mlir::ModuleOp module,
                                             const DotShape &shape);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_DOTMICROKERNEL_H
