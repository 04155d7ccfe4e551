//===- LoopBuilder.cpp - numbers, conditions and loops --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/LoopBuilder.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dlcc {

std::optional<int64_t> constantOf(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

Value LoopBuilder::constant(int64_t value) {
  return arith::ConstantOp::create(
      builder, builder.getIntegerAttr(builder.getIntegerType(bits), value));
}

Value LoopBuilder::add(Value lhs, Value rhs) {
  return builder.createOrFold<arith::AddIOp>(lhs, rhs, overflow);
}

Value LoopBuilder::sub(Value lhs, Value rhs) {
  return builder.createOrFold<arith::SubIOp>(lhs, rhs, overflow);
}

Value LoopBuilder::mul(Value lhs, Value rhs) {
  return builder.createOrFold<arith::MulIOp>(lhs, rhs, overflow);
}

Value LoopBuilder::div(Value lhs, Value rhs) {
  return builder.createOrFold<arith::DivUIOp>(lhs, rhs);
}

Value LoopBuilder::rem(Value lhs, Value rhs) {
  return builder.createOrFold<arith::RemUIOp>(lhs, rhs);
}

Value LoopBuilder::ceilDiv(Value lhs, int64_t rhs) {
  return div(add(lhs, constant(rhs - 1)), rhs);
}

Value LoopBuilder::min(Value lhs, Value rhs) {
  return builder.createOrFold<arith::MinSIOp>(lhs, rhs);
}

Value LoopBuilder::max(Value lhs, Value rhs) {
  return builder.createOrFold<arith::MaxSIOp>(lhs, rhs);
}

Value LoopBuilder::boolean(bool value) {
  return arith::ConstantOp::create(builder, builder.getBoolAttr(value));
}

Value LoopBuilder::less(Value lhs, Value rhs) {
  return builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::slt, lhs,
                                             rhs);
}

Value LoopBuilder::notAbove(Value lhs, Value rhs) {
  return builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::sle, lhs,
                                             rhs);
}

Value LoopBuilder::equal(Value lhs, Value rhs) {
  return builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, lhs,
                                             rhs);
}

Value LoopBuilder::both(Value lhs, Value rhs) {
  return builder.createOrFold<arith::AndIOp>(lhs, rhs);
}

Value LoopBuilder::select(Value condition, Value yes, Value no) {
  return builder.createOrFold<arith::SelectOp>(condition, yes, no);
}

void LoopBuilder::loop(Value from, Value to, int64_t step,
                       function_ref<void(Value)> body) {
  loop(from, to, step, ValueRange{}, [&](Value index, ValueRange) {
    body(index);
    return SmallVector<Value>{};
  });
}

void LoopBuilder::loop(Value from, Value to, Value step,
                       function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, from, to, step);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

LoopBuilder::Values
LoopBuilder::loop(Value from, Value to, int64_t step, ValueRange init,
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

void LoopBuilder::when(Value condition, function_ref<void()> body) {
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

} // namespace dlcc
