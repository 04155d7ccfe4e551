//===- OptimizersTest.cpp - optimizers against their published formulas ---===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The formulas stand here a second time, on plain doubles, so that a slip in
// the compiler's cannot hide. Loss is sum(x w^4) / 4, gradient x w^3.
//
//===----------------------------------------------------------------------===//

#include "GradientCheck.h"
#include "ir/eval/Interpreter.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Passes.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <functional>

using namespace dlcc;

namespace {

constexpr double kRate = 0.1, kScale = 0.5;
const std::vector<double> kStart = {0.5, -1.25, 2}, kFactors = {1, 0.25, -0.5};

/// One element's state: the parameter, two slots.
struct Element {
  double w = 0, m = 0, v = 0;
};
using Elements = std::vector<Element>;
/// Changes the element by its gradient, rate and step number from 1.
using Formula = std::function<void(Element &, double g, double r, int t)>;
/// Changes all elements of the parameter.
using WholeFormula = std::function<void(
    Elements &, const std::vector<double> &g, double r, int t)>;

WholeFormula each(Formula formula) {
  return [formula](Elements &e, const std::vector<double> &g, double r, int t) {
    for (size_t i = 0; i < e.size(); ++i)
      formula(e[i], g[i], r, t);
  };
}

struct Check {
  const char *name;
  /// Optimizer, then name and value of the hyper-parameters after the rate.
  const char *optimizer;
  std::vector<std::pair<const char *, double>> hyper;
  const char *attributes;
  WholeFormula formula;
  double firstSlot = 0;
};

WholeFormula adam(double decay, bool decoupled) {
  return each([=](Element &e, double g, double r, int t) {
    if (decoupled)
      e.w -= r * decay * e.w;
    else
      g += decay * e.w;
    e.m = 0.8 * e.m + 0.2 * g;
    e.v = 0.99 * e.v + 0.01 * g * g;
    double mean = e.m / (1 - std::pow(0.8, t));
    double square = e.v / (1 - std::pow(0.99, t));
    e.w -= r * mean / (std::sqrt(square) + 1e-4);
  });
}

WholeFormula lamb(double decay) {
  return
      [=](Elements &elements, const std::vector<double> &g, double r, int t) {
        std::vector<double> u;
        double weight = 0, change = 0;
        for (size_t i = 0; i < elements.size(); ++i) {
          Element &e = elements[i];
          e.m = 0.8 * e.m + 0.2 * g[i];
          e.v = 0.99 * e.v + 0.01 * g[i] * g[i];
          u.push_back(e.m / (1 - std::pow(0.8, t)) /
                          (std::sqrt(e.v / (1 - std::pow(0.99, t))) + 1e-4) +
                      decay * e.w);
          weight += e.w * e.w;
          change += u.back() * u.back();
        }
        for (size_t i = 0; i < elements.size(); ++i)
          elements[i].w -= r * std::sqrt(weight) / std::sqrt(change) * u[i];
      };
}

/// Stochastic gradient descent with the whole gradient scaled down to a norm.
void clippedByNorm(Elements &elements, const std::vector<double> &g, double r,
                   int) {
  double squares = 0;
  for (double element : g)
    squares += element * element;
  double scale = std::min(1.0, 0.3 / (std::sqrt(squares) + 1e-6));
  for (size_t i = 0; i < elements.size(); ++i)
    elements[i].w -= r * scale * g[i];
}

const std::vector<std::pair<const char *, double>> kAdam = {
    {"beta1", 0.8}, {"beta2", 0.99}, {"epsilon", 1e-4}, {"weight_decay", 0.1}};

const Check checks[] = {
    {"sgd", "sgd", {}, "", each([](Element &e, double g, double r, int) {
       e.w -= r * g;
     })},
    {"sgd_momentum",
     "sgd",
     {{"momentum", 0.9}},
     "",
     each([](Element &e, double g, double r, int) {
       e.m = 0.9 * e.m + g;
       e.w -= r * e.m;
     })},
    {"sgd_nesterov",
     "sgd",
     {{"momentum", 0.9}, {"weight_decay", 0.01}},
     "{nesterov}",
     each([](Element &e, double g, double r, int) {
       g += 0.01 * e.w;
       e.m = 0.9 * e.m + g;
       e.w -= r * (g + 0.9 * e.m);
     })},
    {"sgd_rate_in_momentum",
     "sgd",
     {{"momentum", 0.9}, {"rate_in_momentum", 1}, {"l1_decay", 0.02}},
     "",
     each([](Element &e, double g, double r, int) {
       g += 0.02 * (e.w > 0 ? 1 : -1);
       e.m = 0.9 * e.m + r * g;
       e.w -= e.m;
     })},
    {"sgd_nesterov_rate_in_momentum",
     "sgd",
     {{"momentum", 0.4}, {"rate_in_momentum", 1}, {"weight_decay", 0.01}},
     "{nesterov}",
     each([](Element &e, double g, double r, int) {
       g += 0.01 * e.w;
       double old = e.m;
       e.m = 0.4 * e.m + r * g;
       e.w -= 1.4 * e.m - 0.4 * old;
     })},
    {"adam", "adam", kAdam, "", adam(0.1, false)},
    {"adamw", "adamw", kAdam, "", adam(0.1, true)},
    {"rmsprop",
     "rmsprop",
     {{"decay", 0.9}, {"epsilon", 1e-3}, {"momentum", 0.5}},
     "",
     each([](Element &e, double g, double r, int) {
       e.v = 0.9 * e.v + 0.1 * g * g;
       e.m = 0.5 * e.m + g / (std::sqrt(e.v) + 1e-3);
       e.w -= r * e.m;
     })},
    {"adagrad",
     "adagrad",
     {{"initial_accumulator", 0.25}, {"weight_decay", 0.01}},
     "",
     each([](Element &e, double g, double r, int) {
       g += 0.01 * e.w;
       e.v += g * g;
       e.w -= r * g / (std::sqrt(e.v) + 1e-10);
     }),
     0.25},
    {"adadelta",
     "adadelta",
     {{"rho", 0.8}, {"epsilon", 1e-3}, {"weight_decay", 0.1}},
     "",
     each([](Element &e, double g, double r, int) {
       g += 0.1 * e.w;
       e.v = 0.8 * e.v + 0.2 * g * g;
       double u = std::sqrt(e.m + 1e-3) / std::sqrt(e.v + 1e-3) * g;
       e.m = 0.8 * e.m + 0.2 * u * u;
       e.w -= r * u;
     })},
    {"lamb",
     "lamb",
     {{"beta1", 0.8}, {"beta2", 0.99}, {"epsilon", 1e-4}},
     "",
     lamb(0)},
    {"lamb_decay", "lamb", kAdam, "", lamb(0.1)},
    {"clip_norm", "sgd", {{"clip_norm", 0.3}}, "", clippedByNorm},
    {"clip_value",
     "sgd",
     {{"momentum", 0.9}, {"clip_value", 0.2}},
     "",
     each([](Element &e, double g, double r, int) {
       e.m = 0.9 * e.m + std::min(std::max(g, -0.2), 0.2);
       e.w -= r * e.m;
     })},
    {"accumulate",
     "sgd",
     {{"momentum", 0.9}, {"weight_decay", 0.1}, {"accumulate", 2}},
     "",
     each([](Element &e, double g, double r, int t) {
       e.v = (t % 2 == 1 ? 0 : e.v) + g;
       if (t % 2 == 1)
         return;
       e.m = 0.9 * e.m + e.v / 2 + 0.1 * e.w;
       e.w -= r * e.m;
     })},
    {"accumulate_adam",
     "adam",
     {{"beta1", 0.8}, {"beta2", 0.99}, {"epsilon", 1e-4}, {"accumulate", 3}},
     "",
     [](Elements &e, const std::vector<double> &g, double r, int t) {
       static Elements sums;
       if (t % 3 == 1)
         sums.assign(e.size(), {});
       std::vector<double> mean;
       for (size_t i = 0; i < e.size(); ++i)
         mean.push_back((sums[i].w += g[i]) / 3);
       if (t % 3 == 0)
         adam(0, false)(e, mean, r, t / 3);
     }},
};

std::string makeModule(const Check &check) {
  std::string names = "\"learning_rate\"", values = "%r", types = "tensor<f64>";
  std::string constants =
      "%r = dlc.constant dense<" + std::to_string(kRate) + "> : tensor<f64>\n";
  for (auto [name, value] : check.hyper) {
    names += ", \"" + std::string(name) + "\"";
    values += ", %" + std::string(name);
    types += ", tensor<f64>";
    constants += "%" + std::string(name) + " = dlc.constant dense<" +
                 std::to_string(value) + "> : tensor<f64>\n";
  }
  return R"(
  dlc.variable parameter @w : tensor<3xf64> {trainable}
  func.func @init() attributes {dlc.entry = "init"} {
    %0 = dlc.constant dense<[0.5, -1.25, 2.0]> : tensor<3xf64>
    dlc.write @w, %0 : tensor<3xf64>
    return
  }
  func.func @train_step(%x: tensor<3xf64>) -> tensor<f64> {
    %w = dlc.read @w : tensor<3xf64>
    %w2 = dlc.mul %w, %w : tensor<3xf64>
    %w4 = dlc.mul %w2, %w2 : tensor<3xf64>
    %p = dlc.mul %x, %w4 : tensor<3xf64>
    %s = dlc.reduce sum %p [0] : tensor<3xf64>
    %quarter = dlc.constant dense<0.25> : tensor<f64>
    %loss = dlc.mul %s, %quarter : tensor<f64>
)" + constants +
         "dlc.minimize %loss, " + check.optimizer + " [@w] [" + names + "] (" +
         values + ") " + check.attributes + " : tensor<f64>, (" + types + R"()
    return %loss : tensor<f64>
  })";
}

