//===- Extern.cpp - calls of C functions to linalg ------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the function computes is not known, so the linalg op can only say what
// it reads and writes: it has a loop for each dim of each operand, and a note
// with the symbol, which the kernel generator calls. Its body stands for
// nothing.
//
//===----------------------------------------------------------------------===//

#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/lower/Patterns.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::lower;

bool lower::lowerExtern(Operation *op, KernelLowering &kernel) {
  auto call = dyn_cast<dlc::ExternOp>(op);
  if (!call)
    return false;
  OpBuilder &builder = kernel.getBuilder();
  SmallVector<int64_t> rows, firstLoop;
  SmallVector<utils::IteratorType> iterators;
  auto addLoops = [&](Value value, utils::IteratorType iterator) {
    firstLoop.push_back(rows.size());
    llvm::append_range(rows,
                       getRows(getDims(cast<RankedTensorType>(value.getType())),
                               kernel.getBatch()));
    iterators.resize(rows.size(), iterator);
  };
  SmallVector<Value> inputs, inits;
  SmallVector<Type> types;
  for (Value input : call.getInputs()) {
    addLoops(input, utils::IteratorType::reduction);
    inputs.push_back(kernel.getTensor(input));
  }
  for (Value output : call.getOutputs()) {
    addLoops(output, utils::IteratorType::parallel);
    RankedTensorType type = getStoredType(output.getType());
    types.push_back(type);
    inits.push_back(tensor::EmptyOp::create(
        builder, op->getLoc(), type.getShape(), type.getElementType()));
  }
  SmallVector<AffineMap> maps;
  for (auto [first, value] :
       llvm::zip_equal(firstLoop, llvm::concat<Value>(inputs, inits))) {
    SmallVector<AffineExpr> place;
    for (int64_t i :
         identity(cast<RankedTensorType>(value.getType()).getRank()))
      place.push_back(builder.getAffineDimExpr(first + i));
    maps.push_back(AffineMap::get(rows.size(), 0, place, builder.getContext()));
  }
  auto generic = linalg::GenericOp::create(
      builder, op->getLoc(), types, inputs, inits, maps, iterators,
      [&](OpBuilder &body, Location loc, ValueRange) {
        SmallVector<Value> zeros;
        for (Type type : types)
          zeros.push_back(arith::ConstantOp::create(
              body, loc,
              cast<TypedAttr>(body.getZeroAttr(getElementTypeOrSelf(type)))));
        linalg::YieldOp::create(body, loc, zeros);
      });
  SmallVector<int64_t> loops;
  ArrayRef<int64_t> dims = call.getDims();
  for (size_t i = 0; i != dims.size(); i += 2)
    loops.push_back(firstLoop[dims[i]] + dims[i + 1]);
  generic->setAttr(attr::kRows, builder.getDenseI64ArrayAttr(rows));
  generic->setAttr(attr::kExtern, call.getSymbolAttr());
  generic->setAttr(attr::kExternDims, builder.getDenseI64ArrayAttr(loops));
  for (auto [output, tensor] :
       llvm::zip_equal(call.getOutputs(), generic.getResults()))
    kernel.setTensor(output, tensor);
  return true;
}
