//===- Ast.h - the syntax tree ----------------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_AST_H
#define DLCC_FRONTEND_DLM_AST_H

#include "frontend/dlm/Source.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlcc::dlm {

struct Expr;

/// A name as it stands in the text.
struct Name {
  std::string text;
  Range range;
};

/// An argument of a call; `name` is empty for a positional one.
struct Argument {
  Name name;
  Expr *value = nullptr;
};

/// One item between the brackets of an index: `i`, `a:b:c`, `none` or `...`.
struct IndexItem {
  bool isSlice = false, isEllipsis = false;
  Expr *begin = nullptr; ///< or the index itself
  Expr *end = nullptr, *step = nullptr;
  Range range;
};

enum class ExprKind {
  Error, ///< was reported; evaluates to poison
  Integer,
  Float,
  String,
  Bool,
  None,
  Name,
  Unary,    ///< `text` operand 0
  Binary,   ///< operand 0 `text` operand 1; also comparisons, and, or
  Ternary,  ///< operand 0 ? operand 1 : operand 2
  Range,    ///< operand 0 .. operand 1
  List,     ///< [operands]
  Call,     ///< operand 0 (arguments)
  Member,   ///< operand 0 . text
  Index,    ///< operand 0 [items]
  Duration, ///< operand 0 `text`: epochs or steps
  Scan,     ///< scan
};

struct Stmt;

/// `scan (x in xs, axis = 1; h = h0) { … }`
struct ScanExpr {
  std::vector<Argument> inputs; ///< `name in value`
  Expr *axis = nullptr, *reverse = nullptr;
  std::vector<Argument> carries; ///< `name = value`, of the first step
  std::vector<Stmt *> body;
};

/// One struct for all expressions: the evaluator is one switch over `kind`,
/// and a tree in an arena needs no destructors that recurse.
struct Expr {
  ExprKind kind = ExprKind::Error;
  Range range;   ///< all of it
  Range pointAt; ///< what a caret should stand under: the operator, the callee
  std::string text;
  int64_t integer = 0;
  double number = 0;
  bool truth = false;
  std::vector<Expr *> operands;
  std::vector<Argument> arguments;
  std::vector<IndexItem> items;
  std::shared_ptr<ScanExpr> scan;
  unsigned depth = 1; ///< of the tree; the parser limits it
};

enum class StmtKind {
  Error,  ///< was reported; the names in `targets` are poison
  Assign, ///< targets = value
  Store,  ///< targets[0] <- value
  Call,   ///< value, a call for its effect
  If,
  For,    ///< for targets in value
  Repeat, ///< repeat value
  Return, ///< return values
  Layer,  ///< layer targets[0] = value
  Report, ///< report targets[0] = value
  Group,  ///< parameters patterns { body }
  Only,   ///< only patterns
  Data,   ///< data split { body }
};

/// A string of a pattern list, without quotes.
struct Pattern {
  std::string text;
  Range range;
};

struct Stmt {
  StmtKind kind = StmtKind::Error;
  Range range;
  std::vector<Name> targets;
  Expr *value = nullptr;
  std::vector<Expr *> values;
  std::vector<Stmt *> body, otherwise;
  std::vector<Pattern> patterns;
  Name split; ///< of a data block; empty: both
};

/// `f32[batch, 784]`, with `< 10` behind it for an index that is bounded.
struct TypeExpr {
  Name element;
  std::vector<Expr *> dims;
  Expr *bound = nullptr;
  Range range;
};

struct ParameterDecl {
  Name name;
  std::optional<TypeExpr> type;
  Expr *defaultValue = nullptr;
};

/// `gradient (dy) { … }` behind a function's body.
struct GradientDecl {
  Range keyword;
  std::vector<ParameterDecl> parameters; ///< gradients of the results
  std::vector<Stmt *> body;
};

/// `-> f32[n] = "symbol" gradient "symbol"` behind an extern function's
/// parameters.
struct ExternDecl {
  std::vector<TypeExpr> results;
  Pattern symbol;
  std::optional<Pattern> gradient;
};

struct FunctionDecl {
  Name name;
  std::vector<ParameterDecl> parameters;
  std::vector<Stmt *> body;
  std::optional<GradientDecl> gradient;
  std::optional<ExternDecl> external; ///< in the place of a body
  bool isBroken = false;              ///< was reported; calls give poison
};

struct ModelDecl {
  Name name;
  std::vector<ParameterDecl> inputs;
  std::vector<Name> outputs;
  std::vector<Stmt *> body;
};

struct TrainingDecl {
  Range keyword;
  Name model, block; ///< block is empty where the block has no name
  std::vector<ParameterDecl> inputs;
  std::vector<Stmt *> body;
};

struct ConstDecl {
  Name name;
  Expr *value = nullptr;
};

struct ImportDecl {
  std::string path;
  Range range;
};

/// What a file holds, each kind in the order of the text.
struct FileAst {
  uint32_t file = 0;
  std::vector<ImportDecl> imports;
  std::vector<FunctionDecl> functions;
  std::vector<ModelDecl> models;
  std::vector<TrainingDecl> trainings;
  std::vector<ConstDecl> constants;
  std::vector<Stmt *> layers, data;
  /// A bracket of the file's structure is missing, so that what a name stands
  /// for can only be guessed: nothing of it is evaluated.
  bool structureBroken = false;

  Expr *newExpr() { return exprs.emplace_back(std::make_unique<Expr>()).get(); }
  Stmt *newStmt() { return stmts.emplace_back(std::make_unique<Stmt>()).get(); }

private:
  std::vector<std::unique_ptr<Expr>> exprs;
  std::vector<std::unique_ptr<Stmt>> stmts;
};

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_AST_H
