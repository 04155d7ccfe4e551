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
//   pack the few, if they do not lie along k
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
#include "codegen/cpu/ProductTask.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

class DotEmitter {
public:
  DotEmitter(KernelContext &context, const DotPlan &plan,
             func::FuncOp microkernel, func::FuncOp packing)
      : context(context), plan(plan), view(plan.view), microkernel(microkernel),
        packing(packing), type(view.accumulator()),
        p(context.builder, context.loc), part(context, view, p) {}

  LogicalResult emit();

private:
  Value scratchAt(int64_t bytes) {
    return p.at(context.scratch, p->getI8Type(), bytes);
  }
  void emitTask(Value first, Value count);
  void packFew(Value from, Value count);
  LogicalResult finish(Value first, Value count);

  KernelContext &context;
  const DotPlan &plan;
  const ContractionView &view;
  func::FuncOp microkernel, packing;
  Type type;
  PointerBuilder p;
  ProductTask part;
  ArrayRef<Value> outer;
};

LogicalResult DotEmitter::emit() {
  const Axis &many = plan.manyAxis();
  Value first = part.takeBlock(many, plan.taskMany);
  outer = part.takeOuter();
  LogicalResult result = success();
  p.when(part.isInside(), [&] {
    Value count =
        p.min(p.sub(part.extentOf(many), first), p.constant(plan.taskMany));
    emitTask(first, count);
    result = finish(first, count);
  });
  return result;
}

/// The inner products of `count` of the many from number `first` on.
void DotEmitter::emitTask(Value first, Value count) {
  int64_t manyStep = plan.many().access.step(plan.manyAxis());
  Value many = p.at(part.addressOf(plan.many()), type, p.mul(first, manyStep));
  Value few = part.addressOf(plan.few()),
        fewCount = part.extentOf(plan.fewAxis());
  if (plan.packsFew) {
    packFew(few, fewCount);
    few = scratchAt(plan.panelsAt);
  }
  Value k = part.extentOf(view.k), sums = scratchAt(plan.sumsAt);
  p.loop(p.constant(0), count, plan.tileMany, [&](Value i) {
    p.loop(p.constant(0), fewCount, plan.tileFew, [&](Value j) {
      Value line = plan.manyRows ? i : j, at = plan.manyRows ? j : i;
      Value place = p.add(p.mul(line, plan.sumsStep), at);
      auto last = [&](Value all, Value index) {
        return p.sub(p.sub(all, index), p.constant(1));
      };
      func::CallOp::create(
          *p, microkernel,
          ValueRange{p.at(many, type, p.mul(i, manyStep)),
                     p.at(few, type, p.mul(j, plan.fewStep)),
                     p.at(sums, type, place), k, p.constant(manyStep),
                     p.constant(plan.fewStep), p.constant(plan.fewAdvance),
                     last(count, i), last(fewCount, j),
                     p.constant(plan.sumsStep)});
    });
  });
}

/// Packs the few, `count` of them.
void DotEmitter::packFew(Value from, Value count) {
  const DimAccess &access = plan.few().access;
  int64_t panelBytes = plan.fewAdvance * storageBytes(type);
  func::CallOp::create(
      *p, packing,
      ValueRange{scratchAt(plan.panelsAt), from, part.extentOf(view.k), count,
                 p.constant(access.step(view.k)),
                 p.constant(access.step(plan.fewAxis())), count, p.constant(0),
                 p.constant(panelBytes)});
}

/// Runs the epilogue on the results of the task.
LogicalResult DotEmitter::finish(Value first, Value count) {
  LogicalResult result = success();
  Value zero = p.constant(0), fewCount = part.extentOf(plan.fewAxis());
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
  auto module = context.planned->getParentOfType<ModuleOp>();
  func::FuncOp packing;
  if (plan.packsFew)
    packing = getOrCreatePacking(module, plan.packing);
  return DotEmitter(context, plan, getOrCreateDotMicrokernel(module, shape),
                    packing)
      .emit();
}

} // namespace dlcc::cpu
