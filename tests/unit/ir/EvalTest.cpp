//===- EvalTest.cpp - the oracle against values known otherwise -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/Philox.h"
#include "ir/eval/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>

using namespace dlcc;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsNan;

namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInfinity = std::numeric_limits<double>::infinity();

class Eval : public testing::Test {
protected:
  Eval() { context.loadDialect<dlc::DLCDialect, mlir::func::FuncDialect>(); }

  void parse(const std::string &text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    ASSERT_TRUE(module);
  }

  /// The results of @f, whose text is `module`'s.
  std::vector<eval::Tensor> call(eval::Options options = {},
                                 std::vector<eval::Tensor> inputs = {}) {
    eval::Interpreter oracle(*module, options);
    auto results = oracle.run("f", inputs);
    EXPECT_TRUE(bool(results)) << llvm::toString(results.takeError());
    return results ? *results : std::vector<eval::Tensor>();
  }

  /// The one result of a body whose last op is `%r = …` of this type.
  eval::Tensor run(const std::string &body, const std::string &type) {
    parse("func.func @f() -> " + type + " {\n" + body +
          "\nreturn %r : " + type + "\n}");
    return module ? call({.rounded = false}).front() : eval::Tensor();
  }

  /// An op of one f64[n] operand.
  std::vector<double> unary(const std::string &op, const std::string &x) {
    std::string type = "tensor<" +
                       std::to_string(1 + std::count(x.begin(), x.end(), ',')) +
                       "xf64>";
    return run("%x = dlc.constant dense<[" + x + "]> : " + type +
                   "\n%r = dlc." + op + " %x : " + type,
               type)
        .floats;
  }

  std::vector<double> binary(const std::string &op, const std::string &a,
                             const std::string &b) {
    return run("%a = dlc.constant dense<[" + a + "]> : tensor<3xf64>\n" +
                   "%b = dlc.constant dense<[" + b + "]> : tensor<3xf64>\n" +
                   "%r = dlc." + op + " %a, %b : tensor<3xf64>",
               "tensor<3xf64>")
        .floats;
  }

