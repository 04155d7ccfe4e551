//===- ExternFunctions.h - functions that are written in C ------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_EXTERNFUNCTIONS_H
#define DLCC_FRONTEND_DLM_EXTERNFUNCTIONS_H

#include "frontend/dlm/Import.h"

namespace dlcc::dlm {

/// Checks what the declarations of C functions say by themselves, called or
/// not; one that is wrong counts as broken. The constants are known already.
void checkExternFunctions(const Program &program, Files &files);

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_EXTERNFUNCTIONS_H
