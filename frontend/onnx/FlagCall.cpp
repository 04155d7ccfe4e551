//===- FlagCall.cpp - a call that a flag spells ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/FlagCall.h"

#include "frontend/onnx/Refusal.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlcc::onnx_reader;

FlagCall FlagCall::parse(llvm::StringRef flag, llvm::StringRef text) {
  FlagCall call;
  call.flag = flag.str();
  call.text = text.str();
  auto [function, rest] = text.split('(');
  call.function = function.trim().str();
  bool hasList = function.size() != text.size();
  llvm::StringRef list = rest.rtrim();
  if (call.function.empty() || (hasList && !list.consume_back(")")))
    throw Refusal(flag +
                  " is a name, or a name with settings in brackets, not "
                  "'" +
                  text + "'");
  llvm::SmallVector<llvm::StringRef> parts;
  if (!list.trim().empty())
    list.split(parts, ',');
  for (llvm::StringRef part : parts) {
    auto [left, right] = part.split('=');
    std::string name = left.trim().str();
    if (part.contains('=')) {
      for (const auto &[given, value] : call.settings)
        if (given == name)
          throw Refusal(flag + ": '" + name + "' is given twice");
      call.settings.emplace_back(name, right.trim().str());
    } else if (call.argument.empty() && call.settings.empty() &&
               !name.empty()) {
      call.argument = name;
    } else {
      throw Refusal(flag + ": '" + part.trim() + "' has to be NAME = NUMBER");
    }
  }
  return call;
}

std::optional<double> FlagCall::number(llvm::StringRef name) const {
  for (const auto &[given, value] : settings) {
    if (given != name)
      continue;
    double number = 0;
    if (value == "true" || value == "false")
      return value == "true";
    if (llvm::StringRef(value).getAsDouble(number))
      throw Refusal(flag + ": '" + name + "' is a number, not '" + value + "'");
    return number;
  }
  return std::nullopt;
}

void FlagCall::allow(llvm::ArrayRef<llvm::StringRef> names) const {
  for (const auto &[given, value] : settings)
    if (!llvm::is_contained(names, given))
      throw Refusal(
          flag + ": '" + function + "' has no setting '" + given + "'" +
          (names.empty() ? "" : "; it has " + llvm::join(names, ", ")));
}
