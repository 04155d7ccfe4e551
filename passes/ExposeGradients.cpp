//===- ExposeGradients.cpp - entry points for checking gradients ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Turns each training step into two entry points: one that returns its loss,
// and one that returns the gradients too; and two more that return the loss on
// the branch that it took elsewhere (FreezeBranches.h). They go through the
// same passes as every step, but nothing they do outlives a call: no variable
// is written, and random numbers are those of one fixed step. So the loss is a
// function of the parameters and inputs alone, which finite differences can be
// taken of.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/ExpressionBuilder.h"
#include "passes/FreezeBranches.h"
#include "passes/KernelNames.h"
#include "passes/Passes.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_EXPOSEGRADIENTSPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace dlcc;

namespace {

/// A loss with the tensors whose gradients are checked: values of a function,
/// each with the name and the line that users know it by.
struct Checked {
  Value loss;
  SmallVector<Value> values;
  SmallVector<std::pair<StringAttr, int64_t>> names;
};

StringRef getEntry(func::FuncOp function) {
  auto kind = function->getAttrOfType<StringAttr>(attr::kEntry);
  return kind ? kind.getValue() : "";
}

bool isFloat(Type type) {
  return isa<FloatType>(cast<RankedTensorType>(type).getElementType());
}

/// Makes the function free of effects, and of anything that differs from call
/// to call.
void isolate(func::FuncOp function) {
  Block &body = function.getBody().front();
  for (auto write : llvm::make_early_inc_range(body.getOps<WriteOp>()))
    write.erase();
  llvm::DenseMap<Attribute, ReadOp> reads;
  for (auto read : llvm::make_early_inc_range(body.getOps<ReadOp>())) {
    OpBuilder builder(read);
    if (read.getVariable() == "$step") {
      ExpressionBuilder build(builder, read.getLoc());
      read.replaceAllUsesWith(build.constant(read.getType(), 1));
      read.erase();
      continue;
    }
    auto [first, isNew] = reads.try_emplace(read.getVariableAttr(), read);
    if (isNew)
      continue;
    read.replaceAllUsesWith(first->second.getResult());
    read.erase();
  }
}

/// The function's value of the variable, read at its beginning where it is not
/// read yet.
Value readVariable(func::FuncOp function, VariableOp variable) {
  Block &body = function.getBody().front();
  for (auto read : body.getOps<ReadOp>())
    if (read.getVariable() == variable.getSymName())
      return read;
  OpBuilder builder = OpBuilder::atBlockBegin(&body);
  return ReadOp::create(builder, variable.getLoc(), variable.getType(),
                        variable.getSymName());
}

void addParameter(func::FuncOp function, VariableOp variable,
                  Checked &checked) {
  checked.values.push_back(readVariable(function, variable));
  checked.names.push_back(
      {variable.getSymNameAttr(), getLine(variable.getLoc())});
}

void addInputs(func::FuncOp function, Checked &checked) {
  for (BlockArgument argument : function.getArguments()) {
    if (!isFloat(argument.getType()))
      continue;
    checked.values.push_back(argument);
    checked.names.push_back({function.getArgAttrOfType<StringAttr>(
                                 argument.getArgNumber(), attr::kName),
                             getLine(argument.getLoc())});
  }
}

/// The loss of a training step, and all that it trains.
Checked takeStep(func::FuncOp function, SymbolTable &symbols) {
  Checked checked;
  llvm::SetVector<Attribute> trained;
  Block &body = function.getBody().front();
  for (auto minimize : llvm::make_early_inc_range(body.getOps<MinimizeOp>())) {
    checked.loss = minimize.getLoss();
    trained.insert_range(minimize.getParameters());
    minimize.erase();
  }
  for (Attribute parameter : trained)
    addParameter(function,
                 symbols.lookup<VariableOp>(
                     cast<FlatSymbolRefAttr>(parameter).getValue()),
                 checked);
  return checked;
}

/// The sum of the float outputs times fixed random numbers, and every
/// parameter; no loss where there is no such output.
Checked takeOutputs(func::FuncOp function, ModuleOp module) {
  Checked checked;
  Operation *end = function.getBody().front().getTerminator();
  OpBuilder builder(end);
  ExpressionBuilder build(builder, function.getLoc());
  for (auto [i, output] : llvm::enumerate(end->getOperands())) {
    auto type = cast<RankedTensorType>(output.getType());
    if (!isFloat(type))
      continue;
    Value none =
        build.constant(RankedTensorType::get({}, builder.getI64Type()), 0);
    Value weights = build.create<RandomOp>(type, Distribution::Normal, none,
                                           none, /*path=*/i);
    Value part =
        build.reduce(ReduceKind::Sum, build.mul(output, weights),
                     llvm::to_vector(llvm::seq<int64_t>(type.getRank())));
    part = build.cast(part, builder.getF64Type());
    checked.loss = checked.loss ? build.add(checked.loss, part) : part;
  }
  for (auto variable : module.getOps<VariableOp>())
    if (variable.getTrainable())
      addParameter(function, variable, checked);
  return checked;
}

/// Ends the function with these results, called `names` and of these lines.
void setResults(func::FuncOp function, ValueRange results,
                ArrayRef<std::pair<StringAttr, int64_t>> names) {
  function.getBody().front().getTerminator()->setOperands(results);
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    function.setResultAttrs(i, DictionaryAttr::get(function.getContext()));
  function.setFunctionType(FunctionType::get(
      function.getContext(), function.getArgumentTypes(), results.getTypes()));
  Builder builder(function.getContext());
  for (auto [i, name] : llvm::enumerate(names)) {
    function.setResultAttr(i, attr::kName, name.first);
    function.setResultAttr(i, attr::kLine,
                           builder.getI64IntegerAttr(name.second));
  }
}

class ExposeGradientsPass
    : public dlcc::impl::ExposeGradientsPassBase<ExposeGradientsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    SmallVector<func::FuncOp> steps, others;
    for (auto function : module.getOps<func::FuncOp>())
      if (getEntry(function) == "train")
        steps.push_back(function);
      else if (getEntry(function) == "forward")
        others.push_back(function);
    for (func::FuncOp function : steps.empty() ? others : steps)
      if (failed(expose(function, symbols)))
        return signalPassFailure();
    for (auto function :
         llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      if (!function->hasAttr(kExposed) && getEntry(function) != "init")
        symbols.erase(function);
      else
        function->removeAttr(kExposed);
  }

