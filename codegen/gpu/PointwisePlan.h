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
// the inner dimensions of a point, and a kernel is several launches: one for
// each level of reductions, whose blocks leave their parts in the workspace,
// one for the stores over inner dimensions, and one for those of the points
// themselves. Each begins with combining the parts that are there; a small
// reduction is made again instead.
//
// A thread takes several neighbouring points, or inner indices, at a time where
// it can move them in one access of up to 16 bytes.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_POINTWISEPLAN_H
#define DLCC_CODEGEN_GPU_POINTWISEPLAN_H

#include "codegen/PointwiseView.h"
#include "codegen/gpu/ChipTable.h"

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
  /// Blocks that share the inner dimensions of a point.
  int64_t splits = 1;
  /// Whether they share the reduction, too.
  bool isSplit(const Stage &stage) const;
  /// Bytes of the workspace before the parts of a result: [splits][points].
  int64_t partsAt(int64_t stage, int64_t result) const;
  int64_t workspaceBytes() const { return partsAt(stages.size(), 0); }
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
  int64_t elementsInside(const Stage &stage) const;
  bool readsOverwritten(const Stage &stage) const;
};

/// Lanes where a thread takes several elements at a time.
inline constexpr int64_t kLanes = 4;

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_POINTWISEPLAN_H
