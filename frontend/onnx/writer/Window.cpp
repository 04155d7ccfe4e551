//===- Window.cpp - windows that no convolution or pooling takes up -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// ONNX has no operator that gives what a window sees. Where a reader is none of
// its convolutions and poolings, a table of indices says it for each axis; and
// the sum of what windows hold is a product with a table of zeros and ones.
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

Sliding::Sliding(WindowOp window,
                 llvm::function_ref<bool(mlir::Attribute)> isNeutral)
    : operand(window.getOperand()), axes(window.getAxes()),
      sizes(window.getSizes()), strides(window.getStrides()),
      dilations(window.getDilations()), low(axes.size()), high(axes.size()) {
  auto pad = operand.getDefiningOp<PadOp>();
  if (!pad)
    return;
  mlir::Attribute value = getUniformValue(pad.getValue());
  if (!value || !isNeutral(value))
    return;
  for (int64_t axis : llvm::seq<int64_t>(0, pad.getLow().size()))
    if (pad.getInterior()[axis] ||
        ((pad.getLow()[axis] || pad.getHigh()[axis]) &&
         !llvm::is_contained(axes, axis)))
      return;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    low[i] = pad.getLow()[axis];
    high[i] = pad.getHigh()[axis];
  }
  operand = pad.getOperand();
}

void Sliding::describe(GraphBuilder &b) const {
  b.setInts("kernel_shape", sizes);
  b.setInts("strides", strides);
  SmallVector<int64_t> pads(low);
  pads.append(high);
  b.setInts("pads", pads);
}

/// Place p and element k of a window see this element of the axis.
static int64_t seenAt(int64_t p, int64_t k, int64_t size, int64_t stride,
                      int64_t dilation) {
  return p * stride +
         (dilation < 0 ? (size - 1 - k) * -dilation : k * dilation);
}

/// Each axis becomes its places and the window's elements; the latter go
/// behind all others.
static Tensor writeWindow(GraphBuilder &b, WindowOp op, Tensor tensor) {
  int64_t rank = tensor.shape.size();
  mlir::Type i64 = mlir::IntegerType::get(op.getContext(), 64);
  Ints result = llvm::cast<mlir::RankedTensorType>(op.getType()).getShape();
  SmallVector<int64_t> order = range(0, rank);
  for (int64_t i = op.getAxes().size() - 1; i >= 0; --i) {
    int64_t axis = op.getAxes()[i], size = op.getSizes()[i];
    SmallVector<int64_t> table;
    for (int64_t p = 0; p != result[axis]; ++p)
      for (int64_t k = 0; k != size; ++k)
        table.push_back(
            seenAt(p, k, size, op.getStrides()[i], op.getDilations()[i]));
    std::string bytes(reinterpret_cast<const char *>(table.data()),
                      table.size() * sizeof(int64_t));
    std::string indices =
        b.initialiser(b.hint + ".places", i64, {result[axis], size}, bytes);
    tensor.name = b.node("Gather", {tensor.name, indices});
    b.setInt("axis", axis);
    tensor.shape[axis] = {result[axis], 0};
    tensor.shape.insert(tensor.shape.begin() + axis + 1, {size, 0});
    order.insert(order.begin() + axis + 1, rank + i);
  }
  SmallVector<int64_t> permutation(order.size());
  for (auto [at, label] : llvm::enumerate(order))
    permutation[label] = at;
  return b.transpose(tensor, permutation);
}

/// Elements of the largest table that says where a window's elements lie.
static constexpr int64_t kMostPlaces = int64_t(1) << 24;

static Tensor writeUnwindow(GraphBuilder &b, UnwindowOp op, Tensor tensor) {
  mlir::RankedTensorType result = op.getResult().getType();
  mlir::Type element = result.getElementType();
  if (!llvm::isa<mlir::FloatType>(element))
    throw Refusal("windows of integers are summed, which is not supported");
  int64_t count = op.getAxes().size();
  for (int64_t i = count - 1; i >= 0; --i) {
    int64_t axis = op.getAxes()[i], places = tensor.shape[axis].size,
            size = tensor.shape.back().size, extent = result.getDimSize(axis);
    mlir::Type f32 = mlir::Float32Type::get(op.getContext());
    int64_t elements;
    if (__builtin_mul_overflow(places * size, extent, &elements) ||
        elements > kMostPlaces)
      throw Refusal("sums over windows of a dimension of " +
                    std::to_string(extent) +
                    " are written as a table of all places, which would be "
                    "too large");
    std::vector<float> table(elements);
    for (int64_t p = 0; p != places; ++p)
      for (int64_t k = 0; k != size; ++k) {
        int64_t at =
            seenAt(p, k, size, op.getStrides()[i], op.getDilations()[i]);
        table[(p * size + k) * extent + at] = 1;
      }
    std::string bytes(reinterpret_cast<const char *>(table.data()),
                      table.size() * sizeof(float));
    std::string sums =
        b.initialiser(b.hint + ".places", f32, {places * size, extent}, bytes);
    if (element != f32) {
      sums = b.node("Cast", sums);
      b.setInt("to", dataTypeOf(element));
    }
    // The axis goes behind all others, the window's dimension after it.
    int64_t last = tensor.shape.size() - 1;
    SmallVector<int64_t> order, back;
    for (int64_t dim = 0; dim != last; ++dim)
      if (dim != axis)
        order.push_back(dim);
    order.append({axis, last});
    tensor = b.transpose(tensor, order);
    Shape joined(tensor.shape.begin(), tensor.shape.end() - 2);
    joined.push_back({places * size, 0});
    tensor = b.reshape(tensor, joined);
    tensor.name = b.node("MatMul", {tensor.name, sums});
    tensor.shape.back() = {extent, 0};
    for (int64_t dim = 0; dim != last; ++dim)
      back.push_back(dim < axis ? dim : dim == axis ? last - 1 : dim - 1);
    tensor = b.transpose(tensor, back);
  }
  return tensor;
}

bool OpWriter::writeWindow(mlir::Operation *op) {
  if (auto window = llvm::dyn_cast<WindowOp>(op)) {
    Tensor operand = full(window.getOperand());
    for (int64_t axis : window.getAxes())
      refuseRows(operand.shape, axis, "a window sees");
    set(window, ::writeWindow(b, window, operand));
    return true;
  }
  if (auto unwindow = llvm::dyn_cast<UnwindowOp>(op)) {
    if (!values.contains(unwindow.getResult()))
      set(unwindow, writeUnwindow(b, unwindow, full(unwindow.getOperand())));
    return true;
  }
  return false;
}
