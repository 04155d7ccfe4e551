//===- KernelEmitter.h - the seam between the kinds of kernels --*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel function exists in three forms (see codegen/README.md):
//
// tensor form   func.func private @k(tensors) -> tensors, linalg on tensors.
//               SelectKernels decides here: sets dlc.tiles (contractions;
//               lowering keeps to them), dlc.tasks and dlc.scratch.
// planned form  func.func private @k(memrefs: inputs, then outputs); the body
//               begins with bufferization.to_tensor of each input that is read
//               and ends with bufferization.materialize_in_destination.
// loop form     func.func private @k(!llvm.ptr, i64, i64, !llvm.ptr), made by
//               LowerKernels. The planned form stays as the declaration
//               `@k.planned`, which entry functions call until they become
//               bodies; its attribute `dlc.loop_forms = [@k]` leads here.
//
// An object for several processors has a loop form of a kernel for each level,
// `@k.x86-64-v3`, and so has every function that kernels call.
//
// Rules for the body of the loop form, the same for every emitter:
// * Addresses are raw: !llvm.ptr, llvm.getelementptr, llvm.load/store, masked
//   and gathering llvm intrinsics, all built by MemoryAccess.h. Alignment is
//   that of an element. No memref, no alloca over 4 KiB, no allocation.
// * All index arithmetic is i64; loops are scf.for over i64.
// * Values are scalars or one-dimensional vectors; arith, math and vector ops
//   only. `math` functions are expanded later by ExpandMath; math.fma is a
//   single rounding. No fast-math flags.
// * i1 tensors are bytes 0 or 1 in memory (MemoryAccess.h converts).
// * Tasks write disjoint elements, a task may not depend on another one, and
//   what is computed for an element depends on the shape only: not on the
//   task, not on the number of lanes, not on the target.
// * `rows` bounds loops over dimensions with `dlc.rows` > 0; a task that has
//   nothing left to do returns at once. Outputs beyond `rows` stay untouched.
// * An output may share memory with an input that the kernel reads only at
//   the point where it writes: all loads of a point come before its stores.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_KERNELEMITTER_H
#define DLCC_CODEGEN_CPU_KERNELEMITTER_H

#include "codegen/cpu/TargetTable.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>

namespace dlcc {
struct ContractionView;
} // namespace dlcc

namespace dlcc::cpu {

class Tuning;

/// One buffer of a kernel: argument `i` of the planned form is `buffers[i]`.
/// Behind them stand the constants that are not one number in all elements.
struct Buffer {
  mlir::Value base; ///< !llvm.ptr, made at the head of the function
  mlir::Type elementType;
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<int64_t> strides; ///< in elements
};

/// Everything that an emitter needs to write a loop form.
struct KernelContext {
  mlir::OpBuilder &builder; ///< stands in the body, after the base pointers
  mlir::Location loc;
  mlir::func::FuncOp planned; ///< to read; erased by the caller
  llvm::SmallVector<Buffer> buffers;
  mlir::Value rows;    ///< i64
  mlir::Value task;    ///< i64
  mlir::Value scratch; ///< !llvm.ptr, dlc.scratch bytes, 64-byte aligned
  const TargetTable &target;
  /// Numbers of the buffers of constants.
  llvm::DenseMap<mlir::Value, size_t> constants{};

  /// The buffer behind a tensor of the planned form: the memref below a
  /// to_tensor, or the object's copy of a constant. Null for tensors that the
  /// kernel computes.
  const Buffer *inputBuffer(mlir::Value tensor) const;
  /// The buffers that `tensor` is materialised in.
  llvm::SmallVector<const Buffer *> outputBuffers(mlir::Value tensor) const;
  /// Diagnoses buffers with gaps, and another number of tasks than the kernel
  /// was selected with.
  mlir::LogicalResult verifyPlanned(int64_t tasks) const;
};

/// True for kernels that call a C function.
bool isExtern(mlir::func::FuncOp kernel);
/// True for kernels with a way of their own to sums at indices, ranks or
/// running sums; of the others those with `dlc.parallel_dims` are pointwise,
/// all others contractions.
bool isIndexed(mlir::func::FuncOp kernel);
bool isPointwise(mlir::func::FuncOp kernel);
bool isWinograd(mlir::func::FuncOp kernel);

/// Tensor form: decide tiles and tasks, set dlc.tasks and dlc.scratch.
mlir::LogicalResult selectExtern(mlir::func::FuncOp kernel);
mlir::LogicalResult selectIndexed(mlir::func::FuncOp kernel);
mlir::LogicalResult selectPointwise(mlir::func::FuncOp kernel,
                                    const TargetTable &target);
/// `trial`: which of the tiles that may be fast, where none were measured yet;
/// nothing where the module is not there to be measured.
mlir::LogicalResult selectContraction(mlir::func::FuncOp kernel,
                                      const TargetTable &target,
                                      const Tuning &tuning,
                                      std::optional<int64_t> trial);
/// Contractions that DotPlan applies to.
mlir::LogicalResult selectDot(mlir::func::FuncOp kernel,
                              const ContractionView &view,
                              const TargetTable &target);
mlir::LogicalResult selectWinograd(mlir::func::FuncOp kernel,
                                   const TargetTable &target);

/// Planned form: write the loop form at the context's builder, without the
/// function's return.
mlir::LogicalResult emitExtern(KernelContext &context);
mlir::LogicalResult emitIndexed(KernelContext &context);
mlir::LogicalResult emitPointwise(KernelContext &context);
mlir::LogicalResult emitContraction(KernelContext &context);
mlir::LogicalResult emitDot(KernelContext &context,
                            const ContractionView &view);
mlir::LogicalResult emitWinograd(KernelContext &context);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_KERNELEMITTER_H