  LogicalResult expose(func::FuncOp function, SymbolTable &symbols);

  static constexpr llvm::StringLiteral kExposed = "dlc.exposed";
};

} // namespace

LogicalResult ExposeGradientsPass::expose(func::FuncOp function,
                                          SymbolTable &symbols) {
  ModuleOp module = getOperation();
  bool isStep = getEntry(function) == "train";
  isolate(function);
  Checked checked =
      isStep ? takeStep(function, symbols) : takeOutputs(function, module);
  if (!checked.loss)
    return emitError(function.getLoc())
           << "the model has no loss and no float output, so there is no "
              "gradient to check";
  addInputs(function, checked);
  Builder attributes(&getContext());
  auto block = function->getAttrOfType<StringAttr>(attr::kBlock);
  auto name = [&](StringRef what) {
    return attributes.getStringAttr(block ? block.getValue() + "_" + what
                                          : llvm::Twine(what));
  };
  function->setAttr(attr::kEntry, attributes.getStringAttr("forward"));
  function->setAttr(kExposed, attributes.getUnitAttr());
  function.setName(name("gradients"));
  checked.names.insert(checked.names.begin(),
                       {attributes.getStringAttr("loss"), 0});

  setResults(function, checked.loss, checked.names[0]);
  func::FuncOp loss = function.clone();
  loss.setName(name("loss"));
  symbols.insert(loss, Block::iterator(function));
  func::FuncOp record = loss.clone(), frozen = loss.clone();
  record.setName(name("branches"));
  frozen.setName(name("branch_loss"));
  symbols.insert(record, Block::iterator(function));
  symbols.insert(frozen, Block::iterator(function));
  freezeBranches(record, frozen,
                 (block ? block.getValue().str() + "." : "") + "branch.");

  OpBuilder builder(function.getBody().front().getTerminator());
  auto gradient = GradientOp::create(builder, checked.loss.getLoc(),
                                     checked.loss, checked.values);
  SmallVector<Value> results = {checked.loss};
  llvm::append_range(results, gradient.getResults());
  setResults(function, results, checked.names);
  return success();
}
