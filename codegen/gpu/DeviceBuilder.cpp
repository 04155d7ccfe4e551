//===- DeviceBuilder.cpp - code of one thread -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/DeviceBuilder.h"

#include "codegen/StorageType.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dlcc::gpu {

Value DeviceBuilder::zero(Type type) {
  return arith::ConstantOp::create(builder, builder.getZeroAttr(type));
}

Value DeviceBuilder::splat(Value value, int64_t lanes) {
  if (lanes == 0 || isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(
      builder, VectorType::get({lanes}, value.getType()), value);
}

Value DeviceBuilder::lane(Value vector, int64_t number) {
  return vector::ExtractOp::create(builder, vector, number);
}

Value DeviceBuilder::vectorOf(ArrayRef<Value> elements) {
  auto type =
      VectorType::get({int64_t(elements.size())}, elements.front().getType());
  Value vector = zero(type);
  for (auto [number, element] : llvm::enumerate(elements))
    vector = vector::InsertOp::create(builder, element, vector, number);
  return vector;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value DeviceBuilder::at(Value pointer, Type type, Value offset) {
  if (constantOf(offset) == 0)
    return pointer;
  return LLVM::GEPOp::create(builder, pointer.getType(), storageType(type),
                             pointer, ArrayRef<LLVM::GEPArg>{offset});
}

Value DeviceBuilder::at(Value pointer, Type type, int64_t offset) {
  return at(pointer, type, constant(offset));
}

static Type inMemory(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? vector.clone(storageType(vector.getElementType()))
                : storageType(type);
}

Value DeviceBuilder::load(Value pointer, Type type, int64_t lanes,
                          int64_t alignment) {
  Type wanted = lanes ? VectorType::get({lanes}, type) : type;
  Type stored = inMemory(wanted);
  Value value = LLVM::LoadOp::create(
      builder, stored, pointer, alignment ? alignment : storageBytes(type));
  if (stored == wanted)
    return value;
  if (isa<FloatType>(type))
    return arith::BitcastOp::create(builder, wanted, value);
  return arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, value,
                               zero(stored));
}

void DeviceBuilder::store(Value value, Value pointer, int64_t alignment) {
  Type type = value.getType(), stored = inMemory(type);
  Type element = getElementTypeOrSelf(type);
  if (stored != type)
    value = isa<FloatType>(element)
                ? arith::BitcastOp::create(builder, stored, value).getResult()
                : arith::ExtUIOp::create(builder, stored, value).getResult();
  LLVM::StoreOp::create(builder, value, pointer,
                        alignment ? alignment : storageBytes(element));
}

void DeviceBuilder::copyAsync(Value shared, Value global, int64_t bytes,
                              Value condition) {
  Value given;
  if (constantOf(condition) != 1)
    given = select(condition, constant(bytes), constant(0));
  // Only whole lines of 16 bytes may pass the first cache by.
  auto cache = bytes == 16 ? NVVM::LoadCacheModifierKind::CG
                           : NVVM::LoadCacheModifierKind::CA;
  NVVM::CpAsyncOp::create(builder, shared, global, bytes, cache, given);
}

void DeviceBuilder::commitCopies() {
  NVVM::CpAsyncCommitGroupOp::create(builder);
}

void DeviceBuilder::waitCopies(int64_t groups) {
  NVVM::CpAsyncWaitGroupOp::create(builder, groups);
}

//===----------------------------------------------------------------------===//
// The thread, and others
//===----------------------------------------------------------------------===//

Value DeviceBuilder::threadId() {
  return NVVM::ThreadIdXOp::create(builder, builder.getI32Type());
}

Value DeviceBuilder::blockId(unsigned dim) {
  Type type = builder.getI32Type();
  switch (dim) {
  case 0:
    return NVVM::BlockIdXOp::create(builder, type);
  case 1:
    return NVVM::BlockIdYOp::create(builder, type);
  default:
    return NVVM::BlockIdZOp::create(builder, type);
  }
}

void DeviceBuilder::barrier() { NVVM::Barrier0Op::create(builder); }

void DeviceBuilder::syncWarp() {
  NVVM::SyncWarpOp::create(builder, constant(-1));
}

Value DeviceBuilder::shuffleXor(Value value, int64_t mask) {
  Type type = value.getType(), i32 = builder.getI32Type();
  unsigned bits = type.getIntOrFloatBitWidth();
  Type word = builder.getIntegerType(bits);
  if (isa<FloatType>(type))
    value = arith::BitcastOp::create(builder, word, value);
  auto exchange = [&](Value part) -> Value {
    return NVVM::ShflOp::create(
        builder, i32, constant(-1), part, constant(mask), constant(kWarp - 1),
        NVVM::ShflKind::bfly, /*return_value_and_is_valid=*/UnitAttr());
  };
  if (bits == 64) {
    Value half =
        arith::ConstantOp::create(builder, builder.getI64IntegerAttr(32));
    Value low = exchange(arith::TruncIOp::create(builder, i32, value));
    Value high = exchange(arith::TruncIOp::create(
        builder, i32, arith::ShRUIOp::create(builder, value, half)));
    low = arith::ExtUIOp::create(builder, word, low);
    high = arith::ExtUIOp::create(builder, word, high);
    value = arith::OrIOp::create(builder, low,
                                 arith::ShLIOp::create(builder, high, half));
  } else if (bits < 32) {
    value = exchange(arith::ExtUIOp::create(builder, i32, value));
    value = arith::TruncIOp::create(builder, word, value);
  } else {
    value = exchange(value);
  }
  if (isa<FloatType>(type))
    value = arith::BitcastOp::create(builder, type, value);
  return value;
}

//===----------------------------------------------------------------------===//
// Control
//===----------------------------------------------------------------------===//

DeviceBuilder::Values DeviceBuilder::choose(Value condition,
                                            ValueRange otherwise,
                                            function_ref<Values()> body) {
  if (constantOf(condition) == 1)
    return body();
  if (otherwise.empty()) {
    when(condition, [&] { body(); });
    return {};
  }
  auto branch = scf::IfOp::create(builder, otherwise.getTypes(), condition,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(builder, body());
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, otherwise);
  return Values(branch.getResults());
}

} // namespace dlcc::gpu
