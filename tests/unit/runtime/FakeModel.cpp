//===- FakeModel.cpp - a compiled model written by hand -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace {
using namespace fake;

// Weights: weight [3, 4], bias [3], steps []. Optimizer: a momentum for each
// of the first two. State: steps since reset []. Offsets in bytes.
constexpr int64_t kBias = 64, kSteps = 128, kBiasMomentum = 64;
// Arena: gradient of the logits [8, 3], a row's loss [8], a row's hit [8].
constexpr int64_t kRowLoss = 128, kRowHit = 192, kSpill = 256;

const int64_t kWeightDims[] = {kDigits, kPixels}, kBiasDims[] = {kDigits};
const int64_t kImageDims[] = {kBatch, kPixels}, kDigitDims[] = {kBatch};
const int64_t kLogitDims[] = {kBatch, kDigits};

dlcc_tensor f32(const char *name, int32_t rank, const int64_t *dims,
                int64_t rowElements = 0) {
  return {name, DLCC_F32, rank, dims, rowElements, 0};
}

const dlcc_variable kVariables[] = {
    {f32("dense.weight", 2, kWeightDims), DLCC_PARAMETER, 1, 0, 48},
    {f32("dense.bias", 1, kBiasDims), DLCC_PARAMETER, 1, kBias, 12},
    {f32("steps", 0, nullptr), DLCC_BUFFER, 0, kSteps, 4},
    {f32("dense.weight/momentum", 2, kWeightDims), DLCC_SLOT, 0, 0, 48},
    {f32("dense.bias/momentum", 1, kBiasDims), DLCC_SLOT, 0, kBiasMomentum, 12},
    {f32("since_reset", 0, nullptr), DLCC_STATE, 0, 0, 4},
};

const dlcc_tensor kInputs[] = {
    f32("image", 2, kImageDims, kPixels),
    {"digit", DLCC_I32, 1, kDigitDims, 1, kDigits},
};
const dlcc_tensor kLogits[] = {f32("logits", 2, kLogitDims, kDigits)};
const dlcc_tensor kMetrics[] = {f32("loss", 0, nullptr),
                                f32("accuracy", 0, nullptr)};
const dlcc_tensor kReports[] = {f32("perplexity", 0, nullptr)};

float *floats(void *pointer) { return static_cast<float *>(pointer); }
float *floats(char *region, int64_t offset) {
  return reinterpret_cast<float *>(region + offset);
}

void initKernel(void *const *buffers, int64_t, int64_t task, void *) {
  uint64_t seed = *static_cast<int64_t *>(buffers[0]);
  for (int64_t i = 0; i < kPixels; ++i) {
    uint64_t bits = (seed * 1000 + task * kPixels + i + 1) * 0x9E3779B97F4A7C15;
    floats(buffers[1])[task * kPixels + i] = (bits >> 40) * 0x1p-24f - 0.5f;
  }
}

/// One row a task. Buffers: image, weight, bias, logits.
void logitsKernel(void *const *buffers, int64_t rows, int64_t task, void *) {
  if (task >= rows)
    return;
  const float *image = floats(buffers[0]) + task * kPixels;
  for (int64_t d = 0; d < kDigits; ++d) {
    float sum = floats(buffers[2])[d];
    for (int64_t i = 0; i < kPixels; ++i)
      sum += image[i] * floats(buffers[1])[d * kPixels + i];
    floats(buffers[3])[task * kDigits + d] = sum;
  }
}

/// One row a task, probabilities in the thread's scratch. Buffers: image,
/// digit, weight, bias, gradient of the logits, row loss, row hit.
void lossKernel(void *const *buffers, int64_t rows, int64_t task,
                void *scratch) {
  if (task >= rows)
    return;
  void *logits[] = {buffers[0], buffers[2], buffers[3], buffers[4]};
  logitsKernel(logits, rows, task, scratch);
  float *row = floats(buffers[4]) + task * kDigits, *p = floats(scratch);
  float sum = 0;
  for (int64_t d = 0; d < kDigits; ++d)
    sum += p[d] = std::exp(row[d]);
  int32_t digit = static_cast<int32_t *>(buffers[1])[task];
  floats(buffers[5])[task] = std::log(sum) - row[digit];
  floats(buffers[6])[task] =
      std::max_element(row, row + kDigits) - row == digit;
  for (int64_t d = 0; d < kDigits; ++d)
    row[d] = (p[d] / sum - (d == digit)) / rows;
}

