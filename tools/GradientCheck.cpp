//===- GradientCheck.cpp - gradients against differences ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/GradientCheck.h"

#include "runtime/Instance.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

using namespace llvm;

namespace dlcc {

/// Tried in this order; an element or a direction needs one only, as a rule.
static constexpr double kScales[] = {1, 1.0 / 8, 8, 1.0 / 64, 64, 512};
static constexpr double kLargest = 512;

GradientAccuracy GradientAccuracy::of(int significantBits) {
  double eps = std::ldexp(1.0, 1 - significantBits);
  double tolerance = significantBits >= 53   ? 1e-5
                     : significantBits >= 24 ? 1e-3
                                             : 0.1;
  // Of the step: where the errors of rounding and of curvature meet.
  return {std::cbrt(eps), tolerance, 32 * eps};
}

GradientSamples affordableSamples(int64_t tensors, int64_t flops,
                                  int64_t bytes) {
  constexpr double kSeconds = 100, kFlopsASecond = 3e10, kBytesASecond = 1e10;
  GradientSamples usual;
  // Both sides of two differences.
  double each = 4.0 * tensors * (flops / kFlopsASecond + bytes / kBytesASecond);
  int64_t most = usual.directions + usual.elements;
  if (each * most > kSeconds)
    most = std::max(1.0, kSeconds / each);
  GradientSamples result;
  result.directions = std::min(usual.directions, (most + 3) / 4);
  result.elements = most - result.directions;
  result.findsKinks = most > 1;
  return result;
}

static Error failed(const char *what) {
  return createStringError(std::string(what) + ": " + dlcc_last_error());
}

static double norm(ArrayRef<double> values) {
  double sum = 0;
  for (double value : values)
    sum += value * value;
  return std::sqrt(sum);
}

GradientCheck::GradientCheck(const dlcc_model &descriptor,
                             dlcc_instance *instance, uint64_t seed,
                             GradientSamples samples, GradientAccuracy accuracy)
    : descriptor(descriptor), instance(instance), samples(samples),
      accuracy(accuracy), random(seed), seed(seed) {}

static double rootMeanSquare(ArrayRef<double> values) {
  return values.empty() ? 0 : norm(values) / std::sqrt(double(values.size()));
}

/// A parameter's elements in the instance. They are moved there: the public
/// functions set whole tensors, which for one element of a large one would take
/// most of the time.
static MutableArrayRef<double> elementsOf(dlcc_instance &instance,
                                          const dlcc_variable &variable) {
  MutableArrayRef<double> elements;
  instance.change(variable, [&](char *begin) {
    elements = {reinterpret_cast<double *>(begin),
                size_t(countElements(variable.tensor))};
  });
  return elements;
}

MutableArrayRef<double> GradientCheck::findParameter(StringRef name) {
  return elementsOf(*instance, *instance->find(name.str().c_str()));
}

void GradientCheck::moveWeights() {
  std::normal_distribution<double> normal;
  for (int32_t i = 0; i != descriptor.num_variables; ++i) {
    const dlcc_variable &variable = descriptor.variables[i];
    if (variable.kind != DLCC_PARAMETER || !variable.trainable)
      continue;
    MutableArrayRef<double> values = elementsOf(*instance, variable);
    double size = rootMeanSquare(values);
    for (double &value : values)
      value += 0.1 * (size > 0 ? size : 1) * normal(random);
  }
}

Expected<double> GradientCheck::loss(int32_t entry) {
  if (dlcc_run(instance, entry, descriptor.batch, lossArguments->arguments()) !=
      DLCC_OK)
    return failed("the loss cannot be computed");
  return *static_cast<double *>(
      lossArguments->argument(descriptor.entries[entry].num_inputs));
}

Expected<double> GradientCheck::slope(int32_t entry, Move move, double h) {
  move(h);
  Expected<double> above = loss(entry);
  if (!above)
    return above.takeError();
  move(-h);
  Expected<double> below = loss(entry);
  if (!below)
    return below.takeError();
  return (*above - *below) / (2 * h);
}

/// Compares one derivative with differences, at as many steps as it takes.
Error GradientCheck::compare(Move move, double analytic, double floor, double h,
                             GradientResult &result) {
  double rounding = accuracy.rounding * std::abs(base);
  floor = std::max(floor, rounding / (h * kLargest * accuracy.tolerance));
  auto disagreement = [&](double a, double b) {
    // Of a loss that is zero all around, everything is.
    return a == b
               ? 0
               : std::abs(a - b) / std::max({floor, std::abs(a), std::abs(b)});
  };
  // Of two numbers that have nothing to do with each other it is 2. It stays
  // what it is where the other one is NaN.
  double best = 2;
  std::optional<double> ofLoss;
  if (samples.findsKinks) {
    Expected<double> found = slope(lossEntry, move, h);
    if (!found)
      return found.takeError();
    ofLoss = *found;
    best = std::min(best, disagreement(analytic, *ofLoss));
  }
  for (double factor : kScales) {
    // An agreement that no other step could make more convincing.
    if (best <= accuracy.tolerance / 10)
      break;
    Expected<double> ofBranch = slope(branchEntry, move, h * factor);
    if (!ofBranch)
      return ofBranch.takeError();
    best = std::min(best, disagreement(analytic, *ofBranch));
    if (factor == 1 && ofLoss &&
        disagreement(*ofLoss, *ofBranch) > accuracy.tolerance)
      ++result.kinks;
  }
  move(0);
  ++result.checked;
  result.error = std::max(result.error, best);
  return Error::success();
}

Error GradientCheck::checkDirections(const Subject &subject,
                                     GradientResult &result) {
  // Of variance 1, and quick to draw: there may be many millions.
  std::uniform_real_distribution<double> uniform(-std::numbers::sqrt3,
                                                 std::numbers::sqrt3);
  std::vector<double> here(subject.values.begin(), subject.values.end());
  std::vector<double> direction(here.size());
  for (int64_t i = 0; i != samples.directions; ++i) {
    double analytic = 0;
    for (auto [k, element] : enumerate(direction)) {
      element = uniform(random);
      analytic += element * subject.gradient[k];
    }
    auto move = [&](double h) {
      for (size_t k = 0; k != here.size(); ++k)
        subject.values[k] = here[k] + h * direction[k];
    };
    double size = subject.size > 0 ? subject.size : 1;
    if (Error error =
            compare(move, analytic, subject.norm, accuracy.step * size, result))
      return error;
  }
  return Error::success();
}

/// The numbers of the elements to check: all, or as many as asked for, each
/// once.
static std::vector<int64_t> choose(int64_t elements, int64_t samples,
                                   std::mt19937_64 &random) {
  std::vector<int64_t> chosen;
  if (samples >= elements) {
    chosen.resize(elements);
    std::iota(chosen.begin(), chosen.end(), 0);
    return chosen;
  }
  while (int64_t(chosen.size()) < samples) {
    int64_t element = random() % elements;
    if (!is_contained(chosen, element))
      chosen.push_back(element);
  }
  return chosen;
}

Error GradientCheck::checkElements(const Subject &subject,
                                   GradientResult &result) {
  double floor = subject.norm / std::sqrt(double(subject.values.size()));
  double step = accuracy.step * std::max(1.0, subject.size);
  for (int64_t i : choose(subject.values.size(), samples.elements, random)) {
    double here = subject.values[i];
    auto move = [&](double h) { subject.values[i] = here + h; };
    if (Error error = compare(move, subject.gradient[i], floor, step, result))
      return error;
  }
  return Error::success();
}

static Expected<int32_t> findEntry(const dlcc_model &descriptor,
                                   StringRef name) {
  for (int32_t i = 0; i != descriptor.num_entries; ++i)
    if (descriptor.entries[i].name == name)
      return i;
  return createStringError("the model has no entry '" + name + "'");
}

Expected<std::vector<GradientResult>>
GradientCheck::run(StringRef name, ArrayRef<GradientInfo> infos) {
  Expected<int32_t> number = findEntry(descriptor, name);
  if (!number)
    return number.takeError();
  std::string block = name.drop_back(StringRef("gradients").size()).str();
  Expected<int32_t> lossNumber = findEntry(descriptor, block + "loss");
  if (!lossNumber)
    return lossNumber.takeError();
  Expected<int32_t> recordNumber = findEntry(descriptor, block + "branches");
  if (!recordNumber)
    return recordNumber.takeError();
  Expected<int32_t> branchNumber = findEntry(descriptor, block + "branch_loss");
  if (!branchNumber)
    return branchNumber.takeError();
  lossEntry = *lossNumber;
  branchEntry = *branchNumber;
  const dlcc_entry &entry = descriptor.entries[*number];

  MadeInputs arguments(entry, seed);
  MadeInputs ofLoss(descriptor.entries[lossEntry], seed);
  lossArguments = &ofLoss;
  if (dlcc_run(instance, *number, descriptor.batch, arguments.arguments()) !=
      DLCC_OK)
    return failed("the gradients cannot be computed");
  Expected<double> value = loss(lossEntry);
  if (!value)
    return value.takeError();
  // From here on the branch is that of this point.
  if (Expected<double> recorded = loss(*recordNumber); !recorded)
    return recorded.takeError();
  base = *value;
  if (!std::isfinite(base))
    return createStringError("the loss is " + std::to_string(base) +
                             " at inputs from N(0, 1); a gradient cannot be "
                             "checked there");
  double other = *static_cast<double *>(arguments.argument(entry.num_inputs));
  if (!(std::abs(base - other) <=
        1e-4 * accuracy.tolerance * std::max(1.0, std::abs(base))))
    return createStringError(
        "the loss is " + std::to_string(other) + " beside its gradients, but " +
        std::to_string(base) + " alone; this is a bug of dlcc");

  std::vector<GradientResult> results;
  // Float inputs come last, in their order.
  SmallVector<int32_t> inputs;
  for (int32_t i = 0; i != entry.num_inputs; ++i)
    if (entry.inputs[i].type == DLCC_F64)
      inputs.push_back(i);
  size_t firstInput = infos.size() - inputs.size();
  for (auto [i, info] : enumerate(infos)) {
    int32_t output = entry.num_inputs + 1 + i;
    Subject subject;
    if (i < firstInput)
      subject.values = findParameter(info.name);
    else
      subject.values = {
          static_cast<double *>(ofLoss.argument(inputs[i - firstInput])),
          size_t(countElements(entry.outputs[1 + i]))};
    subject.gradient = static_cast<double *>(arguments.argument(output));
    subject.norm = norm(ArrayRef(subject.gradient, subject.values.size()));
    subject.size = rootMeanSquare(subject.values);
    GradientResult result{entry.block, info.name, info.line};
    result.tolerance = accuracy.tolerance;
    if (Error error = checkDirections(subject, result))
      return std::move(error);
    if (Error error = checkElements(subject, result))
      return std::move(error);
    results.push_back(std::move(result));
  }
  return results;
}

Expected<std::vector<GradientResult>>
GradientCheck::run(ArrayRef<GradientInfo> infos) {
  moveWeights();
  std::vector<GradientResult> results;
  while (!infos.empty()) {
    StringRef entry = infos.front().entry;
    ArrayRef<GradientInfo> ofEntry = infos.take_while(
        [&](const GradientInfo &info) { return info.entry == entry; });
    Expected<std::vector<GradientResult>> found = run(entry, ofEntry);
    if (!found)
      return found.takeError();
    append_range(results, *found);
    infos = infos.drop_front(ofEntry.size());
  }
  return results;
}

} // namespace dlcc
