//===- Team.h - the threads of an instance --------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// pthreadpool owns the threads. It is entered once a call of the model, not
// once a kernel: its workers then stand by inside the team, which hands them
// kernels with one store and one counter, and lets them spin for at most 50
// microseconds before they sleep. Between calls all of them sleep.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TEAM_H
#define DLCC_RUNTIME_TEAM_H

#include "dlcc/abi.h"

#include <atomic>
#include <memory>
#include <vector>

struct pthreadpool;

namespace dlcc::rt {

/// Cores that this process may run on.
int64_t coreCount();

/// A kernel and all its tasks.
struct Job {
  dlcc_kernel kernel;
  void *const *buffers;
  int64_t rows;
  int64_t tasks;
  char *scratch;         ///< worker w uses scratch + w * scratchStride
  int64_t scratchStride; ///< bytes

  void runTask(int64_t task, int64_t worker) const {
    kernel(buffers, rows, task, scratch + worker * scratchStride);
  }
};

class Team {
public:
  /// `threads` counts the caller. One thread needs no pool. With
  /// `parallelFor` the caller's threads are used instead of own ones.
  Team(int64_t threads, dlcc_parallel_for parallelFor, void *user);
  ~Team();
  Team(const Team &) = delete;
  Team &operator=(const Team &) = delete;

  /// Runs body(context) on the calling thread while the others stand by for
  /// the jobs that it hands to `run`. With `alone` they are left asleep.
  void call(void (*body)(const void *), const void *context, bool alone);

  /// Runs all tasks of the job, each once; returns when all are done. To be
  /// called from within `call`.
  void run(const Job &job);

  /// Whether a job with more than one task was seen since the last time that
  /// this was asked.
  bool takeSawTasks();

private:
  void standBy(int64_t worker);
  void takeTasks(int64_t worker);
  template <typename T> T await(std::atomic<T> &value, T old) const;

  int64_t threads;
  dlcc_parallel_for parallelFor;
  void *user;
  std::unique_ptr<pthreadpool, void (*)(pthreadpool *)> pool;
  bool spin;             ///< there is a core for each thread
  bool standing = false; ///< the workers are in standBy, or on their way
  bool sawTasks = false;
  void (*body)(const void *) = nullptr;
  const void *context = nullptr;

  Job job{}; ///< written while `round` is even and `active` is zero

  // One line each: every worker reads `round`, only busy ones the others.
  alignas(64) std::atomic<int> round{0}; ///< odd while a job may be joined
  alignas(64) std::atomic<int64_t> nextTask{0};
  alignas(64) std::atomic<int> active{0}; ///< workers that look at the job
  alignas(64) std::atomic<int> gone{0};   ///< workers that stand by no longer
  std::atomic<bool> finished{false};
};

} // namespace dlcc::rt

#endif // DLCC_RUNTIME_TEAM_H
