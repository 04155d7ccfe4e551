//===- Contraction.cpp - a sum of products, read from a kernel ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/Contraction.h"

#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"

using namespace mlir;

namespace dlcc::cpu {

Type Contraction::elementType() const {
  auto result = cast<RankedTensorType>(op->getResult(0).getType());
  return result.getElementType();
}

linalg::GenericOp findContraction(func::FuncOp kernel) {
  linalg::GenericOp found;
  kernel.walk([&](linalg::GenericOp op) {
    if (op.getNumReductionLoops() != 0)
      found = op;
  });
  return found;
}

FailureOr<Contraction> readContraction(linalg::GenericOp op) {
  Contraction contraction;
  contraction.op = op;
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1)
    return op.emitOpError("is no product of two tensors");
  AffineMap a = op.getIndexingMapsArray()[0], b = op.getIndexingMapsArray()[1],
            c = op.getIndexingMapsArray()[2];
  auto rows = op->getAttrOfType<DenseI64ArrayAttr>(attr::kRows);
  SmallVector<int64_t> extents = op.getStaticLoopRanges();
  for (unsigned dim = 0; dim != op.getNumLoops(); ++dim) {
    bool inA = a.isFunctionOfDim(dim), inB = b.isFunctionOfDim(dim),
         inC = c.isFunctionOfDim(dim);
    ContractionLoop role =
        inA && inB ? (inC ? LoopB : LoopK) : (inA ? LoopM : LoopN);
    if (contraction.loops[role])
      return op.emitOpError("has two loops of one kind; merge them before");
    contraction.loops[role] = dim;
    contraction.extents[role] = extents[dim];
    contraction.rows[role] = rows ? rows[dim] : 0;
  }
  return contraction;
}

} // namespace dlcc::cpu
