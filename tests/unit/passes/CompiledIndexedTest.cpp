//===- CompiledIndexedTest.cpp - ops along an axis against the oracle -----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Indices are drawn from -5 to 5, so some of them lie outside of their axis on
// either side.
//
//===----------------------------------------------------------------------===//

#include "CompiledCases.h"
#include "CompiledModule.h"

#include "gtest/gtest.h"

using namespace dlcc;

namespace {

struct Movement {
  std::string table, index, numbers; ///< "axis 0 batch 0"
  std::string taken;                 ///< the type of what is gathered
};

/// Both of each: `gather` from the table, and `scatter_add` into its type.
std::vector<Case> bothWays(const std::vector<Movement> &movements) {
  std::vector<Case> cases;
  for (const Movement &m : movements) {
    std::string number = std::to_string(cases.size());
    cases.push_back({"gather_" + number,
                     {m.table, m.index},
                     "%r = dlc.gather %a, %b " + m.numbers + " : " + m.table +
                         ", " + m.index,
                     m.taken});
    cases.push_back({"scatter_" + number,
                     {m.taken, m.index},
                     "%r = dlc.scatter_add %a, %b " + m.numbers + " : " +
                         m.taken + ", " + m.index + " to " + m.table,
                     m.table});
  }
  return cases;
}

std::string named(const std::string &shape, const std::string &names) {
  return "tensor<" + shape + ", #dlc.dims<" + names + ">>";
}

} // namespace

TEST(CompiledIndexed, TakesAndSumsAlongEveryAxis) {
  std::vector<Movement> movements;
  for (std::string type : {"f32", "f64", "i32", "f16", "bf16", "i8", "ui8"})
    movements.push_back({"tensor<6x19x" + type + ">", "tensor<7xi32>",
                         "axis 0 batch 0", "tensor<7x19x" + type + ">"});
  for (const char *index : {"i32", "i64"}) {
    std::string i = index;
    movements.push_back({"tensor<5xf32>", "tensor<9x" + i + ">",
                         "axis 0 batch 0", "tensor<9xf32>"});
    movements.push_back({"tensor<4x6x1xf32>", "tensor<2x3x" + i + ">",
                         "axis 1 batch 0", "tensor<4x2x3x1xf32>"});
    movements.push_back({"tensor<3x4x5x33xf32>", "tensor<3x7x" + i + ">",
                         "axis 2 batch 1", "tensor<3x4x7x33xf32>"});
  }
  movements.push_back({"tensor<3x4x5xf32>", "tensor<3x4x2xi32>",
                       "axis 2 batch 2", "tensor<3x4x2xf32>"});
  movements.push_back(
      {"tensor<7x3xf32>", "tensor<i32>", "axis 0 batch 0", "tensor<3xf32>"});
  movements.push_back({"tensor<3x7x2xf32>", "tensor<3xi32>", "axis 1 batch 1",
                       "tensor<3x2xf32>"});
  movements.push_back({"tensor<1x1xf32>", "tensor<1xi32>", "axis 1 batch 0",
                       "tensor<1x1xf32>"});
  // Many tasks, of outer indices, of columns and of rows.
  movements.push_back({"tensor<40x500xf32>", "tensor<300xi32>",
                       "axis 0 batch 0", "tensor<300x500xf32>"});
  movements.push_back({"tensor<300x9x65xf32>", "tensor<300x11xi32>",
                       "axis 1 batch 1", "tensor<300x11x65xf32>"});
  check(bothWays(movements), 8.0);
}

TEST(CompiledIndexed, TakesBools) {
  check({{"bools",
          {"tensor<4x6xi1>", "tensor<3xi32>"},
          "%r = dlc.gather %a, %b axis 1 batch 0 : tensor<4x6xi1>, "
          "tensor<3xi32>",
          "tensor<4x3xi1>"}});
}

