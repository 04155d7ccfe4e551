//===- PointwiseKernel.h - elementwise work and reductions ------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes what a PointwisePlan says. Values are pulled: the value of a stage at
// some coordinates is written where it is asked for, once in each loop that
// does; what inner loops share is left to LLVM to move out of them.
//
//   for each level: the reductions that this level begins, then combining
//   the stores over inner spaces
//   the stores of the point itself, by the first thread of the team
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_POINTWISEKERNEL_H
#define DLCC_CODEGEN_GPU_POINTWISEKERNEL_H

#include "codegen/gpu/KernelEmitter.h"
#include "codegen/gpu/PointwisePlan.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <map>

namespace dlcc::gpu {

/// What a launch does: all, or the reductions of a level, whose parts go to the
/// workspace, the stores over inner dimensions, those of the points.
struct LaunchPart {
  enum Kind { All, Reductions, Inner, Points } kind = All;
  int64_t level = 0;
};

class PointwiseKernel {
public:
  PointwiseKernel(KernelContext &context, const PointwisePlan &plan,
                  LaunchPart part)
      : context(context), plan(plan), part(part), p(context.builder()) {}

  mlir::LogicalResult emit();

private:
  using Value = mlir::Value;
  using Values = DeviceBuilder::Values;
  /// Which stage at which coordinates.
  using Key = std::vector<int64_t>;

  /// Inner dimensions that a loop goes over.
  struct Space {
    llvm::SmallVector<int64_t> extents, rows; ///< from parallelDims on
    int64_t vectorPosition;                   ///< nest position; -1: none
    bool operator==(const Space &) const = default;
  };

  // Points and loops.
  void findPoint();
  void emitStages();
  Space spaceOf(const Stage &stage, int64_t end) const;
  Value boundOf(int64_t extent, int64_t rows);
  Value whereValid(Value end);
  /// Runs `body` for this thread's part of the space, with values carried;
  /// `isSplit`: for its part of the block's.
  Values forSpace(const Space &space, bool isSplit, mlir::ValueRange init,
                  llvm::function_ref<Values(mlir::ValueRange)> body);
  /// The same for all of it, one index after the other, from dimension `from`.
  Values forAll(const Space &space, size_t from, int64_t firstPosition,
                mlir::ValueRange init,
                llvm::function_ref<Values(mlir::ValueRange)> body);
  Values inside(llvm::function_ref<Values()> body);

  // Reductions (PointwiseReduction.cpp).
  void reduceLevel(int64_t level);
  Values partsAddress(const Stage &stage, Value number);
  void storeParts(const Stage &stage, const Values &partial);
  Values combineParts(const Stage &stage);
  Values startReduction(const Stage &stage, const Coordinates &coordinates,
                        bool isShared);
  Values finishReduction(const Stage &stage, Values partial);
  Values addInitial(const Stage &stage, Values partial);
  Values combineTwo(const Stage &stage, const Values &first,
                    const Values &second);
  Values combineLanes(const Stage &stage, Values partial);
  Values combineTeam(const Stage &stage, Values partial);
  Values combineByShuffles(const Stage &stage, Values partial, int64_t width);
  Values combineInShared(const Stage &stage, Values partial);
  Values reduceAlone(const Stage &stage, const Coordinates &coordinates);
  bool isShared(const Stage &stage) const;

  // Values.
  Values evaluate(int64_t number, const Coordinates &coordinates);
  Values evaluateHere(const Stage &stage, const Coordinates &coordinates,
                      llvm::ArrayRef<Value> accumulators);
  Value operandValue(const Stage &stage, mlir::OpOperand &operand,
                     const Coordinates &coordinates);
  Value indexAt(int64_t position);
  Value extractElement(mlir::tensor::ExtractOp op,
                       llvm::ArrayRef<Value> indices);
  Value offsetOf(const LinearAccess &access);
  int64_t alignmentOf(const Buffer &buffer, const LinearAccess &access) const;
  int64_t strideOfLanes(const LinearAccess &access) const;
  Value load(const Buffer &buffer, const LinearAccess &access);
  Value loadNow(const Buffer &buffer, const LinearAccess &access);
  void store(Value value, const Buffer &buffer, const LinearAccess &access);
  void storeStage(const Stage &stage, llvm::ArrayRef<Value> values);
  Values fail();

  KernelContext &context;
  const PointwisePlan &plan;
  LaunchPart part;
  DeviceBuilder &p;

  /// By nest position: the index, and what it is a multiple of.
  llvm::SmallVector<Value> index;
  llvm::SmallVector<int64_t> multiple;
  int64_t vectorPosition = -1, lanes = 0; ///< of the loop that is open
  Value valid;                            ///< whether the team has a point
  bool isInside = false;                  ///< where nobody is who has none
  Value split;                            ///< the block's number of those
  Value member;                           ///< the thread's number in the team
  Value teamOfBlock, point; ///< the team's number, in its block and of all
  std::map<int64_t, Values> reduced; ///< results of finished reductions
  /// What was computed in each of the regions that are open.
  llvm::SmallVector<std::map<Key, Values>> known;
  bool failed = false;
};

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_POINTWISEKERNEL_H
