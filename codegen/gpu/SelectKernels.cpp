//===- SelectKernels.cpp - blocks and workspace of each kernel ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/KernelEmitter.h"
#include "codegen/gpu/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace dlcc::gpu {
#define GEN_PASS_DEF_SELECTKERNELSPASS
#include "codegen/gpu/Passes.h.inc"
} // namespace dlcc::gpu

using namespace dlcc;
using namespace dlcc::gpu;

bool dlcc::gpu::isPointwise(func::FuncOp kernel) {
  return kernel->hasAttr(attr::kParallelDims);
}

/// Offsets are numbers of 32 bits with a sign; what a tile has beyond its
/// tensor's end must fit in, too.
static constexpr int64_t kMostElements = int64_t(1) << 30;

/// What no kernel of a GPU can do, said at the place in the model.
static LogicalResult refuse(func::FuncOp kernel) {
  for (auto op : kernel.getOps<linalg::GenericOp>())
    if (auto symbol = op->getAttrOfType<StringAttr>(attr::kExtern))
      return emitError(op.getLoc())
             << "the C function '" << symbol.getValue()
             << "' cannot be called on a GPU; leave it out, or compile with "
                "--target=cpu";
  for (Type type : kernel.getFunctionType().getInputs())
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      if (tensor.getNumElements() >= kMostElements)
        return emitError(kernel.getLoc())
               << "a tensor of " << tensor.getNumElements()
               << " elements is too large for --target=cuda, which counts in "
                  "32 bits";
  return success();
}

namespace {
struct SelectKernelsPass
    : public dlcc::gpu::impl::SelectKernelsPassBase<SelectKernelsPass> {
  using SelectKernelsPassBase::SelectKernelsPassBase;

  LogicalResult select(func::FuncOp kernel, const Chip &chip) {
    return isIndexed(kernel)     ? selectIndexed(kernel, chip)
           : isPointwise(kernel) ? selectPointwise(kernel, chip)
                                 : selectContraction(kernel, chip, tensorFloat);
  }

  /// What is noted is the first chip's; the workspace suffices for all.
  LogicalResult select(func::FuncOp kernel, ArrayRef<const Chip *> chips) {
    int64_t workspace = 0;
    for (const Chip *chip : llvm::reverse(chips)) {
      if (failed(select(kernel, *chip)))
        return failure();
      workspace =
          std::max(workspace,
                   kernel->getAttrOfType<IntegerAttr>(attr::kScratch).getInt());
    }
    kernel->setAttr(attr::kScratch,
                    OpBuilder(kernel).getI64IntegerAttr(workspace));
    return success();
  }

  void runOnOperation() override {
    SmallVector<const Chip *> chips = chipsOf(getOperation());
    for (auto kernel : getOperation().getOps<func::FuncOp>()) {
      if (!kernel->hasAttr(attr::kKernel))
        continue;
      if (failed(refuse(kernel)) || failed(select(kernel, chips)))
        return signalPassFailure();
    }
  }
};
} // namespace
