//===- ParseStatement.cpp - statements and blocks -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Parser.h"

using namespace dlcc::dlm;
using llvm::StringRef;

Stmt *Parser::newStmt(StmtKind kind, Range begin) {
  Stmt *stmt = ast->newStmt();
  stmt->kind = kind;
  stmt->range = begin;
  return stmt;
}

std::vector<Stmt *> Parser::parseBlock(StringRef what) {
  std::vector<Stmt *> body;
  Range open = token().range;
  if (!expect("{", "and " + what)) {
    ast->structureBroken = true;
    return body;
  }
  if (++nesting > 60) {
    error(Diagnostic(open, "blocks are nested too deeply"));
    ast->structureBroken = true;
    return body;
  }
  unsigned depth = nesting;
  while (!isAt("}")) {
    // A word that only begins a declaration: the block was never closed.
    bool isDeclaration =
        token().startsLine &&
        (isAt("fn") || isAt("model") || isAt("training") || isAt("import"));
    if (token().kind == TokenKind::End || isDeclaration) {
      error(Diagnostic(open, "'{' is never closed").withHint("add '}'"));
      ast->structureBroken = true;
      return body;
    }
    if (accept(";"))
      continue;
    size_t begin = at;
    body.push_back(parseStatement());
    if (!panicking && !atStatementEnd()) {
      expected("the end of the statement", "one statement a line, or ';'");
      // What follows is a statement, only not on its own line.
      if (isAtName() && tokens[at + 1].is("=")) {
        panicking = false;
        continue;
      }
    }
    if (panicking && ast->structureBroken)
      return body;
    if (panicking) {
      body.back()->kind = StmtKind::Error;
      // A broken statement ends with its line.
      if (at != begin && token().startsLine)
        panicking = false, brackets = 0;
      else
        skipStatement();
    }
    nesting = depth;
  }
  --nesting;
  ++at;
  return body;
}

Stmt *Parser::parseStatement() {
  if (isAt("if"))
    return parseIf();
  if (isAt("for"))
    return parseFor();
  if (isAt("repeat"))
    return parseRepeat();
  if (isAt("return"))
    return parseReturn();
  if (isAt("layer"))
    return parseLayer();
  const Token &next = tokens[at + 1];
  bool nextIsName = next.kind == TokenKind::Identifier && !next.startsLine;
  if (isAt("report") && nextIsName)
    return parseReport();
  if (isAt("parameters") && next.kind == TokenKind::String)
    return parseGroup();
  if (isAt("only") && next.kind == TokenKind::String)
    return parseOnly();
  if (isAtData())
    return parseData();
  return parseAssignment();
}

Stmt *Parser::parseIf() {
  Stmt *stmt = newStmt(StmtKind::If, token().range);
  ++at;
  stmt->value = parseExpr();
  if (panicking)
    return stmt;
  stmt->body = parseBlock("what 'if' decides");
  if (panicking || !accept("else"))
    return stmt;
  if (isAt("if")) {
    if (++nesting > 60) {
      error(Diagnostic(token().range, "blocks are nested too deeply"));
      return stmt;
    }
    stmt->otherwise = {parseIf()};
  } else {
    stmt->otherwise = parseBlock("what 'else' does");
  }
  return stmt;
}

Stmt *Parser::parseFor() {
  Stmt *stmt = newStmt(StmtKind::For, token().range);
  ++at;
  do {
    Name target;
    if (!parseName(target, "the loop's name"))
      return stmt;
    stmt->targets.push_back(target);
  } while (accept(","));
  if (!expect("in", "and what the loop goes over"))
    return stmt;
  stmt->value = parseExpr();
  if (!panicking)
    stmt->body = parseBlock("the loop's body");
  return stmt;
}

Stmt *Parser::parseRepeat() {
  Stmt *stmt = newStmt(StmtKind::Repeat, token().range);
  ++at;
  stmt->value = parseExpr();
  if (!panicking)
    stmt->body = parseBlock("the loop's body");
  return stmt;
}

Stmt *Parser::parseReturn() {
  Stmt *stmt = newStmt(StmtKind::Return, token().range);
  ++at;
  do {
    stmt->values.push_back(parseExpr());
  } while (!panicking && accept(","));
  return stmt;
}

