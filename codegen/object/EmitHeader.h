//===- EmitHeader.h - the C header of a compiled model ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_OBJECT_EMITHEADER_H
#define DLCC_CODEGEN_OBJECT_EMITHEADER_H

#include "codegen/object/ModelDescription.h"

#include <string>

namespace dlcc {

/// The text of NAME.h: C99 and C++17, with every shape, type, unit and layout
/// in a comment.
std::string emitHeader(const ModelDescription &model);

/// "f32", "bf16", …, as the model language spells them.
llvm::StringRef spellElementType(dlcc_element_type type);

/// "f32[64, 784]"; `batch` in front where the first dimension is rows.
std::string spellTensor(const TensorDescription &tensor);

} // namespace dlcc

#endif // DLCC_CODEGEN_OBJECT_EMITHEADER_H
