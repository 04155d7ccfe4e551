//===- StoreFilters.cpp - filters in the order in which they are read -----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A filter is stored as [out, in, height, width], and a contraction with
// windows goes through it as [height, width, in, out], in which no two
// neighbours are neighbours in memory. Each task of the contraction would
// gather it element by element. Where there are many tasks it is brought into
// their order once, by a kernel of its own.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_STOREFILTERSPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

namespace {

/// Places of windows for each of which a filter is read, at least.
constexpr int64_t kManyPlaces = 2048;

bool isWorthwhile(ContractOp op) {
  if (!op.getLhs().getDefiningOp<WindowOp>() ||
      op.getRhsContract().size() < 2 ||
      op.getRhs().getDefiningOp<TransposeOp>())
    return false;
  ArrayRef<int64_t> shape = op.getRhs().getType().getShape();
  auto isMore = [&](int64_t axis) { return shape[axis] > 1; };
  int64_t innermost = shape.size() - 1;
  while (innermost > 0 && !isMore(innermost))
    --innermost;
  // In the order of memory along k, or along the result, it is read well.
  auto last = llvm::find_if(llvm::reverse(op.getRhsContract()), isMore);
  if (!llvm::is_contained(op.getRhsContract(), innermost) || *last == innermost)
    return false;
  int64_t outputs = 1;
  for (auto [axis, size] : llvm::enumerate(shape))
    if (!llvm::is_contained(op.getRhsContract(), int64_t(axis)) &&
        !llvm::is_contained(op.getRhsBatch(), int64_t(axis)))
      outputs *= size;
  return op.getType().getNumElements() / outputs >= kManyPlaces;
}

void store(ContractOp op) {
  OpBuilder builder(op);
  SmallVector<int64_t> order(op.getRhsBatch());
  llvm::append_range(order, op.getRhsContract());
  for (int64_t axis : llvm::seq<int64_t>(op.getRhs().getType().getRank()))
    if (!llvm::is_contained(order, axis))
      order.push_back(axis);
  auto stored = TransposeOp::create(builder, op.getLoc(), op.getRhs(), order);
  stored->setAttr(attr::kStored, builder.getUnitAttr());
  int64_t batches = op.getRhsBatch().size();
  int64_t contracted = op.getRhsContract().size();
  op.getRhsMutable().assign(stored);
  op.setRhsBatch(llvm::to_vector(llvm::seq<int64_t>(batches)));
  op.setRhsContract(
      llvm::to_vector(llvm::seq<int64_t>(batches, batches + contracted)));
}

class StoreFiltersPass
    : public dlcc::impl::StoreFiltersPassBase<StoreFiltersPass> {
  void runOnOperation() override {
    getOperation().walk([](ContractOp op) {
      if (isWorthwhile(op))
        store(op);
    });
  }
};

} // namespace
