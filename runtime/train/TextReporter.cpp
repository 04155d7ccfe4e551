//===- TextReporter.cpp - progress for people -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Reporter.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <unistd.h>

using namespace dlcc::train;

namespace {

using Clock = std::chrono::steady_clock;

[[gnu::format(printf, 1, 2)]] std::string format(const char *form, ...) {
  char text[256];
  va_list list;
  va_start(list, form);
  std::vsnprintf(text, sizeof text, form, list);
  va_end(list);
  return text;
}

/// "12.3 MB", in powers of ten as disks and the header's bytes count.
std::string size(int64_t bytes) {
  if (bytes < 10'000)
    return std::to_string(bytes) + " bytes";
  const char *units[] = {"kB", "MB", "GB", "TB"};
  double value = bytes / 1e3;
  int unit = 0;
  for (; value >= 1000 && unit < 3; ++unit)
    value /= 1000;
  return format("%.3g %s", value, units[unit]);
}

/// "1:02:03" or "2:03".
std::string duration(double seconds) {
  auto total = static_cast<int64_t>(std::min(seconds, 3.6e7) + 0.5);
  if (total < 3600)
    return format("%d:%02d", static_cast<int>(total / 60),
                  static_cast<int>(total % 60));
  return format("%d:%02d:%02d", static_cast<int>(total / 3600),
                static_cast<int>(total / 60 % 60),
                static_cast<int>(total % 60));
}

std::string averages(const Averages &averages) {
  std::string text;
  for (const auto &[name, value] : averages.values)
    text += "  " + name + format(" %.4g", value);
  return text;
}

class TextReporter : public Reporter {
public:
  TextReporter() : terminal(isatty(STDOUT_FILENO)) {}

private:
  void start(const StartEvent &event) override {
    epochs = event.epochs;
    line(format(
        "%s: %lld parameters, %s planned, batch %lld, %lld thread%s, code for "
        "%s",
        event.model.c_str(), static_cast<long long>(event.parameters),
        size(event.plannedBytes).c_str(), static_cast<long long>(event.batch),
        static_cast<long long>(event.threads), event.threads == 1 ? "" : "s",
        event.cpu.c_str()));
    line(format("%lld training rows", static_cast<long long>(event.trainRows)) +
         (event.testRows ? format(", %lld test rows",
                                  static_cast<long long>(event.testRows))
                         : ", no test data"));
  }

  void step(const StepEvent &event) override {
    if (event.logged)
      line(format("step %lld  loss %.6g", static_cast<long long>(event.step),
                  event.loss));
    if (terminal)
      drawBar(event);
  }

  /// With very many epochs only about a hundred of them get a line.
  void epoch(const EpochEvent &event) override {
    constexpr int64_t mostLines = 100;
    int64_t every = std::max<int64_t>(epochs / mostLines, 1);
    if (event.epoch % every != 0 && event.epoch != epochs && event.epoch != 1)
      return;
    line(format("epoch %lld/%lld  %.3g s  %.0f samples/s",
                static_cast<long long>(event.epoch),
                static_cast<long long>(epochs), event.seconds,
                event.samplesPerSecond) +
         averages(event.train));
    if (event.test)
      line("  test" + averages(*event.test));
  }

  void end(const EndEvent &event) override {
    line(format("%s after %lld steps; %s of memory measured",
                event.interrupted ? "stopped" : "done",
                static_cast<long long>(event.step),
                size(event.measuredBytes).c_str()));
    if (!event.checkpoint.empty())
      line("checkpoint: " + event.checkpoint);
  }

  bool wantsEveryStep() const override { return terminal; }

  void line(const std::string &text) {
    std::fprintf(stdout, "%s%s\n", barShown ? "\r\033[K" : "", text.c_str());
    std::fflush(stdout);
    barShown = false;
  }

  void drawBar(const StepEvent &event) {
    constexpr auto redraw = std::chrono::milliseconds(100);
    Clock::time_point now = Clock::now();
    if (now - drawn < redraw && event.batch != event.batches)
      return;
    drawn = now;
    constexpr int width = 24;
    auto full = static_cast<int>(width * event.batch / event.batches);
    std::string bar = std::string(full, '=') + std::string(width - full, ' ');
    std::fprintf(stdout, "\r\033[K%lld/%lld [%s]%s  %.0f samples/s  %s left",
                 static_cast<long long>(event.epoch),
                 static_cast<long long>(epochs), bar.c_str(),
                 averages(*event.soFar).c_str(), event.samplesPerSecond,
                 duration(event.secondsLeft).c_str());
    std::fflush(stdout);
    barShown = true;
  }

  bool terminal, barShown = false;
  int64_t epochs = 0;
  Clock::time_point drawn;
};

} // namespace

std::unique_ptr<Reporter> dlcc::train::makeTextReporter() {
  return std::make_unique<TextReporter>();
}