  std::vector<int64_t> integer(const std::string &op, const std::string &a,
                               const std::string &b, const std::string &type) {
    std::string tensor = "tensor<3x" + type + ">";
    return run("%a = dlc.constant dense<[" + a + "]> : " + tensor +
                   "\n%b = dlc.constant dense<[" + b + "]> : " + tensor +
                   "\n%r = dlc." + op + " %a, %b : " + tensor,
               tensor)
        .ints;
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

const char *kMatrix =
    "%x = dlc.constant dense<[[1., 5., 3.], [4., 2., 6.]]> : tensor<2x3xf64>\n";

} // namespace

TEST_F(Eval, transcendentalFunctions) {
  EXPECT_THAT(unary("exp", "0.0, 1.0"), ElementsAre(1, DoubleEq(M_E)));
  EXPECT_THAT(unary("expm1", "1.0e-12"),
              ElementsAre(DoubleEq(1.0000000000005e-12)));
  EXPECT_THAT(unary("log", "1.0, 0.0"), ElementsAre(0, -kInfinity));
  EXPECT_THAT(unary("log1p", "1.0e-12"),
              ElementsAre(DoubleEq(9.999999999995e-13)));
  EXPECT_THAT(unary("sqrt", "9.0, -1.0"), ElementsAre(3, IsNan()));
  EXPECT_THAT(unary("rsqrt", "4.0"), ElementsAre(0.5));
  EXPECT_THAT(unary("sin", "0.5235987755982988"), ElementsAre(DoubleEq(0.5)));
  EXPECT_THAT(unary("cos", "0.0"), ElementsAre(1));
  EXPECT_THAT(unary("tanh", "0.5493061443340548"), ElementsAre(DoubleEq(0.5)));
  EXPECT_THAT(unary("sigmoid", "0.0, -800.0"), ElementsAre(0.5, 0));
  EXPECT_THAT(unary("erf", "0.0, 1.0"),
              ElementsAre(0, DoubleEq(0.8427007929497149)));
}

TEST_F(Eval, roundingAndSigns) {
  EXPECT_THAT(unary("floor", "-1.5, 1.5"), ElementsAre(-2, 1));
  EXPECT_THAT(unary("ceil", "-1.5, 1.5"), ElementsAre(-1, 2));
  EXPECT_THAT(unary("round", "0.5, 1.5, 2.5, -0.6"), ElementsAre(0, 2, 2, -1));
  EXPECT_THAT(unary("neg", "1.5"), ElementsAre(-1.5));
  EXPECT_THAT(unary("abs", "-1.5"), ElementsAre(1.5));
  EXPECT_THAT(unary("sign", "-3.0, 0.0, 7.0"), ElementsAre(-1, 0, 1));
  EXPECT_THAT(unary("sign", "0x7FF8000000000000"), ElementsAre(IsNan()));
  EXPECT_THAT(unary("stop_gradient", "2.5"), ElementsAre(2.5));
}

TEST_F(Eval, arithmetic) {
  const char *a = "7.0, -7.0, 0.5", *b = "2.0, 2.0, -0.25";
  EXPECT_THAT(binary("add", a, b), ElementsAre(9, -5, 0.25));
  EXPECT_THAT(binary("sub", a, b), ElementsAre(5, -9, 0.75));
  EXPECT_THAT(binary("mul", a, b), ElementsAre(14, -14, -0.125));
  EXPECT_THAT(binary("div", a, b), ElementsAre(3.5, -3.5, -2));
  EXPECT_THAT(binary("rem", a, b), ElementsAre(1, -1, 0));
  EXPECT_THAT(binary("pow", "2.0, -2.0, -2.0", "3.0, 3.0, 0.5"),
              ElementsAre(8, -8, IsNan()));
  EXPECT_THAT(binary("max", a, b), ElementsAre(7, 2, 0.5));
  EXPECT_THAT(binary("min", a, b), ElementsAre(2, -7, -0.25));
  const char *nan = "0x7FF8000000000000, 1.0, 1.0";
  EXPECT_THAT(binary("max", nan, a), ElementsAre(IsNan(), 1, 1));
  EXPECT_THAT(binary("min", a, nan), ElementsAre(IsNan(), -7, 0.5));
}

TEST_F(Eval, integersWrapAround) {
  EXPECT_THAT(integer("add", "127, -128, 1", "1, -1, 2", "i8"),
              ElementsAre(-128, 127, 3));
  EXPECT_THAT(integer("mul", "255, 16, 3", "255, 16, 5", "ui8"),
              ElementsAre(1, 0, 15));
  EXPECT_THAT(integer("div", "-7, 7, -2147483648", "2, 0, -1", "i32"),
              ElementsAre(-3, 0, -2147483648LL));
  EXPECT_THAT(integer("rem", "-7, 7, -2147483648", "2, 0, -1", "i32"),
              ElementsAre(-1, 7, 0));
  EXPECT_THAT(integer("max", "18446744073709551615, 1, 0", "1, 2, 0", "ui64"),
              ElementsAre(-1, 2, 0));
  EXPECT_THAT(integer("div", "18446744073709551615, 1, 0", "2, 2, 1", "ui64"),
              ElementsAre(std::numeric_limits<int64_t>::max(), 0, 0));
}

TEST_F(Eval, logic) {
  EXPECT_THAT(integer("and", "12, 1, -1", "10, 2, 7", "i32"),
              ElementsAre(8, 0, 7));
  EXPECT_THAT(integer("or", "12, 1, 0", "10, 2, 7", "i32"),
              ElementsAre(14, 3, 7));
  EXPECT_THAT(integer("xor", "12, 1, 7", "10, 2, 7", "i32"),
              ElementsAre(6, 3, 0));
  EXPECT_THAT(run("%x = dlc.constant dense<[true, false]> : tensor<2xi1>\n"
                  "%r = dlc.not %x : tensor<2xi1>",
                  "tensor<2xi1>")
                  .ints,
              ElementsAre(0, 1));
}

TEST_F(Eval, comparisonsWithNan) {
  auto compare = [&](const std::string &comparison) {
    return run("%a = dlc.constant dense<[1., 2., 0x7FF8000000000000]> : "
               "tensor<3xf64>\n%b = dlc.constant dense<[2., 2., 2.]> : "
               "tensor<3xf64>\n%r = dlc.compare " +
                   comparison + " %a, %b : tensor<3xf64>",
               "tensor<3xi1>")
        .ints;
  };
  EXPECT_THAT(compare("eq"), ElementsAre(0, 1, 0));
  EXPECT_THAT(compare("ne"), ElementsAre(1, 0, 1));
  EXPECT_THAT(compare("lt"), ElementsAre(1, 0, 0));
  EXPECT_THAT(compare("le"), ElementsAre(1, 1, 0));
  EXPECT_THAT(compare("gt"), ElementsAre(0, 0, 0));
  EXPECT_THAT(compare("ge"), ElementsAre(0, 1, 0));
}

TEST_F(Eval, selectAndCast) {
  EXPECT_THAT(run("%c = dlc.constant dense<[true, false]> : tensor<2xi1>\n"
                  "%a = dlc.constant dense<[1., 2.]> : tensor<2xf64>\n"
                  "%b = dlc.constant dense<[3., 4.]> : tensor<2xf64>\n"
                  "%r = dlc.select %c, %a, %b : tensor<2xi1>, tensor<2xf64>",
                  "tensor<2xf64>")
                  .floats,
              ElementsAre(1, 4));
  auto cast = [&](const std::string &from, const std::string &values,
                  const std::string &to) {
    return run("%x = dlc.constant dense<[" + values + "]> : tensor<3x" + from +
                   ">\n%r = dlc.cast %x : tensor<3x" + from + "> to tensor<3x" +
                   to + ">",
               "tensor<3x" + to + ">");
  };
  EXPECT_THAT(cast("f64", "-1.9, 300.0, 0x7FF8000000000000", "i8").ints,
              ElementsAre(-1, 127, 0));
  EXPECT_THAT(cast("f64", "-1.0, 255.9, 256.0", "ui8").ints,
              ElementsAre(0, 255, 255));
  EXPECT_THAT(cast("i32", "256, -1, 5", "ui8").ints, ElementsAre(0, 255, 5));
  EXPECT_THAT(cast("f64", "0.0, 0.5, -1.0", "i1").ints, ElementsAre(0, 1, 1));
  EXPECT_THAT(cast("ui64", "18446744073709551615, 0, 1", "f64").floats,
              ElementsAre(0x1p64, 0, 1));
  // 2^60 + 2^52 + 1 is more than a tie, which a double cannot tell.
  EXPECT_THAT(
      cast("i64", "1157425104234217473, -1157425104234217473, 3", "bf16")
          .floats,
      ElementsAre(0x1.02p60, -0x1.02p60, 3));
}

TEST_F(Eval, movement) {
  std::string x = kMatrix;
  EXPECT_THAT(run(x + "%r = dlc.transpose %x [1, 0] : tensor<2x3xf64>",
                  "tensor<3x2xf64>")
                  .floats,
              ElementsAre(1, 4, 5, 2, 3, 6));
  EXPECT_THAT(run(x + "%r = dlc.reshape %x : tensor<2x3xf64> to "
                      "tensor<3x1x2xf64>",
                  "tensor<3x1x2xf64>")
                  .floats,
              ElementsAre(1, 5, 3, 4, 2, 6));
  EXPECT_THAT(run(x + "%r = dlc.slice %x [1, 0] [1, 2] [1, 2] : "
                      "tensor<2x3xf64>",
                  "tensor<1x2xf64>")
                  .floats,
              ElementsAre(4, 6));
  EXPECT_THAT(run("%x = dlc.constant dense<[[1.], [2.]]> : tensor<2x1xf64>\n"
                  "%r = dlc.broadcast %x [0, 2] : tensor<2x1xf64> to "
                  "tensor<2x2x2xf64>",
                  "tensor<2x2x2xf64>")
                  .floats,
              ElementsAre(1, 1, 1, 1, 2, 2, 2, 2));
  EXPECT_THAT(run("%x = dlc.constant dense<[1., 2.]> : tensor<2xf64>\n"
                  "%v = dlc.constant dense<9.> : tensor<f64>\n"
                  "%r = dlc.pad %x, %v [2] [1] [1] : tensor<2xf64>, "
                  "tensor<f64>",
                  "tensor<6xf64>")
                  .floats,
              ElementsAre(9, 9, 1, 9, 2, 9));
  EXPECT_THAT(run(x + "%y = dlc.constant dense<[[7.], [8.]]> : "
                      "tensor<2x1xf64>\n%r = dlc.concat 1, %y, %x : "
                      "tensor<2x1xf64>, tensor<2x3xf64>",
                  "tensor<2x4xf64>")
                  .floats,
              ElementsAre(7, 1, 5, 3, 8, 4, 2, 6));
  EXPECT_THAT(run("%r = dlc.iota 0 : tensor<3x2xi32>", "tensor<3x2xi32>").ints,
              ElementsAre(0, 0, 1, 1, 2, 2));
}

TEST_F(Eval, reductions) {
  std::string x = kMatrix;
  auto reduce = [&](const std::string &text, const std::string &type) {
    return run(x + "%r = dlc.reduce " + text + " : tensor<2x3xf64>", type)
        .floats;
  };
  EXPECT_THAT(reduce("sum %x [1]", "tensor<2xf64>"), ElementsAre(9, 12));
  EXPECT_THAT(reduce("sum %x [0, 1]", "tensor<f64>"), ElementsAre(21));
  EXPECT_THAT(reduce("prod %x [0]", "tensor<3xf64>"), ElementsAre(4, 10, 18));
  EXPECT_THAT(reduce("max %x [0]", "tensor<3xf64>"), ElementsAre(4, 5, 6));
  EXPECT_THAT(reduce("min %x [1]", "tensor<2xf64>"), ElementsAre(1, 2));
  EXPECT_THAT(
      run(x + "%r = dlc.arg_reduce max %x 1 : tensor<2x3xf64>", "tensor<2xi32>")
          .ints,
      ElementsAre(1, 2));
  EXPECT_THAT(
      run(x + "%r = dlc.arg_reduce min %x 0 : tensor<2x3xf64>", "tensor<3xi32>")
          .ints,
      ElementsAre(0, 1, 0));
}

TEST_F(Eval, reductionsMeetNanTiesAndNothing) {
  std::string x = "%x = dlc.constant dense<[1., 0x7FF8000000000000, 3., 3.]> : "
                  "tensor<4xf64>\n";
  for (const char *kind : {"max", "min"}) {
    EXPECT_THAT(run(x + "%r = dlc.reduce " + kind + " %x [0] : tensor<4xf64>",
                    "tensor<f64>")
                    .floats,
                ElementsAre(IsNan()));
    EXPECT_THAT(run(x + "%r = dlc.arg_reduce " + kind + " %x 0 : tensor<4xf64>",
                    "tensor<i32>")
                    .ints,
                ElementsAre(1));
  }
  EXPECT_THAT(run("%x = dlc.constant dense<3> : tensor<4xui8>\n"
                  "%r = dlc.arg_reduce max %x 0 : tensor<4xui8>",
                  "tensor<i32>")
                  .ints,
              ElementsAre(0));
  auto empty = [&](const std::string &kind) {
    return run("%x = dlc.constant dense<> : tensor<0xi8>\n%r = dlc.reduce " +
                   kind + " %x [0] : tensor<0xi8>",
               "tensor<i8>")
        .ints;
  };
  EXPECT_THAT(empty("sum"), ElementsAre(0));
  EXPECT_THAT(empty("prod"), ElementsAre(1));
  EXPECT_THAT(empty("max"), ElementsAre(-128));
  EXPECT_THAT(empty("min"), ElementsAre(127));
}

TEST_F(Eval, contractions) {
  std::string x = kMatrix;
  EXPECT_THAT(run(x + "%r = dlc.contract %x [] [1], %x [] [1] : "
                      "tensor<2x3xf64>, tensor<2x3xf64>",
                  "tensor<2x2xf64>")
                  .floats,
              ElementsAre(35, 32, 32, 56));
  EXPECT_THAT(run(x + "%r = dlc.contract %x [1] [0], %x [1] [0] : "
                      "tensor<2x3xf64>, tensor<2x3xf64>",
                  "tensor<3xf64>")
                  .floats,
              ElementsAre(17, 29, 45));
  EXPECT_THAT(run("%x = dlc.constant dense<[[100, 2]]> : tensor<1x2xi8>\n"
                  "%r = dlc.contract %x [] [1], %x [] [1] : tensor<1x2xi8>, "
                  "tensor<1x2xi8>",
                  "tensor<1x1xi8>")
                  .ints,
              ElementsAre(int8_t(10004)));
}

TEST_F(Eval, randomFollowsPhilox) {
  auto numbers = run("%s = dlc.constant dense<5> : tensor<i64>\n"
                     "%t = dlc.constant dense<2> : tensor<i64>\n"
                     "%r = dlc.random normal(%s, %t) path 42 : tensor<i64>, "
                     "tensor<i64> -> tensor<2x2xf32>",
                     "tensor<2x2xf32>");
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(numbers.floats[i], philox::normal(philox::word(5, 42, 2, i)));
}

TEST_F(Eval, uniformNumbersOfNarrowTypesStayBelowOne) {
  for (std::string element : {"f16", "bf16"}) {
    std::string type = "tensor<8192x" + element + ">";
    parse("func.func @f() -> " + type +
          " {\n%s = dlc.constant dense<5> : tensor<i64>\n"
          "%r = dlc.random uniform(%s, %s) path 42 : tensor<i64>, tensor<i64> "
          "-> " +
          type + "\nreturn %r : " + type + "\n}");
    std::vector<double> numbers = call().front().floats;
    double most = *std::max_element(numbers.begin(), numbers.end());
    EXPECT_EQ(most, element == "f16" ? 1 - 0x1p-11 : 1 - 0x1p-8);
  }
}

TEST_F(Eval, resultsAreRoundedToTheirType) {
  parse("func.func @f() -> tensor<bf16> {\n"
        "%x = dlc.constant dense<1.0> : tensor<bf16>\n"
        "%y = dlc.constant dense<0.001953125> : tensor<bf16>\n"
        "%r = dlc.add %x, %y : tensor<bf16>\nreturn %r : tensor<bf16>\n}");
  EXPECT_EQ(call().front().floats[0], 1.0);
  EXPECT_EQ(call({.rounded = false}).front().floats[0], 1.001953125);
}

TEST_F(Eval, rowsEndReductionsOverTheBatch) {
  parse(R"(module attributes {dlc.batch = 4 : i64} {
    dlc.variable control @"$rows" : tensor<i64>
    func.func @f(%x: tensor<4x2xf32, #dlc.dims<"batch", "">>)
        -> (tensor<2xf32>, tensor<2x2xf32>, tensor<f32>, tensor<i64>) {
      %s = dlc.reduce sum %x [0] : tensor<4x2xf32, #dlc.dims<"batch", "">>
      %p = dlc.contract %x [] [0], %x [] [0]
        : tensor<4x2xf32, #dlc.dims<"batch", "">>,
          tensor<4x2xf32, #dlc.dims<"batch", "">>
      %f = dlc.reshape %x : tensor<4x2xf32, #dlc.dims<"batch", "">>
        to tensor<8xf32, #dlc.dims<"batch*2">>
      %m = dlc.reduce max %f [0] : tensor<8xf32, #dlc.dims<"batch*2">>
      %r = dlc.read @"$rows" : tensor<i64>
      return %s, %p, %m, %r
        : tensor<2xf32>, tensor<2x2xf32>, tensor<f32>, tensor<i64>
    }
  })");
  auto type =
      mlir::RankedTensorType::get({4, 2}, mlir::Float32Type::get(&context));
  eval::Tensor x(type, std::vector<double>{1, 2, 3, 4, kNan, 9, 9, kNan});
  auto results = call({.rows = 2}, {x});
  EXPECT_THAT(results[0].floats, ElementsAre(4, 6));
  EXPECT_THAT(results[1].floats, ElementsAre(10, 14, 14, 20));
  EXPECT_THAT(results[2].floats, ElementsAre(4));
  EXPECT_THAT(results[3].ints, ElementsAre(2));
}

TEST_F(Eval, writesComeAfterReadsAndKernelsRun) {
  parse(R"(module {
    dlc.variable parameter @w : tensor<2xf32> {trainable}
    func.func @f(%g: tensor<2xf32>) -> tensor<2xf32> {
      %w = dlc.read @w : tensor<2xf32>
      %n = dlc.kernel "step"(%w as %a : tensor<2xf32>,
                             %g as %b : tensor<2xf32>) -> tensor<2xf32> {
        %0 = dlc.sub %a, %b : tensor<2xf32>
        dlc.yield %0 : tensor<2xf32>
      }
      dlc.write @w, %n : tensor<2xf32>
      %old = dlc.read @w : tensor<2xf32>
      return %old : tensor<2xf32>
    }
  })");
  eval::Interpreter oracle(*module);
  eval::Tensor gradient(
      mlir::RankedTensorType::get({2}, mlir::Float32Type::get(&context)),
      std::vector<double>{1, -2});
  for (int step = 0; step < 3; ++step) {
    auto results = oracle.run("f", gradient);
    ASSERT_TRUE(bool(results));
    EXPECT_THAT(results->front().floats, ElementsAre(-step, 2 * step));
  }
  EXPECT_THAT(oracle.variables()["w"].floats, ElementsAre(-3, 6));
}