class Optimizers : public ::testing::TestWithParam<Check> {};

TEST_P(Optimizers, FollowTheirFormulaForSeveralSteps) {
  const Check &check = GetParam();
  auto context = makeGradientContext();
  auto module =
      mlir::parseSourceString<mlir::ModuleOp>(makeModule(check), context.get());
  ASSERT_TRUE(module);
  mlir::PassManager passes(context.get());
  passes.addPass(createDifferentiatePass());
  passes.addPass(createBuildTrainStepPass());
  passes.addNestedPass<mlir::func::FuncOp>(createSimplifyGraphPass());
  ASSERT_TRUE(mlir::succeeded(passes.run(*module)));

  auto type =
      mlir::RankedTensorType::get({3}, mlir::Float64Type::get(context.get()));
  eval::Interpreter oracle(*module, {.rounded = false});
  oracle.setControl("$learning_rate_scale", kScale);
  ASSERT_TRUE(bool(oracle.run("init", {})));
  Elements expected;
  for (double w : kStart)
    expected.push_back({w, 0, check.firstSlot});
  for (int step = 0; step < 7; ++step) {
    oracle.setControl("$step", step);
    auto loss = oracle.run("train_step", eval::Tensor(type, kFactors));
    ASSERT_TRUE(bool(loss));
    std::vector<double> g;
    for (int i = 0; i < 3; ++i)
      g.push_back(kFactors[i] * std::pow(expected[i].w, 3));
    check.formula(expected, g, kRate * kScale, step + 1);
    for (int i = 0; i < 3; ++i)
      EXPECT_NEAR(oracle.variables()["w"].floats[i], expected[i].w,
                  1e-12 * std::max(1.0, std::fabs(expected[i].w)))
          << "step " << step << ", element " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Optimizers, ::testing::ValuesIn(checks),
                         [](const auto &info) { return info.param.name; });

} // namespace
