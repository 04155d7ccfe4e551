//===- KernelLowering.cpp - loops, operands and bodies of kernel ops ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/lower/Patterns.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::lower;

Type lower::getScalarType(Type element) {
  if (auto integer = dyn_cast<IntegerType>(element))
    return IntegerType::get(element.getContext(), integer.getWidth());
  return element;
}

RankedTensorType lower::getStoredType(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = getScalarType(tensor.getElementType());
  if (element.isInteger(1))
    element = IntegerType::get(type.getContext(), 8);
  return RankedTensorType::get(tensor.getShape(), element);
}

SmallVector<int64_t> lower::identity(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

SmallVector<int64_t> lower::getRows(ArrayRef<Dim> dims, int64_t batch) {
  return llvm::map_to_vector(
      dims, [&](const Dim &dim) { return getRowMultiple(dim, batch); });
}

LoopNest KernelLowering::getLoops(Operation *op, ArrayRef<Dim> dims,
                                  ArrayRef<int64_t> reduced) const {
  // Without a note the kept dims are the parallel ones, in their order.
  SmallVector<int64_t> places;
  if (auto noted = op->getAttrOfType<DenseI64ArrayAttr>(attr::kPlaces)) {
    places.assign(noted.asArrayRef().begin(), noted.asArrayRef().end());
  } else {
    for (int64_t d = 0, next = 0, e = dims.size(); d < e; ++d)
      places.push_back(llvm::is_contained(reduced, d) ? -1 : next++);
  }
  LoopNest loops;
  loops.iterators.assign(dims.size(), utils::IteratorType::parallel);
  loops.rows.resize(dims.size());
  int64_t inner = parallelDims;
  for (auto [d, dim] : llvm::enumerate(dims)) {
    int64_t loop = places[d] >= 0 ? places[d] : inner++;
    loops.loopOf.push_back(loop);
    loops.rows[loop] = getRowMultiple(dim, batch);
    if (llvm::is_contained(reduced, int64_t(d)))
      loops.iterators[loop] = utils::IteratorType::reduction;
  }
  return loops;
}

SmallVector<AffineExpr> KernelLowering::getPlace(const LoopNest &loops,
                                                 ArrayRef<int64_t> axes) const {
  return llvm::map_to_vector(axes, [&](int64_t axis) {
    return getAffineDimExpr(loops.loopOf[axis], builder.getContext());
  });
}

AffineMap KernelLowering::getMap(const LoopNest &loops,
                                 ArrayRef<int64_t> axes) const {
  return AffineMap::get(loops.iterators.size(), 0, getPlace(loops, axes),
                        builder.getContext());
}

Source KernelLowering::getSource(Value value, const LoopNest &loops,
                                 ArrayRef<int64_t> axes) const {
  return getSourceAt(value, loops, getPlace(loops, axes));
}

Source KernelLowering::getSourceAt(Value value, const LoopNest &loops,
                                   ArrayRef<AffineExpr> place) const {
  Source source;
  source.element = getElementTypeOrSelf(value.getType());
  if (Value tensor = getTensor(value)) {
    source.tensor = tensor;
    source.map =
        AffineMap::get(loops.iterators.size(), 0, place, builder.getContext());
    return source;
  }
  Operation *op = value.getDefiningOp();
  if (auto broadcast = dyn_cast<dlc::BroadcastOp>(op)) {
    SmallVector<AffineExpr> outer;
    for (int64_t axis : broadcast.getAxes())
      outer.push_back(place[axis]);
    return getSourceAt(broadcast.getOperand(), loops, outer);
  }
  if (auto transpose = dyn_cast<dlc::TransposeOp>(op)) {
    SmallVector<AffineExpr> outer(place.size());
    for (auto [i, axis] : llvm::enumerate(transpose.getPermutation()))
      outer[axis] = place[i];
    return getSourceAt(transpose.getOperand(), loops, outer);
  }
  if (auto window = dyn_cast<dlc::WindowOp>(op)) {
    auto outer = llvm::to_vector(place.drop_back(window.getAxes().size()));
    for (auto [i, axis] : llvm::enumerate(window.getAxes()))
      outer[axis] = outer[axis] * window.getStrides()[i] +
                    place[outer.size() + i] * window.getDilations()[i] +
                    window.getStart(i);
    return getSourceAt(window.getOperand(), loops, outer);
  }
  if (auto iota = dyn_cast<dlc::IotaOp>(op)) {
    source.index = place[iota.getAxis()];
    return source;
  }
  // A constant that is no splat was given a tensor.
  auto splat = cast<SplatElementsAttr>(cast<dlc::ConstantOp>(op).getValue());
  Type scalar = getScalarType(source.element);
  if (auto number = dyn_cast<FloatType>(scalar))
    source.constant = FloatAttr::get(number, splat.getSplatValue<APFloat>());
  else
    source.constant = IntegerAttr::get(scalar, splat.getSplatValue<APInt>());
  return source;
}

/// The value of a sum of multiples of loop indices.
static Value emitIndex(OpBuilder &body, Location loc, AffineExpr expr) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return linalg::IndexOp::create(body, loc, dim.getPosition());
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return arith::ConstantIndexOp::create(body, loc, constant.getValue());
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Value lhs = emitIndex(body, loc, binary.getLHS());
  Value rhs = emitIndex(body, loc, binary.getRHS());
  if (expr.getKind() == AffineExprKind::Add)
    return arith::AddIOp::create(body, loc, lhs, rhs);
  return arith::MulIOp::create(body, loc, lhs, rhs);
}

