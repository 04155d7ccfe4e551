//===- PointwiseValues.cpp - values of the stages of a pointwise kernel ---===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loads, index values, inlined stages and stores at the point where the open
// loops stand. The loops are in PointwiseKernel.cpp.
//
//===----------------------------------------------------------------------===//

#include "codegen/BodyEmitter.h"
#include "codegen/StorageType.h"
#include "codegen/gpu/PointwiseKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

#include <numeric>

using namespace mlir;
using namespace dlcc;
using namespace dlcc::gpu;

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value PointwiseKernel::indexAt(int64_t position) {
  if (position < 0)
    return p.constant(0);
  if (position != vectorPosition || lanes == 0)
    return index[position];
  SmallVector<int32_t> numbers = llvm::to_vector(llvm::seq<int32_t>(0, lanes));
  Value steps = arith::ConstantOp::create(*p, p->getI32VectorAttr(numbers));
  return p.add(p.splat(index[position], lanes), steps);
}

Value PointwiseKernel::offsetOf(const LinearAccess &access) {
  Value offset = p.constant(access.constant);
  for (auto [position, stride] : llvm::enumerate(access.strides))
    if (stride != 0)
      offset = p.add(p.mul(index[position], stride), offset);
  return offset;
}

int64_t PointwiseKernel::alignmentOf(const Buffer &buffer,
                                     const LinearAccess &access) const {
  int64_t bytes = storageBytes(buffer.elementType);
  int64_t divisor = access.constant;
  for (auto [position, stride] : llvm::enumerate(access.strides))
    divisor = std::gcd(divisor, stride * multiple[position]);
  if (divisor == 0)
    return buffer.alignment;
  int64_t power = std::abs(divisor) & -std::abs(divisor);
  return std::min(buffer.alignment, power * bytes);
}

int64_t PointwiseKernel::strideOfLanes(const LinearAccess &access) const {
  return lanes > 0 ? access.stride(vectorPosition) : 0;
}

/// Accesses of at most 16 bytes, of the alignment that is known.
static int64_t usable(int64_t alignment, int64_t bytes) {
  return std::min<int64_t>(alignment, std::min<int64_t>(16, bytes));
}

Value PointwiseKernel::load(const Buffer &buffer, const LinearAccess &access) {
  if (isInside)
    return loadNow(buffer, access);
  // In a block of teams, one may have no point.
  Type type = buffer.elementType;
  if (strideOfLanes(access) != 0)
    type = VectorType::get({lanes}, type);
  return p.choose(valid, p.zero(type),
                  [&]() -> Values { return {loadNow(buffer, access)}; })[0];
}

Value PointwiseKernel::loadNow(const Buffer &buffer,
                               const LinearAccess &access) {
  Type type = buffer.elementType;
  Value first = p.at(buffer.base, type, offsetOf(access));
  int64_t stride = strideOfLanes(access);
  if (stride == 0)
    return p.load(first, type);
  if (stride == 1)
    return p.load(
        first, type, lanes,
        usable(alignmentOf(buffer, access), lanes * storageBytes(type)));
  Values elements;
  for (int64_t i = 0; i < lanes; ++i)
    elements.push_back(p.load(p.at(first, type, i * stride), type));
  return p.vectorOf(elements);
}

void PointwiseKernel::store(Value value, const Buffer &buffer,
                            const LinearAccess &access) {
  Type type = buffer.elementType;
  Value first = p.at(buffer.base, type, offsetOf(access));
  int64_t stride = strideOfLanes(access);
  if (stride == 0)
    return p.store(value, first);
  value = p.splat(value, lanes);
  if (stride == 1)
    return p.store(
        value, first,
        usable(alignmentOf(buffer, access), lanes * storageBytes(type)));
  for (int64_t i = 0; i < lanes; ++i)
    p.store(p.lane(value, i), p.at(first, type, i * stride));
}

