//===- ReadAhead.h - batches that are filled before they are asked for ----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reader threads fill a ring of batches, a few rows at a time. Whoever asks for
// a batch that is not full yet fills rows of it as well, so that without
// threads everything happens there, and with them no core waits. A row of a
// batch depends on nothing but the plan, so who fills it changes no bit.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_READAHEAD_H
#define DLCC_RUNTIME_TRAIN_READAHEAD_H

#include "runtime/train/Batches.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

namespace dlcc::train {

/// Batches to be read, one after the other.
struct ReadPlan {
  /// One for each entry, null where an entry takes no part.
  std::vector<const BatchFiller *> fillers;
  std::vector<uint32_t> samples; ///< rows of the data, in their order
  int64_t firstBatch = 0,
          batches = 0; ///< of `samples`; the last may be partial
  uint64_t seed = 0;
  int64_t epoch = 0;
};

class ReadAhead {
public:
  /// Batches of `rows` rows for entries; `threads` may be 0.
  ReadAhead(const std::vector<const dlcc_entry *> &entries, int64_t rows,
            int64_t threads);
  ~ReadAhead();
  ReadAhead(const ReadAhead &) = delete;
  ReadAhead &operator=(const ReadAhead &) = delete;

  /// Leaves the plan before and starts on this one.
  void begin(ReadPlan plan);

  /// The next batch of the plan, for each entry; good until the next call.
  /// Throws what filling it threw.
  const std::vector<Batch> &next();

private:
  struct Slot {
    std::vector<Batch> batches;
    int64_t rowsLeft = 0; ///< not filled yet
    int64_t failedRow = 0;
    std::exception_ptr failure; ///< of the first row that failed
  };
  /// Some rows of a batch.
  struct Piece {
    int64_t batch, row, count;
  };

  Slot &slotOf(int64_t batch) { return ring[batch % ring.size()]; }
  int64_t rowsOf(int64_t batch) const;
  std::optional<Piece> takePiece();
  void fill(const Piece &piece, std::unique_lock<std::mutex> &lock);
  void readerLoop();

  const int64_t rows, pieceRows;
  std::vector<Slot> ring;
  ReadPlan plan; ///< changes only while no piece is being filled

  std::mutex mutex; ///< of everything below, and of the slots' counts
  std::condition_variable freed;  ///< there may be a piece to take
  std::condition_variable filled; ///< a piece is done
  Piece ahead{};                  ///< where the next piece begins
  int64_t current = -1;           ///< the batch that was handed out last
  int64_t busy = 0;               ///< pieces being filled
  bool quit = false;
  std::vector<std::thread> threads;
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_READAHEAD_H
