//===- TextFormat.cpp - protobuf's text format with places ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/TextFormat.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

using namespace dlcc::caffe_reader;
using google::protobuf::io::Tokenizer;
using llvm::StringRef;
using llvm::Twine;

namespace {

/// The tokenizer's columns count from 0, and a tab ends at a multiple of 8;
/// ours count bytes from 1.
class Places {
public:
  Places(StringRef text, unsigned file) : file(file) {
    do {
      auto [line, rest] = text.split('\n');
      lines.push_back(line);
      text = rest;
    } while (!text.empty());
  }

  /// Goes on from the place before, where that is in the same line: a text may
  /// be a single one.
  Place at(int line, int column) {
    StringRef text = size_t(line) < lines.size() ? lines[line] : "";
    if (line != lastLine || column < seen)
      lastLine = line, seen = 0, bytes = 0;
    for (; bytes < text.size() && seen < column; ++bytes)
      seen += text[bytes] == '\t' ? 8 - seen % 8 : 1;
    return {file, unsigned(line) + 1, bytes + 1};
  }

private:
  unsigned file;
  std::vector<StringRef> lines;
  int lastLine = -1, seen = 0;
  unsigned bytes = 0;
};

/// What the tokenizer says becomes a Refusal; it must not be thrown through it.
class FirstError : public google::protobuf::io::ErrorCollector {
public:
  void AddError(int line, int column, const std::string &message) override {
    if (text.empty())
      text = message, errorLine = line, errorColumn = column;
  }
  std::string text;
  int errorLine = 0, errorColumn = 0;
};

class Parser {
public:
  Parser(StringRef text, unsigned file)
      : places(text, file), stream(text.data(), int(text.size())),
        tokens(&stream, &errors) {
    tokens.set_comment_style(Tokenizer::SH_COMMENT_STYLE);
    tokens.set_allow_f_after_float(true);
    tokens.set_require_space_after_number(false);
    tokens.set_allow_multiline_strings(false);
  }

  Message run() {
    next();
    Message message(here());
    parseFields(message, "");
    return message;
  }

private:
  const Tokenizer::Token &token() { return tokens.current(); }
  Place here() { return places.at(token().line, token().column); }

  void next() {
    tokens.Next();
    if (!errors.text.empty())
      throw Refusal(places.at(errors.errorLine, errors.errorColumn),
                    errors.text);
  }
  bool isAt(StringRef text) {
    return token().type == Tokenizer::TYPE_SYMBOL && token().text == text;
  }
  bool accept(StringRef text) {
    if (!isAt(text))
      return false;
    next();
    return true;
  }
  [[noreturn]] void refuse(const Twine &expected) {
    // The end of a file is that of the last thing in it.
    bool isEnd = token().type == Tokenizer::TYPE_END;
    const Tokenizer::Token &last = tokens.previous();
    throw Refusal(isEnd ? places.at(last.line, last.end_column) : here(),
                  "expected " + expected +
                      (isEnd ? " before the end of the file"
                             : ", not '" + token().text + "'"));
  }

  /// Fields up to `close`, or to the end of the file.
  void parseFields(Message &message, StringRef close) {
    constexpr unsigned kMostDepth = 100;
    if (++depth > kMostDepth)
      throw Refusal(here(), "messages are nested too deeply");
    while (close.empty() ? token().type != Tokenizer::TYPE_END : !isAt(close)) {
      parseField(message);
      if (!accept(";"))
        accept(",");
    }
    --depth;
  }

  void parseField(Message &message) {
    if (token().type != Tokenizer::TYPE_IDENTIFIER)
      refuse("the name of a field");
    std::string name = token().text;
    Place place = here();
    next();
    bool hasColon = accept(":");
    if (hasColon && accept("[")) {
      while (!isAt("]")) {
        parseValue(message, name, place, /*hasColon=*/true);
        if (!isAt("]") && !accept(","))
          refuse("',' or ']'");
      }
      next();
      return;
    }
    parseValue(message, name, place, hasColon);
  }

  void parseValue(Message &message, const std::string &name, Place place,
                  bool hasColon) {
    // No net comes near; of a hostile one this bounds the memory.
    constexpr unsigned kMostValues = 1000000;
    if (++count > kMostValues)
      throw Refusal(here(), "it has more than 1,000,000 values");
    Field field;
    field.name = name;
    field.place = place;
    field.valuePlace = here();
    for (auto [open, close] : {std::pair("{", "}"), std::pair("<", ">")})
      if (accept(open)) {
        field.kind = Field::Group;
        field.group = std::make_unique<Message>(place);
        parseFields(*field.group, close);
        next();
        message.fields.push_back(std::move(field));
        return;
      }
    if (!hasColon)
      refuse("':' or '{' behind '" + name + "'");
    bool isNegative = accept("-");
    field.text = isNegative ? "-" : "";
    switch (token().type) {
    case Tokenizer::TYPE_IDENTIFIER:
      field.kind = Field::Word;
      field.text += token().text;
      next();
      break;
    case Tokenizer::TYPE_INTEGER:
    case Tokenizer::TYPE_FLOAT:
      field.kind = Field::Number;
      field.text += token().text;
      next();
      break;
    case Tokenizer::TYPE_STRING:
      if (isNegative)
        refuse("a number");
      field.kind = Field::Text;
      // Strings side by side are one.
      for (; token().type == Tokenizer::TYPE_STRING; next())
        Tokenizer::ParseStringAppend(token().text, &field.text);
      break;
    default:
      refuse("a value for '" + name + "'");
    }
    message.fields.push_back(std::move(field));
  }

  Places places;
  FirstError errors;
  google::protobuf::io::ArrayInputStream stream;
  Tokenizer tokens;
  unsigned depth = 0, count = 0;
};

} // namespace

Message dlcc::caffe_reader::parseText(StringRef text, unsigned file) {
  return Parser(text, file).run();
}
