//===- Combiner.cpp - how partial results are combined --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/Combiner.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

Operation *dlcc::findCombiner(linalg::GenericOp op, unsigned result) {
  Value yielded = op.getBody()->getTerminator()->getOperand(result);
  Value accumulator = op.getRegionOutputArgs()[result];
  Operation *combiner = yielded.getDefiningOp();
  if (!combiner || !llvm::is_contained(combiner->getOperands(), accumulator) ||
      !accumulator.hasOneUse())
    return nullptr;
  bool known =
      isa<arith::AddFOp, arith::MulFOp, arith::MaximumFOp, arith::MinimumFOp,
          arith::MaxNumFOp, arith::MinNumFOp, arith::AddIOp, arith::MulIOp,
          arith::MaxSIOp, arith::MinSIOp, arith::MaxUIOp, arith::MinUIOp,
          arith::AndIOp, arith::OrIOp, arith::XOrIOp>(combiner) ||
      (isa<math::FmaOp>(combiner) && combiner->getOperand(2) == accumulator);
  return known ? combiner : nullptr;
}

TypedAttr dlcc::neutralElement(OpBuilder &b, Operation *combiner) {
  Type type = getElementTypeOrSelf(combiner->getResult(0).getType());
  if (isa<math::FmaOp>(combiner))
    return b.getZeroAttr(type);
  std::optional<TypedAttr> neutral = arith::getNeutralElement(combiner);
  return neutral.value_or(TypedAttr());
}

Value dlcc::combine(OpBuilder &b, Operation *combiner, Value lhs, Value rhs) {
  if (isa<math::FmaOp>(combiner))
    return arith::AddFOp::create(b, combiner->getLoc(), lhs, rhs);
  OperationState state(combiner->getLoc(), combiner->getName());
  state.addOperands({lhs, rhs});
  state.addTypes(lhs.getType());
  state.propertiesAttr = combiner->getPropertiesAsAttribute();
  return b.create(state)->getResult(0);
}
