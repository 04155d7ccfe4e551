//===- TextTest.cpp - texts as streams of tokens --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Text.h"
#include "TemporaryFolder.h"
#include "runtime/train/Batches.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"

#include <gmock/gmock.h>

using namespace dlcc::train;
using fake::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

template <typename Body> std::string refusalOf(Body &&body) {
  try {
    body();
  } catch (const Refusal &refused) {
    return refused.what();
  }
  return "nothing is refused";
}

TEST(Text, IsCutIntoCodePoints) {
  EXPECT_THAT(
      cutText("t", "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\n",
              TextUnit::Characters),
      ElementsAre("a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\n"));
  EXPECT_THAT(cutText("t", "", TextUnit::Characters), IsEmpty());
}

TEST(Text, IsCutIntoWordsAtWhiteSpace) {
  EXPECT_THAT(cutText("t", "  to be,\tor\r\n\nn\xC3\xB6t", TextUnit::Words),
              ElementsAre("to", "be,", "or", "n\xC3\xB6t"));
  EXPECT_THAT(cutText("t", " \n", TextUnit::Words), IsEmpty());
}

TEST(Text, SaysWhereBytesAreNoUtf8) {
  // A stray byte, an end within a character, an overlong form, a surrogate and
  // what lies beyond the last code point.
  for (const char *bad : {"\xff", "\xE2\x82", "\xC0\x80", "\xE0\x80\x80",
                          "\xED\xA0\x80", "\xF4\x90\x80\x80"})
    EXPECT_THAT(refusalOf([&] {
                  cutText("t.txt", std::string("\xC3\xA4\nx\xC3\xA4") + bad,
                          TextUnit::Words);
                }),
                HasSubstr("t.txt:2:3: the byte 0x"))
        << bad;
}

std::vector<std::string> vocabularyOf(std::vector<std::string_view> text,
                                      int64_t most) {
  return Vocabulary(text, most).tokens();
}

TEST(Vocabulary, HasTheMostFrequentFirstAndTiesInOrder) {
  EXPECT_THAT(vocabularyOf({"c", "b", "a", "b"}, 0),
              ElementsAre("b", "a", "c", "<unk>"));
  EXPECT_THAT(vocabularyOf({"c", "b", "a", "b"}, 9),
              ElementsAre("b", "a", "c", "<unk>"));
}

TEST(Vocabulary, IsCapped) {
  EXPECT_THAT(vocabularyOf({"c", "b", "a", "b"}, 3),
              ElementsAre("b", "a", "c"));
  EXPECT_THAT(vocabularyOf({"c", "b", "a", "b"}, 2), ElementsAre("b", "<unk>"));
  EXPECT_THAT(vocabularyOf({"c", "b", "a", "b"}, 1), ElementsAre("<unk>"));
}

TEST(Vocabulary, TakesTheUnknownWordOfTheText) {
  EXPECT_THAT(vocabularyOf({"<unk>", "b", "<unk>", "a"}, 2),
              ElementsAre("<unk>", "a"));
  EXPECT_THAT(vocabularyOf({"b", "b", "a", "a", "<unk>"}, 2),
              ElementsAre("a", "<unk>"));
}

TEST(Vocabulary, NumbersWhatItHasAndWhatItHasNot) {
  Vocabulary open({"b", "<unk>", "a"});
  EXPECT_EQ(open.find("a"), 2);
  EXPECT_EQ(open.find("z"), 1);
  EXPECT_EQ(Vocabulary(std::vector<std::string>{"b"}).find("z"), -1);
}

/// A model whose training step reads `token` and `next`, i32[2, 3] below 5.
struct StreamsTest : testing::Test {
  int64_t dims[2] = {2, 3};
  dlcc_tensor inputs[2] = {{"token", DLCC_I32, 2, dims, 3, 5},
                           {"next", DLCC_I32, 2, dims, 3, 5}};
  dlcc_entry entry = {"train_step", "",      DLCC_ENTRY_TRAIN, 0, 2,      0,
                      inputs,       nullptr, nullptr,          0, nullptr};
  dlcc_model model = {};
  TemporaryFolder folder;

