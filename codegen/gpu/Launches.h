//===- Launches.h - the launches that a kernel consists of ------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_LAUNCHES_H
#define DLCC_CODEGEN_GPU_LAUNCHES_H

#include "codegen/gpu/KernelEmitter.h"
#include "llvm/Support/JSON.h"

namespace dlcc::gpu {

/// What a kernel is called on the device, where names have no dots.
std::string deviceName(llvm::StringRef kernel);

/// Notes on the declaration of a planned form the launches for each level's
/// chip, and reads those for one. One with maps has `maps`, an array of
/// dictionaries {buffer, offset, row_bytes, rows_of_row (i64), extents, box
/// (array<i64>, columns first), element (type)}.
void setLaunches(mlir::func::FuncOp planned,
                 llvm::ArrayRef<llvm::SmallVector<Launch>> launches);
llvm::SmallVector<Launch> getLaunches(mlir::func::FuncOp planned, size_t level);

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_LAUNCHES_H
