//===- KernelNotes.h - what is noted of kernels for people ------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_KERNELNOTES_H
#define DLCC_CODEGEN_KERNELNOTES_H

#include "llvm/ADT/StringRef.h"

namespace dlcc::attr {

/// Kernel functions: how a GPU computes it, as `dlcc explain` says it (string).
inline constexpr llvm::StringLiteral kAlgorithm = "dlc.algorithm";

} // namespace dlcc::attr

#endif // DLCC_CODEGEN_KERNELNOTES_H
