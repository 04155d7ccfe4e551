//===- OrderUpdates.cpp - every reader before the update ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An update writes its variable in place, so it must come after every other
// reader of the variable (the gradient of the layer's input reads the weight
// that the weight's own gradient is about to change). This pass moves calls
// accordingly. Where the order cannot be had, or where a kernel could not
// write in place, or where a returned value has no memory of its own, it
// inserts a copy, so that PlanMemory finds each value written by one call.
//
//===----------------------------------------------------------------------===//

#include "ir/ShapeFunctions.h"
#include "ir/Target.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/BatchRows.h"
#include "passes/EntryCalls.h"
#include "passes/Passes.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace dlcc {
#define GEN_PASS_DEF_ORDERUPDATESPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace mlir;
using namespace dlcc;

namespace {

using CallSet = llvm::SmallSetVector<Operation *, 4>;

/// Orders the calls of one entry function.
class Orderer {
public:
  Orderer(func::FuncOp entry, SymbolTable &symbols, int &copies)
      : entry(entry), symbols(symbols), copies(copies),
        builder(entry->getContext()) {}

  void run();

private:
  void collectReaders();
  bool canUpdateInPlace(dlc::WriteOp write);
  bool dependsOn(Operation *call, Operation *on);
  Value copy(Value value, Type named, Operation *position, Location loc);
  void copyUnownedResults();
  void sort();

  func::FuncOp entry;
  SymbolTable &symbols;
  int &copies; ///< of the module, which number their names
  OpBuilder builder;
  /// Calls and scans that read a variable's memory, by the variable.
  llvm::MapVector<Attribute, CallSet> readers;
  /// Calls that must come before a call beside those it takes values from.
  llvm::DenseMap<Operation *, CallSet> before;
  /// Results that have become a variable's new value in place.
  llvm::DenseSet<Value> owned;
};

void Orderer::collectReaders() {
  for (Operation &op : entry.getBody().front())
    if (isStep(&op)) {
      for (Value operand : op.getOperands())
        if (auto read = getStorage(operand).getDefiningOp<dlc::ReadOp>())
          readers[read.getVariableAttr()].insert(&op);
      if (auto parts = dyn_cast<dlc::PartsOp>(op))
        for (auto read : getPart(parts).getOps<dlc::ReadOp>())
          readers[read.getVariableAttr()].insert(&op);
    }
}

/// Whether `call` must come after `on`, by values or by what was decided.
bool Orderer::dependsOn(Operation *call, Operation *on) {
  llvm::SmallVector<Operation *> open = {call};
  llvm::DenseSet<Operation *> seen;
  while (!open.empty()) {
    Operation *at = open.pop_back_val();
    if (at == on)
      return true;
    if (!seen.insert(at).second)
      continue;
    for (Value operand : at->getOperands())
      if (Operation *producer = getProducer(operand))
        open.push_back(producer);
    if (auto found = before.find(at); found != before.end())
      llvm::append_range(open, found->second);
  }
  return false;
}

bool Orderer::canUpdateInPlace(dlc::WriteOp write) {
  auto result = dyn_cast<OpResult>(getStorage(write.getValue()));
  auto update =
      dyn_cast_if_present<func::CallOp>(getProducer(write.getValue()));
  if (!update || owned.contains(result))
    return false;
  for (auto [i, operand] : llvm::enumerate(update.getOperands())) {
    auto read = getStorage(operand).getDefiningOp<dlc::ReadOp>();
    if (!read || read.getVariableAttr() != write.getVariableAttr())
      continue;
    if (operand != read.getResult() || result != write.getValue() ||
        !mayOverwrite(getKernel(update), i, result.getResultNumber()))
      return false;
  }
  const CallSet &others = readers[write.getVariableAttr()];
  for (Operation *reader : others)
    if (reader != update && dependsOn(reader, update))
      return false;
  for (Operation *reader : others)
    if (reader != update)
      before[update].insert(reader);
  owned.insert(result);
  return true;
}

/// A kernel that copies its operand: a function of its own and a call. `named`
/// is the value's type with the names of its dimensions.
Value Orderer::copy(Value value, Type named, Operation *position,
                    Location loc) {
  auto type = cast<RankedTensorType>(value.getType());
  auto module = entry->getParentOfType<ModuleOp>();
  std::string name;
  for (; name.empty() || symbols.lookup(name); ++copies)
    name = (module->getAttrOfType<StringAttr>(attr::kModel).getValue() +
            ".copy" + (copies ? "_" + llvm::Twine(copies) : llvm::Twine()))
               .str();

  builder.setInsertionPointToEnd(module.getBody());
  auto kernel = func::FuncOp::create(builder, loc, name,
                                     builder.getFunctionType({type}, {type}));
  kernel.setPrivate();
  symbols.insert(kernel);
  int64_t rank = type.getRank();
  int64_t bytes = type.getNumElements() *
                  llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  kernel->setAttr(attr::kKernel, builder.getStringAttr("copy"));
  kernel->setAttr(attr::kPhase, builder.getStringAttr("update"));
  kernel->setAttr(attr::kFlops, builder.getI64IntegerAttr(0));
  kernel->setAttr(attr::kBytes, builder.getI64IntegerAttr(2 * bytes));
  kernel->setAttr(attr::kLine, builder.getI64IntegerAttr(0));
  kernel->setAttr(attr::kParallelDims, builder.getI64IntegerAttr(rank));
  Block *body = kernel.addEntryBlock();
  builder.setInsertionPointToStart(body);
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  AffineMap identity = builder.getMultiDimIdentityMap(rank);
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{type}, ValueRange{body->getArgument(0)},
      ValueRange{empty}, ArrayRef<AffineMap>{identity, identity}, loops,
      [](OpBuilder &nested, Location at, ValueRange values) {
        linalg::YieldOp::create(nested, at, values.front());
      });
  SmallVector<int64_t> rows;
  for (const Dim &dim : getDims(cast<RankedTensorType>(named)))
    rows.push_back(getRowMultiple(dim, getBatch(entry)));
  generic->setAttr(attr::kRows, builder.getDenseI64ArrayAttr(rows));
  func::ReturnOp::create(builder, loc, generic.getResults());

