//===- KernelTimes.cpp - how long each kernel of a call takes -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel is known by its address or number only, and the model lists its
// kernels by name. Both come in the order in which they first run, so the n-th
// address is the n-th name.
//
//===----------------------------------------------------------------------===//

#include "tools/KernelTimes.h"

#include <algorithm>
#include <chrono>

namespace dlcc {

/// What is being measured; the function that a model calls takes no context.
static KernelTimes *current = nullptr;

KernelTimes::KernelTimes() { current = this; }

KernelTimes::~KernelTimes() { current = nullptr; }

void KernelTimes::run(const dlcc_call *call, dlcc_kernel kernel,
                      void *const *buffers, int64_t tasks) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
  dlcc_run_kernel(call, kernel, buffers, tasks);
  std::chrono::duration<double> taken = Clock::now() - start;
  current->add(reinterpret_cast<uintptr_t>(kernel), taken.count());
}

void KernelTimes::add(uintptr_t kernel, double taken) {
  auto [place, isNew] = places.insert({kernel, places.size()});
  if (isNew)
    seconds.push_back(0);
  seconds[place->second] += taken;
}

void KernelTimes::clear() {
  places.clear();
  seconds.clear();
  calls.clear();
}

void KernelTimes::endCall() {
  calls.push_back(seconds);
  std::fill(seconds.begin(), seconds.end(), 0);
}

static double median(std::vector<double> values) {
  auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<KernelTime> KernelTimes::summarize(const CompiledModel &model,
                                               const std::string &entry) const {
  std::vector<KernelTime> rows;
  std::map<std::string, size_t> symbols;
  for (const KernelInfo &kernel : model.kernels) {
    if (kernel.entry != entry)
      continue;
    auto [place, isNew] = symbols.insert({kernel.symbol, rows.size()});
    if (isNew)
      rows.push_back({kernel.name, kernel.phase, kernel.line, 0, 0, 0, 0});
    else
      rows[place->second].names += ", " + kernel.name;
    KernelTime &row = rows[place->second];
    row.flops += kernel.flops;
    row.bytes += kernel.bytes;
    row.runs += kernel.runs;
  }
  if (calls.empty() || rows.size() != places.size())
    return {};
  for (size_t i = 0; i != rows.size(); ++i) {
    std::vector<double> times;
    for (const std::vector<double> &call : calls)
      times.push_back(call[i]);
    rows[i].seconds = median(std::move(times));
  }
  return rows;
}

} // namespace dlcc