TEST(CompiledIndexed, OnlyTheGivenRowsCount) {
  std::string rows = named("5x7xi32", "\"batch\", \"\"");
  std::vector<Movement> movements = {
      {"tensor<6x19xf32>", rows, "axis 0 batch 0",
       named("5x7x19xf32", "\"batch\", \"\", \"\"")},
      {named("5x6x3xf32", "\"batch\", \"\", \"\""), rows, "axis 1 batch 1",
       named("5x7x3xf32", "\"batch\", \"\", \"\"")},
      {named("5x6xf32", "\"batch\", \"\""), "tensor<4xi32>", "axis 1 batch 0",
       named("5x4xf32", "\"batch\", \"\"")},
      {named("10x6xf32", "\"batch*2\", \"\""), "tensor<4xi32>",
       "axis 1 batch 0", named("10x4xf32", "\"batch*2\", \"\"")},
      // The batch behind other dimensions: by the sum that is meant.
      {"tensor<6x3xf32>", named("7x5xi32", "\"\", \"batch\""), "axis 0 batch 0",
       named("7x5x3xf32", "\"\", \"batch\", \"\"")},
  };
  std::vector<Case> cases = bothWays(movements);
  // Rows that are not given are not compared where they come first only.
  cases.erase(cases.end() - 2);
  check(cases, 8.0);
}

TEST(CompiledIndexed, JoinTheKernelsAroundThem) {
  std::string x = "tensor<6x19xf32>", i = "tensor<7xi32>",
              y = "tensor<7x19xf32>", w = "tensor<6x6xf32>";
  std::string take = "dlc.gather %a, %j axis 0 batch 0 : " + x + ", " + i;
  std::string compute = "%j = dlc.add %b, %b : " + i + "\n    ";
  check(
      {{"between",
        {x, i},
        compute + "%g = " + take + "\n    %r = dlc.tanh %g : " + y,
        y},
       {"summed",
        {x, i},
        compute + "%g = " + take + "\n    %r = dlc.reduce sum %g [1] : " + y,
        "tensor<7xf32>"},
       {"summed_over_rows",
        {x, i},
        compute + "%g = " + take + "\n    %r = dlc.reduce sum %g [0] : " + y,
        "tensor<19xf32>"},
       {"added_to_a_product",
        {x, i, "tensor<7x3xf32>", "tensor<3x19xf32>"},
        compute + "%g = " + take +
            "\n    %p = dlc.contract %c [] [1], %d [] [0] : tensor<7x3xf32>, "
            "tensor<3x19xf32>\n    %r = dlc.add %p, %g : " +
            y,
        y},
       {"of_a_computed_table",
        {x, i},
        "%t = dlc.tanh %a : " + x +
            "\n    %r = dlc.gather %t, %b axis 0 batch 0 : " + x + ", " + i,
        y},
       {"of_a_transposed_table",
        {"tensor<19x6xf32>", i},
        "%t = dlc.transpose %a [1, 0] : tensor<19x6xf32>\n"
        "    %r = dlc.gather %t, %b axis 0 batch 0 : " +
            x + ", " + i,
        y},
       {"of_a_constant",
        {i},
        "%t = dlc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>\n"
        "    %r = dlc.gather %t, %a axis 0 batch 0 : tensor<2x2xf32>, " +
            i,
        "tensor<7x2xf32>"},
       {"of_itself",
        {i},
        "%r = dlc.gather %a, %a axis 0 batch 0 : " + i + ", " + i,
        i},
       {"sum_of_itself",
        {i},
        "%r = dlc.scatter_add %a, %a axis 0 batch 0 : " + i + ", " + i +
            " to tensor<3xi32>",
        "tensor<3xi32>"},
       {"backwards",
        {x},
        "%c = dlc.constant dense<5> : tensor<6xi32>\n"
        "    %k = dlc.iota 0 : tensor<6xi32>\n"
        "    %j = dlc.sub %c, %k : tensor<6xi32>\n"
        "    %r = dlc.gather %a, %j axis 0 batch 0 : " +
            x + ", tensor<6xi32>",
        x},
       {"counts",
        {i},
        "%o = dlc.constant dense<1.0> : tensor<7xf32>\n"
        "    %r = dlc.scatter_add %o, %a axis 0 batch 0 : tensor<7xf32>, " +
            i + " to tensor<4xf32>",
        "tensor<4xf32>"}},
      8.0);
}