Stmt *Parser::parseLayer() {
  Stmt *stmt = newStmt(StmtKind::Layer, token().range);
  ++at;
  Name name;
  if (!parseName(name, "the layer's name"))
    return stmt;
  stmt->targets = {name};
  if (!expect("=", "after the layer's name"))
    return stmt;
  stmt->value = parseExpr();
  if (!panicking && stmt->value->kind != ExprKind::Call)
    error(Diagnostic(stmt->value->range,
                     "a layer is made by a call with arguments by name")
              .withHint("layer " + name.text + " = dense(units = 64)"));
  return stmt;
}

Stmt *Parser::parseReport() {
  Stmt *stmt = newStmt(StmtKind::Report, token().range);
  ++at;
  Name name;
  if (!parseName(name, "the report's name"))
    return stmt;
  stmt->targets = {name};
  if (expect("=", "after the report's name"))
    stmt->value = parseExpr();
  return stmt;
}

bool Parser::parsePatterns(std::vector<Pattern> &into) {
  do {
    if (token().kind != TokenKind::String) {
      expected("a pattern in double quotes");
      return false;
    }
    into.push_back({unquote(token().text).str(), token().range});
    ++at;
  } while (accept(","));
  return true;
}

Stmt *Parser::parseGroup() {
  Stmt *stmt = newStmt(StmtKind::Group, token().range);
  ++at;
  if (parsePatterns(stmt->patterns))
    stmt->body = parseBlock("the group's settings");
  return stmt;
}

Stmt *Parser::parseOnly() {
  Stmt *stmt = newStmt(StmtKind::Only, token().range);
  ++at;
  parsePatterns(stmt->patterns);
  return stmt;
}

/// `data` is a name like any other, but in front of a block.
bool Parser::isAtData() const {
  if (!isAt("data"))
    return false;
  const Token &next = tokens[at + 1];
  bool nextIsWord = next.kind == TokenKind::Identifier && !next.startsLine;
  return next.is("{") || (nextIsWord && tokens[at + 2].is("{"));
}

Stmt *Parser::parseData() {
  Stmt *stmt = newStmt(StmtKind::Data, token().range);
  ++at;
  if (!isAt("{")) {
    stmt->split = {token().text.str(), token().range};
    ++at;
  }
  stmt->body = parseBlock("what feeds the inputs");
  return stmt;
}

/// `a, b = value`, `m <- value`, or a call for its effect.
Stmt *Parser::parseAssignment() {
  Stmt *stmt = newStmt(StmtKind::Assign, token().range);
  size_t begin = at;
  while (isAtName() && (tokens[at + 1].is("=") || tokens[at + 1].is(",") ||
                        tokens[at + 1].is("<-"))) {
    stmt->targets.push_back({token().text.str(), token().range});
    at += 2;
    if (previous().is(","))
      continue;
    if (previous().is("<-"))
      stmt->kind = StmtKind::Store;
    if (stmt->kind == StmtKind::Store && stmt->targets.size() > 1)
      error(Diagnostic(previous().range, "'<-' stores into one buffer"));
    else
      stmt->value = parseExpr();
    return stmt;
  }
  at = begin;
  stmt->targets.clear();
  stmt->kind = StmtKind::Call;
  if (token().kind == TokenKind::Identifier && !isAtName()) {
    expected("a statement");
    return stmt;
  }
  if (isAtName()) // what it would have bound, should it be in error
    stmt->targets.push_back({token().text.str(), token().range});
  stmt->value = parseExpr();
  if (panicking)
    return stmt;
  if (isAt("="))
    error(Diagnostic(stmt->value->range, "only a name can be bound")
              .withHint("a part of a tensor cannot be assigned"));
  else if (stmt->value->kind == ExprKind::Name && !atStatementEnd())
    expected("'=' behind '" + stmt->value->text + "'");
  else if (stmt->value->kind != ExprKind::Call &&
           stmt->value->kind != ExprKind::Error)
    error(Diagnostic(stmt->value->range, "this value is not used")
              .withHint("bind it to a name: y = …"));
  return stmt;
}
