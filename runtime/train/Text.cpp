//===- Text.cpp - texts as streams of tokens ------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Text.h"

#include "runtime/Tensors.h"
#include "runtime/train/ByteReader.h"
#include "runtime/train/Refusal.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <optional>

using namespace dlcc;
using namespace dlcc::train;

/// "FILE:LINE:COLUMN" of a byte; columns count characters.
static std::string placeOf(const std::string &file, std::string_view text,
                           size_t at) {
  std::string_view before = text.substr(0, at);
  size_t line = std::count(before.begin(), before.end(), '\n') + 1;
  std::string_view own = before.substr(before.rfind('\n') + 1);
  auto begins = [](unsigned char byte) { return (byte & 0xc0) != 0x80; };
  size_t column = std::count_if(own.begin(), own.end(), begins) + 1;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

/// Bytes of the code point that begins there, 0 where it is none (RFC 3629).
static size_t codePointBytes(std::string_view text, size_t at) {
  auto byte = [&](size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  unsigned first = byte(0);
  if (first < 0x80)
    return 1;
  size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4)
    return 0;
  for (size_t i = 1; i < bytes; ++i)
    if ((byte(i) & 0xc0) != 0x80)
      return 0;
  // Neither longer than need be, nor a surrogate, nor beyond U+10FFFF.
  unsigned second = byte(1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
    return 0;
  return bytes;
}

static bool isBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::vector<std::string_view> dlcc::train::cutText(const std::string &file,
                                                   std::string_view text,
                                                   TextUnit unit) {
  std::vector<std::string_view> tokens;
  size_t wordBegin = 0;
  for (size_t at = 0; at < text.size();) {
    size_t bytes = codePointBytes(text, at);
    if (bytes == 0) {
      char number[8];
      std::snprintf(number, sizeof number, "0x%02x",
                    static_cast<unsigned char>(text[at]));
      throw Refusal(placeOf(file, text, at) + ": the byte " + number +
                    " is not UTF-8");
    }
    if (unit == TextUnit::Characters) {
      tokens.push_back(text.substr(at, bytes));
    } else if (isBlank(text[at])) {
      if (at > wordBegin)
        tokens.push_back(text.substr(wordBegin, at - wordBegin));
      wordBegin = at + 1;
    }
    at += bytes;
  }
  if (unit == TextUnit::Words && text.size() > wordBegin)
    tokens.push_back(text.substr(wordBegin));
  return tokens;
}

namespace {

/// A field of a text, by name.
struct TextField {
  const char *name;
  TextUnit unit;
  int64_t shift; ///< 1: the token after
};
constexpr TextField kFields[] = {{"token", TextUnit::Characters, 0},
                                 {"next", TextUnit::Characters, 1},
                                 {"word", TextUnit::Words, 0},
                                 {"next_word", TextUnit::Words, 1}};

const TextField *findTextField(const std::string &name) {
  auto field = std::find_if(std::begin(kFields), std::end(kFields),
                            [&](const TextField &f) { return f.name == name; });
  return field == std::end(kFields) ? nullptr : field;
}

/// What the model's inputs want of a text.
struct Wanted {
  std::optional<TextUnit> unit;
  int64_t steps = 0;
  int64_t most = 0; ///< tokens; 0: any number
};

void addInput(const dlcc_entry &entry, int32_t number, Wanted &wanted,
              const std::string &file) {
  const dlcc_tensor &input = entry.inputs[number];
  bool isFed = entry.feeds && entry.feeds[number].field;
  std::string name = isFed ? entry.feeds[number].field : input.name;
  const TextField *field = findTextField(name);
  if (!field)
    return;
  if (wanted.unit && *wanted.unit != field->unit)
    throw Refusal(file + " is read as characters (token, next) or as words "
                         "(word, next_word); the model's inputs take both");
  wanted.unit = field->unit;
  if (wanted.steps && wanted.steps != input.row_elements)
    throw Refusal("input '" + std::string(input.name) + "' takes " +
                  std::to_string(input.row_elements) +
                  " tokens a row of the text, another input " +
                  std::to_string(wanted.steps));
  wanted.steps = input.row_elements;
  if (input.bound > 0 && (wanted.most == 0 || input.bound < wanted.most))
    wanted.most = input.bound;
}

Wanted findWanted(const dlcc_model &model, const std::string &file) {
  Wanted wanted;
  std::string inputs;
  for (int32_t i = 0; i < model.num_entries; ++i) {
    const dlcc_entry &entry = model.entries[i];
    if (entry.kind != DLCC_ENTRY_TRAIN && entry.kind != DLCC_ENTRY_EVALUATE)
      continue;
    for (int32_t k = 0; k < entry.num_inputs; ++k) {
      addInput(entry, k, wanted, file);
      if (entry.kind == DLCC_ENTRY_TRAIN)
        inputs += (inputs.empty() ? "'" : ", '") +
                  std::string(entry.inputs[k].name) + "'";
    }
  }
  if (!wanted.unit || wanted.steps == 0)
    throw Refusal(file +
                  " is a text, which has the fields 'token' and 'next' (of "
                  "characters) and 'word' and 'next_word'; the model's inputs "
                  "are " +
                  inputs);
  return wanted;
}

const char *unitName(TextUnit unit) {
  return unit == TextUnit::Words ? "words" : "characters";
}

std::string readAll(const std::string &path) {
  if (std::filesystem::is_empty(path))
    throw Refusal(path + " is empty");
  ByteReader reader(path);
  std::vector<unsigned char> bytes = reader.readRecords(1);
  return {bytes.begin(), bytes.end()};
}

/// Numbers the tokens, and cuts them into streams.
void fillSplit(Split &split, const std::string &text,
               const std::vector<std::string_view> &tokens,
               const Vocabulary &vocabulary, const Wanted &wanted,
               int64_t batch) {
  const std::string &file = split.text;
  auto count = static_cast<int64_t>(tokens.size());
  int64_t streams = std::min(batch, (count - 1) / wanted.steps);
  if (count < 2 || streams < 1)
    throw Refusal(file + " has " + std::to_string(count) + " " +
                  unitName(*wanted.unit) + "; a row takes " +
                  std::to_string(wanted.steps) + " and the one after");
  std::shared_ptr<unsigned char[]> data =
      allocateFor(file, checkedBytes(file, {count}, sizeof(int32_t)));
  auto *numbers = reinterpret_cast<int32_t *>(data.get());
  for (int64_t i = 0; i < count; ++i) {
    numbers[i] = vocabulary.find(tokens[i]);
    if (numbers[i] < 0)
      throw Refusal(
          placeOf(file, text, tokens[i].data() - text.data()) + ": '" +
          std::string(tokens[i]) + "' is not in the vocabulary, whose " +
          std::to_string(vocabulary.tokens().size()) + " " +
          unitName(*wanted.unit) + " leave no room for an unknown one");
  }
  int64_t length = (count - 1) / streams;
  int64_t rows = streams * (length / wanted.steps);
  for (const TextField &field : kFields)
    if (field.unit == *wanted.unit)
      split.add({field.name,
                 file,
                 DLCC_I32,
                 {wanted.steps},
                 rows,
                 data,
                 nullptr,
                 Streams{streams, length, field.shift}});
}

void noteUnknown(const std::string &file, const Vocabulary &vocabulary,
                 const std::vector<std::string_view> &tokens, TextUnit unit) {
  int32_t unknown = vocabulary.find("<unk>");
  auto isUnknown = [&](std::string_view token) {
    return token != "<unk>" && vocabulary.find(token) == unknown;
  };
  auto count = std::count_if(tokens.begin(), tokens.end(), isUnknown);
  if (unknown >= 0 && count > 0)
    std::fprintf(stderr,
                 "note: the vocabulary of %zu leaves out %.1f%% of the %s of "
                 "%s\n",
                 vocabulary.tokens().size(), 100.0 * count / tokens.size(),
                 unitName(unit), file.c_str());
}

} // namespace

std::vector<std::string>
dlcc::train::makeStreams(const dlcc_model &model, DataSet &data,
                         const std::vector<std::string> &known) {
  std::optional<Vocabulary> vocabulary;
  if (!known.empty())
    vocabulary.emplace(known);
  auto fill = [&](Split &split) {
    Wanted wanted = findWanted(model, split.text);
    std::string text = readAll(split.text);
    std::vector<std::string_view> tokens =
        cutText(split.text, text, *wanted.unit);
    if (!vocabulary)
      vocabulary.emplace(tokens, wanted.most);
    auto size = static_cast<int64_t>(vocabulary->tokens().size());
    if (wanted.most && size > wanted.most)
      throw Refusal("the weights have a vocabulary of " + std::to_string(size) +
                    " tokens, the model's inputs take " +
                    std::to_string(wanted.most));
    noteUnknown(split.text, *vocabulary, tokens, *wanted.unit);
    fillSplit(split, text, tokens, *vocabulary, wanted, model.batch);
  };
  if (!data.train.text.empty())
    fill(data.train);
  if (data.test && !data.test->text.empty())
    fill(*data.test);
  return vocabulary ? vocabulary->tokens() : std::vector<std::string>();
}

int64_t dlcc::train::countTokens(const std::string &file,
                                 const std::vector<std::string> &fields) {
  for (const std::string &name : fields)
    if (const TextField *field = findTextField(name)) {
      std::string text = readAll(file);
      Vocabulary vocabulary(cutText(file, text, field->unit), /*most=*/0);
      return static_cast<int64_t>(vocabulary.tokens().size());
    }
  return 0;
}
