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
    enum class Kind {
      /// "$3": results first, then arguments.
      Number,
      /// "7"
      Constant,
    };
    Kind kind;
    uint64_t value;
    /// In brackets: what lies there.
    bool isAddress;
  };

  std::string name;
  llvm::SmallVector<Operand> operands;
  /// N of a product of a warpgroup, m64nN: left out of the name. Its results
  /// are operands, too.
  unsigned columns = 0;
};

/// Reads the text of an inline assembly that comes down to one instruction:
///  - "tanh.approx.f32 $0, $1;", operands maybe in groups or brackets;
///  - the same in braces, with predicates of its own that are set before by
///    "setp.ne.b32 p, $1, 0;";
///  - a loop around mbarrier.try_wait that ends when that succeeds.
/// An error for any other text.
llvm::Expected<AssemblyInstruction> parseAssembly(llvm::StringRef text);

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_INLINEASSEMBLY_H
