//===- ParserTest.cpp - tokens to syntax tree -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Parser.h"

#include <gtest/gtest.h>

using namespace dlcc::dlm;

namespace {

struct Parsed {
  Sources sources;
  unsigned errors = 0;
  std::unique_ptr<FileAst> ast;

  explicit Parsed(std::string text) {
    uint32_t file = sources.add("t.dlm", std::move(text));
    Diagnostics diagnostics(sources,
                            [&](Severity, const std::string &) { ++errors; });
    ast = Parser(sources, file, diagnostics).parseFile();
  }
};

/// The tree as text with all brackets.
std::string spell(const Expr &expr) {
  switch (expr.kind) {
  case ExprKind::Name:
    return expr.text;
  case ExprKind::Integer:
    return std::to_string(expr.integer);
  case ExprKind::Unary:
    return "(" + expr.text + spell(*expr.operands[0]) + ")";
  case ExprKind::Binary:
    return "(" + spell(*expr.operands[0]) + expr.text +
           spell(*expr.operands[1]) + ")";
  case ExprKind::Call:
    return spell(*expr.operands[0]) + "()";
  default:
    return "?";
  }
}

std::string spellConstant(const std::string &text) {
  Parsed parsed("const c = " + text);
  return parsed.errors || parsed.ast->constants.empty()
             ? "error"
             : spell(*parsed.ast->constants[0].value);
}

} // namespace

TEST(ParserTest, Precedence) {
  EXPECT_EQ(spellConstant("a + b * c"), "(a+(b*c))");
  EXPECT_EQ(spellConstant("a - b - c"), "((a-b)-c)");
  EXPECT_EQ(spellConstant("-a ^ 2"), "(-(a^2))");
  EXPECT_EQ(spellConstant("a ^ -b ^ c"), "(a^(-(b^c)))");
  EXPECT_EQ(spellConstant("not a == b and c"), "((not(a==b))andc)");
  EXPECT_EQ(spellConstant("a < b or c > d"), "((a<b)or(c>d))");
}

TEST(ParserTest, OperatorsAndBracketsContinueALine) {
  EXPECT_EQ(spellConstant("a +\n b"), "(a+b)");
  EXPECT_EQ(spellConstant("f(\n a,\n b\n)"), "f()");
}

TEST(ParserTest, ThreeMistakesAreThreeErrors) {
  Parsed parsed("model m(x: f32[batch]) -> y {\n"
                "  a = x + * 2\n"
                "  b = f(x\n"
                "  c = x x\n"
                "  y = x\n"
                "}\n");
  EXPECT_EQ(parsed.errors, 3u);
  ASSERT_EQ(parsed.ast->models.size(), 1u);
}

TEST(ParserTest, ABrokenStatementKeepsItsNames) {
  Parsed parsed("fn f(x) {\n  h = g(x\n  return h\n}\n");
  ASSERT_EQ(parsed.ast->functions.size(), 1u);
  const Stmt &broken = *parsed.ast->functions[0].body[0];
  EXPECT_EQ(broken.kind, StmtKind::Error);
  ASSERT_EQ(broken.targets.size(), 1u);
  EXPECT_EQ(broken.targets[0].text, "h");
}

TEST(ParserTest, DeepNestingIsRefused) {
  for (const char *open : {"(", "[", "f(", "-", "not ", "x["}) {
    std::string text = "const c = ";
    for (int i = 0; i < 20000; ++i)
      text += open;
    Parsed parsed(text);
    EXPECT_GE(parsed.errors, 1u) << open;
  }
  std::string chain = "const c = 1";
  for (int i = 0; i < 20000; ++i)
    chain += " + 1";
  EXPECT_GE(Parsed(chain).errors, 1u);
}