SmallVector<Value> KernelLowering::emitScalars(OpBuilder &body, Location loc,
                                               ArrayRef<Source> sources,
                                               ValueRange arguments) {
  SmallVector<Value> scalars;
  unsigned next = 0;
  for (const Source &source : sources) {
    if (source.tensor) {
      Value scalar = arguments[next++];
      if (source.element.isInteger(1))
        scalar = arith::TruncIOp::create(body, loc, body.getI1Type(), scalar);
      scalars.push_back(scalar);
    } else if (source.index) {
      Type index = getScalarType(source.element);
      bool isFloat = isa<FloatType>(index);
      Value scalar = emitIndex(body, loc, source.index);
      scalar = arith::IndexCastOp::create(
          body, loc, isFloat ? body.getI64Type() : index, scalar);
      if (isFloat)
        scalar = arith::SIToFPOp::create(body, loc, index, scalar);
      scalars.push_back(scalar);
    } else {
      scalars.push_back(arith::ConstantOp::create(body, loc, source.constant));
    }
  }
  return scalars;
}

Value KernelLowering::emitPointwise(Location loc, Type type,
                                    const LoopNest &loops,
                                    ArrayRef<Source> sources,
                                    BodyBuilder emitBody) {
  RankedTensorType stored = getStoredType(type);
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (const Source &source : sources) {
    if (!source.tensor)
      continue;
    inputs.push_back(source.tensor);
    maps.push_back(source.map);
  }
  maps.push_back(getMap(loops, identity(stored.getRank())));
  Value init = tensor::EmptyOp::create(builder, loc, stored.getShape(),
                                       stored.getElementType());
  bool isBool = getElementTypeOrSelf(type).isInteger(1);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange(stored), inputs, ValueRange(init), maps,
      loops.iterators,
      [&](OpBuilder &body, Location loc, ValueRange arguments) {
        Value result = emitBody(
            body, loc, emitScalars(body, loc, sources, arguments.drop_back()));
        if (isBool)
          result = arith::ExtUIOp::create(body, loc, body.getI8Type(), result);
        linalg::YieldOp::create(body, loc, result);
      });
  generic->setAttr(attr::kRows, builder.getDenseI64ArrayAttr(loops.rows));
  return generic.getResult(0);
}

Value KernelLowering::emitFill(Location loc, RankedTensorType type,
                               TypedAttr value, ArrayRef<int64_t> rows) {
  Value scalar = arith::ConstantOp::create(builder, loc, value);
  Value init = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                       type.getElementType());
  auto fill = linalg::FillOp::create(builder, loc, scalar, init);
  fill->setAttr(attr::kRows, builder.getDenseI64ArrayAttr(rows));
  return fill.getResult(0);
}
