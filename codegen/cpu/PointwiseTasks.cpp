//===- PointwiseTasks.cpp - how many tasks a pointwise kernel is ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Handing a task to a thread and waiting for it takes some microseconds. A
// kernel is cut into tasks of at least twenty, by an estimate of its time on
// one core:
//
//   bytes of its buffers        at 10 GB/s, what a core streams from memory
//   an element of a stage       0.05 ns an operation, 0.3 ns a division or
//                               root, 1 ns a function such as exp
//
// The estimate is rough by a factor of two and need not be better. It depends
// on the kernel alone, not on the machine, and no result depends on it: tasks
// divide a parallel dimension.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/PointwisePlan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::cpu;

static constexpr double kTaskNanoseconds = 20000, kBytesPerNanosecond = 10;
/// Enough for a large machine.
static constexpr int64_t kMostTasks = 64;
/// A chunk along the lanes ends at a cache line whatever the element type; a
/// chunk of rows ends at one of the results per row (f32).
static constexpr int64_t kLaneQuantum = 64, kRowQuantum = 16;

/// For one element, in vectors.
static double nanosecondsOf(Operation &op) {
  if (op.hasTrait<OpTrait::IsTerminator>() ||
      op.hasTrait<OpTrait::ConstantLike>())
    return 0;
  if (isa<arith::DivFOp, arith::DivSIOp, arith::DivUIOp, arith::RemSIOp,
          arith::RemUIOp, arith::RemFOp, math::SqrtOp>(op))
    return 0.3;
  bool isSimple = isa<math::FmaOp, math::AbsFOp, math::AbsIOp, math::FloorOp,
                      math::CeilOp, math::RoundEvenOp, math::CopySignOp>(op);
  return isa<math::MathDialect>(op.getDialect()) && !isSimple ? 1 : 0.05;
}

double PointwisePlan::nanoseconds() const {
  double total = 0;
  for (const Stage &stage : stages) {
    if (!stage.used)
      continue;
    double elements = 1, each = 0;
    for (int64_t extent : stage.extents)
      elements *= extent;
    for (Operation &op : *stage.op.getBody())
      each += nanosecondsOf(op);
    total += elements * each;
    for (OpOperand &operand : stage.op->getOpOperands()) {
      bool isMoved = stage.op.isDpsInit(&operand)
                         ? stage.sink
                         : source(operand.get()).kind == Source::Memory;
      auto type = dyn_cast<ShapedType>(operand.get().getType());
      if (isMoved && type)
        total += double(type.getNumElements()) *
                 storageBytes(type.getElementType()) / kBytesPerNanosecond;
    }
  }
  return total;
}

void PointwisePlan::chooseTasks() {
  for (int64_t i = 0; i < parallelDims; ++i)
    if (taskPosition < 0 && extents[i] > 1)
      taskPosition = i;
  if (taskPosition < 0)
    return;
  int64_t extent = extents[taskPosition];
  double most = std::min<double>(kMostTasks, extent);
  int64_t wanted = std::clamp(nanoseconds() / kTaskNanoseconds, 1.0, most);
  chunk = llvm::divideCeil(extent, wanted);
  // Whole turns of the loop along the lanes, where these are many.
  if (taskPosition == parallelDims - 1)
    chunk = llvm::alignTo(chunk, parallelLanes > 0
                                     ? std::max(parallelLanes, kLaneQuantum)
                                     : kRowQuantum);
  tasks = llvm::divideCeil(extent, chunk);
}
