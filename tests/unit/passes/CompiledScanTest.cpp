//===- CompiledScanTest.cpp - recurrences, compiled, against the oracle ---===//
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
const std::string rows = "tensor<5x4xf32, #dlc.dims<\"batch\", \"\">>";
const std::string stack = "tensor<6x5x4xf32, #dlc.dims<\"\", \"batch\", \"\">>";
const std::string weight = "tensor<4x4xf32>";

/// The stack %s with the rows in front, as every result has them.
const std::string front = "tensor<5x6x4xf32, #dlc.dims<\"batch\", \"\", \"\">>";
std::string rowsFirst(const std::string &value) {
  return "\n%r = dlc.transpose " + value + " [1, 0, 2] : " + stack;
}

/// h = tanh(x + h W), over the stack %a, from %b, with %c.
std::string recurrence(const std::string &mode, const std::string &use) {
  return "%ys, %last = dlc.scan 6 " + mode + " (%x in %a : " + stack +
         ") carry (%h from %b : " + rows + ") use (%c as %w : " + weight +
         ") -> (" + stack + ", " + rows +
         ") {\n  %p = dlc.contract %h [] [1], " + "%w [] [0] : " + rows + ", " +
         weight + "\n  %s = dlc.add %x, %p : " + rows +
         "\n  %t = dlc.tanh %s : " + rows + "\n  dlc.yield %t, %t : " + rows +
         ", " + rows + "\n}\n" + use;
}
} // namespace

TEST(CompiledScan, CarriesWhatItStacks) {
  std::string id = "%r = dlc.neg ";
  check({{"stack",
          {stack, rows, weight},
          recurrence("", rowsFirst("%ys")),
          front},
         {"last",
          {stack, rows, weight},
          recurrence("", id + "%last : " + rows),
          rows},
         {"reverse",
          {stack, rows, weight},
          recurrence("reverse", rowsFirst("%ys")),
          front},
         {"reverse_last",
          {stack, rows, weight},
          recurrence("reverse", id + "%last : " + rows),
          rows}});
}

TEST(CompiledScan, ReturnsItsResultsThemselves) {
  std::string body = recurrence("", "");
  body.replace(body.find("%last"), 5, "%r");
  check({{"results", {stack, rows, weight}, body, rows}});
}

TEST(CompiledScan, KeepsWhatNobodyStacks) {
  // A Fibonacci of tensors: b is passed on, the sum is in both places.
  std::string body = "%u, %v = dlc.scan 6 () carry (%x from %a : " + rows +
                     ", %y from %b : " + rows + ") -> (" + rows + ", " + rows +
                     ") {\n  %s = dlc.add %x, %y : " + rows +
                     "\n  dlc.yield %y, %s : " + rows + ", " + rows +
                     "\n}\n%r = dlc.sub %v, %u : " + rows;
  check({{"fibonacci", {rows, rows}, body, rows}});
  std::string swap = "%u, %v = dlc.scan 3 () carry (%x from %a : " + rows +
                     ", %y from %b : " + rows + ") -> (" + rows + ", " + rows +
                     ") {\n  dlc.yield %y, %x : " + rows + ", " + rows +
                     "\n}\n%r = dlc.sub %v, %u : " + rows;
  check({{"swap", {rows, rows}, swap, rows}});
}

TEST(CompiledScan, StacksOneValueTwiceAndInputsAgain) {
  std::string body = "%u, %v, %w = dlc.scan 6 (%x in %a : " + stack + ") -> (" +
                     stack + ", " + stack + ", " + stack +
                     ") {\n  %s = dlc.exp %x : " + rows +
                     "\n  dlc.yield %s, %x, %s : " + rows + ", " + rows + ", " +
                     rows + "\n}\n%p = dlc.add %u, %v : " + stack +
                     "\n%q = dlc.mul %p, %w : " + stack + rowsFirst("%q");
  check({{"twice", {stack}, body, front}});
}

TEST(CompiledScan, OneStep) {
  std::string one = "tensor<1x5x4xf32, #dlc.dims<\"\", \"batch\", \"\">>";
  std::string body = "%u, %v = dlc.scan 1 (%x in %a : " + one +
                     ") carry (%h from %b : " + rows + ") -> (" + one + ", " +
                     rows + ") {\n  %s = dlc.mul %h, %x : " + rows +
                     "\n  dlc.yield %s, %s : " + rows + ", " + rows +
                     "\n}\n%r = dlc.add %v, %b : " + rows;
  check({{"one", {one, rows}, body, rows}});
}

TEST(CompiledScan, NestedOverASliceAndOverACapture) {
  std::string square = "tensor<4x4xf32>", row = "tensor<4xf32>";
  std::string cube = "tensor<3x4x4xf32>";
  auto nested = [&](const std::string &over) {
    return "%ys, %h = dlc.scan 3 (%x in %a : " + cube +
           ") carry (%h0 from %b : " + row + ") use (%c as %w : " + square +
           ") -> (" + cube + ", " + row +
           ") {\n  %u, %v = dlc.scan 4 (%y in %" + over + " : " + square +
           ") carry (%g from %h0 : " + row + ") use (%w as %m : " + square +
           ") -> (" + square + ", " + row +
           ") {\n    %p = dlc.contract %g [] [0], %m [] [1] : " + row + ", " +
           square + "\n    %q = dlc.add %p, %y : " + row +
           "\n    %s = dlc.sin %q : " + row +
           "\n    dlc.yield %s, %s : " + row + ", " + row +
           "\n  }\n  dlc.yield %u, %v : " + square + ", " + row +
           "\n}\n%r = dlc.neg %ys : " + cube;
  };
  check({{"slice", {cube, row, square}, nested("x"), cube},
         {"capture", {cube, row, square}, nested("w"), cube}});
}

TEST(CompiledScan, ScansAScanAndACarriedStack) {
  std::string square = "tensor<4x4xf32>", row = "tensor<4xf32>";
  std::string body =
      "%ys = dlc.scan 4 (%x in %a : " + square + ") -> (" + square +
      ") {\n  %s = dlc.exp %x : " + row + "\n  dlc.yield %s : " + row +
      "\n}\n%m = dlc.scan 3 () carry (%q from %ys : " + square + ") -> (" +
      square + ") {\n  %zs = dlc.scan 4 reverse (%z in %q : " + square +
      ") -> (" + square + ") {\n    %k = dlc.tanh %z : " + row +
      "\n    dlc.yield %k : " + row +
      "\n  }\n  %t = dlc.transpose %zs [1, 0] : " + square +
      "\n  dlc.yield %t : " + square + "\n}\n%r = dlc.neg %m : " + square;
  check({{"chain", {square}, body, square}});
}
