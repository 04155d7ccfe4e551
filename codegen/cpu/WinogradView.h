//===- WinogradView.h - a convolution in tiles ------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A convolution of images by windows that move by one,
//
//   y[image, p, q, column] = sum over u, v, channel of
//       x[image, p + u, q + v, channel] * w[u, v, channel, column],
//
// and the gradient of its filters,
//
//   dw[u, v, channel, column] = sum over image, p, q of
//       x[image, p + u, q + v, channel] * dy[image, p, q, column],
//
// are the same correlation along both axes of the image, of which one index is
// kept and the other one summed. Winograd's algorithm computes tiles of
// `outputs` by `outputs` results from `taps` by `taps` of what is summed.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_WINOGRADVIEW_H
#define DLCC_CODEGEN_CPU_WINOGRADVIEW_H

#include "codegen/ContractionView.h"

namespace dlcc::cpu {

/// The number of results and of summed factors of a tile, along each axis.
struct WinogradSize {
  int64_t outputs, taps;
};

/// What the product of a kernel was marked for (attr::kWinograd).
std::optional<WinogradSize> winogradSizeOf(mlir::func::FuncOp kernel);

struct WinogradView {
  /// Analyses a kernel that was marked; diagnoses what is no convolution.
  static mlir::FailureOr<WinogradView> create(mlir::func::FuncOp kernel);

  WinogradSize size;
  /// Whether the result is the gradient of the filters.
  bool isGradient;
  /// The windows' operand, and what it is multiplied with: filters or dy.
  Operand image, factor;
  /// Loop dims of the product along the height and the width of images: the
  /// image is read at kept + summed.
  struct Side {
    int64_t kept, summed;
    /// At kept + (extent - 1 - summed) instead.
    bool isFlipped;
  };
  Side sides[2];
  /// The dim of images, -1 where there is but one.
  int64_t images = -1;
  int64_t channel, column;
  /// The epilogue's view, in which m are the places in a line of the image, or
  /// the channels, and n the columns. Outer axes are the products of their own
  /// (groups, parts of a split sum) and then images and lines, or lines and
  /// columns of a filter.
  ContractionView view;
  int64_t groups; ///< so many of the outer axes are products of their own

  int64_t extent(int64_t dim) const { return extents[dim]; }
  int64_t imageCount() const { return images < 0 ? 1 : extents[images]; }
  /// Indices of images for each row given; 0 where rows do not matter.
  int64_t imagesOfRow() const { return images < 0 ? 0 : rows[images]; }
  /// Elements from one index of a dim to the next; 0 for no dim.
  static int64_t step(const Operand &operand, int64_t dim) {
    return dim < 0 ? 0 : operand.access.strides[dim];
  }
  /// Tiles of the image's places along a side, and in all images.
  int64_t tiles(int side) const;
  int64_t tileCount() const { return imageCount() * tiles(0) * tiles(1); }

private:
  bool findSides();
  bool findOthers();
  bool hasUnitSteps() const;
  void formAxes();

  int window; ///< the number of the windows' operand
  llvm::SmallVector<int64_t> extents, rows;
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_WINOGRADVIEW_H
