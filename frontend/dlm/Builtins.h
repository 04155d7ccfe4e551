//===- Builtins.h - functions that stand in C++ -----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_BUILTINS_H
#define DLCC_FRONTEND_DLM_BUILTINS_H

#include "frontend/dlm/Evaluator.h"

namespace dlcc::dlm {

llvm::ArrayRef<Builtin> mathBuiltins();
llvm::ArrayRef<Builtin> shapeBuiltins();
llvm::ArrayRef<Builtin> indexedBuiltins();
llvm::ArrayRef<Builtin> productBuiltins();
llvm::ArrayRef<Builtin> windowBuiltins();
llvm::ArrayRef<Builtin> convolutionBuiltins();
llvm::ArrayRef<Builtin> modelBuiltins();

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_BUILTINS_H
