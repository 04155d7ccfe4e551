//===- EmitPtx.h - from NVVM to PTX and machine code ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_EMITPTX_H
#define DLCC_CODEGEN_GPU_EMITPTX_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <string>

namespace dlcc::gpu {

/// What makes code for a chip, in the lowest version of PTX that has it.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createMachine(llvm::StringRef chip);

/// The optimised LLVM IR of the device functions.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateKernels(mlir::gpu::GPUModuleOp kernels, llvm::LLVMContext &context,
                 llvm::TargetMachine &machine, llvm::StringRef name);

/// The text of PTX. Fails where it calls a function that is not in it, which no
/// driver could load.
llvm::Expected<std::string> emitPtx(llvm::Module &module,
                                    llvm::TargetMachine &machine);

/// Whether this machine has a ptxas, where `assemble` looks for it.
bool hasAssembler();

/// The machine code that ptxas makes of it: ptxas of the path, of CUDA_HOME or
/// of /usr/local/cuda. Fails where there is none.
llvm::Expected<std::string> assemble(llvm::StringRef ptx, llvm::StringRef chip);

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_EMITPTX_H
