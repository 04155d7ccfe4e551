//===- ContractionEpilogue.cpp - what follows a product -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All stages of a vector are computed before the first result is stored, so a
// result may take the place of an input that is read at the same point.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ContractionEpilogue.h"

#include "codegen/BodyEmitter.h"
#include "codegen/cpu/MemoryAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

/// The shape of a buffer's dense tensor.
ArrayRef<int64_t> shapeOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape();
}

} // namespace

LogicalResult ContractionEpilogue::emitRow(Value m, Value n, Value count,
                                           Value sums, Value positions) {
  PointerBuilder p(b, loc);
  rowValues.clear();
  for (const EpilogueStage &stage : view.epilogue)
    for (OpOperand *operand : stage.op.getDpsInputOperands()) {
      const Buffer *buffer = context.inputBuffer(operand->get());
      if (!buffer)
        continue;
      std::optional<DimAccess> access =
          view.access(stage.op.getMatchingIndexingMap(operand),
                      shapeOf(operand->get()), stage.dims);
      if (access->along(view.resultColumns()) == 0)
        rowValues[operand] = loadAt(*buffer, *access, {m, n, Value(), Value()});
    }

  // The context's builder follows the loops that this one opens.
  LogicalResult result = success();
  Type type = view.computeType();
  Value whole = p.mul(p.div(count, lanes()), lanes());
  auto at = [&](Value column, Value mask) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(p->getInsertionBlock(), p->getInsertionPoint());
    Value vector = p.load(p.at(sums, type, column), type, lanes());
    Value listed;
    if (positions)
      listed = p.load(p.at(positions, b.getI64Type(), column), b.getI64Type(),
                      lanes());
    if (failed(emitPoint({m, p.add(n, column), mask, listed}, vector)))
      result = failure();
  };
  p.loop(p.constant(0), whole, lanes(),
         [&](Value column) { at(column, Value()); });
  p.when(p.less(whole, count), [&] {
    Value mask = firstLanes(*p, loc, p.sub(count, whole), lanes());
    at(whole, mask);
  });
  return result;
}

/// The product's own loops, as the dims of a stage are.
SmallVector<int64_t> ContractionEpilogue::ownDims() const {
  return llvm::to_vector(llvm::seq<int64_t>(0, view.product.getNumLoops()));
}

SmallVector<ContractionEpilogue::Rows>
ContractionEpilogue::rowsOf(int64_t tileColumns) const {
  SmallVector<Rows> rows;
  auto add = [&](const Buffer *buffer, AffineMap map, Value tensor,
                 ArrayRef<int64_t> dims) {
    bool isKnown = llvm::any_of(
        rows, [&](const Rows &other) { return other.buffer == buffer; });
    if (!buffer || isKnown)
      return;
    std::optional<DimAccess> access = view.access(map, shapeOf(tensor), dims);
    if (access->along(view.resultColumns()) != 1 ||
        access->along(view.resultRows()) == 0)
      return;
    int64_t bytes = tileColumns * storageBytes(buffer->elementType);
    int64_t lines = llvm::divideCeil(bytes, kCacheLine);
    rows.push_back({buffer, *access, lines});
  };
  auto addResults = [&](linalg::GenericOp op, ArrayRef<int64_t> dims) {
    for (OpResult result : op->getResults())
      for (const Buffer *buffer : context.outputBuffers(result))
        add(buffer, op.getIndexingMapMatchingResult(result), result, dims);
  };
  addResults(view.product, ownDims());
  for (const EpilogueStage &stage : view.epilogue) {
    for (OpOperand *operand : stage.op.getDpsInputOperands())
      add(context.inputBuffer(operand->get()),
          stage.op.getMatchingIndexingMap(operand), operand->get(), stage.dims);
    addResults(stage.op, stage.dims);
  }
  return rows;
}

std::optional<ContractionEpilogue::Rows>
ContractionEpilogue::soleResult() const {
  OpResult tensor = view.product->getResult(0);
  SmallVector<const Buffer *> buffers = context.outputBuffers(tensor);
  if (buffers.size() != 1)
    return std::nullopt;
  std::optional<DimAccess> access =
      view.access(view.product.getIndexingMapMatchingResult(tensor),
                  shapeOf(tensor), ownDims());
  return Rows{buffers.front(), *access, /*lines=*/0};
}

LogicalResult ContractionEpilogue::emitPoint(const Point &point, Value sums) {
  values.clear();
  Value sum = sums;
  if (view.accumulator() != view.computeType())
    sum = arith::TruncFOp::create(
        b, loc, VectorType::get({lanes()}, view.accumulator()), sum);
  values[view.product.getResult(0)] = sum;

  for (const EpilogueStage &stage : view.epilogue) {
    FailureOr<SmallVector<Value>> results = emitStage(stage, point);
    if (failed(results))
      return failure();
    for (auto [tensor, value] :
         llvm::zip_equal(stage.op.getResults(), *results))
      values[tensor] = value;
  }

  auto storeResult = [&](linalg::GenericOp op, OpResult tensor,
                         ArrayRef<int64_t> dims) {
    for (const Buffer *buffer : context.outputBuffers(tensor))
      storeAt(values[tensor], *buffer,
              *view.access(op.getIndexingMapMatchingResult(tensor),
                           shapeOf(tensor), dims),
              point);
  };
  storeResult(view.product, view.product->getResult(0), ownDims());
  for (const EpilogueStage &stage : view.epilogue)
    for (OpResult result : stage.op->getResults())
      storeResult(stage.op, result, stage.dims);
  return success();
}

