//===- Rematerialization.cpp - what to compute twice to save memory -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Rematerialization.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cassert>
#include <numeric>

using namespace dlcc;
using llvm::ArrayRef;
using llvm::SmallVector;

using Program = RematerializationProgram;
using Step = RematerializationStep;

//===----------------------------------------------------------------------===//
// Lifetimes
//===----------------------------------------------------------------------===//

namespace {

/// A value between one of its writers and the last reader before the next.
struct Lifetime {
  int value, first, last;
  int64_t bytes;
};

/// The lifetimes of a schedule, and which of them a place of it reads and
/// writes.
struct Lifetimes {
  Lifetimes(const Program &program, ArrayRef<int> schedule);

  std::vector<Lifetime> all; ///< in the order of their beginnings
  std::vector<SmallVector<int, 4>> read, written; ///< by place
  std::vector<SmallVector<int, 2>> ofValue;       ///< by value, in order
};

} // namespace

Lifetimes::Lifetimes(const Program &program, ArrayRef<int> schedule)
    : read(schedule.size()), written(schedule.size()),
      ofValue(program.values.size()) {
  std::vector<int> current(program.values.size(), -1);
  for (auto [at, number] : llvm::enumerate(schedule)) {
    const Step &step = program.steps[number];
    for (int value : step.reads) {
      assert(current[value] >= 0 && "read before it is written");
      all[current[value]].last = at;
      read[at].push_back(current[value]);
    }
    for (int value : step.writes) {
      const RematerializationValue &facts = program.values[value];
      bool isFree = facts.isElsewhere && current[value] < 0;
      current[value] = all.size();
      written[at].push_back(all.size());
      ofValue[value].push_back(all.size());
      all.push_back({value, int(at), int(at), isFree ? 0 : facts.bytes});
    }
  }
}

/// The bytes that a step need not have twice, since results take the memory of
/// operands that it reads last.
static int64_t countShared(const Step &step, int at,
                           const Lifetimes &lifetimes) {
  int64_t bytes = 0;
  SmallVector<int, 4> taken;
  for (int result : lifetimes.written[at]) {
    const Lifetime &into = lifetimes.all[result];
    for (int operand : lifetimes.read[at]) {
      const Lifetime &from = lifetimes.all[operand];
      if (from.last != at || from.bytes != into.bytes ||
          llvm::is_contained(taken, operand) ||
          !llvm::is_contained(step.inPlace, std::pair(from.value, into.value)))
        continue;
      taken.push_back(operand);
      bytes += into.bytes;
      break;
    }
  }
  return bytes;
}

static std::vector<int64_t> countLiveBytes(const Program &program,
                                           ArrayRef<int> schedule,
                                           const Lifetimes &lifetimes) {
  std::vector<int64_t> live(schedule.size() + 1);
  for (const Lifetime &lifetime : lifetimes.all) {
    live[lifetime.first] += lifetime.bytes;
    live[lifetime.last + 1] -= lifetime.bytes;
  }
  std::partial_sum(live.begin(), live.end(), live.begin());
  live.pop_back();
  for (auto [at, number] : llvm::enumerate(schedule)) {
    const Step &step = program.steps[number];
    live[at] += step.ownBytes - countShared(step, at, lifetimes);
  }
  return live;
}

std::vector<int64_t> dlcc::countLiveBytes(const Program &program,
                                          ArrayRef<int> schedule) {
  return ::countLiveBytes(program, schedule, Lifetimes(program, schedule));
}

Schedule dlcc::makeSchedule(const Program &program) {
  Schedule schedule(program.steps.size());
  std::iota(schedule.begin(), schedule.end(), 0);
  return schedule;
}

static int64_t countWork(const Program &program, ArrayRef<int> schedule) {
  int64_t work = 0;
  for (int number : schedule)
    work += program.steps[number].work;
  return work;
}

int64_t dlcc::countRepeatedWork(const Program &program,
                                ArrayRef<int> schedule) {
  return countWork(program, schedule) -
         countWork(program, makeSchedule(program));
}

//===----------------------------------------------------------------------===//
// The search
//===----------------------------------------------------------------------===//

