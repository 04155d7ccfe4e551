//===- KernelNames.h - what a kernel is called and costs --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_KERNELNAMES_H
#define DLCC_PASSES_KERNELNAMES_H

#include "ir/Ops.h"
#include "llvm/ADT/StringSet.h"

#include <string>

namespace dlcc {

/// What people are told of a kernel: where it comes from and what it does at
/// the compiled batch. Bytes are those of its operands and results, each once.
struct KernelFacts {
  std::string name;
  mlir::Location loc;
  llvm::StringRef phase;
  int64_t line = 0, flops = 0, bytes = 0;
};

/// The line of the model's text that the location leads to, or 0.
int64_t getLine(mlir::Location loc);

/// The facts of a kernel of these dlc ops. The name is the path of its heaviest
/// op and what is done there, `dense_1.matmul_relu`.
KernelFacts findFacts(llvm::ArrayRef<mlir::Operation *> ops,
                      mlir::ValueRange inputs, mlir::ValueRange outputs);

/// Writes all of it but the name as attributes.
void setFacts(mlir::Operation *kernel, const KernelFacts &);

/// Makes names unique in a module, by `_1`, `_2` behind the second and later.
class KernelNames {
public:
  std::string unique(llvm::StringRef name);

private:
  llvm::StringSet<> taken;
};

} // namespace dlcc

#endif // DLCC_PASSES_KERNELNAMES_H
