//===- ContractionEpilogue.cpp - what follows a product -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/ContractionEpilogue.h"

#include "codegen/BodyEmitter.h"
#include "codegen/StorageType.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

#include <numeric>

using namespace mlir;

namespace dlcc::gpu {

/// The shape of a buffer's dense tensor.
static ArrayRef<int64_t> shapeOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape();
}

LogicalResult ContractionEpilogue::emitPoint(Value row, Value column,
                                             Value sums) {
  m = row;
  n = column;
  auto vector = dyn_cast<VectorType>(sums.getType());
  lanes = vector ? vector.getNumElements() : 0;
  values.clear();
  if (view.accumulator() != view.computeType()) {
    Type type = view.accumulator();
    sums = arith::TruncFOp::create(
        *p, lanes ? VectorType::get({lanes}, type) : type, sums);
  }
  values[view.product.getResult(0)] = sums;

  for (const EpilogueStage &stage : view.epilogue) {
    FailureOr<DeviceBuilder::Values> results = emitStage(stage);
    if (failed(results))
      return failure();
    for (auto [tensor, value] :
         llvm::zip_equal(stage.op.getResults(), *results))
      values[tensor] = value;
  }

  SmallVector<int64_t> own =
      llvm::to_vector(llvm::seq<int64_t>(0, view.product.getNumLoops()));
  auto storeResult = [&](linalg::GenericOp op, OpResult tensor,
                         ArrayRef<int64_t> dims) {
    for (const Buffer *buffer : context.outputBuffers(tensor))
      storeAt(values[tensor], *buffer,
              *view.access(op.getIndexingMapMatchingResult(tensor),
                           shapeOf(tensor), dims));
  };
  storeResult(view.product, view.product->getResult(0), own);
  for (const EpilogueStage &stage : view.epilogue)
    for (OpResult result : stage.op->getResults())
      storeResult(stage.op, result, stage.dims);
  return success();
}

FailureOr<DeviceBuilder::Values>
ContractionEpilogue::emitStage(const EpilogueStage &stage) {
  // What the results were before does not matter.
  SmallVector<Value> unused(stage.op.getNumDpsInits());
  std::optional<SmallVector<Value>> arguments =
      BodyEmitter::argumentsOf(stage.op, unused, [&](OpOperand &operand) {
        return input(stage, operand);
      });
  if (!arguments)
    return stage.op.emitOpError("reads a tensor that is not in memory");
  return BodyEmitter(*p, /*indexBits=*/32)
      .emit(
          stage.op, *arguments,
          [&](int64_t dim) { return index(stage.dims[dim]); },
          [&](tensor::ExtractOp op, ArrayRef<Value> indices) {
            return extract(op, indices);
          });
}

Value ContractionEpilogue::input(const EpilogueStage &stage,
                                 OpOperand &operand) {
  if (Value known = values.lookup(operand.get()))
    return known;
  const Buffer *buffer = context.inputBuffer(operand.get());
  if (!buffer)
    return uniformElement(*p, p->getLoc(), operand.get());
  return loadAt(*buffer, *view.access(stage.op.getMatchingIndexingMap(&operand),
                                      shapeOf(operand.get()), stage.dims));
}

Value ContractionEpilogue::index(int64_t dim) {
  if (view.n.dim == dim) {
    if (lanes == 0)
      return n;
    SmallVector<int32_t> numbers =
        llvm::to_vector(llvm::seq<int32_t>(0, lanes));
    Value steps = arith::ConstantOp::create(*p, p->getI32VectorAttr(numbers));
    return p.add(p.splat(n, lanes), steps);
  }
  if (view.m.dim == dim)
    return m;
  for (auto [axis, value] : llvm::zip_equal(view.outer, outer))
    if (axis.dim == dim)
      return value;
  return p.constant(0);
}

Value ContractionEpilogue::extract(tensor::ExtractOp op,
                                   ArrayRef<Value> indices) {
  const Buffer *buffer = context.inputBuffer(op.getTensor());
  if (!buffer)
    return Value();
  Type type = buffer->elementType;
  bool isVector = llvm::any_of(
      indices, [](Value value) { return isa<VectorType>(value.getType()); });
  DeviceBuilder::Values elements;
  for (int64_t lane = 0; lane < (isVector ? lanes : 1); ++lane) {
    Value offset = p.constant(0);
    for (auto [value, stride] : llvm::zip_equal(indices, buffer->strides)) {
      Value number =
          isa<VectorType>(value.getType()) ? p.lane(value, lane) : value;
      offset = p.add(offset, p.mul(number, stride));
    }
    elements.push_back(p.load(p.at(buffer->base, type, offset), type));
  }
  return isVector ? p.vectorOf(elements) : elements.front();
}

Value ContractionEpilogue::address(const Buffer &buffer,
                                   const DimAccess &access) {
  Value offset = p.constant(access.constant);
  auto addTerm = [&](const Axis &axis, Value value) {
    if (int64_t stride = access.along(axis))
      offset = p.add(offset, p.mul(value, stride));
  };
  for (auto [axis, value] : llvm::zip_equal(view.outer, outer))
    addTerm(axis, value);
  addTerm(view.m, m);
  addTerm(view.n, n);
  return p.at(buffer.base, buffer.elementType, offset);
}

/// Of a vector of neighbours, whose column is a multiple of their number.
int64_t ContractionEpilogue::alignmentOf(const Buffer &buffer,
                                         const DimAccess &access) const {
  int64_t divisor = std::gcd(lanes, access.constant);
  for (const Axis &axis : view.outer)
    divisor = std::gcd(divisor, access.along(axis));
  divisor = std::gcd(divisor, access.along(view.m));
  int64_t bytes = (divisor & -divisor) * storageBytes(buffer.elementType);
  return std::min<int64_t>({bytes, buffer.alignment, 16});
}

Value ContractionEpilogue::loadAt(const Buffer &buffer,
                                  const DimAccess &access) {
  Value pointer = address(buffer, access);
  Type type = buffer.elementType;
  int64_t stride = access.along(view.n);
  if (stride == 0 || lanes == 0)
    return p.load(pointer, type);
  if (stride == 1)
    return p.load(pointer, type, lanes, alignmentOf(buffer, access));
  DeviceBuilder::Values elements;
  for (int64_t lane = 0; lane < lanes; ++lane)
    elements.push_back(p.load(p.at(pointer, type, lane * stride), type));
  return p.vectorOf(elements);
}

void ContractionEpilogue::storeAt(Value value, const Buffer &buffer,
                                  const DimAccess &access) {
  Value pointer = address(buffer, access);
  int64_t stride = access.along(view.n);
  if (lanes == 0)
    return p.store(value, pointer);
  value = p.splat(value, lanes);
  if (stride == 1)
    return p.store(value, pointer, alignmentOf(buffer, access));
  for (int64_t lane = 0; lane < lanes; ++lane)
    p.store(p.lane(value, lane),
            p.at(pointer, buffer.elementType, lane * stride));
}

} // namespace dlcc::gpu
