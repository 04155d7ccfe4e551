//===- ParseScan.cpp - recurrences ----------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Parser.h"

using namespace dlcc::dlm;

/// `x in xs`, `axis = 1` or `reverse = true`.
bool Parser::parseScanInput(ScanExpr &scan) {
  if (isAtName() && tokens[at + 1].is("in")) {
    Argument input;
    input.name = {token().text.str(), token().range};
    at += 2;
    input.value = parseExpr();
    scan.inputs.push_back(std::move(input));
    return !panicking;
  }
  Expr **option = isAt("axis")      ? &scan.axis
                  : isAt("reverse") ? &scan.reverse
                                    : nullptr;
  if (!option || !tokens[at + 1].is("=")) {
    expected("an input of 'scan'", "scan (x_t in x, axis = 1; h = h0) { … }");
    return false;
  }
  if (*option) {
    error(Diagnostic(token().range, "'" + token().text + "' is given twice"));
    return false;
  }
  at += 2;
  *option = parseExpr();
  return !panicking;
}

/// `h = h0`
bool Parser::parseScanCarry(ScanExpr &scan) {
  Argument carry;
  if (!parseName(carry.name, "a name that is carried from step to step") ||
      !expect("=", "and its first value"))
    return false;
  carry.value = parseExpr();
  scan.carries.push_back(std::move(carry));
  return !panicking;
}

Expr *Parser::parseScan() {
  Range keyword = token().range, open = tokens[at + 1].range;
  size_t begin = at + 1;
  at += 2;
  auto scan = std::make_shared<ScanExpr>();
  ++brackets;
  bool isWhole = true;
  while (isWhole && !isAt(";") && !isAt(")")) {
    isWhole = parseScanInput(*scan);
    if (isWhole && !accept(","))
      break;
  }
  if (isWhole && accept(";"))
    while (isWhole && !isAt(")")) {
      isWhole = parseScanCarry(*scan);
      if (isWhole && !accept(","))
        break;
    }
  --brackets;
  if (!isWhole) {
    // The ';' inside would end the statement.
    at = begin;
    skipBalanced();
    if (isAt("{"))
      skipBalanced();
    return errorExpr();
  }
  if (!expectClosing(")", open))
    return errorExpr();
  // The block has lines of its own, whatever brackets the scan stands in.
  unsigned outer = std::exchange(brackets, 0);
  scan->body = parseBlock("what 'scan' does in a step");
  brackets = outer;
  if (panicking)
    return errorExpr();
  Expr *expr = make(ExprKind::Scan, join(keyword, previous().range));
  expr->pointAt = keyword;
  expr->scan = std::move(scan);
  return expr;
}
