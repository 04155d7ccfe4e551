//===- PointwiseEmitter.h - loops of a pointwise kernel ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Walks a PointwisePlan with a builder. At any moment some loops are open; the
// value of a stage, and each load, is written in the outermost of them where
// it can be, and remembered there, so that nothing is computed twice and
// nothing that a row shares is computed for each of its elements.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_POINTWISEEMITTER_H
#define DLCC_CODEGEN_CPU_POINTWISEEMITTER_H

#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/PointwisePlan.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <map>

namespace dlcc::cpu {

class PointwiseEmitter {
public:
  PointwiseEmitter(KernelContext &context, const PointwisePlan &plan)
      : context(context), plan(plan), b(context.builder), loc(context.loc) {}

  mlir::LogicalResult emit();

private:
  using Values = llvm::SmallVector<mlir::Value>;
  /// What a remembered value is: stage and result or buffer, then coordinates
  /// or strides.
  using Key = std::vector<int64_t>;

  /// One open loop (or the function, the first): the index it provides and
  /// the values that were written in it.
  struct Scope {
    mlir::Value index;
    mlir::Operation *nested = nullptr; ///< the loop inside, if it is an op
    std::map<Key, Values> known;
  };

  /// Bounds of a loop.
  struct Range {
    mlir::Value from, to;
    std::optional<int64_t> trips; ///< where the number is known
    int64_t multiple = 1;         ///< divides the number of trips
  };

  // Loops (PointwiseLoops.cpp).
  using LoopBody = llvm::function_ref<Values(Values)>;
  /// Opens a loop at the next nest position; carries `init` through it.
  Values loop(const Range &range, bool vector, Values init, LoopBody body);
  Values scalarLoop(mlir::Value from, mlir::Value to, int64_t step,
                    const Values &init, LoopBody body);
  Values vectorLoop(const Range &range, Values init, LoopBody body);
  Values insideScope(mlir::Value index, mlir::Operation *nested, Values carried,
                     LoopBody body);
  Range innerRange(int64_t extent, int64_t rows);
  Range parallelRange(int64_t position);
  void openParallel(int64_t position);
  void emitPoint();
  void emitPass(const Pass &pass);
  Values emitInner(const Pass &pass, int64_t position, Values carried);
  void storePoint();

  // What is wanted later (PointwisePrefetch.cpp).
  void prefetchNextPoint(mlir::Value first, mlir::Type elementType,
                         const LinearAccess &access);
  void prefetchDown(mlir::Value first, mlir::Type elementType,
                    const LinearAccess &access);
  void prefetch(mlir::Value first, int64_t ahead, int64_t bytes);

  // Reductions (PointwiseReduction.cpp).
  int64_t lanesAlong(const Pass &pass) const;
  Values startReduction(const Stage &stage);
  Values reduceStep(const Stage &stage, llvm::ArrayRef<mlir::Value> carried);
  void finishReduction(int64_t number, Values carried);
  mlir::Value reduceLanes(mlir::Operation *combiner, mlir::Value lanes);
  Values argReduceLanes(const Stage &stage, llvm::ArrayRef<mlir::Value> lanes);
  bool acrossLanes(const Stage &stage) const;

  // Values (PointwiseEmitter.cpp).
  /// The results of a stage for the point that the open loops stand at.
  Values evaluate(int64_t number, const Coordinates &coordinates);
  Values evaluateHere(const Stage &stage, const Coordinates &coordinates,
                      llvm::ArrayRef<mlir::Value> accumulators);
  mlir::Value operandValue(const Stage &stage, mlir::OpOperand &operand,
                           const Coordinates &coordinates);
  mlir::Value indexAt(int64_t position);
  mlir::Value vectorIndexAt(int64_t position);
  mlir::Value loadElement(mlir::Value base, mlir::Type elementType,
                          const LinearAccess &access, const Key &key);
  mlir::Value extractElement(const Stage &stage, const Coordinates &coordinates,
                             mlir::tensor::ExtractOp op,
                             llvm::ArrayRef<mlir::Value> indices);
  mlir::Value loadClampedRun(mlir::Value base, mlir::Value offsets,
                             mlir::Type elementType);
  mlir::Value address(mlir::Value base, mlir::Type elementType,
                      const LinearAccess &access);
  /// The part of an offset that is no lane number; i64.
  mlir::Value scalarOffset(const LinearAccess &access);
  void storeElement(mlir::Value value, mlir::Value base, mlir::Type elementType,
                    const LinearAccess &access);
  void storeStage(int64_t number, llvm::ArrayRef<mlir::Value> values);
  mlir::Value scratchBase(const Stage &stage, int64_t result);
  LinearAccess scratchAccess(const Stage &stage,
                             const Coordinates &coordinates) const;
  mlir::Value constant(int64_t value);
  /// Runs `write` with the builder in the scope numbered `depth`, or finds
  /// what it wrote there before.
  Values inScope(int64_t depth, const Key &key,
                 llvm::function_ref<Values()> write);
  Values fail();

  KernelContext &context;
  const PointwisePlan &plan;
  mlir::OpBuilder &b;
  mlir::Location loc;
  llvm::SmallVector<Scope> scopes;
  /// Nest position of the lanes of the loops that are open, and how many; the
  /// mask where some are absent.
  int64_t vectorPosition = -1;
  int64_t lanes = 0;
  mlir::Value mask;
  int64_t level = 0;                 ///< of the pass being written
  bool isSecondPass = false;         ///< over the inner space
  std::map<int64_t, Values> reduced; ///< results of finished reductions
  bool failed = false;
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_POINTWISEEMITTER_H
