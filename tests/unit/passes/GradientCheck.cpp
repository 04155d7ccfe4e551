//===- GradientCheck.cpp - gradients against finite differences -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GradientCheck.h"

#include "ir/ShapeFunctions.h"
#include "ir/eval/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "passes/ExpressionBuilder.h"
#include "passes/autodiff/Autodiff.h"
#include "passes/autodiff/Rules.h"

#include <cmath>
#include <random>

using namespace mlir;

namespace dlcc {

std::unique_ptr<MLIRContext> makeGradientContext() {
  DialectRegistry registry;
  registry.insert<dlc::DLCDialect, func::FuncDialect>();
  registerGradientRules(registry);
  auto context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  return context;
}

static std::vector<double> draw(std::mt19937 &random, int64_t count, double low,
                                double high) {
  std::uniform_real_distribution<double> uniform(low, high);
  std::vector<double> values(count);
  for (double &value : values)
    value = uniform(random);
  return values;
}

/// sum(value * w) for random w of the value's type.
static Value weigh(Value value, ExpressionBuilder &build,
                   std::mt19937 &random) {
  auto type = cast<RankedTensorType>(value.getType());
  auto weights = draw(random, type.getNumElements(), 0.5, 1.5);
  Value w = build.create<dlc::ConstantOp>(
      DenseElementsAttr::get(type, llvm::ArrayRef<double>(weights)));
  return build.reduce(dlc::ReduceKind::Sum, build.mul(value, w),
                      llvm::to_vector(llvm::seq<int64_t>(type.getRank())));
}

/// Makes `f` return the loss and the gradients of all its inputs. False if
/// there are none to build.
static bool differentiate(func::FuncOp f, int order, std::mt19937 &random) {
  Operation *end = f.getBody().front().getTerminator();
  OpBuilder builder(end);
  ExpressionBuilder build(builder, f.getLoc());
  Value loss = weigh(end->getOperand(0), build, random);
  SmallVector<Value> inputs(f.getArguments());
  SmallVector<Value> results;
  for (int i = 0; i < order; ++i) {
    if (i > 0) {
      Value next;
      for (Value gradient : ArrayRef<Value>(results).drop_front()) {
        Value part = weigh(gradient, build, random);
        next = next ? build.add(next, part) : part;
      }
      loss = next;
    }
    auto gradients = buildGradients(builder, loss, inputs);
    if (failed(gradients))
      return false;
    results = {loss};
    for (auto [input, gradient] : llvm::zip_equal(inputs, *gradients))
      results.push_back(gradient ? gradient
                                 : build.constant(input.getType(), 0));
  }
  end->setOperands(results);
  f.setType(FunctionType::get(f.getContext(), f.getArgumentTypes(),
                              ValueRange(results).getTypes()));
  return succeeded(verify(f->getParentOp()));
}

/// Whether an element belongs to the rows given.
static bool isGiven(RankedTensorType type, int64_t element,
                    const GradientCase &check) {
  Dims dims = getDims(type);
  for (const Dim &dim : llvm::reverse(dims)) {
    int64_t multiple = getRowMultiple(dim, check.batch);
    if (multiple && element % dim.size >= check.rows * multiple)
      return false;
    element /= dim.size;
  }
  return true;
}

std::string checkGradients(MLIRContext &context, const GradientCase &check) {
  std::string text =
      "module attributes {dlc.batch = " + std::to_string(check.batch) +
      " : i64} {\n" + check.text + "\n}";
  auto module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return "does not parse";
  auto f = module->lookupSymbol<func::FuncOp>("f");
  std::mt19937 random(7);
  if (!differentiate(f, check.order, random))
    return "cannot be differentiated";

  std::vector<eval::Tensor> inputs;
  for (Type type : f.getArgumentTypes()) {
    auto tensor = cast<RankedTensorType>(type);
    inputs.push_back(eval::Tensor(
        tensor, draw(random, tensor.getNumElements(), check.low, check.high)));
  }
  eval::Interpreter oracle(*module, {.rows = check.rows, .rounded = false});
  auto results = oracle.run("f", inputs);
  if (!results)
    return toString(results.takeError());

  auto lossAt = [&] { return llvm::cantFail(oracle.run("f", inputs))[0]; };
  for (size_t input = 0; input < inputs.size(); ++input) {
    std::vector<double> &values = inputs[input].floats;
    for (size_t i = 0; i < values.size(); ++i) {
      if (!isGiven(inputs[input].type, i, check))
        continue;
      double x = values[i], h = 1e-5;
      values[i] = x + h;
      double above = lossAt().floats[0];
      values[i] = x - h;
      double below = lossAt().floats[0];
      values[i] = x;
      double expected = (above - below) / (2 * h);
      double built = (*results)[input + 1].floats[i] * check.distortion;
      double scale = std::max({1.0, std::abs(expected), std::abs(built)});
      if (!(std::abs(expected - built) <= 1e-6 * scale))
        return "input " + std::to_string(input) + ", element " +
               std::to_string(i) + ": built " + std::to_string(built) +
               ", expected " + std::to_string(expected);
    }
  }
  return "";
}

} // namespace dlcc
