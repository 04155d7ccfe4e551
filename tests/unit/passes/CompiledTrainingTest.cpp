//===- CompiledTrainingTest.cpp - training steps against the oracle -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small models, initialised and trained for three steps by compiled code and
// by the oracle, which runs the differentiated graph before any pass has
// simplified, fused or planned it. Every parameter, buffer, slot and metric is
// compared. The formulas themselves are OptimizersTest's.
//
//===----------------------------------------------------------------------===//

#include "CompiledModule.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "gtest/gtest.h"

#include <fstream>

using namespace mlir;
using namespace dlcc;

namespace {

constexpr int64_t kBatch = 6;

struct Training {
  const char *name;
  const char *body; ///< of the model, from x to y: f32[batch, 5]
  const char *settings;
};

const char *kNetwork = "h = relu(dense(x, 7, weight_init = he_normal()))\n"
                       "  y = dense(h, 5)";

const Training trainings[] = {
    {"sgd", kNetwork, "optimizer = sgd(learning_rate = 0.1)"},
    {"sgd_decay", kNetwork,
     "optimizer = sgd(learning_rate = 0.1, weight_decay = 0.01)"},
    {"momentum", kNetwork,
     "optimizer = sgd(learning_rate = 0.1, momentum = 0.9)"},
    {"nesterov", kNetwork,
     "optimizer = sgd(learning_rate = 0.1, momentum = 0.9, nesterov = true, "
     "weight_decay = 0.001)"},
    {"adam", kNetwork, "optimizer = adam(weight_decay = 0.01)"},
    {"adamw", kNetwork, "optimizer = adamw(weight_decay = 0.01)"},
    {"rmsprop", kNetwork,
     "optimizer = rmsprop(learning_rate = 0.01, epsilon = 1e-4)"},
    {"rmsprop_momentum", kNetwork,
     "optimizer = rmsprop(learning_rate = 0.01, epsilon = 1e-4, momentum = "
     "0.5, weight_decay = 0.01)"},
    {"adagrad", kNetwork,
     "optimizer = adagrad(learning_rate = 0.01, initial_accumulator = 0.1, "
     "weight_decay = 0.01)"},
    {"settings", kNetwork,
     "optimizer = sgd(learning_rate = 0.1 / (1 + step), momentum = 0.9, "
     "weight_decay = 0.01)\n"
     "  parameters \"*.bias\" { weight_decay = 0; learning_rate_scale = 2 }\n"
     "  parameters \"dense.weight\" { frozen = true }"},
    {"adadelta", kNetwork, "optimizer = adadelta(weight_decay = 0.01)"},
    {"lamb", kNetwork,
     "optimizer = lamb(learning_rate = 0.01, weight_decay = 0.01)"},
    {"clipped", kNetwork,
     "optimizer = sgd(learning_rate = 0.1, momentum = 0.9)\n"
     "  clip_value = 0.05; clip_norm = 0.1 / (1 + step)"},
    {"long_sums",
     "w = param([70000], init = normal())\n"
     "  y = dense(x, 5) * (sum(w * w) / 70000)",
     "optimizer = sgd(learning_rate = 0.1)\n"
     "  clip_norm = 0.1"},
    {"averaged", kNetwork,
     "optimizer = adam(learning_rate = 0.01)\n"
     "  ema = minimum(0.9, (1 + step) / (10 + step))"},
    {"accumulated", kNetwork,
     "optimizer = adamw(learning_rate = 0.01 / (1 + step))\n"
     "  accumulate = 2; clip_norm = 0.1; ema = 0.9"},
    {"dropout",
     "h = dropout(sigmoid(dense(x, 16)), 0.4)\n"
     "  y = dense(h, 5, weight_init = uniform(low = -0.5, high = 0.5))",
     "optimizer = adam(learning_rate = 0.01)"},
    {"noise",
     "h = tanh(dense(x + 0.1 * random_normal(shape(x)), 9))\n"
     "  y = dense(h, 5, bias = false)",
     "optimizer = sgd(learning_rate = 0.1, momentum = 0.5)"},
    {"batch_norm", "h = gelu(batch_norm(dense(x, 8)))\n  y = dense(h, 5)",
     "optimizer = sgd(learning_rate = 0.1)"},
    {"layer_norm",
     "h = silu(layer_norm(dense(x, 8, weight_init = xavier_normal())))\n"
     "  y = dense(h, 5)",
     "optimizer = adamw(learning_rate = 0.01)"},
};

class CompiledTraining : public ::testing::TestWithParam<Training> {};

std::unique_ptr<CompiledModule> compile(const Training &training) {
  std::string path =
      ::testing::TempDir() + "dlcc_training_" + training.name + ".dlm";
  std::ofstream(path) << "model t(x: f32[batch, 11]) -> y {\n  "
                      << training.body
                      << "\n}\ntraining t(digit: i32[batch]) {\n"
                         "  loss = softmax_cross_entropy(y, digit)\n"
                         "  accuracy = mean(argmax(y) == digit)\n  "
                      << training.settings << "\n  batch = " << kBatch
                      << "\n}\n";
  auto compiled = CompiledModule::fromModel(path);
  std::remove(path.c_str());
  return compiled;
}

/// Every variable of the compiled model is the oracle's.
void compareVariables(CompiledModule &compiled, eval::Interpreter &oracle,
                      double slack) {
  for (auto &variable : compiled.variables()) {
    SCOPED_TRACE(variable.getKey().str());
    expectClose(variable.getValue(), oracle.variables()[variable.getKey()],
                kBatch, kBatch, slack);
  }
}

} // namespace

TEST_P(CompiledTraining, ThreeStepsAreTheOracles) {
  auto compiled = compile(GetParam());
  ASSERT_TRUE(compiled->isReady());
  auto function = compiled->module().lookupSymbol<func::FuncOp>("train_step");
  ASSERT_TRUE(function);
  for (int64_t rows : {kBatch, int64_t(4)}) {
    SCOPED_TRACE(std::to_string(rows) + " rows");
    eval::Interpreter oracle(compiled->module(), {.rows = rows});
    oracle.setControl("$seed", double(CompiledModule::kSeed));
    auto begun = oracle.run("init", {});
    ASSERT_TRUE(bool(begun)) << llvm::toString(begun.takeError());
    compiled->init();
    compareVariables(*compiled, oracle, /*slack=*/0); // the same bits

    std::mt19937 random(3);
    for (int step = 0; step < 3; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      std::vector<eval::Tensor> inputs;
      for (Type type : function.getArgumentTypes())
        inputs.push_back(makeInput(cast<RankedTensorType>(type), random));
      for (int64_t &digit : inputs.back().ints)
        digit = std::abs(digit) % 5;
      oracle.setControl("$step", step);
      auto wanted = oracle.run("train_step", inputs);
      ASSERT_TRUE(bool(wanted)) << llvm::toString(wanted.takeError());
      auto got = compiled->run("train_step", rows, inputs);
      ASSERT_EQ(got.size(), wanted->size());
      for (size_t i = 0; i < got.size(); ++i)
        expectClose(got[i], (*wanted)[i], rows, kBatch, 10);
      compareVariables(*compiled, oracle, 10);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, CompiledTraining, ::testing::ValuesIn(trainings),
                         [](const auto &info) { return info.param.name; });
