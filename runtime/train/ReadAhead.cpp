//===- ReadAhead.cpp - batches that are filled before they are asked for --===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ReadAhead.h"

#include <algorithm>
#include <cassert>
#include <csignal>
#include <sched.h>
#include <system_error>

using namespace dlcc::train;

/// Batches in memory: the one in use and those ahead of it.
static constexpr int64_t kRing = 4;

/// Small enough that threads end together, large enough that taking a piece
/// costs nothing.
static int64_t pieceRowsFor(int64_t rows, int64_t threads) {
  if (threads == 0)
    return rows;
  return std::clamp<int64_t>(rows / (4 * (threads + 1)), 1, 16);
}

ReadAhead::ReadAhead(const std::vector<const dlcc_entry *> &entries,
                     int64_t rows, int64_t numThreads)
    : rows(rows), pieceRows(pieceRowsFor(rows, numThreads)),
      ring(numThreads ? kRing : 1) {
  for (Slot &slot : ring)
    for (const dlcc_entry *entry : entries)
      slot.batches.emplace_back(*entry, rows);
  // Signals are for the thread that trains.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    for (int64_t i = 0; i < numThreads; ++i)
      threads.emplace_back([this] { readerLoop(); });
  } catch (const std::system_error &) {
    // What no reader does, the asking thread does.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ReadAhead::~ReadAhead() {
  {
    std::lock_guard lock(mutex);
    quit = true;
  }
  freed.notify_all();
  for (std::thread &thread : threads)
    thread.join();
}

int64_t ReadAhead::rowsOf(int64_t batch) const {
  auto all = static_cast<int64_t>(plan.samples.size());
  return std::min(rows, all - batch * rows);
}

/// The next rows to fill, none where the ring is full or the plan at its end.
/// To be called with the lock held.
std::optional<ReadAhead::Piece> ReadAhead::takePiece() {
  auto held = std::max(current, plan.firstBatch);
  if (ahead.batch >= plan.batches ||
      ahead.batch >= held + static_cast<int64_t>(ring.size()))
    return std::nullopt;
  Slot &slot = slotOf(ahead.batch);
  int64_t all = rowsOf(ahead.batch);
  if (ahead.row == 0) {
    slot.rowsLeft = all;
    slot.failure = nullptr;
  }
  Piece piece = {ahead.batch, ahead.row, std::min(pieceRows, all - ahead.row)};
  ahead.row += piece.count;
  if (ahead.row == all)
    ahead = {ahead.batch + 1, 0, 0};
  ++busy;
  return piece;
}

/// Gives the lock away while the rows are being filled.
void ReadAhead::fill(const Piece &piece, std::unique_lock<std::mutex> &lock) {
  lock.unlock();
  Slot &slot = slotOf(piece.batch);
  std::exception_ptr failure;
  try {
    for (size_t i = 0; i < plan.fillers.size(); ++i)
      if (plan.fillers[i])
        plan.fillers[i]->fill(slot.batches[i],
                              plan.samples.data() + piece.batch * rows,
                              piece.row, piece.count, plan.seed, plan.epoch);
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  if (failure && (!slot.failure || piece.row < slot.failedRow)) {
    slot.failure = failure;
    slot.failedRow = piece.row;
  }
  slot.rowsLeft -= piece.count;
  --busy;
  if (slot.rowsLeft == 0 || busy == 0)
    filled.notify_one();
}

void ReadAhead::readerLoop() {
  // A reader that wakes up does not interrupt a thread that computes. It is no
  // less urgent for that: the step may wait for the rows that it has taken, and
  // with a lower priority anything else on the machine would hold up both.
  sched_param none = {};
  sched_setscheduler(0, SCHED_BATCH, &none);
  std::unique_lock lock(mutex);
  while (!quit) {
    if (std::optional<Piece> piece = takePiece())
      fill(*piece, lock);
    else
      freed.wait(lock);
  }
}

void ReadAhead::begin(ReadPlan next) {
  {
    std::unique_lock lock(mutex);
    ahead.batch = plan.batches; // nothing more of the plan before
    filled.wait(lock, [&] { return busy == 0; });
    plan = std::move(next);
    ahead = {plan.firstBatch, 0, 0};
    current = plan.firstBatch - 1;
  }
  freed.notify_all();
}

const std::vector<Batch> &ReadAhead::next() {
  std::unique_lock lock(mutex);
  ++current;
  assert(current < plan.batches && "the plan is at its end");
  if (!threads.empty())
    freed.notify_all();
  Slot &slot = slotOf(current);
  while (ahead.batch <= current || slot.rowsLeft > 0) {
    std::optional<Piece> piece;
    if (ahead.batch <= current)
      piece = takePiece();
    if (piece)
      fill(*piece, lock);
    else
      filled.wait(lock);
  }
  if (slot.failure)
    std::rethrow_exception(slot.failure);
  return slot.batches;
}