void PointwiseKernel::storeStage(const Stage &stage, ArrayRef<Value> values) {
  linalg::GenericOp op = stage.op;
  Coordinates coordinates = stage.coordinates();
  for (auto [result, value] : llvm::enumerate(values)) {
    OpResult tensor = op->getResult(result);
    auto access =
        plan.access(op.getIndexingMapMatchingResult(tensor),
                    cast<ShapedType>(tensor.getType()).getShape(), coordinates);
    for (const Buffer *buffer : context.outputBuffers(tensor))
      store(value, *buffer, *access);
  }
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

PointwiseKernel::Values
PointwiseKernel::evaluate(int64_t number, const Coordinates &coordinates) {
  const Stage &stage = plan.stages[number];
  if (stage.reduces() && stage.firstReduction == plan.parallelDims)
    return reduced[number];
  Key key{number};
  llvm::append_range(key, coordinates);
  // A reduction's own dimensions are no part of where it is asked for.
  for (int64_t i = stage.firstReduction; i < stage.rank(); ++i)
    key[1 + stage.order[i]] = -1;
  for (auto &values : llvm::reverse(known))
    if (auto found = values.find(key); found != values.end())
      return found->second;
  Values values = stage.reduces() ? reduceAlone(stage, coordinates)
                                  : evaluateHere(stage, coordinates, {});
  return known.back()[key] = values;
}

Value PointwiseKernel::operandValue(const Stage &stage, OpOperand &operand,
                                    const Coordinates &coordinates) {
  linalg::GenericOp op = stage.op;
  AffineMap map = op.getMatchingIndexingMap(&operand);
  Source source = plan.source(operand.get());
  switch (source.kind) {
  case Source::Nothing:
    return Value();
  case Source::Scalar:
    return arith::ConstantOp::create(*p, source.scalar);
  case Source::Stage: {
    auto at = plan.producerCoordinates(plan.stages[source.stage], source.result,
                                       map, coordinates);
    if (!at) {
      op.emitOpError("reads a value of its kernel at another point");
      fail();
      return Value();
    }
    Values values = evaluate(source.stage, *at);
    return failed ? Value() : values[source.result];
  }
  case Source::Memory: {
    const Buffer *buffer = context.inputBuffer(source.tensor);
    auto access =
        buffer ? plan.access(map, buffer->shape, coordinates) : std::nullopt;
    if (!access) {
      op.emitOpError("operand #")
          << operand.getOperandNumber() << " is not an element of a buffer";
      fail();
      return Value();
    }
    return load(*buffer, *access);
  }
  }
  llvm_unreachable("all kinds of sources are handled");
}

PointwiseKernel::Values
PointwiseKernel::evaluateHere(const Stage &stage,
                              const Coordinates &coordinates,
                              ArrayRef<Value> accumulators) {
  if (failed)
    return {};
  linalg::GenericOp op = stage.op;
  std::optional<Values> arguments =
      BodyEmitter::argumentsOf(op, accumulators, [&](OpOperand &operand) {
        return operandValue(stage, operand, coordinates);
      });
  if (!arguments)
    return {};
  FailureOr<Values> values =
      BodyEmitter(*p, /*indexBits=*/32)
          .emit(
              op, *arguments,
              [&](int64_t dim) { return indexAt(coordinates[dim]); },
              [&](tensor::ExtractOp extract, ArrayRef<Value> indices) {
                return extractElement(extract, indices);
              });
  return mlir::failed(values) ? fail() : *values;
}

Value PointwiseKernel::extractElement(tensor::ExtractOp op,
                                      ArrayRef<Value> indices) {
  const Buffer *buffer = context.inputBuffer(op.getTensor());
  if (!buffer)
    return Value();
  // No loop has lanes where elements are picked.
  Value offset = p.constant(0);
  for (auto [number, stride] : llvm::zip_equal(indices, buffer->strides))
    offset = p.add(offset, p.mul(number, stride));
  auto pick = [&]() -> Values {
    return {p.load(p.at(buffer->base, buffer->elementType, offset),
                   buffer->elementType)};
  };
  if (isInside)
    return pick()[0];
  return p.choose(valid, p.zero(buffer->elementType), pick)[0];
}
