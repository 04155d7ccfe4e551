//===- Emitter.h - builds one function of dlc ops ---------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_EMITTER_H
#define DLCC_FRONTEND_DLM_EMITTER_H

#include "frontend/dlm/Ast.h"
#include "frontend/dlm/Value.h"
#include "ir/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace dlcc::dlm {

/// A variable of the module and where the text made it.
struct VariableInfo {
  std::string name;
  dlc::VariableOp op;
  mlir::Type element;
  Extents shape;
  Range range;
};

/// Builds one function. Operands have been checked: shapes fit, types agree;
/// what is done here is spelling out (broadcasts, constants, reads).
class Emitter {
public:
  Emitter(mlir::ModuleOp module, llvm::StringRef name, llvm::StringRef entry,
          const DimensionTable &dims, bool training);

  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::func::FuncOp getFunction() { return function; }
  bool isTraining() const { return training; }
  /// Whether the value belongs to this function.
  bool owns(mlir::Value value) const;
  void setLocation(mlir::Location location) { loc = location; }
  mlir::Location getLocation() const { return loc; }

  Tensor argument(llvm::StringRef name, mlir::Type element, Extents shape);
  /// Declares an index bound of the argument that the tensor is, if it is one.
  void boundArgument(const Tensor &tensor, int64_t bound);

  mlir::RankedTensorType typeOf(mlir::Type element,
                                llvm::ArrayRef<Extent> shape) const;
  int64_t sizeOf(const Extent &extent) const { return dims.size(extent); }
  Tensor number(double value, mlir::Type element);
  Tensor integer(int64_t value, mlir::Type element);
  /// The scalar that a dimension is in an expression: the rows given count.
  Tensor extent(const Extent &extent, mlir::Type element);
  Tensor control(llvm::StringRef name, mlir::Type element);

  Tensor broadcast(const Tensor &operand, const Extents &shape);
  Tensor reshape(const Tensor &operand, const Extents &shape);
  Tensor cast(const Tensor &operand, mlir::Type element);
  Tensor transpose(const Tensor &operand, llvm::ArrayRef<int64_t> permutation);
  Tensor slice(const Tensor &operand, llvm::ArrayRef<int64_t> offsets,
               llvm::ArrayRef<int64_t> sizes, llvm::ArrayRef<int64_t> strides,
               const Extents &shape);
  Tensor concat(int64_t axis, llvm::ArrayRef<Tensor> operands,
                const Extents &shape);
  Tensor pad(const Tensor &operand, const Tensor &value,
             llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
             llvm::ArrayRef<int64_t> interior, const Extents &shape);
  Tensor window(const Tensor &operand, llvm::ArrayRef<int64_t> axes,
                llvm::ArrayRef<int64_t> sizes, llvm::ArrayRef<int64_t> strides,
                llvm::ArrayRef<int64_t> dilations, const Extents &shape);
  Tensor unwindow(const Tensor &operand, llvm::ArrayRef<int64_t> axes,
                  llvm::ArrayRef<int64_t> strides,
                  llvm::ArrayRef<int64_t> dilations, const Extents &shape);
  Tensor gather(const Tensor &operand, const Tensor &index, int64_t axis,
                int64_t batch, const Extents &shape);
  /// Zeros of `shape` and the values where the indices say.
  Tensor scatterAdd(const Tensor &values, const Tensor &index, int64_t axis,
                    int64_t batch, const Extents &shape);
  Tensor rank(const Tensor &operand, int64_t axis, bool descending,
              int64_t limit);
  Tensor cumulative(const Tensor &operand, int64_t axis, bool reverse,
                    bool exclusive);
  Tensor iota(int64_t axis, mlir::Type element, const Extents &shape);
  Tensor reduce(dlc::ReduceKind kind, const Tensor &operand,
                llvm::ArrayRef<int64_t> axes, bool keepDims);
  Tensor argReduce(dlc::ReduceKind kind, const Tensor &operand, int64_t axis);
  Tensor contract(const Tensor &lhs, const Tensor &rhs,
                  llvm::ArrayRef<int64_t> lhsBatch,
                  llvm::ArrayRef<int64_t> rhsBatch,
                  llvm::ArrayRef<int64_t> lhsAxes,
                  llvm::ArrayRef<int64_t> rhsAxes, const Extents &shape);
  Tensor compare(dlc::Comparison comparison, const Tensor &lhs,
                 const Tensor &rhs);
  Tensor select(const Tensor &condition, const Tensor &onTrue,
                const Tensor &onFalse);
  Tensor random(dlc::Distribution distribution, uint64_t path,
                mlir::Type element, const Extents &shape);

  /// Calls a C function; `dims` are pairs of an input and one of its axes.
  /// `results` come back with their values.
  llvm::SmallVector<Tensor> callExtern(const ExternDecl &function,
                                       llvm::ArrayRef<Tensor> inputs,
                                       llvm::ArrayRef<int64_t> dims,
                                       llvm::SmallVector<Tensor> results);

  /// Begins the body of a gradient that the text gives: what is emitted until
  /// endGradient computes gradients of `arguments` from those of `values`,
  /// which are returned.
  std::pair<dlc::CustomGradientOp, llvm::SmallVector<Tensor>>
  beginGradient(llvm::ArrayRef<Tensor> values,
                llvm::ArrayRef<Tensor> arguments);
  void endGradient(dlc::CustomGradientOp op, llvm::ArrayRef<Tensor> gradients);

  /// Begins the step of a scan: what is emitted until endScan or dropScan is
  /// done in each of `steps` steps. Returns the slices of the inputs, whose
  /// first dimension is that of the steps, and the carried values.
  llvm::SmallVector<Tensor> beginScan(const Extent &steps, bool reverse,
                                      llvm::ArrayRef<Tensor> inputs,
                                      llvm::ArrayRef<Tensor> inits);
  /// Returns the stacked outputs and the last carried values.
  llvm::SmallVector<Tensor> endScan(llvm::ArrayRef<Tensor> outputs,
                                    llvm::ArrayRef<Tensor> carries);
  /// Takes the scan back, after an error.
  void dropScan();

  template <typename Op> Tensor unary(const Tensor &operand) {
    Tensor result = operand;
    result.value = Op::create(builder, loc, operand.value);
    return result;
  }
  template <typename Op> Tensor binary(const Tensor &lhs, const Tensor &rhs) {
    Tensor result = lhs;
    result.value = Op::create(builder, loc, lhs.value, rhs.value);
    return result;
  }

  /// The variable's newest value in this function.
  Tensor read(const VariableInfo &variable);
  void write(const VariableInfo &variable, const Tensor &value);
  /// Takes back what was stored into a variable.
  void forget(llvm::StringRef name);

  /// Ends the function: writes, return with names, and no op that nothing
  /// needs.
  void finish(llvm::ArrayRef<std::pair<std::string, Tensor>> results);

private:
  mlir::Value readVariable(llvm::StringRef name, mlir::RankedTensorType type);

  mlir::ModuleOp module;
  mlir::func::FuncOp function;
  mlir::OpBuilder builder;
  mlir::Location loc;
  const DimensionTable &dims;
  bool training;
  /// The scans whose steps are being emitted, the outermost first.
  std::vector<std::pair<dlc::ScanOp, Extent>> scans;
  mlir::Operation *lastRead = nullptr;
  std::map<std::string, mlir::Value> reads;
  /// Buffers that were stored to, in the order of the first store.
  std::vector<std::pair<std::string, mlir::Value>> stores;
};

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_EMITTER_H
