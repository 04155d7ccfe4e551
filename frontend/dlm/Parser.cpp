//===- Parser.cpp - tokens, errors and declarations -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Parser.h"

using namespace dlcc::dlm;
using llvm::StringRef;

StringRef dlcc::dlm::unquote(StringRef text) {
  text.consume_front("\"");
  text.consume_back("\"");
  return text;
}

Parser::Parser(const Sources &sources, uint32_t file, Diagnostics &diagnostics)
    : sources(sources), diagnostics(diagnostics),
      tokens(lex(sources, file, diagnostics)),
      ast(std::make_unique<FileAst>()) {
  ast->file = file;
}

//===----------------------------------------------------------------------===//
// Tokens and errors
//===----------------------------------------------------------------------===//

bool Parser::accept(StringRef spelling) {
  if (!isAt(spelling))
    return false;
  ++at;
  return true;
}

bool Parser::atStatementEnd() const {
  return token().startsLine || isAt(";") || isAt("}");
}

void Parser::error(Diagnostic &&diagnostic) {
  if (!panicking)
    diagnostics.report(diagnostic);
  panicking = true;
}

std::string Parser::describe(const Token &token) const {
  if (token.kind == TokenKind::End)
    return "the end of the file";
  if (token.startsLine && !brackets && &token != &tokens.front())
    return "the end of the line";
  return ("'" + token.text + "'").str();
}

void Parser::expected(const llvm::Twine &what, StringRef hint) {
  // An error token stopped the parse: the lexer has said why.
  if (token().kind == TokenKind::Error) {
    panicking = true;
    return;
  }
  Range range = token().range;
  // Where a line ends too early the place to change is its end.
  if (at && token().startsLine && (!brackets || token().text.empty()))
    range = {range.file, previous().range.end, previous().range.end};
  error(Diagnostic(range, "expected " + what + ", found " + describe(token()))
            .withHint(hint));
}

bool Parser::expect(StringRef spelling, const llvm::Twine &context) {
  if (accept(spelling))
    return true;
  expected("'" + spelling + "' " + context);
  return false;
}

bool Parser::expectClosing(StringRef spelling, Range open) {
  if (accept(spelling))
    return true;
  bool ends = token().startsLine || isAt("}") || isAt("{") || isAt(";");
  if (ends && token().kind != TokenKind::Error)
    error(Diagnostic(open, "'" + sources.text(open) + "' is never closed")
              .withHint("add '" + spelling + "'"));
  else
    expected("',' or '" + spelling + "'");
  return false;
}

/// Goes to the beginning of the next statement, over whole blocks.
void Parser::skipStatement() {
  panicking = false;
  brackets = nesting = 0;
  size_t begin = at;
  while (token().kind != TokenKind::End && !isAt("}")) {
    if (at != begin && token().startsLine)
      return;
    if (accept(";"))
      return;
    if (isAt("{"))
      skipBalanced();
    else
      ++at;
  }
}

