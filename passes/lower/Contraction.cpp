//===- Contraction.cpp - products to linalg -------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// result[batch, m, n] = sum over k of lhs[batch, m, k] * rhs[batch, n, k]
// with loops (batch…, m…, n…, k…). Floats become one sum of products that
// starts at zero, which codegen packs and tiles; f16 and bf16 accumulate in
// f32. Products of integers are summed like any other reduction.
//
//===----------------------------------------------------------------------===//

#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/lower/Patterns.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::lower;

namespace {
/// The loop space of a contraction and where each operand's dims are in it.
struct ContractionSpace {
  Dims dims;
  SmallVector<int64_t> lhs, rhs, reduced;
};
} // namespace

static ContractionSpace getSpace(dlc::ContractOp op) {
  ContractionSpace space;
  Dims lhs = getDims(cast<RankedTensorType>(op.getLhs().getType()));
  Dims rhs = getDims(cast<RankedTensorType>(op.getRhs().getType()));
  space.lhs.assign(lhs.size(), -1);
  space.rhs.assign(rhs.size(), -1);
  auto add = [&](const Dim &dim) -> int64_t {
    space.dims.push_back(dim);
    return space.dims.size() - 1;
  };
  for (auto [l, r] : llvm::zip_equal(op.getLhsBatch(), op.getRhsBatch()))
    space.lhs[l] = space.rhs[r] = add(lhs[l]);
  for (auto [d, dim] : llvm::enumerate(lhs))
    if (space.lhs[d] < 0 && !llvm::is_contained(op.getLhsContract(), d))
      space.lhs[d] = add(dim);
  for (auto [d, dim] : llvm::enumerate(rhs))
    if (space.rhs[d] < 0 && !llvm::is_contained(op.getRhsContract(), d))
      space.rhs[d] = add(dim);
  for (auto [l, r] :
       llvm::zip_equal(op.getLhsContract(), op.getRhsContract())) {
    space.lhs[l] = space.rhs[r] = add(lhs[l]);
    space.reduced.push_back(space.lhs[l]);
  }
  return space;
}

/// The product of both operands of a sum; narrow floats widen first.
static Value emitProduct(OpBuilder &body, Location loc, Value lhs, Value rhs,
                         Type accumulator) {
  if (isa<IntegerType>(accumulator))
    return arith::MulIOp::create(body, loc, lhs, rhs);
  for (Value *operand : {&lhs, &rhs})
    if (operand->getType() != accumulator)
      *operand = arith::ExtFOp::create(body, loc, accumulator, *operand);
  return arith::MulFOp::create(body, loc, lhs, rhs);
}

bool lower::lowerContraction(Operation *op, KernelLowering &kernel) {
  auto contract = dyn_cast<dlc::ContractOp>(op);
  if (!contract)
    return false;
  OpBuilder &builder = kernel.getBuilder();
  Location loc = op->getLoc();
  ContractionSpace space = getSpace(contract);
  LoopNest loops = kernel.getLoops(op, space.dims, space.reduced);
  Source sources[] = {kernel.getSource(contract.getLhs(), loops, space.lhs),
                      kernel.getSource(contract.getRhs(), loops, space.rhs)};
  Type type = contract.getResult().getType();
  Type element = getElementTypeOrSelf(getStoredType(type));

  // Nothing is summed: the product of each pair.
  if (space.reduced.empty()) {
    kernel.setTensor(
        contract.getResult(),
        kernel.emitPointwise(loc, type, loops, sources,
                             [&](OpBuilder &body, Location loc, ValueRange in) {
                               return emitProduct(body, loc, in[0], in[1],
                                                  in[0].getType());
                             }));
    return true;
  }

  bool isNarrow =
      isa<FloatType>(element) && element.getIntOrFloatBitWidth() < 32;
  Type accumulator = isNarrow ? builder.getF32Type() : element;
  auto sumType =
      RankedTensorType::get(getStoredType(type).getShape(), accumulator);
  int64_t rank = sumType.getRank();
  Value init = kernel.emitFill(
      loc, sumType, cast<TypedAttr>(builder.getZeroAttr(accumulator)),
      getRows(ArrayRef<Dim>(space.dims).take_front(rank), kernel.getBatch()));
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (const Source &source : sources) {
    inputs.push_back(source.tensor);
    maps.push_back(source.map);
  }
  maps.push_back(kernel.getMap(loops, identity(rank)));
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange(sumType), inputs, ValueRange(init), maps,
      loops.iterators, [&](OpBuilder &body, Location loc, ValueRange args) {
        Value product = emitProduct(body, loc, args[0], args[1], accumulator);
        Value sum;
        if (isa<IntegerType>(accumulator))
          sum = arith::AddIOp::create(body, loc, args[2], product);
        else
          sum = arith::AddFOp::create(body, loc, args[2], product);
        linalg::YieldOp::create(body, loc, sum);
      });
  generic->setAttr(attr::kRows, builder.getDenseI64ArrayAttr(loops.rows));
  if (Attribute winograd = op->getAttr(attr::kWinograd))
    generic->setAttr(attr::kWinograd, winograd);
  Value result = generic.getResult(0);
  if (isNarrow) {
    LoopNest output =
        kernel.getLoops(op, ArrayRef<Dim>(space.dims).take_front(rank));
    Source sum;
    sum.tensor = result;
    sum.map = kernel.getMap(output, identity(rank));
    sum.element = accumulator;
    result = kernel.emitPointwise(
        loc, type, output, sum,
        [&](OpBuilder &body, Location loc, ValueRange in) {
          return arith::TruncFOp::create(body, loc, element, in[0]);
        });
  }
  kernel.setTensor(contract.getResult(), result);
  return true;
}