TEST_F(Eval, refusesWhatItCannotRun) {
  parse("func.func @f(%x: tensor<2xf32>) { return }");
  eval::Interpreter oracle(*module);
  auto refusal = [&](const char *name, std::vector<eval::Tensor> inputs) {
    auto results = oracle.run(name, inputs);
    return results ? "runs" : llvm::toString(results.takeError());
  };
  EXPECT_EQ(refusal("g", {}), "no function @g");
  EXPECT_EQ(refusal("f", {}), "1 inputs, not 0");
  EXPECT_EQ(refusal("f", {eval::Tensor(mlir::RankedTensorType::get(
                             {3}, mlir::Float32Type::get(&context)))}),
            "input 0 has another shape or element type");
}

TEST_F(Eval, indices) {
  std::string index = "%i = dlc.constant dense<[2, 0, 2, 9]> : tensor<4xi32>\n";
  EXPECT_THAT(run(kMatrix + index +
                      "%r = dlc.gather %x, %i axis 1 batch 0 : "
                      "tensor<2x3xf64>, tensor<4xi32>",
                  "tensor<2x4xf64>")
                  .floats,
              ElementsAre(3, 1, 3, 3, 6, 4, 6, 6));
  std::string paired =
      "%i = dlc.constant dense<[[1, 1], [0, -4]]> : tensor<2x2xi64>\n";
  EXPECT_THAT(run(kMatrix + paired +
                      "%r = dlc.gather %x, %i axis 1 batch 1 : "
                      "tensor<2x3xf64>, tensor<2x2xi64>",
                  "tensor<2x2xf64>")
                  .floats,
              ElementsAre(5, 5, 4, 4));
  EXPECT_THAT(run("%x = dlc.constant dense<[1, 2, 3, 4]> : tensor<4xi8>\n" +
                      index +
                      "%r = dlc.scatter_add %x, %i axis 0 batch 0 : "
                      "tensor<4xi8>, tensor<4xi32> to tensor<3xi8>",
                  "tensor<3xi8>")
                  .ints,
              ElementsAre(2, 0, 8));
}

