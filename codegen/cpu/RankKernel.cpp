//===- RankKernel.cpp - places in the order along an axis -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every element becomes a key, an i64 whose order is the elements': floats by
// their bits, with those of negative ones turned round, NaN as the largest,
// descending orders by the complement. Keys and their indices lie in scratch,
// so a line is read once whatever its stride.
//
// Where many places are asked for a merge sort doubles sorted runs, stable
// since of equal keys the left run's goes first. Where few are, a sorted list
// of the best so far takes in whoever is better than its last.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/IndexedPlan.h"
#include "codegen/cpu/MemoryAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace dlcc::cpu;

/// A list of this many is walked faster than all is sorted, in lines of at
/// least so many times the length.
static constexpr int64_t kLongestList = 64, kLineToList = 4;

namespace {

class RankEmitter {
public:
  RankEmitter(KernelContext &context, const IndexedPlan &view)
      : view(view), task(context, view), p(task.p), loc(context.loc),
        key(p->getI64Type()), index(p->getI32Type()), keys(context.scratch) {
    operand = context.buffers.front().base;
    indices = p.at(keys, key, 2 * view.axis);
  }
  void emit();

private:
  Value keyOf(Value element);
  void sortLine(Value start);
  void selectLine(Value start);
  Value loadKey(Value start, Value k) {
    Value at = p.add(start, p.mul(k, view.inner.size));
    return keyOf(p.load(p.at(operand, view.element, at), view.element, 0));
  }
  void storePlace(Value start, Value k, Value place) {
    Value at = p.add(start, p.mul(k, view.inner.size));
    p.store(narrow(place), p.at(task.result, index, at));
  }
  Value narrow(Value value) {
    return arith::TruncIOp::create(*p, index, value);
  }
  Value wide(Value value) { return arith::ExtSIOp::create(*p, key, value); }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(*p, condition, a, b);
  }

  const IndexedPlan &view;
  IndexedTask task;
  PointerBuilder &p;
  Location loc;
  Type key, index;
  Value operand;
  Value keys, indices; ///< in scratch, each twice the line's length
};

} // namespace

Value RankEmitter::keyOf(Value element) {
  Type type = element.getType();
  Value result, isNan;
  if (auto number = dyn_cast<FloatType>(type)) {
    if (number.getWidth() < 32)
      element = arith::ExtFOp::create(*p, p->getF32Type(), element);
    // Both zeros are equal.
    Value zero = zeroOf(*p, loc, element.getType());
    element = arith::AddFOp::create(*p, element, zero);
    isNan =
        arith::CmpFOp::create(*p, arith::CmpFPredicate::UNO, element, element);
    unsigned width = element.getType().getIntOrFloatBitWidth();
    result = arith::BitcastOp::create(*p, p->getIntegerType(width), element);
    if (width < 64)
      result = wide(result);
    Value negative = arith::ShRSIOp::create(*p, result, p.constant(63));
    Value turned = arith::AndIOp::create(
        *p, negative,
        p.constant(width < 64 ? std::numeric_limits<int32_t>::max()
                              : std::numeric_limits<int64_t>::max()));
    result = arith::XOrIOp::create(*p, result, turned);
  } else if (type.isInteger(64)) {
    result = element;
    if (view.isUnsigned)
      result = arith::XOrIOp::create(
          *p, result, p.constant(std::numeric_limits<int64_t>::min()));
  } else if (view.isUnsigned) {
    result = arith::ExtUIOp::create(*p, key, element);
  } else {
    result = wide(element);
  }
  if (view.descending)
    result = arith::XOrIOp::create(*p, result, p.constant(-1));
  if (isNan)
    result =
        select(isNan, p.constant(std::numeric_limits<int64_t>::max()), result);
  return result;
}

