//===- JsonReporter.cpp - events for programs -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Reporter.h"

#include <cmath>
#include <cstdio>

using namespace dlcc::train;

namespace {

/// JSON knows no infinity and no NaN.
std::string number(double value) {
  if (!std::isfinite(value))
    return "null";
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

/// Names are identifiers of the model language; they need no escapes.
std::string averages(const Averages &averages) {
  std::string text = "{\"rows\":" + std::to_string(averages.rows);
  for (const auto &[name, value] : averages.values)
    text += ",\"" + name + "\":" + number(value);
  return text + "}";
}

void print(const std::string &line) {
  std::fprintf(stdout, "%s\n", line.c_str());
  std::fflush(stdout);
}

class JsonReporter : public Reporter {
  void start(const StartEvent &event) override {
    print("{\"event\":\"start\",\"parameters\":" +
          std::to_string(event.parameters) +
          ",\"planned_bytes\":" + std::to_string(event.plannedBytes) +
          ",\"threads\":" + std::to_string(event.threads) + ",\"cpu\":\"" +
          event.cpu + "\"}");
  }

  void step(const StepEvent &event) override {
    print("{\"event\":\"step\",\"step\":" + std::to_string(event.step) +
          ",\"loss\":" + number(event.loss) + "}");
  }

  void epoch(const EpochEvent &event) override {
    print("{\"event\":\"epoch\",\"epoch\":" + std::to_string(event.epoch) +
          ",\"seconds\":" + number(event.seconds) +
          ",\"samples_per_s\":" + number(event.samplesPerSecond) +
          ",\"train\":" + averages(event.train) +
          (event.test ? ",\"test\":" + averages(*event.test) : "") + "}");
  }

  void end(const EndEvent &event) override {
    print("{\"event\":\"end\",\"step\":" + std::to_string(event.step) +
          ",\"interrupted\":" + (event.interrupted ? "true" : "false") +
          ",\"measured_bytes\":" + std::to_string(event.measuredBytes) + "}");
  }

  bool wantsEveryStep() const override { return false; }
};

} // namespace

std::unique_ptr<Reporter> dlcc::train::makeJsonReporter() {
  return std::make_unique<JsonReporter>();
}
