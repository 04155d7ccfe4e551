//===- StepVariables.cpp - what an update reads and writes ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/StepVariables.h"

#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/ExpressionBuilder.h"
#include "passes/Optimizers.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {

RankedTensorType getUpdateType(UpdateOp update) {
  RankedTensorType stored = update.getGradient().getType();
  Type element = stored.getElementType();
  if (element.getIntOrFloatBitWidth() < 32)
    element = Float32Type::get(update.getContext());
  return stored.clone(element);
}

/// The runtime sets it whenever it sets the parameter.
static std::string getTrainedName(StringRef parameter) {
  return (parameter + "/trained").str();
}

StepVariables::StepVariables(UpdateOp update, OpBuilder &builder,
                             SymbolTable &symbols)
    : update(update), builder(builder), symbols(symbols),
      trainedName(dlcc::getTrainedName(update.getVariable())) {
  if (!symbols.lookup(trainedName))
    trainedName = update.getVariable();
}

Value StepVariables::read(StringRef name) {
  Block *entry = &update->getParentOfType<func::FuncOp>().getBody().front();
  for (auto existing : entry->getOps<ReadOp>())
    if (existing.getVariable() == name && existing->isBeforeInBlock(update))
      return existing;
  return ReadOp::create(builder, update.getLoc(),
                        cast<VariableOp>(symbols.lookup(name)).getType(), name);
}

Value StepVariables::readControl(StringRef name, Type element) {
  auto type = RankedTensorType::get({}, element);
  if (!symbols.lookup(name)) {
    OpBuilder declarations(builder.getContext());
    symbols.insert(VariableOp::create(declarations, symbols.getOp()->getLoc(),
                                      VariableKind::Control, name, type,
                                      /*trainable=*/false),
                   cast<ModuleOp>(symbols.getOp()).getBody()->begin());
  }
  return read(name);
}

Value StepVariables::readUpdates() {
  Value calls = readControl("$step", builder.getI64Type());
  int64_t each = getAccumulation(update);
  ExpressionBuilder build(builder, update.getLoc());
  return each == 1 ? calls
                   : build.div(calls, build.constant(calls.getType(), each));
}

Value StepVariables::readCall() {
  Value calls = readControl("$step", builder.getI64Type());
  ExpressionBuilder build(builder, update.getLoc());
  return build.create<RemOp>(
      calls, build.constant(calls.getType(), getAccumulation(update)));
}

Value StepVariables::isFirstCall() {
  ExpressionBuilder build(builder, update.getLoc());
  return build.compare(Comparison::EQ, readCall(), 0.0);
}

std::string StepVariables::getSlotName(StringRef slot) {
  auto function = update->getParentOfType<func::FuncOp>();
  auto block = function->getAttrOfType<StringAttr>(attr::kBlock);
  return (update.getVariable() + "/" +
          (block ? block.getValue() + "/" : llvm::Twine("")) + slot)
      .str();
}

/// The function that writes initial values; null where there is none.
static func::FuncOp findInit(SymbolTable &symbols) {
  for (auto function : cast<ModuleOp>(symbols.getOp()).getOps<func::FuncOp>()) {
    auto entry = function->getAttrOfType<StringAttr>(attr::kEntry);
    if (entry && entry == "init")
      return function;
  }
  return {};
}

/// Slots follow their parameters, in the order of the formula.
static VariableOp declareSlot(StringRef parameter, StringRef name, Type type,
                              SymbolTable &symbols) {
  Operation *last = symbols.lookup(parameter);
  OpBuilder declarations(last->getContext());
  auto variable =
      VariableOp::create(declarations, last->getLoc(), VariableKind::Slot, name,
                         type, /*trainable=*/false);
  while (auto next = dyn_cast_or_null<VariableOp>(last->getNextNode())) {
    if (next.getKind() != VariableKind::Slot)
      break;
    last = next;
  }
  symbols.insert(variable, std::next(Block::iterator(last)));
  return variable;
}

Value StepVariables::readSlot(StringRef slot, RankedTensorType type,
                              double initial) {
  std::string name = getSlotName(slot);
  if (!symbols.lookup(name)) {
    VariableOp variable =
        declareSlot(update.getVariable(), name, type, symbols);
    // Slots begin at zero, but for what @init writes.
    if (func::FuncOp init = findInit(symbols); init && initial != 0) {
      OpBuilder end(init.getBody().front().getTerminator());
      ExpressionBuilder build(end, variable.getLoc());
      WriteOp::create(end, variable.getLoc(), name,
                      build.constant(type, initial));
    }
  }
  return read(name);
}

void StepVariables::writeAlways(StringRef name, Value value) {
  auto variable = cast<VariableOp>(symbols.lookup(name));
  auto stored = cast<RankedTensorType>(variable.getType());
  ExpressionBuilder build(builder, update.getLoc());
  value = build.cast(value, stored.getElementType());
  OpBuilder end(update->getBlock()->getTerminator());
  WriteOp::create(end, update.getLoc(), name, value);
}

void StepVariables::write(StringRef name, Value value) {
  int64_t calls = getAccumulation(update);
  if (calls > 1) {
    auto variable = cast<VariableOp>(symbols.lookup(name));
    auto stored = cast<RankedTensorType>(variable.getType());
    ExpressionBuilder build(builder, update.getLoc());
    Value isLast = build.compare(Comparison::EQ, readCall(), double(calls - 1));
    value =
        build.select(build.splat(isLast, stored.clone(builder.getI1Type())),
                     build.cast(value, stored.getElementType()), read(name));
  }
  writeAlways(name, value);
}

void averageParameter(StringRef parameter, SymbolTable &symbols) {
  std::string name = getTrainedName(parameter);
  if (symbols.lookup(name))
    return;
  auto variable = cast<VariableOp>(symbols.lookup(parameter));
  declareSlot(parameter, name, variable.getType(), symbols);
  if (func::FuncOp init = findInit(symbols))
    for (WriteOp write :
         llvm::to_vector(init.getBody().front().getOps<WriteOp>()))
      if (write.getVariable() == parameter) {
        OpBuilder after(write->getContext());
        after.setInsertionPointAfter(write);
        WriteOp::create(after, write.getLoc(), name, write.getValue());
      }
  for (auto function : cast<ModuleOp>(symbols.getOp()).getOps<func::FuncOp>()) {
    auto entry = function->getAttrOfType<StringAttr>(attr::kEntry);
    if (!entry || entry != "train")
      continue;
    for (auto read : function.getBody().front().getOps<ReadOp>())
      if (read.getVariable() == parameter)
        read.setVariable(name);
  }
}

} // namespace dlcc
