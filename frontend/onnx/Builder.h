//===- Builder.h - dlc ops with ONNX's broadcasting -------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_BUILDER_H
#define DLCC_FRONTEND_ONNX_BUILDER_H

#include "frontend/onnx/Refusal.h"
#include "ir/Ops.h"
#include "ir/eval/Tensor.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"

#include <memory>
#include <optional>

namespace dlcc::onnx_reader {

/// What an entry point computes: what the nodes say; or, of a model that is
/// trained, inference or a training step, whatever their `training_mode` says.
enum class Mode { AsWritten, Inference, Training };

using Value = mlir::Value;
using Type = mlir::Type;
using Values = llvm::SmallVector<Value>;
using Ints = llvm::SmallVector<int64_t>;
using llvm::ArrayRef;

/// Makes dlc ops. Whatever does not fit is refused before an op is made of it.
/// What is made from constants alone is known: shape arithmetic of the model is
/// ordinary ops here, and whoever needs a number asks `known`.
class Builder {
public:
  explicit Builder(mlir::OpBuilder builder)
      : builder(builder), loc(builder.getUnknownLoc()) {}

  mlir::OpBuilder builder;
  mlir::Location loc;
  Mode mode = Mode::AsWritten;
  /// The size of dimensions that follow the rows of a call; 0: there are none.
  int64_t rows = 0;

  // Types.
  static mlir::RankedTensorType typeOf(Value value);
  static ArrayRef<int64_t> shapeOf(Value value);
  static int64_t rankOf(Value value) { return shapeOf(value).size(); }
  static int64_t sizeOf(Value value);
  static Type elementOf(Value value);
  static bool isFloat(Value value);
  static bool isBool(Value value);
  static bool isUnsigned(Value value);
  Type boolean() { return builder.getI1Type(); }
  Type i32() { return builder.getI32Type(); }
  Type i64() { return builder.getI64Type(); }
  Type f32() { return builder.getF32Type(); }
  /// Refuses what no machine holds.
  mlir::RankedTensorType type(ArrayRef<int64_t> shape, Type element);

  // Constants.
  Value constant(mlir::DenseElementsAttr elements);
  Value constant(eval::Tensor tensor);
  Value number(double value, Type element);
  /// One dimension of i64.
  Value integers(ArrayRef<int64_t> values);
  /// A scalar repeated over a shape.
  Value filled(double value, ArrayRef<int64_t> shape, Type element);
  /// The elements, where they follow from constants alone.
  const eval::Tensor *known(Value value) const;
  /// Makes constants of single numbers that follow from constants, such as one
  /// of a shape: what else the shape holds matters to nobody then.
  void replaceNumbers(mlir::Block &block);
  /// Makes constants of what known ops make of tensors without elements, which
  /// nothing behind the reader takes.
  void replaceWhatIsMadeOfNothing(mlir::Block &block);
  /// Says what the elements of a value are that no op here makes.
  void learn(Value value, eval::Tensor tensor);

  // Movement.
  Value reshape(Value value, ArrayRef<int64_t> shape);
  Value transpose(Value value, ArrayRef<int64_t> permutation);
  /// NumPy's: dimensions are compared from the last on.
  Value broadcast(Value value, ArrayRef<int64_t> shape);
  /// Operand dimension i becomes dimension axes[i].
  Value broadcastAlong(Value value, ArrayRef<int64_t> axes,
                       ArrayRef<int64_t> shape);
  Value slice(Value value, ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes,
              ArrayRef<int64_t> strides);
  /// `size` elements along one axis, from `offset` on.
  Value sliceAxis(Value value, int64_t axis, int64_t offset, int64_t size,
                  int64_t stride = 1);
  Value reverse(Value value, int64_t axis);
  Value concat(int64_t axis, ArrayRef<Value> values);
  Value pad(Value value, Value with, ArrayRef<int64_t> low,
            ArrayRef<int64_t> high, ArrayRef<int64_t> interior = {});
  Value window(Value value, ArrayRef<int64_t> axes, ArrayRef<int64_t> sizes,
               ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations);
  Value unwindow(Value value, ArrayRef<int64_t> axes, ArrayRef<int64_t> strides,
                 ArrayRef<int64_t> dilations, ArrayRef<int64_t> shape);
  Value insertAxis(Value value, int64_t axis);
  Value iota(int64_t axis, ArrayRef<int64_t> shape, Type element);
  Value gather(Value value, Value index, int64_t axis, int64_t batch);
  Value scatterAdd(Value values, Value index, int64_t axis, int64_t batch,
                   ArrayRef<int64_t> shape);