namespace {

/// What becomes of an operand that a repeated step needs and that nobody would
/// keep for it: it is kept, or computed again as well, or the smaller one of
/// both by its size.
enum class Operands { Kept, Repeated, KeptWhereSmall };

class Search {
public:
  Search(const Program &program, int64_t target, Schedule &schedule)
      : program(program), target(target), schedule(schedule),
        mostWork(2 * countWork(program, makeSchedule(program))) {}
  bool run();

private:
  /// A step at one place of the schedule that could run again before another,
  /// and the excess that this may take away at most.
  struct Candidate {
    int from, before;
    double gain;
  };

  int64_t getExcess(ArrayRef<int> order) const;
  std::vector<Candidate> findCandidates(const Lifetimes &lifetimes,
                                        ArrayRef<int64_t> live) const;
  bool mayRepeat(int number, int before) const;
  SmallVector<int> collect(const Candidate &candidate,
                           const Lifetimes &lifetimes, Operands operands) const;
  void dropUnused(Schedule &order) const;
  bool improve();
  void dropUnneeded();

  const Program &program;
  int64_t target;
  Schedule &schedule;
  int64_t mostWork;
};

} // namespace

/// Bytes beyond the target, summed over the schedule.
int64_t Search::getExcess(ArrayRef<int> order) const {
  int64_t excess = 0;
  for (int64_t bytes : countLiveBytes(program, order))
    excess += std::max<int64_t>(0, bytes - target);
  return excess;
}

/// All places where what a step made waits for its next reader while too much
/// lives, the best by a bound of the gain for the work first.
std::vector<Search::Candidate>
Search::findCandidates(const Lifetimes &lifetimes,
                       ArrayRef<int64_t> live) const {
  std::vector<Candidate> candidates;
  for (int at = 0, end = schedule.size(); at != end; ++at) {
    const Step &step = program.steps[schedule[at]];
    if (!step.isRepeatable)
      continue;
    SmallVector<int> readers;
    int last = at;
    for (int lifetime : lifetimes.written[at])
      last = std::max(last, lifetimes.all[lifetime].last);
    for (int reader = at + 1; reader <= last; ++reader)
      if (llvm::any_of(lifetimes.read[reader], [&](int lifetime) {
            return lifetimes.all[lifetime].first == at;
          }))
        readers.push_back(reader);
    int previous = at;
    for (int reader : readers) {
      int64_t bytes = 0;
      for (int lifetime : lifetimes.written[at])
        if (lifetimes.all[lifetime].last >= reader)
          bytes += lifetimes.all[lifetime].bytes;
      double gain = 0;
      for (int between = previous + 1; between < reader; ++between)
        gain += std::clamp<int64_t>(live[between] - target, 0, bytes);
      if (gain > 0)
        candidates.push_back({at, reader, gain});
      previous = reader;
    }
  }
  auto rate = [&](const Candidate &candidate) {
    int64_t work = program.steps[schedule[candidate.from]].work;
    return candidate.gain / double(std::max<int64_t>(1, work));
  };
  llvm::stable_sort(candidates, [&](const Candidate &a, const Candidate &b) {
    return rate(a) > rate(b);
  });
  return candidates;
}

/// Whether the step may run before that place of the schedule.
bool Search::mayRepeat(int number, int before) const {
  const Step &step = program.steps[number];
  return step.isRepeatable && llvm::all_of(step.barriers, [&](int barrier) {
           return llvm::find(schedule, barrier) - schedule.begin() >= before;
         });
}

/// The steps to run again for a candidate, in their order; none where its own
/// may not.
SmallVector<int> Search::collect(const Candidate &candidate,
                                 const Lifetimes &lifetimes,
                                 Operands operands) const {
  int64_t bytes = 0;
  for (int lifetime : lifetimes.written[candidate.from])
    bytes += lifetimes.all[lifetime].bytes;
  SmallVector<int> places = {candidate.from}, steps;
  for (unsigned i = 0; i != places.size(); ++i) {
    int number = schedule[places[i]];
    if (!mayRepeat(number, candidate.before)) {
      if (i == 0)
        return {};
      continue;
    }
    steps.push_back(number);
    // What is written last before the place of repetition; a step writes all
    // of its results together.
    for (int value : program.steps[number].reads) {
      auto latest =
          llvm::find_if(llvm::reverse(lifetimes.ofValue[value]), [&](int i) {
            return lifetimes.all[i].first < candidate.before;
          });
      const Lifetime &lifetime = lifetimes.all[*latest];
      bool isKept =
          lifetime.last >= candidate.before || operands == Operands::Kept ||
          (operands == Operands::KeptWhereSmall && 8 * lifetime.bytes <= bytes);
      if (!isKept && !llvm::is_contained(places, lifetime.first))
        places.push_back(lifetime.first);
    }
  }
  llvm::sort(steps);
  steps.erase(llvm::unique(steps), steps.end());
  return steps;
}

