//===- Lexer.cpp - text to tokens -----------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Lexer.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ConvertUTF.h"

using namespace dlcc::dlm;
using llvm::StringRef;

namespace {

class Lexer {
public:
  Lexer(const Sources &sources, uint32_t file, Diagnostics &diagnostics)
      : text(sources.get(file).text), file(file), diagnostics(diagnostics) {}

  std::vector<Token> run() {
    while (skipBlanks(), at < text.size())
      next();
    push(TokenKind::End, at);
    return std::move(tokens);
  }

private:
  char peek(size_t ahead = 0) const {
    return at + ahead < text.size() ? text[at + ahead] : '\0';
  }

  void push(TokenKind kind, size_t begin) {
    Range range = {file, static_cast<uint32_t>(begin),
                   static_cast<uint32_t>(at)};
    bool first = startsLine || tokens.empty() || kind == TokenKind::End;
    tokens.push_back({kind, range, text.slice(begin, at), first});
    startsLine = false;
  }

  /// Reports, and leaves a token at which the parser gives up in silence.
  void error(size_t begin, const llvm::Twine &what, StringRef hint = "") {
    Range range = {file, static_cast<uint32_t>(begin),
                   static_cast<uint32_t>(at)};
    diagnostics.report(Diagnostic(range, what).withHint(hint));
    push(TokenKind::Error, begin);
  }

  void skipBlanks() {
    for (;; ++at) {
      if (peek() == '\n')
        startsLine = true;
      else if (peek() == '/' && peek(1) == '/')
        at = std::min(text.find('\n', at), text.size()) - 1;
      else if (peek() == '/' && peek(1) == '*')
        skipBlockComment();
      else if (peek() != ' ' && peek() != '\t' && peek() != '\r')
        return;
    }
  }

  void skipBlockComment() {
    size_t end = text.find("*/", at + 2), begin = at;
    if (end == StringRef::npos) {
      at = begin + 2;
      error(begin, "this comment is never closed", "end it with '*/'");
      at = text.size() - 1;
      return;
    }
    startsLine |= text.slice(begin, end).contains('\n');
    at = end + 1;
  }

  void next() {
    size_t begin = at;
    char c = peek();
    if (llvm::isAlpha(c) || c == '_') {
      while (llvm::isAlnum(peek()) || peek() == '_')
        ++at;
      return push(TokenKind::Identifier, begin);
    }
    if (llvm::isDigit(c) || (c == '.' && llvm::isDigit(peek(1))))
      return number();
    if (c == '"')
      return string();
    for (StringRef spelling : {"...", "..", "->", "<-", "==", "!=", "<=", ">="})
      if (text.substr(at).starts_with(spelling)) {
        at += spelling.size();
        return push(TokenKind::Punctuation, begin);
      }
    if (StringRef("()[]{}+-*/^%<>=,;:.?").contains(c)) {
      ++at;
      return push(TokenKind::Punctuation, begin);
    }
    foreignCharacter();
  }

  void digits() {
    while (llvm::isDigit(peek()))
      ++at;
  }

  void number() {
    size_t begin = at;
    bool isFloat = false;
    digits();
    // `0..n` is a range, `x.0` no number.
    if (peek() == '.' && peek(1) != '.') {
      isFloat = true;
      ++at;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if (llvm::isDigit(peek(sign))) {
        isFloat = true;
        at += sign;
        digits();
      }
    }
    if (llvm::isAlpha(peek()) || peek() == '_') {
      while (llvm::isAlnum(peek()) || peek() == '_')
        ++at;
      error(begin, "'" + text.slice(begin, at) + "' is neither number nor name",
            "a name begins with a letter; between a number and a unit stands a "
            "space");
      return;
    }
    push(isFloat ? TokenKind::Float : TokenKind::Integer, begin);
  }

  void string() {
    size_t begin = at++;
    while (at < text.size() && peek() != '"' && peek() != '\n')
      ++at;
    if (peek() != '"') {
      error(begin, "this string is not closed on its line", "end it with '\"'");
      return;
    }
    ++at;
    push(TokenKind::String, begin);
  }

  /// One report for a run of characters that start no token.
  void foreignCharacter() {
    size_t begin = at;
    auto isForeign = [](char c) {
      return static_cast<unsigned char>(c) >= 0x80;
    };
    if (!isForeign(peek())) {
      ++at;
      std::string shown = llvm::isPrint(text[begin])
                              ? std::string(1, text[begin])
                              : "\\x" + llvm::utohexstr(text[begin], true, 2);
      return error(begin, "unexpected character '" + shown + "'",
                   hintFor(text[begin]));
    }
    while (at < text.size() && isForeign(peek()))
      ++at;
    StringRef run = text.slice(begin, at);
    auto *bytes = reinterpret_cast<const llvm::UTF8 *>(run.begin());
    if (run.size() < 32 &&
        llvm::isLegalUTF8String(
            &bytes, reinterpret_cast<const llvm::UTF8 *>(run.end())))
      return error(begin, "unexpected character '" + run + "'",
                   "names and operators are ASCII");
    error(begin, "unexpected bytes that are no text",
          "a model file is plain text");
  }

  static StringRef hintFor(char c) {
    switch (c) {
    case '#':
      return "a comment begins with '//'";
    case '\'':
      return "strings stand in double quotes";
    case '&':
      return "write 'and'";
    case '|':
      return "write 'or'";
    case '!':
      return "write 'not'";
    case '@':
      return "a matrix product is 'matmul(a, b)'";
    }
    return "";
  }

  StringRef text;
  uint32_t file;
  Diagnostics &diagnostics;
  size_t at = 0;
  bool startsLine = true;
  std::vector<Token> tokens;
};

} // namespace

bool dlcc::dlm::isKeyword(StringRef text) {
  return llvm::StringSwitch<bool>(text)
      .Cases({"fn", "model", "training", "layer", "const", "import", "for"},
             true)
      .Cases({"in", "if", "else", "repeat", "return", "true", "false"}, true)
      .Cases({"none", "and", "or", "not"}, true)
      .Default(false);
}

std::vector<Token> dlcc::dlm::lex(const Sources &sources, uint32_t file,
                                  Diagnostics &diagnostics) {
  return Lexer(sources, file, diagnostics).run();
}
