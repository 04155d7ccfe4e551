//===- Movement.cpp - the oracle of ops that make or move elements --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/Philox.h"
#include "ir/eval/Evaluate.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc::eval {

/// Result element at `index` is the operand's at `source(index)`.
static Tensor
gather(const Tensor &operand, RankedTensorType type,
       llvm::function_ref<int64_t(ArrayRef<int64_t> index)> source) {
  Tensor result(type);
  int64_t position = 0;
  forEachIndex(type.getShape(), [&](ArrayRef<int64_t> index) {
    result.set(position++, operand, source(index));
  });
  return result;
}

static Tensor broadcast(BroadcastOp op, const Tensor &operand) {
  std::vector<int64_t> strides = getStrides(operand.shape());
  return gather(operand, op.getType(), [&](ArrayRef<int64_t> index) {
    int64_t offset = 0;
    for (auto [i, axis] : llvm::enumerate(op.getAxes()))
      offset += operand.shape()[i] == 1 ? 0 : index[axis] * strides[i];
    return offset;
  });
}

static Tensor transpose(TransposeOp op, const Tensor &operand) {
  std::vector<int64_t> strides = getStrides(operand.shape());
  return gather(operand, op.getType(), [&](ArrayRef<int64_t> index) {
    int64_t offset = 0;
    for (auto [i, axis] : llvm::zip_equal(index, op.getPermutation()))
      offset += i * strides[axis];
    return offset;
  });
}

static Tensor slice(SliceOp op, const Tensor &operand) {
  std::vector<int64_t> strides = getStrides(operand.shape());
  return gather(operand, op.getType(), [&](ArrayRef<int64_t> index) {
    int64_t offset = 0;
    for (auto [axis, i] : llvm::enumerate(index))
      offset +=
          (op.getOffsets()[axis] + i * op.getStrides()[axis]) * strides[axis];
    return offset;
  });
}

static Tensor pad(PadOp op, ArrayRef<Tensor> operands) {
  Tensor result(op.getType());
  for (int64_t i = 0; i < result.size(); ++i)
    result.set(i, operands[1], 0);
  std::vector<int64_t> strides = getStrides(result.shape());
  int64_t position = 0;
  forEachIndex(operands[0].shape(), [&](ArrayRef<int64_t> index) {
    int64_t offset = 0;
    for (auto [axis, i] : llvm::enumerate(index))
      offset += (op.getLow()[axis] + i * (op.getInterior()[axis] + 1)) *
                strides[axis];
    result.set(offset, operands[0], position++);
  });
  return result;
}

/// The offset in a tensor of `shape` that a window reads at `index`, which
/// holds the places, then the windows' indices.
static int64_t windowOffset(ArrayRef<int64_t> index, ArrayRef<int64_t> shape,
                            ArrayRef<int64_t> axes, ArrayRef<int64_t> sizes,
                            ArrayRef<int64_t> strides,
                            ArrayRef<int64_t> dilations) {
  SmallVector<int64_t> at(index.take_front(shape.size()));
  for (auto [i, axis] : llvm::enumerate(axes)) {
    int64_t k = index[shape.size() + i];
    if (dilations[i] < 0)
      k = sizes[i] - 1 - k;
    at[axis] = at[axis] * strides[i] + k * std::abs(dilations[i]);
  }
  int64_t offset = 0;
  for (auto [i, extent] : llvm::zip_equal(at, shape))
    offset = offset * extent + i;
  return offset;
}

static Tensor window(WindowOp op, const Tensor &operand) {
  return gather(operand, op.getType(), [&](ArrayRef<int64_t> index) {
    return windowOffset(index, operand.shape(), op.getAxes(), op.getSizes(),
                        op.getStrides(), op.getDilations());
  });
}

static Tensor unwindow(UnwindowOp op, const Tensor &operand) {
  Tensor result(op.getType());
  int64_t position = 0;
  forEachIndex(operand.shape(), [&](ArrayRef<int64_t> index) {
    int64_t offset =
        windowOffset(index, result.shape(), op.getAxes(), op.getSizes(),
                     op.getStrides(), op.getDilations());
    if (result.isFloat())
      result.floats[offset] += operand.floats[position++];
    else
      result.ints[offset] = wrap(result.ints[offset] + operand.ints[position++],
                                 op.getType().getElementType());
  });
  return result;
}

static Tensor concat(ConcatOp op, ArrayRef<Tensor> operands) {
  Tensor result(op.getType());
  std::vector<int64_t> strides = getStrides(result.shape());
  int64_t start = 0;
  for (const Tensor &operand : operands) {
    int64_t position = 0;
    forEachIndex(operand.shape(), [&](ArrayRef<int64_t> index) {
      int64_t offset = start * strides[op.getAxis()];
      for (auto [i, stride] : llvm::zip_equal(index, strides))
        offset += i * stride;
      result.set(offset, operand, position++);
    });
    start += operand.shape()[op.getAxis()];
  }
  return result;
}

static Tensor iota(IotaOp op) {
  Tensor result(op.getType());
  int64_t position = 0;
  forEachIndex(result.shape(), [&](ArrayRef<int64_t> index) {
    if (result.isFloat())
      result.floats[position++] = double(index[op.getAxis()]);
    else
      result.ints[position++] =
          wrap(index[op.getAxis()], op.getType().getElementType());
  });
  return result;
}

static Tensor random(RandomOp op, ArrayRef<Tensor> operands) {
  Tensor result(op.getType());
  int bits = philox::uniformBits(
      cast<FloatType>(result.type.getElementType()).getFPMantissaWidth());
  int64_t first = op.getFirst() ? operands[2].ints[0] : 0, i = 0;
  forEachIndex(result.shape(), [&](ArrayRef<int64_t> index) {
    int64_t element = 0;
    for (auto [at, size] : llvm::zip_equal(index, op.getCountedShape()))
      element = element * size + at;
    uint32_t word = philox::word(operands[0].ints[0], op.getPath(),
                                 operands[1].ints[0], first + element);
    result.floats[i++] = op.getDistribution() == Distribution::Uniform
                             ? philox::uniform(word, bits)
                             : philox::normal(word);
  });
  return result;
}

static Tensor reshape(ReshapeOp op, const Tensor &operand) {
  Tensor result = operand;
  result.type = op.getType();
  return result;
}

std::optional<Tensor> evaluateMovement(Operation *op,
                                       ArrayRef<Tensor> operands) {
  using Result = std::optional<Tensor>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([](ConstantOp op) { return Tensor(op.getValue()); })
      .Case([](IotaOp op) { return iota(op); })
      .Case([&](BroadcastOp op) { return broadcast(op, operands[0]); })
      .Case([&](ReshapeOp op) { return reshape(op, operands[0]); })
      .Case([&](TransposeOp op) { return transpose(op, operands[0]); })
      .Case([&](SliceOp op) { return slice(op, operands[0]); })
      .Case([&](PadOp op) { return pad(op, operands); })
      .Case([&](WindowOp op) { return window(op, operands[0]); })
      .Case([&](UnwindowOp op) { return unwindow(op, operands[0]); })
      .Case([&](ConcatOp op) { return concat(op, operands); })
      .Case([&](RandomOp op) { return random(op, operands); })
      .Default([](Operation *) { return std::nullopt; });
}

} // namespace dlcc::eval
