//===- BulkStages.h - stages that are filled by bulk copies -----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Places in shared memory that one thread has filled by copies of whole boxes
// of a tensor (TMA), and that warps empty. Who waits for whom is said by two
// mbarriers of each place:
//
//   full   the copier has asked for the bytes, and all of them have come
//   empty  each warp has done with them
//
// The place of stage i is i % count. A wait is for a phase of the barrier, told
// by its parity: the phases of a place are its turns, i / count. Layout:
//
//   place 0 | place 1 | ... | full 0, full 1, ... | empty 0, empty 1, ...
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_BULKSTAGES_H
#define DLCC_CODEGEN_GPU_BULKSTAGES_H

#include "codegen/gpu/DeviceBuilder.h"

namespace dlcc::gpu {

class BulkStages {
public:
  using Value = mlir::Value;

  /// `shared`: an address that is a multiple of 1024, with count * bytes +
  /// barrierBytes(count) bytes from there on. `bytes`: of a place, a multiple
  /// of 1024; `readers`: warps that empty it.
  BulkStages(DeviceBuilder &p, Value shared, int64_t count, int64_t bytes,
             int64_t readers)
      : p(p), shared(shared), count(count), bytes(bytes), readers(readers) {}

  static constexpr int64_t barrierBytes(int64_t count) { return 2 * 8 * count; }

  /// Makes the barriers; called by all threads, who have waited for it then.
  void prepare();

  /// Where stage `i` is.
  Value place(Value i);

  // For the one thread that copies.
  /// Waits until the place is free, and says that so many bytes will come.
  void expect(Value i, int64_t expected);
  /// Copies a box from its first column and row on to the stage, `offset` bytes
  /// from its place's beginning. `map`: the address of the tensor's map.
  void copy(Value i, int64_t offset, Value map, Value column, Value row);

  // For whole warps.
  void waitUntilFull(Value i);
  /// The warp is done with the stage. Its wgmma have been waited for.
  void release(Value i);

private:
  Value fullBarrier(Value i);
  Value emptyBarrier(Value i);
  /// Waits for the end of the barrier's phase of that number.
  void wait(Value barrier, Value phase);

  DeviceBuilder &p;
  Value shared;
  int64_t count, bytes, readers;
};

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_BULKSTAGES_H
