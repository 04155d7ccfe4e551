//===- Indexed.cpp - ops that take indices to linalg ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `gather` extracts an element at a clamped index. `scatter_add` becomes the
// sum over all indices j of the values whose index is the result's: that is
// what it means, and every kernel generator can run it. A note on the op lets
// one that knows better visit each value once.
//
//===----------------------------------------------------------------------===//

#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/lower/Patterns.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::lower;

/// An index of i32 or i64 as one into a dimension of `size`.
static Value emitClamped(OpBuilder &body, Location loc, Value index,
                         int64_t size) {
  auto constant = [&](int64_t value) {
    return arith::ConstantIndexOp::create(body, loc, value);
  };
  index = arith::IndexCastOp::create(body, loc, body.getIndexType(), index);
  index = arith::MaxSIOp::create(body, loc, index, constant(0));
  return arith::MinSIOp::create(body, loc, index, constant(size - 1));
}

static void lowerGather(dlc::GatherOp op, KernelLowering &kernel) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  RankedTensorType table = op.getOperand().getType();
  int64_t axis = op.getAxis(), batch = op.getBatch();
  int64_t indexRank = op.getIndex().getType().getRank();
  LoopNest loops = kernel.getLoops(op, getDims(type));
  SmallVector<int64_t> axes;
  for (int64_t i = 0; i < indexRank; ++i)
    axes.push_back(i < batch ? i : axis + i - batch);
  Source index = kernel.getSource(op.getIndex(), loops, axes);
  Value source = kernel.getTensor(op.getOperand());
  Value result = kernel.emitPointwise(
      op.getLoc(), type, loops, index,
      [&](OpBuilder &body, Location loc, ValueRange in) {
        SmallVector<Value> indices;
        for (int64_t d = 0; d < table.getRank(); ++d) {
          if (d == axis) {
            indices.push_back(
                emitClamped(body, loc, in[0], table.getDimSize(axis)));
            continue;
          }
          int64_t dim = d < axis ? d : d + indexRank - batch - 1;
          indices.push_back(
              linalg::IndexOp::create(body, loc, loops.loopOf[dim]));
        }
        return emitExtract(body, loc, source, indices, table.getElementType());
      });
  kernel.setTensor(op.getResult(), result);
}

static void lowerScatterAdd(dlc::ScatterAddOp op, KernelLowering &kernel) {
  RankedTensorType type = op.getType();
  int64_t axis = op.getAxis(), batch = op.getBatch();
  Dims dims = getDims(type), asked = getDims(op.getIndex().getType());
  int64_t rank = dims.size();
  // The result's dims, then the index's own, which are summed over.
  SmallVector<int64_t> summed;
  SmallVector<int64_t> indexAxes = identity(batch);
  for (const Dim &dim : llvm::drop_begin(asked, batch)) {
    summed.push_back(dims.size());
    indexAxes.push_back(dims.size());
    dims.push_back(dim);
  }
  SmallVector<int64_t> valueAxes = identity(axis);
  llvm::append_range(valueAxes, summed);
  for (int64_t d = axis + 1; d < rank; ++d)
    valueAxes.push_back(d);
  LoopNest loops = kernel.getLoops(op, dims, summed);
  Source sources[] = {kernel.getSource(op.getValues(), loops, valueAxes),
                      kernel.getSource(op.getIndex(), loops, indexAxes)};
  emitReduction(
      op.getResult(), kernel, dlc::ReduceKind::Sum, dims, summed, loops,
      sources, [&](OpBuilder &body, Location loc, ValueRange in) {
        Value index = emitClamped(body, loc, in[1], type.getDimSize(axis));
        Value here = linalg::IndexOp::create(body, loc, loops.loopOf[axis]);
        Value isHere = arith::CmpIOp::create(
            body, loc, arith::CmpIPredicate::eq, index, here);
        Value zero = arith::ConstantOp::create(
            body, loc, cast<TypedAttr>(body.getZeroAttr(in[0].getType())));
        return arith::SelectOp::create(body, loc, isHere, in[0], zero);
      });
  Operation *sum = kernel.getTensor(op.getResult()).getDefiningOp();
  sum->setAttr(attr::kScatter,
               kernel.getBuilder().getDenseI64ArrayAttr({axis, batch}));
}

bool lower::lowerIndexed(Operation *op, KernelLowering &kernel) {
  if (auto gather = dyn_cast<dlc::GatherOp>(op)) {
    lowerGather(gather, kernel);
    return true;
  }
  if (auto scatter = dyn_cast<dlc::ScatterAddOp>(op)) {
    lowerScatterAdd(scatter, kernel);
    return true;
  }
  return false;
}
