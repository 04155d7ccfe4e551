//===- LexerTest.cpp - text to tokens -------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Lexer.h"

#include <gtest/gtest.h>

using namespace dlcc::dlm;

namespace {

struct Lexed {
  Sources sources;
  std::vector<std::string> errors;
  std::vector<Token> tokens;

  explicit Lexed(std::string text) {
    uint32_t file = sources.add("t.dlm", std::move(text));
    Diagnostics diagnostics(sources, [&](Severity, const std::string &said) {
      errors.push_back(said);
    });
    tokens = lex(sources, file, diagnostics);
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> result;
    for (const Token &token : tokens)
      if (token.kind != TokenKind::End)
        result.push_back(token.text.str());
    return result;
  }
};

using Texts = std::vector<std::string>;

} // namespace

TEST(LexerTest, NumbersRangesAndMembers) {
  EXPECT_EQ(Lexed("0..n 1.5 5e-4 .5 x.y").texts(),
            (Texts{"0", "..", "n", "1.5", "5e-4", ".5", "x", ".", "y"}));
}

TEST(LexerTest, LongestOperatorWins) {
  EXPECT_EQ(Lexed("a<-b<=c->d...").texts(),
            (Texts{"a", "<-", "b", "<=", "c", "->", "d", "..."}));
}

TEST(LexerTest, CommentsAreBlanks) {
  Lexed lexed("a // b\n/* c\n */ d");
  EXPECT_EQ(lexed.texts(), (Texts{"a", "d"}));
  EXPECT_TRUE(lexed.tokens[1].startsLine);
}

TEST(LexerTest, FirstTokenOfALineIsMarked) {
  Lexed lexed("a b\nc");
  EXPECT_TRUE(lexed.tokens[0].startsLine);
  EXPECT_FALSE(lexed.tokens[1].startsLine);
  EXPECT_TRUE(lexed.tokens[2].startsLine);
}

TEST(LexerTest, ForeignBytesAreOneError) {
  EXPECT_EQ(Lexed("a \xff\xfe\xfd b").errors.size(), 1u);
  EXPECT_EQ(Lexed(std::string("a \0 b", 5)).errors.size(), 1u);
  EXPECT_EQ(Lexed("\"never closed").errors.size(), 1u);
  EXPECT_EQ(Lexed("/* never closed").errors.size(), 1u);
}

TEST(LexerTest, KeywordsAreNoNames) {
  EXPECT_TRUE(isKeyword("model"));
  EXPECT_FALSE(isKeyword("batch"));
}
