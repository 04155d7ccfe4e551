//===- Batches.h - rows of the data as inputs of the model ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_BATCHES_H
#define DLCC_RUNTIME_TRAIN_BATCHES_H

#include "runtime/train/Binding.h"

namespace dlcc::train {

/// The buffers that an entry's inputs are read from.
class Batch {
public:
  Batch(const dlcc_entry &entry, int64_t rows);

  /// One pointer an input, as dlcc_run takes them.
  const std::vector<void *> &inputs() const { return pointers; }

private:
  std::vector<std::vector<unsigned char>> buffers;
  std::vector<void *> pointers;
};

/// Fills batches of an entry with rows of a split. Bytes become reals by
/// division by 255; other numbers keep their value.
class BatchFiller {
public:
  BatchFiller(const dlcc_entry &entry, const Split &split);

  /// Fills rows [first, first + count) of the batch; `samples` names the row of
  /// the data for each row of the batch. Images that readers change are a
  /// function of (seed, epoch, sample). Several threads may fill at once. May
  /// throw a Refusal where an image is decoded.
  void fill(const Batch &batch, const uint32_t *samples, int64_t first,
            int64_t count, uint64_t seed, int64_t epoch) const;

  /// Whether rows take more than to be copied and converted.
  bool hasWork() const;

private:
  std::vector<BoundInput> bound;
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_BATCHES_H
