//===- InlineAssembly.cpp - PTX within LLVM IR ----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InlineAssembly.h"

#include "llvm/ADT/StringMap.h"

using namespace dlcc::emulator;
using namespace llvm;

using Operand = AssemblyInstruction::Operand;

namespace {

/// Reads statements one after another.
class Reader {
public:
  /// False if a statement is none of those that are known.
  bool read(StringRef text);

  AssemblyInstruction instruction;

private:
  bool readStatement(StringRef statement);
  bool readInstruction(StringRef statement);
  bool readOperands(StringRef text);

  /// What predicates stand for.
  StringMap<Operand> predicates;
  /// The one that a wait sets, and whether a jump back has been seen.
  std::string waitsFor;
  StringMap<bool> labels;
};

} // namespace

/// "$3" or "7".
static std::optional<Operand> readOperand(StringRef text) {
  Operand operand{Operand::Kind::Constant, 0, false};
  text = text.trim();
  if (text.consume_front("["))
    operand.isAddress = text.consume_back("]");
  text = text.trim();
  if (text.consume_front("$"))
    operand.kind = Operand::Kind::Number;
  if (text.getAsInteger(10, operand.value))
    return std::nullopt;
  return operand;
}

bool Reader::readOperands(StringRef text) {
  while (!text.empty()) {
    auto [first, others] = text.split(',');
    text = others.trim();
    // Groups are vectors; the order of their elements is all that counts.
    StringRef word = first.trim().trim("{}").trim();
    if (auto predicate = predicates.find(word); predicate != predicates.end()) {
      instruction.operands.push_back(predicate->second);
      continue;
    }
    std::optional<Operand> operand = readOperand(word);
    if (!operand)
      return false;
    instruction.operands.push_back(*operand);
  }
  return true;
}

bool Reader::readInstruction(StringRef statement) {
  if (!instruction.name.empty())
    return false;
  auto [name, operands] = statement.split(' ');
  instruction.name = name.str();
  operands = operands.trim();
  if (name.starts_with("mbarrier.try_wait")) {
    auto [predicate, others] = operands.split(',');
    waitsFor = predicate.trim().str();
    operands = others.trim();
  }
  if (name.starts_with("wgmma.mma_async")) {
    size_t at = name.find(".m64n");
    StringRef rest = at == StringRef::npos ? "" : name.drop_front(at + 5);
    if (rest.consumeInteger(10, instruction.columns) ||
        instruction.columns % 8 || instruction.columns < 8 ||
        instruction.columns > 256)
      return false;
    instruction.name = (name.take_front(at) + ".m64" + rest).str();
  }
  return readOperands(operands);
}

bool Reader::readStatement(StringRef statement) {
  statement = statement.trim();
  // Labels: all that is jumped to, behind or before the wait.
  while (true) {
    size_t word = statement.find_first_of(" \t\n:");
    if (word == StringRef::npos || statement[word] != ':')
      break;
    labels[statement.take_front(word)] = instruction.name.empty();
    statement = statement.drop_front(word + 1).trim();
  }
  if (statement.empty() || statement.starts_with(".reg"))
    return true;
  if (statement.consume_front("setp.ne.b32")) {
    auto [predicate, operands] = statement.split(',');
    auto [first, second] = operands.split(',');
    std::optional<Operand> operand = readOperand(first);
    if (!operand || second.trim() != "0")
      return false;
    predicates[predicate.trim()] = *operand;
    return true;
  }
  // Out of the loop when the wait has succeeded, else back.
  if (!waitsFor.empty() && statement.consume_front("@"))
    return statement.consume_front(waitsFor) &&
           statement.trim().starts_with("bra");
  if (!waitsFor.empty() && statement.consume_front("bra.uni"))
    return labels.lookup(statement.trim());
  return readInstruction(statement);
}

bool Reader::read(StringRef text) {
  text = text.trim();
  if (text.starts_with("{") && text.ends_with("}") && text.contains(';'))
    text = text.drop_front().drop_back();
  while (!text.trim().empty()) {
    auto [statement, others] = text.split(';');
    text = others;
    if (!readStatement(statement))
      return false;
  }
  return !instruction.name.empty();
}

Expected<AssemblyInstruction> dlcc::emulator::parseAssembly(StringRef text) {
  Reader reader;
  // PTX takes any blank for another.
  std::string spaced = text.str();
  for (char &letter : spaced)
    if (letter == '\t' || letter == '\n' || letter == '\r')
      letter = ' ';
  if (!reader.read(spaced))
    return createStringError(
        "the emulator does not know the inline assembly '" + text + "'");
  return reader.instruction;
}
