//===- Reduction.cpp - reductions to linalg -------------------------------===//
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
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::lower;

/// What the combination of nothing is; `element` has its sign.
static TypedAttr getNeutral(OpBuilder &builder, dlc::ReduceKind kind,
                            Type element) {
  if (auto number = dyn_cast<FloatType>(element)) {
    const llvm::fltSemantics &semantics = number.getFloatSemantics();
    switch (kind) {
    case dlc::ReduceKind::Sum:
      return FloatAttr::get(number, APFloat::getZero(semantics));
    case dlc::ReduceKind::Prod:
      return FloatAttr::get(number, APFloat::getOne(semantics));
    case dlc::ReduceKind::Max:
      return FloatAttr::get(number, APFloat::getInf(semantics, true));
    case dlc::ReduceKind::Min:
      return FloatAttr::get(number, APFloat::getInf(semantics, false));
    }
  }
  unsigned width = element.getIntOrFloatBitWidth();
  bool isUnsigned = element.isUnsignedInteger();
  APInt value(width, kind == dlc::ReduceKind::Prod ? 1 : 0);
  if (kind == dlc::ReduceKind::Max)
    value = isUnsigned ? APInt::getMinValue(width)
                       : APInt::getSignedMinValue(width);
  if (kind == dlc::ReduceKind::Min)
    value = isUnsigned ? APInt::getMaxValue(width)
                       : APInt::getSignedMaxValue(width);
  return IntegerAttr::get(getScalarType(element), value);
}

static Value emitCombine(OpBuilder &body, Location loc, dlc::ReduceKind kind,
                         Value accumulator, Value value, Type element) {
  if (isa<FloatType>(element)) {
    switch (kind) {
    case dlc::ReduceKind::Sum:
      return arith::AddFOp::create(body, loc, accumulator, value);
    case dlc::ReduceKind::Prod:
      return arith::MulFOp::create(body, loc, accumulator, value);
    case dlc::ReduceKind::Max:
      return arith::MaximumFOp::create(body, loc, accumulator, value);
    case dlc::ReduceKind::Min:
      return arith::MinimumFOp::create(body, loc, accumulator, value);
    }
  }
  bool isUnsigned = element.isUnsignedInteger();
  switch (kind) {
  case dlc::ReduceKind::Sum:
    return arith::AddIOp::create(body, loc, accumulator, value);
  case dlc::ReduceKind::Prod:
    return arith::MulIOp::create(body, loc, accumulator, value);
  case dlc::ReduceKind::Max:
    if (isUnsigned)
      return arith::MaxUIOp::create(body, loc, accumulator, value);
    return arith::MaxSIOp::create(body, loc, accumulator, value);
  case dlc::ReduceKind::Min:
    if (isUnsigned)
      return arith::MinUIOp::create(body, loc, accumulator, value);
    return arith::MinSIOp::create(body, loc, accumulator, value);
  }
  llvm_unreachable("all kinds are handled");
}

/// Whether `value` at a later index replaces `best`: it is more extreme, or
/// the first NaN.
static Value emitIsBetter(OpBuilder &body, Location loc, dlc::ReduceKind kind,
                          Value value, Value best, Type element) {
  bool isMax = kind == dlc::ReduceKind::Max;
  if (isa<FloatType>(element)) {
    Value beats = arith::CmpFOp::create(body, loc,
                                        isMax ? arith::CmpFPredicate::OGT
                                              : arith::CmpFPredicate::OLT,
                                        value, best);
    Value isNan = arith::CmpFOp::create(body, loc, arith::CmpFPredicate::UNO,
                                        value, value);
    Value hadNone =
        arith::CmpFOp::create(body, loc, arith::CmpFPredicate::ORD, best, best);
    Value isFirst = arith::AndIOp::create(body, loc, isNan, hadNone);
    return arith::OrIOp::create(body, loc, beats, isFirst);
  }
  using Predicate = arith::CmpIPredicate;
  Predicate predicate = element.isUnsignedInteger()
                            ? (isMax ? Predicate::ugt : Predicate::ult)
                            : (isMax ? Predicate::sgt : Predicate::slt);
  return arith::CmpIOp::create(body, loc, predicate, value, best);
}

