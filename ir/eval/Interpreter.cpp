//===- Interpreter.cpp - runs functions of dlc ops ------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/eval/Interpreter.h"

#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace dlcc::dlc;

namespace dlcc::eval {

static llvm::Error refuse(const llvm::Twine &text) {
  return llvm::createStringError(text.str());
}

Interpreter::Interpreter(ModuleOp module, Options options)
    : module(module), rounded(options.rounded) {
  if (auto batch = module->getAttrOfType<IntegerAttr>(attr::kBatch))
    rows.batch = batch.getInt();
  rows.given = options.rows ? options.rows : rows.batch;
  for (auto variable : module.getOps<VariableOp>())
    store[variable.getSymName()] =
        Tensor(cast<RankedTensorType>(variable.getType()));
  setControl("$rows", double(rows.given));
  setControl("$steps_per_epoch", 1);
  setControl("$learning_rate_scale", 1);
}

void Interpreter::setControl(llvm::StringRef name, double value) {
  auto found = store.find(name);
  if (found == store.end())
    return;
  Tensor &scalar = found->second;
  if (scalar.isFloat())
    scalar.floats[0] = value;
  else
    scalar.ints[0] = int64_t(value);
}

llvm::Expected<std::vector<Tensor>>
Interpreter::run(llvm::StringRef name, llvm::ArrayRef<Tensor> inputs) {
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function || function.isExternal())
    return refuse("no function @" + name);
  writes.clear();
  givenGradients.clear();
  auto results = runBlock(function.front(), inputs);
  if (!results)
    return results;
  for (auto &entry : writes)
    store[entry.getKey()] = std::move(entry.getValue());
  return results;
}

llvm::Expected<std::vector<Tensor>>
Interpreter::runBlock(Block &block, llvm::ArrayRef<Tensor> inputs) {
  if (block.getNumArguments() != inputs.size())
    return refuse(llvm::Twine(block.getNumArguments()) + " inputs, not " +
                  llvm::Twine(inputs.size()));
  Values values;
  for (auto [argument, input] : llvm::zip_equal(block.getArguments(), inputs)) {
    auto type = cast<RankedTensorType>(argument.getType());
    if (type.getShape() != input.shape() ||
        type.getElementType() != input.type.getElementType())
      return refuse("input " + llvm::Twine(argument.getArgNumber()) +
                    " has another shape or element type");
    Tensor &value = values[argument] = input;
    value.type = type; // with the names of its dimensions
  }
  for (Operation &op : block.without_terminator())
    if (auto error = runOp(&op, values))
      return error;
  std::vector<Tensor> results;
  for (Value result : block.getTerminator()->getOperands())
    results.push_back(values[result]);
  return results;
}

llvm::Error Interpreter::runOp(Operation *op, Values &values) {
  if (isa<MinimizeOp>(op))
    return llvm::Error::success();
  if (auto read = dyn_cast<ReadOp>(op)) {
    values[read] = store[read.getVariable()];
    return llvm::Error::success();
  }
  if (auto write = dyn_cast<WriteOp>(op)) {
    writes[write.getVariable()] = values[write.getValue()];
    return llvm::Error::success();
  }
  if (auto update = dyn_cast<UpdateOp>(op)) {
    givenGradients[update.getVariable()] = values[update.getGradient()];
    return llvm::Error::success();
  }
  if (auto custom = dyn_cast<CustomGradientOp>(op)) {
    for (auto [result, value] :
         llvm::zip_equal(custom.getResults(), custom.getValues()))
      values[result] = values[value];
    return llvm::Error::success();
  }
  if (auto call = dyn_cast<ExternOp>(op))
    return refuse("the oracle cannot call the C function '" + call.getSymbol() +
                  "'");
  SmallVector<Tensor> operands;
  for (Value operand : op->getOperands())
    operands.push_back(values[operand]);
  if (auto kernel = dyn_cast<KernelOp>(op)) {
    auto results = runBlock(kernel.getBody().front(), operands);
    if (!results)
      return results.takeError();
    for (auto [value, result] : llvm::zip_equal(op->getResults(), *results))
      values[value] = std::move(result);
    return llvm::Error::success();
  }
  if (auto scan = dyn_cast<ScanOp>(op))
    return runScan(scan, operands, values);
  auto result = evaluate(op, operands, rows);
  if (!result)
    return refuse("the oracle does not know '" + op->getName().getStringRef() +
                  "'");
  if (rounded)
    result->round();
  values[op->getResult(0)] = std::move(*result);
  return llvm::Error::success();
}

llvm::Error Interpreter::runScan(ScanOp scan, llvm::ArrayRef<Tensor> operands,
                                 Values &values) {
  size_t inputs = scan.getInputs().size(), carries = scan.getInits().size();
  std::vector<Tensor> outputs;
  for (Value output : scan.getOutputs())
    outputs.emplace_back(cast<RankedTensorType>(output.getType()));
  std::vector<Tensor> carried(operands.begin() + inputs,
                              operands.begin() + inputs + carries);
  int64_t steps = scan.getSteps();
  for (int64_t step = 0; step != steps; ++step) {
    int64_t at = scan.getReverse() ? steps - 1 - step : step;
    std::vector<Tensor> arguments;
    for (size_t i = 0; i != inputs; ++i) {
      Tensor slice(cast<RankedTensorType>(scan.getSlices()[i].getType()));
      for (int64_t j = 0, size = slice.size(); j != size; ++j)
        slice.set(j, operands[i], at * size + j);
      arguments.push_back(std::move(slice));
    }
    llvm::append_range(arguments, carried);
    llvm::append_range(arguments, operands.drop_front(inputs + carries));
    auto results = runBlock(scan.getBlock(), arguments);
    if (!results)
      return results.takeError();
    for (auto [i, output] : llvm::enumerate(outputs))
      for (int64_t j = 0, size = (*results)[i].size(); j != size; ++j)
        output.set(at * size + j, (*results)[i], j);
    carried.assign(results->begin() + outputs.size(), results->end());
  }
  llvm::append_range(outputs, carried);
  for (auto [value, result] : llvm::zip_equal(scan.getResults(), outputs))
    values[value] = std::move(result);
  return llvm::Error::success();
}

} // namespace dlcc::eval
