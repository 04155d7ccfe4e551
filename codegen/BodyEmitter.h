//===- BodyEmitter.h - linalg bodies on vectors -----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every emitter ends here: the region of a linalg.generic describes one
// element, the kernel computes `lanes` of them at once. Operations keep their
// names and change their types. What is the same in all lanes stays scalar
// until it meets a vector, so that rates, means and the like are computed once.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_BODYEMITTER_H
#define DLCC_CODEGEN_BODYEMITTER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>

namespace dlcc {

class BodyEmitter {
public:
  /// The index along a loop dimension: an integer of `indexBits`, or a vector
  /// of them along the vectorised dimension.
  using IndexFn = llvm::function_ref<mlir::Value(int64_t dim)>;
  /// What a tensor.extract reads at the given indices, each an integer of
  /// `indexBits` or a vector of them. May return null to refuse.
  using ExtractFn = llvm::function_ref<mlir::Value(
      mlir::tensor::ExtractOp op, llvm::ArrayRef<mlir::Value> indices)>;

  /// `indexBits`: of what stands for the index type.
  explicit BodyEmitter(mlir::OpBuilder &builder, unsigned indexBits = 64)
      : b(builder), indexBits(indexBits) {}

  /// Writes the body of `op` at the builder. `arguments` are the values of the
  /// block arguments (inputs, then outputs or accumulators), each a scalar or
  /// a vector, all of one length; unused ones may be null. Returns the yielded
  /// values, scalar where they are the same in all lanes. Fails with a
  /// diagnostic at an op that has no meaning in a kernel.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  emit(mlir::linalg::GenericOp op, llvm::ArrayRef<mlir::Value> arguments,
       IndexFn index, ExtractFn extract);

  /// What `emit` wants as arguments: of each operand that the body uses what
  /// `value` says, of accumulators those given, if any. Nothing where `value`
  /// gives null.
  static std::optional<llvm::SmallVector<mlir::Value>>
  argumentsOf(mlir::linalg::GenericOp op,
              llvm::ArrayRef<mlir::Value> accumulators,
              llvm::function_ref<mlir::Value(mlir::OpOperand &)> value);

private:
  mlir::Type withoutIndex(mlir::Type type) const;
  mlir::Type shapedLike(mlir::Type type, mlir::Type like) const;
  mlir::Value emitConstant(mlir::Operation *op);
  mlir::Value convertIndex(mlir::Operation *op, mlir::Value operand);
  mlir::Operation *cloneElementwise(mlir::Operation *op,
                                    llvm::SmallVector<mlir::Value> operands);

  mlir::OpBuilder &b;
  unsigned indexBits;
};

/// The one number in all elements of `tensor`, at the builder, where it is
/// known: a scalar of the function that fills it, or a constant. Null
/// elsewhere.
mlir::Value uniformElement(mlir::OpBuilder &b, mlir::Location loc,
                           mlir::Value tensor);

} // namespace dlcc

#endif // DLCC_CODEGEN_BODYEMITTER_H
