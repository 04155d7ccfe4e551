//===- ChooseParts.h - the batch in parts, where memory asks -----*- C++ -*-==//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_CHOOSEPARTS_H
#define DLCC_TOOLS_CHOOSEPARTS_H

#include "dlcc/compiler.h"
#include "mlir/IR/BuiltinOps.h"

namespace dlcc {

/// For a differentiated module that would not fit into `maxMemory`, whatever is
/// computed again: says of the entries that are too large in how many parts
/// they go through their batch (`dlc.parts`), the fewest that fit. Fails with a
/// diagnostic where none do, or where an entry's rows cannot be parted.
mlir::LogicalResult chooseParts(mlir::ModuleOp module,
                                const CompileOptions &options);

} // namespace dlcc

#endif // DLCC_TOOLS_CHOOSEPARTS_H
