//===- Team.cpp - the threads of an instance ------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Team.h"

#include <chrono>
#include <new>
#include <pthreadpool.h>
#include <sched.h>

using namespace dlcc::rt;

int64_t dlcc::rt::coreCount() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    return 1;
  return CPU_COUNT(&set);
}

static void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

Team::Team(int64_t threads, dlcc_parallel_for parallelFor, void *user)
    : threads(threads), parallelFor(parallelFor), user(user),
      pool(nullptr, pthreadpool_destroy), spin(threads <= coreCount()) {
  if (threads == 1 || parallelFor)
    return;
  pool.reset(pthreadpool_create(threads));
  if (!pool)
    throw std::bad_alloc();
  // New workers spin for their first command, and long; this puts them to
  // sleep.
  pthreadpool_parallelize_1d(
      pool.get(), [](void *, size_t) {}, nullptr, threads,
      PTHREADPOOL_FLAG_YIELD_WORKERS);
}

Team::~Team() = default;

/// Waits until `value` is no longer `old`; returns what it is then.
template <typename T> T Team::await(std::atomic<T> &value, T old) const {
  using Clock = std::chrono::steady_clock;
  constexpr auto patience = std::chrono::microseconds(50);
  constexpr int looksPerClock = 32;
  if (spin) {
    for (auto end = Clock::now() + patience; Clock::now() < end;) {
      for (int i = 0; i < looksPerClock; ++i) {
        if (T now = value.load(std::memory_order_acquire); now != old)
          return now;
        relax();
      }
    }
  }
  value.wait(old, std::memory_order_acquire);
  return value.load(std::memory_order_acquire);
}

void Team::takeTasks(int64_t worker) {
  for (int64_t task;
       (task = nextTask.fetch_add(1, std::memory_order_relaxed)) < job.tasks;)
    job.runTask(task, worker);
}

void Team::standBy(int64_t worker) {
  // A job that is already open differs from the even number below it.
  int seen = round.load() & ~1;
  while (!finished.load()) {
    seen = await(round, seen);
    if (!(seen & 1))
      continue;
    // Entering and looking again, both sequentially consistent, against
    // closing and looking for entered workers in `run`: one of the two sides
    // sees the other.
    active.fetch_add(1);
    if ((seen = round.load()) & 1)
      takeTasks(worker);
    if (active.fetch_sub(1) == 1)
      active.notify_one();
  }
  gone.fetch_add(1);
  gone.notify_one();
}

void Team::call(void (*body)(const void *), const void *context, bool alone) {
  if (!pool || alone) {
    body(context);
    return;
  }
  this->body = body;
  this->context = context;
  finished.store(false);
  gone.store(0);
  standing = true;
  // One item a thread. Item 0 stays with the calling thread, since a worker
  // could steal it only after its own item, which item 0 ends.
  auto item = [](void *self, size_t worker) {
    Team &team = *static_cast<Team *>(self);
    if (worker != 0)
      return team.standBy(static_cast<int64_t>(worker));
    team.body(team.context);
    team.finished.store(true);
    team.round.fetch_add(2);
    team.round.notify_all();
    // pthreadpool would spin for all of them to wake and leave; this sleeps.
    for (int left; (left = team.gone.load()) != team.threads - 1;)
      team.await(team.gone, left);
  };
  pthreadpool_parallelize_1d(pool.get(), item, this, threads,
                             PTHREADPOOL_FLAG_YIELD_WORKERS);
  standing = false;
}

void Team::run(const Job &next) {
  sawTasks |= next.tasks > 1;
  if (next.tasks > 1 && parallelFor) {
    auto task = [](void *context, int64_t task, int64_t worker) {
      static_cast<const Job *>(context)->runTask(task, worker);
    };
    parallelFor(user, next.tasks, task, const_cast<Job *>(&next));
    return;
  }
  if (next.tasks <= 1 || !standing) {
    for (int64_t task = 0; task < next.tasks; ++task)
      next.runTask(task, 0);
    return;
  }
  job = next;
  nextTask.store(0, std::memory_order_relaxed);
  round.fetch_add(1);
  round.notify_all();
  takeTasks(0);
  round.fetch_add(1);
  for (int inside; (inside = active.load()) != 0;)
    await(active, inside);
}

bool Team::takeSawTasks() {
  bool saw = sawTasks;
  sawTasks = false;
  return saw;
}
