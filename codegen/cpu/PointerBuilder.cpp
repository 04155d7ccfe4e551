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