FailureOr<SmallVector<Value>>
ContractionEpilogue::emitStage(const EpilogueStage &stage, const Point &point) {
  // What the results were before does not matter.
  SmallVector<Value> unused(stage.op.getNumDpsInits());
  std::optional<SmallVector<Value>> arguments =
      BodyEmitter::argumentsOf(stage.op, unused, [&](OpOperand &operand) {
        return input(stage, operand, point);
      });
  if (!arguments)
    return stage.op.emitOpError("reads a tensor that is not in memory");
  return BodyEmitter(b).emit(
      stage.op, *arguments,
      [&](int64_t dim) { return index(stage.dims[dim], point); },
      [&](tensor::ExtractOp op, ArrayRef<Value> indices) {
        return extract(op, indices, point);
      });
}

Value ContractionEpilogue::input(const EpilogueStage &stage, OpOperand &operand,
                                 const Point &point) {
  if (Value known = values.lookup(operand.get()))
    return known;
  if (Value known = rowValues.lookup(&operand))
    return known;
  const Buffer *buffer = context.inputBuffer(operand.get());
  if (!buffer)
    return uniformElement(b, loc, operand.get());
  return loadAt(*buffer,
                *view.access(stage.op.getMatchingIndexingMap(&operand),
                             shapeOf(operand.get()), stage.dims),
                point);
}

Value ContractionEpilogue::index(int64_t dim, const Point &point) {
  if (view.resultColumns().dim == dim)
    return arith::AddIOp::create(b, loc, splat(b, loc, point.n, lanes()),
                                 laneNumbers(b, loc, lanes()));
  if (view.resultRows().dim == dim)
    return point.m;
  for (auto [axis, value] : llvm::zip_equal(view.outer, outer))
    if (axis.dim == dim)
      return value;
  return constantI64(b, loc, 0);
}

Value ContractionEpilogue::extract(tensor::ExtractOp op,
                                   ArrayRef<Value> indices,
                                   const Point &point) {
  const Buffer *buffer = context.inputBuffer(op.getTensor());
  if (!buffer)
    return Value();
  bool isVector = llvm::any_of(
      indices, [](Value value) { return isa<VectorType>(value.getType()); });
  int64_t width = isVector ? lanes() : 0;
  Value offset = splat(b, loc, constantI64(b, loc, 0), width);
  for (auto [value, stride] : llvm::zip_equal(indices, buffer->strides)) {
    Value factor = splat(b, loc, constantI64(b, loc, stride), width);
    Value term =
        arith::MulIOp::create(b, loc, splat(b, loc, value, width), factor);
    offset = arith::AddIOp::create(b, loc, offset, term);
  }
  Type type = getElementTypeOrSelf(op.getTensor().getType());
  if (isVector)
    return gather(b, loc, buffer->base, offset, type, point.mask);
  return load(b, loc, elementPointer(b, loc, buffer->base, type, offset), type);
}

Value ContractionEpilogue::address(const Buffer &buffer,
                                   const DimAccess &access,
                                   const Point &point) {
  PointerBuilder p(b, loc);
  Value offset = p.constant(access.constant);
  auto addTerm = [&](const Axis &axis, Value value) {
    if (int64_t stride = access.along(axis))
      offset = p.add(offset, p.mul(value, stride));
  };
  for (auto [axis, value] : llvm::zip_equal(view.outer, outer))
    addTerm(axis, value);
  addTerm(view.resultRows(), point.m);
  if (!point.positions)
    addTerm(view.resultColumns(), point.n);
  return elementPointer(b, loc, buffer.base, buffer.elementType, offset);
}

/// The offsets of a vector's lanes from its address.
Value ContractionEpilogue::laneOffsets(int64_t stride, const Point &point) {
  Value numbers =
      point.positions ? point.positions : laneNumbers(b, loc, lanes());
  Value factor = splat(b, loc, constantI64(b, loc, stride), lanes());
  return b.createOrFold<arith::MulIOp>(loc, numbers, factor);
}

Value ContractionEpilogue::loadAt(const Buffer &buffer, const DimAccess &access,
                                  const Point &point) {
  Value pointer = address(buffer, access, point);
  int64_t stride = access.along(view.resultColumns());
  if (stride == 0)
    return load(b, loc, pointer, buffer.elementType);
  if (stride == 1 && !point.positions)
    return load(b, loc, pointer, VectorType::get({lanes()}, buffer.elementType),
                point.mask);
  return gather(b, loc, pointer, laneOffsets(stride, point), buffer.elementType,
                point.mask);
}

void ContractionEpilogue::storeAt(Value value, const Buffer &buffer,
                                  const DimAccess &access, const Point &point) {
  Value pointer = address(buffer, access, point);
  int64_t stride = access.along(view.resultColumns());
  value = splat(b, loc, value, lanes());
  if (stride == 1 && !point.positions)
    return store(b, loc, value, pointer, point.mask);
  // A stride of 0 is that of a missing axis n: one lane counts.
  scatter(b, loc, value, pointer, laneOffsets(stride, point), point.mask);
}

} // namespace dlcc::cpu
