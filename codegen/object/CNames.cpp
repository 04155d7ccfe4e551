//===- CNames.cpp - names of a model in C ---------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/object/CNames.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/ErrorHandling.h"

using namespace llvm;

namespace dlcc {

StringRef cType(dlcc_element_type type) {
  switch (type) {
  case DLCC_BOOL:
  case DLCC_U8:
    return "uint8_t";
  case DLCC_I8:
    return "int8_t";
  case DLCC_I16:
    return "int16_t";
  case DLCC_I32:
    return "int32_t";
  case DLCC_I64:
    return "int64_t";
  case DLCC_U16:
  case DLCC_F16:
  case DLCC_BF16:
    return "uint16_t";
  case DLCC_U32:
    return "uint32_t";
  case DLCC_U64:
    return "uint64_t";
  case DLCC_F32:
    return "float";
  case DLCC_F64:
    return "double";
  }
  llvm_unreachable("not an element type");
}

/// Keywords of C11 and C++20 and the alternative spellings of operators.
static bool isKeyword(StringRef name) {
  static const StringSet<> keywords = {"alignas",
                                       "alignof",
                                       "and",
                                       "and_eq",
                                       "asm",
                                       "auto",
                                       "bitand",
                                       "bitor",
                                       "bool",
                                       "break",
                                       "case",
                                       "catch",
                                       "char",
                                       "char8_t",
                                       "char16_t",
                                       "char32_t",
                                       "class",
                                       "co_await",
                                       "co_return",
                                       "co_yield",
                                       "compl",
                                       "concept",
                                       "const",
                                       "const_cast",
                                       "consteval",
                                       "constexpr",
                                       "constinit",
                                       "continue",
                                       "decltype",
                                       "default",
                                       "delete",
                                       "do",
                                       "double",
                                       "dynamic_cast",
                                       "else",
                                       "enum",
                                       "explicit",
                                       "export",
                                       "extern",
                                       "false",
                                       "float",
                                       "for",
                                       "friend",
                                       "goto",
                                       "if",
                                       "inline",
                                       "int",
                                       "long",
                                       "mutable",
                                       "namespace",
                                       "new",
                                       "noexcept",
                                       "not",
                                       "not_eq",
                                       "nullptr",
                                       "operator",
                                       "or",
                                       "or_eq",
                                       "private",
                                       "protected",
                                       "public",
                                       "register",
                                       "reinterpret_cast",
                                       "requires",
                                       "restrict",
                                       "return",
                                       "short",
                                       "signed",
                                       "sizeof",
                                       "static",
                                       "static_assert",
                                       "static_cast",
                                       "struct",
                                       "switch",
                                       "template",
                                       "this",
                                       "thread_local",
                                       "throw",
                                       "true",
                                       "try",
                                       "typedef",
                                       "typeid",
                                       "typename",
                                       "union",
                                       "unsigned",
                                       "using",
                                       "virtual",
                                       "void",
                                       "volatile",
                                       "wchar_t",
                                       "while",
                                       "xor",
                                       "xor_eq"};
  return keywords.contains(name);
}

static bool isIdentifier(StringRef name) {
  return !name.empty() && (isAlpha(name.front()) || name.front() == '_') &&
         all_of(name, [](char c) { return isAlnum(c) || c == '_'; });
}

std::string cIdentifier(StringRef name) {
  bool isTaken = name == "self" || name == "rows" || name == "metrics";
  std::string text = name.str();
  for (char &c : text)
    if (!isAlnum(c) && c != '_')
      c = '_';
  if (isKeyword(name) || isTaken)
    text += '_';
  return text;
}

bool isModelName(StringRef name) {
  return isIdentifier(name) && !isKeyword(name) && name != "dlcc" &&
         !name.starts_with("dlcc_") && !name.starts_with("_");
}

} // namespace dlcc
