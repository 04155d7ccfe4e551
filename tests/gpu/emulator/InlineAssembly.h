//===- InlineAssembly.h - PTX within LLVM IR --------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_INLINEASSEMBLY_H
#define DLCC_TESTS_GPU_EMULATOR_INLINEASSEMBLY_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace dlcc::emulator {

/// One instruction with operands in an order of its own.
struct AssemblyInstruction {
  struct Operand {
    /// As in "$3": results first, then arguments.
    unsigned number;
    /// In brackets: what lies there.
    bool isAddress;
  };

  std::string name;
  llvm::SmallVector<Operand> operands;
};

/// Reads the text of an inline assembly that is one instruction whose operands
/// are all operands of the assembly, maybe in groups: "ldmatrix.sync. ...
/// {$0, $1}, [$2];". An error for any other text.
llvm::Expected<AssemblyInstruction> parseAssembly(llvm::StringRef text);

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_INLINEASSEMBLY_H
