//===- Shape.cpp - constants and movement of elements ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/writer/OpWriter.h"
#include "frontend/onnx/writer/Refusal.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

#include <numeric>

using namespace dlcc;
using namespace dlcc::dlc;
using namespace dlcc::onnx_writer;
using llvm::SmallVector;

/// The elements of a constant, a bool as a byte.
static std::string bytesOf(mlir::DenseElementsAttr elements) {
  if (!elements.getElementType().isInteger(1))
    return std::string(elements.getRawData().data(),
                       elements.getRawData().size());
  std::string bytes;
  for (bool value : elements.getValues<bool>())
    bytes += char(value);
  return bytes;
}

static Tensor writeConstant(GraphBuilder &b, ConstantOp op) {
  auto elements = llvm::dyn_cast<mlir::DenseElementsAttr>(op.getValue());
  if (!elements)
    throw Refusal("a constant of this kind is not supported");
  if (elements.isSplat())
    return b.scalar(elements.getSplatValue<mlir::Attribute>());
  Shape shape = b.shapeOf(op.getType());
  for (const Extent &extent : shape)
    if (extent.rows)
      throw Refusal("a constant that differs from row to row has no number of "
                    "rows that ONNX could leave open");
  return {b.initialiser(b.hint, elements.getElementType(),
                        elements.getType().getShape(), bytesOf(elements)),
          shape};
}

/// Numbers from 0 on along one axis; the other dimensions are repeated.
static Tensor writeIota(GraphBuilder &b, IotaOp op) {
  Shape shape = b.shapeOf(op.getType());
  mlir::Type element = op.getResult().getType().getElementType();
  int64_t axis = op.getAxis();
  mlir::Type i64 = mlir::IntegerType::get(op.getContext(), 64);
  Tensor line;
  if (shape[axis].rows) {
    Tensor zero = b.scalar(i64, 0), one = b.scalar(i64, 1);
    std::string count =
        b.node("Reshape", {b.shapeVector({shape[axis]}), b.ints({})});
    line = {b.node("Range", {zero.name, count, one.name}), {shape[axis]}};
  } else {
    SmallVector<int64_t> numbers = range(0, shape[axis].size);
    line = {b.ints(numbers), {shape[axis]}};
  }
  if (element != i64) {
    line.name = b.node("Cast", line.name);
    b.setInt("to", dataTypeOf(element));
  }
  // Dimensions before the axis may be missing.
  SmallVector<int64_t> behind =
      range(1, static_cast<int64_t>(shape.size()) - axis);
  return b.unsqueeze(line, behind);
}

/// Repeats nothing yet: the readers do that themselves.
static Tensor writeBroadcast(GraphBuilder &b, BroadcastOp op,
                             const Tensor &operand) {
  if (operand.shape.empty())
    return operand;
  Ints axes = op.getAxes();
  int64_t rank = op.getResult().getType().getRank();
  int64_t first = axes[axes.size() - operand.shape.size()];
  SmallVector<int64_t> added;
  for (int64_t axis = first; axis != rank; ++axis)
    if (!llvm::is_contained(axes, axis))
      added.push_back(axis - first);
  return b.unsqueeze(operand, added);
}

/// Elements of a value between every two along an axis: a new dimension behind
/// it, which is padded, and what is too much behind the last element cut off.
static Tensor spread(GraphBuilder &b, Tensor operand, int64_t axis,
                     int64_t interior, const std::string &value) {
  Shape shape = operand.shape;
  int64_t size = shape[axis].size;
  Tensor wide = b.unsqueeze(operand, axis + 1);
  SmallVector<int64_t> pads(2 * wide.shape.size());
  pads[wide.shape.size() + axis + 1] = interior;
  wide.name = b.node("Pad", {wide.name, b.ints(pads), value});
  shape[axis].size = size * (interior + 1);
  // The dimension is in two parts; they are joined.
  wide.shape[axis + 1].size = interior + 1;
  Tensor joined = b.reshape(wide, shape);
  return b.slice(joined, axis, int64_t(0), shape[axis].size - interior,
                 int64_t(1));
}

