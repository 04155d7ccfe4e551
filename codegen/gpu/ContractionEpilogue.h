//===- ContractionEpilogue.h - what follows a product -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_CONTRACTIONEPILOGUE_H
#define DLCC_CODEGEN_GPU_CONTRACTIONEPILOGUE_H

#include "codegen/ContractionView.h"
#include "codegen/gpu/KernelEmitter.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/DenseMap.h"

namespace dlcc::gpu {

/// Writes the elementwise ops of a contraction over finished sums, and stores
/// the kernel's results. All that a point reads comes before what it stores.
class ContractionEpilogue {
public:
  using Value = mlir::Value;

  /// `outer` are the indices of the view's outer axes.
  ContractionEpilogue(KernelContext &context, const ContractionView &view,
                      llvm::ArrayRef<Value> outer)
      : context(context), view(view), p(context.builder()), outer(outer) {}

  /// Finishes the sums of row `m` from column `n` on (in the order of the
  /// results): a vector of neighbours whose number is a multiple of their
  /// count, or a scalar.
  mlir::LogicalResult emitPoint(Value m, Value n, Value sums);

private:
  mlir::FailureOr<DeviceBuilder::Values> emitStage(const EpilogueStage &stage);
  Value input(const EpilogueStage &stage, mlir::OpOperand &operand);
  Value index(int64_t dim);
  Value extract(mlir::tensor::ExtractOp op, llvm::ArrayRef<Value> indices);
  Value address(const Buffer &buffer, const DimAccess &access);
  int64_t alignmentOf(const Buffer &buffer, const DimAccess &access) const;
  Value loadAt(const Buffer &buffer, const DimAccess &access);
  void storeAt(Value value, const Buffer &buffer, const DimAccess &access);

  KernelContext &context;
  const ContractionView &view;
  DeviceBuilder &p;
  llvm::SmallVector<Value> outer;
  // The point at hand.
  Value m, n;
  int64_t lanes = 0;
  llvm::DenseMap<Value, Value> values;
};

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_CONTRACTIONEPILOGUE_H
