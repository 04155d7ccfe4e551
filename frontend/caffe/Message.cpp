//===- Message.cpp - fields of a message in text format -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/Message.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <limits>

using namespace dlcc::caffe_reader;
using llvm::StringRef;
using llvm::Twine;

[[noreturn]] static void refuseType(const Field &field, const Twine &wanted) {
  throw Refusal(field.valuePlace, "'" + field.name + "' is " + wanted);
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

double dlcc::caffe_reader::numberOf(const Field &field) {
  double number = 0;
  StringRef text = field.text;
  bool isWord = field.kind == Field::Word;
  if (isWord && (text == "inf" || text == "-inf" || text == "infinity"))
    return text[0] == '-' ? -INFINITY : INFINITY;
  if (field.kind != Field::Number ||
      text.rtrim("fF").getAsDouble(number, /*AllowInexact=*/true))
    refuseType(field, "a number");
  // As Caffe has them: floats.
  if (std::fabs(number) > std::numeric_limits<float>::max())
    refuseType(field, "too large for a number of 32 bits");
  return number;
}

int64_t dlcc::caffe_reader::integerOf(const Field &field, int64_t least,
                                      int64_t most) {
  int64_t number = 0;
  // Radix 0: 0x is hexadecimal, as text format has it.
  if (field.kind != Field::Number ||
      StringRef(field.text).getAsInteger(0, number))
    refuseType(field, "a whole number");
  if (number < least)
    refuseType(field, "at least " + Twine(least) + ", not " + Twine(number));
  if (number > most)
    refuseType(field, "at most " + Twine(most) + ", not " + Twine(number));
  return number;
}

bool dlcc::caffe_reader::flagOf(const Field &field) {
  bool isTrue = field.text == "true" || field.text == "True" ||
                field.text == "t" || field.text == "1";
  bool isFalse = field.text == "false" || field.text == "False" ||
                 field.text == "f" || field.text == "0";
  if (field.kind == Field::Text || field.kind == Field::Group ||
      (!isTrue && !isFalse))
    refuseType(field, "true or false");
  return isTrue;
}

const std::string &dlcc::caffe_reader::textOf(const Field &field) {
  if (field.kind != Field::Text)
    refuseType(field, "a string in quotes");
  return field.text;
}

const Message &dlcc::caffe_reader::groupOf(const Field &field) {
  if (field.kind != Field::Group)
    refuseType(field, "a message: " + field.name + " { … }");
  return *field.group;
}

//===----------------------------------------------------------------------===//
// Fields by name
//===----------------------------------------------------------------------===//

llvm::SmallVector<const Field *> Message::all(StringRef name) const {
  llvm::SmallVector<const Field *> found;
  for (const Field &field : fields)
    if (field.name == name) {
      field.isRead = true;
      found.push_back(&field);
    }
  return found;
}

const Field *Message::find(StringRef name) const {
  auto found = all(name);
  return found.empty() ? nullptr : found.back();
}

int64_t Message::integer(StringRef name, int64_t otherwise, int64_t least,
                         int64_t most) const {
  const Field *field = find(name);
  return field ? integerOf(*field, least, most) : otherwise;
}

double Message::number(StringRef name, double otherwise) const {
  const Field *field = find(name);
  return field ? numberOf(*field) : otherwise;
}

bool Message::flag(StringRef name, bool otherwise) const {
  const Field *field = find(name);
  return field ? flagOf(*field) : otherwise;
}

std::string Message::text(StringRef name, StringRef otherwise) const {
  const Field *field = find(name);
  return field ? textOf(*field) : otherwise.str();
}

std::string Message::word(StringRef name, llvm::ArrayRef<StringRef> words,
                          StringRef otherwise) const {
  const Field *field = find(name);
  if (!field)
    return otherwise.str();
  if (field->kind == Field::Number) {
    int64_t place = integerOf(*field, 0, int64_t(words.size()) - 1);
    return words[place].str();
  }
  if (field->kind == Field::Word && llvm::is_contained(words, field->text))
    return field->text;
  refuseType(*field, "one of " + llvm::join(words, ", "));
}

std::vector<int64_t> Message::integers(StringRef name, int64_t least) const {
  std::vector<int64_t> numbers;
  for (const Field *field : all(name))
    numbers.push_back(integerOf(*field, least, int64_t(1) << 40));
  return numbers;
}

std::vector<double> Message::numbers(StringRef name) const {
  std::vector<double> numbers;
  for (const Field *field : all(name))
    numbers.push_back(numberOf(*field));
  return numbers;
}

std::vector<std::string> Message::texts(StringRef name) const {
  std::vector<std::string> texts;
  for (const Field *field : all(name))
    texts.push_back(textOf(*field));
  return texts;
}

const Message &Message::group(StringRef name) const {
  static const Message empty;
  const Field *field = find(name);
  return field ? groupOf(*field) : empty;
}

std::vector<const Message *> Message::groups(StringRef name) const {
  std::vector<const Message *> groups;
  for (const Field *field : all(name))
    groups.push_back(&groupOf(*field));
  return groups;
}

//===----------------------------------------------------------------------===//
// What is not read
//===----------------------------------------------------------------------===//

/// Marks everything in a message as read.
static void markRead(const Message &message) {
  for (const Field &field : message.fields) {
    field.isRead = true;
    if (field.group)
      markRead(*field.group);
  }
}

void Message::ignore(llvm::ArrayRef<StringRef> names) const {
  for (StringRef name : names)
    for (const Field *field : all(name))
      if (field->group)
        markRead(*field->group);
}

void Message::refuseUnread() const {
  for (const Field &field : fields) {
    if (!field.isRead)
      throw Refusal(field.place,
                    "'" + field.name + "' is unknown, or not supported here");
    if (field.group)
      field.group->refuseUnread();
  }
}
