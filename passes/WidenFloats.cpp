//===- WidenFloats.cpp - the whole model in f64 ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every float tensor of the model becomes f64: variables, inputs, outputs,
// constants, and what is computed between. Conversions from one float type to
// another are gone then. A constant keeps the value it had, so the model is
// the same function without its roundings.
//
// What the runtime and the training program read and write by the ABI keeps
// its type: control variables, metrics, and what reports are made from, and so
// does what C functions take and give. They are converted where they enter and
// leave.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/Passes.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_WIDENFLOATSPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace dlcc;

/// The type with f64 in the place of another float type.
static Type widen(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !isa<FloatType>(tensor.getElementType()))
    return type;
  return tensor.clone(Float64Type::get(type.getContext()));
}

static DenseElementsAttr widen(DenseElementsAttr elements) {
  if (!isa<FloatType>(elements.getElementType()))
    return elements;
  return elements.mapValues(
      Float64Type::get(elements.getContext()), [](const APFloat &number) {
        APFloat wide = number;
        bool losesInfo;
        wide.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                     &losesInfo);
        return wide.bitcastToAPInt();
      });
}

/// Whether the results are metrics, which the ABI hands over in f32.
static bool returnsMetrics(func::FuncOp function) {
  auto kind = function->getAttrOfType<StringAttr>(attr::kEntry);
  return kind &&
         llvm::is_contained({"evaluate", "train", "report"}, kind.getValue());
}

static bool takesMetrics(func::FuncOp function) {
  auto kind = function->getAttrOfType<StringAttr>(attr::kEntry);
  return kind && kind.getValue() == "report";
}

/// Gives the value its wide type, or its users a wide copy of it where its own
/// type is not ours to choose.
static void widen(Value value, bool isFixed, OpBuilder &builder) {
  Type wide = widen(value.getType());
  if (wide == value.getType())
    return;
  if (!isFixed)
    return value.setType(wide);
  auto cast = CastOp::create(builder, value.getLoc(), wide, value);
  value.replaceAllUsesExcept(cast, cast);
}

static bool isControl(ReadOp read) {
  auto variable = SymbolTable::lookupNearestSymbolFrom<VariableOp>(
      read, read.getVariableAttr());
  return variable && variable.getKind() == VariableKind::Control;
}

static void widen(Operation *op) {
  if (auto constant = dyn_cast<ConstantOp>(op))
    if (auto elements = dyn_cast<DenseElementsAttr>(constant.getValue()))
      constant.setValueAttr(widen(elements));
  auto read = dyn_cast<ReadOp>(op);
  bool isFixed = (read && isControl(read)) || isa<ExternOp>(op);
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  for (Value result : op->getResults())
    widen(result, isFixed, builder);
}

/// A C function takes what it was declared with.
static void narrowInputs(ExternOp call, ArrayRef<Type> declared) {
  OpBuilder builder(call);
  for (auto [operand, type] : llvm::zip_equal(call->getOpOperands(), declared))
    if (operand.get().getType() != type)
      operand.set(CastOp::create(builder, call.getLoc(), type, operand.get()));
}

static void widen(func::FuncOp function) {
  bool fixedResults = returnsMetrics(function);
  SmallVector<Type> results(function.getResultTypes());
  llvm::MapVector<ExternOp, SmallVector<Type>> calls;
  function.walk([&](ExternOp call) {
    llvm::append_range(calls[call], call->getOperandTypes());
  });
  function.walk([&](Block *block) {
    // Gathered first: conversions that are put in have their types already.
    SmallVector<Operation *> ops;
    for (Operation &op : *block)
      ops.push_back(&op);
    OpBuilder builder = OpBuilder::atBlockBegin(block);
    bool isFixed = block->isEntryBlock() && block->getParentOp() == function &&
                   takesMetrics(function);
    for (Value argument : block->getArguments())
      widen(argument, isFixed, builder);
    for (Operation *op : ops)
      widen(op);
  });
  for (auto &[call, declared] : calls)
    narrowInputs(call, declared);
  Operation *end = function.getBody().front().getTerminator();
  OpBuilder builder(end);
  for (auto [i, operand] : llvm::enumerate(end->getOpOperands())) {
    Type &type = results[i];
    if (fixedResults && operand.get().getType() != type)
      operand.set(CastOp::create(builder, end->getLoc(), type, operand.get()));
    type = operand.get().getType();
  }
  function.setFunctionType(FunctionType::get(
      function.getContext(), function.getBody().front().getArgumentTypes(),
      results));
  function.walk([](CastOp cast) {
    if (cast.getOperand().getType() != cast.getType())
      return;
    cast.getResult().replaceAllUsesWith(cast.getOperand());
    cast.erase();
  });
}

namespace {
class WidenFloatsPass
    : public dlcc::impl::WidenFloatsPassBase<WidenFloatsPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal())
        widen(function);
    for (auto variable : getOperation().getOps<VariableOp>())
      if (variable.getKind() != VariableKind::Control)
        variable.setType(widen(variable.getType()));
  }
};
} // namespace
