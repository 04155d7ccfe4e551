//===- KernelNames.cpp - what a kernel is called and costs ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/KernelNames.h"

#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Phase.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

/// The path of the model's text, `dense_1.relu`, empty where there is none.
static StringRef getPath(Location loc) {
  StringRef path;
  loc->walk([&](Location inner) {
    auto name = dyn_cast<NameLoc>(inner);
    if (!name)
      return WalkResult::advance();
    path = name.getName().getValue();
    return WalkResult::interrupt();
  });
  return path;
}

int64_t dlcc::getLine(Location loc) {
  int64_t line = 0;
  loc->walk([&](Location inner) {
    auto file = dyn_cast<FileLineColLoc>(inner);
    if (!file)
      return WalkResult::advance();
    line = file.getLine();
    return WalkResult::interrupt();
  });
  return line;
}

static int64_t countElements(Value value) {
  return cast<RankedTensorType>(value.getType()).getNumElements();
}

static int64_t countBytes(Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  return countElements(value) * ((element.getIntOrFloatBitWidth() + 7) / 8);
}

/// What the ops read of a value: of a table that is only looked up in, no more
/// than what is found.
static int64_t countBytesRead(Value value, ArrayRef<Operation *> ops) {
  int64_t all = countBytes(value), found = 0;
  for (Operation *op : ops)
    for (OpOperand &operand : op->getOpOperands()) {
      if (operand.get() != value)
        continue;
      auto gather = dyn_cast<GatherOp>(op);
      if (!gather || operand.getOperandNumber() != 0)
        return all;
      found += countBytes(gather.getResult());
    }
  return found ? std::min(all, found) : all;
}

/// Arithmetic operations; one for each element of elementwise ops, whatever
/// a function costs, and none for what only moves elements. What a C function
/// does is not known.
static int64_t countFlops(Operation *op) {
  if (auto contract = dyn_cast<ContractOp>(op)) {
    auto lhs = cast<RankedTensorType>(contract.getLhs().getType());
    int64_t flops = 2 * countElements(contract.getResult());
    for (int64_t axis : contract.getLhsContract())
      flops *= lhs.getDimSize(axis);
    return flops;
  }
  if (isa<ReduceOp, ArgReduceOp, ScatterAddOp>(op))
    return countElements(op->getOperand(0));
  if (isa<ConstantOp, IotaOp, BroadcastOp, TransposeOp, SliceOp, PadOp,
          ConcatOp, GatherOp, ReshapeOp, StopGradientOp, ExternOp>(op))
    return 0;
  return countElements(op->getResult(0));
}

/// The word for an op in a kernel's name.
static StringRef getWord(Operation *op) {
  if (isa<ContractOp>(op))
    return "matmul";
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return stringifyReduceKind(reduce.getKind());
  if (auto search = dyn_cast<ArgReduceOp>(op))
    return search.getKind() == ReduceKind::Max ? "argmax" : "argmin";
  if (auto call = dyn_cast<ExternOp>(op))
    return call.getSymbol();
  return op->getName().stripDialect();
}

/// The op that names the kernel: the contraction, else the last reduction,
/// else the last op.
static Operation *findRoot(ArrayRef<Operation *> ops) {
  Operation *root = nullptr;
  for (Operation *op : ops) {
    if (isa<ContractOp>(op))
      return op;
    if (isa<ReduceOp, ArgReduceOp>(op))
      root = op;
  }
  return root ? root : ops.back();
}

static bool isScalar(Operation *op) {
  return cast<RankedTensorType>(op->getResult(0).getType()).getRank() == 0 &&
         !isa<ReduceOp, ArgReduceOp, ContractOp>(op);
}

static std::string buildName(ArrayRef<Operation *> ops, Operation *root) {
  // Work on several scalars (rates, counts) belongs to no one of them.
  if (ops.size() > 1 && llvm::all_of(ops, isScalar))
    return "scalars";
  StringRef path = getPath(root->getLoc());
  std::string name = path.str();
  StringRef word = getWord(root);
  if (!path.ends_with(word))
    name += (name.empty() ? "" : ".") + word.str();
  // What follows the root: a part of the model of another name, else the op.
  Operation *last = ops.back();
  StringRef tail = getPath(last->getLoc()).rsplit('.').second;
  if (tail.empty())
    tail = getPath(last->getLoc());
  if (last != root) {
    if (tail.empty() || getPath(last->getLoc()) == path)
      tail = getWord(last);
    if (getPhase(last->getLoc()) == getPhase(root->getLoc()))
      name += "_" + tail.str();
  }
  for (StringRef phase : {kBackwardPhase, kUpdatePhase})
    if (llvm::any_of(ops, [&](Operation *op) {
          return getPhase(op->getLoc()) == phase;
        }))
      name += "_" + phase.str();
  return name;
}

KernelFacts dlcc::findFacts(ArrayRef<Operation *> ops, ValueRange inputs,
                            ValueRange outputs) {
  Operation *root = findRoot(ops);
  KernelFacts facts{buildName(ops, root), root->getLoc(),
                    getPhase(root->getLoc())};
  auto entry = root->getParentOfType<func::FuncOp>();
  auto kind = entry->getAttrOfType<StringAttr>(attr::kEntry);
  if (kind && kind.getValue() == "init")
    facts.phase = "init";
  facts.line = getLine(root->getLoc());
  for (Operation *op : ops)
    facts.flops += countFlops(op);
  for (Value value : inputs)
    facts.bytes += countBytesRead(value, ops);
  for (Value value : outputs)
    facts.bytes += countBytes(value);
  return facts;
}

void dlcc::setFacts(Operation *kernel, const KernelFacts &facts) {
  OpBuilder builder(kernel);
  kernel->setAttr(attr::kPhase, builder.getStringAttr(facts.phase));
  kernel->setAttr(attr::kLine, builder.getI64IntegerAttr(facts.line));
  kernel->setAttr(attr::kFlops, builder.getI64IntegerAttr(facts.flops));
  kernel->setAttr(attr::kBytes, builder.getI64IntegerAttr(facts.bytes));
}

std::string KernelNames::unique(StringRef name) {
  std::string candidate = name.str();
  for (int i = 1; !taken.insert(candidate).second; ++i)
    candidate = name.str() + "_" + std::to_string(i);
  return candidate;
}
