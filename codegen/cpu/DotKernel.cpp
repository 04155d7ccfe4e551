//===- DotKernel.cpp - kernels of inner products --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A task takes some of the many rows:
//
//   copy the few, if they do not lie along k
//   for each tile of the many, for each tile of the few
//     micro-kernel: their inner products
//   the epilogue, result row by result row
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ContractionEpilogue.h"
#include "codegen/cpu/DotMicrokernel.h"
#include "codegen/cpu/DotPlan.h"
#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/PointerBuilder.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

class DotEmitter {
public:
  DotEmitter(KernelContext &context, const DotPlan &plan,
             func::FuncOp microkernel)
      : context(context), plan(plan), view(plan.view), microkernel(microkernel),
        type(view.accumulator()), p(context.builder, context.loc) {}

  LogicalResult emit();

private:
  Value extentOf(const Axis &axis) {
    return axis.rows ? p.mul(context.rows, axis.rows) : p.constant(axis.extent);
  }
  Value scratchAt(int64_t bytes) {
    return p.at(context.scratch, p->getI8Type(), bytes);
  }
  Value addressOf(const Operand &operand);
  void emitTask(Value first, Value count);
  void copyFew(Value from, Value count);
  LogicalResult finish(Value first, Value count);

  KernelContext &context;
  const DotPlan &plan;
  const ContractionView &view;
  func::FuncOp microkernel;
  Type type;
  PointerBuilder p;
  SmallVector<Value> outer;
};

LogicalResult DotEmitter::emit() {
  Value rest = context.task;
  auto takeIndex = [&](int64_t extent) {
    Value index = p.rem(rest, extent);
    rest = p.div(rest, extent);
    return index;
  };
  const Axis &many = plan.manyAxis();
  int64_t blocks = (many.extent + plan.taskMany - 1) / plan.taskMany;
  Value first = p.mul(takeIndex(blocks), plan.taskMany);
  Value inside = p.less(first, extentOf(many));
  for (const Axis &axis : view.outer) {
    outer.push_back(takeIndex(axis.extent));
    if (axis.rows)
      inside = p.both(inside, p.less(outer.back(), extentOf(axis)));
  }
  LogicalResult result = success();
  p.when(inside, [&] {
    Value count =
        p.min(p.sub(extentOf(many), first), p.constant(plan.taskMany));
    emitTask(first, count);
    result = finish(first, count);
  });
  return result;
}

/// The operand at the task's outer indices.
Value DotEmitter::addressOf(const Operand &operand) {
  const Buffer *buffer = context.inputBuffer(operand.tensor);
  Value offset = p.constant(operand.access.constant);
  for (auto [axis, index] : llvm::zip_equal(view.outer, outer))
    if (int64_t stride = operand.access.along(axis))
      offset = p.add(offset, p.mul(index, stride));
  return p.at(buffer->base, type, offset);
}

/// The inner products of `count` of the many from number `first` on.
void DotEmitter::emitTask(Value first, Value count) {
  int64_t manyStep = plan.many().access.step(plan.manyAxis());
  int64_t fewStep = plan.few().access.step(plan.fewAxis());
  Value many = p.at(addressOf(plan.many()), type, p.mul(first, manyStep));
  Value few = addressOf(plan.few()), fewCount = extentOf(plan.fewAxis());
  if (plan.copiesFew) {
    copyFew(few, fewCount);
    few = scratchAt(plan.copyAt);
    fewStep = plan.copyStep;
  }
  Value k = extentOf(view.k), sums = scratchAt(plan.sumsAt);
  p.loop(p.constant(0), count, plan.tileMany, [&](Value i) {
    p.loop(p.constant(0), fewCount, plan.tileFew, [&](Value j) {
      Value line = plan.manyRows ? i : j, at = plan.manyRows ? j : i;
      Value place = p.add(p.mul(line, plan.sumsStep), at);
      auto last = [&](Value all, Value index) {
        return p.sub(p.sub(all, index), p.constant(1));
      };
      func::CallOp::create(*p, microkernel,
                           ValueRange{p.at(many, type, p.mul(i, manyStep)),
                                      p.at(few, type, p.mul(j, fewStep)),
                                      p.at(sums, type, place), k,
                                      p.constant(manyStep), p.constant(fewStep),
                                      last(count, i), last(fewCount, j),
                                      p.constant(plan.sumsStep)});
    });
  });
}

/// Copies the few, `count` of them, so that they lie along k.
void DotEmitter::copyFew(Value from, Value count) {
  const DimAccess &access = plan.few().access;
  Value to = scratchAt(plan.copyAt);
  p.loop(p.constant(0), count, 1, [&](Value row) {
    Value source = p.at(from, type, p.mul(row, access.step(plan.fewAxis())));
    Value target = p.at(to, type, p.mul(row, plan.copyStep));
    p.loop(p.constant(0), extentOf(view.k), 1, [&](Value k) {
      Value element =
          p.load(p.at(source, type, p.mul(k, access.step(view.k))), type, 0);
      p.store(element, p.at(target, type, k));
    });
  });
}

/// Runs the epilogue on the results of the task.
LogicalResult DotEmitter::finish(Value first, Value count) {
  LogicalResult result = success();
  Value zero = p.constant(0), fewCount = extentOf(plan.fewAxis());
  p.loop(zero, plan.manyRows ? count : fewCount, 1, [&](Value line) {
    OpBuilder::InsertionGuard guard(context.builder);
    context.builder.setInsertionPoint(p->getInsertionBlock(),
                                      p->getInsertionPoint());
    Value sums = p.at(scratchAt(plan.sumsAt), type, p.mul(line, plan.sumsStep));
    Value m = plan.manyRows ? p.add(first, line) : line;
    result = ContractionEpilogue(context, view, outer)
                 .emitRow(m, plan.manyRows ? zero : first,
                          plan.manyRows ? fewCount : count, sums, Value());
  });
  return result;
}

} // namespace

LogicalResult selectDot(func::FuncOp kernel, const ContractionView &view,
                        const TargetTable &target) {
  DotPlan plan(view, target);
  OpBuilder b(kernel);
  kernel->setAttr(dlcc::attr::kTasks, b.getI64IntegerAttr(plan.tasks));
  kernel->setAttr(dlcc::attr::kScratch, b.getI64IntegerAttr(plan.scratchBytes));
  return success();
}

LogicalResult emitDot(KernelContext &context, const ContractionView &view) {
  DotPlan plan(view, context.target);
  if (failed(context.verifyPlanned(plan.tasks)))
    return failure();
  DotShape shape{view.accumulator(), plan.tileMany, plan.tileFew,
                 context.target.hasFusedMultiplyAdd(), plan.manyRows};
  func::FuncOp microkernel = getOrCreateDotMicrokernel(
      context.planned->getParentOfType<ModuleOp>(), shape);
  return DotEmitter(context, plan, microkernel).emit();
}

} // namespace dlcc::cpu