TEST_F(Eval, linesInTheirOrder) {
  auto rank = [&](const std::string &x, const std::string &how) {
    return run("%x = dlc.constant dense<[" + x +
                   "]> : tensor<5xf64>\n%r = dlc.rank %x axis 0 " + how +
                   " : tensor<5xf64>",
               "tensor<5xi32>")
        .ints;
  };
  const char *x = "3.0, 0x7FF8000000000000, -1.0, 3.0, 7.0";
  EXPECT_THAT(rank(x, "limit 5"), ElementsAre(1, 4, 0, 2, 3));
  EXPECT_THAT(rank(x, "descending limit 5"), ElementsAre(1, 4, 3, 2, 0));
  EXPECT_THAT(rank(x, "limit 2"), ElementsAre(1, 2, 0, 2, 2));
  auto sums = [&](const std::string &how) {
    return run(kMatrix + std::string("%r = dlc.cumulative %x axis ") + how +
                   " : tensor<2x3xf64>",
               "tensor<2x3xf64>")
        .floats;
  };
  EXPECT_THAT(sums("1"), ElementsAre(1, 6, 9, 4, 6, 12));
  EXPECT_THAT(sums("1 exclusive"), ElementsAre(0, 1, 6, 0, 4, 6));
  EXPECT_THAT(sums("1 reverse"), ElementsAre(9, 8, 3, 12, 8, 6));
  EXPECT_THAT(sums("0 reverse exclusive"), ElementsAre(4, 2, 6, 0, 0, 0));
}
