//===- Lexer.h - text to tokens ---------------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_LEXER_H
#define DLCC_FRONTEND_DLM_LEXER_H

#include "frontend/dlm/Diagnostics.h"

namespace dlcc::dlm {

enum class TokenKind {
  End,
  Identifier, ///< or a keyword: these are told apart by their text
  Integer,
  Float,
  String,     ///< with its quotes
  Error,      ///< was reported; what the parser makes of it is not
  Punctuation ///< an operator, a bracket, a separator
};

struct Token {
  TokenKind kind = TokenKind::End;
  Range range;
  llvm::StringRef text;
  /// First token of its line. A statement ends where such a token comes after
  /// it outside of brackets.
  bool startsLine = false;

  bool is(llvm::StringRef spelling) const {
    return (kind == TokenKind::Punctuation || kind == TokenKind::Identifier) &&
           text == spelling;
  }
};

/// The words that are never names.
bool isKeyword(llvm::StringRef text);

/// All tokens of a file, the last one End. Characters that belong to no token
/// are reported and left out.
std::vector<Token> lex(const Sources &sources, uint32_t file,
                       Diagnostics &diagnostics);

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_LEXER_H
