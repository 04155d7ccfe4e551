//===- SwizzledTile.h - operands of matrix units in shared memory -*- C++
//-*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a matrix unit multiplies lies in shared memory as it is multiplied
// (rounded, 2 or 4 bytes an element), indices of k of a row side by side in one
// line. Units read eight lines at once, 16 bytes of each; so that these come
// from different banks, the chunks of 16 bytes of a line change places by the
// line's number: bits 7 and up of the offset are added, by exclusive or, to
// bits 4 and up. Both ldmatrix and wgmma (as a 32, 64 or 128 byte swizzle) read
// it so.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_SWIZZLEDTILE_H
#define DLCC_CODEGEN_GPU_SWIZZLEDTILE_H

#include "codegen/gpu/DeviceBuilder.h"

namespace dlcc::gpu {

/// Bytes that move together.
inline constexpr int64_t kChunkBytes = 16;

struct SwizzledTile {
  int64_t extent;       ///< rows, or columns, a multiple of 8
  int64_t depth;        ///< indices of k
  int64_t elementBytes; ///< 2 or 4

  /// 32, 64 or 128. Tiles lie at multiples of 8 lines.
  int64_t lineBytes() const { return depth * elementBytes; }
  int64_t bytes() const { return extent * lineBytes(); }

  /// The address of the element at index `k` of row `row` of the tile at
  /// `shared`. `k` may be of one chunk only where a vector follows.
  mlir::Value address(DeviceBuilder &p, mlir::Value shared, mlir::Value row,
                      mlir::Value k) const;
};

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_SWIZZLEDTILE_H
