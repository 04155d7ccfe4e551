//===- BulkStages.cpp - stages that are filled by bulk copies -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/BulkStages.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;

namespace dlcc::gpu {

/// Shared memory of all blocks that are launched as a cluster; here a block is
/// one of its own.
static constexpr unsigned kClusterSpace = 7;
/// Nanoseconds after which a thread that waits looks again.
static constexpr int64_t kWaitHint = 10'000'000;

Value BulkStages::fullBarrier(Value i) {
  return p.at(p.at(shared, p->getI8Type(), count * bytes), p->getI64Type(),
              p.rem(i, count));
}

Value BulkStages::emptyBarrier(Value i) {
  return p.at(p.at(shared, p->getI8Type(), count * bytes), p->getI64Type(),
              p.add(p.rem(i, count), count));
}

void BulkStages::prepare() {
  p.when(p.equal(p.threadId(), p.constant(0)), [&] {
    for (int64_t i = 0; i < count; ++i) {
      NVVM::MBarrierInitOp::create(*p, fullBarrier(p.constant(i)),
                                   p.constant(1), /*predicate=*/Value());
      NVVM::MBarrierInitOp::create(*p, emptyBarrier(p.constant(i)),
                                   p.constant(readers), /*predicate=*/Value());
    }
    // Copies are another proxy's, which has to see them, too.
    NVVM::FenceMbarrierInitOp::create(*p);
  });
  p.barrier();
}

Value BulkStages::place(Value i) {
  return p.at(shared, p->getI8Type(), p.mul(p.rem(i, count), bytes));
}

void BulkStages::wait(Value barrier, Value phase) {
  NVVM::MBarrierTryWaitParityOp::create(*p, barrier, p.rem(phase, 2),
                                        p.constant(kWaitHint));
}

void BulkStages::expect(Value i, int64_t expected) {
  // In its first turn a place is free.
  p.when(p.notAbove(p.constant(count), i),
         [&] { wait(emptyBarrier(i), p.sub(p.div(i, count), p.constant(1))); });
  NVVM::MBarrierArriveExpectTxOp::create(
      *p, /*res=*/Type(), fullBarrier(i), p.constant(expected),
      NVVM::MemScopeKind::CTA, /*relaxed=*/false, /*predicate=*/Value());
}

void BulkStages::copy(Value i, int64_t offset, Value map, Value column,
                      Value row) {
  Value to = p.at(place(i), p->getI8Type(), offset);
  auto cluster = LLVM::LLVMPointerType::get(p->getContext(), kClusterSpace);
  to = LLVM::AddrSpaceCastOp::create(*p, cluster, to);
  NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp::create(
      *p, to, map, ValueRange{column, row}, fullBarrier(i),
      /*im2colOffsets=*/ValueRange(), /*multicastMask=*/Value(),
      /*l2CacheHint=*/Value(), NVVM::TMALoadMode::TILE, /*isCTAOnly=*/false,
      /*group=*/NVVM::CTAGroupKindAttr(), /*predicate=*/Value());
}

void BulkStages::waitUntilFull(Value i) {
  wait(fullBarrier(i), p.div(i, count));
}

void BulkStages::release(Value i) {
  // One lane arrives for all of them.
  p.syncWarp();
  p.when(p.equal(p.rem(p.threadId(), kWarp), p.constant(0)), [&] {
    NVVM::MBarrierArriveOp::create(*p, /*res=*/p->getI64Type(), emptyBarrier(i),
                                   /*count=*/Value(), NVVM::MemScopeKind::CTA,
                                   /*relaxed=*/false);
  });
}

} // namespace dlcc::gpu
