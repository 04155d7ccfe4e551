//===- TrainStepTest.cpp - a whole network's gradients --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GradientCheck.h"
#include "ir/eval/Interpreter.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Passes.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace dlcc;

namespace {

/// 3 - 5 - 4, ReLU, softmax cross entropy, mean over the rows given of 4.
const char *kNetwork = R"(
#r = #dlc.dims<"batch">
#rx = #dlc.dims<"batch", "">
module attributes {dlc.batch = 4 : i64} {
  dlc.variable parameter @w : tensor<5x3xf64> {trainable}
  dlc.variable parameter @b : tensor<5xf64> {trainable}
  dlc.variable parameter @v : tensor<4x5xf64> {trainable}
  dlc.variable control @"$rows" : tensor<i64>
  func.func @train_step(%x: tensor<4x3xf64, #rx>, %digit: tensor<4xi32, #r>)
      -> tensor<f64> {
    %w = dlc.read @w : tensor<5x3xf64>
    %b = dlc.read @b : tensor<5xf64>
    %v = dlc.read @v : tensor<4x5xf64>
    %rows = dlc.read @"$rows" : tensor<i64>
    %0 = dlc.contract %x [] [1], %w [] [1]
        : tensor<4x3xf64, #rx>, tensor<5x3xf64>
    %1 = dlc.broadcast %b [1] : tensor<5xf64> to tensor<4x5xf64, #rx>
    %2 = dlc.add %0, %1 : tensor<4x5xf64, #rx>
    %zero = dlc.constant dense<0.0> : tensor<4x5xf64, #rx>
    %3 = dlc.compare gt %2, %zero : tensor<4x5xf64, #rx>
    %4 = dlc.select %3, %2, %zero : tensor<4x5xi1, #rx>, tensor<4x5xf64, #rx>
    %y = dlc.contract %4 [] [1], %v [] [1]
        : tensor<4x5xf64, #rx>, tensor<4x5xf64>
    %m = dlc.reduce max %y [1] : tensor<4x4xf64, #rx>
    %stopped = dlc.stop_gradient %m : tensor<4xf64, #r>
    %mb = dlc.broadcast %stopped [0]
        : tensor<4xf64, #r> to tensor<4x4xf64, #rx>
    %z = dlc.sub %y, %mb : tensor<4x4xf64, #rx>
    %e = dlc.exp %z : tensor<4x4xf64, #rx>
    %s = dlc.reduce sum %e [1] : tensor<4x4xf64, #rx>
    %lse = dlc.log %s : tensor<4xf64, #r>
    %i = dlc.iota 1 : tensor<4x4xi32, #rx>
    %d = dlc.broadcast %digit [0] : tensor<4xi32, #r> to tensor<4x4xi32, #rx>
    %hit = dlc.compare eq %i, %d : tensor<4x4xi32, #rx>
    %none = dlc.constant dense<0.0> : tensor<4x4xf64, #rx>
    %p = dlc.select %hit, %z, %none : tensor<4x4xi1, #rx>, tensor<4x4xf64, #rx>
    %zl = dlc.reduce sum %p [1] : tensor<4x4xf64, #rx>
    %li = dlc.sub %lse, %zl : tensor<4xf64, #r>
    %sum = dlc.reduce sum %li [0] : tensor<4xf64, #r>
    %n = dlc.cast %rows : tensor<i64> to tensor<f64>
    %loss = dlc.div %sum, %n : tensor<f64>
    %lr = dlc.constant dense<0.1> : tensor<f64>
    dlc.minimize %loss, sgd [@w, @b, @v] ["learning_rate"] (%lr)
        : tensor<f64>, (tensor<f64>)
    return %loss : tensor<f64>
  }
})";

eval::Tensor fill(mlir::RankedTensorType type, double seed) {
  std::vector<double> values;
  for (int64_t i = 0; i < type.getNumElements(); ++i)
    values.push_back(std::sin(seed + 1.7 * i));
  return eval::Tensor(type, values);
}

/// Simplified or not, the gradients that the updates get are the loss's.
class TrainStep : public ::testing::TestWithParam<bool> {};

TEST_P(TrainStep, GradientsOfTheMeanOverFewerRows) {
  auto context = makeGradientContext();
  auto module =
      mlir::parseSourceString<mlir::ModuleOp>(kNetwork, context.get());
  ASSERT_TRUE(module);
  mlir::PassManager passes(context.get());
  passes.addPass(createDifferentiatePass());
  if (GetParam())
    passes.addNestedPass<mlir::func::FuncOp>(createSimplifyGraphPass());
  ASSERT_TRUE(mlir::succeeded(passes.run(*module)));

  eval::Interpreter oracle(*module, {.rows = 3, .rounded = false});
  for (const char *name : {"w", "b", "v"}) {
    eval::Tensor &value = oracle.variables()[name];
    value = fill(value.type, name[0]);
  }
  auto step = module->lookupSymbol<mlir::func::FuncOp>("train_step");
  auto types = step.getArgumentTypes();
  std::vector<eval::Tensor> inputs = {
      fill(mlir::cast<mlir::RankedTensorType>(types[0]), 3),
      eval::Tensor(mlir::cast<mlir::RankedTensorType>(types[1]),
                   std::vector<int64_t>{2, 0, 3, 1})};
  auto loss = [&] {
    return llvm::cantFail(oracle.run("train_step", inputs))[0].floats[0];
  };
  loss();
  auto gradients = oracle.gradients();
  ASSERT_EQ(gradients.size(), 3u);
  for (const auto &gradient : gradients) {
    for (size_t i = 0; i < gradient.second.floats.size(); ++i) {
      double &value = oracle.variables()[gradient.getKey()].floats[i];
      double x = value, h = 1e-5;
      value = x + h;
      double above = loss();
      value = x - h;
      double below = loss();
      value = x;
      EXPECT_NEAR(gradient.second.floats[i], (above - below) / (2 * h), 1e-8)
          << gradient.getKey().str() << " " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(SimplifiedOrNot, TrainStep, ::testing::Bool());

} // namespace
