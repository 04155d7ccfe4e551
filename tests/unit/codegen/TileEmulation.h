//===- TileEmulation.h - a matrix unit in plain code ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For tests on machines without AMX: replaces its instructions in a module of
// the LLVM dialect by calls of functions that do what Intel's manual says.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_CODEGEN_TILEEMULATION_H
#define DLCC_TESTS_UNIT_CODEGEN_TILEEMULATION_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

namespace dlcc::test {

/// Replaces the intrinsics for tiles in `module`, and gives tiles on their way
/// a vector type. Returns how many there were.
int emulateTiles(mlir::ModuleOp module);

/// Makes the functions that emulateTiles() calls known.
void defineTileFunctions(llvm::orc::LLJIT &jit);

} // namespace dlcc::test

#endif // DLCC_TESTS_UNIT_CODEGEN_TILEEMULATION_H
