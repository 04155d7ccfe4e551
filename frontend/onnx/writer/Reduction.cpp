//===- Reduction.cpp - sums, extremes, poolings ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/writer/OpWriter.h"
#include "frontend/onnx/writer/Refusal.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace dlcc;
using namespace dlcc::dlc;
using namespace dlcc::onnx_writer;
using llvm::SmallVector;

/// What a pad before a maximum may be of: it never wins.
static bool isLowest(mlir::Attribute value) {
  auto number = llvm::dyn_cast<mlir::FloatAttr>(value);
  return number && number.getValue().isInfinity() &&
         number.getValue().isNegative();
}

static int64_t productOf(Ints sizes) {
  int64_t product = 1;
  for (int64_t size : sizes)
    product *= size;
  return product;
}

/// A maximum or sum over what a window sees, and nothing else, as a pooling.
static bool isPooling(ReduceOp op, WindowOp window) {
  if (!window || !op.getType().getElementType().isF32() ||
      (op.getKind() != ReduceKind::Max && op.getKind() != ReduceKind::Sum) ||
      window.getAxes().size() > 3)
    return false;
  int64_t rank = window.getOperand().getType().getRank();
  SmallVector<int64_t> own = range(rank, rank + window.getAxes().size());
  bool isPlain = llvm::all_of(window.getDilations(), [&](int64_t dilation) {
    // AveragePool has no dilations before version 19 of the operators.
    return op.getKind() == ReduceKind::Max ? dilation >= 1 : dilation == 1;
  });
  return isPlain && op.getAxes() == Ints(own);
}

/// The image has its places last, one dimension of rows and one of channels.
static Tensor writePooling(GraphBuilder &b, const Sliding &sliding,
                           Tensor image, const Shape &places, bool isMaximum) {
  SmallVector<int64_t> rest, order;
  Shape restDims, placeDims;
  for (int64_t axis : llvm::seq<int64_t>(0, image.shape.size()))
    if (!llvm::is_contained(sliding.axes, axis)) {
      rest.push_back(axis);
      restDims.push_back(image.shape[axis]);
    }
  for (int64_t axis : sliding.axes)
    placeDims.push_back(image.shape[axis]);
  order = rest;
  order.append(sliding.axes);
  Extent rows = restDims.empty() ? Extent() : restDims.front();
  Extent channels = onnx_writer::productOf(
      llvm::ArrayRef(restDims).drop_front(restDims.empty() ? 0 : 1));
  Shape shape = {rows, channels};
  shape.append(placeDims);
  Tensor x = b.reshape(b.transpose(image, order), shape);
  Tensor y = {b.node(isMaximum ? "MaxPool" : "AveragePool", x.name),
              {rows, channels}};
  sliding.describe(b);
  if (isMaximum)
    b.setInts("dilations", sliding.dilations);
  else
    b.setInt("count_include_pad", 1);
  y.shape.append(places);
  Shape result = restDims;
  result.append(places);
  y = b.reshape(y, result);
  SmallVector<int64_t> back(order.size());
  for (auto [at, axis] : llvm::enumerate(order))
    back[axis] = at;
  return b.transpose(y, back);
}

static Tensor writePooling(GraphBuilder &b, OpWriter &writer, ReduceOp op,
                           WindowOp window) {
  bool isMaximum = op.getKind() == ReduceKind::Max;
  // Zeros around a sum are counted by the factor below like all others.
  Sliding sliding(window, [&](mlir::Attribute value) {
    auto number = llvm::dyn_cast<mlir::FloatAttr>(value);
    return isMaximum ? isLowest(value) : number && number.getValue().isZero();
  });
  // ONNX Runtime refuses a pad that a window lies in as a whole.
  for (auto [i, size] : llvm::enumerate(sliding.sizes))
    if (sliding.low[i] >= size || sliding.high[i] >= size) {
      sliding = Sliding(window, [](mlir::Attribute) { return false; });
      break;
    }
  Shape seen = b.shapeOf(window.getType()), places;
  for (int64_t axis : sliding.axes)
    places.push_back(seen[axis]);
  Tensor result =
      writePooling(b, sliding, writer.full(sliding.operand), places, isMaximum);
  if (isMaximum)
    return result;
  Tensor count =
      b.scalar(op.getType().getElementType(), double(productOf(sliding.sizes)));
  return b.elementwise("Mul", {result, count});
}

static llvm::StringRef operatorOf(ReduceKind kind) {
  switch (kind) {
  case ReduceKind::Sum:
    return "ReduceSum";
  case ReduceKind::Prod:
    return "ReduceProd";
  case ReduceKind::Max:
    return "ReduceMax";
  case ReduceKind::Min:
    return "ReduceMin";
  }
  llvm_unreachable("a kind of reduction");
}

bool OpWriter::writeReduction(mlir::Operation *op) {
  if (auto extreme = llvm::dyn_cast<ArgReduceOp>(op)) {
    std::string name =
        b.node(extreme.getKind() == ReduceKind::Max ? "ArgMax" : "ArgMin",
               full(extreme.getOperand()).name);
    b.setInt("axis", extreme.getAxis());
    b.setInt("keepdims", 0);
    name = b.node("Cast", name);
    b.setInt("to", onnx::TensorProto::INT32);
    set(extreme, {name, b.shapeOf(extreme.getType())});
    return true;
  }
  auto reduce = llvm::dyn_cast<ReduceOp>(op);
  if (!reduce)
    return false;
  auto window = reduce.getOperand().getDefiningOp<WindowOp>();
  if (isPooling(reduce, window)) {
    set(reduce, writePooling(b, *this, reduce, window));
    return true;
  }
  Tensor operand = full(reduce.getOperand());
  std::string name = operand.name;
  // An empty list of axes would mean all of them.
  if (!reduce.getAxes().empty()) {
    name = b.node(operatorOf(reduce.getKind()),
                  {operand.name, b.ints(reduce.getAxes())});
    b.setInt("keepdims", 0);
  }
  set(reduce, {name, b.shapeOf(reduce.getType())});
  return true;
}
