//===- PanelTiles.h - panels turned in registers ----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_PANELTILES_H
#define DLCC_CODEGEN_CPU_PANELTILES_H

#include "codegen/cpu/PointerBuilder.h"

namespace dlcc::cpu {

/// Rows and columns of the tiles below: pairs of bf16 in 64 bytes.
inline constexpr int64_t kTileSide = 16;

/// The elements of `rows`, vectors of one length whose number is a power of
/// two, in the order [element of a row][row].
llvm::SmallVector<mlir::Value> interleave(mlir::ImplicitLocOpBuilder &b,
                                          llvm::ArrayRef<mlir::Value> rows);

/// Elements of four bytes in 128 bits, a part of a vector within which elements
/// are exchanged in one step on all processors.
inline constexpr int64_t kPartLanes = 4;

/// The columns of a square block of elements of four bytes, of as many rows as
/// a vector has lanes. `load` gives `kPartLanes` elements of row `row` from
/// column `column` on. Vectors are put together of such parts, which memory
/// does, and are turned within these: half the steps of interleave().
llvm::SmallVector<mlir::Value>
turnSquare(mlir::ImplicitLocOpBuilder &b, int64_t lanes,
           llvm::function_ref<mlir::Value(int64_t row, int64_t column)> load);

/// Writes zeros to rows [from, to) of a panel of pairs, [k][width]; `width` is
/// a multiple of kTileSide.
void fillPanel(PointerBuilder &p, mlir::Value panel, mlir::Value from,
               mlir::Value to, int64_t width);

/// Makes [depth/kTileSide][row][k] of a panel of pairs, [depth][kTileSide], in
/// place; `depth` is a multiple of kTileSide.
void transposeTiles(PointerBuilder &p, mlir::Value panel, mlir::Value depth);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_PANELTILES_H