void RankEmitter::sortLine(Value start) {
  Value n = p.constant(view.axis), one = p.constant(1);
  p.loop(p.constant(0), n, 1, [&](Value k) {
    p.store(loadKey(start, k), p.at(keys, key, k));
    p.store(narrow(k), p.at(indices, index, k));
  });
  // Runs of `width` in one half of the scratch become runs of twice that in
  // the other.
  Value otherKeys = p.at(keys, key, view.axis);
  Value otherIndices = p.at(indices, index, view.axis);
  int64_t turns = llvm::Log2_64_Ceil(view.axis);
  SmallVector<Value> sorted = p.loop(
      p.constant(0), p.constant(turns), 1,
      ValueRange{one, keys, indices, otherKeys, otherIndices},
      [&](Value, ValueRange in) -> SmallVector<Value> {
        Value width = in[0], fromKeys = in[1], fromIndices = in[2];
        Value toKeys = in[3], toIndices = in[4];
        Value twice = p.add(width, width);
        p.loop(p.constant(0), n, twice, [&](Value low) {
          Value middle = p.min(p.add(low, width), n);
          Value high = p.min(p.add(low, twice), n);
          p.loop(low, high, 1, ValueRange{low, middle},
                 [&](Value to, ValueRange at) -> SmallVector<Value> {
                   // Beyond its end a run is read, but not taken.
                   Value left = at[0], right = at[1];
                   Value last = p.constant(view.axis - 1);
                   Value there = p.min(right, last);
                   Value leftKey = p.load(p.at(fromKeys, key, left), key, 0);
                   Value rightKey = p.load(p.at(fromKeys, key, there), key, 0);
                   Value inOrder = p.notAbove(leftKey, rightKey);
                   Value rightEnds = p.notAbove(high, right);
                   Value leftGoes = arith::AndIOp::create(
                       *p, p.less(left, middle),
                       arith::OrIOp::create(*p, inOrder, rightEnds));
                   Value from = select(leftGoes, left, there);
                   p.store(select(leftGoes, leftKey, rightKey),
                           p.at(toKeys, key, to));
                   p.store(p.load(p.at(fromIndices, index, from), index, 0),
                           p.at(toIndices, index, to));
                   return {select(leftGoes, p.add(left, one), left),
                           select(leftGoes, right, p.add(right, one))};
                 });
        });
        return {twice, toKeys, toIndices, fromKeys, fromIndices};
      });
  p.loop(p.constant(0), n, 1, [&](Value place) {
    Value k = wide(p.load(p.at(sorted[2], index, place), index, 0));
    storePlace(start, k, p.min(place, p.constant(view.limit)));
  });
}

void RankEmitter::selectLine(Value start) {
  Value zero = p.constant(0), none = p.constant(-1);
  Value length = p.constant(view.limit);
  p.loop(zero, length, 1, [&](Value place) {
    p.store(narrow(none), p.at(indices, index, place));
  });
  Value lastKey = p.at(keys, key, view.limit - 1);
  Value lastIndex = p.at(indices, index, view.limit - 1);
  auto goesBefore = [&](Value candidate, Value other, Value at) {
    Value isEmpty = p.less(wide(at), zero);
    return arith::OrIOp::create(*p, isEmpty, p.less(candidate, other));
  };
  p.loop(zero, p.constant(view.axis), 1, [&](Value k) {
    storePlace(start, k, length);
    Value candidate = loadKey(start, k);
    Value enters = goesBefore(candidate, p.load(lastKey, key, 0),
                              p.load(lastIndex, index, 0));
    p.when(enters, [&] {
      // From its place on everyone moves by one.
      p.loop(zero, length, 1, ValueRange{candidate, narrow(k)},
             [&](Value place, ValueRange moving) -> SmallVector<Value> {
               Value keyAt = p.at(keys, key, place);
               Value indexAt = p.at(indices, index, place);
               Value standing = p.load(keyAt, key, 0);
               Value standingIndex = p.load(indexAt, index, 0);
               // Who was pushed out comes before all that follow: they are
               // no smaller, and equal ones stand behind it in the line.
               Value pushes = goesBefore(moving[0], standing, standingIndex);
               Value isPushed = arith::CmpIOp::create(
                   *p, arith::CmpIPredicate::ne, moving[1], narrow(k));
               Value takes = arith::OrIOp::create(*p, pushes, isPushed);
               p.store(select(takes, moving[0], standing), keyAt);
               p.store(select(takes, moving[1], standingIndex), indexAt);
               return {select(takes, standing, moving[0]),
                       select(takes, standingIndex, moving[1])};
             });
    });
  });
  p.loop(zero, length, 1, [&](Value place) {
    Value k = wide(p.load(p.at(indices, index, place), index, 0));
    storePlace(start, k, place);
  });
}

void RankEmitter::emit() {
  bool isShort =
      view.limit <= kLongestList && view.limit * kLineToList <= view.axis;
  p.loop(task.outerFrom, task.outerTo, 1, [&](Value outer) {
    Value line = p.mul(outer, view.axis * view.inner.size);
    p.loop(task.columnFrom, task.columnTo, 1, [&](Value column) {
      Value start = p.add(line, column);
      if (isShort)
        selectLine(start);
      else
        sortLine(start);
    });
  });
}

void dlcc::cpu::emitRank(KernelContext &context, const IndexedPlan &view) {
  RankEmitter(context, view).emit();
}
