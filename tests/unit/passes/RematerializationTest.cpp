//===- RematerializationTest.cpp - what to compute twice ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Rematerialization.h"

#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <random>
#include <set>

namespace dlcc {
namespace {

using Program = RematerializationProgram;

int addValue(Program &program, int64_t bytes) {
  program.values.push_back({bytes, false});
  return int(program.values.size()) - 1;
}

/// Steps i = 0 … n - 1 make a value each from the one before; steps n … 2n - 1
/// go back through them.
Program makeChain(int n) {
  Program program;
  std::vector<int> forward;
  for (int i = 0; i != n; ++i) {
    RematerializationStep step;
    if (i > 0)
      step.reads = {forward.back()};
    forward.push_back(addValue(program, 100));
    step.writes = {forward.back()};
    step.work = 100;
    program.steps.push_back(step);
  }
  int gradient = -1;
  for (int i = n - 1; i >= 0; --i) {
    RematerializationStep step;
    step.reads = {forward[i]};
    if (gradient >= 0)
      step.reads.push_back(gradient);
    gradient = addValue(program, 100);
    step.writes = {gradient};
    step.work = 200;
    step.isNeeded = i == 0;
    program.steps.push_back(step);
  }
  return program;
}

int64_t peakOf(const Program &program, const Schedule &schedule) {
  std::vector<int64_t> live = countLiveBytes(program, schedule);
  return *std::max_element(live.begin(), live.end());
}

/// The peak, counted as a machine would meet it: what a step reads must have
/// been written and not been freed.
int64_t runSchedule(const Program &program, const Schedule &schedule) {
  int64_t peak = 0;
  std::set<int> held;
  for (size_t at = 0; at != schedule.size(); ++at) {
    const RematerializationStep &step = program.steps[schedule[at]];
    for (int value : step.reads)
      EXPECT_TRUE(held.count(value)) << "place " << at << " reads " << value;
    held.insert(step.writes.begin(), step.writes.end());
    int64_t bytes = step.ownBytes;
    for (int value : held)
      bytes += program.values[value].bytes;
    peak = std::max(peak, bytes);
    // Free what is written again, or never read, from here on.
    for (auto value = held.begin(); value != held.end();) {
      bool isRead = false;
      for (size_t later = at + 1; later != schedule.size() && !isRead;
           ++later) {
        const RematerializationStep &next = program.steps[schedule[later]];
        isRead = llvm::is_contained(next.reads, *value);
        if (llvm::is_contained(next.writes, *value))
          break;
      }
      value = isRead ? std::next(value) : held.erase(value);
    }
  }
  return peak;
}

TEST(Rematerialization, LeavesWhatFits) {
  Program program = makeChain(10);
  Schedule schedule = makeSchedule(program);
  EXPECT_EQ(peakOf(program, schedule), 1100);
  EXPECT_TRUE(rematerialize(program, 1100, schedule));
  EXPECT_EQ(schedule, makeSchedule(program));
}

TEST(Rematerialization, RepeatsOneStepForOneValue) {
  Program program = makeChain(10);
  Schedule schedule = makeSchedule(program);
  EXPECT_TRUE(rematerialize(program, 1000, schedule));
  EXPECT_EQ(countRepeatedWork(program, schedule), 100);
  EXPECT_EQ(peakOf(program, schedule), 1000);
}

TEST(Rematerialization, ComesNearTheSquareRootOfAChain) {
  // Segments of 10 of 100 values: 20 of them live at once, and every forward
  // step but those at the segments' ends runs twice.
  Program program = makeChain(100);
  Schedule schedule = makeSchedule(program);
  EXPECT_TRUE(rematerialize(program, 2100, schedule));
  EXPECT_LE(runSchedule(program, schedule), 2100);
  EXPECT_LE(countRepeatedWork(program, schedule), 3 * 9000 / 2);
}

TEST(Rematerialization, PrefersCheapWork) {
  Program program = makeChain(6);
  program.steps[2].work = 10;
  Schedule schedule = makeSchedule(program);
  EXPECT_TRUE(rematerialize(program, 600, schedule));
  EXPECT_EQ(countRepeatedWork(program, schedule), 10);
  EXPECT_EQ(llvm::count(schedule, 2), 2);
}

TEST(Rematerialization, RepeatsNothingThatMayNot) {
  Program program = makeChain(6);
  for (int i = 0; i != 6; ++i)
    program.steps[i].isRepeatable = false;
  Schedule schedule = makeSchedule(program);
  EXPECT_FALSE(rematerialize(program, 600, schedule));
  EXPECT_EQ(schedule, makeSchedule(program));
}

TEST(Rematerialization, RepeatsNothingBehindItsBarrier) {
  // Step 6 begins the way back, and overwrites what all forward steps read.
  Program program = makeChain(6);
  for (int i = 0; i != 6; ++i)
    program.steps[i].barriers = {6};
  Schedule schedule = makeSchedule(program);
  EXPECT_FALSE(rematerialize(program, 600, schedule));
  EXPECT_EQ(schedule, makeSchedule(program));
}

TEST(Rematerialization, MovesWhatIsReadLateOnly) {
  // A large value from a small one, made early and read late.
  Program program;
  int small = addValue(program, 10), large = addValue(program, 1000);
  int other = addValue(program, 500), last = addValue(program, 10);
  program.steps = {{{}, {small}},
                   {{small}, {large}},
                   {{small}, {other}},
                   {{other}, {last}},
                   {{large, last}, {}}};
  program.steps.back().isNeeded = true;
  Schedule schedule = makeSchedule(program);
  EXPECT_TRUE(rematerialize(program, 1100, schedule));
  EXPECT_EQ(schedule, (Schedule{0, 2, 3, 1, 4}));
}

TEST(Rematerialization, ResultsTakeTheMemoryOfOperands) {
  Program program;
  int a = addValue(program, 100), b = addValue(program, 100);
  program.steps = {{{}, {a}}, {{a}, {b}}, {{b}, {}}};
  EXPECT_EQ(peakOf(program, makeSchedule(program)), 200);
  program.steps[1].inPlace = {{a, b}};
  EXPECT_EQ(peakOf(program, makeSchedule(program)), 100);
  // Not where the operand is read again.
  program.steps[2].reads.push_back(a);
  EXPECT_EQ(peakOf(program, makeSchedule(program)), 200);
}

TEST(Rematerialization, KeepsRandomProgramsWhole) {
  std::mt19937 random(3);
  int reached = 0;
  for (int round = 0; round != 60; ++round) {
    Program program;
    int count = 4 + random() % 30;
    for (int i = 0; i != count; ++i) {
      RematerializationStep step;
      std::set<int> reads;
      for (int j = random() % 4; j > 0 && !program.values.empty(); --j)
        reads.insert(random() % program.values.size());
      step.reads.assign(reads.begin(), reads.end());
      for (int j = 1 + random() % 2; j > 0; --j)
        step.writes.push_back(addValue(program, random() % 1000));
      step.work = random() % 100;
      step.ownBytes = random() % 100;
      step.isRepeatable = random() % 4 != 0;
      step.isNeeded = !step.isRepeatable || random() % 8 == 0;
      if (random() % 4 == 0)
        step.barriers = {int(random() % count)};
      program.steps.push_back(step);
    }
    program.steps.back().isNeeded = true;
    for (RematerializationStep &step : program.steps)
      llvm::erase_if(step.barriers, [&](int barrier) {
        return barrier <= &step - program.steps.data() ||
               program.steps[barrier].isRepeatable;
      });
    Schedule schedule = makeSchedule(program);
    int64_t before = peakOf(program, schedule);
    EXPECT_EQ(runSchedule(program, schedule), before);
    int64_t target = before - before / 8;
    Schedule again = schedule;
    bool fits = rematerialize(program, target, schedule);
    EXPECT_EQ(runSchedule(program, schedule), peakOf(program, schedule));
    EXPECT_EQ(fits, peakOf(program, schedule) <= target);
    reached += fits;
    for (auto [number, step] : llvm::enumerate(program.steps)) {
      int runs = llvm::count(schedule, int(number));
      EXPECT_GE(runs, step.isNeeded ? 1 : 0);
      if (!step.isRepeatable) {
        EXPECT_EQ(runs, 1);
      }
      for (int barrier : step.barriers)
        EXPECT_EQ(std::find(llvm::find(schedule, barrier), schedule.end(),
                            int(number)),
                  schedule.end());
    }
    rematerialize(program, target, again);
    EXPECT_EQ(schedule, again);
  }
  EXPECT_GE(reached, 20);
}

} // namespace
} // namespace dlcc
