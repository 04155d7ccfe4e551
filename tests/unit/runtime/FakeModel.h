//===- FakeModel.h - a compiled model written by hand ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Softmax regression, image: f32[batch, 4], digit: i32[batch] < 3, batch 8, as
// the compiler would emit it: several tasks a kernel, momentum, a buffer and a
// state that count steps, and a learning rate that falls with the epoch.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_RUNTIME_FAKEMODEL_H
#define DLCC_TESTS_UNIT_RUNTIME_FAKEMODEL_H

#include "dlcc/abi.h"

#include <memory>

namespace fake {

inline constexpr int64_t kBatch = 8, kPixels = 4, kDigits = 3;

enum Entry { Init, Forward, Evaluate, Train, Report };

/// A copy, so that a test may bend it.
dlcc_model model();

struct Destroy {
  void operator()(dlcc_instance *instance) const { dlcc_destroy(instance); }
};
using Instance = std::unique_ptr<dlcc_instance, Destroy>;

/// An instance of `model` with options for the model's schedule.
Instance create(const dlcc_model &model, int threads = 1);

/// A batch that is a function of its number.
struct Batch {
  explicit Batch(int number);
  float image[kBatch][kPixels];
  int32_t digit[kBatch];
};

/// One training step; returns the loss. Fails the test where it is refused.
float train(dlcc_instance *instance, const Batch &batch, int64_t rows = kBatch);

} // namespace fake

#endif // DLCC_TESTS_UNIT_RUNTIME_FAKEMODEL_H
