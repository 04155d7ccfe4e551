//===- IndexedPlan.cpp - how lines along an axis are cut ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tasks divide what is independent: outer indices first, then columns, which
// balances whatever the indices are, and only then the axis. All of it follows
// from shapes. The estimate of a kernel's time is that of PointwiseTasks.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/IndexedPlan.h"
#include "codegen/cpu/MemoryAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using namespace dlcc;
using namespace dlcc::cpu;

/// A task is worth its start from here on, in nanoseconds.
static constexpr double kTaskNanoseconds = 20000, kBytesPerNanosecond = 10;
static constexpr int64_t kMostTasks = 64;
/// Columns are cut at whole cache lines, some at a time; rows that are added at
/// indices in any order are best left long.
static constexpr int64_t kColumnBytes = 256, kRowBytes = 1024;

std::optional<IndexedPlan> IndexedPlan::create(func::FuncOp kernel) {
  std::optional<IndexedView> view = IndexedView::create(kernel);
  if (!view)
    return std::nullopt;
  IndexedPlan result{*view};
  result.chooseTasks();
  return result;
}

void IndexedPlan::chooseTasks() {
  int64_t bytes = storageBytes(element);
  double lines = double(outer.size) * inner.size;
  double nanoseconds = 0;
  switch (kind) {
  case Scatter:
    // The result is written, read and written again.
    nanoseconds = lines * (double(steps) * asked.size + 2.0 * axis) * bytes /
                      kBytesPerNanosecond +
                  double(outer.size) * steps * asked.size;
    break;
  case Rank:
    // Steps of a merge.
    nanoseconds = lines * axis * 4 * (1 + std::log2(double(axis)));
    break;
  case Cumulative:
    // A line of its own is a chain of additions.
    nanoseconds = lines * axis *
                  (inner.size == 1 ? 1.0 : 2.0 * bytes / kBytesPerNanosecond);
    break;
  }
  double most = std::min<double>(kMostTasks, lines * axis);
  int64_t wanted =
      std::clamp(nanoseconds / kTaskNanoseconds, 1.0, std::max(most, 1.0));

  outerChunk = llvm::divideCeil(outer.size, std::min(outer.size, wanted));
  outerTasks = llvm::divideCeil(outer.size, outerChunk);
  int64_t rest = wanted / outerTasks;
  int64_t unit = kind == Rank      ? 1
                 : kind == Scatter ? kRowBytes / bytes
                                   : kColumnBytes / bytes;
  int64_t cuts = std::min<int64_t>(rest, llvm::divideCeil(inner.size, unit));
  columnChunk = llvm::alignTo(
      llvm::divideCeil(inner.size, std::max<int64_t>(1, cuts)), unit);
  columnTasks = llvm::divideCeil(inner.size, columnChunk);
  if (kind == Scatter) {
    // Each class looks at all indices: its columns must be worth it.
    int64_t useful = std::min(columnChunk, inner.size) * bytes / 64;
    classes = llvm::bit_floor(uint64_t(
        std::max<int64_t>(1, std::min({rest / columnTasks, axis, useful}))));
  }
  if (kind == Rank)
    // Keys and indices, twice.
    scratchBytes = llvm::alignTo(2 * axis * (8 + 4), 64);
}

//===----------------------------------------------------------------------===//
// One task
//===----------------------------------------------------------------------===//

IndexedTask::IndexedTask(KernelContext &context, const IndexedPlan &view)
    : p(context.builder, context.loc), context(context) {
  Value number = context.task;
  Value column = p.mul(p.rem(number, view.columnTasks), view.columnChunk);
  row = p.rem(p.div(number, view.columnTasks), view.classes);
  outerFrom =
      p.mul(p.div(number, view.columnTasks * view.classes), view.outerChunk);
  auto end = [&](const Group &group, Value from, int64_t chunk) {
    Value to = given(group);
    return chunk >= group.size ? to : p.min(to, p.add(from, p.constant(chunk)));
  };
  if (view.columnTasks == 1)
    column = p.constant(0);
  if (view.classes == 1)
    row = p.constant(0);
  if (view.outerTasks == 1)
    outerFrom = p.constant(0);
  outerTo = end(view.outer, outerFrom, view.outerChunk);
  columnFrom = column;
  columnTo = end(view.inner, column, view.columnChunk);
  result = context.buffers[context.planned.getNumArguments() - 1].base;
}

Value IndexedTask::given(const Group &group) {
  return group.rows == 0 ? p.constant(group.size)
                         : p.mul(context.rows, group.rows);
}

void IndexedTask::forColumns(int64_t lanes,
                             function_ref<void(Value, Value)> body) {
  Value count = p.sub(columnTo, columnFrom);
  Value whole = p.sub(columnTo, p.rem(count, lanes));
  p.loop(columnFrom, whole, lanes,
         [&](Value column) { body(column, Value()); });
  if (lanes == 1)
    return;
  p.when(p.less(whole, columnTo), [&] {
    body(whole, firstLanes(*p, context.loc, p.sub(columnTo, whole), lanes));
  });
}

//===----------------------------------------------------------------------===//
// The seam
//===----------------------------------------------------------------------===//

bool dlcc::cpu::isIndexed(func::FuncOp kernel) {
  return IndexedPlan::create(kernel).has_value();
}

LogicalResult dlcc::cpu::selectIndexed(func::FuncOp kernel) {
  std::optional<IndexedPlan> view = IndexedPlan::create(kernel);
  OpBuilder b(kernel);
  kernel->setAttr(attr::kTasks, b.getI64IntegerAttr(view->tasks()));
  kernel->setAttr(attr::kScratch, b.getI64IntegerAttr(view->scratchBytes));
  return success();
}

LogicalResult dlcc::cpu::emitIndexed(KernelContext &context) {
  std::optional<IndexedPlan> view = IndexedPlan::create(context.planned);
  switch (view->kind) {
  case IndexedPlan::Scatter:
    emitScatter(context, *view);
    break;
  case IndexedPlan::Rank:
    emitRank(context, *view);
    break;
  case IndexedPlan::Cumulative:
    emitCumulative(context, *view);
    break;
  }
  return success();
}
