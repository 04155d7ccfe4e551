//===- ModelText.cpp - the model language, spelled ------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/ModelText.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <charconv>
#include <cmath>

using namespace dlcc::caffe_reader;
using llvm::StringRef;

std::string Identifiers::fresh(StringRef like) {
  std::string name;
  for (char c : like)
    name += llvm::isAlnum(c) ? c : '_';
  if (name.empty() || llvm::isDigit(name[0]))
    name.insert(0, "x_");
  std::string tried = name;
  unsigned &number = numbers[name];
  while (!used.insert(tried).second)
    tried = name + "_" + std::to_string(++number);
  return tried;
}

const std::string &Identifiers::of(StringRef name) {
  auto [entry, isNew] = known.try_emplace(name);
  if (isNew)
    entry->second = fresh(name);
  return entry->second;
}

std::string Call::str() const {
  std::vector<std::string> arguments = inputs;
  for (const auto &[name, value] : settings)
    arguments.push_back(name + " = " + value);
  return function + "(" + llvm::join(arguments, ", ") + ")";
}

std::string dlcc::caffe_reader::spell(double number) {
  if (std::isnan(number))
    return "nan";
  if (std::isinf(number))
    return number < 0 ? "-inf" : "inf";
  char digits[40];
  auto end = std::to_chars(digits, std::end(digits), number).ptr;
  return std::string(digits, end);
}

std::string dlcc::caffe_reader::spell(int64_t number) {
  return std::to_string(number);
}

std::string dlcc::caffe_reader::spellFlag(bool flag) {
  return flag ? "true" : "false";
}

template <typename T> static std::string spellList(llvm::ArrayRef<T> numbers) {
  std::string text;
  for (T number : numbers)
    text += (text.empty() ? "" : ", ") + spell(number);
  return "[" + text + "]";
}

std::string dlcc::caffe_reader::spell(llvm::ArrayRef<int64_t> numbers) {
  return spellList(numbers);
}

std::string dlcc::caffe_reader::spell(llvm::ArrayRef<double> numbers) {
  return spellList(numbers);
}

std::string dlcc::caffe_reader::spellAxes(llvm::ArrayRef<int64_t> numbers) {
  return !numbers.empty() && llvm::all_equal(numbers) ? spell(numbers[0])
                                                      : spell(numbers);
}

std::string dlcc::caffe_reader::quote(StringRef text) {
  std::string quoted = "\"";
  for (char c : text)
    quoted += c == '"' || static_cast<unsigned char>(c) < 0x20 ? '_' : c;
  return quoted + "\"";
}
