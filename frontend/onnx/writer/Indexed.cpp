//===- Indexed.cpp - look-ups, orders, running sums -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/writer/OpWriter.h"
#include "frontend/onnx/writer/Refusal.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace dlcc;
using namespace dlcc::dlc;
using namespace dlcc::onnx_writer;
using llvm::SmallVector;

/// Whether the model says that an index lies within the axis: it is an input
/// with a bound.
static bool isWithin(mlir::Value index, int64_t size) {
  auto argument = llvm::dyn_cast<mlir::BlockArgument>(index);
  auto function = argument ? llvm::dyn_cast<mlir::func::FuncOp>(
                                 argument.getOwner()->getParentOp())
                           : nullptr;
  if (!function)
    return false;
  auto bound = function.getArgAttrOfType<mlir::IntegerAttr>(
      argument.getArgNumber(), attr::kBound);
  return bound && bound.getInt() <= size;
}

/// An index outside of the axis counts as its first or last; ONNX counts
/// negative ones from the end and refuses others.
static std::string clamp(GraphBuilder &b, const Tensor &index,
                         mlir::Value value, int64_t size) {
  if (isWithin(value, size))
    return index.name;
  mlir::Type type =
      llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType();
  return b.node("Clip", {index.name, b.scalar(type, 0).name,
                         b.scalar(type, double(size - 1)).name});
}

static Tensor writeGather(GraphBuilder &b, GatherOp op, const Tensor &operand,
                          const Tensor &index) {
  int64_t axis = op.getAxis(), batch = op.getBatch(),
          rank = operand.shape.size(), count = index.shape.size();
  std::string places = clamp(b, index, op.getIndex(), operand.shape[axis].size);
  if (batch == 0) {
    Tensor result = {b.node("Gather", {operand.name, places}),
                     b.shapeOf(op.getType())};
    if (axis != 0)
      b.setInt("axis", axis);
    return result;
  }
  // GatherND wants the axis behind the dimensions that are paired.
  SmallVector<int64_t> front;
  for (int64_t dim : llvm::seq<int64_t>(0, rank))
    if (dim < batch)
      front.push_back(dim);
  front.push_back(axis);
  for (int64_t dim : llvm::seq<int64_t>(batch, rank))
    if (dim != axis)
      front.push_back(dim);
  Tensor moved = b.transpose(operand, front);
  Tensor wide = b.unsqueeze({places, index.shape}, count);
  if (op.getIndex().getType().getElementType().isInteger(32)) {
    wide.name = b.node("Cast", wide.name);
    b.setInt("to", onnx::TensorProto::INT64);
  }
  Tensor result;
  result.name = b.node("GatherND", {moved.name, wide.name});
  b.setInt("batch_dims", batch);
  // Paired dimensions, the index's others, then the operand's others.
  result.shape.append(index.shape.begin(), index.shape.end());
  result.shape.append(moved.shape.begin() + batch + 1, moved.shape.end());
  int64_t before = axis - batch, taken = count - batch;
  SmallVector<int64_t> back;
  for (int64_t dim : llvm::seq<int64_t>(0, batch))
    back.push_back(dim);
  for (int64_t dim : llvm::seq<int64_t>(0, before))
    back.push_back(count + dim);
  for (int64_t dim : llvm::seq<int64_t>(0, taken))
    back.push_back(batch + dim);
  for (int64_t dim : range(count + before, result.shape.size()))
    back.push_back(dim);
  return b.transpose(result, back);
}

/// TopK of all gives what comes at each place; the rank is the reverse.
static Tensor writeRank(GraphBuilder &b, RankOp op, const Tensor &operand) {
  int64_t axis = op.getAxis(), size = operand.shape[axis].size;
  mlir::Type i64 = mlir::IntegerType::get(op.getContext(), 64);
  onnx::NodeProto *top;
  b.node("TopK", {operand.name, b.ints(size)});
  b.setInt("axis", axis);
  b.setInt("largest", op.getDescending());
  top = &b.last();
  std::string order = b.unique(b.hint);
  top->add_output(order);
  SmallVector<int64_t> numbers = range(0, size);
  Tensor places = {b.ints(numbers), {operand.shape[axis]}};
  SmallVector<int64_t> behind =
      range(1, static_cast<int64_t>(operand.shape.size()) - axis);
  places = b.expand(b.unsqueeze(places, behind), operand.shape);
  Tensor rank = {b.node("ScatterElements", {order, order, places.name}),
                 operand.shape};
  b.setInt("axis", axis);
  if (int64_t(op.getLimit()) < size)
    rank = b.elementwise("Min", {rank, b.scalar(i64, double(op.getLimit()))});
  rank.name = b.node("Cast", rank.name);
  b.setInt("to", onnx::TensorProto::INT32);
  return rank;
}

bool OpWriter::writeIndexed(mlir::Operation *op) {
  if (auto gather = llvm::dyn_cast<GatherOp>(op)) {
    set(gather, writeGather(b, gather, full(gather.getOperand()),
                            full(gather.getIndex())));
    return true;
  }
  if (llvm::isa<ScatterAddOp>(op))
    throw Refusal("sums at indices, of which 'scatter', 'sort', 'argsort' and "
                  "'top_k' are made, are not written");
  if (auto rank = llvm::dyn_cast<RankOp>(op)) {
    set(rank, writeRank(b, rank, full(rank.getOperand())));
    return true;
  }
  if (auto sums = llvm::dyn_cast<CumulativeOp>(op)) {
    mlir::Type i64 = mlir::IntegerType::get(op->getContext(), 64);
    Tensor operand = full(sums.getOperand());
    operand.name = b.node(
        "CumSum", {operand.name, b.scalar(i64, double(sums.getAxis())).name});
    if (sums.getExclusive())
      b.setInt("exclusive", 1);
    if (sums.getReverse())
      b.setInt("reverse", 1);
    set(sums, operand);
    return true;
  }
  return false;
}
