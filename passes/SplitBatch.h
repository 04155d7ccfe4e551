//===- SplitBatch.h - which entries must be split -------------- -*- C++ -*-==//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How many parts of the batch meet a limit on memory is known only once kernels
// are planned, long after the split: whoever compiles tries. These are the
// names of what RematerializeCalls notes where a module does not fit.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_SPLITBATCH_H
#define DLCC_PASSES_SPLITBATCH_H

#include "llvm/ADT/StringRef.h"

namespace dlcc {

/// Entry function (unit): its arena is too large, whatever is computed again.
inline constexpr llvm::StringLiteral kTooLarge = "dlc.too_large";
/// Module (i64): the bytes that it would have to be allowed to take.
inline constexpr llvm::StringLiteral kLeastBytes = "dlc.least_bytes";

} // namespace dlcc

#endif // DLCC_PASSES_SPLITBATCH_H
