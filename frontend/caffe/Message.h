//===- Message.h - fields of a message in text format -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_CAFFE_MESSAGE_H
#define DLCC_FRONTEND_CAFFE_MESSAGE_H

#include "frontend/caffe/Refusal.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlcc::caffe_reader {

class Message;

/// `name: value` or `name { … }`.
struct Field {
  enum Kind { Word, Number, Text, Group };
  std::string name;
  Place place; ///< of the name
  Kind kind;
  Place valuePlace;
  std::string text; ///< the word, the number as it is spelled, or the string
  std::unique_ptr<Message> group;
  /// Somebody has asked for it. What nobody asks for is refused at the end: it
  /// would mean something here that dlcc does not do.
  mutable bool isRead = false;
};

/// The fields of a message by name, with types and defaults where they are
/// asked for. Of a field that stands twice but may stand once, the last counts.
class Message {
public:
  explicit Message(Place place = {}) : place(place) {}

  std::vector<Field> fields;
  Place place;

  bool has(llvm::StringRef name) const { return find(name); }
  const Field *find(llvm::StringRef name) const;
  llvm::SmallVector<const Field *> all(llvm::StringRef name) const;

  int64_t integer(llvm::StringRef name, int64_t otherwise, int64_t least,
                  int64_t most = int64_t(1) << 40) const;
  double number(llvm::StringRef name, double otherwise) const;
  bool flag(llvm::StringRef name, bool otherwise) const;
  std::string text(llvm::StringRef name, llvm::StringRef otherwise = "") const;
  /// One of the words, or its place among them.
  std::string word(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> words,
                   llvm::StringRef otherwise) const;
  std::vector<int64_t> integers(llvm::StringRef name, int64_t least) const;
  std::vector<double> numbers(llvm::StringRef name) const;
  std::vector<std::string> texts(llvm::StringRef name) const;
  /// An empty message where there is none.
  const Message &group(llvm::StringRef name) const;
  std::vector<const Message *> groups(llvm::StringRef name) const;

  /// Fields that change nothing here: whatever they say is right.
  void ignore(llvm::ArrayRef<llvm::StringRef> names) const;
  /// Refuses the first field, here or in a group that was asked for, that
  /// nobody asked for.
  void refuseUnread() const;
};

/// The value of a field; throws a Refusal where it is of another type.
int64_t integerOf(const Field &field, int64_t least, int64_t most);
double numberOf(const Field &field);
bool flagOf(const Field &field);
const std::string &textOf(const Field &field);
const Message &groupOf(const Field &field);

} // namespace dlcc::caffe_reader

#endif // DLCC_FRONTEND_CAFFE_MESSAGE_H
