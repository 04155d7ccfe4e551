//===- TileTrials.cpp - which tiles a product is fastest with -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A machine is faster at one time than at another, so trials take turns and
// what counts is the median of each. A trial that is far behind the best is
// given up early: the fewer times it was seen, the farther. Whatever comes out
// best is compared with the model's once more, by new times.
//
//===----------------------------------------------------------------------===//

#include "tools/TileTrials.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace dlcc {

/// Times that each trial is seen which is not given up, and then each of the
/// two in the final.
static constexpr size_t kEnough = 8, kFinal = 12;
/// Fewer times say nothing, if that is all there was time for.
static constexpr size_t kFewest = 6;
/// How far behind the best time a trial is given up that was seen once; seen n
/// times, an n-th of it.
static constexpr double kHopeless = 0.4;
/// How much faster tiles have to be for taking them instead of the model's.
static constexpr double kClearGain = 1.03;

/// What is being measured; the function that a model calls takes no context.
static TileTrials *current = nullptr;

static double least(const std::vector<double> &values) {
  return *std::min_element(values.begin(), values.end());
}

static double median(std::vector<double> values) {
  auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

TileTrials::TileTrials(const CompiledModel &model) : kernels(model.trials) {
  current = this;
  for (const KernelTrials &kernel : kernels)
    if (!kernel.product.empty() && !numbers.count(kernel.product))
      addProduct(kernel);
}

TileTrials::~TileTrials() { current = nullptr; }

/// Levels without tiles of their own have those of the first.
void TileTrials::addProduct(const KernelTrials &kernel) {
  numbers[kernel.product] = products.size();
  Product &product = products.emplace_back();
  product.target = kernel.target;
  product.name = kernel.product;
  for (const std::vector<int64_t> &tiles : kernel.tiles)
    if (product.trials.empty() || tiles != product.trials.front().tiles)
      product.trials.push_back({tiles, {}});
}

void TileTrials::setTables(const dlcc_model &descriptor) {
  for (size_t i = 0; i != kernels.size(); ++i) {
    if (kernels[i].product.empty())
      continue;
    Place place = {numbers.at(kernels[i].product), {}};
    const auto &tiles = kernels[i].tiles;
    for (const Trial &trial : products[place.product].trials) {
      auto found = std::find(tiles.begin(), tiles.end(), trial.tiles);
      place.trials.push_back(
          found == tiles.end()
              ? nullptr
              : &descriptor.levels[found - tiles.begin()].kernels[i]);
    }
    places[descriptor.levels->kernels[i].kernel] = std::move(place);
  }
}

void TileTrials::run(const dlcc_call *call, dlcc_kernel kernel,
                     void *const *buffers, int64_t tasks) {
  using Clock = std::chrono::steady_clock;
  auto found = current->places.find(kernel);
  if (found == current->places.end())
    return dlcc_run_kernel(call, kernel, buffers, tasks);
  const Place &place = found->second;
  Product &product = current->products[place.product];
  if (product.entry == current->entry)
    if (const dlcc_level_kernel *trial = place.trials[product.current]) {
      kernel = trial->kernel;
      // None, where the call would store what is there already.
      tasks = tasks == 0 ? 0 : trial->tasks;
    }
  Clock::time_point start = Clock::now();
  dlcc_run_kernel(call, kernel, buffers, tasks);
  std::chrono::duration<double> taken = Clock::now() - start;
  product.seconds += taken.count();
  product.runs = true;
}

void TileTrials::beginEntry() {
  ++entry;
  isFirstCall = true;
  for (Product &product : products) {
    product.current = 0;
    product.seconds = 0;
    product.runs = false;
  }
}

/// Times that were taken and are not forgotten.
size_t TileTrials::Product::countSeen() const {
  return std::accumulate(trials.begin(), trials.end(), size_t(0),
                         [](size_t sum, const Trial &trial) {
                           return sum +
                                  (trial.isHopeless ? 0 : trial.seconds.size());
                         });
}

size_t TileTrials::Product::countLeft() const {
  return std::count_if(trials.begin(), trials.end(),
                       [](const Trial &trial) { return !trial.isHopeless; });
}

bool TileTrials::Product::isSettled() const {
  return countLeft() == 1 || (isFinal && countSeen() >= 2 * kFinal);
}

/// Gives up the trials without hope, but for the model's, which the others are
/// compared with.
void TileTrials::Product::giveUp() {
  double best = least(trials.front().seconds);
  for (const Trial &trial : trials)
    best = std::min(best, least(trial.seconds));
  for (size_t i = 1; i != trials.size(); ++i)
    trials[i].isHopeless |=
        least(trials[i].seconds) >
        best * (1 + kHopeless / double(trials[i].seconds.size()));
}

/// Leaves the model and the best of the others, and forgets their times: the
/// best of many was lucky, too.
void TileTrials::Product::beginFinal() {
  isFinal = true;
  Trial *best = nullptr;
  for (size_t i = 1; i != trials.size(); ++i)
    if (!trials[i].isHopeless &&
        (!best || median(trials[i].seconds) < median(best->seconds)))
      best = &trials[i];
  for (size_t i = 1; i != trials.size(); ++i)
    trials[i].isHopeless |= &trials[i] != best;
  if (!best || median(best->seconds) >= median(trials.front().seconds)) {
    for (size_t i = 1; i != trials.size(); ++i)
      trials[i].isHopeless = true;
    return;
  }
  best->seconds.clear();
  trials.front().seconds.clear();
}

/// Takes the call's time and goes on to the next trial.
void TileTrials::Product::endCall() {
  trials[current].seconds.push_back(seconds);
  if (isFinal) {
    // The model, the other twice, the model: what grows or falls with time, or
    // with every second call, is the same for both.
    size_t turn = countSeen() % 4;
    current = 0;
    if (turn == 1 || turn == 2)
      current = std::find_if(trials.begin() + 1, trials.end(),
                             [](const Trial &t) { return !t.isHopeless; }) -
                trials.begin();
    return;
  }
  do {
    if (++current != trials.size())
      continue;
    current = 0;
    giveUp();
    if (trials.front().seconds.size() >= kEnough && countLeft() > 1)
      beginFinal();
  } while (trials[current].isHopeless);
}

void TileTrials::endCall() {
  for (Product &product : products) {
    if (isFirstCall && product.entry < 0 && product.runs)
      product.entry = entry;
    else if (product.entry == entry && !product.isSettled())
      product.endCall();
    // What is settled goes on with the model's tiles.
    if (product.isSettled())
      product.current = 0;
    product.seconds = 0;
    product.runs = false;
  }
  isFirstCall = false;
}

size_t TileTrials::countMeasured() const {
  return std::count_if(
      products.begin(), products.end(),
      [&](const Product &product) { return product.entry == entry; });
}

size_t TileTrials::countSettled() const {
  return std::count_if(products.begin(), products.end(),
                       [&](const Product &product) {
                         return product.entry == entry && product.isSettled();
                       });
}

std::vector<TrialResult> TileTrials::results() const {
  std::vector<TrialResult> list;
  for (const Product &product : products) {
    const Trial &model = product.trials.front();
    TrialResult result = {product.target, product.name, model.tiles, 1};
    for (const Trial &trial : product.trials) {
      if (trial.isHopeless || trial.seconds.size() < kFewest)
        continue;
      // By the median and by the least time: one of them alone may be chance.
      double gain = std::min(median(model.seconds) / median(trial.seconds),
                             least(model.seconds) / least(trial.seconds));
      if (gain >= std::max(kClearGain, result.gain)) {
        result.gain = gain;
        result.tiles = trial.tiles;
      }
    }
    list.push_back(std::move(result));
  }
  return list;
}

} // namespace dlcc