TEST(CompiledIndexed, RunningSums) {
  std::vector<Case> cases;
  auto add = [&](const std::string &type, const std::string &how) {
    cases.push_back({"sums_" + std::to_string(cases.size()),
                     {type},
                     "%r = dlc.cumulative %a axis " + how + " : " + type,
                     type});
  };
  for (const char *type :
       {"tensor<3x7xf32>", "tensor<3x7xf64>", "tensor<3x7xi32>",
        "tensor<3x7xui8>", "tensor<3x7xf16>", "tensor<3x7xbf16>"})
    for (const char *how : {"1", "1 reverse", "0 exclusive",
                            "0 reverse exclusive", "1 reverse exclusive"})
      add(type, how);
  add("tensor<1xf32>", "0");
  add("tensor<1x5xf32>", "0 exclusive");
  add("tensor<2x9x3x37xf32>", "1 reverse");
  add("tensor<700x90xf32>", "1");
  add("tensor<90x700xf32>", "0");
  add(named("5x7xf32", "\"batch\", \"\""), "1 exclusive");
  add(named("5x3x4xf32", "\"batch\", \"\", \"\""), "1");
  check(cases, 64.0);
}

TEST(CompiledIndexed, PlacesInTheOrder) {
  std::vector<Case> cases;
  auto add = [&](const std::string &type, const std::string &how,
                 const std::string &result) {
    cases.push_back({"places_" + std::to_string(cases.size()),
                     {type},
                     "%r = dlc.rank %a axis " + how + " : " + type,
                     result});
  };
  // Integers from -5 to 5 are full of ties.
  for (const char *type :
       {"f16", "bf16", "f32", "f64", "i8", "ui8", "i32", "i64", "ui64"})
    for (const char *how :
         {"1 limit 40", "1 descending limit 40", "1 descending limit 3",
          "0 limit 3", "1 limit 1", "1 limit 39"})
      add("tensor<3x40x" + std::string(type) + ">", how, "tensor<3x40xi32>");
  add("tensor<1xf32>", "0 limit 1", "tensor<1xi32>");
  add("tensor<3x1x2xf32>", "1 limit 9", "tensor<3x1x2xi32>");
  add("tensor<2x5x3xf32>", "1 descending limit 5", "tensor<2x5x3xi32>");
  add("tensor<60x257xf32>", "1 limit 257", "tensor<60x257xi32>");
  add("tensor<4x1025xi32>", "1 descending limit 64", "tensor<4x1025xi32>");
  add(named("5x7xf32", "\"batch\", \"\""), "1 limit 7",
      named("5x7xi32", "\"batch\", \"\""));
  check(cases);
}

TEST(CompiledIndexed, NanComesLastAndZerosAreEqual) {
  // log of a negative is NaN; sign makes zeros of either sign.
  std::string x = "tensor<4x31xf32>", i = "tensor<4x31xi32>";
  std::vector<Case> cases;
  for (const char *how :
       {"limit 31", "descending limit 31", "limit 5", "descending limit 5"}) {
    std::string number = std::to_string(cases.size() / 2);
    cases.push_back({"nan_" + number,
                     {x},
                     "%l = dlc.log %a : " + x +
                         "\n    %r = dlc.rank %l axis 1 " + how + " : " + x,
                     i});
    cases.push_back({"zeros_" + number,
                     {x},
                     "%z = dlc.constant dense<0.0> : " + x +
                         "\n    %l = dlc.mul %a, %z : " + x +
                         "\n    %r = dlc.rank %l axis 1 " + how + " : " + x,
                     i});
  }
  check(cases);
}
