//===- CompiledOpsTest.cpp - every op, compiled, against the oracle -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledCases.h"

#include "gtest/gtest.h"

using namespace dlcc;

namespace {

/// A tensor of 5 rows (the batch) of 7, in the type.
std::string rowsOf(const std::string &element) {
  return "tensor<5x7x" + element + ", #dlc.dims<\"batch\", \"\">>";
}

Case unary(const std::string &op, const std::string &element,
           const std::string &before = "") {
  std::string type = rowsOf(element);
  std::string operand = before.empty() ? "%a" : "%p";
  std::string body =
      before.empty() ? "" : "%p = dlc." + before + " %a : " + type + "\n    ";
  return {op + "_" + element,
          {type},
          body + "%r = dlc." + op + " " + operand + " : " + type,
          type};
}

Case binary(const std::string &op, const std::string &element) {
  std::string type = rowsOf(element);
  return {op + "_" + element,
          {type, type},
          "%r = dlc." + op + " %a, %b : " + type,
          type};
}

} // namespace

TEST(CompiledOps, UnaryFloats) {
  std::vector<Case> cases;
  for (const char *type : {"f32", "f64"}) {
    for (const char *op :
         {"exp", "expm1", "sin", "cos", "tanh", "sigmoid", "erf", "floor",
          "ceil", "round", "neg", "abs", "sign"})
      cases.push_back(unary(op, type));
    for (const char *op : {"log", "log1p", "sqrt", "rsqrt"})
      cases.push_back(unary(op, type, "abs"));
  }
  check(cases, 4.0);
}

TEST(CompiledOps, LogarithmsOfNegativesAreNaN) {
  check({unary("log", "f32"), unary("log1p", "f32"), unary("sqrt", "f32"),
         unary("rsqrt", "f32")},
        4.0);
}

TEST(CompiledOps, UnaryIntegers) {
  std::vector<Case> cases;
  for (const char *type : {"i8", "i32", "i64"})
    for (const char *op : {"neg", "abs", "sign", "not"})
      cases.push_back(unary(op, type));
  for (const char *type : {"ui8", "ui64"})
    for (const char *op : {"sign", "not"})
      cases.push_back(unary(op, type));
  cases.push_back(unary("not", "i1"));
  check(cases);
}

TEST(CompiledOps, BinaryFloats) {
  std::vector<Case> cases;
  for (const char *type : {"f16", "bf16", "f32", "f64"})
    for (const char *op : {"add", "sub", "mul", "max", "min"})
      cases.push_back(binary(op, type));
  for (const char *type : {"f32", "f64"})
    for (const char *op : {"div", "rem", "pow"})
      cases.push_back(binary(op, type));
  check(cases, 16.0);
}

TEST(CompiledOps, BinaryIntegers) {
  std::vector<Case> cases;
  for (const char *type :
       {"i8", "i16", "i32", "i64", "ui8", "ui16", "ui32", "ui64"})
    for (const char *op :
         {"add", "sub", "mul", "div", "rem", "max", "min", "and", "or", "xor"})
      cases.push_back(binary(op, type));
  for (const char *op : {"and", "or", "xor"})
    cases.push_back(binary(op, "i1"));
  check(cases);
}

TEST(CompiledOps, Comparisons) {
  std::vector<Case> cases;
  for (std::string element : {"f32", "i32", "ui8"})
    for (std::string word : {"eq", "ne", "lt", "le", "gt", "ge"}) {
      std::string type = rowsOf(element);
      cases.push_back({word + "_" + element,
                       {type, type},
                       "%r = dlc.compare " + word + " %a, %b : " + type,
                       rowsOf("i1")});
    }
  std::string type = rowsOf("f32"), mask = rowsOf("i1");
  cases.push_back({"select",
                   {mask, type, type},
                   "%r = dlc.select %a, %b, %c : " + mask + ", " + type,
                   type});
  check(cases);
}