/// Goes over a bracket and all up to the one that closes it.
void Parser::skipBalanced() {
  unsigned open = 0;
  do {
    if (isAt("(") || isAt("[") || isAt("{"))
      ++open;
    else if (isAt(")") || isAt("]") || isAt("}"))
      --open;
    if (token().kind == TokenKind::End)
      return;
    ++at;
  } while (open);
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

std::unique_ptr<FileAst> Parser::parseFile() {
  while (token().kind != TokenKind::End) {
    if (accept(";"))
      continue;
    parseDeclaration();
    if (panicking)
      skipDeclaration();
  }
  return std::move(ast);
}

Expr *Parser::parseLoneExpression(FileAst &into) {
  std::swap(*ast, into);
  Expr *expr = parseExpr();
  if (!panicking && token().kind != TokenKind::End)
    expected("the end of the value");
  std::swap(*ast, into);
  return expr;
}

void Parser::parseDeclaration() {
  if (isAt("import"))
    return parseImport();
  if (isAt("const"))
    return parseConst();
  if (isAt("fn"))
    return parseFunction();
  if (isAt("model"))
    return parseModel();
  if (isAt("training"))
    return parseTraining();
  if (isAt("layer")) {
    Stmt *layer = parseLayer();
    if (panicking)
      layer->kind = StmtKind::Error;
    ast->layers.push_back(layer);
    return;
  }
  if (isAt("extern"))
    return parseExtern();
  if (isAtData()) {
    Stmt *data = parseData();
    if (panicking)
      data->kind = StmtKind::Error;
    ast->data.push_back(data);
    return;
  }
  if (isAt("}"))
    error(Diagnostic(token().range, "this '}' closes nothing")
              .withHint("take it away, or look for a missing '{' above"));
  else if (isAtName() && tokens[at + 1].is("="))
    error(Diagnostic(token().range, "a binding stands in a model or a function")
              .withHint("for a constant of the file write 'const " +
                        token().text + " = …'"));
  else
    expected(
        "a declaration",
        "a file holds import, const, fn, extern fn, layer, model, training "
        "and data");
  ast->structureBroken = true;
}

/// After an error outside of a body: goes to what begins the next declaration.
void Parser::skipDeclaration() {
  panicking = false;
  brackets = nesting = 0;
  for (size_t begin = at; token().kind != TokenKind::End; ++at) {
    if (token().startsLine && at != begin && isAtData())
      return;
    if (token().startsLine && (at != begin || !isAt("}")))
      for (StringRef word :
           {"import", "const", "fn", "model", "training", "layer", "extern"})
        if (isAt(word))
          return;
  }
}

bool Parser::parseName(Name &into, const llvm::Twine &what) {
  if (!isAtName()) {
    if (token().kind == TokenKind::Identifier && !token().startsLine)
      error(Diagnostic(token().range, "'" + token().text +
                                          "' is a word of the language and "
                                          "cannot be a name"));
    else
      expected(what);
    return false;
  }
  into = {token().text.str(), token().range};
  ++at;
  return true;
}

void Parser::parseImport() {
  ++at;
  if (token().kind != TokenKind::String || token().startsLine)
    return expected("a path in double quotes", "import \"layers.dlm\"");
  ast->imports.push_back({unquote(token().text).str(), token().range});
  ++at;
  if (token().kind != TokenKind::End && !atStatementEnd())
    expected("the end of the line");
}

void Parser::parseConst() {
  ++at;
  ConstDecl decl;
  if (!parseName(decl.name, "the constant's name"))
    return;
  if (expect("=", "after the constant's name"))
    decl.value = parseExpr();
  if (!panicking && token().kind != TokenKind::End && !atStatementEnd())
    expected("the end of the line");
  // A constant whose value is broken still has a name.
  if (panicking)
    decl.value = make(ExprKind::Error, decl.name.range);
  ast->constants.push_back(std::move(decl));
}

void Parser::parseFunction() {
  ++at;
  FunctionDecl decl;
  if (!parseName(decl.name, "the function's name")) {
    ast->structureBroken = true;
    return;
  }
  if (!parseParameters(decl.parameters, /*needTypes=*/false)) {
    decl.isBroken = true;
    while (!isAt("{") && token().kind != TokenKind::End)
      ++at;
    panicking = false;
    brackets = nesting = 0;
  }
  decl.body = parseBlock("the function's body");
  if (isAt("gradient"))
    parseGradient(decl);
  ast->functions.push_back(std::move(decl));
}

void Parser::parseGradient(FunctionDecl &function) {
  GradientDecl &gradient = function.gradient.emplace();
  gradient.keyword = token().range;
  ++at;
  if (!parseParameters(gradient.parameters, /*needTypes=*/false)) {
    function.isBroken = true;
    while (!isAt("{") && token().kind != TokenKind::End)
      ++at;
    panicking = false;
    brackets = nesting = 0;
  }
  for (const ParameterDecl &parameter : gradient.parameters)
    if (parameter.type || parameter.defaultValue) {
      diagnostics.report(
          Diagnostic(parameter.name.range,
                     "'" + parameter.name.text +
                         "' is the gradient of a result: it has neither type "
                         "nor default"));
      function.isBroken = true;
    }
  gradient.body = parseBlock("the gradient's body");
}

void Parser::parseModel() {
  ++at;
  ModelDecl decl;
  bool ok = parseName(decl.name, "the model's name") &&
            parseParameters(decl.inputs, /*needTypes=*/true) &&
            expect("->", "and the model's outputs");
  if (ok && accept("(")) {
    Range open = previous().range;
    ++brackets;
    do {
      Name output;
      if (!parseName(output, "an output's name"))
        break;
      decl.outputs.push_back(output);
    } while (accept(","));
    --brackets;
    ok = !panicking && expectClosing(")", open);
  } else if (ok) {
    Name output;
    ok = parseName(output, "an output's name");
    decl.outputs.push_back(output);
  }
  if (!ok) {
    ast->structureBroken = true;
    return;
  }
  decl.body = parseBlock("the model's body");
  ast->models.push_back(std::move(decl));
}

void Parser::parseTraining() {
  TrainingDecl decl;
  decl.keyword = token().range;
  ++at;
  bool ok = parseName(decl.model, "the name of the model to train");
  if (ok && accept("."))
    ok = parseName(decl.block, "the block's name");
  ok = ok && parseParameters(decl.inputs, /*needTypes=*/true);
  if (!ok) {
    ast->structureBroken = true;
    return;
  }
  decl.body = parseBlock("the training block's body");
  ast->trainings.push_back(std::move(decl));
}

bool Parser::parseParameters(std::vector<ParameterDecl> &into, bool needTypes) {
  Range open = token().range;
  if (!expect("(", "and the inputs"))
    return false;
  ++brackets;
  while (!panicking && !isAt(")")) {
    ParameterDecl decl;
    if (!parseName(decl.name,
                   needTypes ? "an input's name" : "a parameter's name"))
      break;
    if (accept(":")) {
      decl.type.emplace();
      if (!parseType(*decl.type))
        break;
    } else if (needTypes) {
      error(Diagnostic(decl.name.range,
                       "input '" + decl.name.text + "' has no type")
                .withHint("write " + decl.name.text + ": f32[batch, …]"));
      break;
    }
    if (!needTypes && accept("="))
      decl.defaultValue = parseExpr();
    into.push_back(std::move(decl));
    if (!panicking && !accept(","))
      break;
  }
  --brackets;
  return !panicking && expectClosing(")", open);
}

bool Parser::parseType(TypeExpr &into) {
  into.range = token().range;
  if (!parseName(into.element, "a type"))
    return false;
  Range open = token().range;
  if (!expect("[", "and the dimensions, as in f32[batch, 784]"))
    return false;
  while (!panicking && !isAt("]")) {
    into.dims.push_back(parseExpr());
    if (!panicking && !accept(","))
      break;
  }
  if (panicking || !expectClosing("]", open))
    return false;
  if (accept("<"))
    into.bound = parseUnary();
  into.range = join(into.range, previous().range);
  return !panicking;
}
