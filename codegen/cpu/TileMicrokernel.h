//===- TileMicrokernel.h - the inner loop on a matrix unit ------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_TILEMICROKERNEL_H
#define DLCC_CODEGEN_CPU_TILEMICROKERNEL_H

#include "codegen/TileModel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace dlcc::cpu {

/// The function
///   (A: ptr, B: ptr, C: ptr, kc: i64, ldc: i64, first: i1,
///    aPanel: i64, bPanel: i64, columns: i64) -> ()
/// that adds products of pairs of bf16 to C, f32, or, where `first`, writes it:
/// block.rows tiles of rows (`ldc` elements apart), and `columns` columns,
/// rounded up to whole blocks of block.columns tiles.
///
/// A are panels of one tile of rows, [kc/depth][rows][depth], B panels of one
/// block of columns, [kc][columns of a block]. They lie `aPanel` and `bPanel`
/// bytes apart, and what is in them beyond `kc` pairs, up to the end of a tile,
/// is zero.
///
/// The order of a sum is AMX's: of each tile of k (16 pairs) the products of
/// the first numbers of the pairs are one chain of fused multiply-adds from
/// zero on, those of the second ones another; both are added up, then added to
/// the element of C. Subnormal numbers are taken and left as zeros.
/// Created in `module` when first asked for; all contractions share it.
mlir::func::FuncOp getOrCreateTileMicrokernel(mlir::ModuleOp module,
                                              const MatrixUnit &unit,
                                              const TileCandidate &block);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_TILEMICROKERNEL_H