TEST(CompiledOps, Casts) {
  std::vector<Case> cases;
  std::vector<std::string> elements = {"i1",   "i8",  "i32",  "i64", "ui8",
                                       "ui32", "f16", "bf16", "f32", "f64"};
  for (const std::string &from : elements)
    for (const std::string &to : elements)
      if (from != to)
        cases.push_back(
            {from + "_to_" + to,
             {rowsOf(from)},
             "%r = dlc.cast %a : " + rowsOf(from) + " to " + rowsOf(to),
             rowsOf(to)});
  check(cases);
}

TEST(CompiledOps, CastsSaturate) {
  std::vector<Case> cases;
  std::string from = rowsOf("f32");
  for (std::string to : {"i8", "ui8", "i32", "i64", "ui64"})
    cases.push_back({"big_to_" + to,
                     {from},
                     "%c = dlc.constant dense<1.0e30> : " + from +
                         "\n    %p = dlc.mul %a, %c : " + from +
                         "\n    %r = dlc.cast %p : " + from + " to " +
                         rowsOf(to),
                     rowsOf(to)});
  check(cases);
}

TEST(CompiledOps, Reductions) {
  std::vector<Case> cases;
  std::string dims = ", #dlc.dims<\"batch\", \"\">>";
  for (std::string element : {"f16", "f32", "f64", "i32", "ui8"})
    for (std::string kind : {"sum", "prod", "max", "min"}) {
      std::string type = "tensor<5x37x" + element + dims;
      std::string reduce = "%r = dlc.reduce " + kind + " %a ";
      std::string name = kind + "_" + element;
      cases.push_back({name + "_rows",
                       {type},
                       reduce + "[1] : " + type,
                       "tensor<5x" + element + ", #dlc.dims<\"batch\">>"});
      cases.push_back({name + "_columns",
                       {type},
                       reduce + "[0] : " + type,
                       "tensor<37x" + element + ">"});
      cases.push_back({name + "_all",
                       {type},
                       reduce + "[0, 1] : " + type,
                       "tensor<" + element + ">"});
    }
  check(cases, 100.0);
}

TEST(CompiledOps, ReductionsOfMiddleAxes) {
  std::string type = "tensor<3x5x7xf32>";
  check({{"middle",
          {type},
          "%r = dlc.reduce sum %a [1] : " + type,
          "tensor<3x7xf32>"},
         {"outer",
          {type},
          "%r = dlc.reduce sum %a [0, 2] : " + type,
          "tensor<5xf32>"},
         {"maximum",
          {type},
          "%r = dlc.reduce max %a [0, 1] : " + type,
          "tensor<7xf32>"}},
        4.0);
}

TEST(CompiledOps, Searches) {
  std::vector<Case> cases;
  for (std::string element : {"f32", "f64", "i32"})
    for (std::string kind : {"max", "min"}) {
      std::string type = rowsOf(element);
      std::string search = "%r = dlc.arg_reduce " + kind + " %a ";
      cases.push_back({kind + "_" + element + "_row",
                       {type},
                       search + "1 : " + type,
                       "tensor<5xi32, #dlc.dims<\"batch\">>"});
      cases.push_back({kind + "_" + element + "_column",
                       {type},
                       search + "0 : " + type,
                       "tensor<7xi32>"});
    }
  check(cases);
}

