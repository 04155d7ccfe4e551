//===- ParseExpression.cpp - expressions ----------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Parser.h"

#include "llvm/ADT/StringSwitch.h"

using namespace dlcc::dlm;
using llvm::StringRef;

namespace {

/// A taller tree is refused: evaluation recurses over it.
constexpr unsigned kMaxDepth = 400;

/// Binding strength of a binary operator, 0 for other tokens. `^` and unary
/// operators bind tighter and are parsed apart.
int precedenceOf(const Token &token) {
  if (token.kind != TokenKind::Punctuation &&
      token.kind != TokenKind::Identifier)
    return 0;
  return llvm::StringSwitch<int>(token.text)
      .Case("or", 1)
      .Case("and", 2)
      .Cases({"==", "!=", "<", "<=", ">", ">="}, 3)
      .Case("..", 4)
      .Cases({"+", "-"}, 5)
      .Cases({"*", "/", "%"}, 6)
      .Default(0);
}

constexpr int kComparison = 3, kRange = 4;

} // namespace

Expr *Parser::make(ExprKind kind, Range range, std::vector<Expr *> operands,
                   StringRef text) {
  Expr *expr = ast->newExpr();
  expr->kind = kind;
  expr->range = expr->pointAt = range;
  expr->text = text.str();
  for (Expr *operand : operands)
    expr->depth = std::max(expr->depth, operand->depth + 1);
  expr->operands = std::move(operands);
  if (expr->depth > kMaxDepth) {
    error(Diagnostic(range, "this expression is nested too deeply")
              .withHint("give parts of it names"));
    expr->kind = ExprKind::Error;
    expr->operands.clear();
    expr->depth = 1;
  }
  return expr;
}

Expr *Parser::parseExpr() {
  if (++nesting > 100) {
    error(Diagnostic(token().range, "this expression is nested too deeply")
              .withHint("give parts of it names"));
    --nesting;
    return errorExpr();
  }
  Expr *expr = parseTernary();
  --nesting;
  return expr;
}

Expr *Parser::parseTernary() {
  Expr *condition = parseBinary(1);
  if (!isAt("?") || (token().startsLine && !brackets) || panicking)
    return condition;
  Range question = token().range;
  ++at;
  Expr *then = parseExpr();
  if (panicking || !expect(":", "between the two values of '? :'"))
    return errorExpr();
  Expr *otherwise = parseExpr();
  Expr *result =
      make(ExprKind::Ternary, join(condition->range, otherwise->range),
           {condition, then, otherwise});
  result->pointAt = question;
  return result;
}

Expr *Parser::parseBinary(int precedence) {
  Expr *lhs = parseUnary();
  bool compared = false;
  while (!panicking) {
    const Token &op = token();
    int strength = precedenceOf(op);
    if (strength < precedence || !strength || (op.startsLine && !brackets))
      return lhs;
    if (strength == kComparison && compared) {
      error(Diagnostic(op.range, "comparisons do not chain")
                .withHint("join two comparisons with 'and'"));
      return errorExpr();
    }
    compared |= strength == kComparison;
    ++at;
    Expr *rhs = parseBinary(strength + 1);
    if (panicking)
      return errorExpr();
    ExprKind kind = strength == kRange ? ExprKind::Range : ExprKind::Binary;
    lhs = make(kind, join(lhs->range, rhs->range), {lhs, rhs}, op.text);
    lhs->pointAt = op.range;
  }
  return lhs;
}

Expr *Parser::parseUnary() {
  if (!isAt("-") && !isAt("not") && !isAt("+"))
    return parsePower();
  const Token &op = token();
  if (++nesting > 100) {
    error(Diagnostic(op.range, "this expression is nested too deeply"));
    --nesting;
    return errorExpr();
  }
  ++at;
  // `not` binds weaker than comparisons, as in Python.
  Expr *operand = op.is("not") ? parseBinary(kComparison) : parseUnary();
  --nesting;
  if (panicking || op.is("+"))
    return operand;
  Expr *result =
      make(ExprKind::Unary, join(op.range, operand->range), {operand}, op.text);
  result->pointAt = op.range;
  return result;
}

Expr *Parser::parsePower() {
  Expr *base = parsePostfix();
  if (panicking || !isAt("^") || (token().startsLine && !brackets))
    return base;
  Range op = token().range;
  if (++nesting > 100) {
    error(Diagnostic(op, "this expression is nested too deeply"));
    --nesting;
    return errorExpr();
  }
  ++at;
  Expr *exponent = parseUnary();
  --nesting;
  Expr *result = make(ExprKind::Binary, join(base->range, exponent->range),
                      {base, exponent}, "^");
  result->pointAt = op;
  return result;
}

Expr *Parser::parsePostfix() {
  Expr *expr = parsePrimary();
  while (!panicking && (!token().startsLine || brackets)) {
    if (isAt("(")) {
      expr = parseCall(expr);
    } else if (isAt("[")) {
      expr = parseIndex(expr);
    } else if (isAt(".")) {
      ++at;
      Name member;
      if (!parseName(member, "a name after '.'"))
        return errorExpr();
      expr = make(ExprKind::Member, join(expr->range, member.range), {expr},
                  member.text);
      expr->pointAt = member.range;
    } else {
      break;
    }
  }
  return expr;
}