/// The dims of a loop space without the reduced ones.
static SmallVector<int64_t> getKept(int64_t rank, ArrayRef<int64_t> reduced) {
  SmallVector<int64_t> kept;
  for (int64_t d = 0; d < rank; ++d)
    if (!llvm::is_contained(reduced, d))
      kept.push_back(d);
  return kept;
}

/// Linalg finds the extents of loops from operands that they index directly.
/// Loops of windows get an operand that nobody reads for it.
static void addShapeOperand(KernelLowering &kernel, Location loc,
                            const LoopNest &loops, ArrayRef<Dim> dims,
                            AffineMap result, SmallVectorImpl<Value> &inputs,
                            SmallVectorImpl<AffineMap> &maps) {
  llvm::SmallBitVector known(loops.iterators.size());
  auto find = [&](AffineMap map) {
    for (AffineExpr expr : map.getResults())
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        known.set(dim.getPosition());
  };
  llvm::for_each(maps, find);
  find(result);
  SmallVector<int64_t> axes, shape;
  for (auto [axis, dim] : llvm::enumerate(dims))
    if (!known.test(loops.loopOf[axis])) {
      axes.push_back(axis);
      shape.push_back(dim.size);
    }
  if (axes.empty())
    return;
  OpBuilder &builder = kernel.getBuilder();
  inputs.push_back(
      tensor::EmptyOp::create(builder, loc, shape, builder.getI8Type()));
  maps.push_back(kernel.getMap(loops, axes));
}

void lower::emitReduction(Value reduced, KernelLowering &kernel,
                          dlc::ReduceKind kind, ArrayRef<Dim> dims,
                          ArrayRef<int64_t> axes, const LoopNest &loops,
                          ArrayRef<Source> sources, BodyBuilder emitValue) {
  OpBuilder &builder = kernel.getBuilder();
  Location loc = reduced.getLoc();
  SmallVector<int64_t> kept = getKept(dims.size(), axes);

  Type type = reduced.getType();
  Type element = getElementTypeOrSelf(type);
  bool isNarrow =
      isa<FloatType>(element) && element.getIntOrFloatBitWidth() < 32;
  Type wide = isNarrow ? builder.getF32Type() : element;
  auto combined = RankedTensorType::get(getStoredType(type).getShape(),
                                        getScalarType(wide));
  Dims keptDims;
  for (int64_t d : kept)
    keptDims.push_back(dims[d]);
  Value init = kernel.emitFill(loc, combined, getNeutral(builder, kind, wide),
                               getRows(keptDims, kernel.getBatch()));

  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (const Source &source : sources) {
    if (!source.tensor)
      continue;
    inputs.push_back(source.tensor);
    maps.push_back(source.map);
  }
  AffineMap output = kernel.getMap(loops, kept);
  addShapeOperand(kernel, loc, loops, dims, output, inputs, maps);
  maps.push_back(output);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange(combined), inputs, ValueRange(init), maps,
      loops.iterators, [&](OpBuilder &body, Location loc, ValueRange args) {
        Value value =
            emitValue(body, loc,
                      kernel.emitScalars(body, loc, sources, args.drop_back()));
        if (isNarrow)
          value = arith::ExtFOp::create(body, loc, wide, value);
        linalg::YieldOp::create(
            body, loc, emitCombine(body, loc, kind, args.back(), value, wide));
      });
  generic->setAttr(attr::kRows, builder.getDenseI64ArrayAttr(loops.rows));
  Value result = generic.getResult(0);

  if (isNarrow) {
    // The loops that are left once the reduced ones are gone.
    LoopNest outer = loops;
    for (int64_t d : llvm::reverse(axes)) {
      int64_t gone = loops.loopOf[d];
      for (int64_t &loop : outer.loopOf)
        loop -= loop > gone;
      outer.iterators.erase(outer.iterators.begin() + gone);
      outer.rows.erase(outer.rows.begin() + gone);
    }
    LoopNest rest{outer.iterators, outer.rows, {}};
    for (int64_t d : kept)
      rest.loopOf.push_back(outer.loopOf[d]);
    Source sum;
    sum.tensor = result;
    sum.map = kernel.getMap(rest, identity(kept.size()));
    sum.element = wide;
    result = kernel.emitPointwise(
        loc, type, rest, sum,
        [&](OpBuilder &body, Location loc, ValueRange in) {
          return arith::TruncFOp::create(body, loc, element, in[0]);
        });
  }
  kernel.setTensor(reduced, result);
}