TEST(CompiledOps, Contractions) {
  std::vector<Case> cases;
  std::string dims = ", #dlc.dims<\"batch\", \"\">>";
  for (std::string element : {"f16", "bf16", "f32", "f64", "i32"}) {
    std::string rows = "tensor<5x7x" + element + dims;
    std::string columns = "tensor<5x3x" + element + dims;
    std::string weight = "tensor<3x7x" + element + ">";
    cases.push_back(
        {"forward_" + element,
         {rows, weight},
         "%r = dlc.contract %a [] [1], %b [] [1] : " + rows + ", " + weight,
         columns});
    cases.push_back(
        {"weight_" + element,
         {columns, rows},
         "%r = dlc.contract %a [] [0], %b [] [0] : " + columns + ", " + rows,
         weight});
    cases.push_back(
        {"data_" + element,
         {columns, weight},
         "%r = dlc.contract %a [] [1], %b [] [0] : " + columns + ", " + weight,
         rows});
  }
  std::string left = "tensor<4x2x3x6xf32>", right = "tensor<2x4x5x6xf32>";
  cases.push_back({"batched",
                   {left, right},
                   "%r = dlc.contract %a [0, 1] [3], %b [1, 0] [3] : " + left +
                       ", " + right,
                   "tensor<4x2x3x5xf32>"});
  cases.push_back({"outer",
                   {"tensor<4xf32>", "tensor<3xf32>"},
                   "%r = dlc.contract %a [] [], %b [] [] : tensor<4xf32>, "
                   "tensor<3xf32>",
                   "tensor<4x3xf32>"});
  check(cases, 8.0);
}

TEST(CompiledOps, Movement) {
  std::string x = "tensor<4x6xf32>", b = "tensor<4x6xi1>";
  check({
      {"iota",
       {x},
       "%i = dlc.iota 1 : " + x + "\n    %r = dlc.add %a, %i : " + x,
       x},
      {"bare_iota",
       {x},
       "%r = dlc.iota 0 : tensor<4x6xi32>",
       "tensor<4x6xi32>"},
      {"constant",
       {x},
       "%r = dlc.constant dense<[1.0, 2.0, 4.0]> : "
       "tensor<3xf32>",
       "tensor<3xf32>"},
      {"constant_of_bools",
       {x},
       "%c = dlc.constant dense<[true, false, true, true, false, false]> : "
       "tensor<6xi1>\n    %m = dlc.broadcast %c [1] : tensor<6xi1> to " +
           b + "\n    %n = dlc.neg %a : " + x +
           "\n    %r = dlc.select %m, %a, %n : " + b + ", " + x,
       x},
      {"constant_of_halves",
       {x},
       "%c = dlc.constant dense<[0.1, -7.5, 65504.0]> : tensor<3xf16>\n    "
       "%r = dlc.cast %c : tensor<3xf16> to tensor<3xf32>",
       "tensor<3xf32>"},
      {"constant_factor",
       {x},
       "%c = dlc.constant dense<[[1.0, 2.0, 4.0, 0.5, 0.25, 3.0], [1.0, 1.0, "
       "1.0, 1.0, 1.0, 1.0]]> : tensor<2x6xf32>\n    "
       "%r = dlc.contract %a [] [1], %c [] [1] : " +
           x + ", tensor<2x6xf32>",
       "tensor<4x2xf32>"},
      {"broadcast",
       {"tensor<6xf32>"},
       "%r = dlc.broadcast %a [1] : tensor<6xf32> to " + x,
       x},
      {"stretch",
       {"tensor<4x1xf32>"},
       "%r = dlc.broadcast %a [0, 1] : tensor<4x1xf32> to " + x,
       x},
      {"transpose",
       {x},
       "%r = dlc.transpose %a [1, 0] : " + x,
       "tensor<6x4xf32>"},
      {"transpose3",
       {"tensor<2x3x5xf32>"},
       "%r = dlc.transpose %a [2, 0, 1] : tensor<2x3x5xf32>",
       "tensor<5x2x3xf32>"},
      {"reshape",
       {x},
       "%n = dlc.neg %a : " + x + "\n    %s = dlc.reshape %n : " + x +
           " to tensor<3x8xf32>\n    %r = dlc.exp %s : tensor<3x8xf32>",
       "tensor<3x8xf32>"},
      {"slice",
       {x},
       "%r = dlc.slice %a [1, 0] [3, 3] [1, 2] : " + x,
       "tensor<3x3xf32>"},
      {"slice_bools",
       {b},
       "%r = dlc.slice %a [0, 1] [4, 5] [1, 1] : " + b,
       "tensor<4x5xi1>"},
      {"pad",
       {x, "tensor<f32>"},
       "%r = dlc.pad %a, %b [1, 0] [0, 2] [2, 0] : " + x + ", tensor<f32>",
       "tensor<11x8xf32>"},
      {"concat",
       {x, "tensor<4x2xf32>", x},
       "%r = dlc.concat 1, %a, %b, %c : " + x + ", tensor<4x2xf32>, " + x,
       "tensor<4x14xf32>"},
      {"identity", {x}, "%r = dlc.stop_gradient %a : " + x, x},
  });
}

