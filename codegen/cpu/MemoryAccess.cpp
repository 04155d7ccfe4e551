//===- MemoryAccess.cpp - loads and stores of scalars and vectors ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Masked and gathered accesses become LLVM intrinsics, so that a target without
// the instruction still gets correct code.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/MemoryAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

Value dlcc::cpu::constantI64(OpBuilder &b, Location loc, int64_t value) {
  return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(value));
}

Value dlcc::cpu::zeroOf(OpBuilder &b, Location loc, Type type) {
  return arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
}

Value dlcc::cpu::splat(OpBuilder &b, Location loc, Value value, int64_t lanes) {
  if (lanes == 0 || isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(
      b, loc, VectorType::get({lanes}, value.getType()), value);
}

Value dlcc::cpu::laneNumbers(OpBuilder &b, Location loc, int64_t lanes) {
  SmallVector<int64_t> numbers = llvm::to_vector(llvm::seq<int64_t>(0, lanes));
  return arith::ConstantOp::create(b, loc, b.getI64VectorAttr(numbers));
}

Value dlcc::cpu::firstLanes(OpBuilder &b, Location loc, Value count,
                            int64_t lanes) {
  // Compared in 32 bits: half the registers of a comparison of indices.
  Type narrow = b.getIntegerType(32);
  Value most = constantI64(b, loc, lanes);
  Value clamped = arith::MinSIOp::create(b, loc, count, most);
  Value number = arith::TruncIOp::create(b, loc, narrow, clamped);
  SmallVector<int32_t> numbers = llvm::to_vector(llvm::seq<int32_t>(0, lanes));
  Value steps = arith::ConstantOp::create(b, loc, b.getI32VectorAttr(numbers));
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, steps,
                               splat(b, loc, number, lanes));
}

Value dlcc::cpu::elementPointer(OpBuilder &b, Location loc, Value base,
                                Type elementType, Value offset) {
  return LLVM::GEPOp::create(b, loc, base.getType(), storageType(elementType),
                             base, ArrayRef<LLVM::GEPArg>{offset});
}

/// The same type, scalar or vector, with elements as in memory.
static Type inMemory(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  if (!vector)
    return dlcc::cpu::storageType(type);
  return vector.clone(dlcc::cpu::storageType(vector.getElementType()));
}

/// From memory's to the value's type: bytes become booleans.
static Value fromMemory(OpBuilder &b, Location loc, Value value, Type type) {
  if (value.getType() == type)
    return value;
  if (isa<FloatType>(getElementTypeOrSelf(type)))
    return arith::BitcastOp::create(b, loc, type, value);
  Value zero = dlcc::cpu::zeroOf(b, loc, value.getType());
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, value, zero);
}

static Value toMemory(OpBuilder &b, Location loc, Value value) {
  Type type = inMemory(value.getType());
  if (type == value.getType())
    return value;
  if (isa<FloatType>(getElementTypeOrSelf(value.getType())))
    return arith::BitcastOp::create(b, loc, type, value);
  return arith::ExtUIOp::create(b, loc, type, value);
}

Value dlcc::cpu::load(OpBuilder &b, Location loc, Value pointer, Type type,
                      Value mask) {
  Type stored = inMemory(type);
  unsigned alignment = storageBytes(getElementTypeOrSelf(type));
  if (!mask)
    return fromMemory(
        b, loc, LLVM::LoadOp::create(b, loc, stored, pointer, alignment), type);
  Value zero = zeroOf(b, loc, stored);
  Value loaded = LLVM::MaskedLoadOp::create(b, loc, stored, pointer, mask, zero,
                                            alignment);
  return fromMemory(b, loc, loaded, type);
}

void dlcc::cpu::store(OpBuilder &b, Location loc, Value value, Value pointer,
                      Value mask) {
  unsigned alignment = storageBytes(getElementTypeOrSelf(value.getType()));
  Value stored = toMemory(b, loc, value);
  if (mask)
    LLVM::MaskedStoreOp::create(b, loc, stored, pointer, mask, alignment);
  else
    LLVM::StoreOp::create(b, loc, stored, pointer, alignment);
}

/// A vector of pointers to the elements at `offsets`.
static Value pointersTo(OpBuilder &b, Location loc, Value base, Value offsets,
                        Type elementType) {
  auto lanes = cast<VectorType>(offsets.getType()).getNumElements();
  Type pointers = VectorType::get({lanes}, base.getType());
  return LLVM::GEPOp::create(b, loc, pointers,
                             dlcc::cpu::storageType(elementType), base,
                             ArrayRef<LLVM::GEPArg>{offsets});
}

static Value allLanes(OpBuilder &b, Location loc, int64_t lanes) {
  auto type = VectorType::get({lanes}, b.getI1Type());
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, true));
}

Value dlcc::cpu::gather(OpBuilder &b, Location loc, Value base, Value offsets,
                        Type elementType, Value mask) {
  int64_t lanes = cast<VectorType>(offsets.getType()).getNumElements();
  Type type = VectorType::get({lanes}, elementType);
  Type stored = inMemory(type);
  Value zero = zeroOf(b, loc, stored);
  Value pointers = pointersTo(b, loc, base, offsets, elementType);
  Value loaded = LLVM::masked_gather::create(
      b, loc, stored, pointers, mask ? mask : allLanes(b, loc, lanes),
      ValueRange{zero}, storageBytes(elementType));
  return fromMemory(b, loc, loaded, type);
}

void dlcc::cpu::scatter(OpBuilder &b, Location loc, Value value, Value base,
                        Value offsets, Value mask) {
  auto type = cast<VectorType>(value.getType());
  Type elementType = type.getElementType();
  Value pointers = pointersTo(b, loc, base, offsets, elementType);
  LLVM::masked_scatter::create(b, loc, toMemory(b, loc, value), pointers,
                               mask ? mask
                                    : allLanes(b, loc, type.getNumElements()),
                               storageBytes(elementType));
}
