//===- Pipeline.cpp - the passes of the CPU in their order ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Read from top to bottom: the way of a kernel on a CPU.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/Pipeline.h"
#include "codegen/cpu/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void dlcc::cpu::buildCpuSelectPipeline(OpPassManager &pm,
                                       const std::string &tuning,
                                       int64_t threads) {
  pm.addPass(createSelectKernelsPass({tuning, /*database=*/"", threads}));
}

void dlcc::cpu::buildCpuLoopsPipeline(OpPassManager &pm) {
  pm.addPass(createLowerKernelsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

/// f16 and bf16 are only stored: each operation widens its operands to f32 and
/// rounds its result. Conversions are expanded before, when those of f64 and
/// integers still round once, and after, when all others are there.
static void addNarrowFloats(OpPassManager &pm) {
  arith::ArithEmulateUnsupportedFloatsOptions narrow;
  narrow.sourceTypeStrs = {"f16", "bf16"};
  pm.addPass(dlcc::cpu::createExpandNarrowCastsPass());
  pm.addPass(arith::createArithEmulateUnsupportedFloats(narrow));
  pm.addPass(math::createMathExtendToSupportedTypes());
  pm.addPass(dlcc::cpu::createExpandNarrowCastsPass());
  pm.addPass(arith::createArithExpandOpsPass());
}

void dlcc::cpu::buildCpuLLVMPipeline(OpPassManager &pm) {
  addNarrowFloats(pm);
  pm.addPass(createExpandMathPass());
  pm.addPass(createCSEPass());
  pm.addPass(createSCFToControlFlowPass());
  // Before the calls of libm: square roots, floors and the like are
  // instructions. The calls take vectors apart, hence vectors come later.
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createCanonicalizerPass());
}
