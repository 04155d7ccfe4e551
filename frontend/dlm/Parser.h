//===- Parser.h - tokens to syntax tree -------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Recursive descent with one token of lookahead. After an error the rest of
// the statement is skipped and the statement stands in the tree as an error
// that still says which names it would have bound, so that evaluation reports
// nothing that merely follows.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_PARSER_H
#define DLCC_FRONTEND_DLM_PARSER_H

#include "frontend/dlm/Ast.h"
#include "frontend/dlm/Lexer.h"

namespace dlcc::dlm {

class Parser {
public:
  Parser(const Sources &sources, uint32_t file, Diagnostics &diagnostics);

  /// A whole file.
  std::unique_ptr<FileAst> parseFile();
  /// One expression and nothing after it, for `--set NAME=VALUE`.
  Expr *parseLoneExpression(FileAst &into);

private:
  // Tokens.
  const Token &token() const { return tokens[at]; }
  const Token &previous() const { return tokens[at ? at - 1 : 0]; }
  bool isAt(llvm::StringRef spelling) const { return token().is(spelling); }
  bool isAtName() const {
    return token().kind == TokenKind::Identifier && !isKeyword(token().text);
  }
  bool accept(llvm::StringRef spelling);
  bool atStatementEnd() const;

  // Errors.
  void error(Diagnostic &&diagnostic);
  /// "expected X, found Y" at the current token.
  void expected(const llvm::Twine &what, llvm::StringRef hint = "");
  bool expect(llvm::StringRef spelling, const llvm::Twine &context);
  /// The bracket that closes the one at `open`; where the line ends first, the
  /// opening one is what the user looks for.
  bool expectClosing(llvm::StringRef spelling, Range open);
  std::string describe(const Token &token) const;
  void skipStatement();
  void skipBalanced();

  // Declarations.
  void parseDeclaration();
  void parseImport();
  void parseConst();
  void parseFunction();
  void parseGradient(FunctionDecl &function);
  void parseModel();
  void parseTraining();
  // ParseExtern.cpp.
  void parseExtern();
  bool parseExternParameters(FunctionDecl &decl);
  bool parseExternResults(ExternDecl &into);
  bool parseSymbol(Pattern &into);
  void skipDeclaration();
  bool parseParameters(std::vector<ParameterDecl> &into, bool needTypes);
  bool parseType(TypeExpr &into);
  bool parseName(Name &into, const llvm::Twine &what);

  // Statements.
  std::vector<Stmt *> parseBlock(llvm::StringRef what);
  Stmt *parseStatement();
  Stmt *parseIf();
  Stmt *parseFor();
  Stmt *parseRepeat();
  Stmt *parseReturn();
  Stmt *parseLayer();
  Stmt *parseReport();
  Stmt *parseGroup();
  Stmt *parseOnly();
  bool isAtData() const;
  Stmt *parseData();
  Stmt *parseAssignment();
  bool parsePatterns(std::vector<Pattern> &into);
  Stmt *newStmt(StmtKind kind, Range begin);

  // Expressions (ParseExpression.cpp).
  Expr *parseExpr();
  Expr *parseTernary();
  Expr *parseBinary(int precedence);
  Expr *parseUnary();
  Expr *parsePower();
  Expr *parsePostfix();
  Expr *parsePrimary();
  Expr *parseNumber();
  Expr *parseList();
  Expr *parseCall(Expr *callee);
  Expr *parseIndex(Expr *base);
  IndexItem parseIndexItem();
  // ParseScan.cpp.
  Expr *parseScan();
  bool parseScanInput(ScanExpr &scan);
  bool parseScanCarry(ScanExpr &scan);
  Expr *make(ExprKind kind, Range range, std::vector<Expr *> operands = {},
             llvm::StringRef text = "");
  Expr *errorExpr() { return make(ExprKind::Error, token().range); }

  const Sources &sources;
  Diagnostics &diagnostics;
  std::vector<Token> tokens;
  size_t at = 0;
  std::unique_ptr<FileAst> ast;
  /// Open round and square brackets: inside, a line's end means nothing.
  unsigned brackets = 0;
  unsigned nesting = 0;
  /// An error was reported in the current statement.
  bool panicking = false;
};

/// The text of a string token without its quotes.
llvm::StringRef unquote(llvm::StringRef text);

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_PARSER_H
