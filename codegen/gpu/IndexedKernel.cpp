//===- IndexedKernel.cpp - sums at indices and running sums ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The result of a sum at indices is [outer][axis][inner]. A thread has one
// column of it and those of its rows whose number is of the thread's class: it
// clears them, then walks all indices in ascending order and adds what falls
// into its part. So no two threads write one element, and an element's terms
// come in one order. Neighbouring threads have neighbouring columns.
//
// A running sum is one thread's, from its line's beginning to its end. Places
// in an order stay what their op says, a count of those that come before.
//
//===----------------------------------------------------------------------===//

#include "codegen/IndexedView.h"
#include "codegen/StorageType.h"
#include "codegen/gpu/KernelEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlcc::gpu {
namespace {

constexpr int64_t kThreads = 128;

/// What each thread of such a kernel has: an outer index, a class of the axis,
/// a column.
struct IndexedPlan {
  IndexedPlan(const IndexedView &view, const Chip &chip) : view(view) {
    columns = view.inner.size;
    if (view.kind != IndexedView::Scatter)
      return;
    // Every class looks at all indices: no more of them than the chip wants.
    int64_t wanted = chip.multiprocessors * kThreads * 4 /
                     std::max<int64_t>(1, view.outer.size * columns);
    classes = std::clamp<int64_t>(wanted, 1, std::min<int64_t>(view.axis, 64));
  }
  int64_t threads() const { return view.outer.size * classes * columns; }
  int64_t blocks() const { return llvm::divideCeil(threads(), kThreads); }

  const IndexedView &view;
  int64_t columns, classes = 1;
};

class IndexedKernel {
public:
  IndexedKernel(KernelContext &context, const IndexedPlan &plan)
      : context(context), plan(plan), view(plan.view), p(context.builder()) {}

  void emit();

private:
  void scatter();
  void accumulate();
  Value add(Value x, Value y) {
    if (isa<FloatType>(x.getType()))
      return arith::AddFOp::create(*p, x, y);
    return arith::AddIOp::create(*p, x, y);
  }
  /// How many indices of a group the rows given fill.
  Value given(const Group &group) {
    return group.rows == 0 ? p.constant(group.size)
                           : p.mul(context.rows, group.rows);
  }
  const Buffer &input(int64_t number) {
    return *context.inputBuffer(view.op.getDpsInputOperand(number)->get());
  }

  KernelContext &context;
  const IndexedPlan &plan;
  const IndexedView &view;
  DeviceBuilder &p;
  Value outer, ownClass, column;
  Value result; ///< the base of the only output
};

} // namespace

void IndexedKernel::scatter() {
  const Buffer &values = input(0), &index = input(1);
  Type type = view.element;
  int64_t asked = view.steps * view.asked.size;
  // The thread's column of a row of the result, and of the values.
  Value to =
      p.at(result, type, p.add(p.mul(outer, view.axis * plan.columns), column));
  Value from = p.at(values.base, type,
                    p.add(p.mul(outer, asked * plan.columns), column));
  Value places = p.at(index.base, index.elementType,
                      p.mul(p.div(outer, view.unpaired), asked));
  p.loop(ownClass, p.constant(view.axis), plan.classes, [&](Value row) {
    p.store(p.zero(type), p.at(to, type, p.mul(row, plan.columns)));
  });
  auto addOne = [&](Value j) {
    Value row = p.load(p.at(places, index.elementType, j), index.elementType);
    if (row.getType().isInteger(64))
      row = arith::TruncIOp::create(
          *p, p->getI32Type(),
          arith::MinSIOp::create(
              *p, arith::MaxSIOp::create(*p, row, p.zero(row.getType())),
              arith::ConstantOp::create(*p,
                                        p->getI64IntegerAttr(view.axis - 1))));
    else if (!row.getType().isInteger(32))
      row = arith::ExtSIOp::create(*p, p->getI32Type(), row);
    // One below the first counts as the first, one beyond the last as the last.
    row = p.min(p.max(row, p.constant(0)), p.constant(view.axis - 1));
    Value isMine = p.equal(p.rem(row, plan.classes), ownClass);
    p.when(isMine, [&] {
      Value place = p.at(to, type, p.mul(row, plan.columns));
      Value term = p.load(p.at(from, type, p.mul(j, plan.columns)), type);
      p.store(add(p.load(place, type), term), place);
    });
  };
  p.loop(p.constant(0), p.constant(view.steps), 1, [&](Value step) {
    Value first = p.mul(step, view.asked.size);
    p.loop(first, p.add(first, given(view.asked)), 1, addOne);
  });
}

void IndexedKernel::accumulate() {
  const Buffer &operand = input(0);
  Type type = view.element;
  Value first = p.add(p.mul(outer, view.axis * plan.columns), column);
  p.loop(p.constant(0), p.constant(view.axis), 1, p.zero(type),
         [&](Value k, ValueRange sum) -> DeviceBuilder::Values {
           if (view.reverse)
             k = p.sub(p.constant(view.axis - 1), k);
           Value at = p.add(first, p.mul(k, plan.columns));
           Value next =
               add(sum.front(), p.load(p.at(operand.base, type, at), type));
           p.store(view.exclusive ? sum.front() : next, p.at(result, type, at));
           return {next};
         });
}

void IndexedKernel::emit() {
  Value number = p.add(p.mul(p.blockId(0), kThreads), p.threadId());
  Value isThere = p.less(number, p.constant(plan.threads()));
  column = p.rem(number, plan.columns);
  number = p.div(number, plan.columns);
  ownClass = p.rem(number, plan.classes);
  outer = p.div(number, plan.classes);
  isThere = p.both(isThere, p.less(outer, given(view.outer)));
  isThere = p.both(isThere, p.less(column, given(view.inner)));
  result = context.buffers[context.planned.getNumArguments() - 1].base;
  p.when(isThere, [&] {
    if (view.kind == IndexedView::Scatter)
      scatter();
    else
      accumulate();
  });
}

bool isIndexed(func::FuncOp kernel) {
  std::optional<IndexedView> view = IndexedView::create(kernel);
  return view && view->kind != IndexedView::Rank;
}

LogicalResult selectIndexed(func::FuncOp kernel, const Chip &chip) {
  std::optional<IndexedView> view = IndexedView::create(kernel);
  OpBuilder b(kernel);
  kernel->setAttr(attr::kTasks,
                  b.getI64IntegerAttr(IndexedPlan(*view, chip).blocks()));
  kernel->setAttr(attr::kScratch, b.getI64IntegerAttr(0));
  return success();
}

LogicalResult emitIndexed(KernelContext &context) {
  std::optional<IndexedView> view = IndexedView::create(context.planned);
  IndexedPlan plan(*view, context.chip);
  context.begin("", kThreads);
  IndexedKernel(context, plan).emit();
  context.end({plan.blocks()});
  return success();
}

} // namespace dlcc::gpu