static Tensor writePad(GraphBuilder &b, PadOp op, Tensor operand,
                       const std::string &value) {
  for (auto [axis, interior] : llvm::enumerate(op.getInterior()))
    if (interior && operand.shape[axis].size > 1)
      operand = spread(b, operand, axis, interior, value);
  SmallVector<int64_t> pads(op.getLow());
  pads.append(op.getHigh().begin(), op.getHigh().end());
  if (llvm::all_of(pads, [](int64_t pad) { return pad == 0; }))
    return operand;
  operand.name = b.node("Pad", {operand.name, b.ints(pads), value});
  operand.shape = b.shapeOf(op.getType());
  return operand;
}

static Tensor writeSlice(GraphBuilder &b, SliceOp op, const Tensor &operand) {
  SmallVector<int64_t> axes, starts, ends, steps;
  for (auto [axis, start, size, step] :
       llvm::enumerate(op.getOffsets(), op.getSizes(), op.getStrides())) {
    if (start == 0 && size == operand.shape[axis].size)
      continue;
    axes.push_back(axis);
    starts.push_back(start);
    ends.push_back(start + (size - 1) * step + 1);
    steps.push_back(step);
  }
  return axes.empty() ? operand : b.slice(operand, axes, starts, ends, steps);
}

bool OpWriter::writeShape(mlir::Operation *op) {
  if (auto constant = llvm::dyn_cast<ConstantOp>(op)) {
    set(constant, writeConstant(b, constant));
    return true;
  }
  if (auto iota = llvm::dyn_cast<IotaOp>(op)) {
    set(iota, writeIota(b, iota));
    return true;
  }
  if (auto broadcast = llvm::dyn_cast<BroadcastOp>(op)) {
    set(broadcast, writeBroadcast(b, broadcast, get(broadcast.getOperand())));
    return true;
  }
  if (!llvm::isa<ReshapeOp, TransposeOp, SliceOp, PadOp, ConcatOp>(op))
    return false;
  mlir::Value result = op->getResult(0);
  // One number everywhere stays that, whatever is moved.
  if (!llvm::isa<PadOp, ConcatOp>(op) && get(op->getOperand(0)).shape.empty()) {
    set(result, get(op->getOperand(0)));
    return true;
  }
  if (auto concat = llvm::dyn_cast<ConcatOp>(op)) {
    SmallVector<std::string> inputs;
    for (mlir::Value operand : concat.getOperands()) {
      inputs.push_back(full(operand).name);
      refuseRows(b.shapeOf(operand.getType()), concat.getAxis(), "this joins");
    }
    set(concat, {b.node("Concat", inputs), b.shapeOf(concat.getType())});
    b.setInt("axis", concat.getAxis());
    return true;
  }
  Tensor operand = full(op->getOperand(0));
  Shape shape = b.shapeOf(result.getType());
  if (auto slice = llvm::dyn_cast<SliceOp>(op))
    for (size_t axis = 0; axis != shape.size(); ++axis)
      if (shape[axis].size != operand.shape[axis].size ||
          slice.getOffsets()[axis])
        refuseRows(operand.shape, axis, "this takes");
  if (auto pad = llvm::dyn_cast<PadOp>(op)) {
    for (size_t axis = 0; axis != shape.size(); ++axis)
      if (pad.getLow()[axis] || pad.getHigh()[axis] || pad.getInterior()[axis])
        refuseRows(operand.shape, axis, "this adds to");
    set(pad, writePad(b, pad, operand, get(pad.getValue()).name));
  } else if (auto slice = llvm::dyn_cast<SliceOp>(op)) {
    set(slice, writeSlice(b, slice, operand));
  } else if (auto transpose = llvm::dyn_cast<TransposeOp>(op)) {
    set(transpose, b.transpose(operand, transpose.getPermutation()));
  } else {
    set(result, b.reshape(operand, shape));
  }
  return true;
}