  StreamsTest() {
    model.batch = 2;
    model.num_entries = 1;
    model.entries = &entry;
  }

  DataSet read(const std::string &text,
               const std::vector<std::string> &known = {}) {
    DataSet data = readData(folder.write("text.txt", text));
    data.vocabulary = makeStreams(model, data, known);
    return data;
  }
  std::string refusal(const std::string &text,
                      const std::vector<std::string> &known = {}) {
    return refusalOf([&] { read(text, known); });
  }
  /// The tokens of a batch's input as text.
  std::string shown(const DataSet &data, int input, uint32_t row) {
    Batch batch(entry, 2);
    BatchFiller(entry, data.train).fill(batch, &row, 0, 1, 1, 0);
    std::string text;
    for (int i = 0; i < 3; ++i)
      text += data.vocabulary[static_cast<int32_t *>(batch.inputs()[input])[i]];
    return text;
  }
};

TEST_F(StreamsTest, RowsGoOnWhereTheirStreamStopped) {
  // Two streams of 7, of which two rows of 3 are taken.
  DataSet data = read("aabbccddaabbccd");
  ASSERT_EQ(data.train.rows, 4);
  const char *token[] = {"aab", "daa", "bcc", "bbc"};
  const char *next[] = {"abb", "aab", "ccd", "bcc"};
  for (uint32_t row = 0; row < 4; ++row) {
    EXPECT_EQ(shown(data, 0, row), token[row]);
    EXPECT_EQ(shown(data, 1, row), next[row]);
  }
}

TEST_F(StreamsTest, AShortTextHasFewerStreams) {
  EXPECT_EQ(read("abcd").train.rows, 1);
  EXPECT_EQ(read("abcdab").train.rows, 1);
  EXPECT_EQ(read("abcdabc").train.rows, 2);
  EXPECT_THAT(refusal("abc"), HasSubstr("has 3 characters; a row takes 3 and "
                                        "the one after"));
  EXPECT_THAT(refusal(""), HasSubstr("text.txt is empty"));
}

TEST_F(StreamsTest, WordsAreAskedForByName) {
  inputs[0].name = "word";
  inputs[1].name = "next_word";
  DataSet data = read("b a b a b");
  EXPECT_THAT(data.vocabulary, ElementsAre("b", "a", "<unk>"));
  EXPECT_EQ(shown(data, 1, 0), "aba");
  inputs[1].name = "next";
  EXPECT_THAT(refusal("a b c d"), HasSubstr("the model's inputs take both"));
}

TEST_F(StreamsTest, TheVocabularyOfTheWeightsStays) {
  DataSet data = read("abab", {"<unk>", "b"});
  EXPECT_THAT(data.vocabulary, ElementsAre("<unk>", "b"));
  EXPECT_EQ(shown(data, 0, 0), "<unk>b<unk>");
  EXPECT_THAT(refusal("abab\n", {"a"}),
              HasSubstr("text.txt:1:2: 'b' is not in the vocabulary, whose 1 "
                        "characters leave no room"));
  EXPECT_THAT(refusal("abab", {"a", "b", "c", "d", "e", "f"}),
              HasSubstr("a vocabulary of 6 tokens, the model's inputs take 5"));
}

TEST_F(StreamsTest, OtherModelsAreTold) {
  inputs[0].name = "image";
  inputs[1].name = "digit";
  EXPECT_THAT(refusal("abcd"),
              HasSubstr("is a text, which has the fields 'token' and 'next'"));
  inputs[0].name = "token";
  inputs[1].name = "next";
  inputs[1].row_elements = 2;
  EXPECT_THAT(refusal("abcd"), HasSubstr("another input 3"));
}

} // namespace
