//===- WinogradPlan.h - blocks, tasks and scratch of Winograd ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_WINOGRADPLAN_H
#define DLCC_CODEGEN_CPU_WINOGRADPLAN_H

#include "codegen/cpu/TargetTable.h"
#include "codegen/cpu/WinogradTransform.h"
#include "codegen/cpu/WinogradView.h"

namespace dlcc::cpu {

/// A transformed operand, or the sums, in scratch: a matrix for each point of
/// the transform. Elements, but for the place.
struct PointMatrices {
  int64_t at;        ///< bytes of scratch before the first matrix
  int64_t matrix;    ///< from one matrix to the next
  int64_t row;       ///< from one row to the next
  int64_t panel = 0; ///< from one panel of columns to the next
};

/// Everything that is decided about a convolution by Winograd's algorithm
/// before its loops are written. At each point of the transform
///   forward:  sums[tile][column]    = sum over channel of
///               image[tile][channel] * factor[channel][column]
///   gradient: sums[channel][column] = sum over tile of
///               image[tile][channel] * factor[tile][column]
struct WinogradPlan {
  static mlir::FailureOr<WinogradPlan> create(mlir::func::FuncOp kernel,
                                              const TargetTable &target);

  void createFunctions(mlir::ModuleOp module, const TargetTable &target);

  /// Elements of scratch's type, for vectors of `lanes`.
  mlir::Type type() const { return view.view.computeType(); }
  int64_t points() const { return matrices.points() * matrices.points(); }

  WinogradView view;
  WinogradMatrices matrices;
  RegisterTile tile;
  int64_t lanes;

  /// Tiles and channels that are transformed at a time, and columns of a task.
  int64_t blockTiles, blockChannels, taskColumns;
  /// Tiles (forward) or channels (gradient) of a task.
  int64_t taskRows;
  /// Products of their own, how many tasks each has along the rows and along
  /// the columns, and all of them.
  int64_t products, rowTasks, columnTasks, tasks;

  PointMatrices image, factor, sums;
  /// The places of the image's rows, and (gradient) of its tiles.
  int64_t rowListAt, depthListAt;
  /// The results of a tile (forward: of one, gradient: of one channel), a row
  /// of columns each.
  int64_t resultsAt, resultsRow;
  int64_t scratchBytes;

  mlir::func::FuncOp microkernel;

private:
  WinogradPlan(WinogradView view, WinogradMatrices matrices)
      : view(std::move(view)), matrices(std::move(matrices)) {}
  void chooseForward(const TargetTable &target);
  void chooseGradient(const TargetTable &target);
  void placeScratch();
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_WINOGRADPLAN_H
