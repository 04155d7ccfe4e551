//===- PrepareScan.cpp - a scan whose memory can be planned ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/PrepareScan.h"

#include "mlir/IR/IRMapping.h"
#include "passes/LookThrough.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

static Value skipReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getOperand();
  return value;
}

/// A broadcast to the same shape: fusion makes a kernel of its own of one that
/// has to lie in memory.
static Value copy(OpBuilder &builder, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return BroadcastOp::create(
      builder, value.getLoc(), type, value,
      llvm::to_vector(llvm::seq<int64_t>(type.getRank())));
}

/// Brings repeated ops that are captured into the body, with what they are
/// made of, until nothing captured is repeated.
static void sinkRepeatedOps(ScanOp scan) {
  OpBuilder builder = OpBuilder::atBlockBegin(&scan.getBlock());
  for (unsigned i = 0; i < scan.getCaptures().size(); ++i) {
    BlockArgument inside = scan.getCaptured()[i];
    Operation *producer = scan.getCaptures()[i].getDefiningOp();
    if (inside.use_empty() || !isRepeated(producer) ||
        !llvm::all_of(inside.getUsers(), [&](Operation *user) {
          return canRepeat(user, producer);
        }))
      continue;
    IRMapping mapping;
    for (Value operand : producer->getOperands()) {
      scan.getCapturesMutable().append(operand);
      mapping.map(operand, scan.getBlock().addArgument(operand.getType(),
                                                       operand.getLoc()));
    }
    builder.setInsertionPointToStart(&scan.getBlock());
    inside.replaceAllUsesWith(builder.clone(*producer, mapping)->getResult(0));
  }
  unsigned first = scan.getInputs().size() + scan.getInits().size();
  for (unsigned i = scan.getCaptures().size(); i-- != 0;)
    if (scan.getCaptured()[i].use_empty()) {
      scan.getBlock().eraseArgument(first + i);
      scan.getCapturesMutable().erase(i);
    }
}

static void ownYields(ScanOp scan) {
  OpBuilder builder(scan.getYield());
  llvm::DenseSet<Value> stacked;
  for (auto [i, operand] : llvm::enumerate(scan.getYield()->getOpOperands())) {
    Value made = skipReshapes(operand.get());
    bool isOutput = i < scan.getNumOutputs();
    Operation *maker = made.getDefiningOp();
    if (maker && !isa<ScanOp>(maker) &&
        (!isOutput || stacked.insert(made).second))
      continue;
    operand.set(copy(builder, operand.get()));
  }
}

/// Whether the value lies where the memory plan says: not an argument of the
/// function, nor what a scan carries, whose place changes with the step.
static bool hasPlace(Value storage) {
  if (auto argument = dyn_cast<BlockArgument>(storage)) {
    auto around = dyn_cast<ScanOp>(argument.getOwner()->getParentOp());
    return around && llvm::is_contained(around.getSlices(), argument);
  }
  auto maker = storage.getDefiningOp<ScanOp>();
  return !maker || llvm::is_contained(maker.getOutputs(), storage);
}

void dlcc::prepareScan(ScanOp scan) {
  sinkRepeatedOps(scan);
  ownYields(scan);
  OpBuilder builder(scan);
  for (OpOperand &input : scan.getInputsMutable())
    if (!hasPlace(skipReshapes(input.get())))
      input.set(copy(builder, input.get()));
}
