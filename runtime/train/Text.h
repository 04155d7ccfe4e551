//===- Text.h - texts as streams of tokens ----------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_TEXT_H
#define DLCC_RUNTIME_TRAIN_TEXT_H

#include "runtime/train/DataSet.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dlcc::train {

enum class TextUnit { Characters, Words };

/// The tokens of a text, each with a number: the most frequent is 0, of equally
/// frequent ones the first in the order of bytes. What is no token has the
/// number of "<unk>".
class Vocabulary {
public:
  /// Of at most `most` tokens (0: as many as there are). Where there are more,
  /// and where there is room, the last one is "<unk>".
  Vocabulary(const std::vector<std::string_view> &text, int64_t most);
  explicit Vocabulary(std::vector<std::string> tokens);

  const std::vector<std::string> &tokens() const { return list; }
  /// -1 where neither the token nor "<unk>" is in it.
  int32_t find(std::string_view token) const;

private:
  void number();

  std::vector<std::string> list;
  std::unordered_map<std::string_view, int32_t> numbers;
};

/// The tokens that a weights file or checkpoint holds; none where the path is
/// empty. What is wrong with a file is said where it is loaded.
std::vector<std::string> vocabularyOf(const std::string &weights);

/// How many tokens the vocabulary of a text has, "<unk>" included, read as the
/// first of these fields that a text has wants it; 0 where it has none of them.
int64_t countTokens(const std::string &file,
                    const std::vector<std::string> &fields);

/// Cuts a text into code points, or into what stands between white space.
/// Refuses with file, line and column what is not UTF-8.
std::vector<std::string_view> cutText(const std::string &file,
                                      std::string_view text, TextUnit unit);

/// Makes the fields that the model's inputs want of the splits that are texts:
/// 'token' and 'next' of characters, 'word' and 'next_word' of words. A row is
/// as many tokens as the inputs take; the text is cut into as many streams as a
/// batch has rows, and each row of a batch goes on where that row of the batch
/// before stopped. `known` are the tokens of the weights that training begins
/// with, if they have any; else the training text gives them. Returns the
/// vocabulary's tokens.
std::vector<std::string> makeStreams(const dlcc_model &model, DataSet &data,
                                     const std::vector<std::string> &known);

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_TEXT_H
