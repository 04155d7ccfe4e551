//===- BufferAlignment.cpp - how buffers of kernels are aligned -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/BufferAlignment.h"

#include "codegen/StorageType.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::gpu;

static constexpr int64_t kMostAlignment = 256;

/// The largest power of two, up to the most that is of use, that divides it.
static int64_t powerIn(int64_t value) {
  return value == 0 ? kMostAlignment : std::min(kMostAlignment, value & -value);
}

/// The same of a number of an entry function, which may move in a loop.
static int64_t powerIn(Value value) {
  APInt number;
  if (matchPattern(value, m_ConstantInt(&number)))
    return powerIn(number.getSExtValue());
  if (auto argument = dyn_cast<BlockArgument>(value))
    if (auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp()))
      return std::min(powerIn(loop.getLowerBound()), powerIn(loop.getStep()));
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<arith::AddIOp, arith::SubIOp, arith::RemUIOp>(op))
    return std::min(powerIn(op->getOperand(0)), powerIn(op->getOperand(1)));
  if (isa_and_nonnull<arith::MulIOp>(op))
    return std::min(kMostAlignment,
                    powerIn(op->getOperand(0)) * powerIn(op->getOperand(1)));
  return 1;
}

/// Of the memory that a call is given.
static int64_t alignmentOf(Value memory) {
  int64_t elementBytes =
      storageBytes(cast<MemRefType>(memory.getType()).getElementType());
  if (auto argument = dyn_cast<BlockArgument>(memory))
    // What a loop carries may lie anywhere.
    return isa<func::FuncOp>(argument.getOwner()->getParentOp())
               ? kMostAlignment
               : elementBytes;
  Operation *op = memory.getDefiningOp();
  if (auto view = dyn_cast<memref::ViewOp>(op))
    return std::min(alignmentOf(view.getSource()),
                    powerIn(view.getByteShift()));
  if (isa<memref::CastOp, memref::CollapseShapeOp, memref::ExpandShapeOp,
          UnrealizedConversionCastOp>(op))
    return alignmentOf(op->getOperand(0));
  return elementBytes;
}

BufferAlignment::BufferAlignment(ModuleOp module) {
  module.walk([&](func::CallOp call) {
    SmallVector<int64_t> &known =
        alignments
            .try_emplace(call.getCallee(), call.getNumOperands(),
                         kMostAlignment)
            .first->second;
    for (auto [alignment, operand] : llvm::zip_equal(known, call.getOperands()))
      alignment = std::min(alignment, alignmentOf(operand));
  });
}

SmallVector<int64_t> BufferAlignment::of(func::FuncOp kernel) const {
  if (auto found = alignments.find(kernel.getName()); found != alignments.end())
    return found->second;
  // Nobody calls it.
  SmallVector<int64_t> least;
  for (Type type : kernel.getArgumentTypes())
    least.push_back(storageBytes(cast<MemRefType>(type).getElementType()));
  return least;
}
