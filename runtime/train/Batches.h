//===- Batches.h - fields of the data to inputs of the model --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_BATCHES_H
#define DLCC_RUNTIME_TRAIN_BATCHES_H

#include "runtime/train/DataSet.h"

#include <vector>

namespace dlcc::train {

/// Which field feeds each input of an entry, in the order of the inputs: the
/// one of the same name; else a single real input takes 'image' and a single
/// integer input takes 'label'. Checks shapes and every value that becomes an
/// integer, so that only a row that is decoded can still fail when a batch is
/// filled. Throws Refusal.
std::vector<const Field *> bindFields(const dlcc_entry &entry,
                                      const Split &split);

/// The buffers that an entry's inputs are read from. Bytes become reals by
/// division by 255; other numbers keep their value.
class Batches {
public:
  Batches(const dlcc_entry &entry, const Split &split, int64_t batch);

  /// Fills the first rows of the buffers with these samples, decoding those
  /// that are not in memory. Throws Refusal where one of these has changed.
  void fill(const uint32_t *samples, int64_t rows);

  /// One pointer an input, as dlcc_run takes them.
  const std::vector<void *> &inputs() const { return pointers; }

private:
  struct Source {
    const Field *field;
    int32_t type; ///< of the input
    int64_t rowElements;
  };
  std::vector<Source> sources;
  std::vector<std::vector<unsigned char>> buffers;
  std::vector<void *> pointers;
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_BATCHES_H
