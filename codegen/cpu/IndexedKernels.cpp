//===- IndexedKernels.cpp - sums at indices and running sums --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A sum at indices: the task clears its part of the result, then walks all
// indices in ascending order and adds what falls into that part, row by row.
// No two tasks write one element, and each element's terms come in one order.
//
// A running sum keeps its sum in a register, of one line or of as many
// neighbouring ones as there are lanes.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/IndexedPlan.h"
#include "codegen/cpu/MemoryAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlcc::cpu;

static linalg::GenericOp findNoted(func::FuncOp kernel, StringRef note) {
  for (auto op : kernel.getOps<linalg::GenericOp>())
    if (op->hasAttr(note))
      return op;
  llvm_unreachable("the view was made of a noted op");
}

static Value add(OpBuilder &b, Location loc, Value x, Value y) {
  if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
    return arith::AddFOp::create(b, loc, x, y);
  return arith::AddIOp::create(b, loc, x, y);
}

/// No wider than the columns are many.
static int64_t chooseLanes(const KernelContext &context,
                           const IndexedPlan &view) {
  return std::min<int64_t>(context.target.lanes(view.element),
                           llvm::PowerOf2Ceil(view.inner.size));
}

void dlcc::cpu::emitScatter(KernelContext &context, const IndexedPlan &view) {
  OpBuilder &b = context.builder;
  Location loc = context.loc;
  IndexedTask task(context, view);
  PointerBuilder &p = task.p;
  linalg::GenericOp op = findNoted(context.planned, dlcc::attr::kScatter);
  const Buffer *values = context.inputBuffer(op.getDpsInputOperand(0)->get());
  const Buffer *index = context.inputBuffer(op.getDpsInputOperand(1)->get());
  int64_t lanes = chooseLanes(context, view);
  int64_t columns = view.inner.size;
  Type vector = VectorType::get({lanes}, view.element);
  Value zero = zeroOf(b, loc, vector);

  p.loop(task.outerFrom, task.outerTo, 1, [&](Value outer) {
    Value result =
        p.at(task.result, view.element, p.mul(outer, view.axis * columns));
    Value from = p.at(values->base, view.element,
                      p.mul(outer, view.steps * view.asked.size * columns));
    Value asked =
        p.at(index->base, index->elementType,
             p.mul(p.div(outer, view.unpaired), view.steps * view.asked.size));
    p.loop(task.row, p.constant(view.axis), view.classes, [&](Value row) {
      Value start = p.at(result, view.element, p.mul(row, columns));
      task.forColumns(lanes, [&](Value column, Value mask) {
        store(*p, loc, zero, p.at(start, view.element, column), mask);
      });
    });
    auto addOne = [&](Value j) {
      Value row =
          p.load(p.at(asked, index->elementType, j), index->elementType, 0);
      if (!row.getType().isInteger(64))
        row = arith::ExtSIOp::create(*p, loc, p->getI64Type(), row);
      row = p.min(p.max(row, p.constant(0)), p.constant(view.axis - 1));
      Value isMine = p.boolean(true);
      if (view.classes > 1)
        isMine = p.equal(p.both(row, p.constant(view.classes - 1)), task.row);
      p.when(isMine, [&] {
        Value start = p.at(result, view.element, p.mul(row, columns));
        Value here = p.at(from, view.element, p.mul(j, columns));
        task.forColumns(lanes, [&](Value column, Value mask) {
          Value to = p.at(start, view.element, column);
          Value sum = load(*p, loc, to, vector, mask);
          Value term =
              load(*p, loc, p.at(here, view.element, column), vector, mask);
          store(*p, loc, add(*p, loc, sum, term), to, mask);
        });
      });
    };
    p.loop(p.constant(0), p.constant(view.steps), 1, [&](Value step) {
      Value first = p.mul(step, view.asked.size);
      p.loop(first, p.add(first, task.given(view.asked)), 1, addOne);
    });
  });
}

void dlcc::cpu::emitCumulative(KernelContext &context,
                               const IndexedPlan &view) {
  OpBuilder &b = context.builder;
  Location loc = context.loc;
  IndexedTask task(context, view);
  PointerBuilder &p = task.p;
  linalg::GenericOp op = findNoted(context.planned, dlcc::attr::kCumulative);
  const Buffer *operand = context.inputBuffer(op.getDpsInputOperand(0)->get());
  int64_t lanes = chooseLanes(context, view);
  int64_t columns = view.inner.size;
  Type vector = VectorType::get({lanes}, view.element);
  Value zero = zeroOf(b, loc, vector);

  p.loop(task.outerFrom, task.outerTo, 1, [&](Value outer) {
    Value line = p.mul(outer, view.axis * columns);
    task.forColumns(lanes, [&](Value column, Value mask) {
      Value first = p.add(line, column);
      auto step = [&](Value k, ValueRange sum) -> SmallVector<Value> {
        if (view.reverse)
          k = p.sub(p.constant(view.axis - 1), k);
        Value at = p.add(first, p.mul(k, columns));
        Value term =
            load(*p, loc, p.at(operand->base, view.element, at), vector, mask);
        Value next = add(*p, loc, sum.front(), term);
        store(*p, loc, view.exclusive ? sum.front() : next,
              p.at(task.result, view.element, at), mask);
        return {next};
      };
      p.loop(p.constant(0), p.constant(view.axis), 1, zero, step);
    });
  });
}