/// Drops what nobody reads, but for the first time that a needed step runs.
void Search::dropUnused(Schedule &order) const {
  std::vector<int> times(program.steps.size());
  for (int number : order)
    ++times[number];
  std::vector<char> isAwaited(program.values.size());
  Schedule kept;
  for (int number : llvm::reverse(order)) {
    const Step &step = program.steps[number];
    bool isRead =
        llvm::any_of(step.writes, [&](int value) { return isAwaited[value]; });
    bool isFirst = --times[number] == 0;
    if (!isRead && !(step.isNeeded && isFirst))
      continue;
    kept.push_back(number);
    for (int value : step.writes)
      isAwaited[value] = false;
    for (int value : step.reads)
      isAwaited[value] = true;
  }
  order.assign(kept.rbegin(), kept.rend());
}

/// Makes the best repetition; whether there is one.
bool Search::improve() {
  // Candidates come by a bound, so the first ones are tried in earnest.
  constexpr unsigned kTried = 24;
  Lifetimes lifetimes(program, schedule);
  std::vector<int64_t> live = ::countLiveBytes(program, schedule, lifetimes);
  int64_t excess = getExcess(schedule);
  if (excess == 0)
    return false;
  int64_t work = countWork(program, schedule);
  std::vector<Candidate> candidates = findCandidates(lifetimes, live);
  Schedule best;
  double bestRate = 0;
  for (auto [tried, candidate] : llvm::enumerate(candidates)) {
    if (tried % kTried == 0 && bestRate > 0)
      break;
    SmallVector<int> before;
    for (Operands operands :
         {Operands::Kept, Operands::KeptWhereSmall, Operands::Repeated}) {
      SmallVector<int> steps = collect(candidate, lifetimes, operands);
      if (steps == before)
        continue;
      before = steps;
      // Later repetitions of the same steps may no longer be needed.
      for (bool dropsLater : {false, true}) {
        auto middle = schedule.begin() + candidate.before;
        Schedule order(schedule.begin(), middle);
        llvm::append_range(order, steps);
        for (int number : llvm::make_range(middle, schedule.end()))
          if (!dropsLater || !llvm::is_contained(steps, number))
            order.push_back(number);
        dropUnused(order);
        int64_t less = excess - getExcess(order);
        int64_t more = countWork(program, order) - work;
        double rate = double(less) / double(std::max<int64_t>(1, more));
        if (less > 0 && rate > bestRate && work + more <= mostWork) {
          bestRate = rate;
          best = std::move(order);
        }
      }
    }
  }
  if (best.empty())
    return false;
  schedule = std::move(best);
  return true;
}

/// Takes back what later repetitions have made needless, the most work first.
void Search::dropUnneeded() {
  int64_t excess = getExcess(schedule);
  for (bool changes = true; changes;) {
    changes = false;
    std::vector<char> isSeen(program.steps.size());
    SmallVector<int> repeated;
    for (auto [at, number] : llvm::enumerate(schedule)) {
      if (isSeen[number])
        repeated.push_back(at);
      isSeen[number] = true;
    }
    llvm::stable_sort(repeated, [&](int a, int b) {
      return program.steps[schedule[a]].work > program.steps[schedule[b]].work;
    });
    for (int at : repeated) {
      Schedule order = schedule;
      order.erase(order.begin() + at);
      dropUnused(order);
      if (getExcess(order) > excess)
        continue;
      schedule = std::move(order);
      changes = true;
      break;
    }
  }
}

bool Search::run() {
  while (improve())
    continue;
  dropUnneeded();
  return getExcess(schedule) == 0;
}

bool dlcc::rematerialize(const Program &program, int64_t target,
                         Schedule &schedule) {
  return Search(program, target, schedule).run();
}
