//===- Ordered.cpp - ranks and running sums to linalg ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Both become what they mean: for each element a sum over all elements of its
// line, of those that come before it. A note on the op lets a kernel generator
// that knows better take fewer steps than the square of the line's length.
//
//===----------------------------------------------------------------------===//

#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/lower/Patterns.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::lower;

namespace {

/// The loops over an operand's dims and, inside, over its line once more.
struct Lines {
  Lines(Operation *op, int64_t axis, KernelLowering &kernel)
      : dims(getDims(cast<RankedTensorType>(op->getOperand(0).getType()))),
        rank(dims.size()) {
    dims.push_back(dims[axis]);
    loops = kernel.getLoops(op, dims, rank);
    SmallVector<int64_t> there = identity(rank);
    there[axis] = rank;
    here = kernel.getSource(op->getOperand(0), loops, identity(rank));
    other = kernel.getSource(op->getOperand(0), loops, there);
  }

  Dims dims;
  int64_t rank;
  LoopNest loops;
  Source here, other;
};

} // namespace

/// Whether `x` stands before `y` whatever their indices.
static Value emitPrecedes(OpBuilder &body, Location loc, Value x, Value y,
                          Type element, bool descending) {
  if (isa<FloatType>(element)) {
    auto compare = [&](arith::CmpFPredicate predicate, Value a, Value b) {
      return arith::CmpFOp::create(body, loc, predicate, a, b).getResult();
    };
    Value less = compare(descending ? arith::CmpFPredicate::OGT
                                    : arith::CmpFPredicate::OLT,
                         x, y);
    Value isNumber = compare(arith::CmpFPredicate::ORD, x, x);
    Value isNan = compare(arith::CmpFPredicate::UNO, y, y);
    Value atEnd = arith::AndIOp::create(body, loc, isNumber, isNan);
    return arith::OrIOp::create(body, loc, less, atEnd);
  }
  using Predicate = arith::CmpIPredicate;
  Predicate predicate = element.isUnsignedInteger()
                            ? (descending ? Predicate::ugt : Predicate::ult)
                            : (descending ? Predicate::sgt : Predicate::slt);
  return arith::CmpIOp::create(body, loc, predicate, x, y);
}

static void lowerRank(dlc::RankOp op, KernelLowering &kernel) {
  OpBuilder &builder = kernel.getBuilder();
  int64_t axis = op.getAxis(), limit = op.getLimit();
  Lines lines(op, axis, kernel);
  Type element = op.getOperand().getType().getElementType();
  Source sources[] = {lines.other, lines.here};
  emitReduction(
      op.getResult(), kernel, dlc::ReduceKind::Sum, lines.dims, lines.rank,
      lines.loops, sources, [&](OpBuilder &body, Location loc, ValueRange in) {
        auto index = [&](int64_t dim) {
          return linalg::IndexOp::create(body, loc, lines.loops.loopOf[dim]);
        };
        Value precedes =
            emitPrecedes(body, loc, in[0], in[1], element, op.getDescending());
        Value follows =
            emitPrecedes(body, loc, in[1], in[0], element, op.getDescending());
        Value isEarlier =
            arith::CmpIOp::create(body, loc, arith::CmpIPredicate::slt,
                                  index(lines.rank), index(axis));
        Value no =
            arith::ConstantOp::create(body, loc, body.getBoolAttr(false));
        Value wins = arith::SelectOp::create(body, loc, follows, no, isEarlier);
        Value counts = arith::OrIOp::create(body, loc, precedes, wins);
        return arith::ExtUIOp::create(body, loc, body.getI32Type(), counts);
      });
  Value count = kernel.getTensor(op.getResult());
  count.getDefiningOp()->setAttr(
      attr::kRank,
      builder.getDenseI64ArrayAttr({axis, op.getDescending(), limit}));
  if (limit >= op.getOperand().getType().getDimSize(axis))
    return;
  LoopNest loops = kernel.getLoops(op, getDims(op.getType()));
  Source counted;
  counted.tensor = count;
  counted.map = kernel.getMap(loops, identity(lines.rank));
  counted.element = builder.getI32Type();
  kernel.setTensor(op.getResult(),
                   kernel.emitPointwise(
                       op.getLoc(), op.getType(), loops, counted,
                       [&](OpBuilder &body, Location loc, ValueRange in) {
                         Value most = arith::ConstantOp::create(
                             body, loc, body.getI32IntegerAttr(limit));
                         return arith::MinSIOp::create(body, loc, in[0], most);
                       }));
}

static void lowerCumulative(dlc::CumulativeOp op, KernelLowering &kernel) {
  int64_t axis = op.getAxis();
  Lines lines(op, axis, kernel);
  using Predicate = arith::CmpIPredicate;
  Predicate predicate =
      op.getReverse() ? (op.getExclusive() ? Predicate::sgt : Predicate::sge)
                      : (op.getExclusive() ? Predicate::slt : Predicate::sle);
  emitReduction(
      op.getResult(), kernel, dlc::ReduceKind::Sum, lines.dims, lines.rank,
      lines.loops, lines.other,
      [&](OpBuilder &body, Location loc, ValueRange in) {
        auto index = [&](int64_t dim) {
          return linalg::IndexOp::create(body, loc, lines.loops.loopOf[dim]);
        };
        Value counts = arith::CmpIOp::create(body, loc, predicate,
                                             index(lines.rank), index(axis));
        Value zero = arith::ConstantOp::create(
            body, loc, cast<TypedAttr>(body.getZeroAttr(in[0].getType())));
        return arith::SelectOp::create(body, loc, counts, in[0], zero);
      });
  Operation *sum = kernel.getTensor(op.getResult()).getDefiningOp();
  sum->setAttr(attr::kCumulative,
               kernel.getBuilder().getDenseI64ArrayAttr(
                   {axis, op.getReverse(), op.getExclusive()}));
}

bool lower::lowerOrdered(Operation *op, KernelLowering &kernel) {
  if (auto rank = dyn_cast<dlc::RankOp>(op)) {
    lowerRank(rank, kernel);
    return true;
  }
  if (auto cumulative = dyn_cast<dlc::CumulativeOp>(op)) {
    lowerCumulative(cumulative, kernel);
    return true;
  }
  return false;
}
