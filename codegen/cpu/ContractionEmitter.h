//===- ContractionEmitter.h - the loops of a sum of products ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_CONTRACTIONEMITTER_H
#define DLCC_CODEGEN_CPU_CONTRACTIONEMITTER_H

#include "codegen/cpu/ContractionEpilogue.h"
#include "codegen/cpu/ContractionPlan.h"
#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/PointerBuilder.h"
#include "codegen/cpu/ProductTask.h"

namespace dlcc::cpu {

/// Writes the loops of one kernel, as planned.
class ContractionEmitter {
public:
  ContractionEmitter(KernelContext &context, const ContractionPlan &plan,
                     llvm::ArrayRef<ContractionEpilogue::Rows> epilogueRows,
                     std::optional<ContractionEpilogue::Rows> plainResult)
      : context(context), plan(plan), view(plan.view), tiles(plan.tiles),
        epilogueRows(epilogueRows), plainResult(plainResult),
        p(context.builder, context.loc), part(context, view, p) {}

  mlir::LogicalResult emit();

private:
  /// What is known of a task's block while its loops are written.
  struct Block {
    mlir::Value m, n;          ///< first row and column
    mlir::Value rows, columns; ///< of them inside the result
  };

  /// Where k stands in the loops over its blocks.
  struct Depth {
    mlir::Value lhs, rhs;    ///< operands at the indices of k's outer axes
    mlir::Value first, last; ///< whether it is the sum's first block, its last
    mlir::Value from, count; ///< steps of the innermost axis
  };

  /// The panel of A that is wanted after the one at hand.
  struct Ahead {
    mlir::Value row, k; ///< its first row in the block, its first step of k
  };

  /// The tile of sums at hand.
  struct Tile {
    mlir::Value row, column;                 ///< its first ones in the block
    mlir::Value rows, columns;               ///< of them inside the result
    mlir::Value isAtRowEdge, isAtColumnEdge; ///< which micro-kernel it takes
    mlir::Value hasAllRows;   ///< whether that computes no other rows
    mlir::Value sums, step;   ///< where they go, from row to row
    mlir::Value isUnfinished; ///< whether an epilogue brings them to results
  };

  mlir::Value scratchAt(int64_t bytes) {
    return p.at(context.scratch, p->getI8Type(), bytes);
  }
  mlir::Value move(const Operand &operand, mlir::Value base, const Axis &axis,
                   mlir::Value index);
  mlir::Value beginOperand(const Operand &operand, const PackedOperand &packed,
                           const Axis &panel, mlir::Value first,
                           mlir::Value count);
  void listIndices(mlir::Value list, const Axis &axis, mlir::Value first,
                   mlir::Value count,
                   llvm::function_ref<int64_t(const AxisPart &)> stride);
  void emitPacking(const Operand &operand, const PackedOperand &packed,
                   const Axis &panel, mlir::Value base, mlir::Value blockFirst,
                   mlir::Value first, mlir::Value count, const Depth &depth);
  void emitBlock(mlir::Value m, mlir::Value n, mlir::Value rows,
                 mlir::Value columns);
  void emitDepths(const Block &block, size_t axis, const Depth &outside);
  void emitDepth(const Block &block, const Depth &depth);
  void emitGroup(const Block &block, const Depth &depth, mlir::Value group);
  void emitPanel(const Block &block, const Depth &depth, const Ahead &ahead,
                 mlir::Value row, mlir::Value inGroup);
  Tile beginTile(const Block &block, mlir::Value row, mlir::Value column,
                 mlir::Value sums);
  mlir::Value sumsAt(mlir::Value row);
  void emitTile(const Block &block, const Depth &depth, const Tile &tile,
                mlir::Value inGroup);
  void callMicrokernel(const Block &block, const Depth &depth, const Tile &tile,
                       mlir::Value inGroup, mlir::ValueRange further);
  void placeRows(const Block &block, const Depth &depth, const Tile &tile,
                 mlir::Value inGroup, RowKind kind,
                 llvm::SmallVectorImpl<mlir::Value> &arguments);
  void finishTile(const Block &block, const Tile &tile);
  void finishRows(mlir::Value m, mlir::Value n, mlir::Value rows,
                  mlir::Value columns, mlir::Value sums, int64_t step,
                  mlir::Value positions);
  llvm::SmallVector<mlir::Value>
  rowsAhead(const Block &block, const Depth &depth, const Tile &tile);
  void prefetchRows(const Depth &depth, mlir::ValueRange ahead);
  void prefetchSums(mlir::Value sums);
  void prefetchOperand(const Operand &operand, const Axis &panel,
                       mlir::Value base, mlir::Value from, int64_t count,
                       mlir::Value firstK, mlir::Value endK);

  KernelContext &context;
  const ContractionPlan &plan;
  const ContractionView &view;
  const ContractionTiles &tiles;
  llvm::ArrayRef<ContractionEpilogue::Rows> epilogueRows;
  /// Where sums are written at once, if they are.
  std::optional<ContractionEpilogue::Rows> plainResult;
  PointerBuilder p;
  ProductTask part;
  llvm::ArrayRef<mlir::Value> outer;
  mlir::LogicalResult result = mlir::success();
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_CONTRACTIONEMITTER_H