/// One digit a task. Buffers: control, gradient, image, weight, bias, their
/// momenta, steps, since_reset.
void updateKernel(void *const *buffers, int64_t rows, int64_t task, void *) {
  const auto *control = static_cast<const dlcc_control *>(buffers[0]);
  float epoch = float(control->step) / float(control->steps_per_epoch);
  float rate = 0.5f * control->learning_rate_scale / (1 + 0.1f * epoch);
  auto update = [&](float &value, float &momentum, float gradient) {
    momentum = 0.9f * momentum + gradient;
    value -= rate * momentum;
  };
  const float *gradient = floats(buffers[1]), *image = floats(buffers[2]);
  for (int64_t i = 0; i <= kPixels; ++i) {
    float sum = 0;
    for (int64_t r = 0; r < rows; ++r)
      sum += gradient[r * kDigits + task] *
             (i < kPixels ? image[r * kPixels + i] : 1.0f);
    if (i < kPixels)
      update(floats(buffers[3])[task * kPixels + i],
             floats(buffers[5])[task * kPixels + i], sum);
    else
      update(floats(buffers[4])[task], floats(buffers[6])[task], sum);
  }
  if (task == 0) {
    floats(buffers[7])[0] += 1;
    floats(buffers[8])[0] += 1;
  }
}

/// Means over the rows. Buffers: row loss, row hit, loss, accuracy.
void meanKernel(void *const *buffers, int64_t rows, int64_t, void *) {
  for (int k = 0; k < 2; ++k) {
    float sum = 0;
    for (int64_t r = 0; r < rows; ++r)
      sum += floats(buffers[k])[r];
    *floats(buffers[2 + k]) = sum / rows;
  }
}

void initBody(const dlcc_call *call) {
  void *buffers[] = {&call->control->seed, call->weights};
  dlcc_run_kernel(call, initKernel, buffers, kDigits);
}

void forwardBody(const dlcc_call *call) {
  void *buffers[] = {call->args[0], call->weights, call->weights + kBias,
                     call->args[1]};
  dlcc_run_kernel(call, logitsKernel, buffers, kBatch);
}

void evaluateBody(const dlcc_call *call) {
  float *rowLoss = floats(call->arena, kRowLoss);
  float *rowHit = floats(call->arena, kRowHit);
  void *loss[] = {
      call->args[0], call->args[1], call->weights, call->weights + kBias,
      call->arena,   rowLoss,       rowHit};
  dlcc_run_kernel(call, lossKernel, loss, kBatch);
  void *mean[] = {rowLoss, rowHit, call->args[2], call->args[3]};
  dlcc_run_kernel(call, meanKernel, mean, 1);
}

void trainBody(const dlcc_call *call) {
  evaluateBody(call);
  void *update[] = {call->control,
                    call->arena,
                    call->args[0],
                    call->weights,
                    call->weights + kBias,
                    call->optimizer,
                    call->optimizer + kBiasMomentum,
                    call->weights + kSteps,
                    call->state};
  dlcc_run_kernel(call, updateKernel, update, kDigits);
}

void reportBody(const dlcc_call *call) {
  *floats(call->args[2]) = std::exp(*floats(call->args[0]));
}

const dlcc_entry kEntries[] = {
    {"init", "", DLCC_ENTRY_INIT, 0, 0, 0, nullptr, nullptr, initBody, 0,
     nullptr},
    {"forward", "", DLCC_ENTRY_FORWARD, 0, 1, 1, kInputs, kLogits, forwardBody,
     kSpill, nullptr},
    {"evaluate", "", DLCC_ENTRY_EVALUATE, 0, 2, 2, kInputs, kMetrics,
     evaluateBody, kSpill, nullptr},
    {"train_step", "", DLCC_ENTRY_TRAIN, 0, 2, 2, kInputs, kMetrics, trainBody,
     kSpill, nullptr},
    {"report", "", DLCC_ENTRY_REPORT, 0, 2, 1, kMetrics, kReports, reportBody,
     kSpill, nullptr},
};
} // namespace

dlcc_model fake::model() {
  static const dlcc_level level = {"any", "", nullptr};
  return {sizeof(dlcc_model),
          DLCC_ABI_VERSION,
          2,
          "digits",
          0x1234567890abcdef,
          &level,
          1,
          kBatch,
          kSteps + 4,
          kBiasMomentum + 12,
          4,
          kSpill + 128,
          kDigits * 4,
          std::size(kVariables),
          std::size(kEntries),
          kVariables,
          kEntries,
          1,
          0,
          0,
          nullptr};
}

Instance fake::create(const dlcc_model &model, int threads) {
  dlcc_options options = DLCC_OPTIONS_INIT;
  options.threads = threads;
  options.seed = 7;
  options.steps_per_epoch = 10;
  Instance instance(dlcc_create(&model, &options));
  EXPECT_TRUE(instance) << dlcc_last_error();
  return instance;
}

Batch::Batch(int number) {
  for (int64_t r = 0; r < kBatch; ++r) {
    digit[r] = (number + r * r) % kDigits;
    for (int64_t i = 0; i < kPixels; ++i)
      image[r][i] = (i == digit[r]) + 0.1f * ((number * 31 + r * 7 + i) % 11);
  }
}

float fake::train(dlcc_instance *instance, const Batch &batch, int64_t rows) {
  float loss = NAN, accuracy = NAN;
  void *args[] = {const_cast<float (*)[kPixels]>(batch.image),
                  const_cast<int32_t *>(batch.digit), &loss, &accuracy};
  EXPECT_EQ(dlcc_run(instance, Train, rows, args), DLCC_OK)
      << dlcc_last_error();
  return loss;
}
