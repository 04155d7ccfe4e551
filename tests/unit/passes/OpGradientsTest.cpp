//===- OpGradientsTest.cpp - every op's gradient by finite differences ----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GradientCheck.h"
#include "ir/Ops.h"
#include "gtest/gtest.h"

using namespace dlcc;

namespace {

struct Shape {
  const char *name, *dims, *encoding;
  int64_t rows;
};
/// Odd sizes, size 1, a scalar, and fewer rows than the batch of 4.
const Shape shapes[] = {{"Scalar", "", "", 4},
                        {"One", "1x", "", 4},
                        {"Seven", "7x", "", 4},
                        {"ThreeOneFive", "3x1x5x", "", 4},
                        {"Rows", "4x3x", ", #dlc.dims<\"batch\", \"\">", 3}};

std::string replaceAll(std::string text, llvm::StringRef from,
                       llvm::StringRef to) {
  for (size_t at = 0; (at = text.find(from.str(), at)) != std::string::npos;
       at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// A body over %a and %b of type T; its last value is %y. B is T of bool.
struct Body {
  const char *name, *text;
  double low, high;
};
const Body elementwise[] = {
    {"exp", "%y = dlc.exp %a : T", -2, 2},
    {"expm1", "%y = dlc.expm1 %a : T", -2, 2},
    {"log", "%y = dlc.log %a : T", 0.5, 3},
    {"log1p", "%y = dlc.log1p %a : T", -0.5, 3},
    {"sqrt", "%y = dlc.sqrt %a : T", 0.5, 3},
    {"rsqrt", "%y = dlc.rsqrt %a : T", 0.5, 3},
    {"sin", "%y = dlc.sin %a : T", -2, 2},
    {"cos", "%y = dlc.cos %a : T", -2, 2},
    {"tanh", "%y = dlc.tanh %a : T", -2, 2},
    {"sigmoid", "%y = dlc.sigmoid %a : T", -2, 2},
    {"erf", "%y = dlc.erf %a : T", -2, 2},
    {"neg", "%y = dlc.neg %a : T", -2, 2},
    {"abs", "%y = dlc.abs %a : T", -2, 2},
    {"add", "%y = dlc.add %a, %b : T", -2, 2},
    {"add_self", "%y = dlc.add %a, %a : T", -2, 2},
    {"sub", "%y = dlc.sub %a, %b : T", -2, 2},
    {"mul", "%y = dlc.mul %a, %b : T", -2, 2},
    {"mul_self", "%y = dlc.mul %a, %a : T", -2, 2},
    {"div", "%y = dlc.div %a, %b : T", 0.5, 3},
    {"rem",
     "%s = dlc.mul %b, %b : T\n%n = dlc.neg %b : T\n"
     "%y = dlc.rem %n, %s : T",
     0.5, 2},
    {"pow", "%y = dlc.pow %a, %b : T", 0.5, 3},
    {"max", "%y = dlc.max %a, %b : T", -2, 2},
    {"min", "%y = dlc.min %a, %b : T", -2, 2},
    {"select",
     "%c = dlc.compare gt %a, %b : T\n%s = dlc.mul %a, %b : T\n"
     "%y = dlc.select %c, %s, %b : B, T",
     -2, 2},
    {"cast", "%y = dlc.cast %a : T to T", -2, 2},
};

/// A body over the inputs; its last value is %y, of the type given.
struct Function {
  const char *name, *inputs, *type, *body;
};
const Function others[] = {
    {"sum_all", "%a: tensor<3x5xf64>", "tensor<f64>", R"(
       %y = dlc.reduce sum %a [0, 1] : tensor<3x5xf64>)"},
    {"sum_rows", R"(%a: tensor<4x3xf64, #dlc.dims<"batch", "">>)",
     "tensor<3xf64>", R"(
       %s = dlc.mul %a, %a : tensor<4x3xf64, #dlc.dims<"batch", "">>
       %y = dlc.reduce sum %s [0] : tensor<4x3xf64, #dlc.dims<"batch", "">>)"},
    {"sum_middle", "%a: tensor<3x4x2xf64>", "tensor<3x2xf64>", R"(
       %y = dlc.reduce sum %a [1] : tensor<3x4x2xf64>)"},
    {"prod", "%a: tensor<3x4xf64>", "tensor<3xf64>", R"(
       %y = dlc.reduce prod %a [1] : tensor<3x4xf64>)"},
    {"reduce_max", "%a: tensor<3x1x7xf64>", "tensor<3x1xf64>", R"(
       %y = dlc.reduce max %a [2] : tensor<3x1x7xf64>)"},
    {"reduce_max_rows", R"(%a: tensor<4x3xf64, #dlc.dims<"batch", "">>)",
     "tensor<3xf64>", R"(
       %y = dlc.reduce max %a [0] : tensor<4x3xf64, #dlc.dims<"batch", "">>)"},
    {"reduce_min", "%a: tensor<5xf64>", "tensor<f64>", R"(
       %y = dlc.reduce min %a [0] : tensor<5xf64>)"},
    {"broadcast_new", "%a: tensor<3xf64>", "tensor<2x3x5xf64>", R"(
       %y = dlc.broadcast %a [1] : tensor<3xf64> to tensor<2x3x5xf64>)"},
    {"broadcast_one", "%a: tensor<3x1xf64>", "tensor<3x5xf64>", R"(
       %y = dlc.broadcast %a [0, 1] : tensor<3x1xf64> to tensor<3x5xf64>)"},
    {"broadcast_rows", "%a: tensor<3xf64>",
     R"(tensor<4x3xf64, #dlc.dims<"batch", "">>)", R"(
       %y = dlc.broadcast %a [1] : tensor<3xf64>
       to tensor<4x3xf64, #dlc.dims<"batch", "">>)"},
    {"broadcast_one_to_rows", "%a: tensor<1x3xf64>",
     R"(tensor<4x3xf64, #dlc.dims<"batch", "">>)", R"(
       %y = dlc.broadcast %a [0, 1] : tensor<1x3xf64>
       to tensor<4x3xf64, #dlc.dims<"batch", "">>)"},
    {"reshape", R"(%a: tensor<4x1x6xf64, #dlc.dims<"batch", "", "">>)",
     R"(tensor<4x2x3xf64, #dlc.dims<"batch", "", "">>)", R"(
       %y = dlc.reshape %a : tensor<4x1x6xf64, #dlc.dims<"batch", "", "">>
       to tensor<4x2x3xf64, #dlc.dims<"batch", "", "">>)"},
    {"transpose", "%a: tensor<2x3x5xf64>", "tensor<5x2x3xf64>", R"(
       %y = dlc.transpose %a [2, 0, 1] : tensor<2x3x5xf64>)"},
    {"slice", R"(%a: tensor<4x8xf64, #dlc.dims<"batch", "">>)",
     R"(tensor<4x3xf64, #dlc.dims<"batch", "">>)", R"(
       %y = dlc.slice %a [0, 1] [4, 3] [1, 3]
       : tensor<4x8xf64, #dlc.dims<"batch", "">>)"},
    {"pad", "%a: tensor<2x3xf64>, %v: tensor<f64>", "tensor<4x8xf64>", R"(
       %y = dlc.pad %a, %v [1, 2] [1, 1] [0, 1]
       : tensor<2x3xf64>, tensor<f64>)"},
    {"concat", "%a: tensor<2x3xf64>, %b: tensor<2x1xf64>", "tensor<2x7xf64>",
     R"(
       %y = dlc.concat 1, %a, %b, %a
       : tensor<2x3xf64>, tensor<2x1xf64>, tensor<2x3xf64>)"},
    {"window", R"(%a: tensor<4x7xf64, #dlc.dims<"batch", "">>)",
     R"(tensor<4x3x3xf64, #dlc.dims<"batch", "", "">>)", R"(
       %y = dlc.window %a [1] [3] [2] [1]
       : tensor<4x7xf64, #dlc.dims<"batch", "">>)"},
    {"window_backwards", "%a: tensor<9x2x8xf64>", "tensor<2x2x6x3x2xf64>", R"(
       %y = dlc.window %a [0, 2] [3, 2] [3, 1] [-2, 2]
       : tensor<9x2x8xf64>)"},
    {"unwindow", "%a: tensor<3x2x2xf64>", "tensor<6x2xf64>", R"(
       %y = dlc.unwindow %a [0] [2] [1] : tensor<3x2x2xf64> to
       tensor<6x2xf64>)"},
    {"unwindow_with_gaps", "%a: tensor<2x3xf64>", "tensor<12xf64>", R"(
       %y = dlc.unwindow %a [0] [4] [-2] : tensor<2x3xf64> to tensor<12xf64>)"},
    {"gather", "%a: tensor<4x3xf64>", "tensor<2x3x3xf64>", R"(
       %i = dlc.constant dense<[[3, 0, 3], [1, 3, 9]]> : tensor<2x3xi32>
       %y = dlc.gather %a, %i axis 0 batch 0 : tensor<4x3xf64>,
       tensor<2x3xi32>)"},
    {"gather_in_step", R"(%a: tensor<4x5xf64, #dlc.dims<"batch", "">>)",
     R"(tensor<4x2xf64, #dlc.dims<"batch", "">>)", R"(
       %n = dlc.iota 0 : tensor<4x2xi64, #dlc.dims<"batch", "">>
       %y = dlc.gather %a, %n axis 1 batch 1
       : tensor<4x5xf64, #dlc.dims<"batch", "">>,
       tensor<4x2xi64, #dlc.dims<"batch", "">>)"},
    {"scatter_add", "%a: tensor<2x3x2xf64>", "tensor<4x2xf64>", R"(
       %i = dlc.constant dense<[[3, 0, 3], [1, 3, -9]]> : tensor<2x3xi32>
       %y = dlc.scatter_add %a, %i axis 0 batch 0 : tensor<2x3x2xf64>,
       tensor<2x3xi32> to tensor<4x2xf64>)"},
    {"scatter_add_of_rows",
     R"(%a: tensor<4x2x3xf64, #dlc.dims<"batch", "", "">>)", "tensor<5x3xf64>",
     R"(
       %i = dlc.iota 0 : tensor<4x2xi32, #dlc.dims<"batch", "">>
       %y = dlc.scatter_add %a, %i axis 0 batch 0
       : tensor<4x2x3xf64, #dlc.dims<"batch", "", "">>,
       tensor<4x2xi32, #dlc.dims<"batch", "">> to tensor<5x3xf64>)"},
    {"cumulative", "%a: tensor<3x4xf64>", "tensor<3x4xf64>", R"(
       %y = dlc.cumulative %a axis 1 : tensor<3x4xf64>)"},
    {"cumulative_backwards",
     R"(%a: tensor<4x3x2xf64, #dlc.dims<"batch", "", "">>)",
     R"(tensor<4x3x2xf64, #dlc.dims<"batch", "", "">>)", R"(
       %y = dlc.cumulative %a axis 1 reverse exclusive
       : tensor<4x3x2xf64, #dlc.dims<"batch", "", "">>)"},
    {"convolution",
     R"(%a: tensor<4x5x6x2xf64, #dlc.dims<"batch", "", "", "">>,
        %b: tensor<3x2x2x3xf64>)",
     R"(tensor<4x2x4x3xf64, #dlc.dims<"batch", "", "", "">>)", R"(
       %w = dlc.window %a [1, 2] [2, 3] [2, 1] [2, 1]
       : tensor<4x5x6x2xf64, #dlc.dims<"batch", "", "", "">>
       %y = dlc.contract %w [] [4, 5, 3], %b [] [2, 3, 1]
       : tensor<4x2x4x2x2x3xf64, #dlc.dims<"batch", "", "", "", "", "">>,
       tensor<3x2x2x3xf64>)"},
    {"max_of_windows", "%a: tensor<2x7x5xf64>", "tensor<2x3x2xf64>", R"(
       %w = dlc.window %a [1, 2] [3, 2] [2, 2] [1, 1] : tensor<2x7x5xf64>
       %y = dlc.reduce max %w [3, 4] : tensor<2x3x2x3x2xf64>)"},
    {"matmul", "%a: tensor<3x4xf64>, %b: tensor<4x5xf64>", "tensor<3x5xf64>",
     R"(
       %y = dlc.contract %a [] [1], %b [] [0]
       : tensor<3x4xf64>, tensor<4x5xf64>)"},
    {"matmul_transposed", "%a: tensor<4x3xf64>, %b: tensor<5x4xf64>",
     "tensor<3x5xf64>", R"(
       %y = dlc.contract %a [] [0], %b [] [1]
       : tensor<4x3xf64>, tensor<5x4xf64>)"},
    {"dense_rows",
     R"(%a: tensor<4x3xf64, #dlc.dims<"batch", "">>, %b: tensor<5x3xf64>)",
     R"(tensor<4x5xf64, #dlc.dims<"batch", "">>)", R"(
       %y = dlc.contract %a [] [1], %b [] [1]
       : tensor<4x3xf64, #dlc.dims<"batch", "">>, tensor<5x3xf64>)"},
    {"over_rows",
     R"(%a: tensor<4x3xf64, #dlc.dims<"batch", "">>,
        %b: tensor<4x2xf64, #dlc.dims<"batch", "">>)",
     "tensor<3x2xf64>", R"(
       %y = dlc.contract %a [] [0], %b [] [0]
       : tensor<4x3xf64, #dlc.dims<"batch", "">>,
       tensor<4x2xf64, #dlc.dims<"batch", "">>)"},
    {"batched", "%a: tensor<3x2x4xf64>, %b: tensor<5x4x2xf64>",
     "tensor<2x3x5xf64>", R"(
       %y = dlc.contract %a [1] [2], %b [2] [1]
       : tensor<3x2x4xf64>, tensor<5x4x2xf64>)"},
    {"several_contracted", "%a: tensor<3x2x4xf64>, %b: tensor<4x1x2x3xf64>",
     "tensor<2x1x2xf64>", R"(
       %y = dlc.contract %a [] [0, 2], %b [] [3, 0]
       : tensor<3x2x4xf64>, tensor<4x1x2x3xf64>)"},
    {"dot", "%a: tensor<7xf64>, %b: tensor<7xf64>", "tensor<f64>", R"(
       %y = dlc.contract %a [] [0], %b [] [0] : tensor<7xf64>, tensor<7xf64>)"},
    {"scan", "%x: tensor<4x3xf64>, %h: tensor<3xf64>, %w: tensor<3x3xf64>",
     "tensor<4x3xf64>", R"(
       %y, %last = dlc.scan 4 (%s in %x : tensor<4x3xf64>)
           carry (%c from %h : tensor<3xf64>) use (%w as %u : tensor<3x3xf64>)
           -> (tensor<4x3xf64>, tensor<3xf64>) {
         %p = dlc.contract %c [] [0], %u [] [1] : tensor<3xf64>, tensor<3x3xf64>
         %q = dlc.add %p, %s : tensor<3xf64>
         %t = dlc.sin %q : tensor<3xf64>
         dlc.yield %t, %t : tensor<3xf64>, tensor<3xf64>
       })"},
    {"scan_last", "%x: tensor<4x3xf64>, %h: tensor<3xf64>, %w: tensor<3xf64>",
     "tensor<3xf64>", R"(
       %y = dlc.scan 4 reverse (%s in %x : tensor<4x3xf64>)
           carry (%c from %h : tensor<3xf64>) use (%w as %u : tensor<3xf64>)
           -> (tensor<3xf64>) {
         %p = dlc.mul %c, %u : tensor<3xf64>
         %q = dlc.add %p, %s : tensor<3xf64>
         %t = dlc.sin %q : tensor<3xf64>
         dlc.yield %t : tensor<3xf64>
       })"},
    {"custom_gradient", "%a: tensor<5xf64>, %b: tensor<5xf64>", "tensor<5xf64>",
     R"(
       %p = dlc.mul %a, %b : tensor<5xf64>
       %v = dlc.exp %p : tensor<5xf64>
       %y = dlc.custom_gradient (%v) of (%a, %b)
           : (tensor<5xf64>), (tensor<5xf64>, tensor<5xf64>) {
       ^bb0(%dy: tensor<5xf64>):
         %dp = dlc.mul %dy, %v : tensor<5xf64>
         %da = dlc.mul %dp, %b : tensor<5xf64>
         %db = dlc.mul %dp, %a : tensor<5xf64>
         dlc.yield %da, %db : tensor<5xf64>, tensor<5xf64>
       })"},
    {"outer", "%a: tensor<2xf64>, %b: tensor<3xf64>", "tensor<2x3xf64>", R"(
       %y = dlc.contract %a [] [], %b [] [] : tensor<2xf64>, tensor<3xf64>)"},
};
/// Where a function has a kink or a formula a hole: all inputs are 0. The
/// central difference at a kink is the mean of both slopes, as the ops say.
const Function atZero[] = {
    {"prod_with_a_zero", "%a: tensor<3xf64>", "tensor<f64>", R"(
       %c = dlc.constant dense<[0.0, 2.0, 3.0]> : tensor<3xf64>
       %s = dlc.add %a, %c : tensor<3xf64>
       %y = dlc.reduce prod %s [0] : tensor<3xf64>)"},
    {"max_of_equals", "%a: tensor<3xf64>, %b: tensor<3xf64>", "tensor<3xf64>",
     R"(
       %y = dlc.max %a, %b : tensor<3xf64>)"},
    {"reduce_max_of_equals", "%a: tensor<3x2xf64>", "tensor<3xf64>", R"(
       %y = dlc.reduce max %a [1] : tensor<3x2xf64>)"},
    {"abs_at_zero", "%a: tensor<3xf64>", "tensor<3xf64>", R"(
       %y = dlc.abs %a : tensor<3xf64>)"},
    {"square_of_zero", "%a: tensor<3xf64>", "tensor<3xf64>", R"(
       %two = dlc.constant dense<2.0> : tensor<3xf64>
       %y = dlc.pow %a, %two : tensor<3xf64>)"},
    {"zeroth_power_of_zero", "%a: tensor<3xf64>", "tensor<3xf64>", R"(
       %none = dlc.constant dense<0.0> : tensor<3xf64>
       %y = dlc.pow %a, %none : tensor<3xf64>)"},
};

std::string makeText(const Function &function) {
  std::string type = function.type;
  return std::string("func.func @f(") + function.inputs + ") -> " + type +
         " {" + function.body + "\nreturn %y : " + type + " }";
}

std::vector<GradientCase> makeCases() {
  std::vector<GradientCase> cases;
  for (const Body &body : elementwise) {
    for (const Shape &shape : shapes) {
      std::string text = std::string("func.func @f(%a: T, %b: T) -> T {\n") +
                         body.text + "\nreturn %y : T }";
      auto type = [&](const char *element) {
        return std::string("tensor<") + shape.dims + element + shape.encoding +
               ">";
      };
      // Types stand at ends of words only: "T" is in no op's name.
      text = replaceAll(replaceAll(text, "B,", type("i1") + ","), "T",
                        type("f64"));
      GradientCase check{std::string(body.name) + shape.name, text};
      check.low = body.low;
      check.high = body.high;
      check.rows = shape.rows;
      cases.push_back(check);
    }
  }
  for (const Function &function : others) {
    GradientCase check{function.name, makeText(function)};
    check.rows = 3;
    cases.push_back(check);
  }
  size_t first = cases.size();
  for (size_t i = 0; i < first; ++i) {
    cases.push_back(cases[i]);
    cases.back().name += "Twice";
    cases.back().order = 2;
  }
  for (const Function &function : atZero)
    cases.push_back({function.name, makeText(function), 0, 0});
  return cases;
}

class OpGradients : public ::testing::TestWithParam<GradientCase> {};

TEST_P(OpGradients, AgreeWithFiniteDifferences) {
  auto context = makeGradientContext();
  EXPECT_EQ(checkGradients(*context, GetParam()), "");
}

INSTANTIATE_TEST_SUITE_P(All, OpGradients, ::testing::ValuesIn(makeCases()),
                         [](const auto &info) { return info.param.name; });

TEST(GradientCheck, FindsAGradientThatIsWrongByAHundredth) {
  auto context = makeGradientContext();
  for (GradientCase check : makeCases()) {
    if (check.name != "expSeven" && check.name != "matmul")
      continue;
    check.distortion = 1.01;
    EXPECT_NE(checkGradients(*context, check), "") << check.name;
  }
}

TEST(GradientRules, EveryRuleIsChecked) {
  auto context = makeGradientContext();
  std::vector<GradientCase> cases = makeCases();
  for (mlir::RegisteredOperationName op : context->getRegisteredOperations()) {
    if (op.getDialectNamespace() != "dlc" ||
        !op.hasInterface<dlc::Differentiable>())
      continue;
    std::string name = op.getStringRef().str() + " ";
    // Its gradient is the user's: tests/gradients/extern.dlm links and checks
    // one.
    if (name == "dlc.extern ")
      continue;
    EXPECT_TRUE(llvm::any_of(cases, [&](const GradientCase &check) {
      return check.text.find(name) != std::string::npos;
    })) << name;
  }
}

} // namespace
