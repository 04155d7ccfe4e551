//===- ModelText.h - lines of the model language ----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_CAFFE_MODELTEXT_H
#define DLCC_FRONTEND_CAFFE_MODELTEXT_H

#include "frontend/Frontend.h"
#include "frontend/caffe/Refusal.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <string>
#include <vector>

namespace dlcc::caffe_reader {

/// Lines of the model language, each with the place that it comes from.
struct ModelText {
  struct Line {
    std::string text;
    Place place;
    std::string subject;
  };
  std::vector<Line> lines;

  void add(std::string text, Place place, std::string subject) {
    lines.push_back({std::move(text), place, std::move(subject)});
  }
  void add(const ModelText &other) {
    lines.insert(lines.end(), other.lines.begin(), other.lines.end());
  }
};

/// Names of the model language for names of a net, one for each.
class Identifiers {
public:
  /// `taken` are names that mean something in the texts already.
  explicit Identifiers(llvm::StringSet<> taken) : used(std::move(taken)) {}
  /// The name that stands for `name`, always the same.
  const std::string &of(llvm::StringRef name);
  /// Lets `identifier` stand for `name`.
  void assign(llvm::StringRef name, llvm::StringRef identifier) {
    known[name] = identifier.str();
  }
  /// A name that stands for nothing else.
  std::string fresh(llvm::StringRef like);

private:
  llvm::StringMap<std::string> known;
  llvm::StringSet<> used;
  llvm::StringMap<unsigned> numbers; ///< the last one behind a name
};

/// A call in the model language: inputs first, then settings by name.
struct Call {
  std::string function;
  std::vector<std::string> inputs;
  std::vector<std::pair<std::string, std::string>> settings;

  Call &set(llvm::StringRef name, llvm::StringRef value) {
    settings.emplace_back(name.str(), value.str());
    return *this;
  }
  std::string str() const;
};

/// How the language spells a value: the shortest number that is the same, true
/// or false, a list, a string.
std::string spell(double number);
std::string spell(int64_t number);
std::string spellFlag(bool flag);
std::string spell(llvm::ArrayRef<int64_t> numbers);
std::string spell(llvm::ArrayRef<double> numbers);
/// Quotes and control characters, which a string there cannot hold, become '_'.
std::string quote(llvm::StringRef text);
/// One number for all axes where they are equal.
std::string spellAxes(llvm::ArrayRef<int64_t> numbers);

} // namespace dlcc::caffe_reader

#endif // DLCC_FRONTEND_CAFFE_MODELTEXT_H
