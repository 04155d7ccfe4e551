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

/// Writes zeros to rows [from, to) of a panel of pairs, [k][width]; `width` is
/// a multiple of kTileSide.
void fillPanel(PointerBuilder &p, mlir::Value panel, mlir::Value from,
               mlir::Value to, int64_t width);

/// Makes [depth/kTileSide][row][k] of a panel of pairs, [depth][kTileSide], in
/// place; `depth` is a multiple of kTileSide.
void transposeTiles(PointerBuilder &p, mlir::Value panel, mlir::Value depth);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_PANELTILES_H
