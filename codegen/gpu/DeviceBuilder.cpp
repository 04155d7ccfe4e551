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

/// Indices and offsets stay far below the limit (see SelectKernels.cpp), so a
/// constant part of them can become part of an address.
static constexpr auto kNoWrap = arith::IntegerOverflowFlags::nsw;

std::optional<int64_t> constantOf(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

Value DeviceBuilder::constant(int64_t value) {
  return arith::ConstantOp::create(builder, builder.getI32IntegerAttr(value));
}

Value DeviceBuilder::add(Value lhs, Value rhs) {
  return builder.createOrFold<arith::AddIOp>(lhs, rhs, kNoWrap);
}

Value DeviceBuilder::sub(Value lhs, Value rhs) {
  return builder.createOrFold<arith::SubIOp>(lhs, rhs, kNoWrap);
}

Value DeviceBuilder::mul(Value lhs, Value rhs) {
  return builder.createOrFold<arith::MulIOp>(lhs, rhs, kNoWrap);
}

Value DeviceBuilder::div(Value lhs, int64_t rhs) {
  return builder.createOrFold<arith::DivUIOp>(lhs, constant(rhs));
}

Value DeviceBuilder::rem(Value lhs, int64_t rhs) {
  return builder.createOrFold<arith::RemUIOp>(lhs, constant(rhs));
}

Value DeviceBuilder::min(Value lhs, Value rhs) {
  return builder.createOrFold<arith::MinSIOp>(lhs, rhs);
}

Value DeviceBuilder::max(Value lhs, Value rhs) {
  return builder.createOrFold<arith::MaxSIOp>(lhs, rhs);
}

Value DeviceBuilder::boolean(bool value) {
  return arith::ConstantOp::create(builder, builder.getBoolAttr(value));
}

Value DeviceBuilder::less(Value lhs, Value rhs) {
  return builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::slt, lhs,
                                             rhs);
}

Value DeviceBuilder::equal(Value lhs, Value rhs) {
  return builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, lhs,
                                             rhs);
}

Value DeviceBuilder::both(Value lhs, Value rhs) {
  return builder.createOrFold<arith::AndIOp>(lhs, rhs);
}

Value DeviceBuilder::select(Value condition, Value yes, Value no) {
  return builder.createOrFold<arith::SelectOp>(condition, yes, no);
}

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

void DeviceBuilder::loop(Value from, Value to, int64_t step,
                         function_ref<void(Value)> body) {
  loop(from, to, step, ValueRange{}, [&](Value index, ValueRange) {
    body(index);
    return Values{};
  });
}

DeviceBuilder::Values
DeviceBuilder::loop(Value from, Value to, int64_t step, ValueRange init,
                    function_ref<Values(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(builder, from, to, constant(step), init);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Values carried = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!init.empty())
    scf::YieldOp::create(builder, carried);
  return Values(loop.getResults());
}

void DeviceBuilder::when(Value condition, function_ref<void()> body) {
  if (std::optional<int64_t> known = constantOf(condition)) {
    if (*known)
      body();
    return;
  }
  auto branch = scf::IfOp::create(builder, condition, /*withElse=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  body();
}

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