TEST(CompiledOps, Windows) {
  std::string images = "tensor<3x7x9x5xf32>", seen = "tensor<3x3x4x5x3x2xf32>";
  std::string window =
      "%w = dlc.window %a [1, 2] [3, 2] [2, 2] [1, 2] : " + images;
  std::string sums = "tensor<3x3x4x5xf32>";
  check({
      {"stored",
       {images},
       "%r = dlc.window %a [1, 2] [3, 2] [2, 2] [1, 2] : " + images,
       seen},
      {"negated", {images}, window + "\n    %r = dlc.neg %w : " + seen, seen},
      {"max",
       {images},
       window + "\n    %r = dlc.reduce max %w [4, 5] : " + seen,
       sums},
      {"sum",
       {images},
       window + "\n    %r = dlc.reduce sum %w [4, 5] : " + seen,
       sums},
      {"backwards_along_lanes",
       {"tensor<4x40xf32>"},
       "%w = dlc.window %a [1] [5] [1] [-3] : tensor<4x40xf32>\n"
       "    %r = dlc.reduce sum %w [2] : tensor<4x28x5xf32>",
       "tensor<4x28xf32>"},
      {"of_iota",
       {"tensor<3x2xf32>"},
       "%i = dlc.iota 0 : tensor<7xf32>\n"
       "    %w = dlc.window %i [0] [2] [2] [1] : tensor<7xf32>\n"
       "    %r = dlc.mul %a, %w : tensor<3x2xf32>",
       "tensor<3x2xf32>"},
      {"first_largest",
       {"tensor<3x9xf32>"},
       "%w = dlc.window %a [1] [4] [2] [1] : tensor<3x9xf32>\n"
       "    %r = dlc.arg_reduce max %w 2 : tensor<3x3x4xf32>",
       "tensor<3x3xi32>"},
  });
}

TEST(CompiledOps, SumsOfWindows) {
  // Windows that overlap, touch, leave gaps; places beyond the last.
  struct {
    const char *operand, *attributes, *result;
  } shapes[] = {
      {"tensor<3x5x4x3xf32>", "[1] [1] [1]", "tensor<3x7x4xf32>"},
      {"tensor<3x3x4x3xf32>", "[1] [2] [1]", "tensor<3x8x4xf32>"},
      {"tensor<3x3x4x2xf32>", "[1] [2] [1]", "tensor<3x6x4xf32>"},
      {"tensor<3x2x4x2xf32>", "[1] [4] [1]", "tensor<3x9x4xf32>"},
      {"tensor<3x4x4x3xf32>", "[1] [2] [3]", "tensor<3x13x4xf32>"},
      {"tensor<3x4x4x3xf32>", "[1] [4] [-2]", "tensor<3x18x4xf32>"},
      {"tensor<2x3x3x4x3x2xf32>", "[1, 2] [2, 3] [1, -1]",
       "tensor<2x7x9x4xf32>"},
      {"tensor<1x1xf32>", "[0] [1] [1]", "tensor<1xf32>"},
      {"tensor<2x17x3xf64>", "[1] [1] [1]", "tensor<2x19xf64>"},
      {"tensor<2x5x3xbf16>", "[1] [2] [1]", "tensor<2x11xbf16>"},
      {"tensor<2x5x3xi32>", "[1] [2] [1]", "tensor<2x11xi32>"},
  };
  std::vector<Case> cases;
  for (auto &[operand, attributes, result] : shapes)
    cases.push_back({"unwindow_" + std::to_string(cases.size()),
                     {operand},
                     std::string("%r = dlc.unwindow %a ") + attributes + " : " +
                         operand + " to " + result,
                     result});
  // What stands before is computed where it is needed.
  std::string x = "tensor<2x9x6xf32>", y = "tensor<2x4x6xf32>",
              seen = "tensor<2x4x6x3xf32>";
  cases.push_back(
      {"gradient_of_a_maximum",
       {x, y, y},
       "%w = dlc.window %a [1] [3] [2] [1] : " + x +
           "\n    %m = dlc.broadcast %b [0, 1, 2] : " + y + " to " + seen +
           "\n    %e = dlc.compare le %w, %m : " + seen +
           "\n    %g = dlc.broadcast %c [0, 1, 2] : " + y + " to " + seen +
           "\n    %z = dlc.constant dense<0.0> : " + seen +
           "\n    %s = dlc.select %e, %g, %z : tensor<2x4x6x3xi1>, " + seen +
           "\n    %t = dlc.mul %s, %w : " + seen +
           "\n    %r = dlc.unwindow %t [1] [2] [1] : " + seen + " to " + x,
       x});
  cases.push_back(
      {"also_read_by_others",
       {x},
       "%w = dlc.window %a [1] [3] [2] [1] : " + x +
           "\n    %e = dlc.tanh %w : " + seen + "\n    %i = dlc.iota 3 : " +
           seen + "\n    %t = dlc.mul %e, %i : " + seen +
           "\n    %u = dlc.unwindow %t [1] [2] [1] : " + seen + " to " + x +
           "\n    %s = dlc.reduce sum %e [1, 3] : " + seen +
           "\n    %b = dlc.broadcast %s [0, 2] : tensor<2x6xf32> to " + x +
           "\n    %r = dlc.add %u, %b : " + x,
       x});
  check(cases);
}

