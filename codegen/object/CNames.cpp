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

/// Keywords of C23 and C++20 and the alternative spellings of operators.
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
                                       "typeof",
                                       "typeof_unqual",
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

/// Types and objects of the C library that every header of a model, or nearly
/// every program around it, knows; `linux` and `unix` are macros in GNU C.
static bool isWellKnown(StringRef name) {
  static const StringSet<> known = {
      "NULL",     "errno",    "int16_t",  "int32_t",     "int64_t",   "int8_t",
      "intptr_t", "linux",    "main",     "max_align_t", "ptrdiff_t", "size_t",
      "uint16_t", "uint32_t", "uint64_t", "uint8_t",     "uintptr_t", "unix"};
  return known.contains(name) || name.starts_with("dlcc_");
}

/// Words of compilers (`_Bool`, `__asm__`), which C keeps for them.
static bool isReserved(StringRef name) {
  return name.size() > 1 && name[0] == '_' &&
         (name[1] == '_' || isUpper(name[1]));
}

/// Whether a macro may have the name, by the custom of writing them large:
/// `EOF`, `M_PI`, and those of the model itself.
static bool looksLikeMacro(StringRef name) {
  return name.size() > 1 && !any_of(name, isLower);
}

/// What the header itself calls the arguments of every model, and the types of
/// metrics.
static bool isTheHeadersOwn(StringRef name) {
  return name == "self" || name == "rows" || name == "metrics" ||
         name.ends_with("_metrics");
}

static bool isIdentifier(StringRef name) {
  return !name.empty() && (isAlpha(name.front()) || name.front() == '_') &&
         all_of(name, [](char c) { return isAlnum(c) || c == '_'; });
}

std::string cIdentifier(StringRef name) {
  std::string text = name.str();
  for (char &c : text)
    if (!isAlnum(c) && c != '_')
      c = '_';
  // `int` becomes `int_`, so `int_` has to become another name: `int__`.
  StringRef stem = name.rtrim('_');
  if (isKeyword(stem) || isWellKnown(stem) || isReserved(name) ||
      looksLikeMacro(stem) || isTheHeadersOwn(stem))
    text += '_';
  return text;
}

bool isModelName(StringRef name) {
  return isIdentifier(name) && !isKeyword(name) && !isWellKnown(name) &&
         name != "dlcc" && !name.starts_with("_");
}

} // namespace dlcc