Expr *Parser::parsePrimary() {
  const Token &first = token();
  switch (first.kind) {
  case TokenKind::Integer:
  case TokenKind::Float:
    return parseNumber();
  case TokenKind::String:
    ++at;
    return make(ExprKind::String, first.range, {}, unquote(first.text));
  default:
    break;
  }
  if (accept("true") || accept("false")) {
    Expr *expr = make(ExprKind::Bool, first.range);
    expr->truth = first.is("true");
    return expr;
  }
  if (accept("none"))
    return make(ExprKind::None, first.range);
  if (isAt("(")) {
    ++at;
    ++brackets;
    Expr *inner = parseExpr();
    --brackets;
    if (panicking || !expectClosing(")", first.range))
      return errorExpr();
    inner->range = join(first.range, previous().range);
    return inner;
  }
  if (isAt("["))
    return parseList();
  // `training` begins a block at file level and is a value inside.
  if (isAtName() || isAt("training")) {
    if (isAt("scan") && tokens[at + 1].is("("))
      return parseScan();
    ++at;
    return make(ExprKind::Name, first.range, {}, first.text);
  }
  expected("an expression");
  return errorExpr();
}

Expr *Parser::parseNumber() {
  const Token &first = token();
  ++at;
  Expr *expr = make(first.kind == TokenKind::Integer ? ExprKind::Integer
                                                     : ExprKind::Float,
                    first.range);
  if (expr->kind == ExprKind::Integer) {
    if (first.text.getAsInteger(10, expr->integer)) {
      diagnostics.report(
          Diagnostic(first.range, "this whole number is too large")
              .withHint("write 1e30 for a float"));
      expr->kind = ExprKind::Error;
    }
    expr->number = expr->integer;
  } else {
    StringRef digits = first.text;
    if (digits.getAsDouble(expr->number, /*AllowInexact=*/true)) {
      diagnostics.report(Diagnostic(first.range, "this is no number"));
      expr->kind = ExprKind::Error;
    }
  }
  bool sameLine = !token().startsLine || brackets;
  if (sameLine && token().kind == TokenKind::Identifier &&
      (isAt("epochs") || isAt("steps") || isAt("epoch") || isAt("step"))) {
    StringRef unit = token().text;
    Expr *result = make(ExprKind::Duration, join(first.range, token().range),
                        {expr}, unit.starts_with("epoch") ? "epochs" : "steps");
    ++at;
    return result;
  }
  return expr;
}

Expr *Parser::parseList() {
  Range open = token().range;
  ++at;
  ++brackets;
  std::vector<Expr *> elements;
  while (!panicking && !isAt("]")) {
    elements.push_back(parseExpr());
    if (!panicking && !accept(","))
      break;
  }
  --brackets;
  if (panicking || !expectClosing("]", open))
    return errorExpr();
  return make(ExprKind::List, join(open, previous().range), elements);
}

Expr *Parser::parseCall(Expr *callee) {
  Range open = token().range;
  ++at;
  ++brackets;
  std::vector<Argument> arguments;
  Range named;
  while (!panicking && !isAt(")")) {
    Argument argument;
    if (isAtName() && tokens[at + 1].is("=")) {
      argument.name = {token().text.str(), named = token().range};
      at += 2;
    } else if (named.end) {
      error(Diagnostic(token().range,
                       "an argument without name stands behind a named one")
                .note(named, "the first named one")
                .withHint("name it, or put it in front"));
      break;
    }
    argument.value = parseExpr();
    arguments.push_back(std::move(argument));
    if (!panicking && !accept(","))
      break;
  }
  --brackets;
  if (panicking || !expectClosing(")", open))
    return errorExpr();
  Expr *call =
      make(ExprKind::Call, join(callee->range, previous().range), {callee});
  for (const Argument &argument : arguments)
    call->depth = std::max(call->depth, argument.value->depth + 1);
  call->arguments = std::move(arguments);
  call->pointAt =
      callee->kind == ExprKind::Member ? callee->pointAt : callee->range;
  return call;
}

IndexItem Parser::parseIndexItem() {
  IndexItem item;
  item.range = token().range;
  if (accept("...")) {
    item.isEllipsis = true;
    return item;
  }
  if (!isAt(":"))
    item.begin = parseExpr();
  if (!panicking && accept(":")) {
    item.isSlice = true;
    if (!isAt(":") && !isAt(",") && !isAt("]"))
      item.end = parseExpr();
    if (!panicking && accept(":") && !isAt(",") && !isAt("]"))
      item.step = parseExpr();
  }
  item.range = join(item.range, previous().range);
  return item;
}

Expr *Parser::parseIndex(Expr *base) {
  Range open = token().range;
  ++at;
  ++brackets;
  std::vector<IndexItem> items;
  while (!panicking && !isAt("]")) {
    items.push_back(parseIndexItem());
    if (!panicking && !accept(","))
      break;
  }
  --brackets;
  if (panicking || !expectClosing("]", open))
    return errorExpr();
  Expr *index =
      make(ExprKind::Index, join(base->range, previous().range), {base});
  for (const IndexItem &item : items)
    for (Expr *part : {item.begin, item.end, item.step})
      if (part)
        index->depth = std::max(index->depth, part->depth + 1);
  index->items = std::move(items);
  index->pointAt = join(open, previous().range);
  return index;
}
