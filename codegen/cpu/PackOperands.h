//===- PackOperands.h - operands of a contraction into panels ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_PACKOPERANDS_H
#define DLCC_CODEGEN_CPU_PACKOPERANDS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <cstdint>

namespace dlcc::cpu {

/// How the elements of an operand lie in memory.
enum class OperandOrder {
  /// Neighbours along the panel (m or n) are neighbours in memory.
  Panel,
  /// Neighbours along k are neighbours in memory.
  Depth,
  /// Neither.
  Strided,
};

/// What distinguishes one packing function from another.
struct PackShape {
  /// Element type in memory, and in the panels (the same or a wider one).
  mlir::Type source, packed;
  /// Whether integers widen without sign.
  bool isUnsigned;
  OperandOrder order;
  /// Elements of a panel along m or n.
  int64_t panel;
  /// Elements of type `packed` in a vector register.
  int64_t lanes;
};

/// The function
///   (to: ptr, from: ptr, extent: i64, kc: i64, panelStep: i64, kStep: i64,
///    panelBytes: i64) -> ()
/// that copies the block of `extent` by `kc` elements at `from`, whose steps
/// in memory are given in elements, to panels [kc][panel] that lie
/// `panelBytes` apart. Room is needed for kc rounded up to whole vectors;
/// what lies beyond `extent` and `kc` in a panel is unspecified.
/// Created in `module` when first asked for; all contractions share it.
mlir::func::FuncOp getOrCreatePacking(mlir::ModuleOp module,
                                      const PackShape &shape);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_PACKOPERANDS_H
