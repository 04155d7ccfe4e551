//===- PointwisePlan.h - threads of a pointwise kernel ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The words are those of PointwiseView.h. Points of the parallel space are
// handed to teams of threads. A team of one thread walks the inner dimensions
// alone; a larger one deals them out, turn by turn, and combines what its
// threads have in a fixed order. A block holds several teams:
//
//   along rows      memory is contiguous along inner dimensions (a softmax):
//                   neighbouring threads are of one team, up to a warp they
//                   combine by shuffles, beyond through shared memory
//   along points    memory is contiguous along the last parallel dimension (a
//                   column sum, all elementwise work): neighbouring threads
//                   have neighbouring points
//
// Where there are fewer points than the chip has threads, several blocks share
// what is stored over inner dimensions (a batch normalisation): each of them
// makes the reductions again, which are small beside that.
//
// A thread takes several neighbouring points, or inner indices, at a time where
// it can move them in one access of up to 16 bytes.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_POINTWISEPLAN_H
#define DLCC_CODEGEN_GPU_POINTWISEPLAN_H

#include "codegen/PointwiseView.h"
#include "codegen/gpu/ChipTable.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallSet.h"

namespace dlcc::gpu {

class PointwisePlan : public PointwiseView {
public:
  static mlir::FailureOr<PointwisePlan> create(mlir::func::FuncOp kernel,
                                               const Chip &chip);

  bool alongRows = false;
  int64_t team = 1;   ///< threads of a team, a power of two
  int64_t points = 1; ///< teams of a block
  int64_t lanes = 0;  ///< neighbouring points of a thread; 0: one, as a scalar
  int64_t threads() const { return team * points; }
  /// Blocks that share the inner stores of a point.
  int64_t splits = 1;
  int64_t blocks = 1; ///< of all splits

  /// Extents of the parallel dimensions, and rows: indices for each row given.
  llvm::SmallVector<int64_t> extents, rows;
  /// Teams' points: those of the parallel space over the lanes.
  int64_t teams = 1;

  /// The inner dimension that a thread may take several indices of at a time,
  /// in a loop over the inner space of `stage` up to nest position `end`; -1:
  /// one by one.
  int64_t vectorPosition(const Stage &stage, int64_t end) const;

private:
  void shapeParallel();
  bool hasInner() const;
  int64_t innerElements() const;
  void chooseDirection();
  bool mayTakeLanes() const;
  void chooseThreads(const Chip &chip);
  int64_t mostSplits() const;
  void reach(int64_t stage, llvm::SmallSet<int64_t, 16> &reached) const;
  bool reads(const llvm::SmallSet<int64_t, 16> &reached,
             llvm::function_ref<bool(mlir::Value)> isOverwritten) const;
};

/// Lanes where a thread takes several elements at a time.
inline constexpr int64_t kLanes = 4;

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_POINTWISEPLAN_H
