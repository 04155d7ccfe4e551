//===- ParseExtern.cpp - declarations of C functions ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// extern fn f(a: f32[n, d], k: i32[n]) -> f32[] = "f" gradient "f_grad"
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Parser.h"

using namespace dlcc::dlm;

bool Parser::parseExternParameters(FunctionDecl &decl) {
  if (!parseParameters(decl.parameters, /*needTypes=*/false))
    return false;
  for (const ParameterDecl &parameter : decl.parameters) {
    const std::string &name = parameter.name.text;
    if (!parameter.type)
      error(Diagnostic(parameter.name.range,
                       "'" + name + "' has no type, which a C function needs")
                .withHint("write " + name + ": f32[n, d]"));
    else if (parameter.defaultValue)
      error(Diagnostic(parameter.defaultValue->range,
                       "'" + name +
                           "' is given to a C function: it has no default"));
  }
  return !panicking;
}

/// A type, or several in brackets.
bool Parser::parseExternResults(ExternDecl &into) {
  if (!expect("->", "and what the function gives"))
    return false;
  if (!accept("("))
    return parseType(into.results.emplace_back());
  Range open = previous().range;
  ++brackets;
  do {
    if (!parseType(into.results.emplace_back()))
      break;
  } while (accept(","));
  --brackets;
  return !panicking && expectClosing(")", open);
}

bool Parser::parseSymbol(Pattern &into) {
  if (token().kind != TokenKind::String) {
    expected("the name of the C function in double quotes");
    return false;
  }
  into = {unquote(token().text).str(), token().range};
  ++at;
  return true;
}

void Parser::parseExtern() {
  ++at;
  FunctionDecl decl;
  if (!expect("fn", "behind 'extern'") ||
      !parseName(decl.name, "the function's name"))
    return;
  ExternDecl &external = decl.external.emplace();
  bool ok = parseExternParameters(decl) && parseExternResults(external) &&
            expect("=", "and the name of the C function in double quotes") &&
            parseSymbol(external.symbol);
  if (ok && accept("gradient"))
    ok = parseSymbol(external.gradient.emplace());
  if (ok && token().kind != TokenKind::End && !atStatementEnd())
    expected("the end of the line");
  // A function whose declaration is broken still has a name.
  decl.isBroken = panicking;
  ast->functions.push_back(std::move(decl));
}
