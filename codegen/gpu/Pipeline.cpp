//===- Pipeline.cpp - the passes of the GPU in their order ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Read from top to bottom: the way of a kernel on a GPU.
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/Pipeline.h"
#include "codegen/gpu/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void dlcc::gpu::buildGpuSelectPipeline(OpPassManager &pm, bool allowsTf32) {
  pm.addPass(createSelectKernelsPass({allowsTf32}));
}

void dlcc::gpu::buildGpuLoopsPipeline(OpPassManager &pm) {
  pm.addPass(createLowerKernelsPass());
  OpPassManager &device = pm.nest<::mlir::gpu::GPUModuleOp>();
  device.addPass(createCanonicalizerPass());
  device.addPass(createCSEPass());
}

void dlcc::gpu::buildGpuLLVMPipeline(OpPassManager &pm) {
  OpPassManager &device = pm.nest<::mlir::gpu::GPUModuleOp>();
  // f16 and bf16 are only stored; a conversion is one instruction.
  arith::ArithEmulateUnsupportedFloatsOptions narrow;
  narrow.sourceTypeStrs = {"f16", "bf16"};
  device.addPass(arith::createArithEmulateUnsupportedFloats(narrow));
  device.addPass(math::createMathExtendToSupportedTypes());
  device.addPass(createExpandMathPass());
  device.addPass(arith::createArithExpandOpsPass());
  device.addPass(createCSEPass());
  device.addPass(createSCFToControlFlowPass());
  device.addPass(createLowerToNvvmPass());
  // What LLVM has no intrinsic for is inline PTX.
  device.addPass(createConvertNVVMToLLVMPass());
  device.addPass(createReconcileUnrealizedCastsPass());
  device.addPass(createCanonicalizerPass());
  device.addPass(createCSEPass());
}