TEST(CompiledOps, Convolutions) {
  std::string rows = "#dlc.dims<\"batch\", \"\", \"\", \"\">";
  check({
      {"strided_dilated",
       {"tensor<2x9x8x3xf32>", "tensor<5x3x3x2xf32>"},
       "%w = dlc.window %a [1, 2] [3, 2] [2, 1] [1, 3] : "
       "tensor<2x9x8x3xf32>\n"
       "    %r = dlc.contract %w [] [4, 5, 3], %b [] [2, 3, 1] : "
       "tensor<2x4x5x3x3x2xf32>, tensor<5x3x3x2xf32>",
       "tensor<2x4x5x5xf32>"},
      {"channels_first",
       {"tensor<2x3x9x8xf32>", "tensor<5x3x3x3xf32>"},
       "%t = dlc.transpose %a [0, 2, 3, 1] : tensor<2x3x9x8xf32>\n"
       "    %w = dlc.window %t [1, 2] [3, 3] [1, 1] [1, 1] : "
       "tensor<2x9x8x3xf32>\n"
       "    %r = dlc.contract %w [] [4, 5, 3], %b [] [2, 3, 1] : "
       "tensor<2x7x6x3x3x3xf32>, tensor<5x3x3x3xf32>",
       "tensor<2x7x6x5xf32>"},
      {"weight_gradient",
       {"tensor<2x9x8x3xf32>", "tensor<2x4x6x5xf32>"},
       "%w = dlc.window %a [1, 2] [3, 3] [2, 1] [1, 1] : "
       "tensor<2x9x8x3xf32>\n"
       "    %r = dlc.contract %b [] [0, 1, 2], %w [] [0, 1, 2] : "
       "tensor<2x4x6x5xf32>, tensor<2x4x6x3x3x3xf32>",
       "tensor<5x3x3x3xf32>"},
      {"backwards",
       {"tensor<2x9x8x5xf32>", "tensor<5x3x3x2xf32>"},
       "%w = dlc.window %a [1, 2] [3, 2] [1, 1] [-1, -2] : "
       "tensor<2x9x8x5xf32>\n"
       "    %r = dlc.contract %w [] [4, 5, 3], %b [] [2, 3, 0] : "
       "tensor<2x7x6x5x3x2xf32>, tensor<5x3x3x2xf32>",
       "tensor<2x7x6x3xf32>"},
      {"groups",
       {"tensor<2x6x7x4x3xf32>", "tensor<4x5x3x2x2xf32>"},
       "%w = dlc.window %a [1, 2] [2, 2] [1, 2] [1, 1] : "
       "tensor<2x6x7x4x3xf32>\n"
       "    %r = dlc.contract %w [3] [5, 6, 4], %b [0] [3, 4, 2] : "
       "tensor<2x5x3x4x3x2x2xf32>, tensor<4x5x3x2x2xf32>",
       "tensor<4x2x5x3x5xf32>"},
      {"one_dimension",
       {"tensor<3x20x2xf64>", "tensor<4x2x5xf64>"},
       "%w = dlc.window %a [1] [5] [3] [1] : tensor<3x20x2xf64>\n"
       "    %r = dlc.contract %w [] [3, 2], %b [] [2, 1] : "
       "tensor<3x6x2x5xf64>, tensor<4x2x5xf64>",
       "tensor<3x6x4xf64>"},
      {"three_dimensions",
       {"tensor<1x4x5x6x2xf32>", "tensor<3x2x2x2x2xf32>"},
       "%w = dlc.window %a [1, 2, 3] [2, 2, 2] [1, 1, 2] [1, 1, 1] : "
       "tensor<1x4x5x6x2xf32>\n"
       "    %r = dlc.contract %w [] [5, 6, 7, 4], %b [] [2, 3, 4, 1] : "
       "tensor<1x3x4x3x2x2x2x2xf32>, tensor<3x2x2x2x2xf32>",
       "tensor<1x3x4x3x3xf32>"},
      {"fewer_rows",
       {"tensor<5x6x6x2xf32, " + rows + ">", "tensor<3x2x3x3xf32>"},
       "%w = dlc.window %a [1, 2] [3, 3] [1, 1] [1, 1] : "
       "tensor<5x6x6x2xf32, " +
           rows +
           ">\n    %r = dlc.contract %w [] [4, 5, 3], %b [] [2, 3, 1] : "
           "tensor<5x4x4x2x3x3xf32, #dlc.dims<\"batch\", \"\", \"\", "
           "\"\", \"\", \"\">>, tensor<3x2x3x3xf32>",
       "tensor<5x4x4x3xf32, " + rows + ">"},
  });
}