static void lowerReduce(dlc::ReduceOp op, KernelLowering &kernel) {
  Dims dims = getDims(cast<RankedTensorType>(op.getOperand().getType()));
  LoopNest loops = kernel.getLoops(op, dims, op.getAxes());
  Source source =
      kernel.getSource(op.getOperand(), loops, identity(dims.size()));
  emitReduction(op.getResult(), kernel, op.getKind(), dims, op.getAxes(), loops,
                source,
                [](OpBuilder &, Location, ValueRange in) { return in[0]; });
}

static void lowerArgReduce(dlc::ArgReduceOp op, KernelLowering &kernel) {
  OpBuilder &builder = kernel.getBuilder();
  Location loc = op.getLoc();
  Dims dims = getDims(cast<RankedTensorType>(op.getOperand().getType()));
  int64_t axis = op.getAxis();
  LoopNest loops = kernel.getLoops(op, dims, axis);
  Source source =
      kernel.getSource(op.getOperand(), loops, identity(dims.size()));
  SmallVector<int64_t> kept = getKept(dims.size(), axis);
  Dims keptDims;
  for (int64_t d : kept)
    keptDims.push_back(dims[d]);
  SmallVector<int64_t> rows = getRows(keptDims, kernel.getBatch());

  RankedTensorType indices = getStoredType(op.getResult().getType());
  auto values =
      RankedTensorType::get(indices.getShape(), getScalarType(source.element));
  Value bestInit = kernel.emitFill(
      loc, values, getNeutral(builder, op.getKind(), source.element), rows);
  Value indexInit =
      kernel.emitFill(loc, indices, builder.getI32IntegerAttr(0), rows);
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  if (source.tensor) {
    inputs.push_back(source.tensor);
    maps.push_back(source.map);
  }
  AffineMap output = kernel.getMap(loops, kept);
  addShapeOperand(kernel, loc, loops, dims, output, inputs, maps);
  maps.append(2, output);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{values, indices}, inputs,
      ValueRange{bestInit, indexInit}, maps, loops.iterators,
      [&](OpBuilder &body, Location loc, ValueRange args) {
        Value value =
            kernel.emitScalars(body, loc, source, args.drop_back(2)).front();
        Value best = args[args.size() - 2], index = args.back();
        Value here = arith::IndexCastOp::create(
            body, loc, body.getI32Type(),
            linalg::IndexOp::create(body, loc, loops.loopOf[axis]));
        Value take =
            emitIsBetter(body, loc, op.getKind(), value, best, source.element);
        Value newBest = arith::SelectOp::create(body, loc, take, value, best);
        Value newIndex = arith::SelectOp::create(body, loc, take, here, index);
        linalg::YieldOp::create(body, loc, ValueRange{newBest, newIndex});
      });
  generic->setAttr(attr::kRows, builder.getDenseI64ArrayAttr(loops.rows));
  generic->setAttr(attr::kArgReduce,
                   builder.getStringAttr(stringifyReduceKind(op.getKind())));
  kernel.setTensor(op.getResult(), generic.getResult(1));
}

bool lower::lowerReduction(Operation *op, KernelLowering &kernel) {
  if (auto reduce = dyn_cast<dlc::ReduceOp>(op)) {
    lowerReduce(reduce, kernel);
    return true;
  }
  if (auto search = dyn_cast<dlc::ArgReduceOp>(op)) {
    lowerArgReduce(search, kernel);
    return true;
  }
  return false;
}
