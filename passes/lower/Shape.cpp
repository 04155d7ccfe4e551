//===- Shape.cpp - movement of elements to linalg -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Slices, pads and concats compute where an element comes from and extract it
// there; indices are clamped, since every branch of a select is computed.
// Constants, iota, broadcasts and transposes come here only where their result
// must lie in memory; elsewhere their readers look through them.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/lower/Patterns.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::lower;

static Value emitIndex(OpBuilder &body, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(body, loc, value);
}

static Value emitInRange(OpBuilder &body, Location loc, Value index,
                         int64_t low, int64_t end) {
  Value atLeast = arith::CmpIOp::create(body, loc, arith::CmpIPredicate::sge,
                                        index, emitIndex(body, loc, low));
  Value below = arith::CmpIOp::create(body, loc, arith::CmpIPredicate::slt,
                                      index, emitIndex(body, loc, end));
  return arith::AndIOp::create(body, loc, atLeast, below);
}

static Value emitClamp(OpBuilder &body, Location loc, Value index,
                       int64_t size) {
  index = arith::MaxSIOp::create(body, loc, index, emitIndex(body, loc, 0));
  return arith::MinSIOp::create(body, loc, index,
                                emitIndex(body, loc, size - 1));
}

Value lower::emitExtract(OpBuilder &body, Location loc, Value tensor,
                         ValueRange indices, Type element) {
  Value value = tensor::ExtractOp::create(body, loc, tensor, indices);
  if (element.isInteger(1))
    value = arith::TruncIOp::create(body, loc, body.getI1Type(), value);
  return value;
}

namespace {

/// A body of movement: the index of each result dim, and the operands.
struct Movement {
  KernelLowering &kernel;
  Operation *op;
  LoopNest loops;
  Type element;

  Movement(KernelLowering &kernel, Operation *op)
      : kernel(kernel), op(op),
        loops(kernel.getLoops(
            op, getDims(cast<RankedTensorType>(op->getResult(0).getType())))),
        element(getElementTypeOrSelf(op->getResult(0).getType())) {}

  Value index(OpBuilder &body, Location loc, int64_t dim) const {
    return linalg::IndexOp::create(body, loc, loops.loopOf[dim]);
  }
  int64_t rank() const { return loops.loopOf.size(); }
  void emit(ArrayRef<Source> sources, BodyBuilder body) {
    Value result = op->getResult(0);
    kernel.setTensor(result,
                     kernel.emitPointwise(op->getLoc(), result.getType(), loops,
                                          sources, body));
  }
};

} // namespace

static void lowerSlice(dlc::SliceOp op, KernelLowering &kernel) {
  Movement move(kernel, op);
  Value source = kernel.getTensor(op.getOperand());
  move.emit({}, [&](OpBuilder &body, Location loc, ValueRange) {
    SmallVector<Value> indices;
    for (int64_t d = 0; d < move.rank(); ++d) {
      Value index = move.index(body, loc, d);
      index = arith::MulIOp::create(body, loc, index,
                                    emitIndex(body, loc, op.getStrides()[d]));
      indices.push_back(arith::AddIOp::create(
          body, loc, index, emitIndex(body, loc, op.getOffsets()[d])));
    }
    return emitExtract(body, loc, source, indices, move.element);
  });
}

static void lowerPad(dlc::PadOp op, KernelLowering &kernel) {
  Movement move(kernel, op);
  Value source = kernel.getTensor(op.getOperand());
  auto type = cast<RankedTensorType>(op.getOperand().getType());
  Source around = kernel.getSource(op.getValue(), move.loops, {});
  move.emit(around, [&](OpBuilder &body, Location loc, ValueRange in) {
    Value isInside =
        arith::ConstantOp::create(body, loc, body.getBoolAttr(true));
    SmallVector<Value> indices;
    for (int64_t d = 0; d < move.rank(); ++d) {
      int64_t size = type.getDimSize(d), step = op.getInterior()[d] + 1;
      if (size == op.getType().getDimSize(d)) {
        indices.push_back(move.index(body, loc, d));
        continue;
      }
      Value index = arith::SubIOp::create(body, loc, move.index(body, loc, d),
                                          emitIndex(body, loc, op.getLow()[d]));
      Value isHere = emitInRange(body, loc, index, 0, (size - 1) * step + 1);
      index = emitClamp(body, loc, index, (size - 1) * step + 1);
      if (step > 1) {
        Value rest = arith::RemSIOp::create(body, loc, index,
                                            emitIndex(body, loc, step));
        Value isOnGrid = arith::CmpIOp::create(
            body, loc, arith::CmpIPredicate::eq, rest, emitIndex(body, loc, 0));
        isHere = arith::AndIOp::create(body, loc, isHere, isOnGrid);
        index = arith::DivSIOp::create(body, loc, index,
                                       emitIndex(body, loc, step));
      }
      isInside = arith::AndIOp::create(body, loc, isInside, isHere);
      indices.push_back(index);
    }
    Value inner = emitExtract(body, loc, source, indices, move.element);
    return arith::SelectOp::create(body, loc, isInside, inner, in[0]);
  });
}

static void lowerConcat(dlc::ConcatOp op, KernelLowering &kernel) {
  Movement move(kernel, op);
  move.emit({}, [&](OpBuilder &body, Location loc, ValueRange) {
    int64_t offset = 0, axis = op.getAxis();
    Value result;
    for (Value operand : op.getOperands()) {
      int64_t size = cast<RankedTensorType>(operand.getType()).getDimSize(axis);
      SmallVector<Value> indices;
      for (int64_t d = 0; d < move.rank(); ++d)
        indices.push_back(move.index(body, loc, d));
      Value along = indices[axis];
      Value shifted =
          arith::SubIOp::create(body, loc, along, emitIndex(body, loc, offset));
      indices[axis] = emitClamp(body, loc, shifted, size);
      Value part = emitExtract(body, loc, kernel.getTensor(operand), indices,
                               move.element);
      if (!result) {
        result = part;
      } else {
        Value isHere =
            arith::CmpIOp::create(body, loc, arith::CmpIPredicate::sge, along,
                                  emitIndex(body, loc, offset));
        result = arith::SelectOp::create(body, loc, isHere, part, result);
      }
      offset += size;
    }
    return result;
  });
}

/// A copy of what the value's readers would look through.
static void lowerRepeated(Operation *op, KernelLowering &kernel) {
  Movement move(kernel, op);
  Source source =
      kernel.getSource(op->getResult(0), move.loops, identity(move.rank()));
  move.emit(source, [](OpBuilder &, Location, ValueRange in) { return in[0]; });
}

bool lower::lowerShape(Operation *op, KernelLowering &kernel) {
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case([&](dlc::SliceOp slice) { return lowerSlice(slice, kernel), true; })
      .Case([&](dlc::PadOp pad) { return lowerPad(pad, kernel), true; })
      .Case([&](dlc::ConcatOp concat) {
        return lowerConcat(concat, kernel), true;
      })
      .Case<dlc::ConstantOp, dlc::IotaOp, dlc::BroadcastOp, dlc::TransposeOp,
            dlc::WindowOp>([&](Operation *repeated) {
        lowerRepeated(repeated, kernel);
        return true;
      })
      .Default(false);
}
