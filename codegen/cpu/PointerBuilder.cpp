//===- PointerBuilder.cpp - address arithmetic on bare pointers -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/PointerBuilder.h"

#include "codegen/cpu/MemoryAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dlcc::cpu {

std::optional<int64_t> constantOf(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

Value PointerBuilder::constant(int64_t value) {
  return arith::ConstantOp::create(builder, builder.getI64IntegerAttr(value));
}

Value PointerBuilder::add(Value lhs, Value rhs) {
  return builder.createOrFold<arith::AddIOp>(lhs, rhs);
}

Value PointerBuilder::sub(Value lhs, Value rhs) {
  return builder.createOrFold<arith::SubIOp>(lhs, rhs);
}

Value PointerBuilder::mul(Value lhs, Value rhs) {
  return builder.createOrFold<arith::MulIOp>(lhs, rhs);
}

Value PointerBuilder::mul(Value lhs, int64_t rhs) {
  return mul(lhs, constant(rhs));
}

Value PointerBuilder::div(Value lhs, int64_t rhs) {
  return div(lhs, constant(rhs));
}

Value PointerBuilder::div(Value lhs, Value rhs) {
  return builder.createOrFold<arith::DivUIOp>(lhs, rhs);
}

Value PointerBuilder::rem(Value lhs, int64_t rhs) {
  return rem(lhs, constant(rhs));
}

Value PointerBuilder::rem(Value lhs, Value rhs) {
  return builder.createOrFold<arith::RemUIOp>(lhs, rhs);
}

Value PointerBuilder::ceilDiv(Value lhs, int64_t rhs) {
  return div(add(lhs, constant(rhs - 1)), rhs);
}

Value PointerBuilder::min(Value lhs, Value rhs) {
  return builder.createOrFold<arith::MinSIOp>(lhs, rhs);
}

Value PointerBuilder::max(Value lhs, Value rhs) {
  return builder.createOrFold<arith::MaxSIOp>(lhs, rhs);
}

Value PointerBuilder::boolean(bool value) {
  return arith::ConstantOp::create(builder, builder.getBoolAttr(value));
}

Value PointerBuilder::less(Value lhs, Value rhs) {
  return builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::slt, lhs,
                                             rhs);
}

Value PointerBuilder::notAbove(Value lhs, Value rhs) {
  return builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::sle, lhs,
                                             rhs);
}

Value PointerBuilder::equal(Value lhs, Value rhs) {
  return builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, lhs,
                                             rhs);
}

Value PointerBuilder::both(Value lhs, Value rhs) {
  return builder.createOrFold<arith::AndIOp>(lhs, rhs);
}

Value PointerBuilder::select(Value condition, Value yes, Value no) {
  return builder.createOrFold<arith::SelectOp>(condition, yes, no);
}

Value PointerBuilder::at(Value pointer, Type type, Value index) {
  if (std::optional<int64_t> constant = constantOf(index))
    return at(pointer, type, *constant);
  return elementPointer(builder, builder.getLoc(), pointer, type, index);
}

Value PointerBuilder::at(Value pointer, Type type, int64_t index) {
  if (index == 0)
    return pointer;
  // A GEPArg has fewer bits than its integer.
  if (!llvm::isInt<LLVM::kGEPConstantBitWidth>(index))
    return elementPointer(builder, builder.getLoc(), pointer, type,
                          constant(index));
  return LLVM::GEPOp::create(
      builder, pointer.getType(), storageType(type), pointer,
      ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)});
}

Value PointerBuilder::load(Value pointer, Type type, int64_t lanes) {
  Type loaded = lanes ? VectorType::get({lanes}, type) : type;
  return cpu::load(builder, builder.getLoc(), pointer, loaded);
}

void PointerBuilder::store(Value value, Value pointer) {
  cpu::store(builder, builder.getLoc(), value, pointer);
}

Value PointerBuilder::loadFirst(Value pointer, Type type, int64_t lanes,
                                Value count) {
  Value mask = firstLanes(builder, builder.getLoc(), count, lanes);
  return cpu::load(builder, builder.getLoc(), pointer,
                   VectorType::get({lanes}, type), mask);
}

void PointerBuilder::prefetch(Value pointer, bool atOnce) {
  LLVM::Prefetch::create(builder, pointer, /*rw=*/0, /*hint=*/atOnce ? 3 : 2,
                         /*cache=*/1);
}

void PointerBuilder::loop(Value from, Value to, int64_t step,
                          function_ref<void(Value)> body) {
  loop(from, to, step, ValueRange{}, [&](Value index, ValueRange) {
    body(index);
    return SmallVector<Value>{};
  });
}

void PointerBuilder::loop(Value from, Value to, Value step,
                          function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, from, to, step);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

SmallVector<Value>
PointerBuilder::loop(Value from, Value to, int64_t step, ValueRange init,
                     function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(builder, from, to, constant(step), init);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> carried =
      body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!init.empty())
    scf::YieldOp::create(builder, carried);
  return SmallVector<Value>(loop.getResults());
}

void PointerBuilder::when(Value condition, function_ref<void()> body) {
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

void PointerBuilder::choose(Value condition, function_ref<void()> yes,
                            function_ref<void()> no) {
  if (std::optional<int64_t> known = constantOf(condition))
    return *known ? yes() : no();
  auto branch = scf::IfOp::create(builder, condition, /*withElse=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  yes();
  builder.setInsertionPointToStart(branch.elseBlock());
  no();
}

} // namespace dlcc::cpu
