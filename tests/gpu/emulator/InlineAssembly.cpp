//===- InlineAssembly.cpp - PTX within LLVM IR ----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InlineAssembly.h"

using namespace dlcc::emulator;
using namespace llvm;

Expected<AssemblyInstruction> dlcc::emulator::parseAssembly(StringRef text) {
  auto unknown = [&] {
    return createStringError(
        "the emulator does not know the inline assembly '" + text + "'");
  };
  StringRef rest = text.trim();
  rest.consume_back(";");
  if (rest.contains(';'))
    return unknown();
  AssemblyInstruction result;
  size_t end = rest.find_first_of(" \t");
  result.name = rest.take_front(end).str();
  rest = rest.drop_front(std::min(end, rest.size())).trim();
  while (!rest.empty()) {
    auto [operand, others] = rest.split(',');
    rest = others.trim();
    // Groups are vectors; the order of their elements is all that counts.
    operand = operand.trim().trim("{}").trim();
    bool isAddress = operand.consume_front("[") && operand.consume_back("]");
    unsigned number;
    operand = operand.trim();
    if (!operand.consume_front("$") || operand.getAsInteger(10, number))
      return unknown();
    result.operands.push_back({number, isAddress});
  }
  return result;
}
