//===- DeviceBuilder.h - code of one thread ---------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Integer arithmetic of 32 bits, memory by typed pointers and offsets, loops,
// and what threads of a block do together. Values may be scalars or short
// vectors; vectors are loaded and stored in one access where their alignment
// allows it.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_DEVICEBUILDER_H
#define DLCC_CODEGEN_GPU_DEVICEBUILDER_H

#include "codegen/LoopBuilder.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>

namespace dlcc::gpu {

/// Address spaces of pointers.
inline constexpr unsigned kGlobalSpace = 1, kSharedSpace = 3;
/// Threads that run in step.
inline constexpr int64_t kWarp = 32;

/// All numbers are i32. Indices and offsets stay far below the limit (see
/// SelectKernels.cpp), so a constant part of them can become part of an
/// address.
class DeviceBuilder : public LoopBuilder {
public:
  DeviceBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : LoopBuilder(builder, loc, /*bits=*/32,
                    mlir::arith::IntegerOverflowFlags::nsw) {}

  Value zero(mlir::Type type);
  /// `value` in all lanes; as it is where `lanes` is 0 or it is a vector.
  Value splat(Value value, int64_t lanes);
  Value lane(Value vector, int64_t number);
  Value vectorOf(llvm::ArrayRef<Value> elements);

  // Memory.
  /// `pointer + offset` elements of `type`.
  Value at(Value pointer, mlir::Type type, Value offset);
  Value at(Value pointer, mlir::Type type, int64_t offset);
  /// A scalar where `lanes` is 0. `alignment` in bytes; 0: an element's.
  Value load(Value pointer, mlir::Type type, int64_t lanes = 0,
             int64_t alignment = 0);
  void store(Value value, Value pointer, int64_t alignment = 0);
  /// Copies `bytes` (4, 8 or 16) from global to shared memory behind the
  /// thread's back; zeros where `condition` does not hold.
  void copyAsync(Value shared, Value global, int64_t bytes, Value condition);
  void commitCopies();
  /// Waits until at most so many of the committed groups are on their way.
  void waitCopies(int64_t groups);

  // The thread, and others.
  Value threadId();
  Value blockId(unsigned dim);
  void barrier();
  void syncWarp();
  /// What the thread whose number differs in the bits of `mask` has.
  Value shuffleXor(Value value, int64_t mask);

  // Control.
  /// The values of `body` where the condition holds, else `otherwise`.
  Values choose(Value condition, mlir::ValueRange otherwise,
                llvm::function_ref<Values()> body);
};

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_DEVICEBUILDER_H