  // Arithmetic. Two operands are broadcast to one shape.
  Value cast(Value value, Type element);
  template <typename Op> Value unary(Value value) {
    return made(Op::create(builder, loc, value));
  }
  template <typename Op> Value binary(Value lhs, Value rhs) {
    align(lhs, rhs);
    return made(Op::create(builder, loc, lhs, rhs));
  }
  Value add(Value lhs, Value rhs) { return binary<dlc::AddOp>(lhs, rhs); }
  Value sub(Value lhs, Value rhs) { return binary<dlc::SubOp>(lhs, rhs); }
  Value mul(Value lhs, Value rhs) { return binary<dlc::MulOp>(lhs, rhs); }
  Value div(Value lhs, Value rhs) { return binary<dlc::DivOp>(lhs, rhs); }
  Value max(Value lhs, Value rhs) { return binary<dlc::MaxOp>(lhs, rhs); }
  Value min(Value lhs, Value rhs) { return binary<dlc::MinOp>(lhs, rhs); }
  Value add(Value lhs, double rhs) { return add(lhs, like(rhs, lhs)); }
  Value mul(Value lhs, double rhs) { return mul(lhs, like(rhs, lhs)); }
  Value div(Value lhs, double rhs) { return div(lhs, like(rhs, lhs)); }
  Value exp(Value value) { return unary<dlc::ExpOp>(value); }
  Value log(Value value) { return unary<dlc::LogOp>(value); }
  Value neg(Value value) { return unary<dlc::NegOp>(value); }
  Value sqrt(Value value) { return unary<dlc::SqrtOp>(value); }
  Value logicalNot(Value value) { return unary<dlc::NotOp>(value); }
  /// A scalar of the other's element type.
  Value like(double number, Value other) {
    return this->number(number, elementOf(other));
  }
  Value compare(dlc::Comparison comparison, Value lhs, Value rhs);
  Value select(Value condition, Value onTrue, Value onFalse);
  Value isNaN(Value value) {
    return compare(dlc::Comparison::NE, value, value);
  }

  // Sums and extremes; bools count as numbers 0 and 1 nowhere.
  Value reduce(dlc::ReduceKind kind, Value value, ArrayRef<int64_t> axes,
               bool keepDims);
  Value sum(Value value, ArrayRef<int64_t> axes, bool keepDims) {
    return reduce(dlc::ReduceKind::Sum, value, axes, keepDims);
  }
  Value mean(Value value, ArrayRef<int64_t> axes, bool keepDims);
  Value argReduce(dlc::ReduceKind kind, Value value, int64_t axis);
  Value contract(Value lhs, Value rhs, ArrayRef<int64_t> lhsBatch,
                 ArrayRef<int64_t> rhsBatch, ArrayRef<int64_t> lhsAxes,
                 ArrayRef<int64_t> rhsAxes);
  /// NumPy's matmul.
  Value matmul(Value lhs, Value rhs);
  Value softmax(Value value, ArrayRef<int64_t> axes);
  Value logSoftmax(Value value, ArrayRef<int64_t> axes);
  Value rank(Value value, int64_t axis, bool descending, int64_t limit);
  Value cumulative(Value value, int64_t axis, bool reverse, bool exclusive);

  // The call.
  /// How many indices a dimension of `size` has in this call, where it counts
  /// the rows; else `size`.
  Value count(int64_t size, Type element);
  /// What the runtime writes before a call: `$rows`, `$seed`, `$step`.
  Value control(llvm::StringRef name);
  /// Numbers in [0, 1), others in each step; `name` is the node's.
  Value uniform(llvm::StringRef name, ArrayRef<int64_t> shape);
  /// The newest value of a variable that `value` was read from.
  Value stored(Value value);
  /// Changes that variable at the end of the call.
  void store(Value value, Value to);
  /// Ends the function's ops with what was stored.
  void writeStores();

  /// One shape for both, which may be refused.
  void align(Value &lhs, Value &rhs);
  static Ints broadcastShape(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs);

private:
  /// Evaluates a new op of known operands.
  Value made(mlir::Operation *op);

  /// Refuses what a function does once, in the body of a loop.
  void refuseInLoops() const;

  llvm::DenseMap<Value, std::shared_ptr<eval::Tensor>> knowns;
  /// Variables and what they become, in the order of the first change.
  llvm::MapVector<mlir::StringAttr, Value> stores;
  int64_t drawn = 0; ///< tensors of random numbers so far
};

/// 0, 1, …, count - 1.
Ints upTo(int64_t count, int64_t from = 0);

/// `[2, 3]`.
std::string toString(ArrayRef<int64_t> shape);
/// The element type as users write it: f32, u8, bool.
std::string nameOf(Type element);

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_BUILDER_H
