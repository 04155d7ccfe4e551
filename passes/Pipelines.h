//===- Pipelines.h - the graph passes in their order ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function for each phase that the graph passes lead to; each takes a
// module of the phase before it.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_PIPELINES_H
#define DLCC_PASSES_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dlcc {

/// Parsed -> Graph.
void buildGraphPipeline(mlir::OpPassManager &manager);

/// Parsed -> the same, simplified, with the layouts that the model has: what
/// other formats than our own are written from.
void buildExportPipeline(mlir::OpPassManager &manager);

/// Graph -> Differentiated.
void buildDifferentiatePipeline(mlir::OpPassManager &manager);

/// Differentiated (or Graph, where nothing is trained) -> Fused. With
/// `usesWinograd` convolutions may be computed with fewer products, whose sums
/// are rounded in another way.
void buildFusePipeline(mlir::OpPassManager &manager, bool usesWinograd);

/// What a model may take: bytes of everything (0: what it needs), with the
/// scratch of so many threads.
struct MemoryLimit {
  int64_t bytes = 0;
  int64_t threads = 1;
};

/// Fused -> Planned. `selectKernels` adds the target's choice of algorithms
/// and tiles, which the plan needs to know (buffers, scratch); without it
/// kernels are planned as they are.
void buildPlanPipeline(
    mlir::OpPassManager &manager,
    llvm::function_ref<void(mlir::OpPassManager &)> selectKernels = {},
    MemoryLimit limit = {});

} // namespace dlcc

#endif // DLCC_PASSES_PIPELINES_H