TEST(CompiledOps, RandomNumbersAreTheOraclesBits) {
  std::string scalar = "tensor<i64>";
  std::vector<Case> cases;
  for (std::string element : {"f16", "bf16", "f32", "f64"})
    for (std::string kind : {"uniform", "normal"}) {
      std::string type = "tensor<33x17x" + element + ">";
      cases.push_back({kind + "_" + element,
                       {scalar, scalar},
                       "%r = dlc.random " + kind + "(%a, %b) path 77 : " +
                           scalar + ", " + scalar + " -> " + type,
                       type});
    }
  check(cases, 0.0);
}

TEST(CompiledOps, SoftmaxOverRowsAndNormalisationOverColumns) {
  std::string x = rowsOf("f32"), row = "tensor<5xf32, #dlc.dims<\"batch\">>";
  std::string column = "tensor<7xf32>";
  check({{"softmax",
          {x},
          "%m = dlc.reduce max %a [1] : " + x +
              "\n    %bm = dlc.broadcast %m [0] : " + row + " to " + x +
              "\n    %z = dlc.sub %a, %bm : " + x + "\n    %e = dlc.exp %z : " +
              x + "\n    %s = dlc.reduce sum %e [1] : " + x +
              "\n    %bs = dlc.broadcast %s [0] : " + row + " to " + x +
              "\n    %r = dlc.div %e, %bs : " + x,
          x},
         {"centre",
          {x},
          "%s = dlc.reduce sum %a [0] : " + x +
              "\n    %b = dlc.broadcast %s [1] : " + column + " to " + x +
              "\n    %r = dlc.sub %a, %b : " + x,
          x}},
        4.0);
}
