//===- Pipeline.h - the passes of the CPU in their order --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The three stretches between which the memory plan, the phases `loops` and
// `llvm`, and the lowering of the entry functions stand.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_PIPELINE_H
#define DLCC_CODEGEN_CPU_PIPELINE_H

#include <cstdint>
#include <string>

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace dlcc::cpu {

/// Kernel functions in tensor form: algorithm, tiles, tasks, scratch. `tuning`
/// is the path of measured tiles that go before the compiler's own ("": none),
/// `threads` how many they were measured with.
void buildCpuSelectPipeline(mlir::OpPassManager &pm,
                            const std::string &tuning = "",
                            int64_t threads = 1);
/// Planned form to loop form (see KernelEmitter.h); entry functions keep their
/// calls. Ends the phase `loops`.
void buildCpuLoopsPipeline(mlir::OpPassManager &pm);
/// Loop form to the LLVM dialect, for a module whose entry functions are in
/// it, in `func` or gone. Ends the phase `llvm`.
void buildCpuLLVMPipeline(mlir::OpPassManager &pm);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_PIPELINE_H
