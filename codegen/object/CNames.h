//===- CNames.h - names of a model in C -------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_OBJECT_CNAMES_H
#define DLCC_CODEGEN_OBJECT_CNAMES_H

#include "dlcc/abi.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace dlcc {

/// The C type of an element.
llvm::StringRef cType(dlcc_element_type type);

/// A name of the model as a parameter or member in C and C++: one that is a
/// keyword, may be a macro, or that the header uses itself, gets an underscore
/// behind it. Different names stay different.
std::string cIdentifier(llvm::StringRef name);

/// Whether a model may bear the name: an identifier of C and C++ that is no
/// keyword and not the runtime's own prefix.
bool isModelName(llvm::StringRef name);

} // namespace dlcc

#endif // DLCC_CODEGEN_OBJECT_CNAMES_H