  builder.setInsertionPoint(position);
  return func::CallOp::create(builder, loc, kernel, value).getResult(0);
}

/// Gives every returned value, and every written one that cannot be made in
/// place, a call that makes it and nothing else.
void Orderer::copyUnownedResults() {
  Operation *end = entry.getBody().front().getTerminator();
  for (dlc::WriteOp write : getWrites(entry)) {
    auto read = write.getValue().getDefiningOp<dlc::ReadOp>();
    if (read && read.getVariableAttr() == write.getVariableAttr()) {
      write.erase();
      continue;
    }
    if (canUpdateInPlace(write))
      continue;
    auto variable = SymbolTable::lookupNearestSymbolFrom<dlc::VariableOp>(
        write, write.getVariableAttr());
    Value value =
        copy(write.getValue(), getNamedType(variable), write, write.getLoc());
    write.getValueMutable().assign(value);
    Operation *update = getProducer(value);
    // A copy that reads another variable is one of its readers.
    if (auto from =
            getStorage(update->getOperand(0)).getDefiningOp<dlc::ReadOp>())
      readers[from.getVariableAttr()].insert(update);
    for (Operation *reader : readers[write.getVariableAttr()])
      if (reader != update)
        before[update].insert(reader);
    owned.insert(value);
  }
  for (OpOperand &operand : end->getOpOperands()) {
    Value storage = getStorage(operand.get());
    if (storage.getDefiningOp<func::CallOp>() && owned.insert(storage).second)
      continue;
    auto named = entry.getResultAttrOfType<TypeAttr>(operand.getOperandNumber(),
                                                     attr::kTensor);
    Value value =
        copy(operand.get(), named ? named.getValue() : operand.get().getType(),
             end, end->getLoc());
    Operation *call = getProducer(value);
    operand.set(value);
    owned.insert(value);
    if (auto read =
            getStorage(call->getOperand(0)).getDefiningOp<dlc::ReadOp>())
      for (dlc::WriteOp write : getWrites(entry))
        if (write.getVariableAttr() == read.getVariableAttr())
          before[getProducer(write.getValue())].insert(call);
  }
}

/// Puts the body in an order that respects values and `before`, keeping the
/// present order where it is free: each op comes as soon as what it needs has.
void Orderer::sort() {
  Block &block = entry.getBody().front();
  llvm::SmallVector<Operation *> pending;
  for (Operation &op : block)
    pending.push_back(&op);
  llvm::DenseSet<Operation *> done;
  auto ready = [&](Operation *op) {
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        if (!done.contains(producer))
          return false;
    auto found = before.find(op);
    return found == before.end() ||
           llvm::all_of(found->second,
                        [&](Operation *other) { return done.contains(other); });
  };
  Operation *terminator = block.getTerminator();
  pending.pop_back();
  while (!pending.empty()) {
    auto next = llvm::find_if(pending, ready);
    assert(next != pending.end() && "orders that were accepted form no cycle");
    (*next)->moveBefore(terminator);
    done.insert(*next);
    pending.erase(next);
  }
  for (dlc::WriteOp write : getWrites(entry))
    write->moveBefore(terminator);
}

void Orderer::run() {
  collectReaders();
  copyUnownedResults();
  sort();
}

struct OrderUpdatesPass
    : public dlcc::impl::OrderUpdatesPassBase<OrderUpdatesPass> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> entries;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (isEntry(function))
        entries.push_back(function);
    SymbolTable symbols(getOperation());
    int copies = 0;
    for (func::FuncOp entry : entries)
      Orderer(entry, symbols, copies).run();
  }
};

} // namespace
